"""Telling people: in the portal exactly once, by e-mail at least once, and failures kept in sight."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from portal.messages.actions import letter_key, mark_seen, send_due, tell
from portal.messages.models import Message
from portal.messages.queries import inbox, undelivered, unseen
from portal.tenancy.models import Person, Posting
from portal.tenancy.scope import tenant_scope


class DownBackend(BaseEmailBackend):
    def open(self):
        raise ConnectionRefusedError("no mail server here")


class PickyBackend(BaseEmailBackend):
    def send_messages(self, messages):
        for message in messages:
            if message.to[0].startswith("officer@"):
                raise ValueError("550 no such mailbox")
            mail.outbox.append(message)
        return len(messages)


@pytest.fixture(autouse=True)
def empty_outbox():
    mail.outbox = []


def person(login: str) -> int:
    return Posting.objects.get(person__name=f"{login}君").person_id


def city(world):
    return tenant_scope(world.tenants["江州市"], "江州市")


def tell_both(world, key="k", **more):
    with city(world):
        tell([person("officer"), person("inspector")], key, "标题", "内容", "/hazards/1/", **more)


def test_the_same_news_twice_is_one_message(world):
    tell_both(world)
    tell_both(world)
    with world.as_("officer"):
        assert inbox().count() == unseen() == 1


def test_an_enterprise_tells_an_inspector_and_cannot_read_what_it_said(world):
    with world.as_("officer"):
        tell([person("inspector")], "k", "标题", "内容", "/")
        assert Message.objects.count() == 0
    with world.as_("inspector"):
        assert inbox().get().title == "标题"


def test_an_inbox_holds_the_readers_own_messages_even_where_the_wall_shows_more(world):
    tell_both(world)
    with world.as_("office"):
        assert Message.objects.count() > 0
        assert inbox().count() == 0


def test_reading_marks_seen_once_and_only_ones_own(world):
    tell_both(world)
    with world.as_("officer"):
        assert mark_seen() == 1
        assert mark_seen() == 0
    with world.as_("inspector"):
        assert unseen() == 1


def test_an_email_goes_out_once_with_a_link_that_lands_and_a_stable_id(world, settings):
    settings.PORTAL_URL = "https://portal.example"
    tell_both(world)
    with city(world):
        assert send_due() == (2, 0)
        assert send_due() == (0, 0)
        first = Message.objects.select_related("person").filter(channel="email").first()
    assert len(mail.outbox) == 2
    letter = next(m for m in mail.outbox if m.to == [first.person.email])
    assert letter.extra_headers["Message-ID"].startswith(f"<{letter_key(first)}@")
    assert letter.subject == "【江州市】标题"
    assert "https://portal.example/hazards/1/" in letter.body


def test_the_message_id_is_the_same_at_every_attempt_and_differs_between_people(world):
    tell_both(world)
    with city(world):
        one, other = Message.objects.filter(channel="email")
        before = letter_key(one)
        one.tries, one.fault = 7, "x"
        assert letter_key(one) == before != letter_key(other)


def test_a_title_of_two_lines_cannot_forge_a_header(world):
    with city(world):
        tell([person("officer")], "k", "标题\r\nBcc: everyone@example.invalid", "内容", "/")
        assert send_due() == (1, 0)
    assert mail.outbox[0].subject == "【江州市】标题 Bcc: everyone@example.invalid"


def test_what_the_mail_server_refuses_is_kept_retried_later_and_shown(world, settings):
    settings.EMAIL_BACKEND = f"{__name__}.DownBackend"
    tell_both(world)
    now = timezone.now()
    with city(world):
        assert send_due(now) == (0, 2)
        assert send_due(now) == (0, 0)
        assert send_due(now + timedelta(minutes=2)) == (0, 2)
        assert send_due(now + timedelta(minutes=4)) == (0, 0)
        assert {(m.tries, m.fault) for m in undelivered()} == {(2, "ConnectionRefusedError: no mail server here")}
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert send_due(now + timedelta(days=1)) == (2, 0)
        assert not undelivered().exists()


def test_one_bad_address_does_not_hold_up_the_others(world, settings):
    settings.EMAIL_BACKEND = f"{__name__}.PickyBackend"
    tell_both(world)
    with city(world):
        assert send_due() == (1, 1)
        assert undelivered().get().fault == "ValueError: 550 no such mailbox"
    assert [m.to for m in mail.outbox] == [["inspector@example.invalid"]]


def test_waiting_between_attempts_grows_and_never_ends(world, settings):
    settings.EMAIL_BACKEND = f"{__name__}.DownBackend"
    tell_both(world)
    now, waits = timezone.now(), []
    with city(world):
        for _ in range(12):
            send_due(now)
            wait = Message.objects.filter(channel="email").first().next_try_at - now
            waits.append(wait)
            now += wait
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] == timedelta(hours=6)


def test_an_address_taken_away_meanwhile_is_a_fault_not_a_crash(world):
    tell_both(world)
    with city(world):
        Person.objects.filter(name="officer君").update(email="")
        assert send_due() == (1, 1)
        assert undelivered().get().fault == "没有邮箱地址"


def test_what_a_transaction_takes_back_was_never_said(world):
    def say_and_fail():
        with world.as_("officer"):
            tell([person("inspector")], "k", "标题", "内容", "/")
            raise RuntimeError("back")

    with pytest.raises(RuntimeError, match="back"):
        say_and_fail()
    with city(world):
        assert not Message.objects.exists()


def test_a_title_longer_than_a_line_is_cut_and_the_message_is_told(world):
    with city(world):
        tell([person("officer")], "k", "长" * 300, "内容", "/")
        assert Message.objects.get(channel="in_app").title == "长" * 120
