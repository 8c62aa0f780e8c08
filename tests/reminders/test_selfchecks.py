"""自查提醒: the officers of the enterprise, each step once, late rather than never, and silent about what is settled."""

from datetime import date, timedelta

import pytest

from campaign.celery import app
from hazards.actions import selfchecks as verbs
from hazards.actions.selfcheck_reminders import remind
from hazards.models import SelfCheck
from hazards.rules_selfcheck import newest_step
from portal.messages.models import Message
from portal.refusals import NotAllowed
from portal.tenancy.actions import end_posting
from portal.tenancy.models import Posting
from portal.tenancy.scope import tenant_scope
from tests.hazards.test_selfchecks import reported
from tests.stories import photo

START = date(2026, 9, 1)
CITY = "江州市"


@pytest.fixture(autouse=True)
def first_of_september(on_day):
    with on_day(START):
        yield


def days(number: int) -> date:
    return START + timedelta(days=number)


def told(world, as_of: date) -> dict[str, list[tuple[str, int]]]:
    """Run as of a day; login → (kind, step) of what the digest of that day speaks of."""
    with tenant_scope(world.tenants[CITY], CITY):
        remind(as_of)
        digests = Message.objects.filter(key=f"selfchecks:{as_of}", channel="in_app").select_related("person")
        return {
            one.person.name.removesuffix("君"): sorted(one.reminders.values_list("subject_kind", "step"))
            for one in digests
        }


def test_the_ladder_speaks_before_on_and_after_the_day_and_every_week_for_ever():
    spoken = {}
    for late in range(-30, 30):
        step = newest_step(late)
        if step is not None:
            spoken.setdefault(step, late)
    assert spoken == {step: step for step in (-3, 0, 1, 3, 7, 14, 21, 28)}


def test_each_step_is_told_on_its_day_to_the_officer_alone_and_no_other_day(world):
    reported(world, planned_on=days(5))
    heard = {number: told(world, days(number)) for number in range(25)}
    expected = {5 + step: {"officer": [("selfcheck", step)]} for step in (-3, 0, 1, 3, 7, 14)}
    assert {number: people for number, people in heard.items() if people} == expected


def test_a_second_run_and_missed_days_say_nothing_twice(world):
    reported(world, planned_on=days(3))
    assert told(world, days(3)) == {"officer": [("selfcheck", 0)]}
    with tenant_scope(world.tenants[CITY], CITY):
        assert remind(days(3)).digests == {}
    assert told(world, days(9)) == {"officer": [("selfcheck", 3)]}
    assert told(world, days(9)) == {"officer": [("selfcheck", 3)]}  # the same digest, not another
    with tenant_scope(world.tenants[CITY], CITY):
        assert Message.objects.filter(key__startswith="selfchecks:", channel="in_app").count() == 2


def test_a_step_whose_day_had_come_when_it_was_reported_is_not_told(world):
    reported(world, planned_on=days(1))
    assert told(world, START) == {}
    assert told(world, days(1)) == {"officer": [("selfcheck", 0)]}


def test_what_is_finished_or_taken_back_is_silent(world, on_day):
    done, back = reported(world, planned_on=days(4)), reported(world, planned_on=days(4))
    with world.as_("officer"):
        verbs.add_photo(done.pk, "done", photo(51))
        verbs.finish(done.pk, "已更换")
        verbs.cancel(back.pk, "重复")
    assert told(world, days(10)) == {}


def test_another_own_date_starts_anew(world, on_day):
    check = reported(world, planned_on=days(3))
    assert told(world, days(3)) == {"officer": [("selfcheck", 0)]}
    with world.as_("officer"):
        SelfCheck.objects.filter(pk=check.pk).update(planned_on=days(10))
    assert told(world, days(4)) == {}
    assert told(world, days(10)) == {"officer": [("selfcheck", 0)]}


def test_where_no_officer_is_posted_the_district_hears(world):
    reported(world, planned_on=days(3))
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        end_posting(Posting.objects.get(person__name="officer君"), START - timedelta(days=1))
    assert set(told(world, days(3))) == {"inspector", "inspector2"}


def test_only_the_clock_and_the_office_may_remind(world):
    with world.as_("inspector"), pytest.raises(NotAllowed):
        remind(START)


def test_the_clock_knows_it():
    asked = {entry["args"][0] for entry in app.conf.beat_schedule.values()}
    assert "hazards.tasks.remind_selfchecks" in asked
