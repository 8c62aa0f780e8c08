"""检查覆盖率 by district and grade; every figure opens to the very enterprises behind it."""

from django.shortcuts import render
from django.utils import timezone

from inspections import queries
from inspections.queries.coverage_table import coverage_table
from portal.permissions import needs


@needs("visits.view")
def visit_coverage(request):
    today = timezone.localdate()
    months = queries.city_frequency(today)
    context = {"table": coverage_table(today, months), "today": today, "means": queries.coverage_means(months)}
    return render(request, "inspections/coverage.html", context)
