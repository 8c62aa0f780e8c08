"""Pages of 现场检查方案, and the button that makes a visit's record."""

from datetime import datetime, time

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from enterprises.models import Enterprise
from inspections import queries
from inspections.actions import records, schemes
from inspections.filters_schemes import SchemeFilter
from inspections.forms_schemes import DecideForm, RecordForm, SchemeForm
from inspections.models_schemes import SchemeDocument, VisitScheme
from inspections.queries_field import photos_lacking
from inspections.queries_schemes import office_mates, scheme_or_404
from inspections.queries_schemes import schemes as all_schemes
from portal.documents.views import printed
from portal.exports.registry import export_of
from portal.legaldays import SHANGHAI
from portal.permissions import may, needs
from portal.refusals import IllegalMove
from portal.tenancy.scope import who
from portal.ui.lists import ListPage
from portal.ui.posting import keep_up, saved, shown

State = VisitScheme.State


@needs("schemes.view")
def scheme_list(request):
    page = ListPage(
        request,
        all_schemes(),
        SchemeFilter,
        sorts={"new": "-pk", "date": "-planned_from"},
        shown=("q", "state", "district", "mine"),
        export=export_of("scheme_list"),
    )
    return page.render("inspections/scheme_list.html")


def form_for(request, **more) -> SchemeForm:
    me = who()
    own = queries.certified_postings().filter(organisation_id=me.organisation_id).select_related("person")
    inspectors = {posting.person_id: posting for posting in own.order_by("person__name", "person_id")}
    return SchemeForm(
        request.POST or None,
        inspectors=list(inspectors.values()),
        reviewers=office_mates(),
        approvers=office_mates(leads=True),
        **more,
    )


@needs("schemes.draft")
def scheme_new(request, pk):
    enterprise = get_object_or_404(Enterprise, pk=pk)
    form = form_for(request, initial={"lead": who().person_id})
    made: list[VisitScheme] = []

    def act():
        made.append(schemes.draft(pk, form.cleaned_data))

    done = saved(request, form, act, "已报审，等待审核人审核。", "scheme", pk) if request.method == "POST" else None
    if done:
        done["Location"] = reverse("scheme", args=[made[0].pk])
    return done or shown(request, "inspections/scheme_form.html", form, enterprise=enterprise, heading="拟制检查方案")


@needs("schemes.draft")
def scheme_edit(request, pk):
    record = scheme_or_404(pk)
    if record.state != State.RETURNED or record.drafter_id != who().person_id:
        raise IllegalMove(f"方案{record.get_state_display()}；只有退回后，由拟制人修改。")
    known = {name: getattr(record, f"{name}_id", getattr(record, name)) for name in SchemeForm.base_fields}
    form = form_for(request, initial=known)
    done = None
    if request.method == "POST":
        done = saved(request, form, lambda: schemes.change(pk, form.cleaned_data), "已重新报审。", "scheme", pk)
    context = {"enterprise": record.enterprise, "scheme": record, "heading": "修改检查方案"}
    return done or shown(request, "inspections/scheme_form.html", form, **context)


def scheme_page(request, record: VisitScheme, form: DecideForm | None = None):
    decides = (record.state == State.REVIEWING and may("schemes.review", record)) or (
        record.state == State.APPROVING and may("schemes.approve", record)
    )
    drafted = record.drafter_id == who().person_id and may("schemes.draft")
    context = {
        "scheme": record,
        "document": next(iter(record.documents.all()), None),
        "decides": decides,
        "edits": drafted and record.state == State.RETURNED,
        "withdraws": drafted and record.state in (State.REVIEWING, State.APPROVING, State.RETURNED),
    }
    form = form or DecideForm(initial={"revision": record.revision})
    return shown(request, "inspections/scheme.html", form, **context)


@needs("schemes.view")
def scheme(request, pk):
    return scheme_page(request, scheme_or_404(pk))


@require_POST
@needs("schemes.review")
def scheme_decide(request, pk):
    """审核 or 审批, whichever is due; the verb says whose word it is."""
    record = scheme_or_404(pk)
    form = DecideForm(request.POST)

    def act():
        data = form.cleaned_data
        if request.POST.get("verdict") == "return":
            schemes.send_back(pk, data["opinion"], revision=data["revision"])
        elif record.state == State.APPROVING:
            schemes.approve(pk, data["opinion"], revision=data["revision"])
        else:
            schemes.review(pk, data["opinion"], revision=data["revision"])

    done = saved(request, form, act, "已办理。", "scheme", pk)
    if done:
        return done
    record = scheme_or_404(pk)
    keep_up(form, revision=record.revision)
    return scheme_page(request, record, form)


@require_POST
@needs("schemes.draft")
def scheme_withdraw(request, pk):
    schemes.withdraw(pk)
    messages.success(request, "方案已撤回。")
    return redirect("scheme", pk)


@needs("schemes.view")
def scheme_pdf(request, pk):
    document = SchemeDocument.objects.filter(scheme_id=pk).first()
    if document is None:
        raise Http404(f"document of scheme {pk}")
    return printed(document, "scheme")


@needs("visits.conduct")
def visit_record(request, pk):
    """现场检查记录 of a finished visit, filled in from what the visit knows."""
    visit = queries.visit_or_404(pk)
    if visit.state != visit.State.FINISHED:
        raise IllegalMove(f"这次检查{visit.get_state_display()}，完成后才能制作现场检查记录。")
    form = RecordForm(request.POST or None, initial=known_of(visit))
    made: list = []

    def act():
        made.append(records.make_record(pk, **form.cleaned_data))

    done = saved(request, form, act, "已制作现场检查记录。", "visit", pk) if request.method == "POST" else None
    if done:
        done["Location"] = made[0].get_absolute_url()
    return done or shown(request, "inspections/record_form.html", form, visit=visit, lacking=photos_lacking(pk))


def known_of(visit) -> dict:
    """The times as they were kept where they lie on the day of the visit; else that day's working hours."""

    def on_the_day(moment, otherwise: time) -> str:
        local = timezone.localtime(moment)
        if local.date() != visit.visited_on:
            local = datetime.combine(visit.visited_on, otherwise, SHANGHAI)
        return local.strftime("%Y-%m-%dT%H:%M")

    counts = {label: n for _, label, n in queries.visit_file(visit.pk).verdicts if n}
    looked = "按检查表检查" + "，".join(f"{label}{n}项" for label, n in counts.items()) + "。" if counts else ""
    return {
        "started_at": on_the_day(visit.started_at, time(9)),
        "ended_at": on_the_day(visit.finished_at, time(11)),
        "representative": visit.enterprise.principal,
        "phone": visit.enterprise.principal_phone,
        "met_with": visit.met_with,
        "situation": visit.summary or looked,
    }
