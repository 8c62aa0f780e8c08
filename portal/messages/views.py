"""The inbox."""

from django.contrib import messages
from django.db import connection
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal.files import clamd
from portal.messages.actions import give_up, mark_seen, prefer, retry_now
from portal.messages.filters import MessageFilter
from portal.messages.forms import OUTWARD, GiveUpForm, PreferenceForm
from portal.messages.pulse import signs
from portal.messages.queries import inbox as own_messages
from portal.messages.queries import own_preference
from portal.permissions import needs
from portal.refusals import BadInput
from portal.tenancy.middleware import outside_scope
from portal.tenancy.scope import public_scope
from portal.ui.lists import ListPage


@needs("messages.view")
def inbox(request):
    page = ListPage(request, own_messages(), MessageFilter, sorts={"new": "-pk"})
    return page.render("messages/inbox.html")


@require_POST
@needs("messages.view")
def open_message(request, pk):
    """Read it and land where its work is."""
    message = get_object_or_404(own_messages(), pk=pk)
    if message.seen_at is None:
        mark_seen(message.pk)
    inside = url_has_allowed_host_and_scheme(message.link, allowed_hosts=None)
    return redirect(message.link if message.link and inside else "inbox")


@require_POST
@needs("messages.view")
def all_seen(request):
    mark_seen()
    return redirect("inbox")


@needs("messages.view")
def message_settings(request):
    """By which channels and at which hours one is told, besides the portal itself."""
    mine = own_preference()
    now = {
        "channels": [value for value, _ in OUTWARD if value not in mine.off],
        "quiet_from": mine.quiet_from,
        "quiet_until": mine.quiet_until,
    }
    form, status = PreferenceForm(initial=now), 200
    # A form with every box unticked sends nothing but its token.
    if request.method == "POST":
        form, status = PreferenceForm(request.POST), 400
        if form.is_valid():
            try:
                prefer(form.off, form.cleaned_data["quiet_from"], form.cleaned_data["quiet_until"])
                messages.success(request, "已保存接收设置。")
                return redirect("inbox")
            except BadInput as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return render(request, "messages/settings.html", {"form": form}, status=status)


@require_POST
@needs("messages.undelivered")
def message_retry(request, pk):
    message = retry_now(pk)
    messages.success(request, f"将在一分钟内再次发给{message.person.name}。")
    return redirect("undelivered")


@require_POST
@needs("messages.undelivered")
def message_give_up(request, pk):
    form = GiveUpForm(request.POST)
    message = give_up(pk, form.cleaned_data["reason"] if form.is_valid() else "")
    messages.success(request, f"不再以{message.get_channel_display()}发给{message.person.name}，站内消息仍在。")
    return redirect("undelivered")


@outside_scope
def readyz(request):
    """Whether the portal does its work: the database answers behind the wall, and what runs by itself has run.

    For whoever watches the installation; a proxy that asks whether this process lives asks /livez.
    """
    try:
        with public_scope(""):
            connection.cursor().execute("SELECT 1")
        found = signs()
    except Exception:
        return JsonResponse({"database": False}, status=503)
    stale = any(sign.stale for sign in found)
    told = {"database": True} | {sign.name: sign.as_json() for sign in found}
    if clamd.configured():
        # Told, and keeps nobody from working: files wait for a scanner that is away.
        told["scanner"] = clamd.answers()
    return JsonResponse(told, status=503 if stale else 200)


@needs("health.view")
def health(request):
    """运行情况: the same signs as /readyz, in words."""
    return render(request, "messages/health.html", {"signs": signs()})
