"""manage.py deadline 2026-09-28 10 工作日 [--tenant 江州市] [--json]: a due date and the sentence that explains it."""

import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from portal.holidays.deadlines import make_deadline
from portal.legaldays import UNITS
from portal.tenancy.queries import tenant_named
from portal.tenancy.scope import platform_scope, tenant_scope


class Command(BaseCommand):
    help = "Count a deadline by the State Council's calendar, the national catalog and, with --tenant, the city's own days."

    def add_arguments(self, parser):
        parser.add_argument("start", help="the day it starts on, YYYY-MM-DD; not counted itself")
        parser.add_argument("length", type=int)
        parser.add_argument("unit", help="、".join(UNITS))
        parser.add_argument("--tenant", help="with the days of this city")
        parser.add_argument("--rule", default="", help="the clause it rests on")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, start, length, unit, tenant, rule, **options):
        try:
            day = date.fromisoformat(start)
        except ValueError as fault:
            raise CommandError(f"日期“{start}”应写作 YYYY-MM-DD。") from fault
        city = tenant_named(tenant) if tenant else None
        with tenant_scope(city.pk, city.name) if city else platform_scope():
            try:
                made = make_deadline(day, length, unit, rule)
            except ValueError as fault:
                raise CommandError(str(fault)) from fault
        if options["json"]:
            self.stdout.write(json.dumps(made.as_json(), ensure_ascii=False))
        else:
            self.stdout.write(made.due.isoformat())
            self.stdout.write(made.explanation)
