"""manage.py gb18218 --json: judge what stands on standard input, without touching the database."""

import json
import sys
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enterprises.gb18218_tables import tables
from enterprises.rules.gb18218 import Held, as_json, judge, quantity


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
    symbols = one.get("symbols") or ()
    return Held(
        label=str(one.get("label") or one.get("name") or ""),
        q=None if q in (None, "") else quantity(q),
        seq=None if seq in (None, "") else int(seq),
        symbols=(symbols,) if isinstance(symbols, str) else tuple(symbols),
        name=one.get("name") or "",
        cas=one.get("cas") or "",
        beta_symbol=one.get("beta_symbol") or "",
    )
