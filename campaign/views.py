"""The leadership's page, the way to everyone's first page, and what could not be delivered."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaign.panels import cards, panels, timeline
from campaign.queries import WORST_OVERDUE, dashboard
from hazards.queries.figures import OVERDUE
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


@needs("dashboard.view")
def dashboard_page(request):
    board = dashboard(timezone.localdate())
    for hazard in board.worst:
        hazard.days = hazard.overdue_days(board.on)
    context = {
        "board": board,
        "place_name": board.places[0].name if who().district_id and len(board.places) == 1 else who().tenant_name,
        "cards": cards(board),
        "panels": panels(board),
        "timeline": timeline(board),
        "worst_figure": WORST_OVERDUE,
        "overdue_link": OVERDUE.link(),
    }
    return render(request, "campaign/dashboard.html", context)


@needs("messages.undelivered")
def undelivered_page(request):
    waiting = undelivered()
    return render(request, "campaign/undelivered.html", {"messages_waiting": waiting[:SHOWN], "count": waiting.count()})
