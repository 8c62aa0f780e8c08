"""Pages of the plan: how often, what is planned, who goes."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from enterprises.models import Enterprise
from inspections import forms_plans as typed
from inspections import queries, rules
from inspections.actions import plans as verbs
from inspections.actions.frequency import set_frequency
from inspections.filters import PlannedFilter
from inspections.models import FrequencySetting, PlannedVisit
from inspections.queries import plans as reads
from portal.exports.registry import export_of
from portal.permissions import may, needs
from portal.refusals import Refused
from portal.ui.lists import ListPage
from portal.ui.posting import Sheet, keep_up, saved, shown


@needs("plans.view")
def visit_frequency(request):
    """How often each grade is visited now, how that came about, and for the office the form that changes it."""
    form = typed.FrequencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_frequency(**form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            form.status = refusal.status
        else:
            messages.success(request, "已设定检查频次。")
            return redirect("visit_frequency")
    months = queries.city_frequency()
    context = {
        "now": [(name, 12 // months[grade], rules.WORDS[months[grade]]) for grade, name in FrequencySetting.Of.choices],
        "history": FrequencySetting.objects.all()[:50],
    }
    return shown(request, "inspections/frequency.html", form, **context)


@needs("plans.view")
def planned_list(request):
    """The plan month by month; ?month=2026-11 shows one, and the strip above all of its year."""
    page = ListPage(
        request,
        reads.planned_visits(),
        PlannedFilter,
        sorts=reads.PLANNED_SORTS,
        shown=("q", "month", "district", "state"),
        more=("grade", "pair", "near", "origin"),
        export=export_of("planned_list"),
    )
    month = page.filter.form.cleaned_data.get("month") if page.filter.form.is_valid() else None
    today = timezone.localdate()
    year = (month or today).year
    district = page.filter.form.cleaned_data.get("district") if page.filter.form.is_valid() else None
    planned = PlannedVisit.objects.filter(district=district) if district else PlannedVisit.objects.all()
    context = {
        "year": year,
        "month": month,
        "months": [
            (one, page.address(month=f"{one.first:%Y-%m}", page=None))
            for one in reads.months_of(year, planned)
            # What is over and was never planned tells nothing.
            if one.planned or one.first >= today.replace(day=1)
        ],
        "late_means": reads.LATE_MEANS,
    }
    return page.render("inspections/planned_list.html", context)


@needs("plans.generate")
def plan_year(request):
    """What making the year's plan (anew) would change; only the button changes it."""
    today = timezone.localdate()
    form = typed.YearForm(request.POST or {"year": request.GET.get("year") or today.year})
    year = verbs.year_of_plan(form.cleaned_data["year"] if form.is_valid() else 0)
    if request.method == "POST":
        done = verbs.generate(year)
        messages.success(request, f"已生成{year}年计划：新增{done.added}次，撤回{done.withdrawn}次。")
        return redirect("planned_list")
    context = {"preview": reads.preview(year), "years": (today.year, today.year + 1), "year": year}
    return render(request, "inspections/plan_year.html", context)


@needs("plans.arrange")
def planned_new(request, pk):
    enterprise = get_object_or_404(Enterprise.objects.select_related("district"), pk=pk)
    form = typed.PlannedForm(request.POST or None, initial={"month": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.add_planned(enterprise, form.cleaned_data["month"])
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            form.status = refusal.status
        else:
            messages.success(request, "已列入计划，请指派检查人员。")
            return redirect("planned", made.pk)
    return shown(request, "inspections/planned_new.html", form, enterprise=enterprise)


SHEETS = {
    "assign": Sheet(
        lambda planned, *given, **more: typed.AssignForm(
            *given,
            people=reads.inspectors_of([planned.organisation_id, planned.joint_with_id or 0], planned.month),
            initial={"first": planned.first_id, "second": planned.second_id, "day": planned.day}
            | more.pop("initial", {}),
            **more,
        ),
        "已指派，两名检查人员会收到消息。",
        lambda pk, told: verbs.assign(pk, told["first"], told["second"], day=told["day"], revision=told["revision"]),
    ),
    "move": Sheet(
        lambda planned, *given, **more: typed.MoveForm(*given, **more),
        "已改期。",
        lambda pk, told: verbs.move(pk, told["month"], told["reason"], revision=told["revision"]),
    ),
    "cancel": Sheet(
        lambda planned, *given, **more: typed.CancelForm(*given, **more),
        "已取消，理由留在记录里。",
        lambda pk, told: verbs.cancel(pk, told["reason"], revision=told["revision"]),
    ),
    "offer": Sheet(
        lambda planned, *given, **more: typed.OfferForm(*given, **more),
        "已向对方提议联合检查，等待答复。",
        lambda pk, told: verbs.offer(pk, told["other"], revision=told["revision"]),
    ),
    "answer": Sheet(
        lambda planned, *given, **more: typed.AnswerForm(*given, **more),
        "已答复对方。",
        lambda pk, told: verbs.answer_offer(
            pk, told["offer"], accepts=told["accepts"], reason=told["reason"], revision=told["revision"]
        ),
    ),
}


@needs("plans.view")
def planned(request, pk):
    return planned_page(request, reads.planned_or_404(pk))


@require_POST
@needs("plans.arrange")
def planned_verb(request, pk, verb):
    if verb not in SHEETS:
        raise Http404(f"verb {verb}")
    record, sheet = reads.planned_or_404(pk), SHEETS[verb]
    form = sheet.form(record, request.POST, prefix=verb)
    act = lambda: sheet.act(pk, form.cleaned_data)  # noqa: E731
    if answer := saved(request, form, act, sheet.done, "planned", pk):
        return answer
    record = reads.planned_or_404(pk)
    keep_up(form, **{f"{verb}-revision": record.revision})
    return planned_page(request, record, {verb: form})


def planned_page(request, record: PlannedVisit, tried: dict | None = None):
    """One planned visit; `tried` is the form that was refused, shown as it was typed among the others."""
    tried = tried or {}
    near = reads.others_near(record)
    offers = list(record.offers.filter(state=PlannedVisit.State.PLANNED).select_related("organisation"))
    arranges = may("plans.arrange", record) and record.state == PlannedVisit.State.PLANNED and not record.visit_id
    names = ("assign", "move", "cancel") if arranges else ()
    forms = {
        name: tried.get(name) or SHEETS[name].form(record, prefix=name, initial={"revision": record.revision})
        for name in names
    }
    if arranges and offers:
        start = {"revision": record.revision, "offer": offers[0].pk}
        forms["answer"] = tried.get("answer") or SHEETS["answer"].form(record, prefix="answer", initial=start)
    fault = next((form for name, form in tried.items() if name not in forms), None)
    context = {
        "planned": record,
        "near": near,
        "offers": offers,
        "arranges": arranges,
        "forms": forms,
        "fault": fault,
        "fortnight": rules.FORTNIGHT,
    }
    status = next((getattr(form, "status", 400) for form in tried.values()), 200)
    return render(request, "inspections/planned.html", context, status=status)
