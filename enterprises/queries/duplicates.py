"""疑似重复, as their pages read them: pairs the last search found, and what one enterprise resembles at this moment."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Prefetch, Q, When
from django.http import Http404

from enterprises import merging
from enterprises.models import DuplicateSearch, Enterprise, Merger, NotTheSame, PossibleDuplicate
from enterprises.rules.likeness import PROPOSED, Entry, Likeness, likeness
from enterprises.rules.merging import FACTS, carried
from portal.tenancy.actions import short_name
from portal.tenancy.models import District, Tenant
from portal.tenancy.scope import current_tenant_id, who

COMPARED = (
    "pk", "name", "address", "principal_phone", "safety_officer_phone", "licence_no", "longitude", "latitude", "coordinates_in",
)  # fmt: skip
MOST_ALIKE = 5
MOST_LOOKED_AT = 200


# What a list says beside the kept one's name.
MERGED = Prefetch("mergers", Merger.objects.filter(undone_at=None).order_by("id"), to_attr="took_over")


def pairs():
    return PossibleDuplicate.objects.open().select_related("first__district", "second__district")


def last_search() -> DuplicateSearch | None:
    return DuplicateSearch.objects.first()


@dataclass(frozen=True)
class Line:
    """One fact of two entries side by side, and what it will be."""

    label: str
    gone: str
    kept: str
    after: str
    differs: bool


@dataclass(frozen=True)
class Comparison:
    """Two entries as the page of a merger shows them."""

    gone: Enterprise
    kept: Enterprise
    likeness: Likeness
    lines: list[Line]
    rows: list[tuple[str, int, int]]
    questions: list[str]

    @property
    def differing(self) -> list[Line]:
        return [line for line in self.lines if line.differs]

    @property
    def same(self) -> list[Line]:
        return [line for line in self.lines if not line.differs and line.kept]


SHOWN = (
    "code", "name", "district", "sector", "kind", "address", "longitude", "latitude", "licence_no", "licence_until", "grade",
    "major_level", "judged_level", "suspended_since", "employees", "population_500m", "principal", "principal_phone",
    "safety_officer", "safety_officer_phone", "remark",
)  # fmt: skip


def comparison(gone_id: int, kept_id: int) -> Comparison:
    both = {one.pk: one for one in Enterprise.objects.select_related("district").filter(pk__in=(gone_id, kept_id))}
    if len(both) < 2:
        raise Http404(f"enterprises {gone_id}, {kept_id}")
    gone, kept = both[gone_id], both[kept_id]
    new = carried({name: getattr(kept, name) for name in FACTS}, {name: getattr(gone, name) for name in FACTS})
    names = places()
    return Comparison(
        gone,
        kept,
        likeness(*(entry_of(tuple(getattr(one, name) for name in COMPARED), names) for one in (gone, kept))),
        [line(name, gone, kept, new) for name in SHOWN],
        counted(gone, kept),
        [sentence for question in merging.before_merging for sentence in question(gone, kept)],
    )


def line(name: str, gone: Enterprise, kept: Enterprise, new: dict[str, Any]) -> Line:
    field = Enterprise._meta.get_field(name)
    words = dict(field.flatchoices) if field.choices else {}

    def said(value: Any) -> str:
        return "" if value is None else str(words.get(value, value))

    one, other = getattr(gone, name), getattr(kept, name)
    label = District._meta.verbose_name if name == "district" else field.verbose_name
    return Line(str(label), said(one), said(other), said(new.get(name, other)), said(one) != said(other))


def counted(gone: Enterprise, kept: Enterprise) -> list[tuple[str, int, int]]:
    """How many records of each kind would go along, and how many the kept one has."""
    counts = []
    for moving in merging.counted():
        rows = moving.model.objects.filter(moving.where, enterprise__in=(gone, kept)).order_by()
        n = dict(rows.values_list("enterprise").annotate(n=Count("pk")))
        if n:
            counts.append((str(moving.model._meta.verbose_name), n.get(gone.pk, 0), n.get(kept.pk, 0)))
    return counts


def mergers_of(enterprise: Enterprise) -> list[Merger]:
    return list(Merger.objects.filter(enterprise=enterprise, undone_at=None))


def merged_entry(pk: int) -> Enterprise | None:
    """An entry that was merged into another, with what stays its own, in the district and line it stood in by then."""
    entries = Enterprise.everyone.select_related("merged_into").prefetch_related("gradedecisions")
    entry = entries.filter(pk=pk, merged_into__isnull=False).first()
    if entry is not None:
        was = Merger.objects.filter(gone=entry, undone_at=None).values_list("moved__was", flat=True).get()
        entry.district_id, entry.sector = was["district_id"], was["sector"]
    return entry


def places() -> tuple[str, ...]:
    """The names of the city and its districts, long and short, longest first."""
    city = who().tenant_name or Tenant.objects.get(pk=current_tenant_id()).name  # a task knows a number only
    names = [city, *District.objects.values_list("name", flat=True)]
    both = {one for name in names for one in (name, short_name(name))}
    return tuple(sorted((one for one in both if len(one) > 1), key=len, reverse=True))


def entry_of(row: tuple, names: tuple[str, ...]) -> Entry:
    """A row of COMPARED as the rule takes it."""
    _, name, address, principal, officer, licence, longitude, latitude, system = row
    return Entry(name, address, (principal, officer), licence, longitude, latitude, system, names)


@dataclass(frozen=True)
class Alike:
    enterprise: Enterprise
    likeness: Likeness


def alike(enterprise: Enterprise) -> list[Alike]:
    """What it may be a second entry of, the likeliest first: looked for at this moment, so that a new entry shows at once.

    One statement over the names and the indexless facts: some 0.1 s at 100,000 enterprises, asked for the office alone.
    """
    names = places()
    one = entry_of(tuple(getattr(enterprise, name) for name in COMPARED), names)
    phones = [phone for phone in one.phones if phone]
    near = Q(name__contains=one.core)
    if phones:
        near |= Q(principal_phone__in=phones) | Q(safety_officer_phone__in=phones)
    for name in ("licence_no", "address"):
        if value := getattr(enterprise, name):
            near |= Q(**{name: value})
    seen = NotTheSame.objects.filter(Q(first=enterprise.pk) | Q(second=enterprise.pk))
    told_apart = [seen.values("first"), seen.values("second")]
    others = Enterprise.objects.filter(near).exclude(pk=enterprise.pk)
    for ids in told_apart:
        others = others.exclude(pk__in=ids)
    # Of a telephone that hundreds share, those of its name are looked at before the others.
    named_first = Case(When(name__contains=one.core, then=0), default=1, output_field=IntegerField())
    found = [
        Alike(other, likeness(one, entry_of(tuple(getattr(other, name) for name in COMPARED), names)))
        for other in others.select_related("district").order_by(named_first, "pk")[:MOST_LOOKED_AT]
    ]
    likely = [one for one in found if one.likeness.score >= PROPOSED]
    return sorted(likely, key=lambda one: -one.likeness.score)[:MOST_ALIKE]


def merged_codes() -> dict[str, str]:
    """The codes whose entry was merged into another: code → the other's name and code."""
    merged = Enterprise.everyone.filter(merged_into__isnull=False).select_related("merged_into")
    return {one.code: f"{one.merged_into.name}（{one.merged_into.code}）" for one in merged}
