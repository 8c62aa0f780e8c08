"""安全风险评估诊断分级: the 100-point sheet of 应急〔2018〕19号. Pure and exact.

100 − Σ deductions, each item's capped at its own points, + bonus; any direct condition makes it red. Under 60 red, under 75
orange, under 90 yellow, from 90 on blue. The guide does not say whether a bonus may lift the total over 100: it is shown as it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from enterprises.rules.gb18218 import exact

DEDUCTION, BONUS, DIRECT = "扣分", "加分", "直接判定红色"
# How a row's count is taken: for each, once however many, or only the heaviest row of its item.
EACH, ONCE, HIGHEST = "each", "once", "highest"
GRADES = {"蓝色": "A", "黄色": "B", "橙色": "C", "红色": "D"}
RED = "红色"


@dataclass(frozen=True)
class Row:
    """One line of the sheet. `points` is negative for a deduction; `cap` is its item's points."""

    code: str
    kind: str
    category: str
    item: str
    text: str
    points: Fraction
    cap: Fraction | None
    unit: str
    counted: str
    confidence: str


@dataclass(frozen=True)
class Band:
    colour: str
    text: str
    at_least: Fraction | None


@dataclass(frozen=True)
class Sheet:
    """One edition of the sheet; the bands with the best first."""

    edition: str
    rows: Mapping[str, Row]
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Item:
    """One item's or category's points: what it has, what was taken, what was added."""

    name: str
    points: Fraction
    deducted: Fraction
    bonus: Fraction

    @property
    def score(self) -> Fraction:
        return self.points - self.deducted + self.bonus


@dataclass(frozen=True)
class Diagnosis:
    """The outcome: points by item and category, the total, the colour and the letter, and the sentences behind it."""

    edition: str
    items: tuple[Item, ...]
    categories: tuple[Item, ...]
    total: Fraction
    colour: str
    grade: str
    reasons: tuple[str, ...]


class WrongAnswer(ValueError):
    """An answer the sheet does not know; the message is a Chinese sentence."""


def diagnose(counts: Mapping[str, int], sheet: Sheet) -> Diagnosis:
    """Score a sheet. `counts`: code → how many; 0 or absent = does not apply. Raises WrongAnswer."""
    for code, count in counts.items():
        if code not in sheet.rows:
            raise WrongAnswer(f"诊断分级表没有“{code}”这一项。")
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise WrongAnswer(f"“{code}”的数量须是不小于0的整数。")
    applying = [row for code, row in sheet.rows.items() if counts.get(code)]
    items = [item_of(name, rows, counts) for name, rows in grouped(sheet.rows.values(), "item").items()]
    by_category = grouped(sheet.rows.values(), "category")
    of_item = {item.name: item for item in items}
    categories = [total_of(name, {row.item for row in rows}, of_item) for name, rows in by_category.items()]
    total = sum((item.score for item in items), Fraction(0))
    direct = [row for row in applying if row.kind == DIRECT]
    band = sheet.bands[-1] if direct else band_of(total, sheet)
    reasons = [f"直接判定为红色：{row.text}" for row in direct]
    reasons += [reason(row, counts[row.code]) for row in applying if row.kind != DIRECT]
    reasons += [
        f"{item.name}扣至0分为止。" for item in items if item.points and over(item.name, applying, counts) > item.points
    ]
    return Diagnosis(
        sheet.edition, tuple(items), tuple(categories), total, band.colour, GRADES[band.colour], tuple(reasons)
    )


def grouped(rows: Iterable[Row], by: str) -> dict[str, list[Row]]:
    """The scoring rows by item or category, in the sheet's order."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row.kind != DIRECT:
            groups.setdefault(getattr(row, by), []).append(row)
    return groups


def item_of(name: str, rows: list[Row], counts: Mapping[str, int]) -> Item:
    cap = next((row.cap for row in rows if row.cap is not None), Fraction(0))
    deducted = min(cap, taken([row for row in rows if row.kind == DEDUCTION], counts))
    return Item(name, cap, deducted, taken([row for row in rows if row.kind == BONUS], counts))


def taken(rows: list[Row], counts: Mapping[str, int]) -> Fraction:
    """Points of these rows before any cap; rows of which only the heaviest counts are taken together."""
    highest = [abs(row.points) for row in rows if row.counted == HIGHEST and counts.get(row.code)]
    others = [
        abs(row.points) * (counts.get(row.code, 0) if row.counted == EACH else bool(counts.get(row.code)))
        for row in rows
        if row.counted != HIGHEST
    ]
    return sum(others, Fraction(0)) + max(highest, default=Fraction(0))


def over(name: str, applying: list[Row], counts: Mapping[str, int]) -> Fraction:
    return taken([row for row in applying if row.item == name and row.kind == DEDUCTION], counts)


def total_of(name: str, items: set[str], of_item: Mapping[str, Item]) -> Item:
    parts = [of_item[item] for item in items]
    return Item(
        name,
        sum((part.points for part in parts), Fraction(0)),
        sum((part.deducted for part in parts), Fraction(0)),
        sum((part.bonus for part in parts), Fraction(0)),
    )


def band_of(total: Fraction, sheet: Sheet) -> Band:
    return next(band for band in sheet.bands if band.at_least is None or total >= band.at_least)


def reason(row: Row, count: int) -> str:
    """What one row gives or takes before its item's cap."""
    times = f"（{row.unit}，{count}）" if row.counted == EACH else ""
    points = abs(row.points) * (count if row.counted == EACH else 1)
    return f"{row.code} {row.text}{times}：{'加' if row.kind == BONUS else '扣'}{exact(points)}分"


def as_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """The outcome as it is printed and kept: exact numbers as text."""
    return {
        "categories": [points(item) for item in diagnosis.categories],
        "items": [points(item) for item in diagnosis.items],
        "total": exact(diagnosis.total),
        "colour": diagnosis.colour,
        "grade": diagnosis.grade,
        "reasons": list(diagnosis.reasons),
        "edition": diagnosis.edition,
    }


def points(item: Item) -> dict[str, str]:
    return {
        "name": item.name,
        "max": exact(item.points),
        "deducted": exact(item.deducted),
        "bonus": exact(item.bonus),
        "score": exact(item.score),
    }
