"""Legal days: 自然日 and 工作日 with the State Council's 调休, and deadlines that explain themselves. Pure.

The day a period starts on is not counted (民法典第201条); a month ends on the same day of the month, or on its last day
where there is none (第202条); a period of natural days or months that ends on a day off ends on the first working day
after it (第203条); 以内 includes the last day (第1259条). A year whose calendar is not published is counted by weekends and
by the holidays that the law itself dates, and the deadline says so.
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
# (month, day) of 元旦, 劳动节 and 国庆节: off in every year (全国年节及纪念日放假办法, 国务院令第795号), whatever 调休 adds.
DATED_BY_LAW = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}


@dataclass(frozen=True)
class Override:
    """A day the library does not know or has wrong: a working day or a day off, and who says so.

    `whole_year`: the arrangement it comes from is the whole one of its year, so the year counts as published.
    """

    working: bool
    source: str
    name: str = ""
    whole_year: bool = False


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
    """The date in Asia/Shanghai, wherever the clock that is read stands. Raises ValueError for a time without its zone."""
    now = now or datetime.now(UTC)
    if now.tzinfo is None:
        raise ValueError("a time without its zone is no moment")
    return now.astimezone(SHANGHAI).date()


def is_working_day(day: date, overrides: Overrides | None = None) -> bool:
    if overrides and day in overrides:
        return overrides[day].working
    if day.year in PUBLISHED:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5 and (day.month, day.day) not in DATED_BY_LAW


def next_working_day(day: date, overrides: Overrides | None = None) -> date:
    """The day itself if it is a working day, else the first one after it."""
    while not is_working_day(day, overrides):
        day += timedelta(days=1)
    return day


def add_working_days(start: date, length: int, overrides: Overrides | None = None) -> date:
    day = start
    while length > 0:
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
    counted = f"{length}日（自然日，当日不计入）" if unit == NATURAL else f"{length}个{unit}（当日不计入）"
    return Deadline(
        start,
        length,
        unit,
        rule,
        EDITION,
        due,
        explain(f"自{start.isoformat()}起{counted}", start, raw, due, unit, overrides),
        provisional=bool(unpublished(start, due, overrides)),
    )


def fixed_deadline(start: date, due: date, rule: str, overrides: Overrides | None = None) -> Deadline:
    """A deadline the authority set to a day; it stands as set, even on a day off. Raises ValueError if before start."""
    if due < start:
        raise ValueError("期限不能早于起算日。")
    days = (due - start).days
    rest = "" if is_working_day(due, overrides) else "，该日为休息日"
    sentence = f"由执法机关指定为{due.isoformat()}（自{start.isoformat()}起第{days}日{rest}）"
    return Deadline(start, days, FIXED, rule, EDITION, due, sentence)


def explain(opening: str, start: date, raw: date, due: date, unit: str, overrides: Overrides | None) -> str:
    parts = [opening]
    if due != raw:
        name = holiday_name(raw, overrides)
        parts.append(f"届满日{raw.isoformat()}{f'逢{name}' if name else '为休息日'}，顺延")
    elif unit == WORKING and (names := holidays_between(start, due, overrides)):
        parts.append(f"遇{'、'.join(names)}调休")
    sentence = "，".join([*parts, f"至{due.isoformat()}"])
    if years := unpublished(start, due, overrides):
        sentence += f"（{'、'.join(map(str, years))}年放假安排尚未公布，暂按周末和固定节日计算，公布后请核对）"
    if used := decisive(start if unit == WORKING else raw - timedelta(days=1), due, overrides):
        sentence += f"（另按{'、'.join(used)}）"
    return sentence


def decisive(after: date, until: date, overrides: Overrides | None) -> list[str]:
    """The sources of the overrides inside that say something else than the library would."""
    inside = {day: override for day, override in (overrides or {}).items() if after < day <= until}
    return sorted({one.source for day, one in inside.items() if one.working != is_working_day(day)})


def unpublished(start: date, due: date, overrides: Overrides | None = None) -> list[int]:
    complete = {day.year for day, override in (overrides or {}).items() if override.whole_year}
    return [year for year in range(start.year, due.year + 1) if year not in PUBLISHED and year not in complete]


def holiday_name(day: date, overrides: Overrides | None = None) -> str:
    """The holiday a day off or a make-up working day belongs to; blank for ordinary days."""
    if overrides and day in overrides:
        return overrides[day].name
    english = holidays.get(day) or workdays.get(day)
    return Holiday(english).chinese if english else ""


def holidays_between(start: date, due: date, overrides: Overrides | None = None) -> list[str]:
    """The holidays whose days off or make-up working days fall inside, in order, each once."""
    days = (start + timedelta(days=n) for n in range(1, (due - start).days + 1))
    return list(dict.fromkeys(name for day in days if (name := holiday_name(day, overrides))))
