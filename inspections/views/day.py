"""今日工作: an inspector's first page."""

from django.shortcuts import render

from inspections.queries.day import own_day
from portal.permissions import needs


@needs("day.view")
def my_day(request):
    return render(request, "inspections/day.html", {"day": own_day()})
