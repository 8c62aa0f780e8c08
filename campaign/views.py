"""The leadership's page, the way to everyone's first page, and what could not be delivered."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaign.export_dashboard import dashboard_workbook
from campaign.forms import GradesForm, MapForm, WithinForm
from campaign.panels import cards, enterprise_cards, panels, repeated_card, timeline
from campaign.panels_later import grades_panel, levels_panel, map_panel, trend_rows
from campaign.queries import REPEATED, WORST_OVERDUE, Dashboard, enterprise_board, kept_dashboard, waiting_messages
from campaign.queries_panels import kept_grades, kept_levels, kept_map, kept_trend
from enterprises.views.units import enterprise_or_404
from hazards.queries.figures import OVERDUE
from portal.audit.record import note as audit
from portal.exports.registry import whole_table
from portal.exports.workbook import XLSX, attached
from portal.messages.models import Message
from portal.messages.queries import undelivered
from portal.permissions import needs
from portal.tenancy.models import Tenant
from portal.tenancy.scope import who
from portal.tenancy.views import safe_next
from portal.ui.context import TEXT_SIZES
from portal.ui.spreadsheet import Cell

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


def asked_within(request, kind: type[WithinForm] = WithinForm) -> Any:
    form = kind(request.GET, auto_id=f"{kind.__name__.lower()}-%s")
    if not form.is_valid():
        raise Http404(f"dashboard of {request.GET.urlencode()}")
    return form


def place_name(form: WithinForm, board: Dashboard) -> str:
    """Whose figures these are: the city's, a district's, a department's or a sector's."""
    alone = board.places[0].name if len(board.places) == 1 and (who().district_id or board.within.district) else None
    department = form.cleaned_data["department"]
    return f"{alone or who().tenant_name}{department.name if department else ''}{board.sector_name}"


@needs("dashboard.view")
def dashboard_page(request):
    form = asked_within(request)
    within = form.within()
    board = kept_dashboard(timezone.localdate(), within)
    form.offer(board.districts)
    for hazard in board.worst:
        hazard.days = hazard.overdue_days(board.on)
    context = {
        "board": board,
        "form": form,
        "place_name": place_name(form, board),
        "cards": cards(board, waiting_messages()),
        "panels": panels(board),
        "timeline": timeline(board),
        "worst_figure": WORST_OVERDUE,
        "overdue_link": board.total.link(OVERDUE),
        "repeated": REPEATED,
        "later": [(key, title) for key, (title, _, _) in LATER.items()],
    }
    if request.GET.get("export") == "xlsx":
        audit("exports.direct", changes={"list": "dashboard", "filter": [context["place_name"]]})
        shown = [*context["cards"], repeated_card(board.on, within)]
        content = dashboard_workbook(board, context["place_name"], shown, context["panels"])
        return attached(content, XLSX, f"dashboard-{board.on:%Y%m%d}.xlsx")
    return render(request, "campaign/dashboard.html", context)


@needs("dashboard.view")
def dashboard_repeated(request):
    """The one figure that looks up each open hazard's past: it comes after the page."""
    within = asked_within(request).within()
    return render(request, "campaign/_card.html", {"card": repeated_card(timezone.localdate(), within)})


# What comes after the page, each by itself: title, form, and what its template is given.
def by_grade(form: GradesForm, on: date) -> dict:
    found = kept_grades(on, form.within())
    return {"at": found.at, "board": found.board, "panel": grades_panel(found, form.cleaned_data["figure"])}


def by_level(form: WithinForm, on: date) -> dict:
    found = kept_levels(on, form.within())
    return {"at": found.at, "board": found.board, "panel": levels_panel(found)}


def by_trend(form: WithinForm, on: date) -> dict:
    found = kept_trend(on, form.within())
    return {"at": found.at, "board": found.board, "changes": trend_rows(found)}


def by_map(form: MapForm, on: date) -> dict:
    within, told = form.within(), form.cleaned_data
    board = kept_dashboard(on, within)
    panel = map_panel(kept_map(on, within, told["dots"]), board, told["figure"], told["dots"])
    return {"at": panel.at, "board": board, "map": panel}


LATER: dict[str, tuple[str, type[WithinForm], Callable[[Any, date], dict]]] = {
    "map": ("区县地图", MapForm, by_map),
    "trend": ("与上月、去年同期比", WithinForm, by_trend),
    "levels": ("隐患按级别", WithinForm, by_level),
    "by-grade": ("隐患按企业等级比较", GradesForm, by_grade),
}


@needs("dashboard.view")
def dashboard_panel(request, key):
    """A panel that comes after the page: put into it, or, where no script runs, a page of its own."""
    if key not in LATER:
        raise Http404(f"panel {key}")
    title, kind, read = LATER[key]
    form = asked_within(request, kind)
    context = {"key": key, "title": title, "form": form} | read(form, timezone.localdate())
    context["place_name"] = place_name(form, context["board"])
    context["part"] = f"campaign/_panel_{'table' if 'panel' in context else key}.html"
    alone = not request.headers.get("HX-Request")
    return render(request, "campaign/panel.html" if alone else context["part"], context)


@needs("hazards.view")
def enterprise_figures(request, pk):
    """The same figures of one enterprise, for whoever may see it."""
    enterprise = enterprise_or_404(pk)
    board = enterprise_board(enterprise, timezone.localdate())
    context = {"enterprise": enterprise, "board": board, "cards": enterprise_cards(board)}
    return render(request, "campaign/enterprise.html", context)


UNDELIVERED_COLUMNS = ("收件人", "渠道", "标题", "失败原因", "已试次数", "首次", "下次再试")


def undelivered_line(message: Message) -> list[Cell]:
    return [
        *(message.person.name, message.get_channel_display(), message.title, message.fault),
        *(message.tries, message.made_at, message.next_try_at),
    ]


@needs("messages.undelivered")
def undelivered_page(request):
    waiting = undelivered()
    if request.GET.get("export") == "xlsx":
        return whole_table("undelivered", "未送达的提醒", UNDELIVERED_COLUMNS, map(undelivered_line, waiting))
    return render(request, "campaign/undelivered.html", {"messages_waiting": waiting[:SHOWN], "count": waiting.count()})
