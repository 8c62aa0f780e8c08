"""检查计划: generated from grade and last visit, assigned, moved, joined, and done by the visits that are made."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError

from enterprises.models import Enterprise
from inspections.actions import plans, visits
from inspections.models import PlannedVisit
from inspections.queries import plans as reads
from portal.messages.models import Message
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from tests.inspections import walks
from tests.inspections.test_coverage import visited
from tests.stories import person_id

TODAY, NOVEMBER, DECEMBER = date(2026, 11, 23), date(2026, 11, 1), date(2026, 12, 1)
State = PlannedVisit.State


@pytest.fixture(autouse=True)
def in_november(on_day):
    with on_day(TODAY):
        yield


def plant(world, key: str) -> Enterprise:
    return Enterprise.objects.get(pk=world.enterprises[key])


def planned(world, key: str = "a", month: date = DECEMBER, by: str = "leader") -> PlannedVisit:
    with world.as_(by):
        return plans.add_planned(plant(world, key), month)


def assigned(world, key: str = "a", **more) -> PlannedVisit:
    made = planned(world, key, **more)
    with world.as_("leader"):
        return plans.assign(made.pk, person_id(world, "inspector"), person_id(world, "inspector2"))


def now(world, made: PlannedVisit) -> PlannedVisit:
    with world.as_("office"):
        return reads.planned_or_404(made.pk)


def months(world, key: str) -> list[int]:
    with world.as_("office"):
        kept = PlannedVisit.objects.exclude(state=State.CANCELLED).filter(enterprise=world.enterprises[key])
        return list(kept.order_by("month").values_list("month__month", flat=True))


def heard(world, login: str) -> list[str]:
    with world.as_(login):
        mine = Message.objects.filter(person_id=person_id(world, login), link__startswith="/visits/plan/")
        return list(mine.filter(channel="in_app").order_by("id").values_list("title", flat=True))


# --- the year's plan -----------------------------------------------------------------------------------------------


def test_a_leader_generates_the_district_and_the_office_all_by_each_districts_body(world):
    with world.as_("leader"):
        assert plans.generate(2027).added == 6 + 4
    assert months(world, "c") == []
    with world.as_("office"):
        assert plans.generate(2027).added == 12
        bodies = set(PlannedVisit.objects.values_list("enterprise__grade", "organisation__name"))
    assert bodies == {("C", "江南区应急管理局"), ("B", "江南区应急管理局"), ("D", "江北区应急管理局")}


def test_a_suspended_plant_is_planned_monthly_whatever_its_grade(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(suspended_since=date(2026, 11, 1))
        plans.generate(2027)
    assert months(world, "b") == list(range(1, 13))


def test_this_years_plan_leaves_out_a_plant_already_visited_in_its_period(world):
    visited(world, "a", TODAY)
    with world.as_("leader"):
        plans.generate(2026)
    assert months(world, "a") == []
    assert len(months(world, "b")) == 1


def test_the_preview_says_what_generating_then_does_and_changes_nothing_itself(world):
    with world.as_("leader"):
        seen = reads.preview(2027)
        assert not PlannedVisit.objects.exists()
        done = plans.generate(2027)
        again = reads.preview(2027)
    assert (seen.added, seen.withdrawn, seen.change) == (done.added, done.withdrawn, done.change)
    assert (again.added, again.withdrawn) == (0, 0)


def test_generating_again_withdraws_what_is_too_much_and_never_what_somebody_touched(world):
    with world.as_("leader"):
        plans.generate(2027)
        rows = list(PlannedVisit.objects.filter(enterprise=world.enterprises["a"]).order_by("month"))
        plans.assign(rows[0].pk, person_id(world, "inspector"), person_id(world, "inspector2"))
        plans.move(rows[1].pk, date(2027, rows[0].month.month + 1, 1), "停车检修")
        plans.cancel(rows[5].pk, "已拆除")
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(grade="A")
    with world.as_("leader"):
        plans.generate(2027)
        left = {one.pk: one.state for one in PlannedVisit.objects.filter(enterprise=world.enterprises["a"])}
    assert {rows[0].pk, rows[1].pk, rows[5].pk} <= set(left)
    assert set(left) == {rows[0].pk, rows[1].pk, rows[5].pk}
    assert left[rows[5].pk] == State.CANCELLED


def test_a_worse_grade_adds_the_months_that_are_lacking(world):
    with world.as_("leader"):
        plans.generate(2027)
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(grade="D")
    with world.as_("leader"):
        assert plans.generate(2027).added == 6
    assert months(world, "a") == list(range(1, 13))


@pytest.mark.parametrize("year", [2025, 2028, 0])
def test_only_this_year_and_the_next_are_planned(world, year):
    with world.as_("leader"), pytest.raises(BadInput):
        plans.generate(year)


@pytest.mark.parametrize("login", ["inspector", "department", "auditor"])
def test_who_does_not_lead_a_district_does_not_generate(world, login):
    with world.as_(login), pytest.raises(NotAllowed):
        plans.generate(2027)


# --- one planned visit ---------------------------------------------------------------------------------------------


def test_a_pair_is_told_once_and_sees_it_under_theirs(world):
    made = assigned(world)
    assert now(world, made).first_id == person_id(world, "inspector")
    assert heard(world, "inspector") == heard(world, "inspector2") == ["您有一次计划检查"]
    page = world.client("inspector").get("/visits/plan/?pair=mine").content.decode()
    assert "江州甲化工有限公司" in page
    assert "没有符合条件" in world.client("leader").get("/visits/plan/?pair=mine").content.decode()


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ("inspector", "inspector", "second"),
        ("inspector", "north", "second"),
        ("department", "inspector", "first"),
        ("inspector", "officer", "second"),
    ],
)
def test_a_pair_is_two_certified_people_of_that_body(world, first, second, field):
    made = planned(world)
    with world.as_("leader"), pytest.raises(BadInput) as refused:
        plans.assign(made.pk, person_id(world, first), person_id(world, second))
    assert refused.value.field == field


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2027, 1, 1)])
def test_the_day_lies_in_the_planned_month(world, day):
    made = planned(world)
    with world.as_("leader"), pytest.raises(BadInput):
        plans.assign(made.pk, person_id(world, "inspector"), person_id(world, "inspector2"), day=day)


def test_whoever_is_to_go_sees_how_much_each_has_to_do(world):
    body = now(world, assigned(world)).organisation_id
    for month, here in ((NOVEMBER, 0), (DECEMBER, 1)):
        with world.as_("leader"):
            burden = {one.person.pk: (one.this_month, one.to_make) for one in reads.inspectors_of([body], month)}
        assert burden[person_id(world, "inspector")] == (here, 1)
        assert burden[person_id(world, "leader")] == (0, 0)


def test_a_move_needs_a_reason_another_month_to_come_and_tells_the_pair(world):
    made = assigned(world)
    with world.as_("leader"):
        for month, reason in ((DECEMBER, "停车"), (date(2026, 10, 1), "停车"), (date(2027, 1, 1), " ")):
            with pytest.raises(BadInput):
                plans.move(made.pk, month, reason)
        plans.move(made.pk, date(2027, 1, 9), "停车检修")
    assert now(world, made).month == date(2027, 1, 1)
    assert heard(world, "inspector") == ["您有一次计划检查", "计划检查改期"]


def test_a_cancelled_visit_keeps_its_reason_and_cannot_be_changed(world):
    made = assigned(world)
    with world.as_("leader"):
        plans.cancel(made.pk, "已拆除")
        with pytest.raises(IllegalMove):
            plans.move(made.pk, date(2027, 1, 1), "停车检修")
    assert now(world, made).note == "已拆除"


@pytest.mark.parametrize("login", ["inspector", "department", "auditor"])
def test_only_the_body_that_plans_it_and_there_its_leader_arranges_a_visit(world, login):
    made = planned(world)
    with world.as_(login), pytest.raises(NotAllowed):
        plans.cancel(made.pk, "不去了")


def test_two_who_change_the_same_visit_do_not_overwrite_each_other(world):
    made = planned(world)
    with world.as_("leader"):
        plans.move(made.pk, date(2027, 1, 1), "停车检修", revision=made.revision)
        with pytest.raises(Refused, match="他人修改"):
            plans.cancel(made.pk, "不去了", revision=made.revision)


# --- two bodies at one plant ---------------------------------------------------------------------------------------


def twice(world) -> tuple[PlannedVisit, PlannedVisit]:
    return planned(world), planned(world, by="department")


def test_two_bodies_in_one_fortnight_are_both_warned_and_both_rows_say_so(world):
    ours, theirs = twice(world)
    assert now(world, ours).near
    assert now(world, theirs).near
    assert heard(world, "leader") == ["两家单位计划两周内检查同一企业"]
    for login, one in (("leader", ours), ("department", theirs)):
        assert "14天内检查这家企业" in world.client(login).get(f"/visits/plan/{one.pk}/").content.decode()
    assert "江州甲" in world.client("office").get("/visits/plan/?near=1").content.decode()


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ((DECEMBER, date(2026, 12, 1)), (DECEMBER, date(2026, 12, 15)), True),
        ((DECEMBER, date(2026, 12, 1)), (DECEMBER, date(2026, 12, 16)), False),
        ((NOVEMBER, date(2026, 11, 30)), (DECEMBER, date(2026, 12, 14)), True),
        ((NOVEMBER, date(2026, 11, 30)), (DECEMBER, date(2026, 12, 15)), False),
        ((DECEMBER, date(2026, 12, 1)), (DECEMBER, None), True),
        ((NOVEMBER, date(2026, 11, 30)), (DECEMBER, None), False),
        ((NOVEMBER, None), (DECEMBER, None), False),
    ],
)
def test_a_fortnight_is_counted_by_days_and_by_the_month_where_a_day_is_lacking(world, one, other, near):
    made = planned(world, month=one[0]), planned(world, month=other[0], by="department")
    with world.as_("office"):
        for row, (_, day) in zip(made, (one, other), strict=True):
            PlannedVisit.objects.filter(pk=row.pk).update(day=day)
        first, second = (reads.planned_or_404(row.pk) for row in made)
        assert (first.near, second.near) == (near, near)
        assert bool(reads.others_near(first)) == bool(reads.others_near(second)) == near


def test_two_visits_of_one_body_are_no_warning(world):
    planned(world)
    assert not now(world, planned(world)).near


def test_an_offer_accepted_makes_one_visit_of_both_bodies_with_one_person_from_each(world):
    ours, theirs = twice(world)
    with world.as_("leader"):
        plans.offer(ours.pk, theirs.pk)
    assert "提议联合检查" in heard(world, "department")
    with world.as_("department") as me:
        plans.answer_offer(theirs.pk, ours.pk, accepts=True)
        joint = reads.planned_or_404(ours.pk)
        assert joint.joint_with_id == me.organisation_id
        plans.assign(ours.pk, person_id(world, "inspector"), person_id(world, "department"))
    assert now(world, theirs).state == State.CANCELLED
    assert not now(world, ours).near
    assert "联合检查已商定" in heard(world, "leader")


def test_an_offer_declined_needs_a_reason_and_leaves_both_as_they_were(world):
    ours, theirs = twice(world)
    with world.as_("leader"):
        plans.offer(ours.pk, theirs.pk)
    with world.as_("department"):
        with pytest.raises(BadInput):
            plans.answer_offer(theirs.pk, ours.pk, accepts=False)
        plans.answer_offer(theirs.pk, ours.pk, accepts=False, reason="时间不合")
        with pytest.raises(Refused):
            plans.answer_offer(theirs.pk, ours.pk, accepts=True)
    assert (now(world, ours).state, now(world, theirs).state) == (State.PLANNED, State.PLANNED)


def test_nobody_answers_their_own_offer_or_one_made_to_somebody_else(world):
    ours, theirs = twice(world)
    with world.as_("leader"):
        plans.offer(ours.pk, theirs.pk)
        with pytest.raises(NotAllowed):
            plans.answer_offer(theirs.pk, ours.pk, accepts=True)
        with pytest.raises(Refused):
            plans.answer_offer(ours.pk, theirs.pk, accepts=True)


# --- the visits that are made --------------------------------------------------------------------------------------


def begun(world, made: PlannedVisit):
    with world.as_("inspector"):
        return visits.start_visit(
            plant(world, "a"), person_id(world, "inspector2"), "routine", [walks.BASICS], uuid4(), planned_id=made.pk
        )


def test_a_visit_begun_from_a_plan_makes_it_done_when_it_is_finished(world):
    made = assigned(world, month=NOVEMBER)
    visit = begun(world, made)
    assert (now(world, made).visit_id, now(world, made).state) == (visit.pk, State.PLANNED)
    with world.as_("inspector"):
        walks.answers.answer(visit.pk, walks.FIRST, "ok")
        visits.finish_visit(visit.pk, second_id=None)
    assert now(world, made).state == State.DONE


def test_an_abandoned_visit_leaves_its_plan_to_be_made_by_another(world):
    made = planned(world, month=NOVEMBER)
    visit = begun(world, made)
    with pytest.raises(Refused):
        begun(world, made)
    with world.as_("inspector"):
        visits.abandon_visit(visit.pk, "走错了")
    assert begun(world, made).pk == now(world, made).visit_id


def test_a_visit_without_a_plan_does_the_nearest_one_of_the_plant_and_tells_whoever_was_to_go(world):
    far, near = planned(world, month=date(2027, 3, 1)), planned(world, month=NOVEMBER)
    with world.as_("leader"):
        plans.assign(near.pk, person_id(world, "leader"), person_id(world, "inspector2"))
    visited(world, "a", TODAY)
    assert (now(world, near).state, now(world, far).state) == (State.DONE, State.PLANNED)
    assert heard(world, "leader") == ["计划检查已由他人完成"]


def test_a_planned_visit_in_a_month_that_is_over_is_late(world, on_day):
    made = planned(world)
    with on_day(date(2026, 12, 31)):
        assert not now(world, made).is_late
    with on_day(date(2027, 1, 1)):
        assert now(world, made).is_late
        page = world.client("leader").get("/visits/plan/?state=late").content.decode()
        assert "江州甲" in page


# --- pages ---------------------------------------------------------------------------------------------------------


def test_the_plans_pages_ask_few_questions(world):
    with world.as_("office"):
        plans.generate(2027)
    made = assigned(world)
    twice(world)
    client = world.client("leader")
    for address in ("/visits/plan/", "/visits/plan/?month=2027-01", f"/visits/plan/{made.pk}/", "/visits/plan/year/"):
        asked = walks.statements(client, address)
        assert len(asked) <= 12, (address, [sql[:120] for sql in asked])


def test_a_refused_move_shows_the_page_again_with_what_was_typed(world):
    made = planned(world)
    answer = world.client("leader").post(
        f"/visits/plan/{made.pk}/move/", {"move-month": "2026-12", "move-reason": "停车检修甲"}
    )
    assert answer.status_code == 400
    assert "停车检修甲" in answer.content.decode()
    assert "与原来相同" in answer.content.decode()


def test_the_whole_way_on_pages(world):
    leader, office = world.client("leader"), world.client("department")
    assert "将新增" in leader.get("/visits/plan/year/?year=2027").content.decode()
    assert leader.post("/visits/plan/year/", {"year": "2027"}).status_code == 302
    with world.as_("leader"):
        ours = PlannedVisit.objects.filter(enterprise=world.enterprises["a"]).earliest("month")
    month = f"{ours.month:%Y-%m}"
    new = office.post(f"/visits/plan/add/{world.enterprises['a']}/", {"month": month})
    theirs = int(new["Location"].strip("/").split("/")[-1])
    assert office.post(f"/visits/plan/{theirs}/offer/", {"offer-other": ours.pk}).status_code == 302
    page = leader.get(f"/visits/plan/{ours.pk}/").content.decode()
    assert "提议联合检查" in page
    told = {"answer-offer": theirs, "answer-accepts": "yes"}
    assert leader.post(f"/visits/plan/{ours.pk}/answer/", told).status_code == 302
    pair = {"assign-first": person_id(world, "inspector"), "assign-second": person_id(world, "department")}
    assert leader.post(f"/visits/plan/{theirs}/assign/", pair).status_code == 302
    begin = world.client("inspector").get(f"/visits/new/?planned={theirs}").content.decode()
    assert "联合检查" in begin
    assert f'name="planned" value="{theirs}"' in begin


def test_the_plant_and_its_expert_never_see_the_plan(world):
    made = assigned(world)
    for login in ("officer", "expert"):
        client = world.client(login)
        assert client.get("/visits/plan/").status_code == 403
        assert client.get(f"/visits/plan/{made.pk}/").status_code == 403
        with pytest.raises(DatabaseError), world.as_(login):
            PlannedVisit.objects.count()


def test_the_plan_goes_over_the_api_by_the_same_verbs(world):
    leader, json = world.client("leader"), {"content_type": "application/json"}
    seen = leader.post("/api/v1/planned-visits/preview/", {"year": 2027}, **json).json()
    assert (seen["added"], len(seen["months"])) == (10, 12)
    assert leader.post("/api/v1/planned-visits/generate/", {"year": 2027}, **json).json()["added"] == 10
    made = leader.post(
        "/api/v1/planned-visits/", {"enterprise": world.enterprises["a"], "month": "2026-12-05"}, **json
    ).json()
    pair = {"first": person_id(world, "inspector"), "second": person_id(world, "inspector2"), "day": "2026-12-08"}
    done = leader.post(f"/api/v1/planned-visits/{made['id']}/assign/", pair, **json).json()
    assert (done["month"], done["day"], done["first"]) == ("2026-12-01", "2026-12-08", pair["first"])
    assert leader.get("/api/v1/planned-visits/?month=2026-12").json()["results"][0]["id"] == made["id"]
    refused = leader.post(f"/api/v1/planned-visits/{made['id']}/move/", {"month": "2026-12-01", "reason": "同"}, **json)
    assert refused.status_code == 400
