"""Tasks from plan to confirmation: who sees them, who may do what, what stays on the record, and who is told."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from campaign import rules_tasks as rules
from campaign.actions import phases, task_reminders
from campaign.actions import tasks as verbs
from campaign.models import Milestone, Task, TaskFile, TaskReport, TaskStep
from campaign.queries_tasks import LATE, gantt, late_tasks, listed, office_verbs, unit_verbs
from portal.audit.models import AuditRecord
from portal.messages.models import Message, Reminder
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.tenancy.models import Organisation
from portal.tenancy.scope import tenant_scope
from tests.campaign.tasks import done, facts, handed, planned, under_way, unit
from tests.stories import photo

CITY = "江州市"
TODAY = date(2026, 6, 1)
EVERYBODY = ("office", "department", "inspector", "north", "auditor")


@pytest.fixture(autouse=True)
def one_day(on_day):
    with on_day(TODAY):
        yield


def seen_by(world, *logins) -> dict[str, int]:
    counts = {}
    for login in logins:
        with world.as_(login):
            counts[login] = Task.objects.count()
    return counts


def fresh(world, task) -> Task:
    with world.as_("office"):
        return listed().get(pk=task.pk)


# --- the wall -------------------------------------------------------------------------------------------------------


def test_a_planned_task_is_the_offices_own(world):
    planned(world, "south", ("department",))
    assert seen_by(world, *EVERYBODY) == {"office": 1, "department": 0, "inspector": 0, "north": 0, "auditor": 1}


def test_a_task_is_seen_by_the_unit_it_is_handed_to_by_those_that_assist_and_by_no_other(world):
    handed(world, "south", ("department",))
    assert seen_by(world, *EVERYBODY) == {"office": 1, "department": 1, "inspector": 1, "north": 0, "auditor": 1}


def test_enterprises_experts_and_administrators_have_no_right_on_the_tables(world):
    handed(world)
    for login in ("officer", "expert", "sysadmin", "secadmin"):
        for model in (Task, Milestone, TaskReport, TaskFile, TaskStep):
            with world.as_(login), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                model.objects.first()


def test_what_hangs_on_a_task_is_seen_by_whoever_sees_the_task_now(world):
    task = planned(world, "south", milestones=[(TODAY + timedelta(5), "发通知")])
    with world.as_("inspector"):
        assert not Milestone.objects.exists()
        assert not TaskStep.objects.exists()
    with world.as_("office"):
        verbs.hand(task.pk)
    with world.as_("inspector"):
        assert Milestone.objects.count() == 1
        assert list(TaskStep.objects.values_list("verb", flat=True)) == ["plan", "hand"]
    with world.as_("office"):
        verbs.change(task.pk, {"assisting": [unit("north")]}, "江北配合", revision=None)
    with world.as_("north"):
        assert Milestone.objects.count() == 1
        assert TaskStep.objects.count() == 3


def test_another_city_sees_nothing_of_it(world):
    task = handed(world)
    with world.as_("office_x"), pytest.raises(Http404):
        verbs.confirm(task.pk)


def test_somebody_without_an_organisation_sees_no_task_and_no_error(world):
    from dataclasses import replace

    from portal.tenancy.scope import enter

    handed(world)
    with enter(replace(world.who("inspector"), organisation_id=None)):
        assert Task.objects.count() == 0


def test_a_unit_cannot_write_its_own_due_day_even_in_sql(world):
    task = under_way(world)
    with world.as_("inspector"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(due=TODAY + timedelta(365))


# --- verbs ----------------------------------------------------------------------------------------------------------


def test_a_task_goes_from_plan_to_confirmation(world):
    task = done(world)
    assert (task.state, task.percent, task.done_on) == (rules.DONE, 100, TODAY)
    with world.as_("office"):
        verbs.confirm(task.pk, "核对无误")
    task = fresh(world, task)
    assert (task.state, task.confirmed_on) == (rules.CONFIRMED, TODAY)
    with world.as_("office"):
        steps = list(task.steps.values_list("verb", flat=True))
    assert steps == ["plan", "hand", "acknowledge", "finish", "confirm"]


def test_every_verb_leaves_its_audit_record(world):
    task = done(world)
    with world.as_("office"):
        verbs.confirm(task.pk)
    with world.as_("auditor"):
        acts = list(
            AuditRecord.objects.filter(object_kind="campaign.task", object_id=task.pk)
            .order_by("seq")
            .values_list("action", flat=True)
        )
    assert acts == ["tasks.plan", "tasks.hand", "tasks.acknowledge", "tasks.finish", "tasks.confirm"]


@pytest.mark.parametrize("verb", [verb for verb in rules.VERBS if verb not in ("reach",)])
@pytest.mark.parametrize("state", rules.STATES)
def test_a_cell_that_is_not_in_the_table_is_refused_and_changes_nothing(world, state, verb):
    if (state, verb) in rules.TRANSITIONS:
        return
    task = in_state(world, state)
    by = "office" if verb in rules.OFFICE_VERBS else "inspector"
    run = {
        "report": lambda: verbs.report(task.pk, "做了", percent=10),
        "finish": lambda: verbs.finish(task.pk, "做完了"),
        "change": lambda: verbs.change(task.pk, {"title": "改名"}, "改"),
        "reassign": lambda: verbs.reassign(task.pk, unit("north"), "分工有变"),
        "postpone": lambda: verbs.postpone(task.pk, TODAY + timedelta(60), "等"),
    }.get(verb, lambda: getattr(verbs, verb)(task.pk, "说明"))
    # A task that was never handed over is not there for a unit.
    with world.as_(by), pytest.raises((IllegalMove, Http404)):
        run()
    assert fresh(world, task).revision == task.revision


def in_state(world, state: str) -> Task:
    if state == rules.PLANNED:
        return planned(world)
    if state == rules.HANDED:
        return handed(world)
    if state == rules.UNDER_WAY:
        return under_way(world)
    task = done(world) if state in (rules.DONE, rules.CONFIRMED) else handed(world)
    with world.as_("office"):
        if state == rules.CONFIRMED:
            return verbs.confirm(task.pk)
        if state == rules.CANCELLED:
            return verbs.cancel(task.pk, "不做了")
    return task


def test_a_unit_that_assists_reports_and_does_nothing_else(world):
    task = under_way(world, "south", ("department",))
    with world.as_("department"):
        made = verbs.report(task.pk, "派专家两名", percent=99)
        assert made.percent is None
        for act in (
            lambda: verbs.finish(task.pk, "完了"),
            lambda: verbs.acknowledge(task.pk),
            lambda: verbs.reach(task.pk, 1),
            lambda: verbs.confirm(task.pk),
        ):
            with pytest.raises(NotAllowed):
                act()
        assert unit_verbs(listed().get(pk=task.pk)) == ["report"]
        assert office_verbs(listed().get(pk=task.pk)) == []
    assert fresh(world, task).percent == 0


def test_the_auditor_reads_and_has_no_button(world):
    task = under_way(world)
    with world.as_("auditor"):
        record = listed().get(pk=task.pk)
        assert (unit_verbs(record), office_verbs(record)) == ([], [])
        with pytest.raises(NotAllowed):
            verbs.report(task.pk, "做了", percent=1)


def test_the_office_does_not_report_for_a_unit(world):
    task = under_way(world)
    with world.as_("office"), pytest.raises(NotAllowed):
        verbs.report(task.pk, "代报", percent=50)


def test_a_task_sent_back_is_under_way_again_with_the_reason(world):
    task = done(world)
    with world.as_("office"):
        with pytest.raises(BadInput):
            verbs.send_back(task.pk, "  ")
        verbs.send_back(task.pk, "缺三家报告")
    task = fresh(world, task)
    assert (task.state, task.done_on) == (rules.UNDER_WAY, None)
    with world.as_("inspector"):
        told = Message.objects.filter(key__startswith=f"task:{task.pk}:send_back", channel="in_app")
        assert told.get().body == "缺三家报告"


def test_a_task_given_to_another_unit_is_acknowledged_anew_and_keeps_what_was_reported(world):
    task = under_way(world, "south", ("department",))
    with world.as_("inspector"):
        verbs.report(task.pk, "评了四家", percent=40)
    with world.as_("office"):
        north = unit("north")
        with pytest.raises(BadInput, match="理由"):
            verbs.reassign(task.pk, north, " ")
        with pytest.raises(BadInput, match="现在的责任单位"):
            verbs.reassign(task.pk, task.unit_id, "分工有变")
        moved = verbs.reassign(task.pk, north, "分工有变", responsible="钱某")
        assert (moved.state, moved.percent, moved.responsible) == ("handed", 40, "钱某")
        assert moved.steps.get(verb="reassign").changes["责任单位"] == ["江南区应急管理局", "江北区应急管理局"]
    with world.as_("north"):
        assert Task.objects.get(pk=task.pk).reports.get().done == "评了四家"
        assert verbs.acknowledge(task.pk).state == "under_way"
    with world.as_("inspector"):
        assert not Task.objects.filter(pk=task.pk).exists()
        assert Message.objects.filter(key__startswith=f"task:{task.pk}:reassign", channel="in_app").exists()


def test_a_postponed_task_keeps_its_old_day_on_the_record(world):
    task = under_way(world)
    old = task.due
    with world.as_("office"):
        for due, reason in ((old, "等"), (old + timedelta(10), " "), (old - timedelta(1), "提前")):
            with pytest.raises(BadInput):
                verbs.postpone(task.pk, due, reason)
        verbs.postpone(task.pk, old + timedelta(10), "设备到货晚")
        task = Task.objects.get(pk=task.pk)
        step = task.steps.get(verb="postpone")
    assert (task.first_due, task.due) == (old, old + timedelta(10))
    assert step.changes == {"完成期限": [str(old), str(old + timedelta(10))]}


def test_a_handed_over_task_changes_its_day_by_postponing_alone_and_its_unit_not_at_all(world):
    task = handed(world)
    with world.as_("office"):
        with pytest.raises(BadInput) as late:
            verbs.change(task.pk, {"due": task.due + timedelta(5)}, "改")
        with pytest.raises(BadInput) as other:
            verbs.change(task.pk, {"unit": unit("north")}, "改")
        with pytest.raises(BadInput) as silent:
            verbs.change(task.pk, {"title": "新名"}, "")
    assert (late.value.field, other.value.field, silent.value.field) == ("due", "unit", "note")


def test_a_task_whose_day_has_gone_by_cannot_be_handed_over(world, on_day):
    task = planned(world)
    with on_day(task.due + timedelta(1)), world.as_("office"), pytest.raises(BadInput):
        verbs.hand(task.pk)


def test_two_who_work_on_an_old_page_do_not_overwrite_each_other(world):
    task = handed(world)
    with world.as_("office"):
        verbs.change(task.pk, {"responsible": "李某"}, "换人", revision=task.revision)
        with pytest.raises(Refused, match="刚刚被他人办理"):
            verbs.cancel(task.pk, "不做", revision=task.revision)


def test_milestones_lie_within_the_task_and_are_reached_before_it_is_done(world):
    with world.as_("office"), pytest.raises(BadInput, match="不在任务的起止日期"):
        verbs.plan(facts(), [(TODAY + timedelta(99), "太晚")])
    task = under_way(world, milestones=[(TODAY + timedelta(5), "发通知"), (TODAY + timedelta(20), "评完一半")])
    with world.as_("inspector"):
        with pytest.raises(BadInput, match="发通知"):
            verbs.finish(task.pk, "完了")
        for one in Milestone.objects.filter(task=task):
            verbs.reach(task.pk, one.pk)
        with pytest.raises(IllegalMove):
            verbs.reach(task.pk, one.pk)
        verbs.finish(task.pk, "完了")


def test_a_changed_roadmap_keeps_what_has_been_reached(world):
    day = TODAY + timedelta(5)
    task = under_way(world, milestones=[(day, "发通知"), (day, "动员会")])
    with world.as_("inspector"):
        verbs.reach(task.pk, Milestone.objects.get(title="发通知").pk)
    with world.as_("office"):
        verbs.change(task.pk, {}, "调整", [(day, "培训")])
        assert set(Milestone.objects.filter(task=task).values_list("title", flat=True)) == {"发通知", "培训"}


def test_a_report_sent_twice_over_a_bad_network_is_one(world):
    task, key = under_way(world), uuid4()
    with world.as_("inspector"):
        first = verbs.report(task.pk, "评了三家", percent=30, key=key)
        assert verbs.report(task.pk, "评了三家", percent=30, key=key) == first
        assert TaskReport.objects.count() == 1
    assert fresh(world, task).percent == 30


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"done": " ", "percent": 1}, "done"),
        ({"done": "做了", "percent": None}, "percent"),
        ({"done": "做了", "percent": 101}, "percent"),
        ({"done": "做了", "percent": 1, "on": TODAY + timedelta(1)}, "on"),
        ({"done": "做了", "percent": 1, "on": TODAY - timedelta(1)}, "on"),
    ],
)
def test_a_report_that_cannot_be_is_refused_with_its_field(world, told, field):
    task = under_way(world)
    with world.as_("inspector"), pytest.raises(BadInput) as refused:
        verbs.report(task.pk, **told)
    assert refused.value.field == field


def test_evidence_is_added_by_the_unit_that_reported_while_the_task_is_open(world):
    task = under_way(world, "south", ("department",))
    with world.as_("inspector"):
        made = verbs.report(task.pk, "评了三家", percent=30)
        file = verbs.add_file(task.pk, made.pk, photo())
        assert verbs.add_file(task.pk, made.pk, photo()) == file
        with pytest.raises(BadInput):
            from django.core.files.uploadedfile import SimpleUploadedFile

            verbs.add_file(task.pk, made.pk, SimpleUploadedFile("x.html", b"<script>"))
    with world.as_("department"), pytest.raises(NotAllowed):
        verbs.add_file(task.pk, made.pk, photo(30))
    with world.as_("office"):
        verbs.cancel(task.pk, "不做了")
    with world.as_("inspector"), pytest.raises(IllegalMove):
        verbs.add_file(task.pk, made.pk, photo(31))
    for login, status in {"department": 200, "auditor": 200, "north": 404, "officer": 403}.items():
        assert world.client(login).get(f"/tasks/{task.pk}/files/{file.pk}/original/").status_code == status


# --- what is late, and who hears of it ------------------------------------------------------------------------------


def test_a_late_task_is_past_its_day_and_not_confirmed(world, on_day):
    tasks = {state: in_state(world, state) for state in rules.STATES}
    due = tasks[rules.HANDED].due
    with world.as_("office"):
        assert late_tasks(due) == 0
        assert late_tasks(due + timedelta(1)) == len(rules.OPEN)
        assert {one.state for one in Task.objects.late(due + timedelta(1))} == set(rules.OPEN)
    with on_day(due + timedelta(1)):
        page = world.client("office").get(LATE.link())
        assert {task.pk for task in page.context["page"].rows} == {tasks[state].pk for state in rules.OPEN}


def test_the_figure_is_counted_behind_the_readers_wall(world):
    task = handed(world, "south")
    for login, count in {"office": 1, "inspector": 1, "north": 0}.items():
        with world.as_(login):
            assert late_tasks(task.due + timedelta(1)) == count


def test_a_task_with_a_late_milestone_is_found(world, on_day):
    task = under_way(world, milestones=[(TODAY + timedelta(2), "发通知")])
    under_way(world)
    with on_day(TODAY + timedelta(3)):
        page = world.client("office").get("/tasks/?late=milestone")
        assert [one.pk for one in page.context["page"].rows] == [task.pk]
        assert "节点逾期 1 个" in page.content.decode()


def remind(world, day: date) -> int:
    with tenant_scope(world.tenants[CITY], CITY):
        return task_reminders.remind(day)


def steps_of(world, login: str, kind: str = "task") -> list[int]:
    with tenant_scope(world.tenants[CITY], CITY):
        told = Reminder.objects.filter(subject_kind=kind, person_id=world.people[login], channel="in_app")
        return sorted(told.values_list("step", flat=True))


def test_the_unit_is_reminded_before_its_day_on_it_and_weekly_after_and_the_office_once_late(world):
    task = handed(world)
    for days in range(-10, 16):
        remind(world, task.due + timedelta(days))
    assert steps_of(world, "inspector") == [-7, -3, -1, 0, 7, 14]
    assert steps_of(world, "office") == [7, 14]
    assert steps_of(world, "north") == []


def test_a_milestone_not_reached_is_reminded_of_as_its_task_is_and_a_reached_one_no_more(world):
    first, second = (TODAY + timedelta(9), "发通知"), (TODAY + timedelta(12), "查一半")
    task = under_way(world, milestones=[first, second])
    with world.as_("inspector"):
        verbs.reach(task.pk, task.milestones.get(title="查一半").pk)
    for days in range(-10, 15):
        remind(world, first[0] + timedelta(days))
    assert steps_of(world, "inspector", "milestone") == [-7, -3, -1, 0, 7, 14]
    assert steps_of(world, "office", "milestone") == [7, 14]
    assert steps_of(world, "north", "milestone") == []
    with world.as_("inspector"):
        last = Message.objects.get(key=f"tasks:{first[0] + timedelta(7)}", channel="in_app")
    assert ("已逾期7天　节点“发通知”" in last.body, last.link) == (True, f"/tasks/{task.pk}/")


def test_a_phase_not_begun_or_not_completed_in_its_time_is_said_to_the_office_until_it_is(world):
    day = timedelta(1)
    with world.as_("office"):
        one = phases.plan({"name": "集中整治", "goal": "", "starts": TODAY + 10 * day, "ends": TODAY + 40 * day})
    for days in range(9, 20):
        remind(world, TODAY + days * day)
    with world.as_("office"):
        phases.start(one.pk)
        told = Message.objects.get(key=f"tasks:{TODAY + 17 * day}", person_id=world.people["office"], channel="in_app")
        assert ("已逾期7天　阶段“集中整治”按计划应启动" in told.body, told.link) == (True, f"/tasks/phases/{one.pk}/")
    for days in (20, 37, 47):
        remind(world, TODAY + days * day)
    with world.as_("office"):
        phases.complete(one.pk)
    assert remind(world, TODAY + 60 * day) == 0
    assert steps_of(world, "office", "phase") == [-3, -1, 0, 7, 7]
    assert steps_of(world, "inspector", "phase") == []


def test_nobody_is_told_the_same_twice_and_a_missed_day_only_delays(world):
    task = handed(world)
    day = task.due + timedelta(1)
    assert remind(world, day) > 0
    assert remind(world, day) == 0
    assert remind(world, day + timedelta(1)) == 0
    assert steps_of(world, "inspector") == [0]


def test_several_tasks_are_one_digest_a_person_and_day(world):
    one, two = handed(world), handed(world, title="第二项")
    remind(world, one.due)
    with tenant_scope(world.tenants[CITY], CITY):
        message = Message.objects.get(key=f"tasks:{one.due}", person_id=world.people["inspector"], channel="in_app")
    assert one.title in message.body
    assert two.title in message.body


def test_a_postponed_task_is_reminded_of_anew(world):
    task = handed(world)
    remind(world, task.due)
    with world.as_("office"):
        verbs.postpone(task.pk, task.due + timedelta(30), "等")
    remind(world, task.due + timedelta(1))
    assert steps_of(world, "inspector") == [0]
    remind(world, task.due + timedelta(30))
    assert steps_of(world, "inspector") == [0, 0]


def test_what_waits_for_the_office_does_not_remind_the_unit(world):
    task = done(world)
    remind(world, task.due + timedelta(7))
    assert (steps_of(world, "inspector"), steps_of(world, "office")) == ([], [7])


def test_those_concerned_are_told_when_a_task_is_handed_over(world):
    task = handed(world, "south", ("department",))
    heard = []
    for login in ("inspector", "leader", "department", "north"):
        with world.as_(login):
            if Message.objects.filter(key__startswith=f"task:{task.pk}:hand", channel="in_app").exists():
                heard.append(login)
    assert heard == ["inspector", "leader", "department"]


# --- pages and API --------------------------------------------------------------------------------------------------


def test_the_form_plans_a_task_with_its_roadmap_and_keeps_what_was_typed_when_refused(world):
    with world.as_("office"):
        told = facts()
    told |= {"m1_due": TODAY + timedelta(3), "m1_title": "发通知", "key": str(uuid4())}
    told["due"] = TODAY - timedelta(1)
    client = world.client("office")
    refused = client.post("/tasks/new/", told)
    assert refused.status_code == 400
    assert "发通知" in refused.content.decode()
    made = client.post("/tasks/new/", told | {"due": TODAY + timedelta(9)})
    assert made.status_code == 302
    with world.as_("office"):
        task = Task.objects.get()
        assert list(task.milestones.values_list("title", flat=True)) == ["发通知"]


def test_a_report_with_photos_is_typed_on_a_phone(world):
    task = under_way(world)
    client = world.client("inspector")
    told = {"on": TODAY, "percent": 40, "done": "评了四家", "key": str(uuid4()), "files": [photo(), photo(9)]}
    assert client.post(f"/tasks/{task.pk}/report/", told).status_code == 302
    page = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "评了四家" in page
    assert page.count("原件") == 2


def test_buttons_are_those_of_the_state_and_the_reader(world):
    task = handed(world, "south", ("department",))
    address = f"/tasks/{task.pk}/"
    assert f"{address}unit/acknowledge/" in world.client("inspector").get(address).content.decode()
    assert f"{address}unit/acknowledge/" not in world.client("department").get(address).content.decode()
    assert f"{address}office/postpone/" in world.client("office").get(address).content.decode()
    assert f"{address}office/confirm/" not in world.client("office").get(address).content.decode()


def test_a_verb_by_form_and_its_refusal(world):
    task = done(world)
    client = world.client("office")
    assert client.post(f"/tasks/{task.pk}/office/send_back/", {"note": ""}).status_code == 400
    assert client.post(f"/tasks/{task.pk}/office/confirm/", {"revision": task.revision}).status_code == 302
    assert client.get(f"/tasks/{task.pk}/office/confirm/").status_code == 409
    assert client.get(f"/tasks/{task.pk}/office/vanish/").status_code == 404


def test_the_list_and_the_chart_ask_the_same_number_of_questions_however_many_tasks(world):
    counted = {}
    for many in (1, 12):
        for number in range(many):
            under_way(world, milestones=[(TODAY + timedelta(1), "节点")], title=f"任务{many}-{number}")
        for address in ("/tasks/", "/tasks/gantt/", "/api/v1/tasks/"):
            client = world.client("office")
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            counted.setdefault(address, []).append(len(asked))
    for address, (few, more) in counted.items():
        assert more <= few < 30, (address, few, more)


def test_the_chart_draws_every_task_in_its_days_with_late_ones_marked(world, on_day):
    under_way(world, title="逾期的")
    with world.as_("office"):
        chart = gantt(listed().prefetch_related("milestones"), TODAY + timedelta(31))
        assert [bar.tone for bar in chart.bars] == ["late"]
        assert "逾期1天" in chart.bars[0].words
        assert chart.width == len(chart.months) * 52
        assert 0 < chart.today < chart.width
        bar = chart.bars[0]
        assert 0 < bar.x < bar.x + bar.width <= chart.today


def test_an_empty_city_has_its_pages(world):
    for login in ("office", "inspector", "auditor"):
        client = world.client(login)
        for address in ("/tasks/", "/tasks/gantt/", "/goals/", "/leading-group/"):
            assert client.get(address).status_code == 200, (login, address)


def test_the_export_holds_every_matching_row_with_those_that_assist(world):
    from io import BytesIO

    from openpyxl import load_workbook

    handed(world, "south", ("department", "north"))
    answer = world.client("office").get("/tasks/?export=xlsx")
    cells = [
        str(cell) for row in load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True) for cell in row
    ]
    assert "江州市应急管理局、江北区应急管理局" in cells or "江北区应急管理局、江州市应急管理局" in cells


def test_the_api_runs_the_same_verbs_and_refuses_the_same(world):
    with world.as_("office"):
        told = facts() | {"milestones": [{"due": str(TODAY), "title": "发通知"}]}
    office, unit_ = world.client("office"), world.client("inspector")
    made = office.post("/api/v1/tasks/", told, content_type="application/json")
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    place = f"/api/v1/tasks/{pk}/"
    assert unit_.get(place).status_code == 404
    assert office.post(f"{place}hand/", {}, content_type="application/json").json()["state"] == "handed"
    assert unit_.get(place).json()["verbs"] == ["acknowledge"]
    assert unit_.post(f"{place}report/", {"done": "x"}, content_type="application/json").status_code == 409
    unit_.post(f"{place}acknowledge/", {}, content_type="application/json")
    milestone = made.json()["milestones"][0]["id"]
    unit_.post(f"{place}reach/", {"milestone": milestone}, content_type="application/json")
    report = unit_.post(f"{place}report/", {"done": "x", "percent": 5}, content_type="application/json").json()
    sent = unit_.post(f"{place}files/", {"report": report["reports"][0]["id"], "file": photo()})
    assert sent.status_code == 201
    assert len(sent.json()["files"]) == 1
    assert unit_.post(f"{place}confirm/", {}, content_type="application/json").status_code == 403
    assert unit_.post(f"{place}finish/", {"done": "完"}, content_type="application/json").json()["state"] == "done"
    assert office.post(f"{place}confirm/", {}, content_type="application/json").json()["state"] == "confirmed"
    assert office.post(f"{place}cancel/", {"note": "x"}, content_type="application/json").status_code == 409


def test_an_institute_or_an_unknown_body_is_nobody_to_hand_a_task_to(world):
    with world.as_("office"):
        centre = Organisation.objects.get(name="江州市信息中心").pk
        for told in ({"unit": centre}, {"assisting": [centre]}, {"assisting": [unit("south")]}, {"phase": 987654}):
            with pytest.raises(BadInput):
                verbs.plan(facts() | told)
