"""The hazard and notice lists."""

from hazards.filters import HazardFilter, NoticeFilter
from hazards.models import Hazard, Notice
from portal.permissions import needs
from portal.ui.lists import ListPage

# Overdue first, always: with the earliest deadline on top nothing late can hide behind a page (pitfall 39).
HAZARD_SORTS = {"deadline": "deadline", "found": "-found_on", "new": "-pk"}


@needs("hazards.view")
def hazard_list(request):
    queryset = Hazard.objects.select_related("enterprise", "district")
    if "situation" not in request.GET and "status" not in request.GET and not request.GET.get("all"):
        request.GET = request.GET.copy()
        request.GET["situation"] = "open"
    page = ListPage(
        request,
        queryset,
        HazardFilter,
        sorts=HAZARD_SORTS,
        shown=("q", "situation", "level", "district"),
        more=("sector", "accident_type", "photos", "deadline_from", "deadline_to", "found_from", "found_to"),
    )
    return page.render("hazards/list.html")


@needs("notices.view")
def notice_list(request):
    queryset = Notice.objects.select_related("enterprise", "organisation").defer("content")
    page = ListPage(
        request,
        queryset,
        NoticeFilter,
        sorts={"new": "-pk", "date": "-issued_on"},
        shown=("q", "kind", "district", "acknowledged"),
    )
    return page.render("hazards/notice_list.html")
