"""Pages of one hazard: its file, handing in, recheck, and the office's acts."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hazards import rules
from hazards.actions import moves
from hazards.actions.evidence import add_evidence
from hazards.actions.notices import deadline_for
from hazards.forms import IMAGES, ReasonForm, RecheckForm, ReopenForm, SubmitForm
from hazards.models import Evidence
from hazards.queries.pages import HazardFile, hazard_file
from hazards.queries.pictures import look_elsewhere
from hazards.queries.work import last_sent_back
from portal.numbers import number_in
from portal.permissions import needs
from portal.refusals import IllegalMove, Refused
from portal.tenancy.queries import colleagues
from portal.ui.posting import keep_up


@needs("hazards.view")
def hazard(request, pk):
    file = hazard_file(pk)
    return render(request, "hazards/hazard.html", page(file))


def page(file: HazardFile, **more) -> dict:
    record = file.hazard
    forms = {
        "void_form": ReasonForm(initial={"revision": record.revision}, prefix="void"),
        "reopen_form": ReopenForm(initial={"revision": record.revision}, prefix="reopen"),
        "confirm_form": ReasonForm(initial={"revision": record.revision}, prefix="confirm"),
    }
    return {"file": file, "hazard": record, "today": timezone.localdate()} | forms | more


STEPS = [(1, "整改前"), (2, "整改后"), (3, "说明并提交")]


@needs("hazards.submit")
def hazard_submit(request, pk):
    """Three steps on a phone: photos before, photos after, note. Each photo is kept as soon as it is sent."""
    file = hazard_file(pk)
    record = file.hazard
    if rules.move_for(record.status, "submit", *record.facts) is None:
        raise IllegalMove(f"隐患现为“{record.get_status_display()}”，现在不需要提交整改材料。")
    step = min(max(number_in(request.GET.get("step")) or 1, 1), 3)
    form = SubmitForm(
        request.POST if request.method == "POST" and step == 3 else None, initial={"revision": record.revision}
    )
    fault, status = "", 200
    if request.method == "POST":
        try:
            if step < 3:
                phase = Evidence.Phase.BEFORE if step == 1 else Evidence.Phase.AFTER
                for upload in request.FILES.getlist("photos"):
                    add_evidence(upload, enterprise=record.enterprise, phase=phase, hazard=record)
                if "stay" in request.POST:
                    return redirect(f"{request.path}?step={step}")
                return redirect(f"{request.path}?step={step + 1}")
            if form.is_valid():
                moves.submit(pk, form.cleaned_data["note"], revision=form.cleaned_data["revision"])
                messages.success(request, "已提交，等待执法人员复查。")
                return redirect("hazard", pk)
            status = 400
        except Refused as refusal:
            fault, status = refusal.sentence, refusal.status
            if step == 3 and refusal.field in form.fields:
                form.add_error(refusal.field, refusal.sentence)
                fault = ""
            file = hazard_file(pk)
            if form.is_bound:
                seen_again(form, status, file)
    context = page(file, form=form, step=step, steps=STEPS, fault=fault, accept=IMAGES)
    context["sent_back"] = last_sent_back([record]).get(pk)
    return render(request, "hazards/submit.html", context, status=status)


@needs("hazards.recheck")
def hazard_recheck(request, pk):
    """复查: before and after side by side with the clause; accept or return."""
    file = hazard_file(pk)
    look_elsewhere(picture for pictures in file.photos.values() for picture in pictures)
    people = colleagues()
    form = RecheckForm(
        request.POST or None,
        colleagues=people,
        initial={"revision": file.hazard.revision, "second": other_signer(file, people)},
    )
    fault, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                if request.POST.get("verdict") == "return":
                    moves.send_back(pk, data["note"], revision=data["revision"])
                    messages.success(request, "已退回企业继续整改。")
                elif request.POST.get("verdict") == "return_opinion":
                    second = data["second"]
                    moves.send_back(pk, data["note"], opinion=True, second_id=second, revision=data["revision"])
                    messages.success(request, "已退回企业继续整改，并制发整改复查意见书。")
                else:
                    done = moves.accept(pk, data["second"], data["note"], revision=data["revision"])
                    messages.success(
                        request,
                        "复查通过，隐患已销号。" if done.status == rules.CLOSED else "复查通过，已送第二人审核销号。",
                    )
                return redirect("hazard", pk)
            except Refused as refusal:
                status = refusal.status
                if refusal.field in form.fields:
                    form.add_error(refusal.field, refusal.sentence)
                else:
                    fault = refusal.sentence
                file = hazard_file(pk)
                seen_again(form, status, file)
    elif file.hazard.status != rules.SUBMITTED:
        raise IllegalMove(f"隐患现为“{file.hazard.get_status_display()}”，没有待复查的材料。")
    return render(request, "hazards/recheck.html", page(file, form=form, fault=fault), status=status)


def seen_again(form, status: int, file: HazardFile) -> None:
    """What was refused is shown with the hazard as it stands now: the same may be sent again."""
    form.status = status
    keep_up(form, revision=file.hazard.revision)


def other_signer(file: HazardFile, people) -> int | None:
    """The notice's other inspector is the likely second person at the recheck too."""
    signers = {signer["person_id"] for signer in file.hazard.notice.signers} if file.hazard.notice else set()
    return next((person.pk for person in people if person.pk in signers), None)


def one_form_verb(request, pk, verb, form_class, act, said):
    """The office's acts: a reason in a small form on the hazard's own page, shown again with what was typed if refused."""
    file = hazard_file(pk)
    form = form_class(request.POST, prefix=verb)
    fault, status = "", 400
    if form.is_valid():
        try:
            act(form.cleaned_data)
            messages.success(request, said)
            return redirect("hazard", pk)
        except Refused as refusal:
            fault, status = refusal.sentence, refusal.status
            if refusal.field in form.fields:
                form.add_error(refusal.field, refusal.sentence)
            file = hazard_file(pk)
            seen_again(form, status, file)
    return render(request, "hazards/hazard.html", page(file, **{f"{verb}_form": form, "fault": fault}), status=status)


@require_POST
@needs("hazards.confirm")
def hazard_confirm(request, pk):
    def act(data):
        if request.POST.get("verdict") == "return":
            moves.send_back(pk, data["note"], revision=data["revision"])
        else:
            moves.confirm(pk, data["note"], revision=data["revision"])

    said = "已退回企业继续整改。" if request.POST.get("verdict") == "return" else "已审核，隐患销号。"
    return one_form_verb(request, pk, "confirm", ReasonForm, act, said)


@require_POST
@needs("hazards.reopen")
def hazard_reopen(request, pk):
    def act(data):
        moves.reopen(pk, data["note"], deadline_for(due=data["deadline"]), revision=data["revision"])

    return one_form_verb(request, pk, "reopen", ReopenForm, act, "已重新整改。")


@require_POST
@needs("hazards.void")
def hazard_void(request, pk):
    def act(data):
        moves.void(pk, data["note"], revision=data["revision"])

    return one_form_verb(request, pk, "void", ReasonForm, act, "已作废。")
