"""重点企业: the list with its reasons, how it changed, and those one missing fact away from it."""

from enterprises.filters import ENTERPRISE_SORTS, EnterpriseFilter, KeyChangeFilter, NearKeyFilter
from enterprises.models import Enterprise, KeyChange
from portal.exports.registry import export_of
from portal.permissions import needs
from portal.ui.lists import ListPage


@needs("enterprises.view")
def key_enterprises(request):
    page = ListPage(
        request,
        Enterprise.objects.key().select_related("district"),
        EnterpriseFilter,
        sorts=ENTERPRISE_SORTS,
        shown=("q", "clause", "district", "grade"),
        more=("sector", "kind", "level", "process", "chemical", "suspended"),
        export=export_of("key_enterprises"),
        keeps_views=True,
    )
    return page.render("enterprises/key_list.html")


@needs("enterprises.view")
def key_changes(request):
    page = ListPage(
        request,
        KeyChange.objects.select_related("enterprise", "district"),
        KeyChangeFilter,
        sorts={"new": "-on"},
        shown=("q", "way", "district"),
        more=("on_from", "on_to"),
        export=export_of("key_changes"),
    )
    return page.render("enterprises/key_changes.html")


@needs("enterprises.view")
def near_key(request):
    page = ListPage(
        request,
        Enterprise.objects.exclude(near_key="").select_related("district"),
        NearKeyFilter,
        sorts={"name": "name"},
        shown=("q", "gap", "district", "sector"),
        export=export_of("near_key"),
    )
    return page.render("enterprises/near_key.html")
