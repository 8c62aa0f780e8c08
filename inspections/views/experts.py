"""Pages of the pool of experts: the list, one expert with their ties, and what they say to a possible miss."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from inspections.actions import experts as verbs
from inspections.forms_experts import AsideForm, CommentForm, EndTieForm, ExpertForm, TieForm
from inspections.models_assessments import ExpertTie, MissedLead
from inspections.queries.experts import expert_file, expert_or_404, own_expert, people_like
from portal.exports.registry import export_of
from portal.numbers import number_in
from portal.permissions import may, needs
from portal.refusals import Refused
from portal.tenancy.models import Person
from portal.ui.posting import keep_up, saved, shown

FORM = "inspections/expert_form.html"


@needs("experts.list")
def expert_list(request):
    page = export_of("expert_list").listed(request)
    return page.render("inspections/expert_list.html")


@needs("experts.comment")
def expert_own(request):
    """专家本人的档案."""
    mine = own_expert()
    if mine is None:
        raise Refused("您还没有登记在专家库里，请联系领导小组办公室。")
    return redirect("expert", mine.pk)


@needs("experts.view")
def expert(request, pk):
    file = expert_file(pk)
    context = {"file": file, "expert": file.expert, "edits": may("experts.edit"), "comment_form": CommentForm()}
    return render(request, "inspections/expert.html", context)


@needs("experts.edit")
def expert_new(request):
    """?person= names a registered person; without it, a search for one comes first."""
    asked = number_in(request.GET.get("person"))
    if asked is None:
        word = request.GET.get("q", "")
        return render(request, "inspections/choose_person.html", {"found": people_like(word), "word": word})
    person = get_object_or_404(Person, pk=asked)
    form = ExpertForm(request.POST or None, initial={"since": timezone.localdate(), "active": True})
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.declare_expert(person.pk, form.told())
            messages.success(request, "已入库。请接着登记从业经历，用于回避审查。")
            return redirect("expert", made.pk)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            form.status = refusal.status
    return shown(request, FORM, form, person=person, heading=f"{person.name} 入库")


@needs("experts.edit")
def expert_edit(request, pk):
    record = expert_or_404(pk)
    form = ExpertForm(
        request.POST or None, initial={name: getattr(record, name) for name in (*verbs.FACTS, "revision")}
    )
    if request.method == "POST":
        act = lambda: verbs.change_expert(pk, form.told(), revision=form.cleaned_data["revision"])  # noqa: E731
        if answer := saved(request, form, act, "已保存。", "expert", pk):
            return answer
        keep_up(form, revision=expert_or_404(pk).revision)
    return shown(request, FORM, form, person=record.person, expert=record, heading=f"{record.person.name} 的资料")


@needs("experts.declare")
def tie_new(request, pk):
    record = expert_or_404(pk)
    form = TieForm(request.POST or None)
    if request.method == "POST":
        act = lambda: verbs.declare_tie(pk, form.cleaned_data)  # noqa: E731
        if answer := saved(request, form, act, "已登记。", "expert", pk):
            return answer
    return shown(request, FORM, form, person=record.person, expert=record, heading="申报从业经历与关联")


@needs("experts.edit")
def tie_end(request, pk):
    return tie_changed(
        request, pk, EndTieForm(request.POST or None), lambda data: verbs.end_tie(pk, data["ends"]), "登记结束日期"
    )


@needs("experts.edit")
def tie_aside(request, pk):
    return tie_changed(
        request, pk, AsideForm(request.POST or None), lambda data: verbs.set_tie_aside(pk, data["reason"]), "作废记录"
    )


def tie_changed(request, pk: int, form, act, heading: str):
    tie = get_object_or_404(ExpertTie.objects.select_related("expert__person"), pk=pk)
    if request.method == "POST" and (
        answer := saved(request, form, lambda: act(form.cleaned_data), "已登记。", "expert", tie.expert_id)
    ):
        return answer
    context = {"person": tie.expert.person, "expert": tie.expert, "tie": tie, "heading": heading}
    return shown(request, FORM, form, **context)


@require_POST
@needs("experts.comment")
def lead_comment(request, pk):
    get_object_or_404(MissedLead, pk=pk)
    mine = own_expert()
    if mine is None:
        raise Http404("not in the pool")
    form = CommentForm(request.POST)
    act = lambda: verbs.comment_on_lead(pk, form.cleaned_data["comment"])  # noqa: E731
    if answer := saved(request, form, act, "已记下您的说明。", "expert", mine.pk):
        return answer
    messages.error(request, "说明没有保存：请写明您的说明，最多500字。")
    return redirect("expert", mine.pk)
