"""任务提醒: what a task, a milestone of it or a phase of the campaign still has to do by its day.

Of a task and its milestones the unit hears 7, 3 and 1 days before, on the day, and from a week after it every week, when the
office hears too. Of a phase, which the office begins and completes by its own word, the office hears at every step.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from django.urls import reverse
from django.utils import timezone

from campaign import rules_phases
from campaign import rules_tasks as rules
from campaign.actions.tasks import offices, people_of
from campaign.models import Phase, Task
from portal.messages.actions import Draft
from portal.messages.ladder import Rung, listed, say, unsaid
from portal.messages.models import Channel
from portal.permissions import demand

TASK, MILESTONE, PHASE = "task", "milestone", "phase"


def remind(as_of: date | None = None) -> int:
    """One digest a person and day by each of the city's channels; returns how many people were told. City scope only."""
    demand("tasks.remind")
    as_of = as_of or timezone.localdate()
    return say(f"tasks:{as_of}", unsaid(hearing(as_of)), digest)


def hearing(as_of: date) -> dict[int, list[Rung]]:
    """Person → what has come to be said to them, said before or not."""
    office = offices()
    people: dict[int, set[int]] = {}
    wanted: dict[int, list[Rung]] = defaultdict(list)
    for task in Task.objects.open().select_related("unit").prefetch_related("milestones").order_by("due", "id"):
        for rung in rungs_of(task, as_of):
            by_unit, by_office = rules.hears(rung.step, task.state)
            if by_unit and task.unit_id not in people:
                people[task.unit_id] = people_of([task.unit_id])
            told = (people[task.unit_id] if by_unit else set()) | (office if by_office else set())
            # With nobody posted in the unit, the office hears in its place: nothing passes unheard.
            for person in sorted(told or office if by_unit else told):
                wanted[person].append(rung)
    for rung in filter(None, map(partial(rung_of_phase, as_of=as_of), Phase.objects.waiting())):
        for person in sorted(office):
            wanted[person].append(rung)
    return wanted


def rungs_of(task: Task, as_of: date) -> Iterator[Rung]:
    """The task's own, and those of its milestones that are not reached; one on the task's last day goes without saying."""
    said = [(TASK, task.pk, task.due, f"{task.title}（{task.unit.name}）")]
    for one in task.milestones.all():
        if one.reached_on is None and one.due != task.due:
            said.append((MILESTONE, one.pk, one.due, f"节点“{one.title}”：{task.title}（{task.unit.name}）"))
    for kind, pk, due, words in said:
        late = (as_of - due).days
        step = rules.newest_step(late)
        # Whoever was handed it after the step's day has just been told of the date.
        if step is not None and task.handed_on and due + timedelta(days=step) > task.handed_on:
            yield Rung(kind, pk, due, step, late, words, reverse("task", args=[task.pk]))


def rung_of_phase(phase: Phase, as_of: date) -> Rung | None:
    due, verb = rules_phases.awaited(phase.state, phase.starts, phase.ends)
    late = (as_of - due).days
    step = rules.newest_step(late)
    if step is None:
        return None
    words = f"阶段“{phase.name}”按计划应{rules_phases.VERBS[verb]}"
    return Rung(PHASE, phase.pk, due, step, late, words, reverse("phase", args=[phase.pk]))


def digest(person: int, rungs: list[Rung]) -> Draft:
    late = sum(rung.late > 0 for rung in rungs)
    parts = [f"逾期{late}项"] * bool(late) + [f"即将到期{len(rungs) - late}项"] * (late < len(rungs))
    links = {rung.link for rung in rungs}
    link = links.pop() if len(links) == 1 else where([rung for rung in rungs if rung.late > 0] or rungs)
    body = listed(rungs, "其余{}项请打开任务清单和阶段查看。")
    return Draft(person, Channel.IN_APP, "任务提醒：" + "，".join(parts), body, link, late > 0)


def where(rungs: list[Rung]) -> str:
    """The list that holds these, narrowed to what is late where they are all of one kind."""
    kinds = {rung.kind for rung in rungs}
    if kinds == {PHASE}:
        return reverse("phase_list")
    late = {(TASK,): "?late=1", (MILESTONE,): "?late=milestone"}.get(tuple(kinds), "")
    return reverse("task_list") + (late if rungs[0].late > 0 else "")
