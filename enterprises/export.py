"""The ledger's lists as workbooks. Telephone numbers stay out: a list that leaves the portal carries no personal data it
does not need."""

from enterprises.filters import ENTERPRISE_SORTS, EnterpriseFilter, TransformationFilter
from enterprises.models import Enterprise, Transformation
from enterprises.queries.transformation import TRANSFORMATION_SORTS, listed
from portal.exports.registry import Export, register

ENTERPRISE_HEADERS = [
    "企业名称", "统一社会信用代码", "所属县区", "行业类别", "企业类型", "详细地址", "许可证编号", "许可证有效期至",
    "重大危险源等级（申报）", "重大危险源等级（辨识）", "风险等级", "从业人数", "重点监管危险化学品", "重点监管危险化工工艺",
    "重点企业条款", "重点企业依据", "停产停业整顿起",
]  # fmt: skip


def enterprise_line(e: Enterprise) -> list:
    return [
        e.name, e.code, e.district.name, e.get_sector_display(), e.get_kind_display(), e.address, e.licence_no,
        e.licence_until, e.get_major_level_display() if e.major_level else "",
        e.get_judged_level_display() if e.judged_level else "", e.grade, e.employees, "是" if e.has_key_chemical else "",
        "是" if e.has_key_process else "", e.get_key_clause_display(), e.key_reason, e.suspended_since,
    ]  # fmt: skip


TRANSFORMATION_HEADERS = [
    "名单", "企业名称", "统一社会信用代码", "所属县区", "目标", "措施", "完成期限", "状态", "完成日期", "逾期天数",
    "列入人", "列入时间",
]  # fmt: skip


def transformation_line(t: Transformation) -> list:
    return [
        t.get_list_display(), t.enterprise.name, t.enterprise.code, t.district.name, t.target, t.measure, t.due_on,
        t.get_state_display(), t.finished_on, t.late_days() or None, t.by_name, t.made_at,
    ]  # fmt: skip


def register_exports() -> None:
    register(
        Export(
            "enterprise_list",
            "企业台账",
            "enterprises.view",
            lambda: Enterprise.objects.select_related("district"),
            EnterpriseFilter,
            ENTERPRISE_SORTS,
            ENTERPRISE_HEADERS,
            enterprise_line,
        )
    )
    register(
        Export(
            "transformations",
            "提升淘汰名单",
            "transformation.view",
            listed,
            TransformationFilter,
            TRANSFORMATION_SORTS,
            TRANSFORMATION_HEADERS,
            transformation_line,
        )
    )
