"""The verdict on every row: an enterprise to import, an enterprise to send back with a reason, or no enterprise at all."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from . import catalog, normalise, uscc
from .columns import LIST_FIELDS, Mapping, label
from .normalise import Districts, Reading, as_written, fold, tidy
from .read import Sheet, Workbook

# As many signs as enterprises.models keeps.
LIMITS = {"name": 120, "address": 200, "licence_no": 60, "principal": 40, "safety_officer": 40, "remark": 300}
SUBSTANCE_LIMIT = 80


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
    """no_name | bad_code | bad_district | dup"""
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


def judge(
    workbook: Workbook, mapping: Mapping, districts: Iterable[str], *, today: date | None = None, city: str = ""
) -> Judgement:
    """Judge every row below the header. Without `today` no licence is called expired; `city` allows 江州市江南区 for 江南区.

    A row's reason is the first of no_name, bad_code, bad_district, dup. Of rows with one code the first acceptable one stays.
    """
    sheet = workbook[mapping.sheet]
    judgement = Judgement()
    reader = _Reader(sheet, mapping, Districts.of(districts, city), today)
    first_with: dict[str, LedgerRow] = {}
    named: dict[str, LedgerRow] = {}
    for rows in _enterprises(sheet, mapping, judgement.ignored):
        verdict = reader.read(rows)
        if isinstance(verdict, LedgerRow) and verdict.code in first_with:
            first = first_with[verdict.code]
            verdict = Rejection(
                verdict.excel_row,
                "dup",
                f"与第{first.excel_row}行（{first.name}）的统一社会信用代码 {verdict.code} 重复，只导入第{first.excel_row}行。"
                "请核对两行，保留一行或更正代码。",
                "code",
                verdict.code,
                verdict.source,
            )
        if isinstance(verdict, Rejection):
            judgement.rejected.append(verdict)
            continue
        if same := named.get(verdict.name):
            doubt = Doubt(verdict.excel_row, "name", verdict.name, f"与第{same.excel_row}行同名而代码不同，请核对。")
            verdict = replace(verdict, doubts=(*verdict.doubts, doubt))
        named.setdefault(verdict.name, verdict)
        first_with[verdict.code] = verdict
        judgement.accepted.append(verdict)
    return judgement


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


# ---- which rows make an enterprise

TOTAL = re.compile(r".{0,15}(合计|小计|总计|共计|累计|汇总)(数|[:：]?\(?(共|约)?[\d.,]*[家户个条]?\)?)?[:：]?")
FOOTER = re.compile(
    r"(填表|填报|制表|审核|审批|复核|经办|报送|统计|联系|单位)(人|单位|日期|时间|负责人|领导|电话)?(\(.*?\))?[:：].*"
    r"|(备注|附注|注|说明|填表说明|填报说明|提示|示例|例)\d?[:：].*|注\d?[、.].*|第\d+页.*|共\d+页.*"
)
SECTION = re.compile(
    r"(\(?[一二三四五六七八九十]+\)?[、.]|第[一二三四五六七八九十]+[章节部]).*|.{2,15}[(（:：]?(共|计)?\d+[家户]\)?"
)


def _enterprises(sheet: Sheet, mapping: Mapping, ignored: list[Ignored]) -> Iterator[list[int]]:
    """The rows of each enterprise, 0-based: merged together, or with only further substances and processes below the first."""
    columns = mapping.columns
    lists = [c for name, c in columns.items() if name.partition(".")[0] in (*LIST_FIELDS, "processes")]
    identity = [columns[name] for name in ("name", "code") if name in columns]
    serial = columns.get("serial", -1)
    weak = {serial, columns.get("remark", -1), *lists, *(c for c in range(sheet.width) if c not in columns.values())}
    firm = [c for c in columns.values() if c not in weak]
    titles = [fold(header.rpartition("/")[2]) for header in mapping.headers]
    current: list[int] = []

    def has(row: int, column: int) -> bool:
        return not normalise.says_nothing(fold(sheet.own(row, column)))

    def is_further(row: int) -> bool:
        """Does the row go on with the enterprise above?"""
        blank = [c for c in identity if not has(row, c)]
        if len(blank) == len(identity):
            joined = any(sheet.joined_above(row, c) for c in identity)
            if joined or (serial >= 0 and sheet.joined_above(row, serial)):
                return True
            return any(has(row, c) for c in lists) and not any(has(row, c) for c in (*firm, serial) if c >= 0)
        # Nothing merged: the whole line repeated for each substance.
        top = current[0]
        return (
            any(has(row, c) for c in lists)
            and all(fold(sheet.own(row, c)) in ("", fold(sheet.shown(top, c))) for c in (*firm, serial) if c >= 0)
            and all(fold(sheet.own(row, c)) == fold(sheet.own(top, c)) for c in identity)
            and all(any(fold(sheet.own(row, c)) != fold(sheet.own(r, c)) for c in lists) for r in current)
        )

    for row in range(mapping.header_row, len(sheet.rows)):
        cells = [(column, shown) for column in range(len(sheet.rows[row])) if (shown := fold(sheet.own(row, column)))]
        if current and is_further(row):
            current.append(row)
            continue
        if not cells:
            continue
        why = _no_enterprise(cells, identity, columns, firm, titles)
        if why:
            ignored.append(Ignored(row + 1, tidy(sheet.own(row, cells[0][0])), why))
            continue
        if current:
            yield current
        current = [row]
    if current:
        yield current


def _no_enterprise(
    cells: Sequence[tuple[int, str]],
    identity: Sequence[int],
    columns: dict[str, int],
    firm: Sequence[int],
    titles: Sequence[str],
) -> str:
    """Why a row that starts nothing is no enterprise; "" when it is one."""
    if sum(c < len(titles) and text == titles[c] for c, text in cells) >= max(2, len(cells) * 0.6):
        return "重复的表头"
    if len(cells) >= 3 and all(re.fullmatch(r"\(?\d{1,3}\)?", text) for _, text in cells):
        numbers = [int(text.strip("()")) for _, text in cells]
        if numbers == list(range(numbers[0], numbers[0] + len(cells))):
            return "列号"
    code = dict(cells).get(columns.get("code", -1), "")
    if uscc.is_valid(normalise.code(code)):
        return ""
    leading = {cells[0][1], dict(cells).get(columns.get("name", -1), "")}
    if any(TOTAL.fullmatch(text) for text in leading):
        return "合计行"
    if any(FOOTER.fullmatch(text) for text in leading):
        return "填表说明或落款"
    facts = [c for c, text in cells if c in firm and not normalise.says_nothing(text)]
    if not any(c in identity for c in facts) and len(facts) < 2:
        return "没有企业信息"
    if len(cells) == 1 and SECTION.fullmatch(cells[0][1]):
        return "小标题"
    return ""


# ---- reading one enterprise


class _Reader:
    def __init__(self, sheet: Sheet, mapping: Mapping, districts: Districts, today: date | None) -> None:
        self.sheet, self.mapping, self.columns = sheet, mapping, mapping.columns
        self.districts, self.today = districts, today
        self.find_district = cache(districts.find)
        self.sets = sorted({name.partition(".")[2] for name in self.columns if name.partition(".")[0] in LIST_FIELDS})
        self.listed_only = {
            name: "重点监管" in mapping.headers[self.columns[name]]
            for name in ("chemicals", "processes")
            if name in self.columns
        }

    def read(self, rows: list[int]) -> LedgerRow | Rejection:
        """The enterprise in these rows, or why it cannot be imported (no_name, bad_code, bad_district)."""
        self.rows = rows
        self.doubts: list[Doubt] = []
        self.denied: set[str] = set()
        excel_row = rows[0] + 1
        fault = None
        name = self.text("name")
        code, code_fault = self.code()
        district = self.district()
        if not name:
            fault = ("no_name", "name", "没有填写企业名称。请补填后再导入。")
        elif code_fault:
            fault = ("bad_code", "code", f"{code_fault}。请对照营业执照更正后再导入。")
        elif district is None:
            written = tidy(self.raw("district")) if "district" in self.columns else ""
            problem = f"“{written}”不是本市的区县或功能区" if written else "没有填写所属县区"
            fault = (
                "bad_district",
                "district",
                f"{problem}（应为{'、'.join(self.districts.names)}之一）。请更正后再导入。",
            )
        if fault:
            reason, where, sentence = fault
            value = as_written(self.raw(where)) if where in self.columns else ""
            return Rejection(excel_row, reason, sentence, where, value, self.source())
        chemicals = self.chemicals()
        longitude, latitude = self.place()
        principal, principal_phone = self.person("principal")
        officer, officer_phone = self.person("safety_officer")
        row = LedgerRow(
            excel_row=excel_row,
            name=name,
            code=code,
            district=district or "",
            address=self.text("address"),
            longitude=longitude,
            latitude=latitude,
            sector=self.one("sector", normalise.sector),
            kind=self.one("kind", normalise.kind),
            licence_no=self.text("licence_no"),
            licence_until=self.one("licence_until", normalise.until),
            processes=self.processes(),
            chemicals=chemicals,
            major_level=self.one("major_level", normalise.major_level),
            grade=self.one("grade", normalise.grade),
            employees=self.one("employees", normalise.count),
            principal=principal,
            principal_phone=principal_phone,
            safety_officer=officer,
            safety_officer_phone=officer_phone,
            remark=self.text("remark"),
            source=self.source(),
        )
        self.look_over(row)
        return replace(row, denied=frozenset(self.denied), doubts=tuple(self.doubts))

    def raw(self, name: str) -> normalise.Value:
        """The field's cell: what shows in the first row, or the first of the further rows that says something."""
        column = self.columns.get(name)
        if column is None:
            return None
        first = self.sheet.shown(self.rows[0], column)
        if not normalise.says_nothing(fold(first)):
            return first
        further = (
            value for row in self.rows[1:] if not normalise.says_nothing(fold(value := self.sheet.own(row, column)))
        )
        return next(further, first)

    def doubt(self, name: str, value: normalise.Value, sentence: str) -> None:
        self.doubts.append(Doubt(self.rows[0] + 1, name, as_written(value), sentence))

    def take(self, name: str, value: normalise.Value, reading: Reading[Any]) -> Any:
        if reading.doubt:
            self.doubt(name, value, f"{label(name)}“{tidy(value)}”{reading.doubt}。")
        if reading.denied:
            self.denied.add(name)
        return reading.value

    def one(self, name: str, reader: Any) -> Any:
        if name not in self.columns:
            return None
        value = self.raw(name)
        return self.take(name, value, reader(value))

    def text(self, name: str) -> str:
        value = self.raw(name)
        return self.take(name, value, normalise.text(value, LIMITS[name])) or ""

    def code(self) -> tuple[str, str]:
        value = self.raw("code")
        if isinstance(value, int | float) and abs(value) >= 10**15:
            # A double keeps 15 digits: the last ones of an all-digit code are already lost in the file.
            return "", f"统一社会信用代码被存成了数字 {value:.0f}，末几位已丢失，请把该列设为文本后重新填写"
        code = normalise.code(value)
        fault = uscc.fault(code)
        return code, f"{fault}（所填为“{tidy(value)}”）" if fault and code else fault

    def district(self) -> str | None:
        if "district" in self.columns:
            return self.find_district(self.raw("district"))
        found = self.districts.inside(self.raw("address"))
        if found:
            self.doubt("district", self.raw("address"), f"表中没有所属县区一列，按地址取为“{found}”，请核对。")
        return found

    def person(self, name: str) -> tuple[str, str]:
        value = self.raw(name)
        reading, inside = normalise.person(value)
        number = self.one(f"{name}_phone", normalise.phone)
        return self.take(name, value, reading) or "", number or inside

    def place(self) -> tuple[Decimal | None, Decimal | None]:
        """Longitude and latitude, from two columns or one; exchanged when they can only have been mixed up."""
        raw_x, raw_y = self.raw("longitude"), self.raw("latitude")
        if (
            "longitude" not in self.columns
            and (both := re.split(r"[,，;；、/\s]+", tidy(self.raw("coordinates"))))
            and len(both) == 2
        ):
            raw_x, raw_y = both
        x, y = normalise.degrees(raw_x, 73, 136), normalise.degrees(raw_y, 3, 54)
        if x.value is None and y.value is None and x.doubt and y.doubt:
            turned_x, turned_y = normalise.degrees(raw_y, 73, 136), normalise.degrees(raw_x, 3, 54)
            if turned_x.value is not None and turned_y.value is not None:
                self.doubt("longitude", raw_x, "经度与纬度填反了，已对调。")
                return turned_x.value, turned_y.value
        return self.take("longitude", raw_x, x), self.take("latitude", raw_y, y)

    def processes(self) -> tuple[Process, ...]:
        if "processes" not in self.columns:
            return ()
        found: dict[str, Process] = {}
        for row in self.rows:
            cell = self.sheet.own(row, self.columns["processes"])
            if fold(cell) in normalise.NONE_WORDS:
                self.denied.add("processes")
                continue
            for item in normalise.several(cell):
                words = item.split()
                for name in words if len(words) > 1 and all(map(catalog.process, words)) else [item]:
                    entry = catalog.process(name)
                    if entry is None and self.listed_only["processes"]:
                        self.doubt("processes", name, f"“{name}”不在18种重点监管危险化工工艺之内，按所写保留。")
                    name = self.cut("processes", name)
                    found.setdefault(fold(name), Process(name, entry and entry.seq))
        return tuple(found.values())

    def chemicals(self) -> tuple[Chemical, ...]:
        found: dict[str, Chemical] = {}
        for row in self.rows:
            for number in self.sets:
                for chemical in self.line(row, number):
                    key = fold(chemical.name)
                    if key in found:
                        known = found[key].quantity, chemical.quantity
                        total = (
                            sum((q for q in known if q is not None), Decimal(0))
                            if any(q is not None for q in known)
                            else None
                        )
                        self.doubt("chemicals", chemical.name, f"“{chemical.name}”写了不止一次，存量已相加。")
                        chemical = replace(found[key], quantity=total)
                    found[key] = chemical
        return tuple(found.values())

    def line(self, row: int, number: str) -> list[Chemical]:
        """The substances in one row: usually one name and one quantity; or several of each, pairwise; or 液氯(12t)、液氨(3t)."""
        cells = {}
        for name in LIST_FIELDS:
            column = self.columns.get(f"{name}.{number}" if number else name)
            cells[name] = None if column is None else self.sheet.own(row, column)
        cell, amount, cas = cells["chemicals"], cells["quantity"], as_written(cells["cas"])
        if fold(cell) in normalise.NONE_WORDS:
            self.denied.add("chemicals")
            return []
        names = (
            [tidy(cell)]
            if catalog.chemical(tidy(cell), cas) and "\n" not in as_written(cell)
            else normalise.several(cell)
        )
        if not names:
            if not normalise.says_nothing(fold(amount)) and fold(amount) not in normalise.NONE_WORDS:
                self.doubt("quantity", amount, f"第{row + 1}行有存量“{tidy(amount)}”而没有化学品名称，没有取值。")
            return []
        amounts = [amount] if len(names) == 1 else list(normalise.several(amount))
        if amounts and len(amounts) != len(names):
            self.doubt("quantity", amount, f"{len(names)}种化学品对应{len(amounts)}个存量，没有取值。")
            amounts = []
        unit = fold(cells["unit"]) if fold(cells["unit"]) in normalise.UNITS else self.unit(number)
        found = []
        for i, name in enumerate(names):
            quantity = self.take("quantity", amounts[i], normalise.quantity(amounts[i], unit)) if amounts else None
            inside = re.fullmatch(
                rf"(.*?[^\d.,(（:：])\s*[(（:：]?\s*([\d.,]+\s*{normalise.UNIT})[)）]?", name, re.IGNORECASE
            )
            if inside and quantity is None and not catalog.chemical(name):
                name, quantity = inside[1], normalise.quantity(inside[2]).value
            entry = catalog.chemical(name, cas if len(names) == 1 else "")
            if entry is None and self.listed_only["chemicals"]:
                self.doubt("chemicals", name, f"“{name}”不在74种重点监管危险化学品之内，按所写保留。")
            found.append(Chemical(self.cut("chemicals", name), quantity, entry and entry.seq))
        return found

    def unit(self, number: str) -> str:
        column = self.columns.get(f"quantity.{number}" if number else "quantity")
        return "" if column is None else normalise.unit_in(self.mapping.headers[column])

    def cut(self, name: str, value: str) -> str:
        return self.take(name, value, normalise.text(value, SUBSTANCE_LIMIT)) or value[:SUBSTANCE_LIMIT]

    def look_over(self, row: LedgerRow) -> None:
        """What each field says is clear, but together it is odd."""
        if self.today and row.licence_until and row.licence_until < self.today:
            self.doubt("licence_until", row.licence_until, f"许可证已于{row.licence_until}到期。")
        if row.major_level and not row.chemicals and "chemicals" in self.columns:
            self.doubt("major_level", row.major_level, f"填了{row.major_level}重大危险源，却没有任何危险化学品。")

    def source(self) -> tuple[Source, ...]:
        """The rows as written; the first with what merged cells above it show, so that it stands by itself."""
        width = range(len(self.mapping.headers))
        first, *further = self.rows
        return (
            (first + 1, tuple(as_written(self.sheet.shown(first, c)) for c in width)),
            *((row + 1, tuple(as_written(self.sheet.own(row, c)) for c in width)) for row in further),
        )
