"""任务提醒: the unit hears 7, 3 and 1 days before, on the day, and from a week after it every week, when the office hears too.

As with self-checks, what is to be said is worked out from what has been said: a run that is missed only delays, a second
run says nothing again, and another date starts anew. One digest a person and day.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from campaign import rules_tasks as rules
from campaign.actions.tasks import offices, people_of
from campaign.models import Task
from portal.messages.actions import Draft, Heard, tell_digests
from portal.messages.models import Channel, Reminder
from portal.permissions import demand
from portal.tenancy.models import Person

SUBJECT = "task"
LINES = 10


@dataclass(frozen=True)
class Item:
    """One task at the newest step that has come."""

    task: Task
    step: int
    late: int

    @property
    def line(self) -> str:
        when = f"已逾期{self.late}天" if self.late > 0 else f"还有{-self.late}天到期" if self.late else "今天到期"
        return f"{when}　{self.task.title}（{self.task.unit.name}）"

    @property
    def link(self) -> str:
        return reverse("task", args=[self.task.pk])

    def said_as(self, person: int) -> tuple[int, str, int, int]:
        return self.task.pk, self.task.due.isoformat(), self.step, person


def remind(as_of: date | None = None) -> int:
    """One digest a person and day by each of the city's channels; returns how many people were told. City scope only."""
    demand("tasks.remind")
    as_of = as_of or timezone.localdate()
    items = due_to_be_said(as_of)
    told = unsaid(items)
    if not told:
        return 0
    people = Person.objects.filter(pk__in=told).order_by("pk")
    heard = [Heard(digest(one.pk, told[one.pk]), bool(one.email), bool(one.phone)) for one in people]
    # Whoever has had today's digest (another run may have been quicker) is told the rest in tomorrow's.
    posted = tell_digests(f"tasks:{as_of}", heard)
    now = timezone.now()
    Reminder.objects.bulk_create(
        [
            Reminder(
                subject_kind=SUBJECT,
                subject_id=item.task.pk,
                subject_round=item.task.due.isoformat(),
                step=item.step,
                person_id=person,
                channel=channel,
                line=item.line[:300],
                link=item.link,
                due_on=item.task.due + timedelta(days=item.step),
                sent_at=now,
                message_id=message,
            )
            for (person, channel), message in posted.items()
            for item in told[person]
        ],
        ignore_conflicts=True,
    )
    return len({person for person, _ in posted})


def due_to_be_said(as_of: date) -> list[Item]:
    items = []
    for task in Task.objects.open().select_related("unit").order_by("due", "id"):
        late = (as_of - task.due).days
        step = rules.newest_step(late)
        # Whoever was handed it after the step's day has just been told of the date.
        if step is not None and task.handed_on and task.due + timedelta(days=step) > task.handed_on:
            items.append(Item(task, step, late))
    return items


def unsaid(items: list[Item]) -> dict[int, list[Item]]:
    """Person → what they have not been told yet."""
    said = set(
        Reminder.objects.filter(subject_kind=SUBJECT, subject_id__in={item.task.pk for item in items}).values_list(
            "subject_id", "subject_round", "step", "person_id"
        )
    )
    office = offices()
    units = {unit: people_of([unit]) for unit in {item.task.unit_id for item in items}}
    told: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        by_unit, by_office = rules.hears(item.step, item.task.state)
        people = (units[item.task.unit_id] if by_unit else set()) | (office if by_office else set())
        # With nobody posted in the unit, the office hears in its place: nothing passes unheard.
        for person in sorted(people or office if by_unit else people):
            if item.said_as(person) not in said:
                told[person].append(item)
    return told


def digest(person: int, items: list[Item]) -> Draft:
    late = sum(item.late > 0 for item in items)
    parts = [f"逾期{late}项"] * bool(late) + [f"即将到期{len(items) - late}项"] * (late < len(items))
    lines = [f"· {item.line}" for item in items[:LINES]]
    if len(items) > LINES:
        lines.append(f"其余{len(items) - LINES}项请打开任务清单查看。")
    link = items[0].link if len(items) == 1 else reverse("task_list") + ("?late=1" if late else "")
    return Draft(person, Channel.IN_APP, "任务提醒：" + "，".join(parts), "\n".join(lines), link, late > 0)
