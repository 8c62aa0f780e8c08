"""隐患台账导入: the workbook to fill in, the upload, what would become of each row, recording it, and taking it back."""

import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from enterprises.forms import MappingForm
from enterprises.ledger import Mapping
from enterprises.models import Enterprise
from hazards.actions import register
from hazards.forms_register import ConfirmForm, RegisterForm, TakeBackForm
from hazards.models import HazardImport
from hazards.queries.register import PARTS, by_state, counts_of, found, lines_of, part_of, waiting_for_notice
from hazards.register import HAZARDS, MOST_ROWS, write_template
from portal.exports.registry import export_of
from portal.permissions import may, needs
from portal.refusals import Refused
from portal.ui.posting import saved, shown
from portal.ui.spreadsheet import safe_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_NAMES = 5000


def workbook(content: io.BytesIO, name: str) -> HttpResponse:
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@needs("hazards.import")
def register_list(request):
    page = export_of("register_list").listed(request)
    return page.render("hazards/register_list.html")


@needs("hazards.import")
def register_template(request):
    out = io.BytesIO()
    write_template(out, Enterprise.objects.order_by("name").values_list("name", flat=True)[:MOST_NAMES])
    return workbook(out, "hazards.xlsx")


@needs("hazards.import")
def register_new(request):
    form = RegisterForm(request.POST or None, request.FILES or None)
    made = []
    act = lambda: made.append(register.receive(form.cleaned_data["workbook"]))  # noqa: E731
    if request.method == "POST" and saved(request, form, act, "已读取，请逐行核对后确认。", "register", 0):
        return redirect("register", made[0].pk)
    return shown(request, "hazards/register_new.html", form, most=MOST_ROWS)


def register_page(request, record: HazardImport, form=None, *, fault: str = "", status: int = 200, **forms):
    lines = lines_of(record)
    counts = counts_of(lines)
    part = request.GET.get("part")
    if part not in PARTS:
        part = next((name for name in PARTS if counts[name]), "create")
    done = record.state == HazardImport.State.DONE
    mapping = Mapping.from_json(record.mapping)
    context = {
        "record": record,
        "done": done,
        "part": part,
        "parts": [(name, label, counts[name]) for name, label in PARTS.items()],
        "counts": counts,
        "rows": Paginator(part_of(lines, part), 50).get_page(request.GET.get("page")),
        "mapping": mapping,
        "unmapped": [mapping.headers[column] for column in mapping.unmapped],
        "form": form or MappingForm(mapping=mapping, among=HAZARDS),
        "confirm_form": ConfirmForm(closed=counts["closed"]),
        "back_form": TakeBackForm(),
        "fault": fault,
        "states": by_state(record) if record.state != HazardImport.State.PREVIEW else [],
        "waiting": waiting_for_notice(record) if done else [],
        "takes_back": done and may("hazards.void"),
    } | forms
    return render(request, "hazards/register.html", context, status=status)


@needs("hazards.import")
def register_detail(request, pk):
    return register_page(request, found(pk))


@require_POST
@needs("hazards.import")
def register_mapping(request, pk):
    """Another sheet of the workbook, or other columns of this one."""
    record = found(pk)
    form = None
    try:
        if sheet := request.POST.get("sheet"):
            register.choose_sheet(pk, sheet)
            messages.success(request, f"已改为导入工作表“{sheet}”。")
            return redirect("register", pk)
        form = MappingForm(request.POST, mapping=Mapping.from_json(record.mapping), among=HAZARDS)
        if not form.is_valid():
            return register_page(request, record, form, fault="有列选得不对，请检查。", status=400)
        register.map_columns(pk, form.columns())
    except Refused as refusal:
        return register_page(request, found(pk), form, fault=refusal.sentence, status=refusal.status)
    messages.success(request, "已按新的列对应重新读取，下次同样的表头会自动沿用。")
    return redirect("register", pk)


@require_POST
@needs("hazards.import")
def register_confirm(request, pk):
    record = found(pk)
    form = ConfirmForm(request.POST, closed=counts_of(lines_of(record))["closed"])
    act = lambda: register.confirm(pk, closed=form.closed())  # noqa: E731
    if answer := saved(request, form, act, "已导入，请逐家下达整改文书。", "register", pk):
        return answer
    return register_page(request, found(pk), confirm_form=form, status=getattr(form, "status", 400))


@require_POST
@needs("hazards.import")
def register_back(request, pk):
    found(pk)
    form = TakeBackForm(request.POST)
    act = lambda: register.take_back(pk, form.cleaned_data["reason"])  # noqa: E731
    if answer := saved(request, form, act, "已撤回：这一批里尚未办理的隐患已作废。", "register", pk):
        return answer
    return register_page(request, found(pk), back_form=form, status=getattr(form, "status", 400))


@needs("hazards.import")
def register_rejected(request, pk):
    """What was not imported, with the reason beside each row."""
    lines = [line for line in lines_of(found(pk)) if line.verdict in ("refused", "repeat", "closed")]
    out = io.BytesIO()
    rows = (
        [one.excel_row, one.sentence or PARTS[one.verdict], one.enterprise, one.found_on, one.description,
         "\n".join(f"{header}：{text}" for header, text in one.words)]
        for one in lines
    )  # fmt: skip
    safe_workbook(
        out, ["原行号", "未导入原因", "企业名称", "发现日期", "隐患描述", "其他各列"], rows, title="未导入的行"
    )
    return workbook(out, f"rejected-{pk}.xlsx")
