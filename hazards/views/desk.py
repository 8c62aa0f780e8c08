"""复查台: one hazard after another, decided by keyboard or thumb; and the sentences that are decided with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from hazards import rules
from hazards.actions import moves
from hazards.actions.reminders import RECHECK_DAYS
from hazards.actions.templates import write_templates
from hazards.filters import DeskFilter
from hazards.forms import ReasonForm, RecheckForm, TemplatesForm
from hazards.models import Hazard, ReasonTemplate
from hazards.queries.desk import Queue, opinion_of, queue_of, reasons, seen, waiting
from hazards.queries.pages import HazardFile, hazard_file
from hazards.views.hazards import other_signer
from portal.numbers import number_in
from portal.permissions import needs
from portal.refusals import NotAllowed, Refused
from portal.tenancy.queries import colleagues
from portal.ui.lists import spoken

# What one session has put off; a person does not work through more in a day.
PUT_OFF = 200


@dataclass(frozen=True)
class Desk:
    """One of the two desks: which state waits there, the form it is decided with, and the verbs."""

    page: str
    decide: str
    title: str
    state: str
    good: str
    good_label: str
    form: Callable[..., forms.Form]
    accept: Callable[[int, dict], Hazard]

    def said(self, done: Hazard, returned: bool) -> str:
        if returned:
            return f"隐患 {done.pk} 已退回企业继续整改。"
        if done.status == rules.CONFIRMING:
            return f"隐患 {done.pk} 复查通过，已送第二人审核销号。"
        return f"隐患 {done.pk} 已销号。"


def recheck_form(request, file: HazardFile, data=None) -> RecheckForm:
    """The second signer of the last decision stays chosen; at first it is the other one of the notice."""
    people = colleagues()
    last = request.session.get("desk_second")
    second = last if last in {person.pk for person in people} else other_signer(file, people)
    return RecheckForm(data, colleagues=people, initial={"revision": file.hazard.revision, "second": second})


def confirm_form(request, file: HazardFile, data=None) -> ReasonForm:
    form = ReasonForm(data, initial={"revision": file.hazard.revision})
    form.fields["note"].label = "审核意见或退回理由"
    return form


RECHECK = Desk(
    "desk",
    "desk_decide",
    "复查台",
    rules.SUBMITTED,
    "accept",
    "复查通过",
    recheck_form,
    lambda pk, told: moves.accept(pk, told["second"], told["note"], revision=told["revision"]),
)
CONFIRM = Desk(
    "confirm_desk",
    "confirm_desk_decide",
    "重大隐患审核",
    rules.CONFIRMING,
    "confirm",
    "审核通过，销号",
    confirm_form,
    lambda pk, told: moves.confirm(pk, told["note"], revision=told["revision"]),
)


@needs("hazards.recheck")
def desk(request):
    return Sitting(request, RECHECK).shown()


@require_POST
@needs("hazards.recheck")
def desk_decide(request, pk):
    return Sitting(request, RECHECK).decided(pk)


@needs("hazards.confirm")
def confirm_desk(request):
    return Sitting(request, CONFIRM).shown()


@require_POST
@needs("hazards.confirm")
def confirm_desk_decide(request, pk):
    return Sitting(request, CONFIRM).decided(pk)


class Sitting:
    """One request at a desk: the filter in its address, and the queue as this session meets it."""

    def __init__(self, request, desk: Desk):
        self.request, self.desk = request, desk
        self.filter = DeskFilter(request.GET, queryset=waiting(desk.state), request=request)
        self.later = f"{desk.page}_later"
        self.queue: Queue = queue_of(self.filter.qs, request.session.get(self.later, []))

    def shown(self):
        """The hazard named by ?at=, else the first. A bare address leads to where the person last was, so that every
        page that is shown has an address of its own to come back to."""
        cookie = f"list_{self.desk.page}"
        if not self.request.GET:
            place = self.request.COOKIES.get(cookie)
            return redirect(f"{self.request.path}?{place}" if place else self.address(self.queue.after(None)))
        asked = self.request.GET.get("at", "")
        pk = number_in(asked)
        gone = pk is not None and not self.waits(pk)
        if pk is None or gone:
            pk = self.queue.after(None)
        fault = f"隐患 {asked} 已不在这里等待处理，下面是排在前面的一条。" if gone and pk else ""
        response = self.render(pk, notice=fault)
        response.set_cookie(cookie, self.query(pk), max_age=8 * 3600, httponly=True, samesite="Lax")
        return response

    def waits(self, pk: int) -> bool:
        return pk in self.queue.keys or (self.queue.more and self.filter.qs.filter(pk=pk).exists())

    def decided(self, pk: int):
        """Run the verb and go on to the next; what is refused is shown again with everything typed."""
        file = hazard_file(pk)
        following = self.queue.after(pk)
        verdict = self.request.POST.get("verdict")
        if verdict == "later":
            put_off = [key for key in self.request.session.get(self.later, []) if key != pk]
            self.request.session[self.later] = [*put_off, pk][-PUT_OFF:]
            return redirect(self.address(following or pk))
        form = self.desk.form(self.request, file, self.request.POST)
        if not form.is_valid():
            return self.render(pk, file, form, status=400)
        told = form.cleaned_data
        try:
            if verdict == "return":
                done = moves.send_back(pk, told["note"], revision=told["revision"])
            else:
                done = self.desk.accept(pk, told)
        except NotAllowed:
            raise
        except Refused as refusal:
            return self.refused(pk, form, refusal, following)
        if told.get("second"):
            self.request.session["desk_second"] = told["second"]
        messages.success(self.request, self.desk.said(done, verdict == "return"))
        return redirect(self.address(following))

    def refused(self, pk: int, form, refusal: Refused, following: int | None):
        """The same hazard with what was typed; the next one where somebody else has decided this one meanwhile."""
        file = hazard_file(pk)
        if file.hazard.status != self.desk.state:
            fault = f"隐患 {pk}：{refusal.sentence}"
            typed = form.cleaned_data.get("note", "")
            return self.render(following, fault=fault, typed=typed, status=refusal.status)
        if refusal.field in form.fields:
            form.add_error(refusal.field, refusal.sentence)
        else:
            form.add_error(None, refusal.sentence)
        # Told that somebody else was at it, a person may insist.
        form.data = form.data.copy()
        form.data["revision"] = file.hazard.revision
        return self.render(pk, file, form, status=refusal.status)

    def render(self, pk: int | None, file: HazardFile | None = None, form=None, *, status: int = 200, **more):
        context = {
            "desk": self.desk,
            "queue": self.queue,
            "filter": self.filter,
            "filters": [bound for bound in self.filter.form if not bound.is_hidden],
            "set_words": self.words(),
            "put_off": len(self.request.session.get(self.later, [])),
        } | more
        if pk is not None:
            context |= self.about(file or hazard_file(pk), form)
        # htmx takes an error's answer as a part of the page, not as a page (static/js/portal.js).
        part = status >= 400 and "HX-Request" in self.request.headers
        template = "hazards/_desk.html" if part else "hazards/desk.html"
        response = render(self.request, template, context, status=status)
        if part:
            response["HX-Push-Url"] = self.address(pk)
        return response

    def about(self, file: HazardFile, form) -> dict:
        pk, hazard = file.hazard.pk, file.hazard
        templates = [row for row in reasons() if self.desk is RECHECK or row.kind == ReasonTemplate.Kind.RETURN]
        form = form or self.desk.form(self.request, file)
        if chosen := self.chosen_reason(templates):
            form.initial["note"] = chosen
        due = hazard.submitted_on + timedelta(days=RECHECK_DAYS)
        return {
            "file": file,
            "hazard": hazard,
            "form": form,
            "today": timezone.localdate(),
            "templates": templates,
            "here": self.address(pk),
            "decide": f"{reverse(self.desk.decide, args=[pk])}?{self.query(None)}",
            "place": self.queue.place(pk),
            "next_address": self.address(self.queue.after(pk)) if self.queue.after(pk) else "",
            "previous_address": self.address(self.queue.before(pk)) if self.queue.before(pk) else "",
            "recheck_due": due,
            "hand_in": file.hand_in,
            "opinion": opinion_of(file.steps) if self.desk is CONFIRM else None,
        }

    def chosen_reason(self, templates: list[ReasonTemplate]) -> str:
        """?reason=2: the second template lands in the note, for a browser without script."""
        number = number_in(self.request.GET.get("reason")) or 0
        return templates[number - 1].text if 0 < number <= len(templates) else ""

    def words(self) -> list[str]:
        form = self.filter.form
        values = form.cleaned_data if form.is_valid() else {}
        return [spoken(form.fields[name], value) for name, value in values.items() if value not in (None, "")]

    def query(self, pk: int | None) -> str:
        """The filter, as asked, and the hazard one is at."""
        kept = {name: self.request.GET[name] for name in self.filter.form.fields if name in self.request.GET}
        return urlencode(kept | ({"at": pk} if pk else {}))

    def address(self, pk: int | None) -> str:
        # A bare address would lead back to the place of before.
        return f"{reverse(self.desk.page)}?{self.query(pk) or 'level='}"


@needs("templates.edit")
def reason_templates(request):
    """理由模板: two lists, a sentence a line."""
    now = reasons()
    shown = {kind: "\n".join(row.text for row in now if row.kind == kind) for kind in ReasonTemplate.Kind.values}
    form, status = TemplatesForm(request.POST or None, initial=shown | {"before": seen(now)}), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                write_templates(form.cleaned_data, form.cleaned_data["before"])
                messages.success(request, "理由模板已保存。")
                return redirect("reason_templates")
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
                status = refusal.status
                form.data = form.data.copy()
                form.data["before"] = seen(reasons())
    return render(request, "hazards/reason_templates.html", {"form": form, "now": now}, status=status)
