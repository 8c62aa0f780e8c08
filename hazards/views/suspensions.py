"""停产停业: what stands still, why and until when; ordering on the spot, and lifting."""

from django.http import Http404
from django.shortcuts import redirect, render

from enterprises.views.units import enterprise_or_404
from hazards.actions import suspensions
from hazards.filters import SuspensionFilter
from hazards.forms import LiftForm, SuspendForm
from hazards.models import Suspension
from hazards.queries.suspensions import SUSPENSION_SORTS, suspended
from hazards.views.acts import order_of
from portal.exports.registry import export_of
from portal.permissions import needs
from portal.refusals import IllegalMove
from portal.tenancy.queries import colleagues
from portal.ui.lists import ListPage
from portal.ui.posting import saved, shown


@needs("suspensions.view")
def suspension_list(request):
    if "situation" not in request.GET and not request.GET.get("all"):
        request.GET = request.GET.copy()
        request.GET["situation"] = "in_force"
    page = ListPage(
        request,
        suspended(),
        SuspensionFilter,
        sorts=SUSPENSION_SORTS,
        shown=("q", "situation", "reach", "district"),
        export=export_of("suspension_list"),
    )
    return page.render("hazards/suspension_list.html")


def suspension_or_404(pk: int) -> Suspension:
    found = suspended().select_related("notice", "hazard").filter(pk=pk).first()
    if found is None:
        raise Http404(f"suspension {pk}")
    return found


@needs("suspensions.view")
def suspension(request, pk):
    return render(request, "hazards/suspension.html", {"suspension": suspension_or_404(pk)})


@needs("suspensions.order")
def suspension_order(request, pk):
    """现场责令: on the spot, for what no recorded hazard says."""
    enterprise = enterprise_or_404(pk)
    form = SuspendForm(
        request.POST or None,
        colleagues=colleagues(),
        units=enterprise.units.filter(closed_on=None).order_by("name"),
        initial={"reach": "part", "on_the_spot": True},
    )
    if request.method == "POST":
        made: list[Suspension] = []

        def do():
            made.append(suspensions.suspend(enterprise.pk, order_of(form.cleaned_data), form.cleaned_data["second"]))

        if answer := saved(request, form, do, "已责令停产停业，决定书已制发，企业会收到通知。", "enterprise", pk):
            return redirect("suspension", made[0].pk) if made else answer
    return shown(request, "hazards/suspension_order.html", form, enterprise=enterprise)


@needs("suspensions.lift")
def suspension_lift(request, pk):
    record = suspension_or_404(pk)
    form = LiftForm(request.POST or None)
    if request.method == "POST":

        def do():
            suspensions.resume(pk, form.cleaned_data["note"])

        if answer := saved(request, form, do, "已同意恢复，企业会收到通知。", "suspension", pk):
            return answer
    elif record.lifted_on:
        raise IllegalMove(f"已于{record.lifted_on}由{record.lifted_by_name}同意恢复。")
    return shown(request, "hazards/suspension_lift.html", form, suspension=record)
