"""What the pages of responsible persons read: of one installation, of an enterprise, and where somebody is missing."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Least
from django.http import Http404
from django.utils import timezone

from enterprises.models import Duty, Enterprise, Judged, ResponsiblePerson, Unit
from enterprises.queries.units import unit_or_404
from portal.reference.models import Catalog, CatalogLine

DUTIES = "responsibility_duties"
MAJOR_SORTS = {"level": "worst", "name": "name", "enterprise": "enterprise__name"}


def needs_none(unit: Unit) -> str:
    """Why this unit needs no responsible persons, as the beginning of a sentence; blank where it does or might."""
    if unit.closed_on:
        return f"这个单元自{unit.closed_on:%Y-%m-%d}起停用，"
    if unit.judged == Judged.NOT_MAJOR and not unit.declared_level:
        return f"按所填在量辨识不构成重大危险源（S={unit.s.normalize():f}），企业也没有申报，"
    return ""


@dataclass
class Place:
    """One capacity of one installation: who holds it, who will, and who did."""

    duty: Duty
    people: list[ResponsiblePerson]
    """Newest first."""
    lines: list[CatalogLine]
    today: date

    @property
    def current(self) -> ResponsiblePerson | None:
        return next((one for one in self.people if one.in_office(self.today)), None)

    @property
    def coming(self) -> list[ResponsiblePerson]:
        return [one for one in self.people if one.starts > self.today]

    @property
    def past(self) -> list[ResponsiblePerson]:
        return [one for one in self.people if one.ends and one.ends < self.today]

    @property
    def last(self) -> ResponsiblePerson | None:
        """Whoever an appointment would replace."""
        return next((one for one in self.people if one.ends is None), None)


@dataclass
class Responsibility:
    """An installation with its three capacities, and the edition of the duties they are shown with."""

    unit: Unit
    places: list[Place]
    edition: Catalog | None

    @property
    def why_none(self) -> str:
        return needs_none(self.unit)

    @property
    def undecided(self) -> bool:
        """Neither judged nor declared: it may turn out to be one."""
        return not (self.unit.is_major or self.why_none)

    @property
    def lacking(self) -> list[Place]:
        return [place for place in self.places if place.current is None] if self.unit.is_major else []


def places_of(people: list[ResponsiblePerson], lines: list[CatalogLine]) -> list[Place]:
    today = timezone.localdate()
    return [
        Place(
            duty,
            [one for one in people if one.duty == duty],
            [line for line in lines if line.group == duty.label],
            today,
        )
        for duty in Duty
    ]


def duty_lines() -> list[CatalogLine]:
    """The duties of the newest edition, as it was loaded."""
    lines = CatalogLine.objects.current().filter(catalog__key=DUTIES)
    return list(lines.select_related("catalog").order_by("pk"))


def responsibility(pk: int) -> Responsibility:
    unit = unit_or_404(pk)
    lines = duty_lines()
    people = list(ResponsiblePerson.objects.filter(unit=unit).order_by("-starts", "-pk"))
    return Responsibility(unit, places_of(people, lines), lines[0].catalog if lines else None)


def with_people(units: list[Unit]) -> list[Responsibility]:
    """Of units that are shown side by side: one statement for all their people."""
    people: dict[int, list[ResponsiblePerson]] = {}
    for one in ResponsiblePerson.objects.filter(unit__in=units).order_by("-starts", "-pk"):
        people.setdefault(one.unit_id, []).append(one)
    return [Responsibility(unit, places_of(people.get(unit.pk, []), []), None) for unit in units]


def units_with_people(enterprise: Enterprise) -> list[Responsibility]:
    return with_people(list(Unit.objects.filter(enterprise=enterprise).order_by("closed_on", "id")))


def responsible_or_404(pk: int) -> ResponsiblePerson:
    person = ResponsiblePerson.objects.select_related("unit", "enterprise").filter(pk=pk).first()
    if person is None:
        raise Http404(f"responsible person {pk}")
    return person


def held(duty: str) -> Exists:
    return Exists(ResponsiblePerson.objects.current().filter(unit=OuterRef("pk"), duty=duty))


def overdue() -> Exists:
    return Exists(ResponsiblePerson.objects.unregistered().filter(unit=OuterRef("pk")))


def majors():
    """Every 重大危险源, with which of its capacities are held today, and whether a change waits to be registered."""
    return (
        Unit.objects.major()
        .select_related("enterprise", "district")
        .annotate(
            worst=Least("level", "declared_level"),
            late=overdue(),
            **{f"has_{duty}": held(duty) for duty in Duty.values},
        )
    )


COMPLETE = Q(**{f"has_{duty}": True for duty in Duty.values})


def figures() -> dict[str, int]:
    """重大危险源, those with all three 包保责任人, those that lack one, and those with a change not registered in time."""
    complete = Q(held(Duty.PRINCIPAL), held(Duty.TECHNICAL), held(Duty.OPERATIONAL))
    counted = Unit.objects.major().aggregate(
        total=Count("pk"), complete=Count("pk", filter=complete), late=Count("pk", filter=Q(overdue()))
    )
    return counted | {"lacking": counted["total"] - counted["complete"]}
