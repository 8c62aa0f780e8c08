"""Pages of official documents: issuing, reading, printing, signing for, and checking one by its code."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hazards import rules
from hazards.actions import notices
from hazards.forms import DEFAULT_DAYS, AcknowledgeForm, DeadlineForm, NoticeForm, RefusalForm
from hazards.models import Hazard, Notice
from hazards.queries import annex as annexes
from hazards.queries.pages import notice_with_hazards
from portal.documents.views import printed, sheet
from portal.numbers import number_in
from portal.permissions import needs
from portal.refusals import BadInput, Refused
from portal.tenancy.queries import colleagues


@needs("hazards.issue")
def notice_issue(request):
    """From a visit's recorded hazards (?visit=) or an enterprise's (?enterprise=) to a numbered notice."""
    hazards = recorded_hazards(request)
    if not hazards:
        raise Refused("没有待下达的隐患：可能已经下达过了。")
    form = NoticeForm(request.POST or None, colleagues=colleagues())
    rows = [
        (
            hazard,
            DeadlineForm(
                request.POST or None,
                prefix=f"h{hazard.pk}",
                initial={
                    "length": DEFAULT_DAYS[hazard.level],
                    "unit": "自然日",
                    "requirement": hazard.requirement or "立即采取措施消除该隐患，并举一反三排查同类问题。",
                },
            ),
        )
        for hazard in hazards
    ]
    chosen = set(request.POST.getlist("hazard")) if request.method == "POST" else {str(hazard.pk) for hazard in hazards}
    fault, status = "", 200
    if request.method == "POST":
        status = 400
        picked = [(hazard, row) for hazard, row in rows if str(hazard.pk) in chosen]
        if all([form.is_valid(), *(row.is_valid() for _, row in picked)]):
            try:
                orders = [
                    notices.Order(hazard.pk, notices.deadline_for(**timing(row)), row.cleaned_data["requirement"])
                    for hazard, row in picked
                ]
                notice = notices.issue_notice(orders, form.cleaned_data["second"])
                messages.success(request, f"已下达 {notice.number}。")
                return redirect("notice", notice.pk)
            except Refused as refusal:
                fault, status = refusal.sentence, refusal.status
                if refusal.field == "second":
                    form.add_error("second", fault)
                    fault = ""
        else:
            fault = "有内容需要补充，请看标红的地方。"
    context = {
        "form": form,
        "rows": [(hazard, row, str(hazard.pk) in chosen) for hazard, row in rows],
        "enterprise": hazards[0].enterprise,
        "lacking": len(annexes.to_follow([hazard.pk for hazard in hazards])),
        "fault": fault,
        "today": timezone.localdate(),
    }
    return render(request, "hazards/notice_issue.html", context, status=status)


def timing(row) -> dict:
    data = row.cleaned_data
    return {"length": data["length"], "unit": data["unit"] or "自然日", "due": data["due"]}


def recorded_hazards(request) -> list[Hazard]:
    asked = Q(pk=None)
    if visit := number_in(request.GET.get("visit")):
        asked = Q(source_kind="visit", source_id=visit)
    elif enterprise := number_in(request.GET.get("enterprise")):
        asked = Q(enterprise_id=enterprise)
    return list(Hazard.objects.filter(asked, status=rules.RECORDED).select_related("enterprise").order_by("id")[:100])


@needs("hazards.issue")
def deadline_preview(request):
    """The due date and its explanation while the inspector types."""
    prefix = request.GET.get("prefix", "")
    row = DeadlineForm({f"{prefix}-requirement": "-"} | request.GET.dict(), prefix=prefix)
    deadline, fault = None, ""
    if row.is_valid():
        try:
            deadline = notices.deadline_for(**timing(row))
        except BadInput as refusal:
            fault = refusal.sentence
    else:
        fault = "请填写天数或日期。"
    return render(request, "hazards/deadline_preview.html", {"deadline": deadline, "fault": fault})


@needs("notices.view")
def notice(request, pk):
    record = notice_with_hazards(pk)
    return render(request, "hazards/notice.html", notice_page(request, record))


def notice_page(request, record: Notice, **more) -> dict:
    photos = annexes.followed(record)
    return {
        "notice": record,
        "receipt": next(
            (one for one in record.follow_ups.all() if one.kind == Notice.Kind.RECEIPT and not one.superseded_on), None
        ),
        "photos": photos,
        "photos_lacking": annexes.unsettled(photos),
        "photos_waited_for": annexes.waited_for(record),
        "today": timezone.localdate(),
        "acknowledge_form": AcknowledgeForm(initial={"signed_by": request.who.person_name}),
        "refusal_form": RefusalForm(),
    } | more


@needs("notices.view")
def notice_pdf(request, pk):
    record = Notice.objects.filter(pk=pk).first()
    if record is None:
        raise Http404(f"notice {pk}")
    return printed(record, "notice")


@needs("notices.view")
def notice_annex(request, pk):
    """照片附件 of a document that was handed over before its photos could come."""
    return sheet(annexes.annex(notice_with_hazards(pk)), f"notice-{pk}-photos")


@require_POST
@needs("hazards.acknowledge")
def notice_acknowledge(request, pk):
    record = notice_with_hazards(pk)
    form = AcknowledgeForm(request.POST)
    if form.is_valid():
        notices.acknowledge(record.pk, form.cleaned_data["signed_by"])
        messages.success(request, "已签收。请在期限内完成整改。")
        return redirect("notice", pk)
    return render(request, "hazards/notice.html", notice_page(request, record, acknowledge_form=form), status=400)


@require_POST
@needs("hazards.issue")
def notice_refusal(request, pk):
    record = notice_with_hazards(pk)
    form = RefusalForm(request.POST)
    if form.is_valid():
        notices.note_refusal(record.pk, form.cleaned_data["refusal"])
        messages.success(request, "已注明拒签。")
        return redirect("notice", pk)
    return render(request, "hazards/notice.html", notice_page(request, record, refusal_form=form), status=400)
