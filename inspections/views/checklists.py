"""Pages of 检查表模板: the subjects and their versions, one version with its lines, and making the next."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from inspections.actions import checklists as verbs
from inspections.forms_checklists import OwnForms, TemplateForm
from inspections.models import ChecklistTemplate
from inspections.queries import checklists as reads
from portal.exports.registry import export_of
from portal.numbers import number_in
from portal.permissions import may, needs
from portal.refusals import Refused
from portal.ui.posting import shown


@needs("visits.view")
def checklist_list(request):
    page = export_of("checklist_list").listed(request)
    edition = reads.newest_edition()
    return page.render("inspections/checklist_list.html", {"edition": edition, "total": edition.items.count()})


@needs("visits.view")
def checklist_page(request, pk):
    template = reads.template_or_404(pk)
    context = {
        "template": template,
        "chapters": reads.checklist(template.edition, template).chapters,
        "versions": reads.templates().filter(subject=template.subject).order_by("-version"),
        "is_current": reads.is_current(template),
        "makes": may("checklists.make"),
    }
    return render(request, "inspections/checklist.html", context)


@needs("checklists.make")
def checklist_new(request):
    """A new subject; with ?from= the next version of one."""
    given = number_in(request.GET.get("from"))
    before = reads.template_or_404(given) if given is not None else None
    items = list(reads.newest_edition().items.order_by("seq"))
    form = TemplateForm(request.POST or None, items=items, initial=start_of(before))
    lines = OwnForms(
        request.POST or None,
        prefix="own",
        initial=lines_of(before),
        form_kwargs={"parts": list(dict.fromkeys(item.subcategory for item in items))},
    )
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        own = [line.cleaned_data for line in lines if line.is_typed]
        try:
            made = verbs.make_version(own=own, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            form.status = refusal.status
        else:
            messages.success(request, "已保存为新版本；以前的检查仍按当时的版本。")
            return redirect("checklist", made.pk)
    context = {"lines": lines, "before": before, "chapters": form.chapters(), "chosen": form.chosen()}
    return shown(request, "inspections/checklist_form.html", form, **context)


def start_of(before: ChecklistTemplate | None) -> dict:
    if before is None:
        return {}
    return {"subject": before.subject, "after": before.newest, "codes": before.codes}  # type: ignore[attr-defined]


def lines_of(before: ChecklistTemplate | None) -> list[dict]:
    names = ("code", "subcategory", "text", "basis", "suggested_level", "accident_type", "criterion")
    return list(before.own.order_by("seq").values(*names)) if before else []


@require_POST
@needs("checklists.make")
def checklist_withdraw(request, pk) -> HttpResponseRedirect:
    verbs.withdraw(pk)
    messages.success(request, "已停用，以后的检查不能再选它；已经开始的不受影响。")
    return redirect("checklist", pk)
