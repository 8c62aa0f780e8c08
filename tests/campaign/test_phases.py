"""阶段: begun, changed and completed by the office's word, with everything on the record."""

from datetime import date, timedelta

import pytest

from campaign import rules_phases as rules
from campaign.actions import phases as verbs
from campaign.actions import tasks
from campaign.models import Phase
from campaign.queries_phases import stages
from campaign.queries_tasks import gantt, listed
from portal.audit.models import AuditRecord
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from tests.campaign.tasks import handed

TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def one_day(on_day):
    with on_day(TODAY):
        yield


def phase(world, **more) -> Phase:
    told = {"name": "集中整治", "goal": "重大隐患挂牌督办", "starts": TODAY, "ends": TODAY + timedelta(days=90)}
    with world.as_("office"):
        return verbs.plan(told | more)


def test_a_phase_is_begun_changed_completed_and_begun_again_and_each_is_on_the_record(world):
    one = phase(world)
    with world.as_("office"):
        verbs.start(one.pk)
        later = one.ends + timedelta(days=30)
        verbs.change(one.pk, {"ends": later}, "雨季延后")
        verbs.complete(one.pk, "各项任务完成")
        assert (Phase.objects.get(pk=one.pk).completed_on, Phase.objects.get(pk=one.pk).started_on) == (TODAY, TODAY)
        again = verbs.reopen(one.pk, "漏了一项")
        assert (again.state, again.completed_on, again.revision) == ("under_way", None, 5)
        steps = list(again.steps.values_list("verb", flat=True))
        assert steps == ["plan", "start", "change", "complete", "reopen"]
        [changed] = again.steps.filter(verb="change")
        assert changed.changes == {"结束": [one.ends.isoformat(), later.isoformat()]}
        assert changed.note == "雨季延后"
    with world.as_("auditor"):
        done = set(AuditRecord.objects.filter(action__startswith="phases.").values_list("action", flat=True))
        assert done == {f"phases.{verb}" for verb in rules.STEPS}


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("verb", rules.VERBS)
def test_what_the_table_does_not_allow_is_refused_and_changes_nothing(world, state, verb):
    one = phase(world)
    with world.as_("office"):
        more = {"completed_on": TODAY} if state == rules.COMPLETED else {}
        Phase.objects.filter(pk=one.pk).update(state=state, **more)
        told = ({"goal": "新目标"}, "理由") if verb == "change" else ("理由",)
        if (state, verb) in rules.TRANSITIONS:
            assert getattr(verbs, verb)(one.pk, *told).state == rules.TRANSITIONS[state, verb]
        else:
            with pytest.raises(IllegalMove):
                getattr(verbs, verb)(one.pk, *told)
            assert Phase.objects.get(pk=one.pk).revision == one.revision


def test_only_the_office_moves_a_phase_and_the_others_read_it(world):
    one = phase(world)
    for login in ("department", "leader", "auditor"):
        with world.as_(login), pytest.raises(NotAllowed):
            verbs.start(one.pk)
        assert one.name in world.client(login).get("/tasks/phases/").content.decode()
    assert world.client("officer").get("/tasks/phases/").status_code == 403


def test_with_tasks_unfinished_a_phase_is_completed_only_with_a_word_on_why(world):
    task = handed(world)
    with world.as_("office"):
        verbs.start(task.phase_id)
        with pytest.raises(BadInput, match="还有1项任务"):
            verbs.complete(task.phase_id)
        assert verbs.complete(task.phase_id, "并入下一阶段").state == "completed"


def test_a_change_needs_a_reason_and_dates_in_order_and_a_name_of_its_own(world):
    one, other = phase(world), phase(world, name="巩固提升")
    with world.as_("office"):
        for told, why, field in [
            ({"goal": "别的"}, "", "note"),
            ({"ends": TODAY - timedelta(days=1)}, "改期", "ends"),
            ({"name": other.name}, "改名", "name"),
            ({}, "没有改动", ""),
        ]:
            with pytest.raises(BadInput) as refused:
                verbs.change(one.pk, told, why)
            assert (refused.value.field or "") == field
        with pytest.raises(Refused, match="刚刚被他人办理"):
            verbs.start(one.pk, revision=one.revision + 1)


def test_a_phase_not_begun_or_not_completed_in_its_time_is_behind(world, on_day):
    one = phase(world)
    with world.as_("office"):
        assert one.behind(TODAY) == 0
        assert one.behind(TODAY + timedelta(days=3)) == 3
        begun = verbs.start(one.pk)
        assert begun.behind(one.ends) == 0
        assert begun.behind(one.ends + timedelta(days=2)) == 2
        assert verbs.complete(one.pk).behind(one.ends + timedelta(days=2)) == 0


def test_a_phase_counts_its_tasks_and_stands_on_the_chart_as_it_is(world):
    task, dropped = handed(world, due=TODAY + timedelta(days=3)), handed(world)
    with world.as_("office"):
        tasks.cancel(dropped.pk, "已并入")
        verbs.start(task.phase_id)
        [stage] = stages(TODAY + timedelta(days=5))
        assert (stage.tasks, stage.unfinished, stage.late, stage.percent) == (1, 1, 1, 0)
        [drawn] = gantt(listed().prefetch_related("milestones")).phases
        assert (drawn.phase.pk, drawn.tone) == (task.phase_id, "open")
    page = world.client("inspector").get("/tasks/gantt/").content.decode()
    assert f'/tasks/phases/{task.phase_id}/"' in page
    assert "进行中" in page


def test_the_pages_run_the_verbs_and_keep_what_was_typed_when_refused(world):
    client = world.client("office")
    told = {"name": "集中整治", "goal": "", "starts": "2026-06-01", "ends": "2026-09-01"}
    made = client.post("/tasks/phases/new/", told)
    assert made.status_code == 302
    page = made["Location"]
    refused = client.post(f"{page}change/", told | {"ends": "2026-05-01", "note": "写错了", "revision": "1"})
    assert refused.status_code == 400
    assert "写错了" in refused.content.decode()
    assert client.post(f"{page}start/", {"note": "", "revision": "1"}).status_code == 302
    assert client.get(f"{page}start/").status_code == 409
    shown = client.get(page).content.decode()
    assert "进行中" in shown
    assert "启动" in shown
    assert client.get(f"{page}nothing/").status_code == 404


def test_the_api_runs_the_same_verbs(world):
    client = world.client("office")
    told = {"name": "集中整治", "starts": "2026-06-01", "ends": "2026-09-01"}
    made = client.post("/api/v1/phases/", told, content_type="application/json").json()
    assert made["verbs"] == ["start", "change"]
    address = f"/api/v1/phases/{made['id']}/"
    begun = client.post(f"{address}start/", {"revision": 1}, content_type="application/json").json()
    assert (begun["state"], [step["verb"] for step in begun["steps"]]) == ("under_way", ["plan", "start"])
    assert client.post(f"{address}start/", {}, content_type="application/json").status_code == 409
    assert world.client("department").get(address).json()["verbs"] == []
