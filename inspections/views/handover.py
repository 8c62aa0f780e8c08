"""工作交接: everything open in one person's name on one list, confirmed once."""

from django.contrib import messages
from django.shortcuts import redirect, render

from inspections.actions import handover as verbs
from inspections.forms_team import HandoverForm
from inspections.queries.handover import KINDS, SHOWN, leaver_or_404, open_work, receivers
from portal.permissions import demand, needs
from portal.refusals import Refused
from portal.tenancy.scope import who


@needs("handover.give")
def handover(request, pk):
    """A refused list is shown again as it stands by now, with what was chosen."""
    leaver = leaver_or_404(pk)
    demand("handover.give", leaver)
    work = open_work(leaver)
    fixed = work.items.get("supervisions", []) if who().scope != "city" else []
    kinds = {kind: items for kind, items in work.items.items() if not (kind == "supervisions" and fixed)}
    people = {kind: receivers(leaver, kind) for kind in kinds if kind == "supervisions"}
    everyone = receivers(leaver, "visits") if kinds else []
    form = HandoverForm(
        request.POST or None,
        kinds=kinds,
        people={kind: people.get(kind, everyone) for kind in kinds},
        initial={"seen": " ".join(sorted(work.keys))},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            done = verbs.hand_over(pk, form.chosen("to"), form.chosen("instead"), data["reason"], data["seen"].split())
        except Refused as refusal:
            if refusal.status == 403:
                raise
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            form.status = refusal.status
        else:
            since = f"其中{done.since}件是您打开清单之后新增的。" if done.since else ""
            messages.success(request, f"已交接{done.moved}件，接收人和{leaver.person.name}都已收到消息。{since}")
            return redirect("handover", pk)
    status = getattr(form, "status", 400) if form.is_bound else 200
    context = {
        "leaver": leaver,
        "form": form,
        "fixed": fixed,
        "work": work,
        "lists": [(KINDS[kind], items[:SHOWN], len(items), form.of(kind)) for kind, items in kinds.items()],
        "nobody": bool(kinds) and not everyone,
    }
    return render(request, "inspections/handover.html", context, status=status)
