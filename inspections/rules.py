"""How often a plant is visited and in which months of a year, as pure dates (handbook §7)."""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, timedelta

# 检查频次: visits a year by 风险等级 (handbook §7); a city sets its own from a day on (FrequencySetting).
PRESSED = "S"  # 停产停业整顿 or 挂牌督办, whatever the grade
VISITS_A_YEAR: dict[str, int] = {"D": 12, "C": 6, "B": 4, "A": 2, PRESSED: 12}

WORDS = {1: "每月", 2: "每两个月", 3: "每季度", 6: "每半年", 12: "每年"}
TIMES = {12 // months: word for months, word in WORDS.items()}


def frequency(city: dict[str, int] | None = None) -> dict[str, int]:
    """Months between visits by grade, the city's visits a year before the defaults. Raises ValueError where they do not divide a year."""
    visits = VISITS_A_YEAR | {grade: times for grade, times in (city or {}).items() if grade in VISITS_A_YEAR}
    for grade, times in visits.items():
        if times not in TIMES:
            raise ValueError(f"{grade}级检查频次须为每年1、2、4、6或12次，不能是{times}次")
    return {grade: 12 // times for grade, times in visits.items()}


def period_start(on: date, months: int) -> date:
    """First day of the calendar period of so many months (1, 2, 3, 6 or 12) that `on` lies in."""
    return date(on.year, (on.month - 1) // months * months + 1, 1)


def period_name(on: date, months: int) -> str:
    """The period as people say it: 11月, 11—12月, 2026年."""
    first = period_start(on, months).month
    if months == 12:
        return f"{on.year}年"
    return f"{first}月" if months == 1 else f"{first}—{first + months - 1}月"


def months_between(one: date, other: date) -> int:
    """Calendar months from one to the other; negative where the other lies before."""
    return (other.year - one.year) * 12 + other.month - one.month


def month_end(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


# Two bodies at one plant within so many days go there together or one of them another time.
FORTNIGHT = 14


@dataclass(frozen=True)
class Standing:
    """A planned visit there is already: `loose` may be withdrawn when the plan is made anew, all others stay."""

    key: int
    month: date
    loose: bool


@dataclass(frozen=True)
class Plant:
    """A plant as the plan sees it: visited every so many months, last on a day, `covered` in its present period."""

    key: int
    grade: str
    every: int
    last: date | None
    covered: bool
    standing: tuple[Standing, ...] = ()


@dataclass(frozen=True)
class Change:
    """What making the plan anew comes to: (plant, month) to add, and planned visits to withdraw."""

    add: tuple[tuple[int, date], ...]
    withdraw: tuple[int, ...]


def plan_year(year: int, today: date, plants: Iterable[Plant], load: Mapping[date, int]) -> Change:
    """One visit in each calendar period of a plant's frequency, from today's month on, evenly over the months.

    What stands already fills its period and is never moved. The worst grade and the longest unvisited choose first; of
    equally burdened months the earlier is taken, and a plant keeps its place within each period as far as it can. `load`
    is how many visits each month has already.
    """
    burden, add, withdraw = dict(load), [], []
    for plant in sorted(plants, key=lambda p: (-ord(p.grade[:1] or "@"), p.every, p.last or date.min, p.key)):
        needed = []
        for start in (date(year, month, 1) for month in range(1, 13, plant.every)):
            months = [date(year, start.month + n, 1) for n in range(plant.every)]
            there = [one for one in plant.standing if one.month in months]
            there.sort(key=lambda one: (one.loose, one.month, one.key))
            done = plant.covered and start == period_start(today, plant.every)
            withdraw += [one.key for n, one in enumerate(there) if one.loose and (n or done)]
            open_months = [month for month in months if month >= today.replace(day=1)]
            if open_months and not there and not done:
                needed.append((months, open_months))
        add += [(plant.key, month) for month in spread(needed, plant.every, burden)]
    return Change(tuple(add), tuple(withdraw))


def spread(needed: list[tuple[list[date], list[date]]], every: int, burden: MutableMapping[date, int]) -> list[date]:
    """A month for each period (all its months, those still to come): the place in the period that burdens the year least."""
    if not needed:
        return []

    def chosen(place: int) -> list[date]:
        lightest = lambda some: min(some, key=lambda month: (burden.get(month, 0), month))  # noqa: E731
        return [months[place] if months[place] in still else lightest(still) for months, still in needed]

    places = [chosen(place) for place in range(every)]
    best = min(places, key=lambda months: (sum(burden.get(month, 0) for month in months), months))
    for month in best:
        burden[month] = burden.get(month, 0) + 1
    return best


def fulfilled_by(on: date, candidates: Iterable[tuple[int, date, int, bool]]) -> int | None:
    """Which planned visit (key, month, months between visits, of the same body) a visit on a day stands for: the nearest.

    Only one less than a whole interval away, so that no visit uses up the plan of another season; of equally near ones the
    body's own, then the earlier.
    """
    near = [
        (abs(months_between(month, on)), not own, month, key)
        for key, month, every, own in candidates
        if abs(months_between(month, on)) < every
    ]
    return min(near)[-1] if near else None
