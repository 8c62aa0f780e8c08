"""The lists of reminders: what is planned, and who was told."""

from hazards.queries.reminders import PLAN_SORTS, REMINDER_SORTS, plans, reminders
from hazards.reminder_filters import PlanFilter, ReminderFilter
from portal.exports.registry import export_of
from portal.permissions import needs
from portal.ui.lists import ListPage


@needs("reminders.view")
def plan_list(request):
    if "state" not in request.GET and not request.GET.get("all"):
        request.GET = request.GET.copy()
        request.GET["state"] = "waiting"
    page = ListPage(
        request,
        plans(),
        PlanFilter,
        sorts=PLAN_SORTS,
        shown=("q", "state", "kind", "district"),
        more=("due_from", "due_to"),
        export=export_of("plan_list"),
    )
    return page.render("hazards/plan_list.html")


@needs("reminders.ledger")
def reminder_list(request):
    page = ListPage(
        request,
        reminders(),
        ReminderFilter,
        sorts=REMINDER_SORTS,
        shown=("q", "state", "kind", "channel"),
        more=("due_from", "due_to"),
        export=export_of("reminder_list"),
    )
    return page.render("hazards/reminder_list.html")
