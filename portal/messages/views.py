"""The inbox."""

from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal.messages.actions import mark_seen
from portal.messages.filters import MessageFilter
from portal.messages.queries import inbox as own_messages
from portal.permissions import needs
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
