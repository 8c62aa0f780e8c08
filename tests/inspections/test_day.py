"""今日工作: one's own visits, rechecks, what came back and what is late; nobody else's."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enterprises.models import Enterprise
from hazards.actions import moves
from hazards.models import Extension, Hazard
from inspections.actions import plans
from inspections.models import PlannedVisit
from inspections.queries.day import own_day
from tests import stories
from tests.inspections import walks


def day_of(world, login: str = "inspector"):
    with world.as_(login):
        return own_day()


def planned(world, *, months: int = 0, first: str = "inspector", second: str = "inspector2") -> PlannedVisit:
    with world.as_("leader"):
        plant = Enterprise.objects.get(pk=world.enterprises["a"])
        made = plans.add_planned(plant, timezone.localdate() + timedelta(days=31 * months))
        return plans.assign(made.pk, world.people[first], world.people[second])


def test_it_is_the_inspectors_first_page_and_nobody_elses(world):
    assert world.client("inspector").get("/").headers["Location"] == "/today/"
    assert world.client("office").get("/").headers["Location"] == "/dashboard/"
    assert world.client("officer").get("/today/").status_code == 403
    assert world.client("auditor").get("/today/").status_code == 403


def test_an_empty_day_says_so(world):
    page = world.client("inspector").get("/today/").content.decode()
    assert "今天没有等您办理的事项" in page


def test_planned_visits_of_this_month_and_what_is_past_but_not_what_lies_ahead(world):
    now, ahead = planned(world), planned(world, months=2)
    assert [one.pk for one in day_of(world).planned] == [now.pk]
    assert [one.pk for one in day_of(world, "inspector2").planned] == [now.pk]
    assert day_of(world, "leader").planned == []
    with world.as_("office"):
        PlannedVisit.objects.filter(pk=ahead.pk).update(
            month=(timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
        )
    day = day_of(world)
    assert [one.pk for one in day.planned] == [ahead.pk, now.pk]
    assert day.late == [("计划检查已过期", "1", "planned")]


def test_a_planned_visit_that_has_begun_is_shown_as_the_visit(world):
    walks.walked(world)
    day = day_of(world)
    assert len(day.under_way) == 1


def test_rechecks_in_ones_own_name_with_the_limit_and_the_desks_number(world):
    mine = stories.submitted(world)
    with world.as_("inspector"):
        Hazard.objects.filter(pk=mine.pk).update(recheck_by=timezone.localdate() - timedelta(days=1))
    day = day_of(world)
    assert [one.pk for one in day.rechecks] == [mine.pk]
    assert day.late == [("复查超过期限", "1", "rechecks")]
    assert (day_of(world, "leader").rechecks, day_of(world, "leader").at_desk) == ([], 1)


def test_what_was_sent_back_shows_who_said_what(world):
    hazard = stories.confirming(world)
    with world.as_("leader"):
        moves.send_back(hazard.pk, "证据看不清")
    day = day_of(world)
    assert [(one.hazard.pk, one.step.by_name, one.step.note) for one in day.returned] == [
        (hazard.pk, "leader君", "证据看不清")
    ]


def test_what_is_late_at_the_plants_and_what_waits_for_paper(world):
    late = stories.issued(world, acknowledged=False)
    found = stories.recorded(world)
    with world.as_("inspector"):
        Hazard.objects.filter(pk=late.pk).update(deadline=timezone.localdate() - timedelta(days=2))
    day = day_of(world)
    assert [one.pk for one in day.overdue] == [late.pk]
    assert [one.pk for one in day.recorded] == [found.pk]
    assert [one.pk for one in day.unserved] == [late.notice_id]
    assert day_of(world, "north").is_empty


def test_extensions_that_ask_for_an_answer(world):
    hazard = stories.asked(world)
    assert [one.pk for one in day_of(world).asked] == [hazard.pk]
    with world.as_("inspector"):
        due = Extension.objects.get(hazard=hazard).answer_due
    assert f"{due.month}月{due.day}日前答复" in world.client("inspector").get("/today/").content.decode()


def test_the_page_stays_within_its_statements_however_much_there_is(world):
    planned(world)
    for _ in range(3):
        stories.submitted(world)
        stories.recorded(world)
        walks.walked(world)
    hazard = stories.submitted(world)
    with world.as_("inspector"):
        moves.send_back(hazard.pk, "不符")
    client = world.client("inspector")
    client.get("/today/")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/today/")
    ours = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))]
    assert len(ours) <= 12, "\n".join(ours)
    assert "待复查 3 条" in page.content.decode()
