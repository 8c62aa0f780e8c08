"""The ledger's lists as workbooks. Telephone numbers stay out: a list that leaves the portal carries no personal data it
does not need."""

from django.utils import timezone

from enterprises.filters import (
    ENTERPRISE_SORTS,
    CredentialFilter,
    EnterpriseFilter,
    KeyChangeFilter,
    MajorFilter,
    NearKeyFilter,
    TransformationFilter,
)
from enterprises.models import Credential, Duty, Enterprise, KeyChange, Transformation, Unit
from enterprises.queries.credentials import EXPIRING_SORTS, expiring
from enterprises.queries.people import MAJOR_SORTS, majors
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


EXPIRING_HEADERS = [
    "企业名称", "统一社会信用代码", "所属县区", "种类", "名称或作业类别", "持证人", "证号", "发证机关", "有效期至", "应复审日期", "到期日",
    "距到期（天）",
]  # fmt: skip


def expiring_line(c: Credential) -> list:
    return [
        c.enterprise.name, c.enterprise.code, c.district.name, c.get_kind_display(), c.title, c.holder, c.number, c.issuer,
        c.valid_until, c.review_due, c.due, (c.due - timezone.localdate()).days,
    ]  # fmt: skip


MAJOR_HEADERS = [
    "单元", "企业名称", "统一社会信用代码", "所属县区", "辨识等级", "申报等级", *(f"{duty.label}是否明确" for duty in Duty), "登记系统逾期未更新",
]  # fmt: skip


def major_line(u: Unit) -> list:
    return [
        u.name, u.enterprise.name, u.enterprise.code, u.district.name, u.get_level_display() if u.level else "",
        u.get_declared_level_display() if u.declared_level else "",
        *("是" if getattr(u, f"has_{duty}") else "否" for duty in Duty.values), "是" if u.late else "",
    ]  # fmt: skip


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
            "expiring",
            "证照到期",
            "responsible.view",
            expiring,
            CredentialFilter,
            EXPIRING_SORTS,
            EXPIRING_HEADERS,
            expiring_line,
        )
    )
    register(
        Export(
            "responsible_list",
            "重大危险源包保责任人",
            "responsible.view",
            majors,
            MajorFilter,
            MAJOR_SORTS,
            MAJOR_HEADERS,
            major_line,
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
