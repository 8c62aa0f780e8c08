"""线索: the list with what was counted, and saying what came of one."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect

from accountability import rules
from accountability.actions import leads as verbs
from accountability.forms import CheckForm
from accountability.queries.leads import listed
from portal.exports.registry import export_of
from portal.permissions import needs
from portal.ui.posting import saved, shown


@needs("leads.view")
def lead_list(request):
    if "state" not in request.GET:
        request.GET = request.GET.copy()
        request.GET["state"] = "open"
    page = export_of("lead_list").listed(request, shown=("kind", "state", "district"))
    return page.render("accountability/lead_list.html", {"rules": rules})


@needs("leads.check")
def lead_check(request, pk):
    lead = listed().filter(pk=pk).first()
    if lead is None:
        raise Http404(f"lead {pk}")
    form = CheckForm(request.POST or None, initial={"revision": lead.revision})
    if request.method == "POST":
        made = []
        act = lambda: made.append(verbs.check(pk, form.cleaned_data["note"], revision=form.cleaned_data["revision"]))  # noqa: E731
        if form.is_valid() and saved(request, form, act, "已记录核对情况。", "lead_check", pk):
            return redirect("lead_list")
        form.data = form.data.copy()
        form.data["revision"] = lead.revision
    elif lead.checked_at:
        messages.info(request, f"这条线索已由{lead.checked_by}核对。")
    return shown(request, "accountability/lead_check.html", form, lead=lead)
