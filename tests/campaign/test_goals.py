"""目标 with their present values, and the leading group."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from campaign.actions import goals as verbs
from campaign.goal_figures import FIGURES, Readings
from campaign.models import Goal, GoalValue, GroupMember
from campaign.queries import dashboard
from campaign.queries_goals import standings
from campaign.queries_tasks import leading_group
from portal.audit.models import AuditRecord
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from tests.campaign.tasks import goal, handed
from tests.stories import closed, issued

TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def one_day(on_day):
    with on_day(TODAY):
        yield


def member(world, **more) -> GroupMember:
    told = {"post": "head", "name": "沈某", "unit": "副市长", "duty": "", "starts": TODAY, "ends": None, "basis": ""}
    with world.as_("office"):
        return verbs.set_member(told | more)


def test_a_goal_shows_the_very_figure_the_dashboard_shows(world):
    closed(world, "a")
    issued(world, "a", days=3)
    with world.as_("office"):
        board, read = dashboard(TODAY), Readings(TODAY)
        assert FIGURES["on_time_rate"].read(read) == board.total.hazards.rate
        assert FIGURES["overdue"].read(read) == board.total.hazards.overdue
        assert FIGURES["major_open"].read(read) == board.total.hazards.major_open
        assert float(FIGURES["visit_coverage"].read(read)) == board.total.coverage
        assert FIGURES["key_enterprises"].read(read) == board.total.key


@pytest.mark.parametrize("key", FIGURES)
def test_every_named_figure_is_defined_and_opens_its_records(world, key):
    with world.as_("office"):
        figure = FIGURES[key].figure(TODAY)
        assert figure.label
        assert figure.definition.endswith("。")
    assert world.client("office").get(figure.link()).status_code == 200


def test_late_tasks_are_a_figure_a_goal_may_take(world):
    task = handed(world)
    made = goal(world, name="不欠账", direction="at_most", target=0, measured_in="项", figure="late_tasks")
    with world.as_("office"):
        one = standings(task.due + timedelta(1), [made])[0]
    assert (one.value, one.met) == (1, False)


def test_at_least_and_at_most_are_met_on_the_target_itself():
    # Made outside of any city: that a value meets it needs no record.
    least, most = (Goal(tenant_id=1, direction=which, target=Decimal(5)) for which in ("at_least", "at_most"))
    assert [least.met_by(n) for n in (4, 5, 6)] == [False, True, True]
    assert [most.met_by(n) for n in (4, 5, 6)] == [True, True, False]


def test_a_goal_without_a_figure_stands_on_its_newest_day_with_grounds(world):
    made = goal(world, figure="", measured_in="起", direction="at_most", target=0)
    with world.as_("office"):
        assert standings(TODAY)[0].met is None
        verbs.enter_value(made.pk, Decimal(2), TODAY, "五月通报")
        verbs.enter_value(made.pk, Decimal(1), TODAY - timedelta(30), "四月通报，补录")
        one = standings(TODAY)[0]
        assert (one.value, one.entered.grounds, GoalValue.objects.count()) == (2, "五月通报", 2)
        for value, day, grounds in ((1, TODAY + timedelta(1), "明天"), (1, TODAY, " ")):
            with pytest.raises(BadInput):
                verbs.enter_value(made.pk, Decimal(value), day, grounds)


def test_a_counted_goal_cannot_be_written_by_hand(world):
    made = goal(world)
    with world.as_("office"), pytest.raises(IllegalMove):
        verbs.enter_value(made.pk, Decimal(100), TODAY, "我说了算")


def test_a_district_reads_its_own_figure(world):
    closed(world, "a")
    goal(world)
    for login, value in {"office": Decimal(100), "inspector": Decimal(100), "north": None}.items():
        with world.as_(login):
            assert standings(TODAY)[0].value == value
    assert "本区县" in world.client("north").get("/goals/").content.decode()


def test_a_withdrawn_goal_stays_on_the_record_and_its_name_is_free(world):
    made = goal(world)
    with pytest.raises(BadInput):
        goal(world)
    with world.as_("office"):
        with pytest.raises(BadInput):
            verbs.withdraw(made.pk, "")
        verbs.withdraw(made.pk, "改用新口径")
        assert standings(TODAY) == []
        with pytest.raises(IllegalMove):
            verbs.withdraw(made.pk, "再撤")
    goal(world)
    with world.as_("auditor"):
        acts = AuditRecord.objects.filter(object_kind="campaign.goal", object_id=made.pk).order_by("seq")
        assert list(acts.values_list("action", flat=True)) == ["goals.set", "goals.withdraw"]


def test_only_the_office_sets_goals_and_members(world):
    for login in ("department", "leader", "auditor"):
        with world.as_(login):
            for act in (lambda: verbs.set_goal({"name": "x"}), lambda: verbs.set_member({"name": "x"})):
                with pytest.raises(NotAllowed):
                    act()


def test_enterprises_and_experts_see_neither_goals_nor_the_group(world):
    goal(world)
    for login in ("officer", "expert", "sysadmin"):
        for model in (Goal, GoalValue, GroupMember):
            with world.as_(login), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                model.objects.first()
        for address in ("/goals/", "/leading-group/", "/tasks/"):
            assert world.client(login).get(address).status_code == 403


def test_the_group_has_one_head_at_a_time_and_keeps_who_left(world):
    first = member(world)
    with pytest.raises(BadInput) as two:
        member(world, name="黎某")
    assert two.value.field == "starts"
    with world.as_("office"):
        verbs.set_member({"ends": TODAY + timedelta(9)}, first.pk, revision=first.revision)
    member(world, name="黎某", starts=TODAY + timedelta(10))
    member(world, name="委员", post="member")
    with world.as_("inspector"):
        now, then = leading_group(TODAY), leading_group(TODAY + timedelta(10))
    assert ([one.name for one in now.standing], [one.name for one in now.coming]) == (["沈某", "委员"], ["黎某"])
    assert ([one.name for one in then.standing], [one.name for one in then.past]) == (["黎某", "委员"], ["沈某"])


def test_an_old_page_does_not_overwrite_a_newer_one(world):
    one, made = member(world), goal(world)
    with world.as_("office"):
        verbs.set_member({"duty": "牵头"}, one.pk, revision=1)
        verbs.set_goal({"target": 90}, made.pk, revision=1)
        with pytest.raises(Refused, match="刚刚被他人修改"):
            verbs.set_member({"duty": "协助"}, one.pk, revision=1)
        with pytest.raises(Refused, match="刚刚被他人修改"):
            verbs.set_goal({"target": 80}, made.pk, revision=1)


def test_goals_are_set_by_form_and_by_api(world):
    client = world.client("office")
    told = {"name": "按期整改率", "direction": "at_least", "target": "95", "measured_in": "%", "figure": "on_time_rate"}
    assert client.post("/goals/new/", told).status_code == 400
    assert client.post("/goals/new/", told | {"due": "2027-12-31"}).status_code == 302
    listed = client.get("/api/v1/goals/").json()["results"]
    assert [(one["name"], one["value"], one["met"]) for one in listed] == [("按期整改率", None, None)]
    again = client.post("/api/v1/goals/", told | {"due": "2027-12-31"}, content_type="application/json")
    assert (again.status_code, again.json()["errors"][0]["field"]) == (400, "name")
    page = client.get(f"/goals/{listed[0]['id']}/").content.decode()
    assert "还没有数" in page


def test_the_goals_page_reads_each_thing_once(world):
    for key, named in FIGURES.items():
        goal(world, name=named.label, figure=key, measured_in=named.measured_in)
    client = world.client("office")
    client.get("/goals/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/goals/").status_code == 200
    assert len(asked) <= 26
