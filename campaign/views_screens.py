"""大屏: the pages on which the office makes and stops them, and the screen itself, which nobody attends."""

from contextlib import suppress

from django.contrib import messages
from django.core import signing
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from campaign.actions.screens import SALT, address_of, make_screen, scope_of_screen, stop_screen
from campaign.forms import ScreenForm
from campaign.models import Screen
from campaign.panels import cards
from campaign.queries import kept_dashboard
from hazards.queries.figures import Within
from portal.permissions import needs
from portal.refusals import Refused
from portal.tenancy.middleware import outside_scope
from portal.tenancy.models import Tenant

REMEMBERED = 30 * 86400
"""Seconds for which it is known when a screen last asked."""


def seen_key(screen_id: int) -> str:
    return f"screen:{screen_id}:seen"


@needs("screens.manage")
def screens(request):
    form, status = ScreenForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = make_screen(**form.cleaned_data)
                messages.success(request, f"已制作“{made.name}”的大屏。请在那台电脑的浏览器中打开它的网址。")
                return redirect("screens")
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
                status = refusal.status
    rows, today, seen = list(Screen.objects.select_related("district")), timezone.localdate(), {}
    with suppress(RedisError):
        seen = cache.get_many([seen_key(one.pk) for one in rows])
    for one in rows:
        one.seen = seen.get(seen_key(one.pk))
        one.standing = not one.stopped_at and one.until >= today
        one.address = request.build_absolute_uri(reverse("wall", args=[address_of(one)])) if one.standing else ""
    return render(request, "campaign/screens.html", {"form": form, "screens": rows}, status=status)


@require_POST
@needs("screens.manage")
def screen_stop(request, pk):
    messages.success(request, f"“{stop_screen(pk).name}”的大屏已停用，它的网址不能再打开。")
    return redirect("screens")


@outside_scope
def wall(request, token):
    """The figures of one city or district for a screen that nobody attends: no login, no records, no way on."""
    try:
        tenant_id, screen_id = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return ended(request)
    with scope_of_screen(tenant_id):
        context = figures_of(tenant_id, screen_id)
    if context is None:
        return ended(request)
    part = bool(request.headers.get("HX-Request"))
    # Without the request: whoever is logged in in this browser is nobody here, and a screen asks for no session.
    told = render_to_string("campaign/_wall.html" if part else "campaign/wall.html", context | {"path": request.path})
    return HttpResponse(told, headers={"Cache-Control": "no-store"})


def figures_of(tenant_id: int, screen_id: int) -> dict | None:
    """What the screen shows; None where it does not stand any more. Inside its scope."""
    today = timezone.localdate()
    standing = Screen.objects.select_related("district").filter(stopped_at=None, until__gte=today)
    screen = standing.filter(pk=screen_id).first()
    if screen is None:
        return None
    with suppress(RedisError):
        cache.set(seen_key(screen.pk), timezone.now(), REMEMBERED)
    board = kept_dashboard(today, Within(screen.district_id))
    where = screen.district or Tenant.objects.get(pk=tenant_id)
    return {"board": board, "cards": cards(board), "where": where.name}


def ended(request) -> HttpResponse:
    return render(request, "campaign/wall_ended.html", status=404)
