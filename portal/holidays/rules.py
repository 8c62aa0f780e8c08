"""Reading an arrangement of days as people type it, and what a legal deadline of the catalog says of its days. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.legaldays import MONTHS, NATURAL, WORKING

LINE = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:(?:至|到|~|—+)(\d{4}-\d{1,2}-\d{1,2}))?\s*(放假|上班|调休上班)\s*(.*)")
LONGEST_RUN = 31
EARLIEST, LATEST = 2000, 2100


@dataclass(frozen=True)
class Day:
    day: date
    working: bool
    name: str


def days_of(text: str) -> list[Day]:
    """One arrangement a line: “2027-02-05至2027-02-11 放假 春节” or “2027-02-20 上班 春节”. Raises ValueError in Chinese."""
    found: dict[date, Day] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        for day in run_of(line.strip(), number):
            if day.day in found:
                raise ValueError(f"第{number}行：{day.day.isoformat()}写了两次。")
            found[day.day] = day
    if not found:
        raise ValueError("请填写日期，一行一段，如“2027-02-05至2027-02-11 放假 春节”。")
    return list(found.values())


def run_of(line: str, number: int) -> list[Day]:
    match = LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"第{number}行“{line[:30]}”读不懂。请写作“2027-02-05至2027-02-11 放假 春节”。")
    first, last, kind, name = match.groups()
    start, end = day_of(first, number), day_of(last or first, number)
    length = (end - start).days + 1
    if not 1 <= length <= LONGEST_RUN:
        raise ValueError(f"第{number}行：一段应为1至{LONGEST_RUN}天，请检查起止日期。")
    if len(name) > 20:
        raise ValueError(f"第{number}行：节日或事由请不超过20字。")
    return [Day(start + timedelta(days=n), kind != "放假", name.strip()) for n in range(length)]


def day_of(text: str, number: int) -> date:
    try:
        day = date(*map(int, text.split("-")))
    except ValueError as fault:
        raise ValueError(f"第{number}行：没有{text}这一天。") from fault
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError(f"第{number}行：{text}的年份请检查。")
    return day


@dataclass(frozen=True)
class Term:
    """A line of the catalog of legal deadlines as the counting needs it; `defined` says whether the law says which days."""

    code: str
    item: str
    basis: str
    length: int
    unit: str
    defined: bool
    confidence: str

    def counted_as(self, chosen: str = "", source: str = "") -> str:
        """The rule as a stored deadline keeps it: the clause, which days, who says so, and how sure the line is."""
        said = f"{self.basis}（{self.item}{self.length}{'个月' if self.unit == MONTHS else '日'}；法定期限目录第{self.code}条"
        if not self.defined:
            said += f"，规章未界定“日”的性质，{f'按本市确认的{chosen}（{source}）' if chosen else '默认按自然日'}"
        doubt = {"medium": "中", "low": "低"}.get(self.confidence)
        return said + (f"，条文可信度{doubt}" if doubt else "") + "）"


UNIT_OF = {
    "CALENDAR": (NATURAL, 1),
    "WORKDAY": (WORKING, 1),
    "UNDEFINED": (NATURAL, 1),
    "MONTH": (MONTHS, 1),
    "YEAR": (MONTHS, 12),
}


def term_of(row: Mapping[str, str]) -> Term | None:
    """None for what is no length of days or months from a day: hours, percentages, “每半年一次”."""
    code = row["day_type_code"]
    if code not in UNIT_OF or row["unit"] not in ("日", "日以内", "工作日", "月", "年"):
        return None
    unit, times = UNIT_OF[code]
    return Term(
        row["seq"], row["item"], row["basis"], int(row["period"]) * times, unit, code != "UNDEFINED", row["confidence"]
    )
