"""An enterprise's facts as of any past day, and the versions they went through."""

from django.shortcuts import render
from django.utils import timezone

from enterprises.forms import DayForm
from enterprises.queries import history
from enterprises.views.units import enterprise_or_404
from portal.numbers import number_in
from portal.permissions import may, needs


@needs("enterprises.view")
def enterprise_history(request, pk):
    enterprise = enterprise_or_404(pk)
    calls = may("enterprises.contacts", enterprise)
    form = DayForm(request.GET if request.GET.get("on") else None)
    day = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    version = history.version_on(enterprise, day) if day else None
    steps, further = history.steps_of(enterprise, calls=calls, before=number_in(request.GET.get("before")))
    context = {
        "enterprise": enterprise,
        "form": form,
        "day": day,
        "version": version,
        "facts": history.facts_said(version.facts, calls=calls) if version else [],
        "units": history.units_said(version.facts) if version else [],
        "since": history.kept_since(enterprise),
        "steps": steps,
        "further": further,
        "today": timezone.localdate(),
    }
    return render(request, "enterprises/history.html", context, status=400 if form.is_bound and not day else 200)
