"""Scoring a year of the seeded city: 20 districts, 5,000 enterprises, 1,000,000 hazards, read from one snapshot and kept."""

import time
from datetime import date

from accountability.management.commands.score import document_of
from accountability.models import SubjectKind
from portal.tenancy.models import Tenant
from portal.tenancy.scope import platform_scope


def score_case() -> None:
    with platform_scope():
        city = Tenant.objects.order_by("pk").first()
    print("scoring a year")
    for kind in (SubjectKind.DISTRICT, SubjectKind.ENTERPRISE):
        began = time.perf_counter()
        document = document_of(city, date.today().year, kind, date.today())
        print(f"  {len(document['subjects']):>6,} {kind.label:<28}{time.perf_counter() - began:9.2f} s", flush=True)
