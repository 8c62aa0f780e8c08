"""manage.py make_reports --tenant 江州市 [--as-of 2026-11-23] [--json]: the weekly, monthly and quarterly reports that are missing.

What the hourly task does. `--as-of` says which day it is to be, and so which periods are over.
"""

import json
from datetime import date

from django.core.management.base import BaseCommand

from campaign.actions.reports import late_days, make_missing
from portal.tenancy.queries import tenant_named


class Command(BaseCommand):
    help = "Make the work reports that are missing."

    def add_arguments(self, parser):
        parser.add_argument("--tenant", required=True)
        parser.add_argument("--as-of", type=date.fromisoformat, help="the day it is; today without it")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, tenant, as_of, **options):
        city = tenant_named(tenant)
        made = make_missing(city.pk, city.name, as_of)
        told = [
            {
                "id": one.pk,
                "report": str(one),
                "kind": one.kind,
                "since": str(one.since),
                "until": str(one.until),
                "edition": one.edition,
                "as_of": one.as_of.isoformat(),
                "days_late": late_days(one),
            }
            for one in made.reports
        ]
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for one in told:
            late = f"，比应生成日期晚{one['days_late']}天" if one["days_late"] else ""
            self.stdout.write(f"{one['report']}（{one['since']}至{one['until']}）已生成{late}")
        if not told:
            self.stdout.write("没有缺少的报告。")
