"""Pages of 专项行动: the list, one with its progress, its plants, and the form that prepares one."""

from django.contrib import messages
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from inspections import forms_plans as typed
from inspections.actions import themed as verbs
from inspections.filters import ActionFilter, TargetFilter
from inspections.models import ThemedAction
from inspections.queries import themed as reads
from inspections.queries.checklists import current, newest_edition
from inspections.scope import Scope
from portal.exports.registry import export_of
from portal.permissions import may, needs
from portal.refusals import Refused
from portal.ui.lists import ListPage
from portal.ui.posting import shown


@needs("actions.view")
def action_list(request):
    page = ListPage(request, reads.actions(), ActionFilter, sorts={"new": "-pk"}, export=export_of("action_list"))
    return page.render("inspections/action_list.html")


@needs("actions.view")
def action(request, pk):
    file = reads.action_file(pk)
    context = {
        "file": file,
        "action": file.action,
        "means": reads.MEANS,
        "runs": may("actions.run"),
        "plan_form": typed.PlannedForm(initial={"month": timezone.localdate()}) if may("actions.plan") else None,
    }
    return render(request, "inspections/action.html", context)


@needs("actions.view")
def target_list(request):
    """?action= names the action; the plants of all of them without it."""
    page = ListPage(
        request,
        reads.targets(),
        TargetFilter,
        sorts=reads.TARGET_SORTS,
        shown=("q", "district", "state"),
        export=export_of("target_list"),
    )
    return page.render("inspections/target_list.html")


@needs("actions.run")
def action_new(request):
    return written(request, None)


@needs("actions.run")
def action_edit(request, pk):
    return written(request, reads.action_or_404(pk))


def written(request, record: ThemedAction | None):
    """The form of a new one or of one not yet started. 看看有多少 counts the plants and ticks the fitting items; nothing is saved."""
    items = list(newest_edition().items.order_by("seq"))
    given = request.POST if request.method == "POST" else QueryDict(record.query if record else "")
    scope, counts = Scope(given, request), "count" in request.POST
    start = (
        {name: getattr(record, name) for name in ("title", "themes", "starts", "ends", "codes", "revision")}
        | {"template": record.template_id}
        if record
        else {}
    )
    form = typed.ActionForm(request.POST or None, items=items, templates=current(), initial=start)
    if request.method == "POST" and not counts and form.is_valid():
        told = dict(form.cleaned_data)
        revision = told.pop("revision")
        told.pop("categories")
        told["codes"] = () if told["template"] else told["codes"] or form.fitting(items)
        try:
            if record:
                verbs.change(record.pk, revision=revision, scope=scope, **told)
            else:
                record = verbs.prepare(scope=scope, **told)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            form.status = refusal.status
        else:
            messages.success(request, "已保存，核对后启动。")
            return redirect("action", record.pk)
    found = scope.found.count() if request.method == "POST" and scope.filter.is_valid() else None
    if counts:
        form.status = 200
        form.data = form.data.copy()
        form.data.setlist("codes", form.fitting(items))
    return shown(request, "inspections/action_form.html", form, scope=scope, found=found, record=record)


VERBS = {
    "start": ("已启动，企业名单已固定。", lambda pk, told: verbs.start(pk)),
    "join": ("已补充。", lambda pk, told: verbs.add_later(pk)),
    "end": ("已结束。", lambda pk, told: verbs.end(pk)),
    "plan": ("已列入检查计划。", lambda pk, told: verbs.plan_targets(pk, told)),
}


@require_POST
@needs("actions.view")
def action_verb(request, pk, verb):
    """What needs no form of its own; a refusal is answered with its sentence."""
    if verb not in VERBS:
        raise Http404(f"verb {verb}")
    done, act = VERBS[verb]
    form = typed.PlannedForm(request.POST)
    month = form.cleaned_data["month"] if form.is_valid() else timezone.localdate()
    act(pk, month)
    messages.success(request, done)
    return redirect("action", pk)
