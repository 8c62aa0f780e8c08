"""Saving and deleting one's own views of a list; both lead back to it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from enterprises.actions.saved_views import address_of, delete_view, save_view
from portal.permissions import needs


@require_POST
@needs("views.save")
def view_save(request):
    view = save_view(request.POST.get("list", ""), request.POST.get("name", ""), request.POST.get("query", ""))
    messages.success(request, f"已保存视图“{view.name}”。")
    return redirect(f"{address_of(view.list)}?{view.query}")


@require_POST
@needs("views.save")
def view_delete(request, pk):
    view = delete_view(pk)
    messages.success(request, f"已删除视图“{view.name}”。")
    return redirect(address_of(view.list))
