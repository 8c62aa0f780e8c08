"""Pages of visits: starting one, working through the checklist, finishing, and the record."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from enterprises.models import Enterprise
from hazards.forms import IMAGES
from hazards.models import AccidentType, Level
from inspections import queries, rules
from inspections.actions import answers, visits
from inspections.forms import AbandonForm, ExtraForm, FindingForm, FinishForm, StartForm
from inspections.models import Answer, Visit
from inspections.queries.checklists import Checklist, checklist, current, newest_edition
from inspections.queries.plans import next_planned, planned_or_404
from inspections.queries.themed import action_or_404
from portal.exports.registry import export_of
from portal.numbers import number_in
from portal.permissions import may, needs
from portal.refusals import BadInput, Refused

SHOWN = [("", "全部"), ("unanswered", "未填"), ("findings", "不符合")]
LINE_CHOICES = {
    "verdicts": Answer.Verdict.choices,
    "levels": Level.choices,
    "accident_types": AccidentType.choices,
    "accept": IMAGES,
}


@needs("visits.view")
def visit_list(request):
    page = export_of("visit_list").listed(request)
    queries.count_hazards(page.rows)
    return page.render("inspections/list.html")


@needs("visits.view")
def visit_due(request):
    """检查覆盖率 and the very enterprises behind it: those not yet visited in their period, or those visited."""
    today = timezone.localdate()
    months = queries.city_frequency()
    if "covered" not in request.GET:
        request.GET = request.GET.copy()
        request.GET["covered"] = "0"
    page = export_of("visit_due").listed(request)
    for row in page.rows:
        row.every, row.period_label = rules.WORDS[row.months], rules.period_name(today, row.months)
    next_planned(page.rows)
    coverage = queries.coverage(today, months)
    all_due, visited = sum(row.due for row in coverage), sum(row.visited for row in coverage)
    context = {
        "due": all_due,
        "visited": visited,
        "lacking": all_due - visited,
        "rate": f"{100 * visited / all_due:.1f}" if all_due else "—",
        "means": queries.coverage_means(months),
    }
    return page.render("inspections/due.html", context)


@needs("visits.conduct")
def visit_start(request):
    """?enterprise= names the plant; without it, a search for one comes first. Nothing typed is lost by a refusal."""
    asked = number_in(request.POST.get("enterprise") or request.GET.get("enterprise"))
    planned = None
    if of_plan := number_in(request.POST.get("planned") or request.GET.get("planned")):
        planned = planned_or_404(of_plan)
        asked = planned.enterprise_id
    if asked is None:
        word = request.GET.get("q", "").strip()
        found = queries.enterprises_like(word)
        return render(request, "inspections/choose_enterprise.html", {"found": found, "word": word})
    enterprise = get_object_or_404(Enterprise.objects.select_related("district"), pk=asked)
    whole = checklist(newest_edition()).judged_for(enterprise)
    categories = [(name, len(items)) for name, items in whole.chapters.items()]
    given = number_in(request.POST.get("action") or request.GET.get("action")) or (planned and planned.action_id)
    action = action_or_404(given) if given else None
    form = StartForm(
        request.POST or None,
        categories=categories,
        templates=current(),
        themed=action is not None,
        initial={
            "key": uuid4(),
            "enterprise": enterprise.pk,
            "categories": usual_categories(request, whole),
            "fits": True,
        }
        | planned_for(planned, request.who.person_id)
        | ({"action": action.pk} if action else {}),
    )
    fault, status = "", 200
    if request.method == "POST" and "find" not in request.POST:
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = visits.start_visit(
                    enterprise,
                    data["second"],
                    data["subject"],
                    data["categories"],
                    data["key"],
                    planned_id=planned and planned.pk,
                    action_id=action and action.pk,
                    template_id=data["template"],
                    fits=data["fits"],
                )
                return redirect("visit", made.pk)
            except Refused as refusal:
                fault, status = refusal.sentence, refusal.status
    context = {
        "form": form,
        "enterprise": enterprise,
        "planned": planned,
        "action": action,
        "open_visits": queries.under_way_at(enterprise),
        "fault": fault,
        "total": len(whole.items),
        "fitting": len(whole.fitting().items),
        "parts": whole.told,
        **second_picker(request, form["second"].value()),
    }
    return render(request, "inspections/start.html", context, status=status)


def planned_for(planned, person_id: int) -> dict:
    """What a planned visit fills in: itself, and the one who was to come along."""
    if planned is None:
        return {}
    pair = {planned.first_id, planned.second_id} - {person_id, None}
    return {"planned": planned.pk, "second": min(pair) if len(pair) == 1 else None}


def usual_categories(request, whole: Checklist) -> list[str]:
    """What this inspector ticked last time; everything where ?all is asked for, and what the plant has where ?fitting is."""
    if "all" in request.GET:
        return whole.categories
    if "fitting" in request.GET:
        return whole.fitting().categories
    last = (
        Visit.objects.filter(lead_id=request.who.person_id).order_by("-id").values_list("categories", flat=True).first()
    )
    return [name for name in last or [] if name in whole.categories]


def second_picker(request, chosen) -> dict:
    """The people to choose the second inspector from; the chosen one stays in sight whatever is searched for."""
    word = (request.POST.get("second_q") or request.GET.get("second_q") or "").strip()
    chosen = number_in(str(chosen or ""))
    people = queries.possible_seconds(word)
    if chosen and chosen not in [posting.person_id for posting in people]:
        people = [
            *queries.certified_postings().filter(person_id=chosen).select_related("person", "organisation")[:1],
            *people,
        ]
    return {"seconds": people, "second_q": word, "second": chosen}


@needs("visits.conduct")
def pick_enterprise(request):
    word = request.GET.get("q", "")
    return render(request, "inspections/_enterprises.html", {"found": queries.enterprises_like(word), "word": word})


@needs("visits.conduct")
def pick_inspector(request):
    return render(request, "inspections/_seconds.html", second_picker(request, request.GET.get("second")))


@needs("visits.view")
def visit(request, pk):
    """The working page for its two inspectors while under way; the record for everybody else, and afterwards."""
    file = queries.visit_file(pk)
    if not working_on(request, file.visit):
        return render(request, "inspections/visit.html", {"file": file, "visit": file.visit})
    return render(request, "inspections/working.html", working_page(request, file))


def working_on(request, record: Visit) -> bool:
    mine = request.who.person_id in (record.lead_id, record.second_id)
    return mine and record.state == Visit.State.UNDER_WAY and may("visits.conduct", record)


def working_page(request, file: queries.VisitFile, **more) -> dict:
    show, word = request.GET.get("show", ""), request.GET.get("q", "").strip()
    wanted = [(chapter, lines_shown(chapter.lines, show, word)) for chapter in file.chapters]
    opened = request.GET.get("open", "")
    if not opened:
        opened = next((chapter.name for chapter, _ in wanted if chapter.answered < len(chapter.lines)), "")
    return (
        {
            "file": file,
            "visit": file.visit,
            "chapters": [
                (chapter, lines, bool(show or word) or chapter.name == opened) for chapter, lines in wanted if lines
            ],
            "show": show,
            "q": word,
            "filters": SHOWN,
            "extra_form": ExtraForm(initial={"key": uuid4()}),
            "abandon_form": AbandonForm(),
        }
        | LINE_CHOICES
        | more
    )


def lines_shown(lines: list[queries.Line], show: str, word: str) -> list[queries.Line]:
    if show == "unanswered":
        lines = [line for line in lines if not line.verdict]
    elif show == "findings":
        lines = [line for line in lines if line.is_finding]
    if word:
        lines = [
            line for line in lines if word in f"{line.code}{line.item.text}{line.item.basis}{line.item.subcategory}"
        ]
    return lines


@require_POST
@needs("visits.conduct")
def visit_answer(request, pk, code):
    """One tap, or the details of one finding, saved as given. With htmx the line comes back; without, the same place."""
    details = "description" in request.POST
    form = FindingForm(request.POST)
    try:
        if details and not form.is_valid():
            name, faults = next(iter(form.errors.items()))
            raise BadInput(f"{form.fields[name].label}：{faults[0]}", field=name)
        given = {name: value for name, value in form.cleaned_data.items() if name in request.POST} if details else {}
        answers.answer(pk, code, request.POST.get("verdict", ""), **given)
    except Refused as refusal:
        if refusal.status == 403:
            raise
        return line_again(request, pk, code, fault=refusal.sentence, typing=details)
    return line_again(request, pk, code, typing=details)


def line_again(request, pk: int, code: str, *, fault: str = "", typing: bool = False) -> HttpResponse:
    record = queries.visit_or_404(pk)
    line = queries.visit_line(record, code)
    category = line.item.category if line.item else ""
    if not request.htmx:
        if fault:
            messages.error(request, fault)
        kept = {name: value for name, value in request.GET.items() if name in ("show", "q")}
        if category:
            kept["open"] = category
        return redirect(f"{reverse('visit', args=[pk])}?{urlencode(kept)}#item-{code}")
    context = {
        "visit": record,
        "line": line,
        "chapter": queries.chapter_count(record, category) if category else None,
        "progress": queries.progress_of(record),
        "fault": fault,
        "now": timezone.localtime(),
    }
    # While somebody types, only the stamp comes back: a fresh field would throw the cursor out.
    template = "inspections/_typed.html" if typing else "inspections/_tapped.html"
    return render(request, template, context | LINE_CHOICES)


@require_POST
@needs("visits.conduct")
def visit_photo(request, pk, code):
    """Photos of one finding. What could be kept is kept, and what could not is named."""
    faults = [] if request.FILES else ["没有收到照片，请重新选择。"]
    for upload in request.FILES.getlist("photos"):
        try:
            answers.add_photo(pk, code, upload)
        except Refused as refusal:
            if refusal.status == 403:
                raise
            faults.append(f"{upload.name}：{refusal.sentence}")
    return line_again(request, pk, code, fault=" ".join(faults))


@require_POST
@needs("visits.conduct")
def visit_photo_aside(request, pk, evidence):
    code = answers.set_photo_aside(pk, evidence)
    return line_again(request, pk, code)


@require_POST
@needs("visits.conduct")
def visit_extra(request, pk):
    """A finding on no list, whole; refused input comes back as it was typed."""
    form, fault, status = ExtraForm(request.POST), "", 400
    if form.is_valid():
        try:
            made = answers.add_extra(pk, **form.cleaned_data)
            messages.success(request, "已记录清单外隐患，可以接着拍照。")
            return redirect(f"{reverse('visit', args=[pk])}#item-{made.code}")
        except Refused as refusal:
            if refusal.status in (403, 409):
                raise
            fault, status = refusal.sentence, refusal.status
    context = working_page(request, queries.visit_file(pk), extra_form=form, extra_open=True, fault=fault)
    return render(request, "inspections/working.html", context, status=status)


@needs("visits.conduct")
def visit_finish(request, pk):
    """What was found, who was there, and the end of it. Finishing twice is finishing once."""
    file = queries.visit_file(pk)
    if request.method == "GET" and not working_on(request, file.visit):
        return redirect("visit", pk)
    form = FinishForm(request.POST or None, initial={"second": file.visit.second_id})
    fault, status = "", 200
    if request.method == "POST" and "find" not in request.POST:
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                done = visits.finish_visit(
                    pk, second_id=data["second"], met_with=data["met_with"], summary=data["summary"]
                )
                messages.success(
                    request, "检查已完成。" + ("请接着下达整改文书。" if file.findings else "没有发现隐患。")
                )
                return redirect("visit", done.pk)
            except Refused as refusal:
                if refusal.status in (403, 409):
                    raise
                fault, status = refusal.sentence, refusal.status
    context = {
        "file": file,
        "visit": file.visit,
        "form": form,
        "fault": fault,
        **second_picker(request, form["second"].value()),
    }
    return render(request, "inspections/finish.html", context, status=status)


@require_POST
@needs("visits.conduct")
def visit_abandon(request, pk):
    form = AbandonForm(request.POST)
    if form.is_valid():
        visits.abandon_visit(pk, form.cleaned_data["reason"])
        messages.success(request, "这次检查已作废，不计入检查次数。")
        return redirect("visit", pk)
    context = working_page(request, queries.visit_file(pk), abandon_form=form)
    return render(request, "inspections/working.html", context, status=400)
