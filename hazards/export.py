"""隐患, 文书 and 停产停业 as workbooks."""

from hazards.filters import HazardFilter, NoticeFilter, SuspensionFilter
from hazards.models import Hazard, Notice, Suspension
from hazards.queries.pages import HAZARD_SORTS, NOTICE_SORTS
from hazards.queries.suspensions import SUSPENSION_SORTS, suspended
from portal.exports.bundle import Bundle
from portal.exports.registry import Export, register

HAZARD_HEADERS = [
    "隐患编号", "企业名称", "统一社会信用代码", "所属县区", "隐患描述", "部位", "级别", "可能事故类型", "依据", "整改要求",
    "状态", "发现日期", "文号", "整改期限", "逾期天数", "已延期次数", "轮次", "提交日期", "逾期提交", "销号日期", "挂牌督办起",
    "承办单位",
]  # fmt: skip


def hazard_line(h: Hazard) -> list:
    return [
        h.pk, h.enterprise.name, h.enterprise.code, h.district.name, h.description, h.place, h.get_level_display(),
        h.get_accident_type_display(), h.basis, h.requirement, h.get_status_display(), h.found_on,
        h.notice.number if h.notice else "", h.deadline, h.overdue_days() or None, h.extensions or None, h.round or None,
        h.submitted_on, "是" if h.late else "", h.closed_on, h.supervised_since, h.handler.name if h.handler else "",
    ]  # fmt: skip


NOTICE_HEADERS = [
    "文书种类", "文号", "企业名称", "统一社会信用代码", "所属县区", "制发机关", "制发日期", "签收时间", "签收人", "拒签说明",
    "更正的文书", "被更正日期",
]  # fmt: skip


def notice_line(n: Notice) -> list:
    return [
        n.get_kind_display(), n.number, n.enterprise.name, n.enterprise.code, n.district.name, n.organisation.name,
        n.issued_on, n.acknowledged_at, n.acknowledged_by, n.refusal, n.replaces.number if n.replaces else "",
        n.superseded_on,
    ]  # fmt: skip


def notice_file(n: Notice) -> list:
    """The name and digest of its print, then its line in the list."""
    return [f"{n.title} {n.number}", n.content["pdf"], *notice_line(n)]


SUSPENSION_HEADERS = [
    "企业名称", "统一社会信用代码", "所属县区", "范围", "停产部位", "决定书文号", "事由", "依据", "处理决定", "起", "止",
    "决定人", "恢复日期", "同意恢复人", "审查意见",
]  # fmt: skip


def suspension_line(s: Suspension) -> list:
    return [
        s.enterprise.name, s.enterprise.code, s.district.name, s.get_reach_display(), s.part, s.notice.number, s.reason,
        s.basis, s.measures, s.starts, s.until, s.by_name, s.lifted_on, s.lifted_by_name, s.lifted_because,
    ]  # fmt: skip


def noticed():
    return Notice.objects.select_related("enterprise", "district", "organisation", "replaces")


def register_exports() -> None:
    register(
        Export(
            "hazard_list",
            "隐患",
            "hazards.view",
            lambda: Hazard.objects.select_related("enterprise", "district", "notice", "handler"),
            HazardFilter,
            HAZARD_SORTS,
            HAZARD_HEADERS,
            hazard_line,
        )
    )
    register(
        Export(
            "notice_list",
            "执法文书",
            "notices.view",
            lambda: noticed().defer("content", "replaces__content"),
            NoticeFilter,
            NOTICE_SORTS,
            NOTICE_HEADERS,
            notice_line,
        )
    )
    register(
        Bundle(
            "notice_pdfs",
            "执法文书PDF",
            "notices.view",
            lambda: noticed().defer("replaces__content"),
            NoticeFilter,
            NOTICE_SORTS,
            NOTICE_HEADERS,
            notice_file,
        )
    )
    register(
        Export(
            "suspension_list",
            "停产停业",
            "suspensions.view",
            suspended,
            SuspensionFilter,
            SUSPENSION_SORTS,
            SUSPENSION_HEADERS,
            suspension_line,
        )
    )
