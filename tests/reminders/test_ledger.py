"""The reminder ledger: the right people, the right steps, once, and never silent."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from hazards import rules
from hazards.actions.reminders import RECHECK_DAYS, ladder_of, remind, send
from hazards.actions.supervision import supervise, unsupervise
from hazards.models import Hazard, ReminderPlan
from portal.messages.models import Message, Reminder
from portal.refusals import NotAllowed
from portal.tenancy.actions import add_person, cut_short, post
from portal.tenancy.models import Organisation, Person, Posting
from portal.tenancy.scope import tenant_scope
from tests.reminders.rows import fill, lay

START = date(2026, 9, 1)
CITY = "江州市"


@pytest.fixture(autouse=True)
def first_of_september(on_day):
    with on_day(START):
        yield


def in_city(world, city=CITY):
    return tenant_scope(world.tenants[city], city)


def told(world, as_of: date, city: str = CITY) -> dict[str, list[int]]:
    """Fill and send as of a day; login → steps in the digest sent to them on that day."""
    with in_city(world, city):
        remind(as_of)
        rows = Reminder.objects.filter(message__key=f"reminders:{as_of}", channel="in_app")
        found: dict[str, list[int]] = {}
        for name, step in rows.values_list("person__name", "step").order_by("step"):
            found.setdefault(name.removesuffix("君"), []).append(step)
        return found


def day(deadline: date, step: int) -> date:
    return deadline + timedelta(days=step)


def leave(world, *logins: str) -> None:
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        for login in logins:
            cut_short(Posting.objects.get(person__name=f"{login}君"), START)


OFFICER = {"officer"}
DISTRICT = OFFICER | {"inspector", "inspector2"}
OFFICE = DISTRICT | {"office"}
LEADERS = OFFICE | {"leader", "office2"}


@pytest.mark.parametrize(
    ("step", "people"),
    [
        (-7, OFFICER),
        (-3, OFFICER),
        (-1, OFFICER),
        (0, OFFICER),
        (1, DISTRICT),
        (3, OFFICE),
        (7, LEADERS),
        (14, LEADERS),
    ],
)
def test_each_step_tells_its_circle_and_nobody_else(world, step, people):
    [hazard] = lay(world, days=20)
    assert told(world, day(hazard.deadline, step)) == {person: [step] for person in people}


def test_the_leader_who_answers_for_a_supervised_hazard_hears_with_the_leaders_wherever_they_are_posted(world):
    [hazard] = lay(world, days=20, level="major")
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        head = Posting.objects.get(person__name="department君")
        head.leads = True
        head.save(update_fields=["leads"])
    with world.as_("office"):
        supervise(hazard.pk, head.person_id, "每周报告")
    for step, hears in ((3, False), (7, True), (14, True)):
        assert ("department" in told(world, day(hazard.deadline, step))) == hears
    page = world.client("inspector").get(f"/hazards/{hazard.pk}/").content.decode()
    assert "department君" in page.split("下一次提醒")[1]
    with world.as_("office"):
        unsupervise(hazard.pk, "已采取防范措施")
    assert set(told(world, day(hazard.deadline, 21))) == LEADERS


def test_a_hazard_years_overdue_is_still_told_every_seven_days(world):
    [hazard] = lay(world, days=20)
    for step in (700, 707, 714):
        assert told(world, day(hazard.deadline, step)) == {person: [step] for person in LEADERS}
        assert told(world, day(hazard.deadline, step + 1)) == {}


def test_the_step_of_a_missed_day_is_sent_on_the_next_day_the_portal_runs(world):
    [hazard] = lay(world, days=20)
    assert told(world, day(hazard.deadline, 2)) == {person: [1] for person in DISTRICT}


def test_after_downtime_only_the_newest_step_speaks_and_to_everybody_the_missed_ones_would_have_told(world):
    [hazard] = lay(world, days=20)
    assert told(world, day(hazard.deadline, 30)) == {person: [28] for person in LEADERS}
    with in_city(world):
        assert set(Reminder.objects.values_list("step", flat=True)) == {28}


def test_a_second_run_on_the_same_day_sends_nothing(world):
    [hazard] = lay(world, days=20)
    as_of = day(hazard.deadline, 1)
    told(world, as_of)
    with in_city(world):
        assert remind(as_of).digests == {}
        assert Message.objects.filter(key=f"reminders:{as_of}", channel="in_app").count() == len(DISTRICT)


def test_steps_before_the_notice_was_issued_are_not_sent(world):
    """Issued five days before its deadline: the week's notice has passed, three days before is the first reminder."""
    [hazard] = lay(world, days=5)
    assert told(world, START) == {}
    assert told(world, day(hazard.deadline, -4)) == {}
    assert told(world, day(hazard.deadline, -3)) == {"officer": [-3]}


def test_one_digest_a_person_however_many_hazards(world):
    deadline = lay(world, days=20, n=4)[0].deadline
    lay(world, days=19)
    with in_city(world):
        remind(day(deadline, 1))
        digest = Message.objects.get(key__startswith="reminders:", person__name="officer君", channel="in_app")
    assert digest.title == "整改提醒：逾期5条"
    assert digest.urgent


def test_the_worst_comes_first_and_what_does_not_fit_is_counted(world):
    for days in range(10, 22):
        lay(world, days=days, description=f"第{days}日到期")
    with in_city(world):
        remind(START + timedelta(days=22))
        body = Message.objects.get(key__startswith="reminders:", person__name="officer君", channel="in_app").body.split(
            "\n"
        )
    assert body[0].startswith("· 整改逾期12天")
    assert "第10日到期" in body[0]
    assert len(body) == 11
    assert body[-1] == "其余2条请打开列表查看。"


def test_the_link_of_a_digest_lands_on_the_list_of_its_records(world, on_day):
    [overdue], [soon] = lay(world, days=10), lay(world, days=17)
    as_of = START + timedelta(days=11)
    with in_city(world):
        remind(as_of)
        link = Message.objects.get(key__startswith="reminders:", person__name="officer君", channel="in_app").link
    with on_day(as_of):
        page = world.client("officer").get(link)
    assert page.status_code == 200
    for hazard in (overdue, soon):
        assert f"/hazards/{hazard.pk}/" in page.content.decode()


def test_handed_in_on_time_the_enterprise_is_left_alone(world):
    [hazard] = lay(world, days=5, status="submitted", submitted_after=0)
    assert "officer" not in told(world, day(hazard.deadline, 1))


def test_a_recheck_that_takes_more_than_ten_days_is_told_to_the_district_then_office_then_leaders(world):
    [hazard] = lay(world, days=60, status="submitted", submitted_after=0)
    due = hazard.submitted_on + timedelta(days=RECHECK_DAYS)
    inspectors = {"inspector", "inspector2"}
    assert told(world, day(due, 1)) == {person: [1] for person in inspectors}
    assert told(world, day(due, 3)) == {person: [3] for person in inspectors | {"office"}}
    assert told(world, day(due, 7)) == {person: [7] for person in LEADERS - OFFICER}
    assert told(world, day(due, 14)) == {person: [14] for person in LEADERS - OFFICER}


def test_shortly_before_the_ten_days_are_over_the_inspectors_hear_of_it_and_not_earlier(world):
    [hazard] = lay(world, days=60, status="submitted", submitted_after=0)
    due = hazard.submitted_on + timedelta(days=RECHECK_DAYS)
    assert told(world, day(due, -7)) == {}
    assert told(world, day(due, -1)) == {"inspector": [-1], "inspector2": [-1]}


def test_a_second_word_that_is_waited_for_is_asked_of_those_who_may_give_it(world):
    [hazard] = lay(world, days=60, status="confirming", submitted_after=0, level="major")
    due = hazard.submitted_on + timedelta(days=RECHECK_DAYS)
    assert told(world, due) == {"office": [0], "office2": [0], "leader": [0]}


def test_handed_in_late_stays_overdue_for_the_authority_and_is_not_nagged_to_the_enterprise(world):
    [hazard] = lay(world, days=5, status="submitted", submitted_after=7)
    heard = told(world, day(hazard.deadline, 3))
    assert "officer" not in heard
    assert 3 in heard["inspector"]
    assert 3 in heard["office"]


@pytest.mark.parametrize("state", ["closed", "void"])
def test_nobody_is_reminded_of_what_is_not_waiting_for_anybody(world, state):
    lay(world, status=state, submitted_after=1)
    assert told(world, START + timedelta(days=60)) == {}


def test_a_new_deadline_starts_the_ladder_anew_and_the_old_date_is_heard_no_more(world):
    [hazard] = lay(world, days=20)
    assert told(world, day(hazard.deadline, -1)) == {"officer": [-1]}
    with in_city(world):
        Hazard.objects.update(deadline=START + timedelta(days=40))
    assert told(world, day(hazard.deadline, 1)) == {}
    assert told(world, START + timedelta(days=39)) == {"officer": [-1]}


def test_given_a_short_new_deadline_the_steps_that_have_passed_are_not_sent(world):
    lay(world, days=20)
    start, due = START + timedelta(days=30), START + timedelta(days=35)
    with in_city(world):
        Hazard.objects.update(deadline=due, deadline_rule={"start": start.isoformat()})
    assert told(world, start) == {}
    assert told(world, day(due, -3)) == {"officer": [-3]}


def test_what_was_filled_and_then_settled_before_sending_is_not_sent(world):
    [hazard] = lay(world, days=5)
    as_of = day(hazard.deadline, 0)
    with in_city(world):
        assert fill(as_of) == {0: 2}
    with in_city(world):
        Hazard.objects.update(status="closed", submitted_on=START, closed_on=START)
        assert send(as_of).digests == {}
        assert set(Reminder.objects.values_list("sent_at", "why")) == {(None, "已销号")}
        assert not Reminder.objects.filter(cancelled_at=None).exists()


def test_whoever_has_left_hears_nothing(world):
    [hazard] = lay(world, days=20)
    leave(world, "inspector")
    assert set(told(world, day(hazard.deadline, 1))) == DISTRICT - {"inspector"}


def test_whoever_leaves_between_filling_and_sending_hears_nothing_either(world):
    [hazard] = lay(world, days=20)
    as_of = day(hazard.deadline, 0)
    with in_city(world):
        fill(as_of)
    leave(world, "officer")
    with in_city(world):
        assert send(as_of).digests == {}
        assert not Message.objects.exists()


def test_where_an_enterprise_has_nobody_posted_the_district_is_told_from_the_first_step(world):
    [hazard] = lay(world, days=20)
    leave(world, "officer")
    assert told(world, day(hazard.deadline, -7)) == {"inspector": [-7], "inspector2": [-7]}


def test_where_a_district_has_nobody_posted_the_office_is_told(world):
    [hazard] = lay(world, days=20)
    leave(world, "inspector", "inspector2", "leader", "officer")
    assert told(world, day(hazard.deadline, -7)) == {"office": [-7]}


def test_a_leader_is_told_early_only_where_there_is_nobody_else(world):
    [hazard] = lay(world, days=20)
    leave(world, "inspector", "inspector2")
    assert set(told(world, day(hazard.deadline, 1))) == {"officer", "leader"}


def test_another_district_and_another_city_hear_nothing(world):
    [hazard] = lay(world, "x", days=20)
    assert told(world, day(hazard.deadline, 7)) == {}
    assert set(told(world, day(hazard.deadline, 7), "澄川市")) == {
        "officer_x",
        "inspector_x",
        "inspector_x2",
        "office_x",
    }


def test_a_person_without_an_address_is_told_in_the_portal_alone(world):
    [hazard] = lay(world, days=20)
    with in_city(world):
        Person.objects.filter(name="officer君").update(email="")
        remind(day(hazard.deadline, 0))
        assert list(Reminder.objects.values_list("channel", flat=True)) == ["in_app"]


def test_what_falls_due_later_on_a_day_already_told_waits_for_the_next_digest_and_is_not_lost(world):
    [first] = lay(world, days=20)
    as_of = day(first.deadline, 0)
    assert told(world, as_of) == {"officer": [0]}
    [second] = lay(world, days=20)
    with in_city(world):
        assert remind(as_of).digests == {}
        tomorrow = as_of + timedelta(days=1)
        send(tomorrow)
        sent = Reminder.objects.select_related("message").get(subject_id=second.pk, channel="in_app")
    assert sent.message.key == f"reminders:{tomorrow}"


def test_only_the_office_and_the_clock_may_send_reminders(world):
    with world.as_("inspector"), pytest.raises(NotAllowed):
        send(START)


def test_the_command_moves_the_clock_and_prints_what_was_sent_by_city_and_step(world, capsys):
    [hazard] = lay(world, days=20)
    mail.outbox = []
    call_command("remind", as_of=str(day(hazard.deadline, 3)))
    printed = capsys.readouterr().out
    assert "江州市（截至2026-09-24）：邮件4份，站内4份；送出邮件" in printed
    assert "逾期第3天　8条" in printed
    assert "澄川市（截至2026-09-24）：没有到期未发的提醒" in printed
    assert sorted(m.to[0].partition("@")[0] for m in mail.outbox if "整改提醒" in m.subject) == sorted(OFFICE)


def test_filling_takes_the_same_few_statements_for_many_hazards_as_for_one(world, django_assert_num_queries):
    deadline = lay(world, days=20, n=5)[0].deadline
    with in_city(world):
        # Room, the ladders' dates, what has strayed, its lock and plan; the steps, their people, their rows, whom they
        # reached; and what comes after.
        with django_assert_num_queries(12):
            assert fill(day(deadline, 1)) == {1: 5 * 3 * 2}
        with django_assert_num_queries(3):
            send(day(deadline, 1))


def test_what_is_fresh_is_written_as_sent_with_its_digest_and_not_touched_again(world):
    lay(world, days=20, n=3)
    as_of = START + timedelta(days=21)
    with in_city(world):
        with CaptureQueriesContext(connection) as said:
            assert remind(as_of).steps == {1: 3 * 3 * 2}
        assert Reminder.objects.count() == 3 * 3 * 2
        assert set(Reminder.objects.values_list("message__key", flat=True)) == {f"reminders:{as_of}"}
        assert not Reminder.objects.filter(sent_at=None).exists()
        assert not Reminder.objects.exclude(message__person=F("person"), message__channel=F("channel")).exists()
    assert not any("UPDATE messaging_reminder" in one["sql"] for one in said)


def test_whoever_has_something_older_waiting_hears_of_it_and_of_the_fresh_in_one_digest(world):
    [old], [new] = lay(world, days=20), lay(world, days=21)
    with in_city(world):
        # The run of the day before was cut off between the two: the officer was not told.
        assert fill(day(old.deadline, 0)) == {-1: 2, 0: 2}
        as_of = day(new.deadline, 0)
        remind(as_of)
        digests = dict(Message.objects.filter(channel="in_app").values_list("person__name", "title"))
        assert not Reminder.objects.filter(message=None).exists()
        rows = Reminder.objects.filter(person__name="officer君", channel="in_app")
        assert sorted(rows.values_list("subject_id", "step")) == [(old.pk, 0), (old.pk, 1), (new.pk, -1), (new.pk, 0)]
        assert rows.values("message").distinct().count() == 1
    overdue = "整改提醒：逾期1条"
    assert digests == {"officer君": f"{overdue}，今日到期1条", "inspector君": overdue, "inspector2君": overdue}


def test_a_step_that_stands_in_the_ledger_is_not_told_again_where_its_plan_forgot_it(world):
    [hazard] = lay(world, days=20)
    told(world, day(hazard.deadline, 1))
    with in_city(world):
        before = Reminder.objects.count()
        ReminderPlan.objects.filter(step=1).update(told_at=None)
        assert remind(day(hazard.deadline, 2)).digests == {}
        assert Reminder.objects.count() == before


@settings(deadline=None, max_examples=60)
@given(days=st.integers(0, 400), offset=st.integers(0, 420))
def test_the_ladder_names_the_newest_step_of_the_rules_for_every_deadline(days, offset):
    due = START - timedelta(days=days) + timedelta(days=offset)
    [(_, _, newest, newest_on, following, next_on)] = ladder_of([("hazard", due)], START)
    steps = rules.reminder_steps(due, START)
    assert newest == (steps[-1] if steps else None)
    assert newest is None or newest_on <= START < next_on
    # The one that follows is the newest on its own day, and there is none between.
    assert rules.reminder_steps(due, next_on)[-2:] == [step for step in (newest, following) if step is not None]


def test_the_ledger_cannot_hold_the_same_reminder_twice(world):
    lay(world, days=20)
    with in_city(world):
        fill(START + timedelta(days=20))
        before = Reminder.objects.count()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO messaging_reminder (tenant_id, subject_kind, subject_id, subject_round, step, person_id,"
                " channel, line, link, due_on) SELECT tenant_id, subject_kind, subject_id, subject_round, step,"
                " person_id, channel, line, link, due_on FROM messaging_reminder ON CONFLICT DO NOTHING"
            )
        assert Reminder.objects.count() == before


def test_where_the_office_has_leaders_alone_they_stand_in_for_it(world):
    [hazard] = lay(world, days=20)
    leave(world, "office")
    assert set(told(world, day(hazard.deadline, 3))) == DISTRICT | {"office2"}


def test_whoever_is_posted_from_tomorrow_hears_from_tomorrow(world):
    [hazard] = lay(world, days=20)
    tomorrow = day(hazard.deadline, 8)
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        bureau = Organisation.objects.get(name="江南区应急管理局")
        post(add_person("新来君"), "inspector", organisation=bureau, starts=tomorrow)
    assert "新来" not in told(world, day(hazard.deadline, 7))
    assert "新来" in told(world, day(hazard.deadline, 14))


def test_another_districts_leader_hears_nothing(world):
    [hazard] = lay(world, days=20)
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        bureau = Organisation.objects.get(name="江北区应急管理局")
        post(add_person("北区长君"), "inspector", organisation=bureau, leads=True, starts=START)
    assert set(told(world, day(hazard.deadline, 7))) == LEADERS
