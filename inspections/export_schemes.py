"""现场检查方案 as a workbook."""

from inspections.filters_schemes import SchemeFilter
from inspections.models_schemes import VisitScheme
from inspections.queries_schemes import schemes
from portal.exports.registry import Export, register

HEADERS = [
    "企业名称", "统一社会信用代码", "所属县区", "检查单位", "检查时间起", "检查时间止", "检查场所", "检查内容", "检查方式",
    "主办人员", "协办人员", "状态", "拟制人", "拟制日期", "审核人", "审核日期", "审批人", "审批日期", "文号", "退回理由",
]  # fmt: skip


def line(s: VisitScheme) -> list:
    document = next(iter(s.documents.all()), None)
    return [
        s.enterprise.name, s.enterprise.code, s.district.name, s.organisation.name, s.planned_from, s.planned_to, s.place,
        s.contents, s.manner, s.lead.name, s.second.name, s.get_state_display(), s.drafter.name, s.drafted_on,
        s.reviewer.name, s.reviewed_on, s.approver.name, s.approved_on, document.number if document else "",
        s.returned_because,
    ]  # fmt: skip


def register_scheme_exports() -> None:
    register(
        Export(
            "scheme_list",
            "现场检查方案",
            "schemes.view",
            lambda: schemes().select_related("reviewer", "approver").prefetch_related("documents"),
            SchemeFilter,
            {"new": "-pk", "date": "-planned_from"},
            HEADERS,
            line,
        )
    )
