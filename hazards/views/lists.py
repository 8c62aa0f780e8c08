"""The hazard and notice lists."""

from hazards.filters import HazardFilter, NoticeFilter
from hazards.models import Hazard, Notice
from hazards.queries.pages import HAZARD_SORTS, NOTICE_SORTS
from hazards.queries.repeats import marked
from hazards.views.many import PAGES
from portal.exports.registry import export_of
from portal.permissions import needs
from portal.ui.lists import ListPage


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
        more=(
            "repeat",
            "sector",
            "accident_type",
            "photos",
            "handler",
            "extended",
            "deadline_from",
            "deadline_to",
            "found_from",
            "found_to",
        ),
        export=export_of("hazard_list"),
        keeps_views=True,
    )
    return page.render("hazards/list.html", {"bulk_pages": PAGES, "repeats": marked(page.rows)})


@needs("notices.view")
def notice_list(request):
    queryset = Notice.objects.select_related("enterprise", "organisation").defer("content")
    page = ListPage(
        request,
        queryset,
        NoticeFilter,
        sorts=NOTICE_SORTS,
        shown=("q", "kind", "district", "acknowledged"),
        export=export_of("notice_list"),
    )
    return page.render("hazards/notice_list.html")
