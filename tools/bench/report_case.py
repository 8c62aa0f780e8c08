"""The month's report of the seeded city: 20 districts and 1,000,000 hazards, counted in one snapshot and kept with its records;
and beside it the bare SQL that only counts the same."""

import re
import time
from datetime import date

from django.db import connection

from campaign import report_figures as figures
from campaign import rules_reports as rules
from campaign.actions import reports
from campaign.models import ReportFigure, WorkReport
from campaign.queries_reports import differences
from portal.tenancy.models import Tenant
from portal.tenancy.scope import platform_scope, tenant_scope
from tools.bench.load import Ask


def bare(tenant: int, period: rules.Period) -> float:
    """Every count by district as one would write it by hand: no numbers of records, no states, nothing kept."""
    began = time.perf_counter()
    frequency, months = figures.city_frequency(period.until), figures.assessments.city_months()
    for kind in figures.KINDS:
        sql = re.sub(r"coalesce\(array_agg\(id\) FILTER \(WHERE \w+\), '\{\}'\)::text", "NULL", figures.statement(kind))
        sql = sql.replace("array_agg(id)::text, array_agg(state)::text", "NULL, NULL")
        more = figures.marked(kind, period.until, frequency, months)
        with connection.cursor() as cursor:
            cursor.execute(sql, {"since": period.since, "until": period.until} | more)
            cursor.fetchall()
    return time.perf_counter() - began


def standing(period: rules.Period) -> WorkReport | None:
    """Inside the city's scope."""
    return WorkReport.objects.filter(kind=period.kind, since=period.since).exclude(state=rules.WITHDRAWN).first()


def report_cases(cookie_of, case, values: dict) -> list:
    """The report's page and the records behind its largest number; made first, where the city has none yet."""
    tenant, period = values["tenant"], rules.before(rules.period_of(rules.MONTH, date.today()))
    with tenant_scope(tenant):
        report = standing(period)
    if report is None:
        reading = reports.read_in_snapshot(tenant, period)
        with tenant_scope(tenant):
            report = reports.keep(period, reading)
    headers = {"Cookie": cookie_of(f"office{tenant}")}
    own = "WHERE tenant_id = %(tenant)s AND report_id = %(report)s"
    values = values | {"report": report.pk}
    return [
        case(
            "monthly report",
            [
                f"SELECT place_id, key, value, oldest FROM campaign_reportfigure {own}",
                f"SELECT * FROM campaign_reporttext {own} AND place_id IS NULL",
            ],
            values,
            lambda number: Ask(f"/reports/{report.pk}/", headers=headers),
        ),
        case(
            "monthly report, records behind",
            [
                f"SELECT place_id, records[1:100] FROM campaign_reportfigure {own} AND key = 'open'",
            ],
            values,
            lambda number: Ask(f"/reports/{report.pk}/records/open/", headers=headers),
            requests=40,
        ),
    ]


def report_case() -> None:
    with platform_scope():
        city = Tenant.objects.order_by("pk").first()
    period = rules.before(rules.period_of(rules.MONTH, date.today()))
    print(f"monthly report, {period.name}")
    with tenant_scope(city.pk, city.name, snapshot=True):
        counting = min(bare(city.pk, period) for _ in range(3))
    began = time.perf_counter()
    reading = reports.read_in_snapshot(city.pk, period)
    read = time.perf_counter() - began
    with tenant_scope(city.pk, city.name, role="office"):
        if kept_before := standing(period):
            reports.withdraw(kept_before.pk, "再测一次")
    began = time.perf_counter()
    with tenant_scope(city.pk, city.name):
        made = reports.keep(period, reading)
    kept = time.perf_counter() - began
    began = time.perf_counter()
    with tenant_scope(city.pk, city.name):
        found = differences(made).found
    compared = time.perf_counter() - began
    with tenant_scope(city.pk, city.name):
        rows = ReportFigure.objects.filter(report=made).values_list("value", flat=True)
        print(f"  {sum(rows):>9,} records in {len(rows):,} figures")
    for label, seconds in (("counting alone, bare SQL", counting), ("read in a snapshot", read), ("kept", kept)):
        print(f"  {label:<38}{seconds:9.2f} s")
    print(f"  {'made':<38}{read + kept:9.2f} s   {(read + kept) / counting:.1f}×", flush=True)
    print(f"  {'counted again and compared':<38}{compared:9.2f} s   {len(found)} differences", flush=True)
