"""重大危险源辨识与分级: GB 18218-2018, exactly. Pure; every number is a Fraction.

A unit holds qᵢ t (吨) of substances whose critical quantities are Qᵢ. S = Σ qᵢ/Qᵢ; from S = 1 on it is a major hazard
installation (4.2). R = α · Σ βᵢ·qᵢ/Qᵢ grades it (4.3). What the tables do not say is never guessed and never counts as zero: the
judgement stops with a sentence that names what is missing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

NOT_MAJOR = "不构成"
NEAR_ONE = Fraction(9, 10)
MARGIN = Fraction(1, 10)


# More than any tank farm of the world holds: beyond it a unit was mistaken (t), and S and R could not be kept.
MOST_TONNES = 10**8


@dataclass(frozen=True)
class Named:
    """A row of 表1: one named substance. `beta` is what the catalog's authors took where 表3 does not name it."""

    seq: int
    name: str
    aliases: tuple[str, ...]
    cas: str
    threshold: Fraction
    beta: Fraction | None
    beta_basis: str
    confidence: str
    beta_confidence: str


@dataclass(frozen=True)
class Class:
    """A row of 表2: one class of hazard, with its β of 表4."""

    symbol: str
    text: str
    threshold: Fraction
    beta: Fraction | None
    confidence: str


@dataclass(frozen=True)
class Level:
    number: int
    name: str
    r_from: Fraction


@dataclass(frozen=True)
class Tables:
    """One edition of the standard's tables."""

    edition: str
    named: Mapping[int, Named]
    classes: Mapping[str, Class]
    gases: Mapping[str, Fraction]
    """表3: name or CAS number → β."""
    alphas: tuple[tuple[int, Fraction], ...]
    """(persons from, α), the most persons first."""
    levels: tuple[Level, ...]
    """The worst first."""


@dataclass(frozen=True)
class Held:
    """What a unit holds: `q` t of design maximum (4.2.2), and what says which row of which table it falls under."""

    label: str
    q: Fraction | None
    seq: int | None = None
    symbols: tuple[str, ...] = ()
    name: str = ""
    cas: str = ""
    beta_symbol: str = ""
    own_class: bool = False
    """A mixture of a hazard class other than its substance's: the class alone counts, not the name (4.2.3)."""


@dataclass(frozen=True)
class Line:
    """One holding in the calculation, with where its Q and β come from."""

    label: str
    q: Fraction
    threshold: Fraction
    threshold_from: str
    beta: Fraction | None
    beta_from: str
    low_confidence: bool

    @property
    def ratio(self) -> Fraction:
        return self.q / self.threshold

    @property
    def weighted(self) -> Fraction | None:
        return None if self.beta is None else self.beta * self.ratio


@dataclass(frozen=True)
class Result:
    """The judgement. With `missing` there is none: S, R and level are None as far as they could not be had."""

    edition: str
    lines: tuple[Line, ...] = ()
    s: Fraction | None = None
    alpha: Fraction | None = None
    r: Fraction | None = None
    level: Level | None = None
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    @property
    def is_major(self) -> bool:
        return self.s is not None and self.s >= 1


class Unknown(ValueError):
    """The tables cannot tell; the message is a Chinese sentence that says what is missing."""


def judge(holdings: Iterable[Held], population_500m: int | None, tables: Tables) -> Result:
    """Judge one unit. `population_500m`: persons living within 500 m of the plant's boundary, None = not known (表5)."""
    lines, missing = [], []
    for held in holdings:
        try:
            lines.append(line_of(held, tables))
        except Unknown as unknown:
            missing.append(str(unknown))
    if missing:
        return Result(tables.edition, tuple(lines), missing=tuple(missing))
    s = sum((line.ratio for line in lines), Fraction(0))
    if s < 1:
        near = (f"S={exact(s)}，已达到临界值的90%以上：再增加存量即可能构成重大危险源。",) if s >= NEAR_ONE else ()
        return Result(tables.edition, tuple(lines), s, warnings=near)
    weighted = Fraction(0)
    for line in lines:
        if line.weighted is None:
            missing.append(f"“{line.label}”没有写明危险性类别，无法确定校正系数β。请补充表4的类别符号。")
        else:
            weighted += line.weighted
    if population_500m is None:
        missing.append("没有填写厂区边界外500米内的常住人口，无法确定暴露人员校正系数α。")
    elif population_500m < 0:
        missing.append("厂区边界外500米内的常住人口不能是负数。")
    if missing or population_500m is None:
        return Result(tables.edition, tuple(lines), s, missing=tuple(missing))
    alpha = next(alpha for persons, alpha in tables.alphas if population_500m >= persons)
    r = alpha * weighted
    level = level_of(r, tables)
    return Result(tables.edition, tuple(lines), s, alpha, r, level, warnings=near_another(r, level, tables))


def level_of(r: Fraction, tables: Tables) -> Level:
    """表6: the worst level whose lower bound R reaches."""
    return next(level for level in tables.levels if r >= level.r_from)


def near_another(r: Fraction, level: Level, tables: Tables) -> tuple[str, ...]:
    """A sentence for each level that R would reach within 10 % up or down."""
    told = []
    for share, way in ((1 + MARGIN, "增加"), (1 - MARGIN, "减少")):
        other = level_of(r * share, tables)
        if other != level:
            told.append(f"R={exact(r)}，再{way}10%以内即变为{other.name}。")
    return tuple(told)


def line_of(held: Held, tables: Tables) -> Line:
    """Q and β of one holding. 表1 goes before 表2; of several classes the lowest Q counts (4.1.2). Raises Unknown."""
    if held.q is None:
        raise Unknown(f"“{held.label}”没有填写设计最大量（吨）。")
    if held.q < 0:
        raise Unknown(f"“{held.label}”的数量是负数。")
    if row := named(held, tables):
        beta, beta_from, sure = beta_of_named(held, row, tables)
        low = row.confidence == "low" or not sure
        return Line(held.label, held.q, row.threshold, f"表1序号{row.seq} {row.name}", beta, beta_from, low)
    if not held.symbols:
        raise Unknown(
            f"“{held.label}”不在表1中，也没有写明危险性类别。请从表1选择，或按其分类（GHS）填写表2的类别符号。"
        )
    classes = [class_of(symbol, held, tables) for symbol in held.symbols]
    lowest = min(one.threshold for one in classes)
    deciding = [one for one in classes if one.threshold == lowest]
    gas = None if held.own_class else gas_of(held, "", (), tables)
    beta, beta_from = gas or beta_of_classes(held, deciding, tables)
    text = "、".join(one.symbol for one in deciding)
    others = f"（{len(classes)}个类别取最低）" if len(classes) > 1 else ""
    low = any(one.confidence == "low" for one in classes)
    return Line(held.label, held.q, lowest, f"表2 {text}{others}", beta, beta_from, low)


def named(held: Held, tables: Tables) -> Named | None:
    """The row of 表1: by its number, or where name, alias or CAS number is of one row alone."""
    if held.own_class:
        return None
    if held.seq is not None:
        if held.seq not in tables.named:
            raise Unknown(f"“{held.label}”：表1没有序号{held.seq}。")
        return tables.named[held.seq]
    names = {plain(held.name), plain(held.label)} - {""}
    rows = [row for row in tables.named.values() if names & {plain(row.name), *map(plain, row.aliases)}]
    if not rows and held.cas:
        rows = [row for row in tables.named.values() if row.cas == held.cas]
    if len(rows) > 1:
        numbers = "、".join(f"{row.seq}（{row.name}）" for row in rows)
        raise Unknown(f"“{held.label}”在表1中对应多项：{numbers}。请写明是哪一项。")
    return rows[0] if rows else None


def class_of(symbol: str, held: Held, tables: Tables) -> Class:
    if symbol not in tables.classes:
        raise Unknown(f"“{held.label}”的类别符号“{symbol}”不在表2中。")
    return tables.classes[symbol]


def gas_of(held: Held, name: str, aliases: tuple[str, ...], tables: Tables) -> tuple[Fraction, str] | None:
    """表3 names fourteen poisonous gases; they keep its β whatever their class."""
    for key in (name, held.name, held.label, *aliases, held.cas):
        if key and plain(key) in tables.gases:
            return tables.gases[plain(key)], f"表3 {key}"
    return None


def beta_of_named(held: Held, row: Named, tables: Tables) -> tuple[Fraction | None, str, bool]:
    """β of a substance of 表1, where it comes from, and whether that is sure.

    表3, then the class somebody named, then what the catalog's authors took from the substance's classification.
    """
    if gas := gas_of(held, row.name, row.aliases, tables):
        return *gas, True
    symbols = (held.beta_symbol,) if held.beta_symbol else held.symbols
    if symbols:
        return *beta_of_classes(held, [class_of(symbol, held, tables) for symbol in symbols], tables), True
    if row.beta is None:
        return None, "", False
    return row.beta, row.beta_basis, row.beta_confidence != "low"


def beta_of_classes(held: Held, classes: list[Class], tables: Tables) -> tuple[Fraction | None, str]:
    """表4. Of several classes the largest β: the standard is silent, and too strict is the safe side."""
    if held.beta_symbol:
        classes = [class_of(held.beta_symbol, held, tables)]
    known = [one for one in classes if one.beta is not None]
    if not known:
        return None, ""
    largest = max(known, key=lambda one: one.beta or 0)
    return largest.beta, f"表4 {largest.symbol}"


def plain(name: str) -> str:
    """For comparing names: full-width brackets and spaces make no difference."""
    return name.strip().replace("(", "（").replace(")", "）").replace(" ", "")


WRITTEN = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?|[+-]?\d{1,30}/\d{1,30}")


def quantity(written: str | int | Decimal) -> Fraction:
    """A quantity as it was written: a decimal or a fraction, exactly. Raises ValueError with a Chinese sentence.

    The length of what is written is bounded, and so its exponent: 1e-99999999 takes minutes to be made a fraction.
    """
    text = str(written).strip()
    if not WRITTEN.fullmatch(text):
        raise ValueError(f"“{text[:40]}”不是数量。")
    try:
        return Fraction(text)
    except ZeroDivisionError as fault:
        raise ValueError(f"“{text[:40]}”不是数量。") from fault


def exact(value: Fraction) -> str:
    """A finite decimal where there is one, otherwise the fraction: never rounded."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    places = 0
    while value.denominator != 1 and (value * 10**places).denominator != 1:
        places += 1
    digits = str(abs((value * 10**places).numerator)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if value < 0 else text


def as_json(result: Result) -> dict[str, Any]:
    """The judgement as it is printed and kept: exact numbers as text."""
    return {
        "S": text(result.s),
        "R": text(result.r),
        "alpha": text(result.alpha),
        "level": level_name(result),
        "edition": result.edition,
        "lines": [line_as_json(line) for line in result.lines],
        "missing": list(result.missing),
        "warnings": list(result.warnings),
    }


def level_name(result: Result) -> str | None:
    if result.level:
        return result.level.name
    return NOT_MAJOR if result.s is not None and result.s < 1 else None


def line_as_json(line: Line) -> dict[str, Any]:
    return {
        "label": line.label,
        "q": text(line.q),
        "Q": text(line.threshold),
        "Q_from": line.threshold_from,
        "beta": text(line.beta),
        "beta_from": line.beta_from,
        "ratio": text(line.ratio),
        "weighted": text(line.weighted),
        "low_confidence": line.low_confidence,
    }


def text(value: Fraction | None) -> str | None:
    return None if value is None else exact(value)
