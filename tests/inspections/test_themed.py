"""专项行动: its own checklist and scope, plants that stay once it has started, visits that carry it, and its progress."""

from datetime import date
from uuid import uuid4

import pytest
from django.http import Http404

from enterprises.models import Enterprise
from inspections.actions import answers, plans, themed, visits
from inspections.models import ActionTarget, ChecklistItem, PlannedVisit, ThemedAction
from inspections.queries import visit_file
from inspections.queries.themed import progress
from inspections.scope import Scope
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from tests.inspections import walks
from tests.inspections.test_coverage import visited
from tests.stories import person_id

TODAY, DECEMBER = date(2026, 11, 23), date(2026, 12, 1)
CODES = [walks.SECOND, walks.FIRST]


@pytest.fixture(autouse=True)
def in_november(on_day):
    with on_day(TODAY):
        yield


def prepared(world, scope: str = "sector=hazchem", **more) -> ThemedAction:
    told = {"title": "泄漏专项", "themes": ["leak"], "starts": TODAY, "ends": date(2027, 3, 31), "codes": CODES} | more
    with world.as_("office"):
        return themed.prepare(scope=Scope.of(scope), **told)


def running(world, **more) -> ThemedAction:
    action = prepared(world, **more)
    with world.as_("office"):
        return themed.start(action.pk)


def begun(world, action: ThemedAction, **more):
    with world.as_("inspector"):
        plant = Enterprise.objects.get(pk=world.enterprises["a"])
        second = person_id(world, "inspector2")
        return visits.start_visit(plant, second, "routine", [], uuid4(), action_id=action.pk, **more)


def plants(world, action: ThemedAction) -> set[int]:
    with world.as_("office"):
        return set(ActionTarget.objects.filter(action=action).values_list("enterprise_id", flat=True))


def rows(world, action: ThemedAction, by: str = "office") -> dict[str, tuple]:
    with world.as_(by):
        return {r.name: (r.plants, r.planned, r.visited, r.found, r.closed) for r in progress(action)}


def test_starting_makes_rows_of_what_the_scope_finds_and_they_stay(world):
    action = running(world)
    a, b, c = (world.enterprises[key] for key in "abc")
    assert plants(world, action) == {a, c}
    with world.as_("office"):
        Enterprise.objects.filter(pk=a).update(sector="pharma")
        Enterprise.objects.filter(pk=b).update(sector="hazchem")
    assert plants(world, action) == {a, c}
    with world.as_("office"):
        assert themed.add_later(action.pk) == 1
        assert themed.add_later(action.pk) == 0
    assert plants(world, action) == {a, b, c}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"themes": []}, "themes"),
        ({"themes": ["flood"]}, "themes"),
        ({"ends": date(2026, 11, 22)}, "ends"),
        ({"codes": []}, "codes"),
        ({"codes": ["CK99-999"]}, "codes"),
        ({"scope": "grade=Q"}, "grade"),
    ],
)
def test_what_cannot_be_run_is_not_prepared(world, wrong, field):
    with pytest.raises(BadInput) as refused:
        prepared(world, **wrong)
    assert refused.value.field == field


def test_an_action_without_a_plant_does_not_start_and_one_started_is_not_changed(world):
    empty, action = prepared(world, scope="q=没有这家"), running(world)
    with world.as_("office"):
        with pytest.raises(BadInput):
            themed.start(empty.pk)
        with pytest.raises(IllegalMove):
            themed.start(action.pk)
        with pytest.raises(IllegalMove):
            themed.change(action.pk, title="改名")


@pytest.mark.parametrize("login", ["leader", "department", "auditor"])
def test_only_the_office_runs_an_action(world, login):
    action = prepared(world)
    with world.as_(login), pytest.raises(NotAllowed):
        themed.start(action.pk)


def test_a_visit_of_the_action_goes_through_its_items_alone_in_the_checklists_order(world):
    visit = begun(world, running(world))
    with world.as_("inspector"):
        file = visit_file(visit.pk)
        assert [line.code for line in file.lines] == [walks.FIRST, walks.SECOND]
        assert file.progress.total == 2
        other = ChecklistItem.objects.filter(category=walks.BASICS).exclude(code__in=CODES).first()
        with pytest.raises(Http404):
            answers.answer(visit.pk, other.code, "ok")
    assert visit.get_subject_display() == "专项检查"


def test_a_visit_is_begun_only_in_a_running_action_at_one_of_its_plants(world):
    with pytest.raises(Refused, match="未启动"):
        begun(world, prepared(world))
    with pytest.raises(Refused, match="不在专项行动"):
        begun(world, running(world, scope="sector=pharma"))
    action = running(world)
    with world.as_("office"):
        themed.end(action.pk)
    with pytest.raises(Refused, match="已结束"):
        begun(world, action)


def test_progress_counts_plants_plans_visits_and_what_they_found_by_district(world):
    action = running(world)
    with world.as_("leader"):
        assert themed.plan_targets(action.pk, DECEMBER) == 1
        assert themed.plan_targets(action.pk, DECEMBER) == 0
    assert rows(world, action) == {"江南区": (1, 1, 0, 0, 0), "江北区": (1, 0, 0, 0, 0), "合计": (2, 1, 0, 0, 0)}
    visit = begun(world, action)
    with world.as_("inspector"):
        answers.answer(visit.pk, walks.FIRST, "not_ok")
        answers.answer(visit.pk, walks.SECOND, "ok")
    assert rows(world, action)["江南区"][2] == 0, "a visit under way is none yet"
    with world.as_("inspector"):
        visits.finish_visit(visit.pk, second_id=None)
    assert rows(world, action)["江南区"] == (1, 1, 1, 1, 0)
    assert rows(world, action, "inspector") == {"江南区": (1, 1, 1, 1, 0)}
    with world.as_("inspector"):
        assert PlannedVisit.objects.get(action=action).state == PlannedVisit.State.DONE


def test_an_everyday_visit_neither_counts_for_the_action_nor_uses_up_its_plan(world):
    action = running(world)
    with world.as_("leader"):
        themed.plan_targets(action.pk, TODAY)
        own = plans.add_planned(Enterprise.objects.get(pk=world.enterprises["a"]), TODAY)
    visited(world, "a", TODAY)
    assert rows(world, action)["江南区"] == (1, 1, 0, 0, 0)
    with world.as_("office"):
        assert PlannedVisit.objects.get(pk=own.pk).state == PlannedVisit.State.DONE


def test_the_whole_way_on_pages(world):
    office, inspector = world.client("office"), world.client("inspector")
    told = {"title": "泄漏专项", "themes": ["leak"], "starts": "2026-11-23", "ends": "2027-03-31", "sector": "hazchem"}
    page = office.post("/visits/actions/new/", told | {"count": "1"}).content.decode()
    assert "符合条件的企业 <strong>2</strong> 家" in page
    assert page.count("checked") > 5, "the items of the theme are ticked"
    answer = office.post("/visits/actions/new/", told | {"ends": "2026-01-01"})
    assert answer.status_code == 400
    assert "泄漏专项" in answer.content.decode()
    made = office.post("/visits/actions/new/", told)
    address = made["Location"]
    assert office.get(f"{address}edit/").status_code == 200
    assert office.post(f"{address}start/").status_code == 302
    assert len(walks.statements(office, address)) <= 12
    with world.as_("office"):
        action = ThemedAction.objects.get()
        themes = set(ChecklistItem.objects.filter(code__in=action.codes).values_list("accident_type", flat=True))
    assert themes == {"leak"}
    listed = f"/visits/actions/plants/?action={action.pk}"
    assert len(walks.statements(inspector, listed)) <= 12
    assert f"action={action.pk}" in inspector.get(listed).content.decode()
    begin = f"/visits/new/?enterprise={world.enterprises['a']}&action={action.pk}"
    assert "由行动确定" in inspector.get(begin).content.decode()
    form = {"key": str(uuid4()), "enterprise": world.enterprises["a"], "action": action.pk}
    assert inspector.post("/visits/new/", form).status_code == 302
    assert inspector.post(f"{address}start/").status_code == 403
    for name in ("action_list", "target_list"):
        path = {"action_list": "/visits/actions/", "target_list": "/visits/actions/plants/"}[name]
        assert office.get(f"{path}?export=xlsx").content.startswith(b"PK")


def test_it_goes_over_the_api_by_the_same_verbs(world):
    office, json = world.client("office"), {"content_type": "application/json"}
    told = {"title": "泄漏专项", "themes": ["leak"], "starts": "2026-11-23", "ends": "2027-03-31", "codes": CODES}
    made = office.post("/api/v1/themed-actions/", told | {"scope": "sector=hazchem"}, **json).json()
    address = f"/api/v1/themed-actions/{made['id']}/"
    assert office.post(f"{address}start/", {}, **json).json()["state"] == "running"
    assert office.post(f"{address}start/", {}, **json).status_code == 409
    planned = world.client("leader").post(f"{address}plan/", {"month": "2026-12-01"}, **json).json()
    assert planned == {"count": 1}
    last = office.get(f"{address}progress/").json()["rows"][-1]
    assert (last["name"], last["district"], last["plants"], last["planned"]) == ("合计", None, 2, 1)
    listed = office.get(f"/api/v1/action-plants/?action={made['id']}&state=planned").json()["results"]
    assert [one["enterprise"] for one in listed] == [world.enterprises["a"]]
