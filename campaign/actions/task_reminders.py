"""任务提醒: the unit hears 7, 3 and 1 days before, on the day, and from a week after it every week, when the office hears too."""

from collections import defaultdict
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from campaign import rules_tasks as rules
from campaign.actions.tasks import offices, people_of
from campaign.models import Task
from portal.messages.actions import Draft
from portal.messages.ladder import Rung, listed, say, unsaid
from portal.messages.models import Channel
from portal.permissions import demand

SUBJECT = "task"


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
    for task in Task.objects.open().select_related("unit").order_by("due", "id"):
        late = (as_of - task.due).days
        step = rules.newest_step(late)
        # Whoever was handed it after the step's day has just been told of the date.
        if step is None or not task.handed_on or task.due + timedelta(days=step) <= task.handed_on:
            continue
        words = f"{task.title}（{task.unit.name}）"
        rung = Rung(SUBJECT, task.pk, task.due, step, late, words, reverse("task", args=[task.pk]))
        by_unit, by_office = rules.hears(step, task.state)
        if by_unit and task.unit_id not in people:
            people[task.unit_id] = people_of([task.unit_id])
        told = (people[task.unit_id] if by_unit else set()) | (office if by_office else set())
        # With nobody posted in the unit, the office hears in its place: nothing passes unheard.
        for person in sorted(told or office if by_unit else told):
            wanted[person].append(rung)
    return wanted


def digest(person: int, rungs: list[Rung]) -> Draft:
    late = sum(rung.late > 0 for rung in rungs)
    parts = [f"逾期{late}项"] * bool(late) + [f"即将到期{len(rungs) - late}项"] * (late < len(rungs))
    link = rungs[0].link if len(rungs) == 1 else reverse("task_list") + ("?late=1" if late else "")
    body = listed(rungs, "其余{}项请打开任务清单查看。")
    return Draft(person, Channel.IN_APP, "任务提醒：" + "，".join(parts), body, link, late > 0)
