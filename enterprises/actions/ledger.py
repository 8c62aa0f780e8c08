"""Writing what a judged ledger says: create, change field by field, leave. Set-based; the same ledger twice changes nothing."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.db.models import Prefetch
from django.utils import timezone

from enterprises import rules
from enterprises.ledger import Chemical, Comparison, LedgerRow, Process, compare
from enterprises.models import Enterprise, GradeDecision, Holding, Kind, MajorLevel, ProcessInUse, Sector
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.tenancy.models import District
from portal.tenancy.scope import who

CHUNK = 500
# The ledger speaks the sheet's words, the models their own values.
SECTORS = {label: value for value, label in Sector.choices}
KINDS = {label: value for value, label in Kind.choices}
MAJOR = {label: value for value, label in MajorLevel.choices}
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
WRITTEN = [*PLAIN, "district", "sector", "kind", "major_level", "grade"]
DERIVED = ["has_key_chemical", "has_key_process", "key_clause", "key_reason", "revision", "updated_at"]


def compared(rows: Iterable[LedgerRow]) -> Iterator[Comparison]:
    """Each accepted row beside what the ledger holds now."""
    return compare(rows, known())


def known() -> dict[str, dict]:
    """The whole ledger in the sheet's words, by code."""
    labels = {value: label for label, value in (SECTORS | KINDS).items()}
    majors = {value: label for label, value in MAJOR.items()}
    return {
        enterprise.code: {
            **{name: getattr(enterprise, name) for name in PLAIN},
            "district": enterprise.district.name,
            "sector": labels.get(enterprise.sector),
            "kind": labels.get(enterprise.kind),
            "major_level": majors.get(enterprise.major_level),
            "grade": enterprise.grade or None,
            "chemicals": tuple(
                Chemical(held.substance, held.quantity_t, held.key_chemical_seq) for held in enterprise.holdings.all()
            ),
            "processes": tuple(Process(used.name, used.key_process_seq) for used in enterprise.processinuses.all()),
        }
        for enterprise in with_lists(Enterprise.objects.all())
    }


def with_lists(queryset):
    return queryset.select_related("district").prefetch_related(
        Prefetch("holdings", Holding.objects.order_by("id")), Prefetch("processinuses", ProcessInUse.objects.order_by("id"))
    )


def write_ledger(comparisons: Iterable[Comparison], source: str, progress: Callable[[int], None] = lambda done: None) -> dict[str, int]:
    """Carry out the comparisons; `source` names the file in grade decisions and audit. Returns counts by verdict."""
    demand("enterprises.import")
    districts = {district.name: district for district in District.objects.all()}
    counts = {"create": 0, "update": 0, "same": 0}
    done, rest = 0, iter(comparisons)
    while chunk := list(islice(rest, CHUNK)):
        create([c for c in chunk if c.verdict == "create"], districts, source)
        update([c for c in chunk if c.verdict == "update"], districts, source)
        for comparison in chunk:
            counts[comparison.verdict] += 1
        done += len(chunk)
        progress(done)
    return counts


def create(comparisons: list[Comparison], districts: dict[str, District], source: str) -> None:
    made = []
    for row in (comparison.row for comparison in comparisons):
        enterprise = Enterprise(code=row.code)
        for name in WRITTEN:
            put(enterprise, name, getattr(row, name), districts)
        settle(enterprise, row.chemicals, row.processes)
        made.append(enterprise)
    Enterprise.objects.bulk_create(made)
    rows = [comparison.row for comparison in comparisons]
    write_lists([(enterprise, row.chemicals, row.processes) for enterprise, row in zip(made, rows, strict=True)])
    decide([(enterprise, "") for enterprise in made if enterprise.grade], source)
    for enterprise in made:
        audit("enterprises.create", enterprise, {"source": source})


def update(comparisons: list[Comparison], districts: dict[str, District], source: str) -> None:
    if not comparisons:
        return
    changes = {comparison.row.code: comparison.changes for comparison in comparisons}
    changed = list(with_lists(Enterprise.objects.select_for_update(of=("self",)).filter(code__in=changes)))
    lists, regraded = [], []
    now = timezone.now()
    for enterprise in changed:
        told = changes[enterprise.code]
        if "grade" in told:
            regraded.append((enterprise, enterprise.grade))
        for name, (_, new) in told.items():
            if name in WRITTEN:
                put(enterprise, name, new, districts)
        chemicals = told["chemicals"][1] if "chemicals" in told else held(enterprise)
        processes = told["processes"][1] if "processes" in told else used(enterprise)
        settle(enterprise, chemicals, processes)
        enterprise.revision, enterprise.updated_at = enterprise.revision + 1, now
        if "chemicals" in told or "processes" in told:
            lists.append((enterprise, chemicals, processes))
    # First the enterprise: its district and sector cascade to every row that repeats them.
    Enterprise.objects.bulk_update(changed, [*WRITTEN, *DERIVED])
    write_lists(lists)
    decide(regraded, source)
    for enterprise in changed:
        told = {name: [plain(old), plain(new)] for name, (old, new) in changes[enterprise.code].items()}
        audit("enterprises.update", enterprise, {"source": source, "fields": told})


def put(enterprise: Enterprise, name: str, value, districts: dict[str, District]) -> None:
    if name == "district":
        enterprise.district = districts[value]
    elif name == "major_level":
        enterprise.major_level = MAJOR.get(value)
    elif name in ("sector", "kind"):
        setattr(enterprise, name, (SECTORS | KINDS).get(value, ""))
    else:
        setattr(enterprise, name, value if value is not None or name in NULLABLE else "")


def held(enterprise: Enterprise) -> tuple[Chemical, ...]:
    return tuple(Chemical(h.substance, h.quantity_t, h.key_chemical_seq) for h in enterprise.holdings.all())


def used(enterprise: Enterprise) -> tuple[Process, ...]:
    return tuple(Process(p.name, p.key_process_seq) for p in enterprise.processinuses.all())


def settle(enterprise: Enterprise, chemicals: Iterable[Chemical], processes: Iterable[Process]) -> None:
    """Derive what follows from the facts: 两重点一重大, and whether it is key and why (rules.key_clause)."""
    key_chemicals = tuple(chemical.name for chemical in chemicals if chemical.key_seq)
    key_processes = tuple(process.name for process in processes if process.key_seq)
    facts = rules.Facts(
        enterprise.sector,
        enterprise.kind,
        enterprise.grade,
        enterprise.licence_no,
        key_chemicals,
        key_processes,
        enterprise.major_level,
    )
    enterprise.has_key_chemical, enterprise.has_key_process = bool(key_chemicals), bool(key_processes)
    enterprise.key_clause, reason = rules.key_clause(facts)
    enterprise.key_reason = reason[:300]


def write_lists(lists: list[tuple[Enterprise, tuple[Chemical, ...], tuple[Process, ...]]]) -> None:
    """Replace the holdings and processes of these enterprises, touching only what differs."""
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
        there = model.objects.filter(enterprise_id__in=pks).values_list("pk", "enterprise_id", name)
        model.objects.filter(pk__in=[pk for pk, enterprise, text in there if (enterprise, text) not in wanted]).delete()
        values = ["quantity_t", "key_chemical_seq"] if model is Holding else ["key_process_seq"]
        model.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["tenant", "enterprise", name], update_fields=values
        )


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
            source=f"台账导入 {source}"[:120],
            by_name=who().person_name,
        )
        for enterprise, previous in regraded
    )


def plain(value):
    """A ledger value as JSON for the audit and the preview."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Chemical):
        return f"{value.name} {value.quantity.normalize():f}吨" if value.quantity is not None else value.name
    if isinstance(value, Process):
        return value.name
    return value if value is None or isinstance(value, str | int) else str(value)
