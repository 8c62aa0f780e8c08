"""An enterprise's facts as they stood at the end of any past day, and what each version changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min

from enterprises.models import (
    OWN_TO_CHANGE,
    Coordinates,
    Enterprise,
    EnterpriseVersion,
    Grade,
    Judged,
    KeyClause,
    Kind,
    MajorLevel,
    Mixture,
    Sector,
    UnitKind,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHOWN = 20
LEVELS = {value: label for value, label in MajorLevel.choices}
WORDS: dict[str, dict[Any, str]] = {
    "sector": dict(Sector.choices),
    "kind": dict(Kind.choices),
    "grade": dict(Grade.choices),
    "judged": dict(Judged.choices),
    "coordinates_in": dict(Coordinates.choices),
    "key_clause": dict(KeyClause.choices),
    "major_level": LEVELS,
    "judged_level": LEVELS,
}
MIXED: dict[Any, str] = {value: label for value, label in Mixture.choices if value}
LABELS: dict[str, str] = {
    name: str(Enterprise._meta.get_field(name).verbose_name)
    for name in (
        "code", "name", "district", "sector", "kind", "address", "longitude", "latitude", "coordinates_in", "population_500m",
        "licence_no", "licence_until", "major_level", "judged", "judged_level", "grade", "employees", "principal",
        "principal_phone", "safety_officer", "safety_officer_phone", "remark", "key_clause", "key_reason", "suspended_since",
        "suspended_parts", "merged_into",
    )
} | {"district": "所属县区", "chemicals": "台账所列化学品", "processes": "台账所列工艺"}  # fmt: skip


@dataclass(frozen=True)
class Change:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Step:
    """One version, and what it changed against the one before; of the first one nothing is known before."""

    version: EnterpriseVersion
    changes: list[Change]
    first: bool


def version_on(enterprise: Enterprise, day: date) -> EnterpriseVersion | None:
    """The facts as they stood at the end of `day` in Asia/Shanghai; None where nothing was kept by then."""
    morning_after = datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)
    return EnterpriseVersion.objects.filter(enterprise=enterprise, at__lt=morning_after).order_by("-id").first()


def kept_since(enterprise: Enterprise) -> datetime | None:
    return EnterpriseVersion.objects.filter(enterprise=enterprise).aggregate(first=Min("at"))["first"]


def steps_of(enterprise: Enterprise, *, calls: bool, before: int | None = None) -> tuple[list[Step], int | None]:
    """The newest versions, before one's number where given, and the number to go on from. `calls`: telephone numbers shown."""
    versions = EnterpriseVersion.objects.filter(enterprise=enterprise).order_by("-id")
    window = list((versions.filter(pk__lt=before) if before else versions)[: SHOWN + 1])
    steps = [
        Step(version, list(changes_between(older.facts, version.facts, calls=calls)) if older else [], older is None)
        for version, older in zip_longest(window, window[1:])
    ]
    more = len(window) > SHOWN
    return steps[:SHOWN], steps[SHOWN - 1].version.pk if more else None


def changes_between(old: dict[str, Any], new: dict[str, Any], *, calls: bool) -> Iterator[Change]:
    for name, label in LABELS.items():
        if old.get(name) != new.get(name):
            yield Change(label, told(name, old.get(name), calls=calls), told(name, new.get(name), calls=calls))
    yield from unit_changes(by_name(old.get("units")), by_name(new.get("units")))


def unit_changes(old: dict[str, dict], new: dict[str, dict]) -> Iterator[Change]:
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            yield Change(f"单元“{name}”", "有" if before else "", "有" if after else "")
        before, after = before or {}, after or {}
        for part, label in UNIT_PARTS.items():
            was, now = said_of_unit(part, before), said_of_unit(part, after)
            if was != now:
                yield Change(f"{name}：{label}", was, now)
        for part, described in (("holdings", holding_said), ("processes", process_said)):
            yield from listed(name, before.get(part) or [], after.get(part) or [], described)


def listed(unit: str, old: list[dict], new: list[dict], described: Callable[[dict], str]) -> Iterator[Change]:
    """Each thing of a unit by name and state: what is gone, what is new, what is otherwise."""
    before, after = ({(one["name"], one.get("state", "")): one for one in some} for some in (old, new))
    for key in [*before, *(key for key in after if key not in before)]:
        if before.get(key) != after.get(key):
            yield Change(f"{unit}：{key[0]}", *(described(one[key]) if key in one else "" for one in (before, after)))


UNIT_PARTS = {
    "kind": "类型",
    "boundary": "边界说明",
    "declared_level": "申报等级",
    "closed_on": "停用日期",
    "judged": "辨识结果",
    "level": "辨识等级",
    "s": "S",
    "r": "R",
}
UNIT_WORDS = {
    "kind": dict(UnitKind.choices),
    "judged": dict(Judged.choices),
    "declared_level": LEVELS,
    "level": LEVELS,
}


def by_name(units: list[dict] | None) -> dict[str, dict]:
    return {unit["name"]: unit for unit in units or []}


def said_of_unit(part: str, unit: dict) -> str:
    value = unit.get(part)
    return "" if value in (None, "") else str(UNIT_WORDS.get(part, {}).get(value, value))


def holding_said(one: dict) -> str:
    """Everything a judgement rests on, so that no change of it is told in the same words as before."""
    parts = (
        quantity_said(one),
        one.get("state"),
        MIXED.get(one.get("mixture")),
        f"表1序号{one['table1_seq']}" if one.get("table1_seq") else "",
        "、".join(one.get("symbols") or []),
        f"β按{one['beta_symbol']}" if one.get("beta_symbol") else "",
        f"CAS号{one['cas']}" if one.get("cas") else "",
        "重点监管" if one.get("key") else "",
    )
    return "，".join(part for part in parts if part)


def quantity_said(one: dict) -> str:
    return f"{one['quantity_t']}吨" if one.get("quantity_t") is not None else "数量未填"


def process_said(one: dict) -> str:
    return "有，重点监管" if one.get("key") else "有"


def told(name: str, value: Any, *, calls: bool) -> str:
    """One fact in words; a telephone number only to whom it may be shown."""
    if value is None or value == "" or value == []:
        return ""
    if name in OWN_TO_CHANGE and not calls:
        return "（不显示）"
    if name == "chemicals":
        return "、".join(one["name"] + (f" {one['quantity_t']}吨" if one["quantity_t"] else "") for one in value)
    if name == "processes":
        return "、".join(one["name"] for one in value)
    return str(WORDS.get(name, {}).get(value, value))


def facts_said(facts: dict[str, Any], *, calls: bool) -> list[tuple[str, str]]:
    """All facts of one version, for a page."""
    return [(label, told(name, facts.get(name), calls=calls)) for name, label in LABELS.items()]


def units_said(facts: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]], list[str]]]:
    """Each unit of one version: name, its own facts, and what it held and ran."""
    return [
        (
            unit["name"],
            [(label, said) for part, label in UNIT_PARTS.items() if (said := said_of_unit(part, unit))],
            [f"{one['name']}：{holding_said(one)}" for one in unit.get("holdings") or []]
            + [f"工艺：{one['name']}" for one in unit.get("processes") or []],
        )
        for unit in facts.get("units") or []
    ]
