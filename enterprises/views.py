"""The enterprise list and an enterprise's page (一企一档)."""

from django.http import Http404
from django.shortcuts import render

from enterprises.filters import EnterpriseFilter
from enterprises.models import Enterprise
from enterprises.panels import panels_for
from portal.permissions import needs
from portal.ui.lists import ListPage


@needs("enterprises.view")
def enterprise_list(request):
    page = ListPage(
        request,
        Enterprise.objects.select_related("district"),
        EnterpriseFilter,
        sorts={"name": "name", "grade": "-grade"},
        shown=("q", "district", "grade", "key"),
        more=("sector", "kind", "clause", "major", "suspended"),
    )
    return page.render("enterprises/list.html")


@needs("enterprises.view")
def enterprise(request, pk):
    record = (
        Enterprise.objects.select_related("district")
        .prefetch_related("holdings", "processinuses", "gradedecisions")
        .filter(pk=pk)
        .first()
    )
    if record is None:
        raise Http404(f"enterprise {pk}")
    return render(request, "enterprises/enterprise.html", {"enterprise": record, "panels": panels_for(record)})
