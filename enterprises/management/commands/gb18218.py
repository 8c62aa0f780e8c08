"""manage.py gb18218 --json: judge what stands on standard input, without touching the database."""

import json
import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enterprises.gb18218_tables import tables
from enterprises.rules.gb18218 import NOT_MAJOR, Held, Line, Result, exact, judge


class Command(BaseCommand):
    help = "GB 18218-2018: S, R and level of one unit's holdings, from JSON on standard input."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--json", action="store_true", help="the only form there is; named so that others may follow"
        )

    def handle(self, *args, **options):
        try:
            asked = json.load(sys.stdin, parse_float=Decimal)
            holdings = [held(one) for one in asked["holdings"]]
            population = asked.get("population_500m")
            if population is not None and (isinstance(population, bool) or not isinstance(population, int)):
                raise ValueError("population_500m 须是整数")
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as fault:
            raise CommandError(f"输入读不懂：{fault}") from fault
        result = judge(holdings, population, tables())
        self.stdout.write(json.dumps(as_json(result), ensure_ascii=False, indent=1))
        if result.missing:
            raise CommandError("".join(result.missing))


def held(one: dict[str, Any]) -> Held:
    q = one.get("q")
    if isinstance(q, bool):
        raise ValueError("q 须是数")
    seq = one.get("seq")
    return Held(
        label=str(one.get("label") or one.get("name") or ""),
        q=None if q in (None, "") else Fraction(q),
        seq=None if seq in (None, "") else int(seq),
        symbols=tuple(one.get("symbols") or ()),
        name=one.get("name") or "",
        cas=one.get("cas") or "",
        beta_symbol=one.get("beta_symbol") or "",
    )


def text(value: Fraction | None) -> str | None:
    return None if value is None else exact(value)


def as_json(result: Result) -> dict[str, Any]:
    level = result.level.name if result.level else NOT_MAJOR if result.s is not None and result.s < 1 else None
    return {
        "S": text(result.s),
        "R": text(result.r),
        "alpha": text(result.alpha),
        "level": level,
        "edition": result.edition,
        "lines": [line_as_json(line) for line in result.lines],
        "missing": list(result.missing),
        "warnings": list(result.warnings),
    }


def line_as_json(line: Line) -> dict[str, Any]:
    return {
        "label": line.label,
        "q": text(line.q),
        "Q": text(line.threshold),
        "Q_from": line.threshold_from,
        "beta": text(line.beta),
        "beta_from": line.beta_from,
        "q/Q": text(line.ratio),
        "beta*q/Q": text(line.weighted),
        "low_confidence": line.low_confidence,
    }
