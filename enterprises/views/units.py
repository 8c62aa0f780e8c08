"""Units: the list, one unit with its calculation, what-if, and the forms that change what it holds."""

from fractions import Fraction

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from enterprises.actions import units
from enterprises.forms import HoldingForm, PopulationForm, ProcessForm, UnitForm
from enterprises.gb18218_tables import tables
from enterprises.models import Enterprise, Holding, ProcessInUse
from enterprises.queries.units import unit_file, unit_or_404, units_of
from enterprises.rules.gb18218 import MOST_TONNES, Held, as_json, quantity
from portal.exports.registry import export_of
from portal.numbers import number_in
from portal.permissions import needs
from portal.refusals import Refused
from portal.ui.posting import keep_up, saved, shown


@needs("units.view")
def unit_list(request):
    page = export_of("unit_list").listed(
        request, shown=("q", "judged", "level", "district"), more=("kind", "differs", "near", "closed")
    )
    return page.render("enterprises/unit_list.html")


@needs("units.view")
def enterprise_units(request, pk):
    enterprise = enterprise_or_404(pk)
    units, loose = units_of(enterprise)
    return render(
        request, "enterprises/enterprise_units.html", {"enterprise": enterprise, "units": units, "loose": loose}
    )


@needs("units.view")
def unit(request, pk):
    file = unit_file(pk)
    context = {"file": file, "unit": file.unit, "table1": tables().named.values(), "process_form": ProcessForm()}
    return render(request, "enterprises/unit.html", context)


@needs("units.view")
def unit_what_if(request, pk):
    """试算: quantities from the address (q_<holding>=t, and one substance of 表1 more); nothing is written."""
    record = unit_or_404(pk)
    quantities, more, faults = {}, None, []
    for name, value in request.GET.items():
        if name.startswith("q_") and (holding := number_in(name[2:])) and value.strip():
            if (written := tonnes(value)) is None:
                faults.append(f"“{value}”不是数量，请填写吨数，如 12.5。")
            else:
                quantities[holding] = written
    seq, amount = number_in(request.GET.get("seq")), request.GET.get("q", "")
    if seq in tables().named:
        written = tonnes(amount)
        if written is None:
            faults.append("请填写另加物质的吨数。")
        else:
            more = Held(tables().named[int(seq)].name, written, int(seq))
    result = as_json(units.what_if(record, quantities, more)) if not faults else None
    context = {"unit": record, "result": result, "faults": faults}
    return render(request, "enterprises/what_if.html", context, status=400 if faults else 200)


def tonnes(text: str) -> Fraction | None:
    try:
        value = quantity(text)
    except ValueError:
        return None
    return value if 0 <= value <= MOST_TONNES else None


def enterprise_or_404(pk: int) -> Enterprise:
    record = Enterprise.objects.filter(pk=pk).first()
    if record is None:
        raise Http404(f"enterprise {pk}")
    return record


@needs("units.edit")
def unit_new(request, pk):
    enterprise = enterprise_or_404(pk)
    form = UnitForm(request.POST or None)
    del form.fields["closed_on"], form.fields["revision"]
    if request.method == "POST":
        made = []
        act = lambda: made.append(units.add_unit(pk, **form.cleaned_data))  # noqa: E731
        if form.is_valid() and saved(request, form, act, "已增加单元，请填写它的在量。", "enterprise", pk):
            return redirect("unit", made[0].pk)
    return shown(request, "enterprises/unit_form.html", form, enterprise=enterprise, heading="增加单元")


@needs("units.edit")
def unit_edit(request, pk):
    record = unit_or_404(pk)
    initial = {name: getattr(record, name) for name in (*units.UNIT_FIELDS, "revision")}
    form = UnitForm(request.POST or None, initial=initial)
    if request.method == "POST":

        def act():
            units.change_unit(pk, form.told(), revision=form.cleaned_data["revision"])

        if answer := saved(request, form, act, "已修改单元。", "unit", pk):
            return answer
        keep_up(form, revision=record.revision)
    return shown(
        request, "enterprises/unit_form.html", form, unit=record, enterprise=record.enterprise, heading="修改单元"
    )


@needs("units.edit")
def holding_new(request, pk):
    record = unit_or_404(pk)
    form = HoldingForm(request.POST or None)
    del form.fields["revision"]
    if request.method == "POST":
        act = lambda: units.put_holding(pk, form.cleaned_data)  # noqa: E731
        if answer := saved(request, form, act, "已填写在量，并按GB 18218重新辨识。", "unit", pk):
            return answer
    return shown(
        request, "enterprises/unit_form.html", form, unit=record, enterprise=record.enterprise, heading="填写在量"
    )


def holding_or_404(pk: int) -> Holding:
    record = Holding.objects.select_related("unit", "enterprise").filter(pk=pk).first()
    if record is None:
        raise Http404(f"holding {pk}")
    return record


@needs("units.edit")
def holding_edit(request, pk):
    record = holding_or_404(pk)
    if record.unit is None:
        raise Http404(f"holding {pk} is in no unit")
    initial = {name: getattr(record, name) for name in units.HOLDING_FIELDS} | {"revision": record.unit.revision}
    form = HoldingForm(request.POST or None, initial=initial)
    if request.method == "POST":

        def act():
            units.put_holding(record.unit_id, form.cleaned_data, pk, revision=form.cleaned_data["revision"])

        if answer := saved(request, form, act, "已修改在量，并按GB 18218重新辨识。", "unit", record.unit_id):
            return answer
        keep_up(form, revision=record.unit.revision)
    context = {"unit": record.unit, "enterprise": record.enterprise, "heading": "修改在量", "holding": record}
    return shown(request, "enterprises/unit_form.html", form, **context)


@require_POST
@needs("units.edit")
def holding_remove(request, pk):
    record = holding_or_404(pk)
    units.remove_holding(pk)
    messages.success(request, f"已删除在量“{record.substance}”。")
    return redirect("unit", record.unit_id) if record.unit_id else redirect("enterprise", record.enterprise_id)


@require_POST
@needs("units.edit")
def holding_assign(request, pk):
    record = holding_or_404(pk)
    chosen = number_in(request.POST.get("unit"))
    if chosen is None:
        messages.error(request, "请先选择要归入的单元。")
        return redirect("enterprise", record.enterprise_id)
    try:
        units.assign_holding(pk, chosen)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("enterprise", record.enterprise_id)
    messages.success(request, f"“{record.substance}”已归入单元。请补充它在表1或表2中的位置。")
    return redirect("holding_edit", pk)


@require_POST
@needs("units.edit")
def process_new(request, pk):
    form = ProcessForm(request.POST)
    if form.is_valid():
        units.put_process(pk, form.cleaned_data["name"])
        messages.success(request, "已填写工艺。")
    else:
        messages.error(request, "请填写工艺名称（80字以内）。")
    return redirect("unit", pk)


@require_POST
@needs("units.edit")
def process_remove(request, pk):
    record = ProcessInUse.objects.filter(pk=pk).first()
    if record is None:
        raise Http404(f"process {pk}")
    units.remove_process(pk)
    messages.success(request, f"已删除工艺“{record.name}”。")
    return redirect("unit", record.unit_id) if record.unit_id else redirect("enterprise", record.enterprise_id)


@needs("units.edit")
def population(request, pk):
    enterprise = enterprise_or_404(pk)
    form = PopulationForm(request.POST or None, initial={"persons": enterprise.population_500m})
    if request.method == "POST":
        act = lambda: units.set_population(pk, form.cleaned_data["persons"])  # noqa: E731
        if answer := saved(request, form, act, "已填写周边人口，各单元已重新辨识。", "enterprise", pk):
            return answer
    return shown(request, "enterprises/unit_form.html", form, enterprise=enterprise, heading="填写周边常住人口")
