"""The map of all enterprises by grade, and the city's boundaries it is drawn on."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from enterprises.actions.city_map import draw_map, restore_map
from enterprises.filters import ENTERPRISE_SHOWN, ENTERPRISE_SORTS, EnterpriseFilter, enterprise_more
from enterprises.forms import CityMapForm
from enterprises.models import CityMap, Enterprise
from enterprises.queries.city_map import GRADES, boundaries, by_district, current_map, matched, outside, versions
from portal.permissions import needs
from portal.refusals import Refused
from portal.ui.lists import ListPage


@needs("map.view")
def enterprise_map(request):
    """The list's filter, drawn: its points come from the API by the same query."""
    page = ListPage(
        request,
        Enterprise.objects.all(),
        EnterpriseFilter,
        sorts=ENTERPRISE_SORTS,
        shown=ENTERPRISE_SHOWN,
        more=enterprise_more(),
    )
    lines, whole = by_district(page.filter.qs)
    context = {
        "city_map": current_map(),
        "grades": GRADES,
        "rows": [linked(page, line) for line in lines],
        "foot": linked(page, whole),
        "list_address": listed(page),
        "unlocated_address": listed(page, located="no"),
        "outside_address": listed(page, located="outside"),
    }
    return page.render("enterprises/map.html", context)


def listed(page: ListPage, **changes) -> str:
    """The enterprise list under the map's filter, changed."""
    return reverse("enterprise_list") + page.address(page=None, size=None, **changes)


def linked(page: ListPage, line) -> dict:
    """One line of the table with the way to the records behind each number."""
    where = {"district": line.pk} if line.pk else {}
    cells = [(line.grades[grade], listed(page, grade=grade or "none", **where)) for grade in GRADES]
    return {
        "name": line.name,
        "cells": cells,
        "total": (line.total, listed(page, **where)),
        "unlocated": (line.unlocated, listed(page, located="no", **where)),
    }


def versions_page(request, form: CityMapForm, status: int = 200):
    maps = Paginator(versions(), 20).get_page(request.GET.get("page"))
    now = current_map()
    match = matched(boundaries(now).features) if now else None
    context = {"form": form, "maps": maps, "now": now, "match": match}
    return render(request, "enterprises/city_map.html", context, status=status)


@needs("map.draw")
def city_map(request):
    form = CityMapForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return versions_page(request, form)
    status = 400
    if form.is_valid():
        try:
            made = draw_map(form.cleaned_data["file"], form.cleaned_data["coordinates_in"])
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            status = refusal.status
        else:
            return taken_up(request, made, f"已启用地图“{made.name}”。")
    return versions_page(request, form, status)


@require_POST
@needs("map.draw")
def city_map_restore(request, pk):
    try:
        made = restore_map(pk)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("city_map")
    return taken_up(request, made, f"已恢复为“{made.name}”。")


def taken_up(request, made: CityMap, done: str):
    """Say what the new map means for the plants on it: far too many outside means the wrong city or the wrong system."""
    beyond = len(outside(Enterprise.objects.all()))
    messages.success(request, done + (f"有{beyond}家企业的坐标在边界外，请核对。" if beyond else ""))
    return redirect("city_map")
