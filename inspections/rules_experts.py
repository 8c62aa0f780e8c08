"""Who may assess a plant: ties that stand in the way, drawing a team by lot, and what an assessment may have missed. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hazards.rules_sample import drawn

TIE_YEARS = 3
"""A tie stands in the way until this many years after its end (the city's action plan)."""
MISSED_MONTHS = 12
SHORTEST_GROUP = 4
"""A shorter word of a group's name would be found in half of all plants."""


@dataclass(frozen=True)
class Tie:
    """One thing an expert had to do with a company; `ends` None is to this day."""

    words: str
    """How: 任职, 技术服务, 领取报酬."""
    name: str
    code: str = ""
    group: str = ""
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True)
class Plant:
    """Whom an assessment is of: also the names and codes of entries that were merged into it, and its group."""

    names: tuple[str, ...]
    codes: tuple[str, ...]
    groups: tuple[str, ...] = ()


def folded(name: str) -> str:
    """A company's name as it is compared: width, case, spaces and brackets do not tell two apart."""
    return re.sub(r"[\s()（）·]", "", unicodedata.normalize("NFKC", name)).casefold()


def years_on(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes the 28th (民法典第202条)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_on(day: date, months: int) -> date:
    """The same day so many months on, or the last day of a month that is shorter (民法典第202条)."""
    first = date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def concerns(tie: Tie, plant: Plant) -> bool:
    """Whether the tie is to this plant, to its group, or to a company of the same group."""
    if tie.code and tie.code.upper() in {code.upper() for code in plant.codes if code}:
        return True
    names, groups = {folded(n) for n in plant.names}, {folded(g) for g in plant.groups if g.strip()}
    company, group = folded(tie.name), folded(tie.group)
    if company in names | groups or (group and group in names | groups):
        return True
    of_the_plants_group = any(word in company for word in groups if len(word) >= SHORTEST_GROUP)
    plant_of_the_group = len(group) >= SHORTEST_GROUP and any(group in name for name in names)
    return of_the_plants_group or plant_of_the_group


def in_the_way(tie: Tie, starts: date) -> bool:
    """Its end lies within the years before the assessment's first day; the day they are full still counts (民法典第201条)."""
    return tie.ends is None or starts <= years_on(tie.ends, TIE_YEARS)


def conflict(ties: Iterable[Tie], plant: Plant, starts: date) -> str:
    """The sentence that names the tie; empty where none stands in the way."""
    for tie in ties:
        if concerns(tie, plant) and in_the_way(tie, starts):
            since = f"{tie.starts:%Y-%m-%d}" if tie.starts else "起始日期未填"
            until = f"{tie.ends:%Y-%m-%d}" if tie.ends else "至今"
            return (
                f"曾在“{tie.name}”{tie.words}（{since}—{until}），距评估开始不满{TIE_YEARS}年，应当回避。"
                if tie.ends
                else f"在“{tie.name}”{tie.words}（{since}—{until}），应当回避。"
            )
    return ""


def team_by_lot(seed: str, pools: Mapping[str, Iterable[int]], wanted: Mapping[str, int]) -> dict[int, str]:
    """number → speciality, in the order they were drawn; nobody twice. Raises ValueError naming the speciality that lacks.

    The specialities with the fewest people draw first, so that a person of two is not spent where others could serve.
    """
    chosen: dict[int, str] = {}
    for name in sorted(wanted, key=lambda one: (len(set(pools.get(one, ()))), one)):
        left = set(pools.get(name, ())) - set(chosen)
        if len(left) < wanted[name]:
            raise ValueError(name)
        chosen |= dict.fromkeys(drawn(seed, left, wanted[name]), name)
    return chosen


def missed_until(reported: date) -> date:
    """The last day on which a hazard found counts as possibly missed."""
    return months_on(reported, MISSED_MONTHS)
