"""The whole list as a workbook: every row that matches, however many pages it has."""

import io

from django.http import HttpResponse
from django.utils import timezone

from portal.audit.record import note as audit
from portal.ui.spreadsheet import safe_workbook

HEADERS = [
    "企业名称", "统一社会信用代码", "所属县区", "行业类别", "企业类型", "详细地址", "许可证编号", "许可证有效期至", "重大危险源等级",
    "风险等级", "从业人数", "重点企业条款", "重点企业依据", "停产停业整顿起",
]  # fmt: skip


def export_enterprises(queryset) -> HttpResponse:
    """Telephone numbers stay out: a list that leaves the portal carries no personal data it does not need."""
    out, rows = io.BytesIO(), 0

    def lines():
        nonlocal rows
        for e in queryset.select_related("district").iterator(chunk_size=1000):
            rows += 1
            yield [
                e.name, e.code, e.district.name, e.get_sector_display(), e.get_kind_display(), e.address, e.licence_no,
                e.licence_until, e.get_major_level_display() if e.major_level else "", e.grade, e.employees,
                e.get_key_clause_display(), e.key_reason, e.suspended_since,
            ]  # fmt: skip

    safe_workbook(out, HEADERS, lines(), title="企业台账")
    audit("enterprises.export", changes={"rows": rows})
    response = HttpResponse(
        out.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    name = f"enterprises-{timezone.localdate():%Y%m%d}-{rows}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
