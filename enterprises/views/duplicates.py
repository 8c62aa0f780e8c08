"""疑似重复: the pairs found, two entries side by side, merging them, telling them apart, and taking a merger back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from enterprises.actions import duplicates as verbs
from enterprises.actions import merging
from enterprises.forms.duplicates import MergeForm, ReasonForm
from enterprises.models import Merger
from enterprises.queries import duplicates as found
from portal.exports.registry import export_of
from portal.permissions import needs
from portal.refusals import Refused
from portal.tenancy.actions import still_posted
from portal.ui.posting import saved, shown


@needs("enterprises.merge")
def duplicates(request):
    page = export_of("duplicates").listed(request)
    last = found.last_search()
    under_way = last and not last.finished_at and timezone.now() - last.started_at < verbs.STUCK_AFTER
    return page.render(
        "enterprises/duplicate_list.html", {"last": last, "under_way": under_way, "most": verbs.MOST_PAIRS}
    )


@require_POST
@needs("enterprises.merge")
def duplicate_search(request):
    try:
        verbs.start_search()
        messages.success(request, "已开始查找，完成后结果显示在本页。")
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("duplicates")


def pair_page(request, gone: int, kept: int, form=None, reason=None):
    pair = found.comparison(gone, kept)
    posted = [f"{one.person.name}（{one.get_role_display()}）" for one in still_posted(gone).select_related("person")]
    form = form or MergeForm(posted=posted, kept=pair.kept.name)
    status = getattr(form, "status", 400) if form.is_bound else getattr(reason, "status", 200)
    context = {"pair": pair, "form": form, "reason": reason or ReasonForm(prefix="distinct")}
    return render(request, "enterprises/merge.html", context, status=status)


@needs("enterprises.merge")
def merge(request, gone, kept):
    """Both entries side by side with what the kept one will say; POST merges them."""
    if request.method != "POST":
        return pair_page(request, gone, kept)
    pair = found.comparison(gone, kept)
    posted = [f"{one.person.name}（{one.get_role_display()}）" for one in still_posted(gone).select_related("person")]
    form = MergeForm(request.POST, posted=posted, kept=pair.kept.name)
    act = lambda: merging.merge(gone, kept, **form.cleaned_data)  # noqa: E731
    done = f"“{pair.gone.name}”已并入“{pair.kept.name}”。"
    return saved(request, form, act, done, "enterprise", kept) or pair_page(request, gone, kept, form)


@require_POST
@needs("enterprises.merge")
def distinct(request, gone, kept):
    """不是重复, with a reason; shown again beside the pair where it is refused."""
    form = ReasonForm(request.POST, prefix="distinct")
    if form.is_valid():
        try:
            verbs.tell_apart(gone, kept, form.cleaned_data["reason"])
            messages.success(request, "已记下不是重复，今后不再提示这两家。")
            return redirect("duplicates")
        except Refused as refusal:
            form.add_error("reason", refusal.sentence)
            form.status = refusal.status
    form.status = getattr(form, "status", 400)
    return pair_page(request, gone, kept, reason=form)


@needs("enterprises.merge")
def merger_undo(request, pk):
    merger = Merger.objects.select_related("enterprise").filter(pk=pk).first()
    if merger is None:
        raise Http404(f"merger {pk}")
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        act = lambda: merging.undo(pk, form.cleaned_data["reason"])  # noqa: E731
        if answer := saved(request, form, act, "已撤销合并，原来的记录已转回。", "enterprise", merger.gone_id):
            return answer
    return shown(request, "enterprises/merger_undo.html", form, merger=merger)
