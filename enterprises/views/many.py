"""批量办理: chosen on the list, asked once, answered for each."""

from django.http import QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from enterprises.actions import many
from enterprises.filters import EnterpriseFilter
from enterprises.forms import FORMS
from enterprises.models import Enterprise
from portal.exports import actions as exports
from portal.permissions import needs
from portal.refusals import BadInput

EXPORT = "export"


def meant(request) -> list[int]:
    """The ticked ones, or everything the list's filter finds where that was asked for."""
    if request.POST.get("all"):
        asked = request.POST.get("query", "")[:4000]
        rows = EnterpriseFilter(QueryDict(asked), queryset=Enterprise.objects.all(), request=request).qs
        return list(rows.values_list("pk", flat=True)[: many.MOST + 1])
    return [int(one) for one in request.POST.getlist("id")[: many.MOST + 1] if one.isdecimal() and len(one) < 19]


def page(request, name: str, form, numbers: list[int], fault: str = "", status: int = 200):
    context = {"verb": many.verb_of(name), "name": name, "form": form, "chosen": many.chosen(numbers), "fault": fault}
    return render(request, "enterprises/bulk.html", context, status=status)


@require_POST
@needs("enterprises.bulk")
def bulk(request):
    """What is to be done to whom, before it is done."""
    name, numbers = request.POST.get("verb", ""), meant(request)
    if name == EXPORT and request.POST.get("all"):
        return redirect("export", exports.start("enterprise_list", request.POST.get("query", "")).pk)
    if name == EXPORT:
        return redirect("export", exports.start("enterprise_list", chosen=[one.pk for one in many.chosen(numbers)]).pk)
    verb = many.verb_of(name)
    return render(
        request,
        "enterprises/bulk.html",
        {"verb": verb, "name": name, "form": FORMS[name](), "chosen": many.chosen(numbers)},
    )


@require_POST
@needs("enterprises.bulk")
def bulk_run(request):
    name, numbers = request.POST.get("verb", ""), meant(request)
    many.verb_of(name)
    form = FORMS[name](request.POST)
    if not form.is_valid():
        return page(request, name, form, numbers, status=400)
    try:
        outcomes = many.do_to_all(name, numbers, form.cleaned_data)
    except BadInput as refusal:
        return page(request, name, form, numbers, refusal.sentence, refusal.status)
    context = {
        "verb": many.VERBS[name],
        "name": name,
        "done": [one for one in outcomes if one.done],
        "refused": [one for one in outcomes if not one.done],
    }
    return render(request, "enterprises/bulk_done.html", context)
