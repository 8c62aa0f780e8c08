"""单元在量表: the template to fill in, the upload, what it would change, and writing it."""

import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from enterprises.actions import unit_sheets
from enterprises.forms import UnitSheetForm
from enterprises.models import Enterprise, Unit, UnitSheet
from enterprises.unit_sheet import MOST_ROWS, lines_of, write_template
from portal.numbers import number_in
from portal.permissions import needs
from portal.refusals import Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERDICTS = {
    "create": ("将新增", "blue"),
    "update": ("将更新", "yellow"),
    "same": ("不变", "secondary"),
    "refused": ("不能写入", "red"),
}


@needs("units.view")
def unit_template(request):
    """The workbook with the units of one enterprise (?enterprise=) or of all one sees, as far as the sheet reaches."""
    units = (
        Unit.objects.select_related("enterprise")
        .prefetch_related("holdings", "processes")
        .order_by("enterprise_id", "id")
    )
    asked = request.GET.get("enterprise", "")
    plant = None
    if asked:
        plant = Enterprise.objects.filter(pk=number_in(asked)).first()
        if plant is None:
            raise Http404(f"enterprise {asked[:20]}")
    rows = list(lines_of(units.filter(enterprise=plant) if plant else units[:MOST_ROWS]))[:MOST_ROWS]
    if not rows and plant:
        rows = [[plant.code, plant.name]]
    out = io.BytesIO()
    count = write_template(out, rows)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="units-{timezone.localdate():%Y%m%d}-{count}.xlsx"'
    return response


@needs("units.edit")
def unit_sheet_new(request):
    form = UnitSheetForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return redirect("unit_sheet", unit_sheets.receive(form.cleaned_data["workbook"]).pk)
            except Refused as refusal:
                form.add_error("workbook", refusal.sentence)
                status = refusal.status
    return render(request, "enterprises/unit_sheet_new.html", {"form": form, "most": MOST_ROWS}, status=status)


def sheet_page(request, sheet: UnitSheet, fault: str = "", status: int = 200):
    done = sheet.state == UnitSheet.State.DONE
    rows = [] if done else unit_sheets.judged(sheet)
    counts = (
        sheet.written if done else {verdict: sum(row["verdict"] == verdict for row in rows) for verdict in VERDICTS}
    )
    for row in rows:
        row["word"], row["tone"] = VERDICTS[row["verdict"]]
    context = {
        "sheet": sheet,
        "done": done,
        "rows": Paginator(rows, 100).get_page(request.GET.get("page")),
        "counts": [(label, tone, counts.get(verdict, 0)) for verdict, (label, tone) in VERDICTS.items()],
        "writes": counts.get("create", 0) + counts.get("update", 0),
        "fault": fault,
    }
    return render(request, "enterprises/unit_sheet.html", context, status=status)


@needs("units.edit")
def unit_sheet(request, pk):
    return sheet_page(request, unit_sheets.found(pk))


@require_POST
@needs("units.edit")
def unit_sheet_confirm(request, pk):
    try:
        sheet = unit_sheets.confirm(pk)
    except Refused as refusal:
        return sheet_page(request, unit_sheets.found(pk), refusal.sentence, refusal.status)
    messages.success(request, f"已写入：新增{sheet.written['create']}行，更新{sheet.written['update']}行。")
    return redirect("unit_sheet", pk)
