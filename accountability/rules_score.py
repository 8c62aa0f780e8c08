"""Year-end points (handbook §8): exact, pure, and all that is needed is in what is handed in.

A template is data: lines with a weight and a formula, bands of grades, a ceiling for vetoes. Numbers come as decimal strings
and are reckoned as fractions; each line's points are rounded once, to a hundredth, half up, and the total is the sum of the
rounded points, so that a table added up by hand agrees. `tools/recompute_score.py` does the same from an export, written apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

KINDS = {"indicator": "指标", "bonus": "加分", "deduction": "扣分", "veto": "一票否决"}
SHAPES = {
    "linear": "按比例",
    "bands": "分档",
    "count": "按次数扣分",
    "each": "按次数计分",
    "over": "达到即否决",
}
# Which shapes a kind of line may have.
FITTING = {
    "indicator": ("linear", "bands", "count"),
    "bonus": ("each", "bands"),
    "deduction": ("each",),
    "veto": ("over",),
}
EMPTY = {"full": "没有应计事项时得满分", "zero": "没有应计事项时不得分"}
# Points and weights beyond it are a slip of the pen.
MOST = Fraction(1000)


class BadTemplate(ValueError):
    """A template that cannot be reckoned with; the sentence names the line."""


@dataclass(frozen=True)
class Value:
    """What was counted for one line: `of` None is a plain number, else a share of it."""

    counted: Fraction
    of: Fraction | None = None

    @property
    def number(self) -> Fraction | None:
        """None where there is nothing to take a share of."""
        if self.of is None:
            return self.counted
        return self.counted / self.of if self.of else None


@dataclass(frozen=True)
class Points:
    key: str
    kind: str
    value: Fraction | None
    points: Decimal
    vetoed: bool = False


@dataclass(frozen=True)
class Result:
    lines: list[Points]
    total: Decimal
    grade: str

    @property
    def vetoes(self) -> list[str]:
        return [line.key for line in self.lines if line.vetoed]


def exact(text: Any) -> Fraction:
    """A decimal string as a fraction. Raises BadTemplate; floats are refused, they have lost digits already."""
    if isinstance(text, bool) or not isinstance(text, str | int):
        raise BadTemplate(f"“{text}”不是数")
    try:
        number = Decimal(str(text).strip())
    except ArithmeticError:
        raise BadTemplate(f"“{text}”不是数") from None
    # "1e99999999" is nine figures to read and a hundred million to reckon with.
    if not number.is_finite() or len(str(text)) > 20 or abs(number.adjusted()) > 12:
        raise BadTemplate(f"“{text}”不是数")
    return Fraction(number)


def hundredths(points: Fraction) -> Decimal:
    """Rounded to 0.01, half up (away from zero)."""
    whole = floor(abs(points) * 100 + Fraction(1, 2))
    return (Decimal(whole) / 100).copy_sign(1 if points >= 0 else -1).quantize(Decimal("0.01"))


def clipped(share: Fraction) -> Fraction:
    return max(Fraction(0), min(Fraction(1), share))


def share_of(formula: Mapping, value: Fraction) -> Fraction:
    """The part of the weight an indicator's value earns, 0 to 1."""
    if formula["shape"] == "linear":
        none, full = exact(formula["none"]), exact(formula["full"])
        return clipped((value - none) / (full - none))
    more = formula.get("better", "more") == "more"
    for bound, share in formula["bands"]:
        if (value >= exact(bound)) if more else (value <= exact(bound)):
            return exact(share)
    return Fraction(0)


def points_of(line: Mapping, value: Value) -> Points:
    """One line's points. Nothing to take a share of: as the line says (满分 or 不得分)."""
    formula, kind, number = line["formula"], line["kind"], value.number
    weight = exact(line.get("weight", "0"))
    if kind == "veto":
        vetoed = number is not None and number >= exact(formula["at"])
        return Points(line["key"], kind, number, Decimal("0.00"), vetoed)
    if number is None:
        earned = weight if kind == "indicator" and line.get("empty", "full") == "full" else Fraction(0)
    elif kind == "indicator" and formula["shape"] == "count":
        earned = max(Fraction(0), weight - exact(formula["each"]) * number)
    elif formula["shape"] == "each":
        earned = min(weight, exact(formula["each"]) * number) if weight else exact(formula["each"]) * number
    else:
        earned = weight * share_of(formula, number)
    return Points(line["key"], kind, number, hundredths(-earned if kind == "deduction" else earned))


def grade_of(total: Decimal, bands: Sequence) -> str:
    """The first band, from the best, whose bound the total reaches."""
    return next(name for name, bound in bands if Fraction(total) >= exact(bound))


def score(template: Mapping, values: Mapping[str, Value], corrections: Sequence[Decimal] = ()) -> Result:
    """The points of one subject."""
    lines = [points_of(line, values[line["key"]]) for line in template["lines"]]
    total, grade = summed(template, [(line.key, line.points, line.vetoed) for line in lines], corrections)
    return Result(lines, total, grade)


def summed(
    template: Mapping, parts: Sequence[tuple[str, Decimal, bool]], corrections: Sequence[Decimal] = ()
) -> tuple[Decimal, str]:
    """Total and grade from the lines' points: (key, points, vetoed).

    100 points of indicators + bonus (together not above `bonus_cap`) − deductions + corrections decided on objections, not
    below 0. A veto sets the ceiling: the total is at most `veto_ceiling`.
    """
    kinds = {line["key"]: line["kind"] for line in template["lines"]}
    zero = Decimal("0.00")
    bonus = sum((points for key, points, _ in parts if kinds[key] == "bonus"), zero)
    rest = sum((points for key, points, _ in parts if kinds[key] != "bonus"), zero)
    total = max(zero, rest + min(bonus, hundredths(exact(template["bonus_cap"]))) + sum(corrections, zero))
    if any(vetoed for _, _, vetoed in parts):
        total = min(total, hundredths(exact(template["veto_ceiling"])))
    return total, grade_of(total, template["grades"])


def check(template: Mapping, figures: Mapping[str, Any]) -> None:
    """Whether a template can be reckoned with and its weights make 100. Raises BadTemplate with a sentence in Chinese."""
    keys = [line["key"] for line in template["lines"]]
    if len(set(keys)) != len(keys):
        raise BadTemplate("有两项的编号相同，请改成不同的编号。")
    for line in template["lines"]:
        check_line(line, figures)
    weights = sum(exact(line["weight"]) for line in template["lines"] if line["kind"] == "indicator")
    if weights != 100:
        raise BadTemplate(f"指标分值合计须为100分，现在是{Decimal(weights.numerator) / weights.denominator:f}分。")
    bounds = [exact(bound) for _, bound in template["grades"]]
    if not bounds or bounds != sorted(bounds, reverse=True) or bounds[-1] != 0:
        raise BadTemplate("等次须从高到低排列，最后一档从0分起。")
    for name in ("bonus_cap", "veto_ceiling"):
        if not 0 <= exact(template[name]) <= MOST:
            raise BadTemplate("加分上限和否决封顶分须在0到1000之间。")


def check_line(line: Mapping, figures: Mapping[str, Any]) -> None:
    name, kind, formula = line.get("label") or line["key"], line["kind"], line["formula"]
    try:
        if kind not in KINDS or formula["shape"] not in FITTING[kind]:
            raise BadTemplate("计分方式与种类不相配")
        if line.get("figure") and line["figure"] not in figures:
            raise BadTemplate("没有这个指标数据")
        if not 0 <= exact(line.get("weight", "0")) <= MOST:
            raise BadTemplate("分值须在0到1000之间")
        if formula["shape"] == "linear" and exact(formula["none"]) == exact(formula["full"]):
            raise BadTemplate("得满分与不得分的数值不能相同")
        if formula["shape"] == "bands":
            bounds = [exact(bound) for bound, _ in formula["bands"]]
            more = formula.get("better", "more") == "more"
            if not bounds or bounds != sorted(bounds, reverse=more):
                raise BadTemplate("分档须从好到差排列")
            if not all(0 <= exact(share) <= 1 for _, share in formula["bands"]):
                raise BadTemplate("每档的得分比例须在0到1之间")
        if formula["shape"] in ("count", "each") and exact(formula["each"]) <= 0:
            raise BadTemplate("每次的分数须大于0")
        if formula["shape"] == "over" and exact(formula["at"]) <= 0:
            raise BadTemplate("否决的次数须大于0")
    except KeyError as missing:
        raise BadTemplate(f"“{name}”缺少{missing.args[0]}。") from None
    except BadTemplate as fault:
        raise BadTemplate(f"“{name}”：{fault}。") from None


def percent(number: Fraction) -> str:
    """As people read a share: at most four decimals of a per cent."""
    return f"{float(number * 100):.4f}".rstrip("0").rstrip(".") + "%"


def said(line: Mapping) -> str:
    """A formula as a sentence for the page, the export and the announcement."""
    formula, kind, weight = line["formula"], line["kind"], line.get("weight", "0")
    shape = formula["shape"]
    if shape == "over":
        return f"达到{formula['at']}即一票否决"
    if shape == "each":
        return f"每次{'扣' if kind == 'deduction' else '加'}{formula['each']}分" + (
            f"，最多{weight}分" if exact(weight) else ""
        )
    if shape == "count":
        return f"满分{weight}分，每次扣{formula['each']}分，扣完为止"
    if shape == "linear":
        return (
            f"满分{weight}分，{formula['none']}及以下0分、{formula['full']}及以上满分，其间按比例"
            if exact(formula["none"]) < exact(formula["full"])
            else f"满分{weight}分，{formula['full']}及以下满分、{formula['none']}及以上0分，其间按比例"
        )
    better = formula.get("better", "more") == "more"
    words = "、".join(
        f"{'不低于' if better else '不高于'}{bound}得{percent(exact(share))}" for bound, share in formula["bands"]
    )
    return f"满分{weight}分，{words}，其余不得分"
