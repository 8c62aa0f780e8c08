"""manage.py score --tenant 江州市 --year 2026 [--kind district] [--json]: a year's scores, reckoned now from one snapshot.

What is final is printed as it was sealed. Without an assessment of that year, the template in force (else the default) is
used and nothing is kept.
"""

import json
from datetime import date

from django.core.management.base import BaseCommand
from django.db import transaction

from accountability.actions import scores
from accountability.models import SubjectKind, YearScore
from accountability.queries.score_export import exported
from portal.tenancy.queries import tenant_named
from portal.tenancy.scope import tenant_scope


class Command(BaseCommand):
    help = "Score a year: districts, departments or enterprises."

    def add_arguments(self, parser):
        parser.add_argument("--tenant", required=True)
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--kind", choices=SubjectKind.values, default=SubjectKind.DISTRICT)
        parser.add_argument("--until", type=date.fromisoformat, help="the cut-off day; 31 December without it")
        parser.add_argument("--json", action="store_true", help="the whole export, for tools/recompute_score.py")

    def handle(self, *, tenant, year, kind, until, **options):
        city = tenant_named(tenant)
        document = document_of(city, year, kind, until)
        if options["json"]:
            self.stdout.write(json.dumps(document, ensure_ascii=False))
            return
        for subject in document["subjects"]:
            self.stdout.write(f"{subject['rank']:>4}  {subject['name']}  {subject['total']}  {subject['grade']}")


def document_of(city, year: int, kind: str, until: date | None) -> dict:
    with tenant_scope(city.pk, city.name):
        kept = YearScore.objects.filter(year=year, subject_kind=kind).first()
        if kept and kept.state != YearScore.State.DRAFT:
            return exported(kept)
    with tenant_scope(city.pk, city.name, snapshot=True):
        return reckoned(city, year, kind, until)


def reckoned(city, year: int, kind: str, until: date | None) -> dict:
    """As it would be kept, in the same snapshot, and taken back again."""
    place = transaction.savepoint()
    try:
        kept = YearScore.objects.select_related("template").filter(year=year, subject_kind=kind).first()
        kept = kept or scores.open_year(year, kind, until=until)
        reading = scores.read(kind, kept.template.body, kept.since, until or kept.until)
        return exported(scores.keep(kept.pk, reading))
    finally:
        transaction.savepoint_rollback(place)
