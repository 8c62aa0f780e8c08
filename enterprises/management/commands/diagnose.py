"""manage.py diagnose --json: score a diagnosis sheet from standard input, without touching the database."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enterprises.diagnosis_sheet import sheet
from enterprises.rules.diagnosis import WrongAnswer, as_json, diagnose


class Command(BaseCommand):
    help = (
        "应急〔2018〕19号: points by category, total, colour and reasons, from {code: count} as JSON on standard input."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--json", action="store_true", help="the only form there is; named so that others may follow"
        )

    def handle(self, *args, **options):
        try:
            diagnosis = diagnose(counts_of(json.load(sys.stdin)), sheet())
        except WrongAnswer as fault:
            raise CommandError(str(fault)) from fault
        except (ValueError, TypeError, KeyError, AttributeError) as fault:
            raise CommandError(f"输入读不懂：{fault}") from fault
        self.stdout.write(json.dumps(as_json(diagnosis), ensure_ascii=False, indent=1))


def counts_of(asked: Any) -> dict[str, int]:
    """{code: count}, the same under "answers" or "counts", or a list of {"code", "count"}; yes and no count as 1 and 0."""
    if isinstance(asked, dict):
        asked = asked.get("answers", asked.get("counts", asked))
    if isinstance(asked, list):
        pairs = [(one["code"], one.get("count", 1)) for one in asked]
    else:
        pairs = list(asked.items())
    counts: dict[str, int] = {}
    for code, count in pairs:
        if code in counts:
            raise WrongAnswer(f"“{code}”出现了两次。")
        counts[code] = int(count) if isinstance(count, bool) else count
    return counts
