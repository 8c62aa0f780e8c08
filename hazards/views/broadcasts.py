"""举一反三: sending with a preview, following the answers, and an enterprise's own part."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from hazards.actions import broadcasts as verbs
from hazards.filters import BroadcastAddressFilter
from hazards.forms_broadcast import BroadcastForm, ReachForm, question_forms
from hazards.forms_selfcheck import VerbForm
from hazards.models import Hazard
from hazards.queries.broadcasts import (
    ADDRESS_SORTS,
    address_file,
    address_or_404,
    addresses,
    answer_photo_or_404,
    broadcast_file,
    broadcast_or_404,
    preview,
)
from portal.exports.registry import export_of
from portal.files import answers
from portal.numbers import number_in
from portal.permissions import needs
from portal.refusals import Refused
from portal.tenancy.scope import who
from portal.ui.lists import ListPage
from portal.ui.posting import keep_up, saved, shown
from portal.uploads.actions import finished_for_form

SHOWN = 200


@needs("broadcasts.follow")
def broadcast_list(request):
    page = export_of("broadcast_list").listed(request, shown=("q",))
    return page.render("hazards/broadcast_list.html")


@needs("broadcasts.follow")
def broadcast(request, pk):
    file = broadcast_file(pk)
    context = {"file": file, "broadcast": file.record, "own": file.record.organisation_id == who().organisation_id}
    return render(request, "hazards/broadcast.html", context)


def looked_at(request, form, besides=None, **context):
    """The form with the enterprises it would reach beside it, and what was seen noted in it for the sending."""
    to = preview(form.reach(), besides) if form.is_bound and form.is_valid() else None
    if to is not None:
        form.data = form.data.copy()
        form.data["expected"] = to.digest
    context |= {"to": to, "first": to.enterprises[:SHOWN] if to else []}
    if "preview" in request.POST and form.is_valid():
        form.status = 200
    return shown(request, "hazards/broadcast_form.html", form, **context)


def unseen(form) -> bool:
    """Pressed without having looked at whom it would reach."""
    if form.is_valid() and not form.cleaned_data["expected"]:
        form.add_error(None, "请先预览要下发的企业，再下发。")
    return not form.is_valid()


@needs("broadcasts.send")
def broadcast_new(request):
    source = source_of(request.POST.get("hazard") or request.GET.get("hazard") or "")
    initial = {"what": source.description, "basis": source.basis} if source else {}
    form = BroadcastForm(request.POST or None, initial=initial)
    if request.method == "POST" and "preview" not in request.POST and not unseen(form):
        made = []

        def act():
            told = form.cleaned_data
            more = {"hazard_id": source.pk if source else None, "expected": told["expected"], "key": told["key"]}
            made.append(verbs.send(told, form.reach(), **more))

        if saved(request, form, act, "已下发，企业的安全员已收到通知。", "broadcast", 0):
            return redirect("broadcast", made[0].pk)
        # Refused, nothing stands under the key that was sent: the next try has its own.
        keep_up(form, key=uuid4())
    return looked_at(request, form, source=source, heading="举一反三")


def source_of(number: str) -> Hazard | None:
    if not number:
        return None
    found = Hazard.objects.filter(pk=number_in(number)).first()
    if found is None:
        raise Http404(f"hazard {number}")
    return found


@needs("broadcasts.send")
def broadcast_add(request, pk):
    """补充下发: the same text to enterprises it was not sent to yet."""
    record = broadcast_or_404(pk)
    form = ReachForm(request.POST or None)
    if request.method == "POST" and "preview" not in request.POST and not unseen(form):
        act = lambda: verbs.add_addressees(pk, form.reach(), expected=form.cleaned_data["expected"])  # noqa: E731
        if answer := saved(request, form, act, "已补充下发。", "broadcast", pk):
            return answer
    return looked_at(request, form, besides=record, broadcast=record, heading="补充下发")


@require_POST
@needs("broadcasts.send")
def broadcast_press(request, pk):
    broadcast_or_404(pk)
    try:
        messages.success(request, f"已向{verbs.press(pk)}家未答复的企业催办。")
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("broadcast", pk)


@needs("broadcasts.view")
def address_list(request):
    page = ListPage(
        request,
        addresses(),
        BroadcastAddressFilter,
        sorts=ADDRESS_SORTS,
        shown=("q", "state", "district"),
        export=export_of("address_list"),
    )
    return page.render("hazards/address_list.html")


@needs("broadcasts.view")
def address(request, pk):
    file = address_file(pk)
    return render(request, "hazards/address.html", {"file": file, "address": file.record})


@needs("broadcasts.answer")
def address_answer(request, pk):
    """答复: a part a question; what was typed stays, a picture that was not kept is chosen again."""
    record = address_or_404(pk)
    if request.method == "GET" and not address_file(pk).amendable:
        raise verbs.over()
    head = VerbForm(request.POST or None, initial={"revision": record.revision})
    parts = question_forms(record, request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = Whole(head, parts)
        act = lambda: verbs.answer(pk, form.given(), revision=head.cleaned_data["revision"])  # noqa: E731
        if answer := saved(request, form, act, "已答复。", "address", pk):
            return answer
        head.status = getattr(form, "status", 400)
        head.data = head.data.copy()
        head.data["revision"] = record.revision
    rows = list(zip(record.questions, parts, strict=True))
    return shown(request, "hazards/address_answer.html", head, address=record, rows=rows, parts=parts)


class Whole:
    """All parts of an answer as one form, so that a refusal finds its field by the part's name."""

    def __init__(self, head, parts):
        self.head, self.parts = head, parts
        self.fields = {part.add_prefix(name): (part, name) for part in parts for name in part.fields}

    def is_valid(self) -> bool:
        return all([one.is_valid() for one in (self.head, *self.parts)])

    def given(self) -> list[dict]:
        """What the verb is told; a picture that came by itself before the form stands where the form's own would."""
        told = [dict(part.cleaned_data) for part in self.parts]
        for one in told:
            one["photo"] = next(iter(finished_for_form(one.pop("upload"))), one["photo"])
        return told

    def add_error(self, field, sentence) -> None:
        part, name = self.fields.get(field, (self.head, None))
        part.add_error(name, sentence)


@needs("broadcasts.view")
def answer_photo(request, pk, answer, number):
    return answers.shown(request, answer_photo_or_404(pk, answer, number)["digest"])
