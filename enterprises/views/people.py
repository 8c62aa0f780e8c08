"""包保责任人: where somebody is missing, one installation's three capacities, and the forms that change them."""

from django.http import Http404
from django.shortcuts import render

from enterprises.actions import people
from enterprises.filters import MajorFilter
from enterprises.forms import AppointForm, CorrectForm, EndForm
from enterprises.models import Duty
from enterprises.queries.credentials import credentials_of
from enterprises.queries.people import (
    MAJOR_SORTS,
    figures,
    majors,
    responsibility,
    responsible_or_404,
    units_with_people,
    with_people,
)
from enterprises.views.units import enterprise_or_404
from portal.exports.registry import export_of
from portal.permissions import needs
from portal.ui.lists import ListPage
from portal.ui.posting import keep_up, saved, shown

FORM = "enterprises/responsible_form.html"


@needs("responsible.view")
def responsible_list(request):
    page = ListPage(
        request,
        majors(),
        MajorFilter,
        sorts=MAJOR_SORTS,
        shown=("q", "district", "lacking", "level"),
        more=("late",),
        export=export_of("responsible_list"),
        keeps_views=True,
    )
    context = {"figures": figures(), "rows": with_people(page.rows)}
    return page.render("enterprises/responsible_list.html", context)


@needs("responsible.view")
def enterprise_people(request, pk):
    enterprise = enterprise_or_404(pk)
    context = {
        "enterprise": enterprise,
        "units": units_with_people(enterprise),
        "credentials": credentials_of(enterprise),
    }
    return render(request, "enterprises/enterprise_people.html", context)


@needs("responsible.view")
def responsible(request, pk):
    file = responsibility(pk)
    return render(request, "enterprises/responsible.html", {"file": file, "unit": file.unit})


@needs("responsible.edit")
def responsible_appoint(request, pk, duty):
    """任命; where somebody holds the capacity already, 更换."""
    file = responsibility(pk)
    place = next((place for place in file.places if place.duty == duty), None)
    if place is None:
        raise Http404(f"no such duty: {duty}")
    last = place.last
    form = AppointForm(request.POST or None, initial={"replaces": last.pk if last else None})
    done = f"已更换{place.duty.label}。" if last else f"已明确{place.duty.label}。"
    if request.method == "POST":
        act = lambda: people.appoint(pk, duty, **form.cleaned_data)  # noqa: E731
        if answer := saved(request, form, act, done, "responsible", pk):
            return answer
        keep_up(form, replaces=last.pk if last else "")
    heading = f"{'更换' if last else '明确'}{place.duty.label}"
    return shown(
        request, FORM, form, unit=file.unit, heading=heading, last=last, why_none=file.why_none, history=place.people
    )


@needs("responsible.edit")
def responsible_edit(request, pk):
    record = responsible_or_404(pk)
    form = CorrectForm(
        request.POST or None, initial={name: getattr(record, name) for name in (*people.CORRECTED, "revision")}
    )
    if record.ends is None:
        del form.fields["ends"]
    if request.method == "POST":
        act = lambda: people.correct(pk, form.told(), revision=form.cleaned_data["revision"])  # noqa: E731
        if answer := saved(request, form, act, "已更正。", "responsible", record.unit_id):
            return answer
        keep_up(form, revision=record.revision)
    history = record.unit.responsible.filter(duty=record.duty).order_by("-starts", "-pk")
    heading = f"更正{record.get_duty_display()}"
    return shown(request, FORM, form, unit=record.unit, heading=heading, history=history, person=record)


@needs("responsible.edit")
def responsible_end(request, pk):
    record = responsible_or_404(pk)
    form = EndForm(request.POST or None, initial={"revision": record.revision})
    if request.method == "POST":
        act = lambda: people.end(pk, **form.cleaned_data)  # noqa: E731
        done = f"已登记{record.name}离任，{Duty(record.duty).label}空缺，请尽快明确接任人。"
        if answer := saved(request, form, act, done, "responsible", record.unit_id):
            return answer
        keep_up(form, revision=record.revision)
    heading = f"{record.get_duty_display()}{record.name}离任"
    return shown(request, FORM, form, unit=record.unit, heading=heading, person=record)
