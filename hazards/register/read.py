"""The rows of a 隐患台账: what each says was found, or why it cannot be taken."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from enterprises.ledger import Ignored, Mapping, Sheet, UnreadableWorkbook, Workbook, normalise
from enterprises.ledger.columns import BELOW
from enterprises.ledger.grouping import header_again, no_record
from enterprises.ledger.normalise import fold, tidy

from . import values
from .fields import AFTERWARDS, FACTS, HAZARDS

MOST_ROWS = 2000
LIMITS = {"description": 2000, "place": 120, "basis": 1000, "requirement": 1000}
MOST_WORDS = 4000
DITTO = re.compile(r"同上|同前|[〃″”“\"]+|(〃|″)")


Words = tuple[tuple[str, str], ...]
"""Header and text."""


@dataclass(frozen=True)
class RegisterRow:
    """One finding as the sheet has it."""

    excel_row: int
    name: str
    code: str
    district: str
    found_on: date
    description: str
    level: str
    place: str = ""
    accident_type: str = "other"
    basis: str = ""
    requirement: str = ""
    closed: bool = False
    """The sheet says that it was closed outside the portal."""
    afterwards: Words = ()
    """What the sheet says came after the finding."""
    words: Words = ()
    """All else the row says."""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    excel_row: int
    sentence: str
    name: str = ""
    description: str = ""


@dataclass
class Found:
    rows: list[RegisterRow] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)


class Fault(ValueError):
    """Why a row cannot be taken, in a sentence that says what to do."""


def read_rows(workbook: Workbook, mapping: Mapping, *, today: date) -> Found:
    """Raises UnreadableWorkbook where there are too many rows, or none."""
    sheet, found = workbook[mapping.sheet], Found()
    titles = [fold(header.rpartition(BELOW)[2]) for header in mapping.headers]
    reader = Reader(sheet, mapping, today)
    for row in range(mapping.header_row, len(sheet.rows)):
        cells = [(column, text) for column, value in enumerate(sheet.rows[row]) if (text := fold(value))]
        if not cells:
            continue
        leading = {cells[0][1], fold(reader.cell(row, "name"))}
        if why := header_again(cells, titles) or no_record(leading) or reader.says_too_little(row):
            found.ignored.append(Ignored(row + 1, tidy(sheet.own(row, cells[0][0]))[:80], why))
            continue
        if len(found.rows) + len(found.refused) == MOST_ROWS:
            raise UnreadableWorkbook(f"一次最多{MOST_ROWS}条隐患，请分成几份上传。")
        try:
            found.rows.append(reader.understood(row))
        except Fault as fault:
            said = tidy(reader.cell(row, "name"))[:120], values.lines(reader.cell(row, "description"))[:200]
            found.refused.append(Refusal(row + 1, str(fault), *said))
    if not found.rows and not found.refused:
        raise UnreadableWorkbook("表头下面没有隐患，请检查后再上传。")
    return found


class Reader:
    def __init__(self, sheet: Sheet, mapping: Mapping, today: date):
        self.sheet, self.columns, self.headers, self.today = sheet, mapping.columns, mapping.headers, today
        later = {name: [self.columns.get(name), *mapping.rivals.get(name, [])] for name in AFTERWARDS}
        taken = {self.columns[name] for name in FACTS if name in self.columns}
        # 复查日期, 复查人 and 复查结果 side by side are all of the recheck, though one is the field's own.
        self.later = {name: [c for c in found if c is not None and c not in taken] for name, found in later.items()}

    def cell(self, row: int, name: str) -> Any:
        """What a reader of the sheet sees in a field's column there: what is merged over several rows holds for each."""
        column = self.columns.get(name)
        return None if column is None else self.sheet.shown(row, column)

    def header(self, name: str) -> str:
        column = self.columns.get(name)
        return "" if column is None else self.headers[column].rpartition(BELOW)[2]

    def says_too_little(self, row: int) -> str:
        """A line of a title, or numbers alone: nothing of a plant and nothing found."""
        said = [
            name
            for name in ("name", "code", "description", "found_on")
            if not normalise.says_nothing(fold(self.cell(row, name)))
        ]
        return "" if {"name", "code", "description"} & set(said) else "没有企业和隐患内容"

    def text(self, row: int, name: str) -> str:
        found = values.lines(self.cell(row, name))
        if normalise.says_nothing(fold(found)):
            return ""
        if DITTO.fullmatch(fold(found)):
            raise Fault(f"“{HAZARDS.fields[name].label}”写的是“{found}”，请写全。")
        if len(found) > LIMITS.get(name, MOST_WORDS):
            raise Fault(f"“{HAZARDS.fields[name].label}”有{len(found)}字，最多{LIMITS[name]}字，请缩短。")
        return found

    def understood(self, row: int) -> RegisterRow:
        """Raises Fault for the first thing that cannot be used."""
        doubts = []
        name, code = " ".join(self.text(row, "name").split()), normalise.code(self.cell(row, "code"))
        if not name and not code:
            raise Fault("没有写企业名称或统一社会信用代码，请补上（不能沿用上一行）。")
        description = self.text(row, "description")
        if not description:
            raise Fault("没有写隐患内容，请补上。")
        if self.sheet.joined_above(row, self.columns["description"]):
            raise Fault("隐患内容与上一行是合并的单元格：一条隐患写一行，请拆开；上一行已按一条隐患读取。")
        found_on, doubt = self.found_on(row)
        doubts += [doubt] if doubt else []
        level = values.level(self.cell(row, "level"), self.header("level"))
        if level.value is None:
            written = tidy(self.cell(row, "level"))[:20]
            raise Fault(
                f"隐患级别写的是“{written}”，{level.doubt}，请写明。"
                if level.doubt
                else "没有写隐患级别，请写明一般或重大。"
            )
        accident = values.accident_type(self.cell(row, "accident_type"))
        doubts += (
            [f"可能事故类型“{tidy(self.cell(row, 'accident_type'))[:30]}”：{accident.doubt}。"]
            if accident.doubt
            else []
        )
        afterwards, words = self.words(row)
        return RegisterRow(
            row + 1,
            name[:120],
            code,
            tidy(self.cell(row, "district"))[:60],
            found_on,
            description,
            level.value,
            place=" ".join(self.text(row, "place").split()),
            accident_type=accident.value or "other",
            basis=self.text(row, "basis"),
            requirement=self.text(row, "requirement"),
            closed=self.closed(row),
            afterwards=afterwards,
            words=words,
            doubts=tuple(doubts),
        )

    def found_on(self, row: int) -> tuple[date, str]:
        reading, written = values.day(self.cell(row, "found_on")), tidy(self.cell(row, "found_on"))[:30]
        if reading.value is None:
            raise Fault(
                f"发现日期写的是“{written}”，{reading.doubt}。" if reading.doubt else "没有写发现日期，请补上。"
            )
        if reading.value > self.today:
            raise Fault(f"发现日期{reading.value}晚于今天，请核对。")
        if reading.value < values.OLDEST:
            raise Fault(f"发现日期{reading.value}过早，请核对。")
        return reading.value, f"发现日期“{written}”：{reading.doubt}。" if reading.doubt else ""

    def closed(self, row: int) -> bool:
        if any(values.day(self.sheet.shown(row, column)).value for column in self.later["closed_on"]):
            return True
        said = [column for name in ("closed_on", "state", "rechecked") for column in self.later[name]]
        return any(values.says_closed(self.sheet.shown(row, column), self.headers[column]) for column in said)

    def words(self, row: int) -> tuple[Words, Words]:
        """Every cell that is no fact of the hazard, under its own header: of what came afterwards, and the others."""
        facts = {self.columns[name] for name in FACTS if name in self.columns} - {self.columns.get("accident_type")}
        later = {column for found in self.later.values() for column in found}
        afterwards, others, length = [], [], 0
        for column in range(self.sheet.width):
            text = values.lines(self.sheet.shown(row, column))
            if column in facts or normalise.says_nothing(fold(text)):
                continue
            header = self.headers[column].replace(BELOW, "") if column < len(self.headers) else ""
            (afterwards if column in later else others).append((header or f"第{column + 1}列", text))
            length += len(text)
        if length > MOST_WORDS:
            raise Fault(f"这一行其他各列合计超过{MOST_WORDS}字，请缩短。")
        return tuple(afterwards), tuple(others)
