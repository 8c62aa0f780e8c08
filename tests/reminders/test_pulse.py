"""/readyz and the page beside it: whether what runs by itself still runs, and how long the oldest has waited."""

import json
from datetime import timedelta

import pytest
import time_machine
from celery.signals import beat_init
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from campaign.celery import app
from hazards.tasks import for_each_tenant, remind
from portal.messages.actions import tell
from portal.messages.models import Message, Pulse, Reminder
from portal.messages.pulse import note_delivering, note_reminding
from portal.messages.tasks import deliver
from portal.tenancy.models import Person
from portal.tenancy.scope import tenant_scope
from tests.reminders.rows import fill, lay

CITY = "江州市"


@pytest.fixture(autouse=True)
def at_once():
    mail.outbox = []
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


def round_of_everything() -> None:
    for task in (remind, deliver):
        for_each_tenant.delay(task.name)


def ready(minutes: float = 0) -> tuple[int, dict]:
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        answer = Client().get("/readyz")
    return answer.status_code, answer.json()


def stale(minutes: float = 0) -> set[str]:
    status, said = ready(minutes)
    found = {name for name, one in said.items() if isinstance(one, dict) and one["stale"]}
    assert status == (503 if found else 200)
    return found


def test_where_nothing_has_ever_run_it_says_so(world):
    assert stale() == {"beat", "remind", "deliver"}


def test_after_a_round_it_is_ready_and_tells_the_moments(world):
    round_of_everything()
    assert stale() == set()
    assert {"beat", "remind", "deliver"} <= set(ready()[1])


@pytest.mark.parametrize(
    ("minutes", "found"), [(4, set()), (6, {"beat"}), (16, {"beat", "deliver"}), (46, {"beat", "deliver", "remind"})]
)
def test_what_has_not_run_for_longer_than_it_may_makes_it_unready(world, minutes, found):
    round_of_everything()
    assert stale(minutes) == found


def test_a_clock_that_starts_does_its_rounds_at_once(world):
    beat_init.send(sender=None)
    assert stale() == set()


def test_what_is_done_once_a_day_has_an_hour_and_does_not_wait_a_day_after_each_start():
    waits = [entry["schedule"] for entry in app.conf.beat_schedule.values() if isinstance(entry["schedule"], timedelta)]
    assert max(waits) <= timedelta(hours=1)


def test_one_city_whose_rounds_have_stopped_is_enough(world):
    round_of_everything()
    Pulse.objects.filter(name=f"deliver:{world.tenants['澄川市']}").update(at=timezone.now() - timedelta(hours=1))
    assert stale() == {"deliver"}


def test_the_age_of_the_oldest_letter_nobody_has_tried_is_told_and_is_too_much_after_two_hours(world):
    with tenant_scope(world.tenants[CITY], CITY):
        tell([world.people["officer"]], "k", "标题", "内容", "/")
        old = timezone.now() - timedelta(hours=3)
        Message.objects.filter(channel="email").update(next_try_at=old)
        note_delivering()
    for_each_tenant.delay(remind.name)
    with tenant_scope(world.tenants["澄川市"], "澄川市"):
        note_delivering()
    assert stale() == {"deliver"}
    assert ready()[1]["deliver"]["oldest"] == old.isoformat()
    round_of_everything()
    assert stale() == set()


def test_a_letter_that_was_tried_and_refused_is_on_the_panel_and_not_a_stopped_queue(world, settings):
    settings.EMAIL_BACKEND = "tests.reminders.test_messages.DownBackend"
    with tenant_scope(world.tenants[CITY], CITY):
        tell([world.people["officer"]], "k", "标题", "内容", "/")
    round_of_everything()
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        round_of_everything()
        assert Client().get("/readyz").status_code == 200


def test_a_reminder_that_waits_for_days_is_told(world):
    with time_machine.travel(timezone.now() - timedelta(days=5)):
        [hazard] = lay(world, days=0)
    with tenant_scope(world.tenants[CITY], CITY):
        fill(hazard.deadline + timedelta(days=1))
        note_reminding()
    for_each_tenant.delay(deliver.name)
    with tenant_scope(world.tenants["澄川市"], "澄川市"):
        note_reminding()
    assert stale() == {"remind"}


def test_the_last_delivery_by_each_channel_is_told(world, settings, tmp_path):
    settings.CHANNEL_LOG = tmp_path / "log"
    settings.CHANNELS = {"*": {"sms": {"kind": "sandbox"}}}
    with tenant_scope(world.tenants[CITY], CITY):
        Person.objects.filter(pk=world.people["officer"]).update(phone="13800000000")
        tell([world.people["officer"]], "k", "标题", "内容", "/")
    round_of_everything()
    said = ready()[1]
    assert {"sent:email", "sent:sms"} <= set(said)


def test_it_says_nothing_of_anybodys_business(world):
    with tenant_scope(world.tenants[CITY], CITY):
        tell([world.people["officer"]], "k", "标题", "内容", "/")
    round_of_everything()
    text = json.dumps(ready()[1], ensure_ascii=False)
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in text)
    allowed = {"at", "stale", "oldest"}
    assert all(set(one) <= allowed for one in ready()[1].values() if isinstance(one, dict))


def test_a_database_that_does_not_answer_is_told(world, monkeypatch):
    monkeypatch.setattr("portal.messages.views.public_scope", lambda code: 1 / 0)
    assert ready() == (503, {"database": False})


@pytest.mark.parametrize(
    ("login", "status"), [("office", 200), ("sysadmin", 200), ("inspector", 403), ("officer", 403)]
)
def test_the_office_and_the_system_administrator_read_it_in_words(world, login, status):
    round_of_everything()
    answer = world.client(login).get("/health/")
    assert answer.status_code == status
    if status == 200:
        page = answer.content.decode()
        assert page.count("正常") == 3
        assert "停滞" not in page


def test_a_flushed_redis_changes_nothing_of_it(world):
    round_of_everything()
    before = ready()
    cache.clear()
    assert ready() == before


def test_what_was_dropped_does_not_wait(world):
    with time_machine.travel(timezone.now() - timedelta(days=5)):
        [hazard] = lay(world, days=0)
    with tenant_scope(world.tenants[CITY], CITY):
        fill(hazard.deadline + timedelta(days=1))
        Reminder.objects.update(cancelled_at=timezone.now(), why="已销号")
    round_of_everything()
    assert stale() == set()
