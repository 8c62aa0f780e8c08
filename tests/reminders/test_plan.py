"""The plan of reminders: at every moment an open hazard says what will be told next, and nothing else waits."""

from datetime import date, timedelta

import pytest

from hazards.actions import moves, notices
from hazards.actions.reminders import Digest, mend, remind
from hazards.models import Hazard, ReminderPlan
from hazards.rules import NOTICE_DAYS
from portal.holidays.deadlines import RECHECK, deadline_for_rule
from portal.messages.models import Message, Reminder
from portal.tenancy.scope import tenant_scope
from tests import stories
from tests.reminders.rows import fill, lay
from tests.reminders.test_ledger import CITY, in_city, leave, told

START = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def first_of_september(on_day):
    with on_day(START):
        yield


def waiting(world, hazard: Hazard) -> list[tuple]:
    with in_city(world):
        open_plans = ReminderPlan.objects.filter(hazard_id=hazard.pk, told_at=None, cancelled_at=None)
        return sorted(open_plans.values_list("kind", "step", "due_on"))


def cancelled(world, hazard: Hazard) -> list[tuple]:
    with in_city(world):
        dropped = ReminderPlan.objects.filter(hazard_id=hazard.pk).exclude(cancelled_at=None)
        return sorted(dropped.values_list("kind", "step", "why"))


def days(number: int) -> date:
    return START + timedelta(days=number)


def test_a_recorded_hazard_says_when_its_notice_will_be_asked_for(world):
    hazard = stories.recorded(world)
    assert waiting(world, hazard) == [("notice", 0, days(3))]


def test_issuing_moves_it_to_the_ladder_of_its_deadline_and_says_why_the_other_ended(world):
    hazard = stories.issued(world, days=20)
    assert waiting(world, hazard) == [("hazard", -7, days(13))]
    assert cancelled(world, hazard) == [("notice", 0, "已下达整改文书")]


def test_issued_inside_the_ladder_the_next_step_is_the_first_whose_day_is_still_to_come(world):
    hazard = stories.issued(world, days=5)
    assert waiting(world, hazard) == [("hazard", -3, days(2))]


def test_handed_in_on_time_only_the_recheck_waits(world):
    hazard = stories.submitted(world, days=20)
    with in_city(world):
        recheck = deadline_for_rule(RECHECK, START).due
    assert waiting(world, hazard) == [("recheck", -3, recheck - timedelta(days=3))]
    assert ("hazard", -7, "企业已按期提交") in cancelled(world, hazard)


def test_the_rechecks_ten_days_are_stored_with_the_clause_and_end_on_a_working_day(world):
    hazard = stories.submitted(world, days=20)  # handed in on 2026-09-01; the tenth day after it is a working day
    assert hazard.recheck_by == date(2026, 9, 11)
    assert "令15号第17条" in hazard.recheck_rule["rule"]
    assert "规章未界定" in hazard.recheck_rule["rule"]


def test_the_day_that_was_stored_for_the_recheck_is_the_one_that_is_waited_for(world):
    [hazard] = lay(world, days=60, status="submitted", submitted_after=0, recheck_by=days(14))
    with in_city(world):
        mend(START)
    assert waiting(world, hazard) == [("recheck", -3, days(11))]


def test_sent_back_the_old_deadline_is_waited_for_again(world):
    hazard = stories.submitted(world, days=20)
    with world.as_("inspector"):
        moves.send_back(hazard.pk, "仍有渗漏")
    assert waiting(world, hazard) == [("hazard", -7, days(13))]
    assert ("recheck", -3, "已退回企业继续整改") in cancelled(world, hazard)


@pytest.mark.parametrize(("make", "why"), [(stories.closed, "已销号"), (stories.voided, "已作废")])
def test_what_is_closed_or_void_has_nothing_waiting_and_says_why(world, make, why):
    hazard = make(world)
    assert waiting(world, hazard) == []
    assert why in {one[2] for one in cancelled(world, hazard)}


def test_a_major_hazard_that_waits_for_the_second_word_asks_those_who_may_give_it(world):
    hazard = stories.confirming(world)
    with in_city(world):
        [plan] = ReminderPlan.objects.filter(hazard_id=hazard.pk, told_at=None, cancelled_at=None)
    assert plan.kind == "recheck"
    assert set(plan.circles) == {"office", "leader"}


def test_reopened_the_new_deadline_has_a_ladder_of_its_own(world):
    hazard = stories.closed(world, days=20)
    with world.as_("office"):
        moves.reopen(hazard.pk, "复发", notices.deadline_for(due=days(40)))
    assert waiting(world, hazard) == [("hazard", -7, days(33))]


def test_the_plan_is_written_in_the_transaction_of_the_verb(world):
    """Taken back with it, and there before anybody else has run."""
    hazard = stories.issued(world, days=20)
    with world.as_("office"), pytest.raises(ZeroDivisionError), tenant_scope(world.tenants[CITY], CITY):
        Hazard.objects.filter(pk=hazard.pk).update(deadline=days(60))
        mend(START)
        raise ZeroDivisionError
    assert waiting(world, hazard) == [("hazard", -7, days(13))]


def test_a_told_step_keeps_whom_it_reached_and_the_next_one_is_there_at_once(world):
    hazard = stories.issued(world, days=20)
    assert told(world, days(13)) == {"officer": [-7]}
    with in_city(world):
        plan = ReminderPlan.objects.get(hazard_id=hazard.pk, step=-7)
    assert [person["name"] for person in plan.told] == ["officer君"]
    assert waiting(world, hazard) == [("hazard", -3, days(17))]


def test_a_new_deadline_cancels_the_old_ones_step_with_the_new_date(world):
    hazard = stories.issued(world, days=20)
    with in_city(world):
        Hazard.objects.filter(pk=hazard.pk).update(deadline=days(40))
        remind(START)
    assert waiting(world, hazard) == [("hazard", -7, days(33))]
    assert ("hazard", -7, f"期限改为{days(40)}") in cancelled(world, hazard)


def test_a_deadline_set_back_to_what_it_was_takes_up_its_old_plan(world):
    hazard = stories.issued(world, days=20)
    with in_city(world):
        for due in (days(40), days(20)):
            Hazard.objects.filter(pk=hazard.pk).update(deadline=due)
            mend(START)
    assert waiting(world, hazard) == [("hazard", -7, days(13))]


def test_without_a_notice_the_district_is_asked_then_the_office_then_the_leaders(world):
    stories.recorded(world)
    due = days(NOTICE_DAYS)
    inspectors = {"inspector", "inspector2"}
    assert told(world, due - timedelta(days=1)) == {}
    assert told(world, due) == {one: [0] for one in inspectors}
    assert told(world, due + timedelta(days=3)) == {one: [3] for one in inspectors | {"office"}}
    week = told(world, due + timedelta(days=7))
    assert week == {one: [7] for one in inspectors | {"office", "leader", "office2"}}
    assert told(world, due + timedelta(days=700)) == {one: [700] for one in week}


def test_the_digest_counts_what_has_no_notice_and_leads_to_its_list(world):
    stories.recorded(world)
    with in_city(world):
        remind(days(NOTICE_DAYS))
        digest = Message.objects.filter(key__startswith="reminders:", channel="in_app").first()
    assert digest.title == "整改提醒：待下达文书1条"
    assert digest.link.endswith("situation=recorded")
    assert "下达文书今日到期" in digest.body


def test_where_nobody_at_all_is_posted_the_step_keeps_waiting(world):
    [hazard] = lay(world, days=20)
    leave(world, "officer", "inspector", "inspector2", "leader", "office", "office2")
    assert told(world, days(13)) == {}
    assert waiting(world, hazard) == [("hazard", -7, days(13))]


def test_what_was_changed_in_bulk_is_mended_by_the_next_run_and_a_second_one_changes_nothing(world):
    made = lay(world, days=20, n=3)
    with in_city(world):
        assert mend(START) == 3
        assert mend(START) == 0
        Hazard.objects.filter(pk=made[0].pk).update(status="closed", submitted_on=START, closed_on=START)
        assert mend(START) == 1
    assert waiting(world, made[0]) == []
    assert waiting(world, made[1]) == [("hazard", -7, days(13))]


def test_a_hazard_that_a_verb_holds_is_passed_by(committed_world):
    """Its verb follows by itself; the run neither waits nor writes from what it saw before."""
    from tests.reminders.test_races import beside, impatient

    [hazard] = lay(committed_world, days=20)

    def run():
        with in_city(committed_world):
            impatient()
            return mend(START)

    with in_city(committed_world):
        Hazard.objects.select_for_update().get(pk=hazard.pk)
        assert beside(run)() == 0
    with in_city(committed_world):
        assert mend(START) == 1


def test_a_step_of_a_hazard_that_was_settled_while_a_verb_holds_it_is_not_told(committed_world):
    """Its plan could not be mended in time; the row says why nobody heard."""
    from tests.reminders.test_races import beside, impatient

    [hazard] = lay(committed_world, days=5)
    with in_city(committed_world):
        mend(START)
        Hazard.objects.update(status="closed", submitted_on=START, closed_on=START)

    def run():
        with in_city(committed_world):
            impatient()
            return remind(days(5)).digests

    with in_city(committed_world):
        Hazard.objects.select_for_update().get(pk=hazard.pk)
        assert beside(run)() == {}
    with in_city(committed_world):
        assert set(Reminder.objects.values_list("sent_at", "why")) == {(None, "已销号")}
        assert not Message.objects.exists()


def test_filling_twice_tells_nobody_twice(world):
    lay(world, days=5)
    with in_city(world):
        assert fill(days(2)) == {-3: 2}
        assert fill(days(2)) == {}
        assert Reminder.objects.count() == 2


def test_a_step_that_a_nearer_one_overtakes_says_so(world):
    [hazard] = lay(world, days=20)
    with in_city(world):
        mend(START)
    assert told(world, days(17)) == {"officer": [-3]}
    assert cancelled(world, hazard) == [("hazard", -7, "由较近的一步代替")]


def test_handed_in_on_another_day_the_recheck_is_waited_for_from_then_and_the_old_one_says_why(world):
    [hazard] = lay(world, days=60, status="submitted", submitted_after=0)
    with in_city(world):
        mend(START)
        Hazard.objects.filter(pk=hazard.pk).update(submitted_on=days(2))
        mend(START)
    assert waiting(world, hazard) == [("recheck", -3, days(9))]
    assert cancelled(world, hazard) == [("recheck", -3, "企业又一次提交")]


def test_where_others_are_to_hear_of_the_same_step_its_plan_is_brought_up_to_it(world):
    [hazard] = lay(world, days=60, status="submitted", submitted_after=0)
    with in_city(world):
        mend(START)
        Hazard.objects.filter(pk=hazard.pk).update(status="confirming")
        assert mend(START) == 1
        [plan] = ReminderPlan.objects.filter(hazard_id=hazard.pk, told_at=None, cancelled_at=None)
    assert set(plan.circles) == {"office", "leader"}


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (
            {"status": "submitted", "submitted_after": 0},
            {"status": "rectifying", "submitted_on": None},
            "已退回企业继续整改",
        ),
        ({"status": "submitted", "submitted_after": 0}, {"status": "closed", "closed_on": START}, "已销号"),
        ({"status": "recorded"}, {"status": "rectifying"}, "已下达整改文书"),
        ({}, {"deadline": START + timedelta(days=90)}, "期限改为2026-11-30"),
        ({}, {"status": "submitted", "submitted_on": START}, "企业已按期提交"),
    ],
)
def test_whatever_was_settled_while_a_verb_holds_it_is_not_told(committed_world, before, after, why):
    """Its plan could not be mended in time; the row says why nobody heard."""
    from tests.reminders.test_races import beside, impatient

    [hazard] = lay(committed_world, days=30, **before)
    with in_city(committed_world):
        mend(START)
        [due] = ReminderPlan.objects.filter(cancelled_at=None).values_list("due_on", flat=True)
        Hazard.objects.filter(pk=hazard.pk).update(**after)

    def run():
        with in_city(committed_world):
            impatient()
            return remind(due).digests

    with in_city(committed_world):
        moves.lock(hazard.pk)
        assert beside(run)() == {}
    with in_city(committed_world):
        assert set(Reminder.objects.values_list("sent_at", "why")) <= {(None, why), (None, "")}
        assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("counts", "query"),
    [
        ((2, 0, 0, 0, 0), f"situation=overdue&deadline_to={days(-1)}"),
        ((2, 1, 0, 0, 0), f"situation=open&deadline_to={days(7)}"),
        ((0, 0, 3, 0, 0), f"situation=open&deadline_to={days(7)}"),
        ((0, 0, 0, 4, 0), "situation=awaiting"),
        ((0, 1, 0, 4, 0), f"situation=open&deadline_to={days(7)}"),
        ((0, 0, 0, 0, 5), "situation=recorded"),
        # What has no notice has no deadline to filter by.
        ((2, 0, 0, 0, 5), "situation=open"),
    ],
)
def test_a_digest_leads_to_the_list_of_what_it_counts(counts, query):
    assert Digest(*counts, worst=[]).link(START) == f"/hazards/?{query}"


def test_a_hazard_that_one_run_is_telling_of_is_passed_by_by_another_without_waiting(committed_world):
    from tests.reminders.test_races import beside, impatient

    [hazard] = lay(committed_world, days=5)

    def run():
        with in_city(committed_world):
            impatient()
            return remind(days(5)).digests

    with in_city(committed_world):
        mend(START)
    with in_city(committed_world):
        assert remind(days(5)).digests == {"in_app": 1, "email": 1}
        assert beside(run)() == {}
    with in_city(committed_world):
        assert Message.objects.filter(channel="in_app").count() == 1
        assert ReminderPlan.objects.get(hazard=hazard, step=0).told_at


def test_a_verb_that_holds_a_hazard_and_a_run_that_tells_of_it_do_not_wait_for_each_other(committed_world):
    """The run plans the hazard's next step, the verb its own: each waiting for what the other holds would be the end of one."""
    from tests.reminders.test_races import beside, impatient

    [hazard] = lay(committed_world, days=5)

    def run():
        with in_city(committed_world):
            impatient()
            return remind(days(5)).digests

    with in_city(committed_world):
        mend(days(5))
    with in_city(committed_world):
        moves.lock(hazard.pk)
        assert beside(run)() == {"in_app": 1, "email": 1}
    assert waiting(committed_world, hazard) == [("hazard", 1, days(6))]
