"""The figures about hazards. Each is defined here once, in one sentence, and opens to exactly its records.

They are sums over the tally (hazards/migrations/0016_tally_facets.py), so a city with a million hazards is answered in
milliseconds; `tally_faults` proves them equal to a recount, and HazardQuerySet holds the same definitions over records.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cache
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone

from hazards import rules
from hazards.models import IS_CLOSED, IS_CLOSED_ON_TIME, IS_OPEN, SOURCES, AccidentType, Hazard, Level, is_overdue


@cache
def address(page: str) -> str:
    """A dashboard links to three lists three hundred times."""
    return reverse(page)


@dataclass(frozen=True)
class Figure:
    """A name, the sentence that defines it, and the list, filtered, that shows its records."""

    label: str
    definition: str
    query: dict[str, str]
    page: str = "hazard_list"

    def link(self, **narrower) -> str:
        """The list of exactly these records, narrowed further by the list's own filters (district, deadline_week…)."""
        query = urlencode(self.query | {name: value for name, value in narrower.items() if value is not None})
        return address(self.page) + (f"?{query}" if query else "")


OPEN = Figure(
    "未销号", "已发现、尚未销号的隐患，包括待下达、整改中、待复查和待审核销号，不含作废。", {"situation": "open"}
)
OVERDUE = Figure("逾期", "已下达、未销号、整改期限早于今日，且企业没有按期提交复查的隐患。", {"situation": "overdue"})
AWAITING = Figure("待复查", "企业已提交、尚未作出复查或审核结论的隐患，包括待审核销号。", {"situation": "awaiting"})
CLOSED = Figure("已销号", "复查通过（重大隐患另经第二人审核）的隐患。", {"situation": "closed"})
ON_TIME = Figure("按期销号", "已销号，且所通过的那次提交不晚于整改期限的隐患。", {"situation": "closed_on_time"})
MISSED = Figure(
    "到期未按期整改",
    "整改期限在这段时间内、没有按期整改的隐患：至今仍逾期的，和逾期以后才销号的。",
    {"situation": "missed"},
)
MAJOR_OPEN = Figure("重大隐患未销号", "级别为重大、尚未销号的隐患。", {"situation": "open", "level": "major"})
RATE = Figure(
    "按期整改率", "按期销号 ÷（已销号＋逾期未销号）；没有到期或销号的隐患时不计算。", {"situation": "closed_on_time"}
)
STANDING = Figure("全部隐患", "已记录、没有作废的隐患，不论是否销号。", {"situation": "standing"})
SUPERVISED = Figure("挂牌督办中", "重大隐患，已挂牌督办、尚未解除的。", {"situation": "supervised"})
EXTENDED = Figure(
    "延过期",
    "整改期限至少批准延长过一次、没有作废的隐患，不论是否销号。",
    {"situation": "standing", "extended": "true"},
)
CLOSED_IN = Figure("销号", "按销号日期计入的隐患；后来重新打开的不计。", {"situation": "closed"})
FOUND = Figure("发现隐患", "按发现日期计入的全部隐患，含后来作废的。", {"situation": ""})


@dataclass
class Counts:
    """How many hazards of each kind; adds up."""

    found: int = 0
    open: int = 0
    overdue: int = 0
    awaiting: int = 0
    closed: int = 0
    on_time: int = 0
    major_open: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def missed(self) -> int:
        """到期未按期整改: still overdue, or closed late."""
        return self.overdue + self.closed - self.on_time

    @property
    def rate_of(self) -> int:
        """What the on-time rate is a share of: everything whose deadline has been decided one way or the other."""
        return self.closed + self.overdue

    @property
    def rate(self) -> float | None:
        """按期整改率 in per cent with one decimal; None where there is nothing to take a share of."""
        return round(100 * self.on_time / self.rate_of, 1) if self.rate_of else None


def total(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


COUNTS = """
    coalesce(sum(n) FILTER (WHERE family = 'found'), 0),
    coalesce(sum(n) FILTER (WHERE status = ANY (%(open)s)), 0),
    coalesce(sum(n) FILTER (WHERE status = ANY (%(issued)s) AND (status = %(rectifying)s OR late)
                              AND period < %(on)s), 0),
    coalesce(sum(n) FILTER (WHERE status = ANY (%(awaiting)s)), 0),
    coalesce(sum(n) FILTER (WHERE status = %(closed)s), 0),
    coalesce(sum(n) FILTER (WHERE status = %(closed)s AND NOT late), 0),
    coalesce(sum(n) FILTER (WHERE status = ANY (%(open)s) AND level = 'major'), 0)"""

# In the family "found" status is blank, so only the first count sees its rows.
BY_DISTRICT_AND_WEEK = f"""
    SELECT district_id, CASE WHEN period >= %(since)s THEN (period - %(since)s) / 7 END AS week, {COUNTS}
      FROM hazards_tally WHERE family IN ('deadline', 'found') AND {{within}} GROUP BY 1, 2"""  # noqa: S608 - constants alone

BY_LEVEL = f"""
    SELECT level, {COUNTS} FROM hazards_tally
     WHERE family IN ('deadline', 'found') AND {{within}} GROUP BY 1"""  # noqa: S608 - constants alone

FACETS_WITHIN = """
    SELECT family, district_id, facet, period,
           coalesce(sum(n) FILTER (WHERE status <> 'void'), 0),
           coalesce(sum(n) FILTER (WHERE status = ANY (%(open)s)), 0),
           coalesce(sum(n) FILTER (WHERE NOT late), 0)
      FROM hazards_tally
     WHERE (family IN ('type', 'source', 'extended') OR family IN ('month', 'closed') AND period >= %(since)s)
       AND {within}
     GROUP BY 1, 2, 3, 4"""


@dataclass(frozen=True)
class Within:
    """What of a city is counted: one district, one sector, one department's sectors, or what they have in common.

    Blank, all that the reader may see.
    """

    district: int | None = None
    sector: str = ""
    department: int | None = None
    sectors: tuple[str, ...] = ()
    """Those of the department."""

    @property
    def parameters(self) -> dict[str, int | str]:
        """As the lists' filters call them."""
        asked = {"district": self.district, "sector": self.sector, "department": self.department}
        return {name: value for name, value in asked.items() if value}

    def among(self, rows: QuerySet) -> QuerySet:
        """Of rows that carry their district and sector themselves."""
        wanted = {
            "district": {"district_id": self.district},
            "sector": {"sector": self.sector},
            "department": {"sector__in": self.sectors},
        }
        for name in self.parameters:
            rows = rows.filter(**wanted[name])
        return rows

    def condition(self) -> tuple[str, dict]:
        """Over the tally."""
        wanted: dict[str, tuple[str, object]] = {
            "district": ("district_id = %(only_district)s", self.district),
            "sector": ("sector = %(only_sector)s", self.sector),
            "department": ("sector = ANY (%(only_department)s)", list(self.sectors)),
        }
        parts = [wanted[name] for name in self.parameters]
        values = {f"only_{name}": wanted[name][1] for name in self.parameters}
        return " AND ".join(sql for sql, _ in parts) or "true", values


EVERYTHING = Within()


def counted_by(on: date) -> dict:
    """What COUNTS asks for."""
    return {
        "open": list(rules.OPEN),
        "issued": list(rules.ISSUED_OPEN),
        "awaiting": [rules.SUBMITTED, rules.CONFIRMING],
        "rectifying": rules.RECTIFYING,
        "closed": rules.CLOSED,
        "on": on,
    }


def counts_by_level(on: date, within: Within = EVERYTHING) -> dict[str, Counts]:
    """Counts of each level, the worst first."""
    found = {level: Counts() for level in reversed(Level.values)}
    condition, values = within.condition()
    with connection.cursor() as cursor:
        cursor.execute(BY_LEVEL.format(within=condition), values | counted_by(on))
        for level, *numbers in cursor.fetchall():
            found[level] += Counts(*numbers)
    return found


def hazard_counts(
    on: date | None = None, weeks: int = 12, within: Within = EVERYTHING
) -> tuple[dict[int, Counts], dict[date, Counts]]:
    """Counts by district, and by week (its Monday) for the last `weeks` weeks, this one included.

    Not for days before this week: what was overdue then is no longer kept by the day. A week's `found` are those found
    in it; its other counts are those whose deadline lies in it.
    """
    on = on or timezone.localdate()
    since = monday(on) - timedelta(weeks=weeks - 1)
    by_district: dict[int, Counts] = {}
    by_week = {since + timedelta(weeks=week): Counts() for week in range(weeks)}
    condition, values = within.condition()
    with connection.cursor() as cursor:
        cursor.execute(BY_DISTRICT_AND_WEEK.format(within=condition), values | counted_by(on) | {"since": since})
        for district, week, *numbers in cursor.fetchall():
            counts = Counts(*numbers)
            by_district[district] = by_district.get(district, Counts()) + counts
            if week is not None and week < weeks:
                by_week[since + timedelta(weeks=week)] += counts
    return by_district, by_week


def counts_by_enterprise(on: date, within: Within = EVERYTHING) -> Iterator[tuple[int, int, Counts]]:
    """(enterprise, district, counts) of every enterprise that has hazards, from the records: its index holds all that is asked.

    Found, open, overdue, closed and on time; the rest stays 0.
    """
    rows = (
        within.among(Hazard.objects.order_by())
        .values_list("enterprise_id", "district_id")
        .annotate(
            found=Count("pk"),
            open=Count("pk", filter=IS_OPEN),
            overdue=Count("pk", filter=is_overdue(on)),
            closed=Count("pk", filter=IS_CLOSED),
            on_time=Count("pk", filter=IS_CLOSED_ON_TIME),
        )
    )
    for enterprise, district, found, still_open, overdue, closed, on_time in rows.iterator(chunk_size=10_000):
        yield (
            enterprise,
            district,
            Counts(found=found, open=still_open, overdue=overdue, closed=closed, on_time=on_time),
        )


@dataclass
class Facet:
    """Hazards of one kind or source: all that were not voided, and of them the open ones."""

    standing: int = 0
    open: int = 0


@dataclass
class Month:
    """What was found in a month, closed in it, and of that closed on time."""

    found: int = 0
    closed: int = 0
    on_time: int = 0

    def __add__(self, other: "Month") -> "Month":
        return Month(self.found + other.found, self.closed + other.closed, self.on_time + other.on_time)


@dataclass
class Facets:
    types: dict[str, Facet]
    sources: dict[str, Facet]
    extended: dict[int, int]
    """By district."""
    months: dict[date, Month]
    """By the first of the month, the oldest first."""


def month_before(month: date, back: int = 1) -> date:
    """The first of the month so many months before."""
    count = month.year * 12 + month.month - 1 - back
    return date(count // 12, count % 12 + 1, 1)


def facet_counts(on: date | None = None, months: int = 14, within: Within = EVERYTHING) -> Facets:
    """By kind of accident, by source, by month for the last `months` months, this one included; one statement."""
    first = (on or timezone.localdate()).replace(day=1)
    by_month = {month_before(first, back): Month() for back in range(months - 1, -1, -1)}
    found = Facets({kind: Facet() for kind in AccidentType.values}, {kind: Facet() for kind in SOURCES}, {}, by_month)
    condition, values = within.condition()
    with connection.cursor() as cursor:
        cursor.execute(
            FACETS_WITHIN.format(within=condition), values | {"open": list(rules.OPEN), "since": min(by_month)}
        )
        for family, district, facet, period, standing, still_open, in_time in cursor.fetchall():
            if family in ("type", "source"):
                one = (found.types if family == "type" else found.sources).setdefault(facet, Facet())
                one.standing += standing
                one.open += still_open
            elif family == "extended":
                found.extended[district] = found.extended.get(district, 0) + standing
            elif period in by_month:
                if family == "month":
                    by_month[period].found += standing
                else:
                    by_month[period].closed += standing
                    by_month[period].on_time += in_time
    return found


# By the week where the tally may be by the week: closed, or gone by (hazards/migrations/0003_fold_tally.py).
FAULTS = """
    WITH kept AS (
        SELECT family, district_id, sector, status, level, late,
               CASE WHEN family = 'deadline' AND period < %(this_week)s THEN date_trunc('week', period)::date
                    ELSE period END AS period,
               facet, sum(n) AS n
          FROM hazards_tally GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING sum(n) <> 0
    ), counted AS (
        SELECT 'deadline' AS family, district_id, sector, status, level, late,
               CASE WHEN status = 'closed' OR deadline < %(this_week)s THEN date_trunc('week', deadline)::date
                    ELSE deadline END AS period,
               '' AS facet, count(*) AS n
          FROM hazards_hazard GROUP BY 2, 3, 4, 5, 6, 7
        UNION ALL
        SELECT 'found', district_id, sector, '', level, false, date_trunc('week', found_on)::date, '', count(*)
          FROM hazards_hazard GROUP BY 2, 3, 5, 7
        UNION ALL
        SELECT 'type', district_id, sector, status, '', false, NULL, accident_type, count(*)
          FROM hazards_hazard GROUP BY 2, 3, 4, 8
        UNION ALL
        SELECT 'source', district_id, sector, status, '', false, NULL, source_kind, count(*)
          FROM hazards_hazard GROUP BY 2, 3, 4, 8
        UNION ALL
        SELECT 'extended', district_id, sector, status, '', false, NULL, '', count(*)
          FROM hazards_hazard WHERE extensions > 0 GROUP BY 2, 3, 4
        UNION ALL
        SELECT 'month', district_id, sector, '', '', false, date_trunc('month', found_on)::date, '', count(*)
          FROM hazards_hazard GROUP BY 2, 3, 7
        UNION ALL
        SELECT 'closed', district_id, sector, '', '', late, date_trunc('month', closed_on)::date, '', count(*)
          FROM hazards_hazard WHERE status = 'closed' GROUP BY 2, 3, 6, 7
    )
    (TABLE kept EXCEPT TABLE counted) UNION ALL (TABLE counted EXCEPT TABLE kept)"""


def tally_faults() -> list[str]:
    """Every group in which the tally and a full recount differ; empty when they agree."""
    with connection.cursor() as cursor:
        cursor.execute(FAULTS, {"this_week": monday(timezone.localdate())})
        return [" ".join(map(str, row)) for row in cursor.fetchall()]
