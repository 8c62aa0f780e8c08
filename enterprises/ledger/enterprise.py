"""One enterprise, read from the rows it stands in."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from . import catalog, normalise, uscc
from .columns import Mapping, over
from .districts import Districts
from .fields import LIST_FIELDS, label
from .normalise import Reading, T, as_written, fold, tidy
from .read import Sheet, Value
from .verdict import Chemical, Doubt, LedgerRow, Process, Rejection, Source

# As many signs as enterprises.models keeps.
LIMITS = {"name": 120, "address": 200, "licence_no": 60, "principal": 40, "safety_officer": 40, "remark": 300}
SUBSTANCE_LIMIT = 80


class EnterpriseReader:
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
        self.headed_in = self.system_in_header()

    def system_in_header(self) -> str | None:
        """The one coordinate system named over the coordinates: 经度（GCJ02）, 坐标（百度）, 高德经纬度."""
        columns = [self.columns[name] for name in ("longitude", "latitude", "coordinates") if name in self.columns]
        texts = [text for column in columns for text in over(self.sheet, self.mapping, column)]
        named = {system for text in texts if (system := normalise.system(text).value)}
        return named.pop() if len(named) == 1 else None

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
        system = self.one("coordinates_in", normalise.system) or self.headed_in
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
            coordinates_in=system if longitude is not None and latitude is not None else None,
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

    def raw(self, name: str) -> Value:
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

    def doubt(self, name: str, value: Value, sentence: str) -> None:
        self.doubts.append(Doubt(self.rows[0] + 1, name, as_written(value), sentence))

    def take(self, name: str, value: Value, reading: Reading[T]) -> T | None:
        if reading.doubt:
            self.doubt(name, value, f"{label(name)}“{tidy(value)}”{reading.doubt}。")
        if reading.denied:
            self.denied.add(name)
        return reading.value

    def one(self, name: str, reader: Callable[[Value], Reading[T]]) -> T | None:
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
                    found.setdefault(fold(name), Process(name, entry.seq if entry else None))
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
            if inside and quantity is None:
                name, quantity = inside[1], normalise.quantity(inside[2]).value
            entry = catalog.chemical(name, cas if len(names) == 1 else "")
            if entry is None and self.listed_only["chemicals"]:
                self.doubt("chemicals", name, f"“{name}”不在74种重点监管危险化学品之内，按所写保留。")
            found.append(Chemical(self.cut("chemicals", name), quantity, entry.seq if entry else None))
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
