"""The ledger's lists as workbooks. Telephone numbers stay out: a list that leaves the portal carries no personal data it
does not need."""

from enterprises.filters import (
    ENTERPRISE_SORTS,
    EnterpriseFilter,
    KeyChangeFilter,
    NearKeyFilter,
    TransformationFilter,
)
from enterprises.models import Enterprise, KeyChange, Transformation
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
    "名单", "企业名称", "统一社会信用代码", "所属县区", "目标", "措施", "完成期限", "状态", "完成日期", "列入人", "列入时间",
]  # fmt: skip


def transformation_line(t: Transformation) -> list:
    return [
        t.get_list_display(), t.enterprise.name, t.enterprise.code, t.district.name, t.target, t.measure, t.due_on,
        t.get_state_display(), t.finished_on, t.by_name, t.made_at,
    ]  # fmt: skip


KEY_CHANGE_HEADERS = [
    "日期", "企业名称", "统一社会信用代码", "所属县区", "原条款", "原依据", "现条款", "现依据", "来源", "经办人",
]  # fmt: skip


def key_change_line(k: KeyChange) -> list:
    return [
        k.on, k.enterprise.name, k.enterprise.code, k.district.name, k.get_before_display(), k.reason_before,
        k.get_after_display(), k.reason_after, k.source, k.by_name,
    ]  # fmt: skip


NEAR_KEY_HEADERS = ["企业名称", "统一社会信用代码", "所属县区", "行业类别", "企业类型", "缺少的事实"]


def near_key_line(e: Enterprise) -> list:
    return [e.name, e.code, e.district.name, e.get_sector_display(), e.get_kind_display(), e.near_key]


def register_exports() -> None:
    for key, title, rows in (
        ("enterprise_list", "企业台账", lambda: Enterprise.objects.select_related("district")),
        ("key_enterprises", "重点企业", lambda: Enterprise.objects.key().select_related("district")),
    ):
        register(
            Export(
                key,
                title,
                "enterprises.view",
                rows,
                EnterpriseFilter,
                ENTERPRISE_SORTS,
                ENTERPRISE_HEADERS,
                enterprise_line,
            )
        )
    register(
        Export(
            "key_changes",
            "重点企业变动",
            "enterprises.view",
            lambda: KeyChange.objects.select_related("enterprise", "district"),
            KeyChangeFilter,
            {"new": "-on"},
            KEY_CHANGE_HEADERS,
            key_change_line,
        )
    )
    register(
        Export(
            "near_key",
            "差一项成为重点企业",
            "enterprises.view",
            lambda: Enterprise.objects.exclude(near_key="").select_related("district"),
            NearKeyFilter,
            {"name": "name"},
            NEAR_KEY_HEADERS,
            near_key_line,
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
