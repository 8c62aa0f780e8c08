"""The city's map and the plants on it: everything drawn in WGS-84, whatever it was given in.

WGS-84, because nobody's tiles lie underneath that would ask for a shifted system, because GPS, photographs and the state's
own CGCS2000 agree with it, and because what a ledger does not label is taken for it: so least is converted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, FloatField, Q, QuerySet
from django.db.models.functions import Cast
from django.http import Http404

from enterprises.ledger.districts import Districts
from enterprises.models import CityMap, Enterprise, Grade
from enterprises.rules.boundaries import Area, Feature, features_of, in_wgs84
from enterprises.rules.coordinates import to_wgs84
from portal.permissions import may
from portal.tenancy.models import District
from portal.tenancy.scope import who

LOCATED = Q(longitude__isnull=False, latitude__isnull=False)
# What is said of a plant beside its place and grade, as the sum of these.
KEY, SUSPENDED, OUTSIDE = 1, 2, 4
FIELDS = ("id", "longitude", "latitude", "grade", "flags")


def versions() -> QuerySet[CityMap]:
    """The newest first; it is the one that counts."""
    return CityMap.objects.defer("geojson").order_by("-id")


def current_map() -> CityMap | None:
    return versions().first()


def map_or_404(pk: int) -> CityMap:
    record = versions().filter(pk=pk).first()
    if record is None:
        raise Http404(f"city map {pk}")
    return record


@dataclass(frozen=True)
class Boundaries:
    """One map in WGS-84, ready to be drawn and asked."""

    features: list[Feature]
    area: Area


def boundaries(record: CityMap) -> Boundaries:
    return kept_boundaries(record.pk, record.at)


@lru_cache(maxsize=4)
def kept_boundaries(pk: int, at: datetime) -> Boundaries:
    """A map never changes once it is stored, and its number is found behind the wall before it is asked for here."""
    record = CityMap.objects.get(pk=pk, at=at)
    features = in_wgs84(features_of(record.geojson), record.coordinates_in)
    return Boundaries(features, Area(polygon for one in features for polygon in one.polygons))


@dataclass(frozen=True)
class Match:
    """Names on a map that are no district's, and districts that no name on it means."""

    unmatched: list[str]
    missing: list[str]


def districts_meant(features: list[Feature], names: list[str]) -> dict[str, str | None]:
    """Name on the map → the name of the district it means, among these; None where it means no one of them."""
    districts = Districts.of(names, who().tenant_name)
    return {one.name: districts.find(one.name) for one in features}


def matched(features: list[Feature]) -> Match:
    names = list(District.objects.values_list("name", flat=True))
    found = districts_meant(features, names)
    meant = set(found.values())
    return Match([name for name, district in found.items() if district is None], [n for n in names if n not in meant])


def placed(enterprises: QuerySet[Enterprise], *more: str) -> Iterator[tuple]:
    """(pk, longitude and latitude in WGS-84, …) of those that have coordinates."""
    rows = (
        enterprises.filter(LOCATED)
        .order_by()
        .annotate(x=Cast("longitude", FloatField()), y=Cast("latitude", FloatField()))
        .values_list("pk", "x", "y", "coordinates_in", *more)
    )
    for pk, x, y, system, *rest in rows.iterator(chunk_size=10_000):
        yield pk, *to_wgs84(x, y, system), *rest


def points(enterprises: QuerySet[Enterprise]) -> dict[str, Any]:
    """What the map draws, a short row each: see FIELDS. Degrees to 5 places, 1 m. Two questions."""
    record = current_map()
    area = boundaries(record).area if record else None
    rows = []
    for pk, x, y, grade, key, suspended in placed(enterprises, "grade", "key_clause", "suspended_since"):
        outside = area is not None and (x, y) not in area
        flags = (KEY if key else 0) | (SUSPENDED if suspended else 0) | (OUTSIDE if outside else 0)
        rows.append((pk, round(x, 5), round(y, 5), grade, flags))
    return {"drawn_in": "wgs84", "map": record.pk if record else None, "fields": FIELDS, "points": rows}


def outside(enterprises: QuerySet[Enterprise]) -> list[int]:
    """Those whose coordinates lie outside the city's boundaries; nobody while there is no map, or for who may not see it.

    Found when asked for, not kept: a new map or a corrected coordinate then needs nothing done again. A city of 5,000
    costs some 30 ms, a province's 100,000 about a second.
    """
    record = current_map() if may("map.view") else None
    if record is None:
        return []
    area = boundaries(record).area
    return [pk for pk, x, y in placed(enterprises) if (x, y) not in area]


@dataclass
class DistrictLine:
    """One district's plants by grade, and how many of them cannot be drawn."""

    pk: int | None
    name: str
    grades: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GRADES, 0))
    unlocated: int = 0

    @property
    def total(self) -> int:
        return sum(self.grades.values())

    def add(self, grade: str, number: int, unlocated: int) -> None:
        self.grades[grade] += number
        self.unlocated += unlocated


# Worst first, as they are read; "" has not been assessed.
GRADES = [*sorted(Grade.values, reverse=True), ""]


def by_district(enterprises: QuerySet[Enterprise]) -> tuple[list[DistrictLine], DistrictLine]:
    """The table under the map, and its last line. One question."""
    lines: dict[int, DistrictLine] = {}
    whole = DistrictLine(None, "合计")
    counted = (
        enterprises.order_by("district__order", "district_id")
        .values("district_id", "district__name", "district__order", "grade")
        .annotate(number=Count("pk"), unlocated=Count("pk", filter=~LOCATED))
    )
    for row in counted:
        line = lines.setdefault(row["district_id"], DistrictLine(row["district_id"], row["district__name"]))
        for one in (line, whole):
            one.add(row["grade"], row["number"], row["unlocated"])
    return list(lines.values()), whole
