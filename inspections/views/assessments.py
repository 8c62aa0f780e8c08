"""Pages of assessments: opening, the team's work, the report, what becomes of its problems, and the coverage."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from enterprises.models import Enterprise
from hazards.actions.notices import deadline_for
from hazards.forms import DEFAULT_DAYS, IMAGES
from hazards.models import Level
from hazards.views.notices import timing
from inspections.actions import assessment_problems, assessment_reports
from inspections.actions import assessments as verbs
from inspections.filters import AssessedFilter
from inspections.forms_assessments import (
    DRAWN,
    AnswerForm,
    FindingForm,
    JoinForm,
    LeaveForm,
    OpenForm,
    ScheduleForm,
    SecondForm,
    SignForm,
    TakeForm,
    TermForm,
    WhyForm,
)
from inspections.models_assessments import Assessment, AssessmentPhoto
from inspections.queries import enterprises_like
from inspections.queries.assessments import (
    ASSESSED_SORTS,
    AssessmentFile,
    assessment_file,
    assessment_or_404,
    city_months,
    coverage,
    coverage_means,
    report_or_404,
    to_assess,
)
from inspections.queries.experts import candidates
from portal.exports.registry import export_of
from portal.files import answers, store
from portal.numbers import number_in
from portal.permissions import may, needs
from portal.refusals import Refused
from portal.tenancy.queries import colleagues
from portal.ui.lists import ListPage
from portal.ui.posting import saved, shown

State = Assessment.State


@needs("assessments.view")
def assessment_list(request):
    page = export_of("assessment_list").listed(request, shown=("q", "state", "district"))
    return page.render("inspections/assessment_list.html")


@needs("assessments.open")
def assessment_open(request):
    """?enterprise= names the plant; without it, a search for one comes first."""
    asked = number_in(request.GET.get("enterprise"))
    if asked is None:
        word = request.GET.get("q", "").strip()
        context = {"found": enterprises_like(word), "word": word}
        return render(request, "inspections/choose_plant.html", context)
    enterprise = get_object_or_404(Enterprise.objects.select_related("district"), pk=asked)
    group, starts = request.POST.get("group", ""), day_of(request.POST.get("starts", ""))
    pool = candidates(enterprise, group, starts)
    free = [(c.expert.pk, f"{c.expert.person.name}（{c.expert.skill_names}）") for c in pool if not c.conflict]
    form = OpenForm(request.POST or None, experts=free, initial={"starts": starts})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        by: verbs.Lot | verbs.Appointed = verbs.Appointed(data["experts"], data["reason"])
        if data["chosen"] == DRAWN:
            by = verbs.Lot(data["seed"], form.wanted)
        told = {name: data[name] for name in ("purpose", "starts", "ends", "group")}
        try:
            made = verbs.open_assessment(enterprise.pk, by=by, **told)
            messages.success(request, f"已发起 {made.number}，成员在评估期限内可以看到这家企业。")
            return redirect("assessment", made.pk)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            form.status = refusal.status
    blocked = [one for one in pool if one.conflict]
    return shown(request, "inspections/assessment_open.html", form, enterprise=enterprise, blocked=blocked)


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


@needs("assessments.view")
def assessment(request, pk):
    return render(request, "inspections/assessment.html", page_of(assessment_file(pk)))


def page_of(file: AssessmentFile, **more) -> dict:
    record = file.assessment
    fills = record.state == State.UNDER_WAY and file.mine is not None and may("assessments.fill")
    opens = may("assessments.open")
    return {
        "file": file,
        "assessment": record,
        "enterprise": record.enterprise,
        "fills": fills,
        "opens": opens and record.state == State.UNDER_WAY,
        "corrects": opens and record.state == State.FINISHED,
        "takes": record.state == State.FINISHED and file.undecided and may("assessments.take"),
        "sign_form": SignForm(),
    } | more


@needs("assessments.view")
def assessment_sheet(request, pk, key):
    file = assessment_file(pk)
    sheet = next((one for one in (*file.sheets, file.extras) if one.key == key), None)
    if sheet is None:
        raise Http404(f"sheet {key}")
    context = page_of(file, sheet=sheet, levels=Level.choices, accept=IMAGES, form=FindingForm())
    return render(request, "inspections/assessment_sheet.html", context)


def back_to(file: AssessmentFile, code: str) -> str:
    sheets = [sheet for sheet in (*file.sheets, file.extras) if any(line.code == code for line in sheet.lines)]
    return reverse("assessment_sheet", args=[file.assessment.pk, sheets[0].key]) + f"#item-{code}"


@require_POST
@needs("assessments.fill")
def assessment_answer(request, pk, code):
    """One item as a whole; refused input comes back as it was typed."""
    form, fault, status = AnswerForm(request.POST), "", 400
    if form.is_valid():
        try:
            verbs.answer(pk, code, **form.cleaned_data)
            return redirect(back_to(assessment_file(pk), code))
        except Refused as refusal:
            if refusal.status in (403, 409):
                raise
            fault = refusal.sentence
    else:
        fault = next(iter(form.errors.values()))[0]
    file = assessment_file(pk)
    sheet = next((one for one in (*file.sheets, file.extras) if any(line.code == code for line in one.lines)), None)
    if sheet is None:
        raise Http404(f"item {code}")
    context = page_of(file, sheet=sheet, levels=Level.choices, accept=IMAGES, form=FindingForm())
    context |= {"fault": fault, "fault_at": code, "typed": request.POST}
    return render(request, "inspections/assessment_sheet.html", context, status=status)


@require_POST
@needs("assessments.fill")
def finding_new(request, pk):
    form = FindingForm(request.POST)
    act = lambda: verbs.add_finding(pk, form.cleaned_data)  # noqa: E731
    if saved(request, form, act, "已记下表外问题，可以接着上传照片。", "assessment", pk):
        return redirect("assessment_sheet", pk, "other")
    file = assessment_file(pk)
    context = page_of(file, sheet=file.extras, levels=Level.choices, accept=IMAGES)
    return shown(request, "inspections/assessment_sheet.html", form, **context)


@require_POST
@needs("assessments.fill")
def photo_new(request, pk, code):
    """What could be kept is kept, and what could not is named."""
    file = assessment_file(pk)
    faults = [] if request.FILES else ["没有收到照片，请重新选择。"]
    for upload in request.FILES.getlist("photos"):
        try:
            verbs.add_photo(pk, code, upload)
        except Refused as refusal:
            if refusal.status == 403:
                raise
            faults.append(f"{upload.name}：{refusal.sentence}")
    for fault in faults:
        messages.error(request, fault)
    if not any(line.code == code for sheet in (*file.sheets, file.extras) for line in sheet.lines):
        raise Http404(f"item {code}")
    return redirect(back_to(file, code))


@needs("assessments.view")
def photo(request, pk, photo):
    assessment_or_404(pk)
    record = get_object_or_404(AssessmentPhoto, pk=photo, assessment_id=pk)
    if record.content_type == "application/pdf":
        return answers.original(record.digest, record.filename, record.content_type)
    return answers.shown(request, record.digest)


@require_POST
@needs("assessments.fill")
def assessment_diagnosis(request, pk):
    return redirect("sheet", verbs.link_diagnosis(pk))


@require_POST
@needs("assessments.fill")
def assessment_sign(request, pk):
    form = SignForm(request.POST)
    act = lambda: assessment_reports.sign(pk, form.cleaned_data["name"])  # noqa: E731
    if answer := saved(request, form, act, "已签名。", "assessment", pk):
        return answer
    return shown(request, "inspections/assessment.html", form, **page_of(assessment_file(pk), sign_form=form))


@require_POST
@needs("assessments.fill")
def assessment_finish(request, pk):
    try:
        made = assessment_reports.finish(pk)
    except Refused as refusal:
        if refusal.status == 403:
            raise
        # What is still to be done is done on this very page.
        messages.error(request, refusal.sentence)
        return redirect("assessment", pk)
    messages.success(request, f"已出具 {made.number}。")
    return redirect("assessment_report", made.pk)


def leaving(file: AssessmentFile) -> list[tuple[int, str]]:
    return [(member.pk, member.person.name) for member in file.team]


def joining(file: AssessmentFile) -> list[tuple[int, str]]:
    record, there = file.assessment, {member.person_id for member in file.team}
    pool = candidates(record.enterprise, record.group, record.starts)
    return [
        (one.expert.pk, one.expert.person.name)
        for one in pool
        if not one.conflict and one.expert.person_id not in there
    ]


def written(file: AssessmentFile) -> dict:
    return {"schedule": "\n".join(f"{day} {words}" for day, words in file.assessment.schedule)}


# verb → (heading, form, what is done)
Act = tuple[str, Callable, Callable]
VERBS: dict[str, Act] = {
    "term": ("调整期限", lambda data, file: TermForm(data), lambda pk, d: verbs.change_term(pk, **d)),
    "abandon": ("终止评估", lambda data, file: WhyForm(data), lambda pk, d: verbs.abandon(pk, **d)),
    "reopen": ("更正报告", lambda data, file: TermForm(data), lambda pk, d: assessment_reports.reopen(pk, **d)),
    "join": (
        "增加成员",
        lambda data, file: JoinForm(data, experts=joining(file)),
        lambda pk, d: verbs.add_member(pk, d["expert"]),
    ),
    "leave": (
        "成员退出",
        lambda data, file: LeaveForm(data, members=leaving(file)),
        lambda pk, d: verbs.remove_member(pk, d["member"], d["reason"]),
    ),
    "schedule": (
        "安排日程",
        lambda data, file: ScheduleForm(data, initial=written(file)),
        lambda pk, d: verbs.set_schedule(pk, d["schedule"]),
    ),
}


@needs("assessments.open")
def assessment_verb(request, pk, verb):
    """What the office does with an assessment; the cell's form, and the same page again where it is refused."""
    if verb not in VERBS:
        raise Http404(verb)
    file = assessment_file(pk)
    heading, form_of, act = VERBS[verb]
    form = form_of(request.POST or None, file)
    if request.method == "POST" and (
        answer := saved(request, form, lambda: act(pk, form.cleaned_data), f"已办理：{heading}。", "assessment", pk)
    ):
        return answer
    return shown(request, "inspections/assessment_verb.html", form, assessment=file.assessment, heading=heading)


# --- the report and its problems ------------------------------------------------------------------------------------


@needs("assessments.reports")
def report(request, pk):
    record = report_or_404(pk)
    return render(request, "inspections/assessment_report.html", {"report": record, "content": record.content})


@needs("assessments.reports")
def report_pdf(request, pk):
    """The print that was made when the report was finished, byte for byte."""
    record = report_or_404(pk)
    response = HttpResponse(store.open_kept(record.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="assessment-{record.pk}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@needs("assessments.take")
def assessment_take(request, pk):
    """Every open problem on one page: ticked it becomes a hazard and goes into the notice, else its reason is written."""
    file = assessment_file(pk)
    problems = [line.answer for line in file.problems if not (line.answer.hazard_id or line.answer.declined)]
    if request.method == "GET" and (file.assessment.state != State.FINISHED or not problems):
        return redirect("assessment", pk)
    form = SecondForm(request.POST or None, colleagues=colleagues())
    rows = [(one, TakeForm(request.POST or None, prefix=f"p{one.pk}", initial=first_words(one))) for one in problems]
    fault, status = "", 200
    if request.method == "POST":
        status = 400
        if all([form.is_valid(), *(row.is_valid() for _, row in rows)]):
            try:
                taken = {one.pk: taking(row.cleaned_data, row) for one, row in rows if row.cleaned_data["take"]}
                declined = {one.pk: row.cleaned_data["reason"] for one, row in rows if one.pk not in taken}
                notice = assessment_problems.take_problems(pk, taken, declined, form.cleaned_data["second"])
                messages.success(request, f"已下达 {notice.number}。" if notice else "已记下不予立案的理由。")
                return redirect("notice", notice.pk) if notice else redirect("assessment", pk)
            except Refused as refusal:
                if refusal.status == 403:
                    raise
                fault, status = refusal.sentence, refusal.status
        else:
            fault = "有内容需要补充，请看标红的地方。"
    context = {"assessment": file.assessment, "rows": rows, "form": form, "fault": fault}
    return render(request, "inspections/assessment_take.html", context, status=status)


def first_words(problem) -> dict:
    level = problem.level or Level.GENERAL
    requirement = "按评估报告指出的问题整改到位，并举一反三排查同类问题。"
    return {"take": True, "level": level, "length": DEFAULT_DAYS[level], "unit": "自然日", "requirement": requirement}


def taking(data: dict, row) -> assessment_problems.Taking:
    return assessment_problems.Taking(deadline_for(**timing(row)), data["requirement"], data["level"])


@needs("assessments.coverage")
def problem_list(request):
    page = export_of("problem_list").listed(request)
    today = timezone.localdate()
    for row in page.rows:
        row.days = (today - row.assessment.reported_on).days
    return page.render("inspections/problem_list.html")


@needs("assessments.coverage")
def assessment_coverage(request):
    """评估覆盖率 and the very enterprises behind it: those that lack an assessment first."""
    today, months = timezone.localdate(), city_months()
    if "assessed" not in request.GET:
        request.GET = request.GET.copy()
        request.GET["assessed"] = "0"
    page = ListPage(
        request,
        to_assess(today, months),
        AssessedFilter,
        sorts=ASSESSED_SORTS,
        export=export_of("assessment_coverage"),
    )
    rows = coverage(today, months)
    done, every = sum(row.assessed for row in rows), sum(row.all for row in rows)
    context = {
        "districts": rows,
        "done": done,
        "all": every,
        "lacking": every - done,
        "rate": f"{100 * done / every:.1f}" if every else "—",
        "means": coverage_means(today, months),
    }
    return page.render("inspections/assessment_coverage.html", context)
