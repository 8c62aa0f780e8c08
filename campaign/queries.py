"""What the leadership sees, read from the floors below in a handful of statements however large the city is."""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q
from django.utils import timezone
from redis.exceptions import RedisError

from campaign.models import Phase
from campaign.queries_tasks import late_tasks
from enterprises.models import Enterprise, Grade, Kind, Sector
from enterprises.models.ledger import TWO_KEYS_ONE_MAJOR
from hazards import rules as hazard_rules
from hazards.models import Hazard, Suspension
from hazards.queries import figures
from hazards.queries.figures import EVERYTHING, Counts, Facets, Figure, Within, facet_counts, hazard_counts, total
from hazards.queries.repeats import SENTENCE as REPEAT_SENTENCE
from hazards.queries.repeats import repeated
from inspections.queries import assessments, city_frequency, coverage, coverage_means
from portal.messages.queries import undelivered
from portal.permissions import may
from portal.tenancy.models import District
from portal.tenancy.scope import who

logger = logging.getLogger(__name__)

WEEKS = 12
WORST = 10
UNGRADED = "none"
GRADES = [
    (Grade.D, "D级（红）"),
    (Grade.C, "C级（橙）"),
    (Grade.B, "B级（黄）"),
    (Grade.A, "A级（蓝）"),
    ("", "未评定"),
]

ENTERPRISES = Figure(
    "企业", "台账中的全部企业，按当前风险等级分级；未评定的单列，不算作任何等级。", {}, "enterprise_list"
)
KEY = Figure(
    "重点企业",
    "由台账事实推出：（一）涉及两重点一重大或评为橙、红的危险化学品生产、储存、使用企业；（二）涉及两重点一重大的化工、医药企业。",
    {"key": "1"},
    "enterprise_list",
)
TWO_KEYS = Figure(
    "涉及两重点一重大",
    "涉及重点监管危险化学品、重点监管危险化工工艺或者构成重大危险源的企业。",
    {"two": "1"},
    "enterprise_list",
)
SUSPENDED = Figure(
    "停产停业中", "已下达停产停业决定、尚未恢复的，一份决定计一项。", {"situation": "in_force"}, "suspension_list"
)
UNDELIVERED = Figure("未送达的消息", "试过而没有送达、仍在重试的短信、邮件和群消息。", {}, "undelivered")
REPEATED = Figure("屡查屡犯未销号", REPEAT_SENTENCE + "这里只计未销号的。", {"situation": "open", "repeat": "1"})
WORST_OVERDUE = Figure(
    "逾期最久", "逾期隐患按整改期限从早到晚排列的前10条；逾期天数为今日减去整改期限。", figures.OVERDUE.query
)


def assessed(on: date, months: int) -> Figure:
    """评估覆盖率, defined with this city's months; its list shows those lacking unless told otherwise."""
    return Figure("评估覆盖率", assessments.coverage_means(on, months), {"assessed": ""}, "assessment_coverage")


def covered(frequency: dict[str, int] | None = None) -> Figure:
    """检查覆盖率, defined with this city's frequencies; its list shows those not yet visited unless told otherwise."""
    return Figure("检查覆盖率", coverage_means(frequency), {"covered": ""}, "visit_due")


@dataclass
class Place:
    """One district's row (or their sum) in every table of the page."""

    district: District | None
    within: Within
    grades: dict[str, int] = field(default_factory=lambda: {grade: 0 for grade, _ in GRADES})
    key: int = 0
    kinds: dict[str, int] = field(default_factory=lambda: {kind: 0 for kind in Kind.values})
    two_keys: int = 0
    due: int = 0
    visited: int = 0
    by_grade: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Due and visited of each grade."""
    to_assess: int = 0
    assessed: int = 0
    extended: int = 0
    hazards: Counts = field(default_factory=Counts)

    @property
    def name(self) -> str:
        return self.district.name if self.district else "合计"

    @property
    def enterprises(self) -> int:
        return sum(self.grades.values())

    @property
    def coverage(self) -> float | None:
        return share(self.visited, self.due)

    @property
    def assessment(self) -> float | None:
        return share(self.assessed, self.to_assess)

    def each(self, number: int) -> float | None:
        """So many for each 100 enterprises of the place: what districts of unlike size may be compared by."""
        return share(number, self.enterprises)

    def grade_coverage(self, grade: str) -> float | None:
        due, visited = self.by_grade.get(grade, (0, 0))
        return share(visited, due)

    def link(self, figure: Figure, **narrower) -> str:
        """The figure's list, narrowed as this row is."""
        own = {"district": self.district.pk} if self.district else {}
        return figure.link(**self.within.parameters | own | narrower)


def share(part: int, whole: int) -> float | None:
    """In per cent with one decimal; None where there is nothing to take a share of."""
    return round(100 * part / whole, 1) if whole else None


@dataclass
class Dashboard:
    on: date
    at: datetime
    """The moment it was counted."""
    within: Within
    covered: Figure
    assessed: Figure
    districts: list[District]
    """All of the city, whatever the page is narrowed to."""
    places: list[Place]
    total: Place
    weeks: dict[date, Counts]
    facets: Facets
    supervised: int
    suspended: int
    late_tasks: int | None
    """None where the page is narrowed to a district or sector: a task belongs to a unit."""
    worst: list[Hazard]
    oldest: Hazard | None
    """Of the open ones the one found first."""
    phases: list[Phase]

    @property
    def sector_name(self) -> str:
        return Sector(self.within.sector).label if self.within.sector else ""


def dashboard(on: date, within: Within = EVERYTHING) -> Dashboard:
    """Everything the page shows, as of `on`, behind the reader's wall."""
    own = who().district_id if who().scope == "district" else within.district
    districts = list(District.objects.all())
    places = {district.pk: Place(district, within) for district in districts if own is None or district.pk == own}
    groups = (
        within.among(Enterprise.objects.all())
        .values("district_id", "grade", "kind")
        .annotate(n=Count("id"), key=Count("id", filter=~Q(key_clause="")), two=Count("id", filter=TWO_KEYS_ONE_MAJOR))
    )
    for group in groups.order_by():
        place = places[group["district_id"]]
        place.grades[group["grade"]] += group["n"]
        place.kinds[group["kind"]] += group["n"]
        place.key += group["key"]
        place.two_keys += group["two"]
    frequency = city_frequency(on)
    for part in coverage(on, frequency, within):
        place = places[part.district_id]
        place.due += part.due
        place.visited += part.visited
        place.by_grade[part.grade] = part.due, part.visited
    months = assessments.city_months()
    for row in assessments.coverage(on, months, within):
        places[row.district_id].to_assess, places[row.district_id].assessed = row.all, row.assessed
    by_district, by_week = hazard_counts(on, WEEKS, within)
    for district, counts in by_district.items():
        places[district].hazards = counts
    facets = facet_counts(on, within=within)
    for district, count in facets.extended.items():
        places[district].extended = count
    hazards = within.among(Hazard.objects.select_related("enterprise", "district"))
    return Dashboard(
        on=on,
        at=timezone.now(),
        within=within,
        covered=covered(frequency),
        assessed=assessed(on, months),
        districts=districts,
        places=list(places.values()),
        total=sum_of(list(places.values()), within),
        weeks=by_week,
        facets=facets,
        supervised=hazards.filter(supervised_since__isnull=False).order_by().count(),
        suspended=within.among(Suspension.objects.filter(lifted_on=None)).count(),
        late_tasks=late_tasks(on, within.department) if set(within.parameters) <= {"department"} else None,
        worst=list(hazards.overdue(on).order_by("deadline", "id")[:WORST]),
        oldest=hazards.open().order_by("found_on", "id").first(),
        phases=list(Phase.objects.all()),
    )


def sum_of(places: list[Place], within: Within) -> Place:
    grades = {grade for place in places for grade in place.by_grade}
    return Place(
        None,
        within,
        grades={grade: sum(place.grades[grade] for place in places) for grade, _ in GRADES},
        kinds={kind: sum(place.kinds[kind] for place in places) for kind in Kind.values},
        key=sum(place.key for place in places),
        two_keys=sum(place.two_keys for place in places),
        due=sum(place.due for place in places),
        visited=sum(place.visited for place in places),
        by_grade={
            grade: tuple(sum(place.by_grade.get(grade, (0, 0))[n] for place in places) for n in (0, 1))
            for grade in grades
        },
        to_assess=sum(place.to_assess for place in places),
        assessed=sum(place.assessed for place in places),
        extended=sum(place.extended for place in places),
        hazards=total(place.hazards for place in places),
    )


Counted = TypeVar("Counted")


def kept(what: str, on: date, within: Within, count: Callable[[], Counted]) -> Counted:
    """What was counted no more than settings.DASHBOARD_SECONDS ago for whoever sees the same.

    Two hundred screens on a wall then cost one count each quarter of a minute. Kept under everything the wall's policies
    read, so nobody is shown what was counted behind another's.
    """
    seconds = settings.DASHBOARD_SECONDS
    if not seconds:
        return count()
    seen = {name: value for name, value in who().settings().items() if name not in ("portal.person", "portal.code")}
    words = json.dumps([str(on), sorted(within.parameters.items()), sorted(seen.items())])
    key = f"{what}:{hashlib.sha256(words.encode()).hexdigest()}"
    # The figures are in PostgreSQL; without Redis they are only slower.
    found = None
    try:
        found = cache.get(key)
        if found is None:
            found = count()
            cache.set(key, found, seconds)
    except RedisError:
        logger.warning("dashboard: Redis did not answer")
    return count() if found is None else found


def kept_dashboard(on: date, within: Within = EVERYTHING) -> Dashboard:
    """The dashboard; it says when it was counted."""
    return kept("dashboard", on, within, lambda: dashboard(on, within))


def repeated_open(on: date, within: Within = EVERYTHING) -> int:
    """屡查屡犯未销号: asked for by itself after the page stands, because each open hazard's past is looked up."""
    count = repeated(within.among(Hazard.objects.open())).order_by().count
    return kept("repeated", on, within, count)


def waiting_messages() -> int | None:
    """How many could not be delivered, for who may know."""
    return undelivered().order_by().count() if may("messages.undelivered") else None


@dataclass
class EnterpriseBoard:
    """The figures of one enterprise, from its records: a plant has hundreds, not a million."""

    enterprise: Enterprise
    on: date
    counts: Counts
    supervised: int
    extended: int
    repeated: int
    types: dict[str, tuple[int, int]]
    """Kind of accident → those not voided, and of them the open ones."""


def enterprise_board(enterprise: Enterprise, on: date) -> EnterpriseBoard:
    own = Hazard.objects.filter(enterprise=enterprise).order_by()
    counts = Counts(
        found=own.count(),
        open=own.open().count(),
        overdue=own.overdue(on).count(),
        awaiting=own.awaiting_recheck().count(),
        closed=own.closed().count(),
        on_time=own.closed_on_time().count(),
        major_open=own.open().filter(level="major").count(),
    )
    standing = own.exclude(status=hazard_rules.VOID)
    still_open = Count("id", filter=Q(status__in=hazard_rules.OPEN))
    types = standing.values_list("accident_type").annotate(n=Count("id"), open=still_open)
    return EnterpriseBoard(
        enterprise,
        on,
        counts,
        supervised=own.filter(supervised_since__isnull=False).count(),
        extended=standing.filter(extensions__gt=0).count(),
        repeated=repeated(own.open()).count(),
        types={kind: (n, still) for kind, n, still in types},
    )
