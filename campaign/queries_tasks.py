"""任务, as their list, page, chart and figure read them; and the leading group."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, F, Func, OuterRef, QuerySet
from django.http import Http404
from django.utils import timezone

from campaign import rules_phases
from campaign import rules_tasks as rules
from campaign.models import WORKING, GroupMember, Milestone, Phase, Task, TaskFile, TaskReport, TaskStep
from hazards.queries.figures import Figure
from portal.permissions import may
from portal.tenancy.models import Organisation

TASK_SORTS = {"due": "due", "unit": "unit__name", "percent": "-percent", "new": "-pk"}

LATE = Figure("任务逾期", "已下达、办公室尚未确认完成、未取消，且完成期限早于今日的任务。", {"late": "1"}, "task_list")


def late_tasks(on: date | None = None, unit: int | None = None) -> int:
    """任务逾期 as of `on`, of those the reader sees, or of one unit's; LATE defines it and opens its records."""
    late = Task.objects.late(on)
    return (late.filter(unit=unit) if unit else late).count()


def listed():
    return Task.objects.select_related("unit", "phase")


class Among(Func):
    """Whether a number is in an array; what an array names no join reaches."""

    template, arg_joiner, output_field = "%(expressions)s)", " = ANY (", BooleanField()


def listed_with_roadmap():
    """For an export: with the milestones, and the names of those that assist."""
    assisting = Organisation.objects.filter(Among(F("pk"), OuterRef("assisting"))).order_by("pk").values("name")
    return listed().prefetch_related("milestones").annotate(assisting_names=ArraySubquery(assisting))


def task_or_404(pk: int) -> Task:
    task = listed().filter(pk=pk).first()
    if task is None:
        raise Http404(f"task {pk}")
    return task


def with_late_milestones(tasks: Iterable[Task]) -> list[Task]:
    """The tasks, each with `late_milestones`: how many of its milestones are past their time and not reached."""
    tasks = list(tasks)
    late = dict(
        Milestone.objects.filter(task__in=[task.pk for task in tasks if task.is_open])
        .late()
        .order_by()
        .values_list("task_id")
        .annotate(n=Count("id"))
    )
    for task in tasks:
        task.late_milestones = late.get(task.pk, 0)
    return tasks


def unit_verbs(task: Task) -> list[str]:
    """What the acting person may do with it as one of the units; buttons and API read it here."""
    allowed = {"report": "tasks.report"}
    return [
        verb for verb in rules.verbs_from(task.state, rules.UNIT_VERBS) if may(allowed.get(verb, "tasks.act"), task)
    ]


def office_verbs(task: Task) -> list[str]:
    return rules.verbs_from(task.state, rules.OFFICE_VERBS) if may("tasks.manage", task) else []


@dataclass(frozen=True)
class TaskPage:
    """One task with everything its page shows."""

    record: Task
    assisting: list[str]
    milestones: list[Milestone]
    reports: list[TaskReport]
    steps: list[TaskStep]
    unit_verbs: list[str]
    office_verbs: list[str]
    postponed: bool


def task_page(pk: int) -> TaskPage:
    task = task_or_404(pk)
    files: dict[int, list[TaskFile]] = {}
    for one in task.files.order_by("id"):
        files.setdefault(one.report_id, []).append(one)
    reports = list(task.reports.select_related("organisation").order_by("-id"))
    for report in reports:
        report.shown_files = files.get(report.pk, [])
    return TaskPage(
        task,
        names_of(task.assisting),
        list(task.milestones.order_by("due", "id")),
        reports,
        list(task.steps.order_by("id")),
        unit_verbs(task),
        office_verbs(task),
        task.due != task.first_due,
    )


def names_of(units: Iterable[int]) -> list[str]:
    found = dict(Organisation.objects.filter(pk__in=list(units)).values_list("pk", "name"))
    return [found[unit] for unit in units if unit in found]


def file_or_404(pk: int, file: int) -> TaskFile:
    found = TaskFile.objects.filter(pk=file, task_id=pk).first()
    if found is None:
        raise Http404(f"file {file} of task {pk}")
    return found


def last_report(task: Task) -> TaskReport | None:
    return task.reports.order_by("-id").first()


# --- the chart ------------------------------------------------------------------------------------------------------

MOST_BARS = 300
MONTH = 52
"""Pixels a month is wide."""


@dataclass(frozen=True)
class Month:
    x: int
    width: int
    label: str


@dataclass(frozen=True)
class Stretch:
    """A phase over the months: where its dates lie, and how it stands."""

    phase: Phase
    x: float
    width: float
    tone: str


@dataclass(frozen=True)
class Mark:
    """A milestone on its bar."""

    x: float
    tone: str
    title: str


@dataclass(frozen=True)
class Bar:
    task: Task
    x: float
    width: float
    done: float
    tone: str
    words: str
    marks: list[Mark]


@dataclass(frozen=True)
class Gantt:
    """The chart's months and bars in pixels; `today` None where today lies outside of it."""

    width: int
    months: list[Month]
    phases: list[Stretch]
    bars: list[Bar]
    today: float | None
    more: bool
    """There are more tasks than it draws."""


def first_of_next(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def gantt(tasks: QuerySet[Task], on: date | None = None) -> Gantt | None:
    """`tasks` over the campaign's time: its phases, and longer where a task reaches out of them. None where there is nothing."""
    on = on or timezone.localdate()
    shown, phases = list(tasks[:MOST_BARS]), list(Phase.objects.all())
    more = tasks.count() > MOST_BARS
    spans = [(one.starts, one.ends) for one in phases] + [(one.starts, one.due) for one in shown]
    if not spans:
        return None
    first = min(start for start, _ in spans).replace(day=1)
    last = max(end for _, end in spans)
    months, month = [], first
    while month <= last:
        label = f"{month:%y}年{month.month}月" if month.month == 1 or month == first else f"{month.month}月"
        months.append(Month(len(months) * MONTH, MONTH, label))
        month = first_of_next(month)

    def at(day: date) -> float:
        """Where a day begins: months are equally wide, days lie in their own month by share."""
        whole = (day.year - first.year) * 12 + day.month - first.month
        length = (first_of_next(day) - day.replace(day=1)).days
        return round(MONTH * (whole + (day.day - 1) / length), 1)

    def bar(task: Task) -> Bar:
        x, end = at(task.starts), at(task.due + timedelta(days=1))
        late = task.late_days(on)
        tone = (
            "late"
            if late
            else {rules.CONFIRMED: "done", rules.CANCELLED: "off", rules.PLANNED: "plan"}.get(task.state, "open")
        )
        words = f"{task.unit.name}，{task.starts}至{task.due}，{task.get_state_display()}，进度{task.percent}%"
        marks = [
            Mark(
                at(one.due),
                "done" if one.reached_on else "late" if task.is_open and one.due < on else "open",
                f"{one.due} {one.title}" + ("（已完成）" if one.reached_on else ""),
            )
            for one in task.milestones.all()
        ]
        width = max(round(end - x, 1), 4)
        words += f"，逾期{late}天" if late else ""
        return Bar(task, x, width, round(width * task.percent / 100, 1), tone, words, marks)

    return Gantt(
        len(months) * MONTH,
        months,
        [stretch(one, at, on) for one in phases],
        [bar(task) for task in shown],
        at(on) if first <= on < month else None,
        more,
    )


PHASE_TONES = {rules_phases.PLANNED: "plan", rules_phases.UNDER_WAY: "open", rules_phases.COMPLETED: "done"}


def stretch(phase: Phase, at: Callable[[date], float], on: date) -> Stretch:
    x = at(phase.starts)
    tone = "late" if phase.behind(on) else PHASE_TONES[phase.state]
    return Stretch(phase, x, max(round(at(phase.ends + timedelta(days=1)) - x, 1), 4), tone)


# --- the leading group ----------------------------------------------------------------------------------------------

RANK = {post: place for place, post in enumerate(GroupMember.Post.values)}


@dataclass(frozen=True)
class Group:
    """Who leads now, by rank; who comes later; and who left."""

    standing: list[GroupMember]
    coming: list[GroupMember]
    past: list[GroupMember]


def leading_group(on: date | None = None) -> Group:
    on = on or timezone.localdate()
    members = sorted(GroupMember.objects.all(), key=lambda one: (RANK[one.post], one.starts, one.pk))
    gone = [one for one in members if one.ends and one.ends < on]
    coming = [one for one in members if one.starts > on]
    return Group([one for one in members if one not in gone and one not in coming], coming, gone)


def member_or_404(pk: int) -> GroupMember:
    member = GroupMember.objects.filter(pk=pk).first()
    if member is None:
        raise Http404(f"member {pk}")
    return member


def units_to_choose() -> list[tuple[int, str]]:
    """The city's own bodies, its districts' after them."""
    found = Organisation.objects.filter(kind__in=WORKING).values_list("pk", "name", "kind")
    return [(pk, name) for pk, name, kind in sorted(found, key=lambda one: (WORKING.index(one[2]), one[0]))]
