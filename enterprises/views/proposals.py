"""信息变更申请: proposed by the officer, looked at side by side and decided by the district."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from enterprises.actions import proposals
from enterprises.actions.facts import known
from enterprises.forms import DecisionForm, HoldingProposalForm, ProposalForm, UnitSheetForm, facts_as_typed
from enterprises.models import Enterprise, FactProposal
from enterprises.queries.proposals import as_proposed, open_proposal_of, proposal_file, proposed_row
from enterprises.views.ledger import found, stand
from enterprises.views.units import holding_or_404, unit_or_404
from portal.exports.registry import export_of
from portal.permissions import needs
from portal.refusals import Refused


@needs("facts.view")
def proposal_list(request):
    page = export_of("proposal_list").listed(request, shown=("q", "state", "district"))
    return page.render("enterprises/proposal_list.html")


@needs("facts.propose")
def propose(request, pk):
    record = found(pk)
    there = open_proposal_of(record)
    form = ProposalForm(
        request.POST or None,
        initial=facts_as_typed(as_proposed(known(record), there))
        | {"revision": record.revision, "reason": there.reason if there else ""},
        districts=[record.district.name],
        moves=False,
    )
    fault, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                small, proposal = proposals.propose(
                    pk, form.told(), reason=form.cleaned_data["reason"], revision=form.cleaned_data["revision"]
                )
                return told(request, record, small, proposal)
            except Refused as refusal:
                fault, status = stand(form, record, refusal), refusal.status
    context = {"enterprise": record, "form": form, "fault": fault, "there": there}
    return render(request, "enterprises/propose.html", context, status=status)


def told(request, record: Enterprise, small: list[str], proposal: FactProposal | None):
    if small:
        messages.success(request, f"已修改：{'、'.join(small)}。")
    if proposal and proposal.state == FactProposal.State.OPEN:
        messages.success(request, "其余变更已提交，区县核实后写入台账。")
        return redirect("proposal", proposal.pk)
    if not small:
        messages.info(request, "填写的内容与台账一致，没有提交变更。")
    return redirect("enterprise", record.pk)


@needs("facts.propose")
def propose_units(request, pk):
    """The whole 单元在量表 of the own enterprise as a proposal."""
    record = found(pk)
    form = UnitSheetForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                proposal = proposals.propose_sheet(pk, form.cleaned_data["workbook"])
                return told(request, record, [], proposal)
            except Refused as refusal:
                form.add_error("workbook", refusal.sentence)
                status = refusal.status
    return render(request, "enterprises/propose_units.html", {"enterprise": record, "form": form}, status=status)


def propose_row(request, record: Enterprise, form: HoldingProposalForm, **context):
    """One substance of one unit as a proposal; the form is shown again with what was typed where it is refused."""
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                proposal = proposals.propose_units(record.pk, [form.row()], reason=form.cleaned_data["reason"])
                return told(request, record, [], proposal)
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
                status = refusal.status
    return render(
        request, "enterprises/propose_holding.html", {"enterprise": record, "form": form, **context}, status=status
    )


@needs("facts.propose")
def propose_holding(request, pk):
    unit = unit_or_404(pk)
    form = HoldingProposalForm(request.POST or None, unit=unit)
    return propose_row(request, unit.enterprise, form, unit=unit)


@needs("facts.propose")
def propose_holding_change(request, pk):
    holding = holding_or_404(pk)
    if holding.unit is None:
        raise Http404(f"holding {pk} is in no unit")
    there = proposed_row(holding)
    form = HoldingProposalForm(request.POST or None, unit=holding.unit, holding=holding, proposed=there)
    return propose_row(request, holding.enterprise, form, unit=holding.unit, holding=holding, there=there)


def proposal_page(request, pk: int, form: DecisionForm | None = None, fault: str = "", status: int = 200):
    file = proposal_file(pk)
    if form is None:
        form = DecisionForm(initial={"revision": file.enterprise.revision})
    else:
        # What is shown now is what the next press decides about.
        form.data = form.data.copy()
        form.data["revision"] = file.enterprise.revision
    context = {"file": file, "proposal": file.proposal, "form": form, "fault": fault}
    return render(request, "enterprises/proposal.html", context, status=status)


@needs("facts.view")
def proposal(request, pk):
    return proposal_page(request, pk)


@require_POST
@needs("facts.decide")
def proposal_decide(request, pk):
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return proposal_page(request, pk, form, "请选择确认或退回。", 400)
    try:
        if form.cleaned_data["verdict"] == "confirm":
            proposals.confirm(pk, form.cleaned_data["note"], revision=form.cleaned_data["revision"])
            messages.success(request, "已确认，变更已写入台账。")
        else:
            proposals.send_back(pk, form.cleaned_data["note"])
            messages.success(request, "已退回企业。")
    except Refused as refusal:
        if refusal.field not in form.fields:
            return proposal_page(request, pk, form, refusal.sentence, refusal.status)
        form.add_error(refusal.field, refusal.sentence)
        return proposal_page(request, pk, form, status=refusal.status)
    return redirect("proposal", pk)


@require_POST
@needs("facts.propose")
def proposal_withdraw(request, pk):
    try:
        proposals.withdraw(pk)
    except Refused as refusal:
        return proposal_page(request, pk, None, refusal.sentence, refusal.status)
    messages.success(request, "已撤回申请。")
    return redirect("proposal", pk)
