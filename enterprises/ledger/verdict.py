"""What judging a ledger gives: accepted enterprises, rejected ones with a reason, and rows that are none."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Doubt:
    """Something read in one of several possible ways, or not at all; the enterprise is accepted all the same."""

    excel_row: int
    field: str
    value: str
    sentence: str


@dataclass(frozen=True)
class Chemical:
    name: str
    quantity: Decimal | None
    """吨; None when the sheet does not say."""
    key_seq: int | None = None
    """Number on the list of 74, see catalog.Entry."""


@dataclass(frozen=True)
class Process:
    name: str
    key_seq: int | None = None


Source = tuple[int, tuple[str, ...]]
"""Excel row number and the row's cells as text."""


@dataclass(frozen=True)
class LedgerRow:
    """An accepted enterprise. See the package's docstring for the words and units."""

    excel_row: int
    name: str
    code: str
    district: str
    address: str = ""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    coordinates_in: str | None = None
    """WGS-84, GCJ-02 or BD-09 where the sheet says which."""
    sector: str | None = None
    kind: str | None = None
    licence_no: str = ""
    licence_until: date | None = None
    processes: tuple[Process, ...] = ()
    chemicals: tuple[Chemical, ...] = ()
    major_level: str | None = None
    grade: str | None = None
    employees: int | None = None
    principal: str = ""
    principal_phone: str = ""
    safety_officer: str = ""
    safety_officer_phone: str = ""
    remark: str = ""
    denied: frozenset[str] = frozenset()
    doubts: tuple[Doubt, ...] = ()
    source: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Rejection:
    excel_row: int
    reason: str
    """no_name | bad_code | bad_district | dup | merged"""
    sentence: str
    field: str
    value: str
    source: tuple[Source, ...]


@dataclass(frozen=True)
class Ignored:
    """A row that is no enterprise: a total, a signature line, a note, a repeated header."""

    excel_row: int
    text: str
    why: str


@dataclass(frozen=True)
class Judgement:
    accepted: list[LedgerRow] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)

    @property
    def warnings(self) -> list[Doubt]:
        return [doubt for row in self.accepted for doubt in row.doubts]


def as_truth(row: LedgerRow) -> dict[str, Any]:
    """An accepted row with the keys of a truth file, for JSON."""
    return {
        "excel_row": row.excel_row,
        "name": row.name,
        "code": row.code,
        "district": row.district,
        "sector": row.sector,
        "kind": row.kind,
        "grade": row.grade,
        "chemicals": [[c.name, None if c.quantity is None else float(c.quantity)] for c in row.chemicals],
        "processes": [p.name for p in row.processes],
        "major_level": row.major_level,
        "employees": row.employees,
        "licence_until": row.licence_until and row.licence_until.isoformat(),
    }
