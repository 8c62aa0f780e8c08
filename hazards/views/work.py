"""The officer's first page: what must I fix, and by when."""

from django.shortcuts import render

from hazards.queries.work import own_work
from portal.permissions import needs


@needs("hazards.submit")
def work(request):
    return render(request, "hazards/work.html", {"work": own_work()})
