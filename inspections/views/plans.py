"""Pages of the plan: how often, what is planned, who goes."""

from django.contrib import messages
from django.shortcuts import redirect, render

from inspections import queries, rules
from inspections.actions.frequency import set_frequency
from inspections.forms_plans import FrequencyForm
from inspections.models import FrequencySetting
from portal.permissions import needs
from portal.refusals import Refused


@needs("plans.view")
def visit_frequency(request):
    """How often each grade is visited now, how that came about, and for the office the form that changes it."""
    form = FrequencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_frequency(**form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            form.status = refusal.status
        else:
            messages.success(request, "已设定检查频次。")
            return redirect("visit_frequency")
    months = queries.city_frequency()
    context = {
        "form": form,
        "now": [
            (label, 12 // months[grade], rules.WORDS[months[grade]]) for grade, label in FrequencySetting.Of.choices
        ],
        "history": FrequencySetting.objects.all()[:50],
    }
    status = getattr(form, "status", 400) if form.is_bound else 200
    return render(request, "inspections/frequency.html", context, status=status)
