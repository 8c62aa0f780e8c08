"""What the pages of the plan read: the planned visits, who could go, and what making the plan anew would change."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from enterprises.models import Enterprise
from inspections import queries, rules
from inspections.models import PlannedVisit
from portal.tenancy.models import Organisation, Person, Posting, Role
from portal.tenancy.scope import who

State = PlannedVisit.State
PLANNED_SORTS = {"month": "month", "district": "district__order", "enterprise": "enterprise__name"}

LATE_MEANS = "计划日期或计划月份已过，还没有检查。"


def fortnight(month, day, *, dated: bool) -> Q:
    """Planned visits within rules.FORTNIGHT days of that day; without a day on either side, in the same month."""
    same_month = Q(month=month)
    if not dated:
        return same_month
    apart = timedelta(days=rules.FORTNIGHT)
    return Q(day__gte=day - apart, day__lte=day + apart) | Q(day=None) & same_month


def planned_visits() -> QuerySet[PlannedVisit]:
    """With `near`: another body plans the same plant within a fortnight."""
    others = (
        PlannedVisit.objects.filter(enterprise_id=OuterRef("enterprise_id"), state=State.PLANNED)
        .exclude(organisation_id=OuterRef("organisation_id"))
        .exclude(organisation_id=Coalesce(OuterRef("joint_with_id"), 0))
    )
    with_day = Exists(others.filter(fortnight(OuterRef("month"), OuterRef("day"), dated=True)))
    without = Exists(others.filter(fortnight(OuterRef("month"), None, dated=False)))
    near = Q(state=State.PLANNED) & (Q(day__isnull=False) & Q(with_day) | Q(day=None) & Q(without))
    return PlannedVisit.objects.select_related(
        "enterprise", "district", "organisation", "joint_with", "first", "second"
    ).annotate(near=Case(When(near, then=Value(True)), default=Value(False)))


def late() -> Q:
    today = timezone.localdate()
    return Q(state=State.PLANNED) & (Q(day__lt=today) | Q(day=None, month__lt=today.replace(day=1)))


def planned_or_404(pk: int) -> PlannedVisit:
    planned = planned_visits().select_related("offered_to__organisation", "visit").filter(pk=pk).first()
    if planned is None:
        raise Http404(f"planned visit {pk}")
    return planned


def others_near(planned: PlannedVisit) -> list[PlannedVisit]:
    """Visits that other bodies plan at the same plant within a fortnight."""
    if planned.state != State.PLANNED:
        return []
    found = PlannedVisit.objects.filter(
        fortnight(planned.month, planned.day, dated=planned.day is not None),
        enterprise_id=planned.enterprise_id,
        state=State.PLANNED,
    ).exclude(organisation_id__in=[planned.organisation_id, planned.joint_with_id or 0])
    return list(found.select_related("organisation", "first", "second").order_by("month", "id"))


@dataclass(frozen=True)
class Inspector:
    """Somebody who could go, with the visits they have been given: in the month, and in all that are still to make."""

    person: Person
    body: Organisation
    this_month: int
    to_make: int

    @property
    def label(self) -> str:
        return f"{self.person.name}（{self.body.name}，本月{self.this_month}次，待检查共{self.to_make}次）"


def inspectors_of(bodies: list[int], month: date) -> list[Inspector]:
    """Today's certified inspectors of the bodies, the least burdened first. Two statements."""
    postings = queries.certified_postings().filter(organisation_id__in=bodies)
    by_person = {one.person_id: one for one in postings.select_related("person", "organisation")}
    given = PlannedVisit.objects.filter(state=State.PLANNED).filter(
        Q(first_id__in=by_person) | Q(second_id__in=by_person)
    )
    here, everywhere = Counter[int](), Counter[int]()
    for first, second, when in given.values_list("first_id", "second_id", "month"):
        for person in (first, second):
            everywhere[person] += 1
            here[person] += when == month
    people = [
        Inspector(one.person, one.organisation, here[key], everywhere[key])
        for key, one in by_person.items()
        if one.organisation is not None
    ]
    return sorted(people, key=lambda one: (one.this_month, one.to_make, one.person.name, one.person.pk))


@dataclass(frozen=True)
class Month:
    """A month of the strip above the list."""

    first: date
    planned: int
    done: int
    late: int
    unassigned: int


def months_of(year: int, planned: QuerySet[PlannedVisit]) -> list[Month]:
    counted = (
        planned.exclude(state=State.CANCELLED)
        .order_by()
        .values_list("month")
        .annotate(
            n=Count("id"),
            done=Count("id", filter=Q(state=State.DONE)),
            late=Count("id", filter=late()),
            loose=Count("id", filter=Q(state=State.PLANNED, first=None)),
        )
    )
    found = {month: counts for month, *counts in counted.filter(month__year=year)}
    return [Month(date(year, n, 1), *found.get(date(year, n, 1), (0, 0, 0, 0))) for n in range(1, 13)]


@dataclass(frozen=True)
class Preview:
    """What generating a year's plan would change, before anything is."""

    year: int
    change: rules.Change
    plants: dict[int, Enterprise]
    kept: int
    months: list[tuple[date, int, int, int]]
    """Month, as it stands, added, withdrawn."""

    @property
    def added(self) -> int:
        return len(self.change.add)

    @property
    def withdrawn(self) -> int:
        return len(self.change.withdraw)


LOOSE = Q(
    state=State.PLANNED,
    origin=PlannedVisit.Origin.GRADE,
    first=None,
    day=None,
    visit=None,
    offered_to=None,
    joint_with=None,
    offers=None,
    note="",
)
"""Nobody has touched it since it was generated."""


def bodies_by_district() -> dict[int, int]:
    """Which body plans a district's visits: the one with the most inspectors now posted there."""
    counted = (
        Posting.objects.current()
        .filter(role=Role.INSPECTOR)
        .values("district_id", "organisation_id")
        .annotate(n=Count("person_id", distinct=True))
        .order_by("n", "-organisation_id")
    )
    return {row["district_id"]: row["organisation_id"] for row in counted if row["organisation_id"]}


def preview(year: int) -> Preview:
    """For every district the acting person plans for: the office for all, a district's leader for their own."""
    today = timezone.localdate()
    plants = {one.pk: one for one in queries.with_last_visit(queries.due(today))}
    loose = set(
        PlannedVisit.objects.filter(LOOSE, month__year=year, month__gte=today.replace(day=1)).values_list(
            "pk", flat=True
        )
    )
    standing: dict[int, list[rules.Standing]] = {}
    load, kept, orphans = Counter[date](), 0, []
    bodies = bodies_by_district() | ({who().district_id: who().organisation_id} if who().district_id else {})
    mine = PlannedVisit.objects.filter(month__year=year).filter(
        Q(organisation_id__in=bodies.values()) | Q(joint_with_id__in=bodies.values())
    )
    for key, plant, month, state in mine.values_list("pk", "enterprise_id", "month", "state"):
        if plant in plants:
            standing.setdefault(plant, []).append(rules.Standing(key, month, key in loose))
        elif key in loose:
            orphans.append(key)
        if state != State.CANCELLED:
            load[month] += 1
            kept += key not in loose
    seen = [
        rules.Plant(
            one.pk,
            one.grade,
            one.months,
            one.last_visit,
            one.covered and year == today.year,
            tuple(standing.get(one.pk, ())),
        )
        for one in plants.values()
        if one.district_id in bodies
    ]
    change = rules.plan_year(year, today, seen, load)
    change = rules.Change(change.add, (*change.withdraw, *orphans))
    added = Counter(month for _, month in change.add)
    gone = Counter(PlannedVisit.objects.filter(pk__in=change.withdraw).values_list("month", flat=True))
    months = [(m, load[m], added[m], gone[m]) for m in (date(year, n, 1) for n in range(1, 13))]
    return Preview(year, change, plants, kept, months)


def next_planned(plants: list[Enterprise]) -> None:
    """Give each plant `planned`, the next visit that is planned there by anybody; None where there is none."""
    found = PlannedVisit.objects.filter(enterprise__in=plants, state=State.PLANNED).order_by(
        F("month").desc(), F("id").desc()
    )
    by_plant = {one.enterprise_id: one for one in found}
    for plant in plants:
        plant.planned = by_plant.get(plant.pk)
