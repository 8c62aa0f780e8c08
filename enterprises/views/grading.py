"""风险分级: an enterprise's grade with everything behind it, the diagnosis sheet, events, and the decision."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from enterprises.actions import diagnosis, grades
from enterprises.forms import DeclineForm, EventForm, GradeForm, SheetForm
from enterprises.queries.diagnosis import sheet_file, sheet_or_404
from enterprises.queries.grading import grading_of, proposals_waiting
from enterprises.views.ledger import found, stand
from enterprises.views.units import enterprise_or_404
from portal.exports.registry import export_of
from portal.permissions import needs
from portal.refusals import Refused


@needs("diagnosis.view")
def enterprise_grading(request, pk):
    enterprise = enterprise_or_404(pk)
    return render(request, "enterprises/grading.html", {"enterprise": enterprise, "file": grading_of(enterprise)})


@needs("diagnosis.view")
def sheet_list(request):
    page = export_of("sheet_list").listed(request, shown=("q", "state", "grade", "district"))
    return page.render("enterprises/sheet_list.html")


@needs("enterprises.grade")
def proposals_to_decide(request):
    return render(request, "enterprises/grade_proposals.html", {"waiting": proposals_waiting()})


def grade_page(request, record, form=None, declined=None, fault: str = "", status: int = 200):
    """The decision below everything that waits for it."""
    waiting = grades.open_proposals(record)
    shown = {"revision": record.revision, "seen": waiting[0].pk if waiting else 0}
    if status == 409:
        # What is shown now is what the next press decides about.
        for refused in filter(None, (form, declined)):
            refused.data = refused.data.copy()
            refused.data.update({name: str(number) for name, number in shown.items()})
    initial = shown | {"grade": record.grade}
    if waiting:
        worst = max(waiting, key=lambda one: one.grade)
        initial |= {"grade": worst.grade, "source": str(worst.sheet) if worst.sheet_id else worst.get_cause_display()}
    context = {
        "enterprise": record,
        "form": form or GradeForm(initial=initial),
        "declined": declined or DeclineForm(initial=shown, auto_id="decline-%s"),
        "fault": fault,
        "waiting": waiting,
    }
    return render(request, "enterprises/grade.html", context, status=status)


def decided(request, record, act, form, place: str, done: str):
    """Decide as the form says, or show it again, in its place on the page, with what was typed."""
    if not form.is_valid():
        return grade_page(request, record, **{place: form}, status=400)
    try:
        act(record.pk, **form.cleaned_data)
    except Refused as refusal:
        fault = stand(form, record, refusal)
        return grade_page(request, record, **{place: form}, fault=fault, status=refusal.status)
    messages.success(request, done)
    return redirect("enterprise_grading", record.pk)


@needs("enterprises.grade")
def enterprise_grade(request, pk):
    record = found(pk)
    if request.method != "POST":
        return grade_page(request, record)
    done = "已确定风险等级，检查频次从今天起按这一等级计算。"
    return decided(request, record, grades.decide_grade, GradeForm(request.POST), "form", done)


@require_POST
@needs("enterprises.grade")
def grade_decline(request, pk):
    form = DeclineForm(request.POST, auto_id="decline-%s")
    done = "已记录不采纳的理由，风险等级不变。"
    return decided(request, found(pk), grades.decline_proposals, form, "declined", done)


@needs("grades.propose")
def event_new(request, pk):
    enterprise = enterprise_or_404(pk)
    form = EventForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                grades.report_event(pk, **form.cleaned_data)
                messages.success(request, "已提出分级建议，由有权决定的人员确认。")
                return redirect("enterprise_grading", pk)
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
                status = refusal.status
    return render(request, "enterprises/event.html", {"enterprise": enterprise, "form": form}, status=status)


@require_POST
@needs("diagnosis.fill")
def sheet_new(request, pk):
    enterprise_or_404(pk)
    return redirect("sheet", diagnosis.start_sheet(pk).pk)


def sheet_page(request, pk: int, form: SheetForm | None = None, fault: str = "", status: int = 200):
    file = sheet_file(pk)
    form = form or SheetForm(file=file)
    context = {"file": file, "record": file.record, "form": form, "fault": fault, "chapters": form.chapters(file)}
    return render(request, "enterprises/sheet.html", context, status=status)


@needs("diagnosis.view")
def sheet(request, pk):
    return sheet_page(request, pk)


@require_POST
@needs("diagnosis.fill")
def sheet_fill(request, pk):
    """Save, and with that finish or read the ledger again where that button was pressed."""
    sheet_or_404(pk)
    form = SheetForm(request.POST, file=sheet_file(pk))
    if not form.is_valid():
        return sheet_page(request, pk, form, "有的数量填得不对，请检查。", 400)
    then = request.POST.get("then", "")
    try:
        record = diagnosis.fill_sheet(pk, form.answers(), revision=form.cleaned_data["revision"])
        if then == "finish":
            diagnosis.finish_sheet(pk, revision=record.revision)
            messages.success(request, "诊断分级表已完成，并提出了分级建议。")
            return redirect("enterprise_grading", record.enterprise_id)
        if then == "ledger":
            diagnosis.read_ledger_again(pk, revision=record.revision)
    except Refused as refusal:
        now = sheet_or_404(pk)
        form.going_on_from(now.revision)
        if then == "finish":
            for field, sentence in diagnosis.faults_of(now):
                form.add_error(field, sentence)
        return sheet_page(request, pk, form, refusal.sentence, refusal.status)
    messages.success(request, "已按台账重新读取。" if then == "ledger" else "已保存。")
    return redirect("sheet", pk)


@require_POST
@needs("diagnosis.fill")
def sheet_score(request, pk):
    """The score of what stands in the form now; nothing is written."""
    record = sheet_or_404(pk)
    form = SheetForm(request.POST, file=sheet_file(pk))
    if not form.is_valid():
        return render(request, "enterprises/_score.html", {"fault": "有的数量填得不对，请检查。"}, status=400)
    outcome = diagnosis.outcome_of(record, form.answers())
    return render(request, "enterprises/_score.html", {"result": outcome, "unanswered": form.unanswered()})
