"""抽查复核: the draws, one draw with its progress and its pool, what is to be looked at again, and one of these."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from hazards.actions import sample as verbs
from hazards.filters import SampleItemFilter
from hazards.forms import DrawForm, LookForm
from hazards.models import SampleItem
from hazards.queries.pages import hazard_file
from hazards.queries.sample import ITEM_SORTS, item_or_404, items, sample_file
from hazards.rules_sample import pool_text
from portal.exports.registry import export_of
from portal.permissions import may, needs
from portal.refusals import Refused
from portal.ui.lists import ListPage
from portal.ui.posting import saved, shown


@needs("samples.view")
def sample_list(request):
    page = export_of("sample_list").listed(request)
    return page.render("hazards/sample_list.html")


@needs("samples.draw")
def sample_new(request):
    form = DrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.draw(**form.cleaned_data)
            messages.success(request, f"已抽取 {made.size} 条。")
            return redirect("sample", made.pk)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            form.status = refusal.status
    return shown(request, "hazards/sample_new.html", form)


@needs("samples.view")
def sample(request, pk):
    file = sample_file(pk)
    return render(request, "hazards/sample.html", {"file": file, "sample": file.sample})


@needs("samples.view")
def sample_pool(request, pk):
    """The pool as it was frozen, to repeat the draw with (docs/sampling.md)."""
    response = HttpResponse(pool_text(sample_file(pk).sample.pool), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="pool-{pk}.txt"'
    return response


@needs("samples.items")
def sample_items(request):
    page = ListPage(
        request,
        items(),
        SampleItemFilter,
        sorts=ITEM_SORTS,
        shown=("result", "district"),
        export=export_of("sample_items"),
    )
    return page.render("hazards/sample_items.html")


@needs("samples.items")
def sample_item(request, pk):
    item = item_or_404(pk)
    form = LookForm(request.POST or None)
    if request.method == "POST":
        act = lambda: verbs.look_again(pk, form.cleaned_data["result"], form.cleaned_data["note"])  # noqa: E731
        if answer := saved(request, form, act, "已记录复核结果。", "sample_item", pk):
            return answer
        item = item_or_404(pk)
    context = {
        "item": item,
        "file": hazard_file(item.hazard_id),
        "hazard": item.hazard,
        "looks": not item.result and may("samples.look", item.hazard),
        "reopens": item.result == SampleItem.Result.UNTRUE and may("hazards.reopen", item.hazard),
    }
    return shown(request, "hazards/sample_item.html", form, **context)
