"""放假安排: the city's own days and counting rules, and the deadlines that deserve a second look."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from portal.exports.registry import export_of
from portal.holidays import actions
from portal.holidays.deadlines import national
from portal.holidays.forms import CountingForm, DaysForm
from portal.holidays.queries import undefined_terms
from portal.holidays.review import SHOWN, different
from portal.legaldays import EDITION, PUBLISHED
from portal.permissions import may, needs
from portal.refusals import Refused


@needs("calendar.view")
def calendar(request):
    page = export_of("calendar").listed(request)
    context = {
        "edition": EDITION,
        "last_year": PUBLISHED[-1],
        "national": sorted(national().items()),
        "terms": undefined_terms(),
        "edits": may("calendar.edit"),
    }
    return page.render("holidays/calendar.html", context)


@needs("calendar.edit")
def calendar_enter(request):
    form, status = DaysForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = actions.enter_days(
                    form.cleaned_data["days"], form.cleaned_data["source"], whole_year=form.cleaned_data["whole_year"]
                )
                messages.success(request, f"已登记{len(made)}天。已经下达的期限不会自动改动，请核对下面的清单。")
                return redirect("calendar_review")
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
                status = refusal.status
    return render(request, "holidays/enter.html", {"form": form}, status=status)


@require_POST
@needs("calendar.edit")
def calendar_withdraw(request, pk):
    day = actions.withdraw_day(pk)
    messages.success(request, f"已撤销{day}。")
    return redirect("calendar")


@require_POST
@needs("calendar.edit")
def calendar_count(request):
    form = CountingForm(request.POST)
    if not form.is_valid():
        raise actions.BadInput("请选择自然日或工作日，并写明确认的依据。")
    rule = actions.confirm_counting(**form.cleaned_data)
    messages.success(request, f"已确认：{rule}。已经存下的期限不变。")
    return redirect("calendar")


@needs("calendar.view")
def calendar_review(request):
    return render(request, "holidays/review.html", {"found": different(), "shown": SHOWN})
