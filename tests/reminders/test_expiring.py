"""证照到期提醒: the right people, each step once, late rather than never, and silent about what is settled."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from campaign.celery import app
from enterprises.actions import credentials
from enterprises.actions.expiry import remind
from enterprises.models import Enterprise
from enterprises.rules.expiry import STEPS, newest_step
from enterprises.tasks import remind_expiring
from hazards.actions import reminders
from portal.messages.models import Message, Reminder
from portal.refusals import NotAllowed
from portal.tenancy.actions import end_posting, post
from portal.tenancy.models import Person, Posting
from portal.tenancy.scope import tenant_scope
from tests.reminders.rows import lay
from tests.reminders.test_races import beside

START = date(2026, 9, 1)
CITY = "江州市"


@pytest.fixture(autouse=True)
def first_of_september(on_day):
    with on_day(START):
        yield


def days(number: int) -> date:
    return START + timedelta(days=number)


def enter(world, key="a", *, due: int = 100, by="office", number="T1", **told):
    told = {"kind": "special", "title": "低压电工作业", "holder": "王五", "valid_until": days(due)} | told
    with world.as_(by):
        return credentials.add_credential(world.enterprises[key], told | {"number": number})


def told(world, as_of: date, city: str = CITY) -> dict[str, list[int]]:
    """Run as of a day; login → the steps of which the digest of that day speaks."""
    with tenant_scope(world.tenants[city], city):
        remind(as_of)
        digests = Message.objects.filter(key=f"expiring:{as_of}", channel="in_app").select_related("person")
        return {
            one.person.name.removesuffix("君"): sorted(one.reminders.values_list("step", flat=True)) for one in digests
        }


def leave(world, *logins: str) -> None:
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        for login in logins:
            end_posting(Posting.objects.get(person__name=f"{login}君"), START - timedelta(days=1))


def test_the_ladder_speaks_at_90_60_30_and_7_days_on_the_day_and_every_thirty_days_for_ever():
    due = date(2026, 12, 1)
    spoken = {}
    for late in range(-120, 400):
        step = newest_step(due, due + timedelta(days=late))
        if step is not None and step not in spoken:
            spoken[step] = late
    assert list(spoken) == [*STEPS, *range(30, 400, 30)]
    assert all(step == late for step, late in spoken.items())


def test_each_step_is_told_on_its_day_and_no_other(world):
    enter(world, due=100)
    heard = {late: told(world, days(100 + late)) for late in range(-95, 70)}
    assert {late: people for late, people in heard.items() if people} == {
        step: {"officer": [step]} for step in (*STEPS, 30, 60)
    }


def test_a_second_run_on_the_same_day_says_nothing(world):
    enter(world, due=30)
    assert told(world, START) == {"officer": [-30]}
    with tenant_scope(world.tenants[CITY], CITY):
        again = remind(START)
        assert (again.digests, again.told) == ({}, 0)
        assert Message.objects.filter(key__startswith="expiring:").count() == 2  # in the portal and by e-mail


def test_three_days_of_downtime_only_delay_and_never_double(world):
    enter(world, due=33)
    assert told(world, START) == {"officer": [-60]}
    # Down on the day of −30 (the 3rd day from now) and the two after it.
    assert told(world, days(6)) == {"officer": [-30]}
    assert [told(world, days(number)) for number in (7, 8, 9)] == [{}, {}, {}]
    # Down for two months, over −7, the day itself and +30: the newest step speaks, once.
    assert told(world, days(33 + 45)) == {"officer": [30]}
    assert told(world, days(33 + 46)) == {}


def test_what_falls_due_after_the_days_digest_is_in_tomorrows(world):
    enter(world, due=30)
    assert told(world, START) == {"officer": [-30]}
    enter(world, due=20, number="T2")
    with tenant_scope(world.tenants[CITY], CITY):
        assert remind(START).digests == {}
    assert told(world, days(1)) == {"officer": [-30]}


def test_one_digest_a_person_with_the_worst_first_and_the_rest_counted(world):
    for number in range(12):
        enter(world, due=number - 3, number=f"T{number}", holder=f"持证人{number}")
    with tenant_scope(world.tenants[CITY], CITY):
        remind(START)
        digest = Message.objects.get(key__startswith="expiring:", channel="in_app")
    assert digest.title == "证照到期提醒：已过期3项，30天内到期9项"
    lines = digest.body.split("\n")
    assert lines[0] == "· 已过期3天　江州甲化工有限公司：低压电工作业（持证人0）"
    assert lines[3] == "· 今天到期　江州甲化工有限公司：低压电工作业（持证人3）"
    assert lines[-1] == "其余2项请打开列表查看。"
    assert digest.urgent
    page = world.client("officer").get(digest.link).content.decode()
    assert all(f">T{number}<" in page for number in range(12))


def test_a_renewed_or_ended_certificate_goes_silent_and_the_new_validity_starts_anew(world):
    renewed, ended = enter(world, due=30), enter(world, due=30, number="T2")
    enter(world, "b", due=30)
    with world.as_("officer"):
        new = credentials.renew_credential(renewed.pk, {"valid_until": days(150)})
        credentials.end_credential(ended.pk, START)
    assert told(world, days(30)) == {"officer_b": [0]}
    assert told(world, days(60)) == {"officer": [-90], "officer_b": [30]}
    with tenant_scope(world.tenants[CITY], CITY):
        to_officer = Reminder.objects.filter(person__name="officer君")
        assert {one.subject_id for one in to_officer} == {new.pk}


def test_the_ledgers_licence_is_reminded_of_too_and_a_new_date_starts_anew(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(licence_no="许1", licence_until=days(7))
    assert told(world, START) == {"officer_b": [-7]}
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(licence_until=days(31))
    assert told(world, days(1)) == {"officer_b": [-30]}


def test_without_an_officer_the_district_is_told_and_without_anybody_there_the_office(world):
    enter(world, "a", due=30)
    enter(world, "c", due=30)
    leave(world, "officer", "officer_c", "north", "north2")
    assert told(world, START) == {"inspector": [-30], "inspector2": [-30], "office": [-30]}


def test_an_officer_posted_later_hears_what_the_district_was_told_in_their_place(world):
    enter(world, due=30)
    leave(world, "officer")
    assert set(told(world, START)) == {"inspector", "inspector2"}
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        person = Person.objects.get(name="officer君")
        post(person, "officer", enterprise_id=world.enterprises["a"], starts=START)
    assert told(world, days(1)) == {"officer": [-30]}
    assert told(world, days(2)) == {}


def test_each_city_is_told_of_its_own(world):
    enter(world, "a", due=30)
    enter(world, "x", due=30, by="office_x")
    assert told(world, START) == {"officer": [-30]}
    assert told(world, START, "澄川市") == {"officer_x": [-30]}


def test_a_merged_enterprise_is_not_spoken_of(world):
    enter(world, due=30)
    enter(world, "c", due=30)
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(merged_into=world.enterprises["b"])
    assert told(world, START) == {"officer_c": [-30]}


def test_hazards_and_certificates_keep_apart_in_the_ledger_of_reminders(world):
    """Both write to it under numbers of their own: neither takes the other's rows for its own."""
    lay(world, "a", days=5)
    enter(world, due=30)
    with tenant_scope(world.tenants[CITY], CITY):
        remind(START)
        reminders.remind(days(2))
        remind(days(2))
        kinds = dict(Message.objects.filter(channel="in_app", person__name="officer君").values_list("key", "title"))
    assert kinds == {
        "expiring:2026-09-01": "证照到期提醒：30天内到期1项",
        "reminders:2026-09-03": "整改提醒：即将到期1条",
    }


@pytest.mark.parametrize("login", ["officer", "inspector", "expert", "auditor"])
def test_reminding_is_the_systems_and_the_offices(world, login):
    enter(world, due=30)
    with world.as_(login), pytest.raises(NotAllowed):
        remind(START)


def test_nobody_is_reminded_before_eight_in_the_morning_of_shanghai(world):
    enter(world, due=30)
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    try:
        for moment, messages in (("00:30", 0), ("07:59", 0), ("08:00", 1), ("09:00", 1)):
            with time_machine.travel(f"2026-09-01T{moment}:00+08:00"):
                remind_expiring.delay(tenant_id=world.tenants[CITY])
                with tenant_scope(world.tenants[CITY], CITY):
                    assert Message.objects.filter(channel="in_app").count() == messages, moment
    finally:
        app.conf.update(task_always_eager=False, task_eager_propagates=False)


def test_the_command_tells_one_city_as_of_a_day_and_says_how_many(world, capsys):
    enter(world, "a", due=100)
    enter(world, "x", due=100, by="office_x")
    call_command("remind_expiring", tenant=CITY, as_of="2026-09-11")
    assert capsys.readouterr().out == "江州市（截至2026-09-11）：邮件1份，站内1份，涉及证照1项\n"
    call_command("remind_expiring", as_of="2026-09-11")
    assert capsys.readouterr().out == (
        "江州市（截至2026-09-11）：没有要提醒的证照\n澄川市（截至2026-09-11）：邮件1份，站内1份，涉及证照1项\n"
    )
    with pytest.raises(CommandError, match="YYYY-MM-DD"):
        call_command("remind_expiring", as_of="明天")


def test_two_runs_at_once_tell_each_person_once(committed_world):
    enter(committed_world, due=30)

    def second():
        with tenant_scope(committed_world.tenants[CITY], CITY):
            return remind(START).digests

    with tenant_scope(committed_world.tenants[CITY], CITY):
        assert remind(START).digests == {"in_app": 1, "email": 1}
        other = beside(second)  # waits for the first to commit, and then has nothing to say
    assert other() == {}
    with tenant_scope(committed_world.tenants[CITY], CITY):
        assert (Message.objects.count(), Reminder.objects.count()) == (2, 2)
