"""任务 from plan to confirmation: every verb, and nothing else writes a task.

The office plans, hands over, postpones, confirms or sends back; the unit that answers for it acknowledges, reports and says
that it is done; units that assist report what they did.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from campaign import rules_tasks as rules
from campaign.models import WORKING, Milestone, Phase, Task, TaskFile, TaskReport, TaskStep
from portal.audit.record import note as audit
from portal.messages.actions import tell
from portal.once import KeyTaken, kept_before
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.tenancy.models import Organisation, Role
from portal.tenancy.queries import posted
from portal.tenancy.scope import in_one_piece, who
from portal.uploads.proof import keep_proof

FACTS = ("title", "what", "phase", "clause", "unit", "assisting", "responsible", "starts", "due")
TEXTS = ("title", "what", "responsible")
NEEDS = dict.fromkeys(rules.OFFICE_VERBS, "tasks.manage") | {
    "acknowledge": "tasks.act",
    "reach": "tasks.act",
    "finish": "tasks.act",
    "report": "tasks.report",
}


@in_one_piece
def plan(told: Mapping[str, Any], milestones: Sequence[tuple[date, str]] = (), *, key: UUID | None = None) -> Task:
    """拟定, seen by the office alone until it is handed over; the same key sent twice is one. Raises BadInput.

    `told`: the FACTS; phase and unit by number, assisting a list of numbers. `milestones`: (day, what).
    """
    demand("tasks.manage")
    task = Task(key=key or uuid4(), by_name=who().person_name)
    fill(task, told)
    task.first_due = task.due
    if twice := kept_before(task, "task_key_once"):
        first = Task.objects.filter(key=task.key).first()
        if first is None:
            raise KeyTaken() from twice
        return first
    lay_out(task, milestones)
    leave_step(task, "plan")
    audit("tasks.plan", task, {"unit": task.unit.name, "due": task.due.isoformat()})
    return task


def fill(task: Task, told: Mapping[str, Any]) -> dict[str, list[str]]:
    """Set what was told; what changed, old and new in the page's words. Raises BadInput for what is missing or cannot be."""
    units = {one.pk: one for one in Organisation.objects.filter(kind__in=WORKING)}
    phases = {one.pk: one for one in Phase.objects.all()}
    told = dict(told)
    for name in TEXTS:
        if name in told and not (told[name] or "").strip():
            raise BadInput(f"请填写{Task._meta.get_field(name).verbose_name}。", field=name)
    if "phase" in told and told["phase"] not in phases:
        raise BadInput("请选择阶段。", field="phase")
    if "clause" in told and told["clause"] not in rules.CLAUSES:
        raise BadInput("请选择方案条款。", field="clause")
    if "unit" in told and told["unit"] not in units:
        raise BadInput("请选择责任单位。", field="unit")
    if "unit" in told and task.handed_on and told["unit"] != task.unit_id:
        raise BadInput("任务已下达，换责任单位请用“改派”并写明理由。", field="unit")
    if "assisting" in told:
        told["assisting"] = sorted(set(told["assisting"]))
        if unknown := set(told["assisting"]) - set(units):
            raise BadInput(f"没有编号为{min(unknown)}的配合单位，请重新选择。", field="assisting")
        if told.get("unit", task.unit_id) in told["assisting"]:
            raise BadInput("责任单位不用再列为配合单位。", field="assisting")

    def said(name: str, value) -> str:
        if name == "phase":
            return phases[value].name if value in phases else ""
        if name == "unit":
            return units[value].name if value in units else ""
        if name == "assisting":
            return "、".join(units[one].name for one in value if one in units)
        if name == "clause":
            return rules.CLAUSES.get(value, "")
        return str(value or "")

    changes = {}
    for name in FACTS:
        if name not in told:
            continue
        column = f"{name}_id" if name in ("phase", "unit") else name
        old, new = getattr(task, column), told[name].strip() if name in TEXTS else told[name]
        if old != new:
            changes[str(Task._meta.get_field(name).verbose_name)] = [said(name, old), said(name, new)]
            setattr(task, column, new)
    if task.due < task.starts:
        raise BadInput("完成期限不能早于开始日期。", field="due")
    return changes


def lay_out(task: Task, milestones: Sequence[tuple[date, str]]) -> list[str]:
    """The roadmap as asked for; what has been reached stays as it is. Returns what was added and taken out, in words."""
    wanted = [(due, title.strip()) for due, title in milestones]
    if len(wanted) > rules.MOST_MILESTONES:
        raise BadInput(f"节点最多{rules.MOST_MILESTONES}个，请合并。", field="milestones")
    for due, title in wanted:
        if not title:
            raise BadInput("请写明每个节点要做到什么。", field="milestones")
        if not task.starts <= due <= task.due:
            raise BadInput(
                f"节点“{title}”的时限{due}不在任务的起止日期（{task.starts}至{task.due}）之内。", field="milestones"
            )
    there = list(task.milestones.all())
    reached = {(one.due, one.title) for one in there if one.reached_on}
    waiting = {(one.due, one.title): one for one in there if not one.reached_on}
    words = []
    for pair, one in waiting.items():
        if pair not in wanted:
            words.append(f"删去 {one.due} {one.title}")
            one.delete()
    for due, title in dict.fromkeys(wanted):
        if (due, title) not in waiting and (due, title) not in reached:
            Milestone(task=task, due=due, title=title[:120]).save()
            words.append(f"新增 {due} {title}")
    return words


@in_one_piece
def change(
    task_id: int,
    told: Mapping[str, Any],
    note: str,
    milestones: Sequence[tuple[date, str]] | None = None,
    *,
    revision: int | None = None,
) -> Task:
    """修改; what it was stays in its history. Of a task that is handed over it needs a reason, and its date is moved by 延期 alone."""
    task = locked(task_id, "change", revision)
    if task.handed_on and not note.strip():
        raise BadInput("请写明为什么修改。", field="note")
    if task.handed_on and told.get("due", task.due) != task.due:
        raise BadInput("任务已下达，改期限请用“延期”并写明理由。", field="due")
    changes = fill(task, told)
    if task.handed_on:
        task.units = concerned(task)
    else:
        task.first_due = task.due
    moved = lay_out(task, milestones) if milestones is not None else []
    if not changes and not moved:
        raise BadInput("内容没有改动。")
    if moved:
        changes["节点"] = ["", "；".join(moved)]
    move(task, "change", note, changes)
    if task.handed_on:
        tell_of(task, people_of(task.units), "change", f"任务有修改：{task.title}", note)
    return task


@in_one_piece
def hand(task_id: int, note: str = "", *, revision: int | None = None) -> Task:
    """下达: from now on the unit and those assisting see it, and are told. Raises BadInput where its day has gone by."""
    task = locked(task_id, "hand", revision)
    if task.due < timezone.localdate():
        raise BadInput("完成期限已过，请先修改期限再下达。")
    task.handed_on = timezone.localdate()
    task.units = concerned(task)
    move(task, "hand", note)
    tell_of(
        task,
        people_of(task.units),
        "hand",
        f"新任务：{task.title}",
        f"{task.unit.name}负责，责任人{task.responsible}，{task.due}前完成。请签收。",
    )
    return task


def concerned(task: Task) -> list[int]:
    return sorted({task.unit_id, *task.assisting})


@in_one_piece
def acknowledge(task_id: int, note: str = "", *, revision: int | None = None) -> Task:
    """签收, by the unit that answers for it."""
    task = locked(task_id, "acknowledge", revision)
    move(task, "acknowledge", note, only=("state",))
    return task


@in_one_piece
def report(
    task_id: int,
    done: str,
    *,
    percent: int | None = None,
    difficulty: str = "",
    on: date | None = None,
    key: UUID | None = None,
    revision: int | None = None,
) -> TaskReport:
    """报进展, by the unit that answers for it (with its progress in per cent) or one that assists. The same key is one report."""
    return put_in(task_id, "report", done, percent, difficulty, on, key, revision)


@in_one_piece
def finish(
    task_id: int,
    done: str,
    *,
    difficulty: str = "",
    on: date | None = None,
    key: UUID | None = None,
    revision: int | None = None,
) -> TaskReport:
    """报完成: a last report at 100 %, once every milestone is reached; the office confirms it or sends it back."""
    return put_in(task_id, "finish", done, 100, difficulty, on, key, revision)


def put_in(
    task_id: int,
    verb: str,
    done: str,
    percent: int | None,
    difficulty: str,
    on: date | None,
    key: UUID | None,
    revision: int | None,
) -> TaskReport:
    if key and (first := sent_before(task_id, key)):
        return first
    task = locked(task_id, verb, revision if verb == "finish" else None)
    today = timezone.localdate()
    on = on or today
    answers = task.unit_id == who().organisation_id
    if not done.strip():
        raise BadInput("请写明做了什么。", field="done")
    if on > today:
        raise BadInput("截至日期不能晚于今天。", field="on")
    if task.handed_on and on < task.handed_on:
        raise BadInput(f"截至日期不能早于下达日期{task.handed_on}。", field="on")
    if answers and (percent is None or not 0 <= percent <= 100):
        raise BadInput("请填写0到100之间的进度。", field="percent")
    if verb == "finish" and (waiting := list(task.milestones.filter(reached_on=None))):
        raise BadInput(f"节点“{waiting[0].title}”还没有登记完成，请先登记再报完成。")
    made = TaskReport(
        key=key or uuid4(),
        task=task,
        on=on,
        percent=percent if answers else None,
        done=done.strip(),
        difficulty=difficulty.strip(),
        finishes=verb == "finish",
        organisation_id=who().organisation_id,
        by_name=who().person_name,
    )
    if twice := kept_before(made, "task_report_key_once"):
        raise KeyTaken() from twice
    only: tuple[str, ...] = ("state",)
    if answers and percent is not None:
        task.percent, only = percent, ("state", "percent")
    if verb == "finish":
        task.done_on, only = today, ("state", "percent", "done_on")
    move(task, verb, f"进度{percent}%" if answers else f"{who().organisation_name}配合进展", only=only)
    if verb == "finish":
        tell_of(task, offices(), "finish", f"任务待确认：{task.title}", f"{task.unit.name}报完成：{done.strip()[:200]}")
    return made


def sent_before(task_id: int, key: UUID) -> TaskReport | None:
    """The report this key has made already. Raises KeyTaken where that is another unit's, or of another task."""
    first = TaskReport.objects.filter(key=key).first()
    if first and (first.task_id, first.organisation_id) != (task_id, who().organisation_id):
        raise KeyTaken()
    return first


@in_one_piece
def add_file(task_id: int, report_id: int, upload) -> TaskFile:
    """佐证 of one's own unit's report, while the task is open; the same file sent twice is one.

    `upload`: a file of the request, or a finished upload of one's own.
    """
    task = held(task_id)
    demand("tasks.report", task)
    made = TaskReport.objects.filter(pk=report_id, task=task).first()
    if made is None:
        raise Http404(f"report {report_id} of task {task_id}")
    if made.organisation_id != who().organisation_id:
        raise NotAllowed("佐证由填报进展的单位自己上传。")

    def still():
        if not task.is_open:
            raise IllegalMove(f"任务现为“{task.get_state_display()}”，不能再添加佐证。")

    return keep_proof(made.files, upload, still, "tasks.file", {"task": task})


@in_one_piece
def reach(task_id: int, milestone_id: int, on: date | None = None, *, revision: int | None = None) -> Milestone:
    """登记节点完成. Raises IllegalMove where it is reached already."""
    task = locked(task_id, "reach", revision)
    milestone = Milestone.objects.select_for_update(of=("self",)).filter(pk=milestone_id, task=task).first()
    if milestone is None:
        raise Http404(f"milestone {milestone_id} of task {task_id}")
    if milestone.reached_on:
        raise IllegalMove(f"节点“{milestone.title}”已登记完成。")
    on = on or timezone.localdate()
    if not (task.handed_on or on) <= on <= timezone.localdate():
        raise BadInput("节点完成日期应在下达之后，且不晚于今天。", field="on")
    milestone.reached_on, milestone.reached_by = on, who().person_name
    milestone.save(update_fields=["reached_on", "reached_by"])
    move(task, "reach", f"{milestone.title}（{on}）", only=("state",))
    return milestone


@in_one_piece
def confirm(task_id: int, note: str = "", *, revision: int | None = None) -> Task:
    """确认完成, by the office alone; the unit is told."""
    task = locked(task_id, "confirm", revision)
    task.confirmed_on = timezone.localdate()
    move(task, "confirm", note)
    tell_of(task, people_of(task.units), "confirm", f"任务已确认完成：{task.title}", note)
    return task


@in_one_piece
def send_back(task_id: int, reason: str, *, revision: int | None = None) -> Task:
    """退回 what was said to be done, with the reason; it is under way again."""
    task = locked(task_id, "send_back", revision)
    if not reason.strip():
        raise BadInput("退回须写明理由。", field="note")
    task.done_on = None
    move(task, "send_back", reason)
    tell_of(task, people_of([task.unit_id]), "send_back", f"任务被退回：{task.title}", reason, urgent=True)
    return task


@in_one_piece
def reassign(task_id: int, unit: int, reason: str, *, responsible: str = "", revision: int | None = None) -> Task:
    """改派: another unit answers for it from now on and acknowledges it anew; what was reported stays with the task.

    The unit it was taken from is told and sees it no more, unless it assists.
    """
    task = locked(task_id, "reassign", revision)
    if not reason.strip():
        raise BadInput("改派须写明理由。", field="note")
    units = {one.pk: one for one in Organisation.objects.filter(kind__in=WORKING)}
    if unit not in units:
        raise BadInput("请选择责任单位。", field="unit")
    if unit == task.unit_id:
        raise BadInput("这个单位就是现在的责任单位，请选择另一个。", field="unit")
    before, heard = task.unit, people_of(task.units)
    changes = {"责任单位": [before.name, units[unit].name]}
    if responsible.strip():
        changes["责任人"] = [task.responsible, responsible.strip()]
        task.responsible = responsible.strip()
    task.unit = units[unit]
    task.assisting = [one for one in task.assisting if one != unit]
    task.units = concerned(task)
    move(task, "reassign", reason, changes)
    tell_of(
        task,
        heard | people_of(task.units),
        "reassign",
        f"任务改派：{task.title}",
        f"由{before.name}改派{task.unit.name}，责任人{task.responsible}，{task.due}前完成。{reason.strip()}",
    )
    return task


@in_one_piece
def postpone(task_id: int, due: date, reason: str, *, revision: int | None = None) -> Task:
    """延期, with a reason: the old day stays on the record, and reminders begin anew for the new one."""
    task = locked(task_id, "postpone", revision)
    if not reason.strip():
        raise BadInput("延期须写明理由。", field="note")
    if due <= task.due:
        raise BadInput(f"新的期限应晚于现在的期限{task.due}。", field="due")
    if due < timezone.localdate():
        raise BadInput("新的期限不能早于今天。", field="due")
    before, task.due = task.due, due
    move(task, "postpone", reason, {"完成期限": [before.isoformat(), due.isoformat()]})
    tell_of(task, people_of(task.units), "postpone", f"任务延期至{due}：{task.title}", reason)
    return task


@in_one_piece
def cancel(task_id: int, reason: str, *, revision: int | None = None) -> Task:
    """取消, with a reason; it stays on the record."""
    task = locked(task_id, "cancel", revision)
    if not reason.strip():
        raise BadInput("取消须写明理由。", field="note")
    move(task, "cancel", reason)
    tell_of(task, people_of(task.units), "cancel", f"任务已取消：{task.title}", reason)
    return task


def held(task_id: int) -> Task:
    task = Task.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=task_id).first()
    if task is None:
        raise Http404(f"task {task_id}")
    return task


def locked(task_id: int, verb: str, revision: int | None) -> Task:
    """The task under a row lock, where the person may and its state allows the verb. Raises NotAllowed, IllegalMove, Refused."""
    demand(NEEDS[verb])
    task = held(task_id)
    demand(NEEDS[verb], task)
    if (task.state, verb) not in rules.TRANSITIONS:
        raise illegal(task, verb)
    if revision not in (None, task.revision):
        raise Refused("这项任务刚刚被他人办理，请按最新情况处理，您填写的内容仍在下面。")
    return task


def illegal(task: Task, verb: str) -> IllegalMove:
    return IllegalMove(f"这项任务现为“{task.get_state_display()}”，不能“{rules.VERBS[verb]}”。请刷新页面查看最新状态。")


def move(
    task: Task,
    verb: str,
    note: str = "",
    changes: dict[str, list[str]] | None = None,
    *,
    only: tuple[str, ...] | None = None,
) -> None:
    """Run one cell of the table on a locked task: state, history, audit. `only`: the columns a unit may write."""
    before, task.state = task.state, rules.TRANSITIONS[task.state, verb]
    task.revision += 1
    task.save(update_fields=(*only, "revision") if only else None)
    leave_step(task, verb, note, changes)
    told = {"from": before, "to": task.state, "note": note.strip(), "fields": changes}
    audit(f"tasks.{verb}", task, {name: value for name, value in told.items() if value})


def leave_step(task: Task, verb: str, note: str = "", changes: dict[str, list[str]] | None = None) -> None:
    me = who()
    TaskStep(
        task=task,
        verb=verb,
        note=note.strip(),
        changes=changes or {},
        by_name=me.person_name,
        by_unit=me.organisation_name,
    ).save()


def people_of(units: Sequence[int]) -> set[int]:
    """Everybody now posted in these units."""
    return posted(organisation_id__in=list(units), role__in=(Role.OFFICE, Role.DEPARTMENT, Role.INSPECTOR))


def offices() -> set[int]:
    return posted(role=Role.OFFICE)


def tell_of(task: Task, people: set[int], verb: str, title: str, body: str, *, urgent: bool = False) -> None:
    """Told once of each move: its revision names it. Whoever made it knows."""
    tell(
        people - {who().person_id},
        f"task:{task.pk}:{verb}:{task.revision}",
        title,
        body,
        reverse("task", args=[task.pk]),
        urgent,
    )
