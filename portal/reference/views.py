"""Catalogs of the law: all of them, one with its lines, one line, and suggestions for forms."""

from django.db.models import Value
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.numbers import number_in
from portal.permissions import needs
from portal.reference import queries
from portal.reference.definitions import BY_KEY
from portal.reference.filters import EverywhereFilter, GroupedLineFilter
from portal.reference.models import CatalogLine
from portal.ui.lists import ListPage

BEST_FIRST = {"best": "rank"}


@needs("catalogs.view")
def catalog_list(request):
    """All catalogs; with something to look for, the lines of all of them."""
    if not any(request.GET.get(name) for name in EverywhereFilter.base_filters):
        return render(request, "reference/catalog_list.html", {"catalogs": queries.catalogs()})
    lines = CatalogLine.objects.current().select_related("catalog").annotate(rank=Value(0))
    page = ListPage(request, lines, EverywhereFilter, sorts=BEST_FIRST, shown=("q", "catalog", "confidence"))
    return page.render("reference/catalog_search.html")


@needs("catalogs.view")
def catalog(request, key):
    edition, editions = queries.edition_or_404(key, number_in(request.GET.get("edition")))
    page = ListPage(
        request,
        edition.lines.annotate(rank=Value(0)),
        GroupedLineFilter,
        sorts=BEST_FIRST,
        shown=("q", "group", "confidence") if key in BY_KEY and BY_KEY[key].group else ("q", "confidence"),
    )
    context = {"catalog": edition, "editions": editions, "columns": BY_KEY[key].shown if key in BY_KEY else ()}
    return page.render("reference/catalog.html", context)


@needs("catalogs.view")
def catalog_line(request, key, code):
    return render(request, "reference/catalog_line.html", {"file": queries.line_file(key, code)})


@require_safe
@needs("catalogs.view")
def catalog_pick(request):
    """Suggestions for a form's field of a substance, as JSON: what each would fill in."""
    return JsonResponse({"found": queries.suggestions(request.GET.get("q", "")[:80])})
