"""The leadership's page, the way to everyone's first page, and what could not be delivered."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaign.export_dashboard import dashboard_workbook
from campaign.forms import WithinForm
from campaign.panels import Card, Cell, cards, enterprise_cards, panels, timeline
from campaign.queries import REPEATED, WORST_OVERDUE, enterprise_board, kept_dashboard, repeated_open, waiting_messages
from enterprises.views.units import enterprise_or_404
from hazards.queries.figures import OVERDUE
from portal.audit.record import note as audit
from portal.exports.workbook import XLSX
from portal.messages.queries import undelivered
from portal.permissions import needs
from portal.tenancy.models import Tenant
from portal.tenancy.scope import who
from portal.tenancy.views import safe_next
from portal.ui.context import TEXT_SIZES

FIRST_PAGE = {
    "office": "dashboard",
    "department": "dashboard",
    "inspector": "my_day",
    "auditor": "dashboard",
    "officer": "own_work",
    "expert": "assessment_list",
    "sysadmin": "admin:index",
    "secadmin": "admin:index",
}
SHOWN = 200


@needs("home")
def home(request):
    """Each role's own first page; the operator, who sees nobody's business, is told what there is to run."""
    if name := FIRST_PAGE.get(who().role):
        return redirect(name)
    return render(request, "campaign/operator.html", {"tenants": Tenant.objects.order_by("id")})


@require_POST
@needs("home")
def text_size(request):
    """文字大小, kept by the browser: whoever needs large letters needs them on the login page too."""
    response = redirect(safe_next(request))
    if (size := request.POST.get("size", "")) in dict(TEXT_SIZES):
        response.set_cookie("text_size", size, max_age=365 * 86400, httponly=True, samesite="Lax")
    return response


def asked_within(request) -> WithinForm:
    form = WithinForm(request.GET)
    if not form.is_valid():
        raise Http404(f"dashboard of {request.GET.urlencode()}")
    return form


@needs("dashboard.view")
def dashboard_page(request):
    form = asked_within(request)
    within = form.within()
    board = kept_dashboard(timezone.localdate(), within)
    for hazard in board.worst:
        hazard.days = hazard.overdue_days(board.on)
    place = board.places[0].name if len(board.places) == 1 and (who().district_id or within.district) else None
    context = {
        "board": board,
        "form": form,
        "place_name": f"{place or who().tenant_name}{board.sector_name}",
        "cards": cards(board, waiting_messages()),
        "panels": panels(board),
        "timeline": timeline(board),
        "worst_figure": WORST_OVERDUE,
        "overdue_link": board.total.link(OVERDUE),
        "repeated": REPEATED,
    }
    if request.GET.get("export") == "xlsx":
        audit("exports.direct", changes={"list": "dashboard", "filter": [context["place_name"]]})
        content = dashboard_workbook(board, context["place_name"], context["cards"], context["panels"])
        response = HttpResponse(content, content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="dashboard-{board.on:%Y%m%d}.xlsx"'
        return response
    return render(request, "campaign/dashboard.html", context)


@needs("dashboard.view")
def dashboard_repeated(request):
    """The one figure that looks up each open hazard's past: it comes after the page."""
    within = asked_within(request).within()
    card = Card(REPEATED, Cell(repeated_open(timezone.localdate(), within), REPEATED.link(**within.parameters)))
    return render(request, "campaign/_card.html", {"card": card})


@needs("hazards.view")
def enterprise_figures(request, pk):
    """The same figures of one enterprise, for whoever may see it."""
    enterprise = enterprise_or_404(pk)
    board = enterprise_board(enterprise, timezone.localdate())
    context = {"enterprise": enterprise, "board": board, "cards": enterprise_cards(board)}
    return render(request, "campaign/enterprise.html", context)


@needs("messages.undelivered")
def undelivered_page(request):
    waiting = undelivered()
    return render(request, "campaign/undelivered.html", {"messages_waiting": waiting[:SHOWN], "count": waiting.count()})
