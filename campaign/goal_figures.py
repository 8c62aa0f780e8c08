"""The named figures a goal may take its present value from. Each is defined where it is counted; here it is given a name.

They are read behind the reader's wall: a district reads its own district's, a department its sectors'.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from campaign.queries import KEY, assessed, covered, share
from campaign.queries_tasks import LATE, late_tasks
from enterprises.models import Enterprise, Transformation
from hazards.queries.figures import MAJOR_OPEN, OVERDUE, RATE, Counts, Figure, hazard_counts, total
from inspections.queries import coverage
from inspections.queries.assessments import city_months
from inspections.queries.assessments import coverage as assessment_coverage


@dataclass
class Readings:
    """What the figures of one page are read from, each thing once."""

    on: date

    @cached_property
    def hazards(self) -> Counts:
        return total(hazard_counts(self.on, 1)[0].values())

    @cached_property
    def visits(self) -> float | None:
        parts = coverage(self.on)
        return share(sum(part.visited for part in parts), sum(part.due for part in parts))

    @cached_property
    def assessments(self) -> float | None:
        parts = assessment_coverage(self.on, city_months())
        return share(sum(part.assessed for part in parts), sum(part.all for part in parts))

    def finished(self, which: str) -> int:
        return Transformation.objects.filter(list=which, state=Transformation.State.DONE).count()


@dataclass(frozen=True)
class Named:
    """A figure by name, its unit, its definition with the list of its records, and how it is read."""

    label: str
    measured_in: str
    figure: Callable[[date], Figure]
    read: Callable[[Readings], int | float | None]


def listed(which: str, label: str) -> Figure:
    return Figure(
        label,
        f"提升淘汰名单中“{label[2:]}”名单上已登记完成的企业数；已移出名单的不计。",
        {"list": which, "state": Transformation.State.DONE.value},
        "transformations",
    )


FIGURES: dict[str, Named] = {
    "on_time_rate": Named(RATE.label, "%", lambda on: RATE, lambda r: r.hazards.rate),
    "overdue": Named(OVERDUE.label, "条", lambda on: OVERDUE, lambda r: r.hazards.overdue),
    "major_open": Named(MAJOR_OPEN.label, "条", lambda on: MAJOR_OPEN, lambda r: r.hazards.major_open),
    "visit_coverage": Named("检查覆盖率", "%", lambda on: covered(), lambda r: r.visits),
    "assessment_coverage": Named(
        "专家评估覆盖率",
        "%",
        lambda on: assessed(on, city_months()),
        lambda r: r.assessments,
    ),
    "key_enterprises": Named(
        KEY.label, "家", lambda on: KEY, lambda r: Enterprise.objects.exclude(key_clause="").count()
    ),
    "upgraded": Named("完成提升企业", "家", lambda on: listed("upgrade", "完成提升"), lambda r: r.finished("upgrade")),
    "phased_out": Named(
        "完成淘汰企业", "家", lambda on: listed("phase_out", "完成淘汰"), lambda r: r.finished("phase_out")
    ),
    "late_tasks": Named(LATE.label, "项", lambda on: LATE, lambda r: late_tasks(r.on)),
}
CHOICES = [("", "人工填报"), *((key, named.label) for key, named in FIGURES.items())]
