"""The enterprise list, an enterprise's page (一企一档), its grade, and the ledger's way in."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from enterprises.actions import imports
from enterprises.actions.facts import edit_facts, known
from enterprises.filters import ENTERPRISE_SHOWN, ENTERPRISE_SORTS, EnterpriseFilter, enterprise_more
from enterprises.forms import FactsForm, MappingForm, UploadForm, facts_as_typed
from enterprises.ledger import Mapping
from enterprises.models import Enterprise, LedgerImport
from enterprises.panels import panels_for
from enterprises.queries.duplicates import MERGED, alike, merged_entry, mergers_of
from enterprises.queries.proposals import with_proposed
from enterprises.views.many import PAGES
from portal.exports.registry import export_of
from portal.permissions import may, needs
from portal.refusals import Refused
from portal.tenancy.models import District, Posting
from portal.ui.lists import ListPage


@needs("enterprises.view")
def enterprise_list(request):
    page = ListPage(
        request,
        Enterprise.objects.select_related("district").prefetch_related(MERGED),
        EnterpriseFilter,
        sorts=ENTERPRISE_SORTS,
        shown=ENTERPRISE_SHOWN,
        more=enterprise_more(),
        export=export_of("enterprise_list"),
        keeps_views=True,
    )
    return page.render("enterprises/list.html", {"bulk_pages": PAGES})


def standing(pk: int) -> Enterprise | None:
    records = with_proposed(Enterprise.objects.all()) if may("facts.view") else Enterprise.objects
    return (
        records.select_related("district")
        .prefetch_related("holdings", "processinuses", "gradedecisions")
        .filter(pk=pk)
        .first()
    )


def found(pk: int) -> Enterprise:
    record = standing(pk)
    if record is None:
        raise Http404(f"enterprise {pk}")
    return record


@needs("enterprises.view")
def enterprise(request, pk):
    if (record := standing(pk)) is None:
        merged = merged_entry(pk)
        if merged is None:
            raise Http404(f"enterprise {pk}")
        return render(request, "enterprises/merged.html", {"enterprise": merged})
    people = Posting.objects.current().filter(enterprise_id=pk).select_related("person").order_by("role", "id")
    context = {
        "enterprise": record,
        "panels": panels_for(record),
        "people": people,
        "today": timezone.localdate(),
        "mergers": mergers_of(record),
        "alike": alike(record) if may("enterprises.merge") else [],
    }
    return render(request, "enterprises/enterprise.html", context)


def stand(form, record: Enterprise, refusal: Refused) -> str:
    """Put a refusal beside its field, or give the sentence to say above; what was typed may be sent again as it is."""
    form.data = form.data.copy()
    form.data["revision"] = record.revision
    if refusal.field in form.fields:
        form.add_error(refusal.field, refusal.sentence)
        return ""
    return refusal.sentence


@needs("enterprises.edit")
def enterprise_edit(request, pk):
    record = found(pk)
    moves = may("enterprises.move", record)
    form = FactsForm(
        request.POST or None,
        initial=facts_as_typed(known(record)) | {"revision": record.revision},
        districts=list(District.objects.values_list("name", flat=True)) if moves else [record.district.name],
        moves=moves,
    )
    fault, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                changed = edit_facts(pk, form.told(), revision=form.cleaned_data["revision"])
                messages.success(request, f"已修改：{'、'.join(changed)}。" if changed else "没有改动。")
                return redirect("enterprise", pk)
            except Refused as refusal:
                fault, status = stand(form, record, refusal), refusal.status
    context = {"enterprise": record, "form": form, "fault": fault}
    return render(request, "enterprises/edit.html", context, status=status)


@needs("enterprises.import")
def import_list(request):
    page = export_of("import_list").listed(request)
    return page.render("enterprises/import_list.html")


@needs("enterprises.import")
def import_new(request):
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return redirect("import_detail", imports.receive(form.cleaned_data["workbook"]).pk)
            except Refused as refusal:
                form.add_error("workbook", refusal.sentence)
                status = refusal.status
    return render(request, "enterprises/import_new.html", {"form": form}, status=status)


PARTS = [
    ("create", "将新增"),
    ("update", "将更新"),
    ("same", "不变"),
    ("rejected", "不能导入"),
    ("warnings", "需要核对"),
    ("ignored", "不是企业的行"),
]


def found_import(pk: int, *without: str) -> LedgerImport:
    record = LedgerImport.objects.defer("content", *without).filter(pk=pk).first()
    if record is None:
        raise Http404(f"import {pk}")
    return record


def import_page(request, record: LedgerImport, form=None, fault: str = "", status: int = 200):
    part = request.GET.get("part")
    counts = record.verdict["counts"]
    if part not in dict(PARTS):
        part = next((name for name, _ in PARTS if counts.get(name)), "create")
    rows = record.verdict.get(part)
    if rows is None:
        rows = [row for row in record.verdict["rows"] if row["verdict"] == part]
    mapping = Mapping.from_json(record.mapping)
    context = {
        "record": record,
        "part": part,
        "parts": [(name, label, counts.get(name, 0)) for name, label in PARTS],
        "rows": Paginator(rows, 50).get_page(request.GET.get("page")),
        "mapping": mapping,
        "unmapped": [mapping.headers[column] for column in mapping.unmapped],
        "form": form or MappingForm(mapping=mapping),
        "fault": fault,
        "other_sheets": record.verdict.get("other_sheets", []),
    }
    return render(request, "enterprises/import.html", context, status=status)


@needs("enterprises.import")
def import_detail(request, pk):
    return import_page(request, found_import(pk))


@needs("enterprises.import")
def import_progress(request, pk):
    return render(request, "enterprises/_progress.html", {"record": found_import(pk, "verdict", "mapping")})


@require_POST
@needs("enterprises.import")
def import_mapping(request, pk):
    """Another sheet of the workbook, or other columns of this one."""
    record = found_import(pk)
    try:
        if sheet := request.POST.get("sheet"):
            imports.choose_sheet(pk, sheet)
            messages.success(request, f"已改为导入工作表“{sheet}”。")
            return redirect("import_detail", pk)
        form = MappingForm(request.POST, mapping=Mapping.from_json(record.mapping))
        if not form.is_valid():
            return import_page(request, record, form, "有列选得不对，请检查。", 400)
        imports.map_columns(pk, form.columns())
    except Refused as refusal:
        return import_page(request, found_import(pk), None if sheet else form, refusal.sentence, refusal.status)
    messages.success(request, "已按新的列对应重新核对，下次同样的表头会自动沿用。")
    return redirect("import_detail", pk)


@require_POST
@needs("enterprises.import")
def import_confirm(request, pk):
    try:
        imports.confirm(pk)
    except Refused as refusal:
        return import_page(request, found_import(pk), fault=refusal.sentence, status=refusal.status)
    return redirect("import_detail", pk)


@needs("enterprises.import")
def import_rejected(request, pk):
    content = imports.rejected_workbook(found_import(pk))
    response = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="rejected-{pk}.xlsx"'
    return response
