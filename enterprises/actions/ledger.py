"""Writing what a judged ledger says: create, change field by field, leave. Set-based; the same ledger twice changes nothing."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Prefetch
from django.utils import timezone

from enterprises import rules
from enterprises.actions.bulk import insert
from enterprises.actions.history import remember
from enterprises.ledger import Chemical, Comparison, LedgerRow, Process, compare
from enterprises.models import (
    OWN_TO_CHANGE,
    Coordinates,
    Enterprise,
    GradeDecision,
    Holding,
    Judged,
    Kind,
    MajorLevel,
    ProcessInUse,
    Sector,
)
from enterprises.queries.duplicates import merged_codes
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.tenancy.models import District
from portal.tenancy.scope import who

CHUNK = 500
Changes = dict[str, tuple[Any, Any]]
"""Field of the ledger → (old, new)."""
# The ledger speaks the sheet's words, the models their own values.
SECTORS = {label: value for value, label in Sector.choices}
KINDS = {label: value for value, label in Kind.choices}
MAJOR = {label: value for value, label in MajorLevel.choices}
SYSTEMS = {system.word: system for system in Coordinates}
PLAIN = (
    "name",
    "address",
    "longitude",
    "latitude",
    "licence_no",
    "licence_until",
    "employees",
    "principal",
    "principal_phone",
    "safety_officer",
    "safety_officer_phone",
    "remark",
)
NULLABLE = {"longitude", "latitude", "licence_until", "employees", "major_level"}
WRITTEN = [*PLAIN, "coordinates_in", "district", "sector", "kind", "major_level", "grade"]
SETTLED = ["has_key_chemical", "has_key_process", "key_clause", "key_reason", "near_key"]
DERIVED = [*SETTLED, "revision", "updated_at"]


def compared(rows: Iterable[LedgerRow], *, lock: bool = False) -> Iterator[Comparison]:
    """Each accepted row beside what the ledger holds now; with `lock` it stays so until this transaction ends."""
    rest = iter(rows)
    while chunk := list(islice(rest, CHUNK)):
        there = Enterprise.objects.filter(code__in=[row.code for row in chunk])
        if lock:
            there = there.select_for_update(of=("self",)).order_by("pk")
        known = {enterprise.code: in_words(enterprise) for enterprise in with_lists(there)}
        # Asked after the lock: what was merged away while it was waited for is no longer there, and not new either.
        merged = merged_codes() if len(known) < len(chunk) else {}
        yield from compare([row for row in chunk if row.code not in merged], known)


def in_words(enterprise: Enterprise) -> dict[str, Any]:
    """What the ledger holds of one enterprise, in the sheet's words."""
    return {
        **{name: getattr(enterprise, name) for name in PLAIN},
        "coordinates_in": Coordinates(enterprise.coordinates_in).word,
        "district": enterprise.district.name,
        "sector": Sector(enterprise.sector).label if enterprise.sector else None,
        "kind": Kind(enterprise.kind).label if enterprise.kind else None,
        "major_level": MajorLevel(enterprise.major_level).label if enterprise.major_level else None,
        "grade": enterprise.grade or None,
        "chemicals": held(enterprise, in_units=False),
        "processes": used(enterprise, in_units=False),
        "in_units": {
            *(chemical.name for chemical in held(enterprise, in_units=True)),
            *(process.name for process in used(enterprise, in_units=True)),
        },
    }


def with_lists(queryset):
    return queryset.select_related("district").prefetch_related(
        Prefetch("holdings", Holding.objects.order_by("id")),
        Prefetch("processinuses", ProcessInUse.objects.order_by("id")),
    )


def write_ledger(rows: Iterable[LedgerRow], file: str) -> dict[str, int]:
    """Make the ledger say what the rows say; `file` is named in grade decisions, history and audit. Counts by verdict."""
    demand("enterprises.import")
    districts = {district.name: district for district in District.objects.all()}
    counts = {"create": 0, "update": 0, "same": 0}
    source = f"台账导入 {file}"[:120]
    rest = iter(rows)
    while told := list(islice(rest, CHUNK)):
        plan_anew()
        chunk = list(compared(told, lock=True))
        create([c.row for c in chunk if c.verdict == "create"], districts, source)
        update({c.row.code: c.changes for c in chunk if c.verdict == "update"}, districts, source)
        for comparison in chunk:
            counts[comparison.verdict] += 1
    return counts


def plan_anew() -> None:
    """Forget how foreign keys were looked up so far.

    PostgreSQL keeps that plan for the whole connection. One made while a new city's tables were empty reads them from end to
    end, for every row that follows: three times as long for 20,000 enterprises.
    """
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def create(rows: list[LedgerRow], districts: dict[str, District], source: str) -> None:
    made = []
    for row in rows:
        enterprise = Enterprise(code=row.code)
        for name in WRITTEN:
            put(enterprise, name, getattr(row, name), districts)
        settle(enterprise, row.chemicals, row.processes)
        made.append(enterprise)
    insert(made)
    write_lists([(enterprise, row.chemicals, row.processes) for enterprise, row in zip(made, rows, strict=True)])
    decide([(enterprise, "") for enterprise in made if enterprise.grade], source)
    remember([enterprise.pk for enterprise in made], source)
    for enterprise in made:
        audit("enterprises.create", enterprise, {"source": source})


def update(changes: dict[str, Changes], districts: dict[str, District], source: str) -> None:
    """Carry out changes of the ledger's facts, by code, in the sheet's words: dependents, derived facts and audit follow."""
    if not changes:
        return
    changed = list(
        with_lists(Enterprise.objects.select_for_update(of=("self",)).filter(code__in=changes).order_by("pk"))
    )
    lists, regraded = [], []
    now = timezone.now()
    for enterprise in changed:
        told = changes[enterprise.code]
        if "grade" in told:
            regraded.append((enterprise, enterprise.grade))
        for name, (_, new) in told.items():
            if name in WRITTEN:
                put(enterprise, name, new, districts)
        chemicals = told["chemicals"][1] if "chemicals" in told else held(enterprise, in_units=False)
        processes = told["processes"][1] if "processes" in told else used(enterprise, in_units=False)
        settle(
            enterprise,
            [*chemicals, *held(enterprise, in_units=True)],
            [*processes, *used(enterprise, in_units=True)],
        )
        enterprise.revision, enterprise.updated_at = enterprise.revision + 1, now
        if "chemicals" in told or "processes" in told:
            lists.append((enterprise, chemicals, processes))
    # First the enterprise: its district and sector cascade to every row that repeats them. An upsert of known keys is
    # one statement of plain values; bulk_update's CASE for every cell takes a second for every hundred enterprises.
    if len(changed) == 1:
        # By hand: whoever may change an enterprise may not always add one.
        changed[0].save(update_fields=[*WRITTEN, *DERIVED])
    else:
        Enterprise.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["pk"], update_fields=[*WRITTEN, *DERIVED]
        )
    write_lists(lists)
    decide(regraded, source)
    remember([enterprise.pk for enterprise in changed], source)
    for enterprise in changed:
        audit("enterprises.update", enterprise, {"source": source, "fields": on_record(changes[enterprise.code])})


def put(enterprise: Enterprise, name: str, value, districts: dict[str, District]) -> None:
    if name == "district":
        enterprise.district = districts[value]
    elif name == "coordinates_in":
        enterprise.coordinates_in = SYSTEMS.get(value, Coordinates.WGS84)
    elif name == "major_level":
        enterprise.major_level = MAJOR.get(value)
    elif name in ("sector", "kind"):
        setattr(enterprise, name, (SECTORS | KINDS).get(value, ""))
    else:
        setattr(enterprise, name, value if value is not None or name in NULLABLE else "")


def held(enterprise: Enterprise, *, in_units: bool | None = None) -> tuple[Chemical, ...]:
    """What the site holds: all of it, what is entered unit by unit, or what only the ledger's sheet says."""
    return tuple(
        Chemical(h.substance, h.quantity_t, h.key_chemical_seq)
        for h in enterprise.holdings.all()
        if in_units is None or in_units == (h.unit_id is not None)
    )


def used(enterprise: Enterprise, *, in_units: bool | None = None) -> tuple[Process, ...]:
    return tuple(
        Process(p.name, p.key_process_seq)
        for p in enterprise.processinuses.all()
        if in_units is None or in_units == (p.unit_id is not None)
    )


def settle(enterprise: Enterprise, chemicals: Iterable[Chemical], processes: Iterable[Process]) -> None:
    """Derive what follows from the facts: 两重点一重大, whether it is key and why (rules.key_clause), what could make it so."""
    chemicals, processes = tuple(chemicals), tuple(processes)
    # One substance may stand in several units.
    key_chemicals = tuple(dict.fromkeys(chemical.name for chemical in chemicals if chemical.key_seq))
    key_processes = tuple(process.name for process in processes if process.key_seq)
    facts = rules.Facts(
        enterprise.sector,
        enterprise.kind,
        enterprise.grade,
        enterprise.licence_no,
        key_chemicals,
        key_processes,
        # A unit may be missing from those judged, so a worse level that was declared still counts.
        min((level for level in (enterprise.major_level, enterprise.judged_level) if level), default=None),
        judgement_missing=enterprise.judged == Judged.MISSING,
        nothing_recorded=not chemicals and not processes,
    )
    enterprise.has_key_chemical, enterprise.has_key_process = bool(key_chemicals), bool(key_processes)
    enterprise.key_clause, reason = rules.key_clause(facts)
    enterprise.key_reason, enterprise.near_key = reason[:300], rules.near_key(facts)[:300]


def write_lists(lists: list[tuple[Enterprise, tuple[Chemical, ...], tuple[Process, ...]]]) -> None:
    """Replace the site-wide holdings and processes of these enterprises, touching only what differs."""
    pks = [enterprise.pk for enterprise, _, _ in lists]
    holdings, processes = [], []
    for enterprise, chemicals, in_use in lists:
        own = {"enterprise": enterprise, "district_id": enterprise.district_id, "sector": enterprise.sector}
        merged = {chemical.name: chemical for chemical in chemicals}
        holdings += [
            Holding(**own, substance=c.name, quantity_t=c.quantity, key_chemical_seq=c.key_seq) for c in merged.values()
        ]
        processes += [
            ProcessInUse(**own, name=p.name, key_process_seq=p.key_seq) for p in {p.name: p for p in in_use}.values()
        ]
    for model, rows, name in ((Holding, holdings, "substance"), (ProcessInUse, processes, "name")):
        wanted = {(row.enterprise_id, getattr(row, name)) for row in rows}
        there = model.objects.filter(enterprise_id__in=pks, unit=None).values_list("pk", "enterprise_id", name)
        model.objects.filter(pk__in=[pk for pk, enterprise, text in there if (enterprise, text) not in wanted]).delete()
        values = ["quantity_t", "key_chemical_seq"] if model is Holding else ["key_process_seq"]
        where = ["unit", "substance", "state"] if model is Holding else ["name"]
        unique = ["tenant", "enterprise", *where]
        insert(rows, once=unique, update=values)


def decide(regraded: list[tuple[Enterprise, str]], source: str) -> None:
    """A grade that came with the ledger is a decision like any other: dated, with its source."""
    GradeDecision.objects.bulk_create(
        GradeDecision(
            enterprise=enterprise,
            district_id=enterprise.district_id,
            sector=enterprise.sector,
            grade=enterprise.grade,
            previous=previous,
            decided_on=timezone.localdate(),
            source=source,
            by_name=who().person_name,
        )
        for enterprise, previous in regraded
    )


def on_record(changes: Changes) -> dict[str, list]:
    """Old and new for the trail. That a telephone number changed is on it; the number is in the versions, for who may call."""
    return {
        name: ["（不显示）"] * 2 if name in OWN_TO_CHANGE else [plain(old), plain(new)]
        for name, (old, new) in changes.items()
    }


def plain(value):
    """A ledger value as JSON for the audit and the preview."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Chemical):
        return f"{value.name} {value.quantity.normalize():f}吨" if value.quantity is not None else value.name
    if isinstance(value, Process):
        return value.name
    return value if value is None or isinstance(value, str | int) else str(value)
