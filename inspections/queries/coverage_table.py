"""检查覆盖率 as a table: districts down, grades across, sums at both ends. Two statements."""

from dataclasses import dataclass
from datetime import date

from enterprises.models import Grade
from inspections import queries
from portal.tenancy.models import District

GRADES = (Grade.D, Grade.C, Grade.B, Grade.A)


@dataclass(frozen=True)
class Cell:
    """Due and visited; the link's own parameters lead to the same enterprises in visit_due."""

    district: int | None
    grade: str
    due: int
    visited: int

    @property
    def lacking(self) -> int:
        return self.due - self.visited

    @property
    def rate(self) -> str:
        return f"{100 * self.visited / self.due:.1f}" if self.due else "—"

    @property
    def query(self) -> str:
        return f"?district={self.district or ''}&grade={self.grade}&covered="

    @property
    def label(self) -> str:
        return Grade(self.grade).label if self.grade else "合计"


@dataclass(frozen=True)
class Row:
    name: str
    cells: list[Cell]


def coverage_table(on: date, months: dict[str, int] | None = None) -> list[Row]:
    """A district without a plant that is due has no row; the last row is their sum."""
    counts = {(one.district_id, one.grade): one for one in queries.coverage(on, months)}

    def cell(district: int | None, grade: str) -> Cell:
        some = [one for (d, g), one in counts.items() if district in (None, d) and grade in ("", g)]
        return Cell(district, grade, sum(one.due for one in some), sum(one.visited for one in some))

    def row(name: str, district: int | None) -> Row:
        return Row(name, [cell(district, grade) for grade in (*GRADES, "")])

    here = {district for district, _ in counts}
    rows = [row(one.name, one.pk) for one in District.objects.all() if one.pk in here]
    return [*rows, row("合计", None)] if len(rows) > 1 else rows
