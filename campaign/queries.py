"""What the leadership sees, read from the floors below in a handful of statements however large the city is."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from campaign.models import Phase
from enterprises.models import Enterprise, Grade
from hazards.models import Hazard
from hazards.queries import figures
from hazards.queries.figures import Counts, Figure, hazard_counts, total
from inspections.queries import coverage, coverage_means
from portal.tenancy.models import District
from portal.tenancy.scope import who

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
WORST_OVERDUE = Figure(
    "逾期最久", "逾期隐患按整改期限从早到晚排列的前10条；逾期天数为今日减去整改期限。", figures.OVERDUE.query
)


def covered() -> Figure:
    """检查覆盖率, defined with this city's frequencies; its list shows those not yet visited unless told otherwise."""
    return Figure("检查覆盖率", coverage_means(), {"covered": ""}, "visit_due")


@dataclass
class Place:
    """One district's row (or their sum) in every table of the page."""

    district: District | None
    grades: dict[str, int] = field(default_factory=lambda: {grade: 0 for grade, _ in GRADES})
    key: int = 0
    due: int = 0
    visited: int = 0
    hazards: Counts = field(default_factory=Counts)

    @property
    def name(self) -> str:
        return self.district.name if self.district else "合计"

    @property
    def enterprises(self) -> int:
        return sum(self.grades.values())

    @property
    def coverage(self) -> float | None:
        return round(100 * self.visited / self.due, 1) if self.due else None

    def link(self, figure: Figure, **narrower) -> str:
        return figure.link(district=self.district.pk if self.district else None, **narrower)


@dataclass
class Dashboard:
    on: date
    covered: Figure
    places: list[Place]
    total: Place
    weeks: dict[date, Counts]
    worst: list[Hazard]
    phases: list[Phase]


def dashboard(on: date) -> Dashboard:
    """Everything the page shows, as of `on`, behind the reader's wall."""
    own = who().district_id if who().scope == "district" else None
    places = {district.pk: Place(district) for district in District.objects.all() if own is None or district.pk == own}
    groups = Enterprise.objects.values("district_id", "grade").annotate(
        n=Count("id"), key=Count("id", filter=~Q(key_clause=""))
    )
    for group in groups.order_by():
        place = places[group["district_id"]]
        place.grades[group["grade"]] += group["n"]
        place.key += group["key"]
    for part in coverage(on):
        places[part.district_id].due += part.due
        places[part.district_id].visited += part.visited
    by_district, by_week = hazard_counts(on, WEEKS)
    for district, counts in by_district.items():
        places[district].hazards = counts
    return Dashboard(
        on=on,
        covered=covered(),
        places=list(places.values()),
        total=sum_of(list(places.values())),
        weeks=by_week,
        worst=list(
            Hazard.objects.overdue(on).select_related("enterprise", "district").order_by("deadline", "id")[:WORST]
        ),
        phases=list(Phase.objects.all()),
    )


def sum_of(places: list[Place]) -> Place:
    return Place(
        None,
        grades={grade: sum(place.grades[grade] for place in places) for grade, _ in GRADES},
        key=sum(place.key for place in places),
        due=sum(place.due for place in places),
        visited=sum(place.visited for place in places),
        hazards=total(place.hazards for place in places),
    )
