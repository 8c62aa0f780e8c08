"""检查覆盖率 by district and grade; every figure opens to the very enterprises behind it."""

from django.shortcuts import render
from django.utils import timezone

from inspections import queries
from inspections.queries.coverage_table import coverage_table
from portal.exports.registry import whole_table
from portal.permissions import needs

COLUMNS = ("区县", "风险等级", "应检查", "已检查", "未检查", "覆盖率（%）")


@needs("visits.view")
def visit_coverage(request):
    today = timezone.localdate()
    months = queries.city_frequency(today)
    table = coverage_table(today, months)
    if request.GET.get("export") == "xlsx":
        lines = [
            [row.name, cell.label, cell.due, cell.visited, cell.lacking, cell.rate]
            for row in table
            for cell in row.cells
        ]
        return whole_table("visit_coverage", "检查覆盖率", COLUMNS, lines)
    context = {"table": table, "today": today, "means": queries.coverage_means(months)}
    return render(request, "inspections/coverage.html", context)
