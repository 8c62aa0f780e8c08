"""What the dashboard's later panels read: hazards by the grade of their enterprise, the map, and what was a month and a year ago."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from campaign import rules_map as rules
from campaign.queries import GRADES, Dashboard, Place, kept, kept_dashboard, share
from enterprises.models import Enterprise
from enterprises.queries.city_map import boundaries, current_map, districts_meant, placed
from hazards.models import Hazard
from hazards.queries.figures import (
    EVERYTHING,
    Counts,
    Month,
    Within,
    counts_by_enterprise,
    counts_by_level,
    hazard_counts,
    month_before,
    total,
)
from portal.tenancy.models import District

# --- by grade -------------------------------------------------------------------------------------------------------


@dataclass
class GradePlace:
    """One district's hazards by the grade its enterprises have today, beside how many enterprises of each it has."""

    place: Place
    by_grade: dict[str, Counts] = field(default_factory=lambda: {grade: Counts() for grade, _ in GRADES})

    @property
    def whole(self) -> Counts:
        return total(self.by_grade.values())

    def each(self, number: int, grade: str) -> float | None:
        """So many for each 100 enterprises of this grade in this place."""
        return share(number, self.place.grades[grade])


@dataclass
class GradeBoard:
    at: datetime
    board: Dashboard
    places: list[GradePlace]
    total: GradePlace


def grade_board(on: date, within: Within = EVERYTHING) -> GradeBoard:
    board = kept_dashboard(on, within)
    places = {place.district.pk: GradePlace(place) for place in board.places if place.district}
    grades = dict(Enterprise.everyone.order_by().values_list("pk", "grade"))
    for enterprise, district, counts in counts_by_enterprise(on, within):
        by_grade = places[district].by_grade
        by_grade[grades[enterprise]] += counts
    whole = GradePlace(
        board.total,
        {grade: total(place.by_grade[grade] for place in places.values()) for grade, _ in GRADES},
    )
    return GradeBoard(timezone.now(), board, list(places.values()), whole)


def kept_grades(on: date, within: Within = EVERYTHING) -> GradeBoard:
    return kept("grades", on, within, lambda: grade_board(on, within))


# --- by level -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LevelBoard:
    at: datetime
    board: Dashboard
    levels: dict[str, Counts]


def kept_levels(on: date, within: Within = EVERYTHING) -> LevelBoard:
    return kept(
        "levels",
        on,
        within,
        lambda: LevelBoard(timezone.now(), kept_dashboard(on, within), counts_by_level(on, within)),
    )


# --- the map --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """An area of the city's map in the picture's units; `district` None where its name is none of the city's."""

    name: str
    district: int | None
    path: str
    label: tuple[int, int]


@dataclass(frozen=True)
class Drawn:
    """The picture: districts, and a path of dots for each grade."""

    at: datetime
    width: int
    height: int
    shapes: list[Shape]
    dots: dict[str, str]
    dotted: int
    unlocated: int
    """Enterprises of those asked for that have no coordinates."""
    map: int | None


DOTS: dict[str, tuple[str, dict[str, str], Callable[[date], object]]] = {
    "key": ("重点企业", {"key": "1"}, lambda on: Enterprise.objects.key()),
    "overdue": (
        "有逾期隐患的企业",
        {"hazards": "overdue"},
        lambda on: Enterprise.objects.filter(pk__in=Hazard.objects.overdue(on).order_by().values("enterprise_id")),
    ),
}
"""What the dots may be: its words, the enterprise list's filter, and the enterprises."""


def drawn(on: date, within: Within, which: str) -> Drawn:
    wanted = within.among(DOTS[which][2](on))
    found: dict[str, list[rules.Position]] = {grade: [] for grade, _ in GRADES}
    for _, x, y, grade in placed(wanted, "grade"):
        found[grade].append((x, y))
    dotted = sum(map(len, found.values()))
    record = current_map()
    features = boundaries(record).features if record else []
    bends = [place for one in features for polygon in one.polygons for place in polygon[0]]
    frame = rules.Frame.around(bends or [place for places in found.values() for place in places])
    districts = dict(District.objects.values_list("name", "pk"))
    meant = districts_meant(features, list(districts))
    shapes = [
        Shape(
            one.name,
            districts.get(meant[one.name] or ""),
            rules.outline(frame, [ring for polygon in one.polygons for ring in polygon]),
            rules.middle(frame, [polygon[0] for polygon in one.polygons]),
        )
        for one in features
        if frame
    ]
    return Drawn(
        timezone.now(),
        frame.width if frame else 0,
        frame.height if frame else 0,
        shapes,
        {grade: rules.dots(frame, places) for grade, places in found.items() if places and frame},
        dotted,
        wanted.count() - dotted,
        record.pk if record else None,
    )


def kept_map(on: date, within: Within, which: str) -> Drawn:
    return kept(f"map-{which}", on, within, lambda: drawn(on, within, which))


# --- a month and a year ago -----------------------------------------------------------------------------------------

FOUR_WEEKS, YEAR_OF_WEEKS = 4, 52


@dataclass(frozen=True)
class Span:
    first: date
    last: date


@dataclass(frozen=True)
class Trend:
    """The last full month and the last four full weeks, each with the one before and the same a year ago.

    Months for what is counted by the day it was found or closed; four weeks for what is counted by its deadline, which
    the tally keeps by the week. A year of weeks is 52, so that a Monday stands beside a Monday.
    """

    at: datetime
    board: Dashboard
    months: list[tuple[Span, Month]]
    weeks: list[tuple[Span, Counts]]


def trend(on: date, within: Within = EVERYTHING) -> Trend:
    board = kept_dashboard(on, within)
    this_month = on.replace(day=1)
    months = []
    for back in (1, 2, 13):
        first = month_before(this_month, back)
        months.append((Span(first, month_before(first, -1) - timedelta(days=1)), board.facets.months[first]))
    _, by_week = hazard_counts(on, YEAR_OF_WEEKS + FOUR_WEEKS + 1, within)
    mondays = list(by_week)
    weeks = []
    # The newest is the week that is not over yet.
    for end in (-1, -1 - FOUR_WEEKS, -1 - YEAR_OF_WEEKS):
        these = mondays[end - FOUR_WEEKS : end]
        span = Span(these[0], these[-1] + timedelta(days=6))
        weeks.append((span, total(by_week[monday] for monday in these)))
    return Trend(timezone.now(), board, months, weeks)


def kept_trend(on: date, within: Within = EVERYTHING) -> Trend:
    return kept("trend", on, within, lambda: trend(on, within))
