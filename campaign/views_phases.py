"""阶段: the list, one phase with its history, and its verbs."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from campaign import forms_phases as typed
from campaign import queries_phases as read
from campaign import rules_phases as rules
from campaign.actions import phases as verbs
from portal.permissions import needs
from portal.ui.posting import Sheet, keep_up, saved, shown


@needs("phases.view")
def phase_list(request):
    return render(request, "campaign/phase_list.html", {"stages": read.stages(), "today": timezone.localdate()})


@needs("phases.view")
def phase(request, pk):
    record = read.phase_or_404(pk)
    stage = next(one for one in read.stages() if one.phase.pk == record.pk)
    return render(request, "campaign/phase.html", {"stage": stage, "phase": record, "steps": read.phase_steps(record)})


@needs("phases.manage")
def phase_new(request):
    form = typed.PhaseForm(request.POST or None)
    made = []

    def act():
        made.append(verbs.plan(form.cleaned_data))

    if request.method == "POST" and saved(request, form, act, "已设立，到时请点“启动”。", "phase_list"):
        return redirect("phase", made[0].pk)
    return shown(request, "campaign/phase_form.html", form, heading="新阶段")


SHEETS = {
    "start": Sheet(
        typed.NoteForm, "已启动。", lambda pk, told: verbs.start(pk, told["note"], revision=told["revision"])
    ),
    "complete": Sheet(
        typed.NoteForm, "已完成。", lambda pk, told: verbs.complete(pk, told["note"], revision=told["revision"])
    ),
    "reopen": Sheet(
        typed.ReasonForm, "已重新启动。", lambda pk, told: verbs.reopen(pk, told["note"], revision=told["revision"])
    ),
    "change": Sheet(
        typed.PhaseChangeForm,
        "已修改，原来的内容留在办理记录里。",
        lambda pk, told: verbs.change(pk, told, told["note"], revision=told["revision"]),
    ),
}


@needs("phases.manage")
def phase_verb(request, pk, verb):
    if verb not in rules.VERBS:
        raise Http404(f"verb {verb}")
    record = read.phase_or_404(pk)
    # Where the state does not allow the verb its form is not shown; sent, the verb refuses itself.
    if request.method == "GET" and (record.state, verb) not in rules.TRANSITIONS:
        raise verbs.illegal(record, verb)
    sheet = SHEETS[verb]
    now = {name: getattr(record, name) for name in verbs.FACTS} | {"revision": record.revision}
    form = sheet.form(request.POST or None, initial=now)
    if request.method == "POST":
        act = lambda: sheet.act(record.pk, form.cleaned_data)  # noqa: E731
        if answer := saved(request, form, act, sheet.done, "phase", record.pk):
            return answer
        keep_up(form, revision=record.revision)
    heading = f"{rules.VERBS[verb]}阶段“{record.name}”"
    return shown(request, "campaign/phase_form.html", form, heading=heading, phase=record, button=rules.VERBS[verb])
