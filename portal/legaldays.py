"""Legal days: 自然日 and 工作日 with the State Council's 调休, and deadlines that explain themselves. Pure.

Counting rules: the day a period starts on is not counted; a period of natural days or months
that ends on a day off ends on the first working day after it; a month ends on the same day of the month, or on its last
day where there is none. A year whose calendar is not published is counted by weekends alone, and the deadline says so.
"""

import calendar
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from zoneinfo import ZoneInfo

import chinese_calendar
from chinese_calendar.constants import Holiday, holidays, workdays

SHANGHAI = ZoneInfo("Asia/Shanghai")
NATURAL, WORKING, MONTHS, FIXED = "自然日", "工作日", "月", "指定日期"
UNITS = (NATURAL, WORKING, MONTHS)
PUBLISHED = range(2004, max(holidays).year + 1)
EDITION = f"chinesecalendar {version('chinesecalendar')}（至{PUBLISHED[-1]}年）"
LONGEST = 3660


@dataclass(frozen=True)
class Override:
    """A day the library does not know or has wrong: a working day or a day off, and who says so."""

    working: bool
    source: str


Overrides = Mapping[date, Override]


@dataclass(frozen=True)
class Deadline:
    """A due date with everything that made it; stored as it is and never recomputed."""

    start: date
    length: int
    unit: str
    rule: str
    calendar_edition: str
    due: date
    explanation: str
    provisional: bool = False

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"start": self.start.isoformat(), "due": self.due.isoformat()}


def today(now: datetime | None = None) -> date:
    """The date in Asia/Shanghai, wherever the clock that is read stands."""
    return (now or datetime.now(UTC)).astimezone(SHANGHAI).date()


def is_published(year: int, overrides: Overrides | None = None) -> bool:
    """Whether the year's holidays are known: from the library, or because overrides for that year were entered."""
    return year in PUBLISHED or any(day.year == year for day in overrides or ())


def is_working_day(day: date, overrides: Overrides | None = None) -> bool:
    if overrides and day in overrides:
        return overrides[day].working
    if day.year in PUBLISHED:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def next_working_day(day: date, overrides: Overrides | None = None) -> date:
    """The day itself if it is a working day, else the first one after it."""
    while not is_working_day(day, overrides):
        day += timedelta(days=1)
    return day


def add_working_days(start: date, length: int, overrides: Overrides | None = None) -> date:
    day = start
    while length:
        day += timedelta(days=1)
        length -= is_working_day(day, overrides)
    return day


def add_months(start: date, length: int) -> date:
    years, month = divmod(start.month - 1 + length, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def make_deadline(start: date, length: int, unit: str, rule: str, overrides: Overrides | None = None) -> Deadline:
    """The deadline `length` 自然日, 工作日 or 月 after `start`, which is not counted.

    `rule` names the clause or the authority's decision. Raises ValueError (in Chinese) for a length or unit that cannot be.
    """
    if unit not in UNITS:
        raise ValueError(f"期限单位应为{'、'.join(UNITS)}之一。")
    if not 1 <= length <= LONGEST:
        raise ValueError(f"期限应在1至{LONGEST}之间。")
    if unit == WORKING:
        raw = due = add_working_days(start, length, overrides)
    else:
        raw = start + timedelta(days=length) if unit == NATURAL else add_months(start, length)
        due = next_working_day(raw, overrides)
    counted = f"{length}个{unit}" if unit != NATURAL else f"{length}日（自然日）"
    return Deadline(
        start,
        length,
        unit,
        rule,
        EDITION,
        due,
        explain(f"自{start.isoformat()}起{counted}（当日不计入）", start, raw, due, unit, overrides),
        provisional=bool(unpublished(start, due, overrides)),
    )


def fixed_deadline(start: date, due: date, rule: str) -> Deadline:
    """A deadline the authority set to a day; it stands as set, even on a day off. Raises ValueError if before start."""
    if due < start:
        raise ValueError("期限不能早于起算日。")
    return Deadline(
        start, (due - start).days, FIXED, rule, EDITION, due, f"由执法机关指定为{due.isoformat()}（自{start.isoformat()}起第{(due - start).days}日）"
    )


def explain(opening: str, start: date, raw: date, due: date, unit: str, overrides: Overrides | None) -> str:
    parts = [opening]
    if due != raw:
        parts.append(f"届满日{raw.isoformat()}为休息日，顺延")
    elif unit == WORKING and (names := holidays_between(start, due, overrides)):
        parts.append(f"遇{'、'.join(names)}调休")
    sentence = "，".join([*parts, f"至{due.isoformat()}"])
    if years := unpublished(start, due, overrides):
        sentence += f"（{'、'.join(map(str, years))}年放假安排尚未公布，暂按周末计算，公布后请核对）"
    if used := {overrides[day].source for day in overrides or {} if start < day <= due}:
        sentence += f"（另按{'、'.join(sorted(used))}）"
    return sentence


def unpublished(start: date, due: date, overrides: Overrides | None) -> list[int]:
    return [year for year in range(start.year, due.year + 1) if not is_published(year, overrides)]


def holidays_between(start: date, due: date, overrides: Overrides | None) -> list[str]:
    """The holidays whose days off or make-up working days fall inside, in order, each once."""
    names: dict[str, None] = {}
    day = start + timedelta(days=1)
    while day <= due:
        if english := holidays.get(day) or workdays.get(day):
            names[Holiday(english).chinese] = None
        day += timedelta(days=1)
    return list(names)
