"""What is told next, what was told, and what was dropped: of one hazard, and as lists."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection
from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from enterprises.models import Enterprise
from hazards.actions.reminders import NAMED_FOR_IT
from hazards.models import Hazard, ReminderPlan
from portal.messages.circles import CIRCLES, HEARD_BY
from portal.messages.models import Reminder

CIRCLE_NAMES = {"enterprise": "企业安全员", "district": "区县监管人员", "office": "领导小组办公室", "leader": "负责人"}
PLAN_SORTS = {"due": "due_on", "new": "-pk"}
REMINDER_SORTS = {"new": "-pk", "due": "due_on"}

HEARERS = f"""
    WITH {CIRCLES},
    plan AS (SELECT * FROM hazards_reminderplan WHERE id = ANY (%(ids)s)),
    hearer AS (
        SELECT f.id, c.person_id
          FROM plan f
         CROSS JOIN unnest(f.circles) AS t (name)
    {HEARD_BY}
         UNION
    {NAMED_FOR_IT.format(plan="plan")}
    )
    SELECT h.id, p.name FROM hearer h JOIN tenancy_person p ON p.id = h.person_id ORDER BY p.name, p.id"""  # noqa: S608


@dataclass
class Heard:
    """One person a step was told to, through which channels, and when they opened it."""

    name: str
    channels: list[str] = field(default_factory=list)
    seen_at: datetime | None = None


@dataclass
class Ladder:
    """The reminders of one hazard."""

    next: list[tuple[ReminderPlan, list[str]]]
    """With the people it would reach today: who it will be is found on its day."""
    told: list[tuple[ReminderPlan, list[Heard]]]
    dropped: list[ReminderPlan]


def ladder_of(hazard: Hazard) -> Ladder:
    plans = list(ReminderPlan.objects.filter(hazard=hazard).order_by("due_on", "pk"))
    waiting = [plan for plan in plans if plan.told_at is None and plan.cancelled_at is None]
    told = [plan for plan in plans if plan.told_at]
    people = hearers_of([plan.pk for plan in waiting], timezone.localdate()) if waiting else {}
    known = heard(hazard) if told else {}
    return Ladder(
        next=[(plan, people.get(plan.pk, [])) for plan in waiting],
        told=[(plan, [reached(plan, person, known) for person in plan.told]) for plan in reversed(told)],
        dropped=[plan for plan in plans if plan.cancelled_at],
    )


def hearers_of(plans: list[int], on: date) -> dict[int, list[str]]:
    """Who would be told if their day had come."""
    found: dict[int, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(HEARERS, {"ids": plans, "as_of": on})
        for plan, name in cursor.fetchall():
            found.setdefault(plan, []).append(name)
    return found


Told = dict[tuple[str, str, int, int], Heard]


def heard(hazard: Hazard) -> Told:
    """As far as the reader sees the messages themselves: the office all of them, everybody else their own."""
    rows = Reminder.objects.filter(
        subject_kind__in=ReminderPlan.Kind.values, subject_id=hazard.pk, sent_at__isnull=False
    ).select_related("message", "person")
    known: Told = {}
    for row in rows.order_by("channel"):
        key = (row.subject_kind, row.subject_round, row.step, row.person_id)
        one = known.setdefault(key, Heard(row.person.name))
        if row.message:
            one.channels.append(f"{row.get_channel_display()}{'' if row.message.sent_at else '（未送达）'}")
            one.seen_at = one.seen_at or row.message.seen_at
    return known


def reached(plan: ReminderPlan, person: dict, known: Told) -> Heard:
    found = known.get((plan.kind, plan.round.isoformat(), plan.step, person["person"])) or Heard(person["name"])
    if found.seen_at is None and (seen := plan.seen.get(str(person["person"]))):
        found.seen_at = parse_datetime(seen)
    return found


def circle_names(circles: Sequence[str]) -> str:
    return "、".join(name for key, name in CIRCLE_NAMES.items() if key in circles)


def plans() -> QuerySet[ReminderPlan]:
    return ReminderPlan.objects.select_related("enterprise", "district", "hazard")


STATES = {
    "waiting": "待发",
    "sent": "已发",
    "seen": "已读",
    "under_way": "正在送",
    "undelivered": "未送达",
    "dropped": "不再发送",
    "cancelled": "已取消",
}

STATE = Case(
    When(cancelled_at__isnull=False, then=Value("cancelled")),
    When(sent_at=None, then=Value("waiting")),
    When(message__seen_at__isnull=False, then=Value("seen")),
    When(message__sent_at__isnull=False, then=Value("sent")),
    When(message__dropped_at__isnull=False, then=Value("dropped")),
    When(message__fault="", then=Value("under_way")),
    default=Value("undelivered"),
    output_field=CharField(),
)


def reminders() -> QuerySet[Reminder]:
    """The rows of people about hazards, each with its state and its enterprise."""
    hazard = Hazard.objects.filter(pk=OuterRef("subject_id"))
    return (
        Reminder.objects.filter(subject_kind__in=ReminderPlan.Kind.values)
        .select_related("person", "message")
        .annotate(
            state=STATE, enterprise_name=Subquery(hazard.values("enterprise__name")[:1]), told_at=F("message__made_at")
        )
    )


def of_enterprise(queryset: QuerySet[Reminder], enterprise: Enterprise) -> QuerySet[Reminder]:
    return queryset.filter(subject_id__in=Hazard.objects.filter(enterprise=enterprise).values("pk"))
