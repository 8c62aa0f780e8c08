"""提升一批、淘汰一批: the list, one entry with its history, the forms of its verbs, and its evidence."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from enterprises.actions import transformation as verbs
from enterprises.filters import TransformationFilter
from enterprises.forms import transformation as typed
from enterprises.queries.transformation import (
    TRANSFORMATION_SORTS,
    count_late,
    listed,
    step_or_404,
    transformation_file,
    transformation_or_404,
)
from enterprises.rules.transformation import TRANSITIONS
from enterprises.views.units import enterprise_or_404
from portal.exports.registry import export_of
from portal.files import answers
from portal.permissions import needs
from portal.ui.lists import ListPage
from portal.ui.posting import keep_up, saved, shown


@needs("transformation.view")
def transformations(request):
    page = ListPage(
        request,
        listed(),
        TransformationFilter,
        sorts=TRANSFORMATION_SORTS,
        shown=("q", "list", "state", "district"),
        more=("late", "due_from", "due_to"),
        export=export_of("transformations"),
        keeps_views=True,
    )
    return page.render("enterprises/transformation_list.html", {"late": count_late()})


@needs("transformation.view")
def transformation(request, pk):
    file = transformation_file(pk)
    return render(request, "enterprises/transformation.html", {"file": file, "entry": file.record})


@needs("transformation.edit")
def transformation_new(request, pk):
    enterprise = enterprise_or_404(pk)
    form = typed.EntryForm(request.POST or None, initial={"list": request.GET.get("list")})
    if request.method == "POST":
        act = lambda: verbs.put_on_list(pk, **form.cleaned_data)  # noqa: E731
        if answer := saved(request, form, act, "已列入名单。", "enterprise", pk):
            return answer
    return shown(
        request, "enterprises/transformation_form.html", form, enterprise=enterprise, heading="列入提升淘汰名单"
    )


@dataclass(frozen=True)
class Sheet:
    """A verb's form, what its page is called, what is said when it is done, and the verb itself."""

    form: type[forms.Form]
    heading: str
    done: str
    act: Callable[[int, dict], object]


SHEETS = {
    "change": Sheet(
        typed.ChangeForm,
        "调整目标、措施或期限",
        "已调整，原来的目标、措施和期限留在办理记录里。",
        lambda pk, told: verbs.change(pk, told, told["note"], revision=told["revision"]),
    ),
    "progress": Sheet(
        typed.ProgressForm,
        "记录进展",
        "已记录进展。",
        lambda pk, told: verbs.progress(pk, told["note"], told["file"], revision=told["revision"]),
    ),
    "finish": Sheet(
        typed.FinishForm,
        "完成",
        "已完成。",
        lambda pk, told: verbs.finish(
            pk, told["note"], told["file"], finished_on=told["finished_on"], revision=told["revision"]
        ),
    ),
    "drop": Sheet(
        typed.DropForm,
        "移出名单",
        "已移出名单。",
        lambda pk, told: verbs.drop(pk, told["note"], revision=told["revision"]),
    ),
    "reopen": Sheet(
        typed.ReopenForm,
        "重新列入名单",
        "已重新列入名单。",
        lambda pk, told: verbs.reopen(pk, told["note"], told["due_on"], revision=told["revision"]),
    ),
}


@needs("transformation.edit")
def transformation_verb(request, pk, verb):
    """One form a verb of the table; what its state does not allow is refused before anything is typed."""
    if verb not in SHEETS:
        raise Http404(f"verb {verb}")
    entry, sheet = transformation_or_404(pk), SHEETS[verb]
    if request.method == "GET" and (entry.state, verb) not in TRANSITIONS:
        raise verbs.illegal(entry, verb)
    now = {"revision": entry.revision, "finished_on": timezone.localdate()}
    if verb == "change":
        now |= {name: getattr(entry, name) for name in verbs.PLAN}
    form = sheet.form(request.POST or None, request.FILES or None, initial=now)
    if request.method == "POST":
        act = lambda: sheet.act(pk, form.cleaned_data)  # noqa: E731
        if answer := saved(request, form, act, sheet.done, "transformation", pk):
            return answer
        keep_up(form, revision=entry.revision)
    context = {"entry": entry, "enterprise": entry.enterprise, "heading": sheet.heading}
    return shown(request, "enterprises/transformation_form.html", form, **context)


@needs("transformation.view")
def evidence_shown(request, pk, step):
    return answers.shown(request, step_or_404(pk, step).digest)


@needs("transformation.view")
def evidence_original(request, pk, step):
    record = step_or_404(pk, step)
    return answers.original(record.digest, record.filename, record.content_type)
