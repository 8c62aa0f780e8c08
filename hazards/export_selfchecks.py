"""企业自查 and 举一反三 as workbooks."""

from hazards import rules_broadcast
from hazards.filters import BroadcastAddressFilter, SelfCheckFilter
from hazards.models import BroadcastAddress, SelfCheck
from hazards.queries.broadcasts import ADDRESS_SORTS, addresses, lines_of
from hazards.queries.selfchecks import SELFCHECK_SORTS, listed
from portal.exports.registry import Export, register

SELFCHECK_HEADERS = [
    "编号", "企业名称", "统一社会信用代码", "所属县区", "隐患情况", "部位", "企业自评级别", "可能事故类型", "发现日期", "发现人",
    "整改措施", "计划完成日期", "状态", "自行整改日期", "逾自定期限天数", "转为执法隐患", "上报人", "上报时间",
]  # fmt: skip


def selfcheck_line(c: SelfCheck) -> list:
    return [
        c.pk, c.enterprise.name, c.enterprise.code, c.district.name, c.description, c.place, c.get_level_display(),
        c.get_accident_type_display(), c.found_on, c.found_by_name, c.measures, c.planned_on, c.get_state_display(),
        c.done_on, c.late_days() or None, c.hazard_id, c.by_name, c.made_at,
    ]  # fmt: skip


ADDRESS_HEADERS = [
    "举一反三编号", "标题", "下发单位", "下发时间", "答复期限", "企业名称", "统一社会信用代码", "所属县区", "状态", "首次答复日期",
    "逾期天数", "答“有”的问题数", "逐项答复",
]  # fmt: skip


def address_line(a: BroadcastAddress) -> list:
    lines = lines_of(a.questions, a.items)
    said = "\n".join(f"{one.number}. {one.question} {one.verdict} {one.item['words']}" for one in lines if one.item)
    return [
        a.broadcast_id, a.title, a.sender, a.sent_at, a.answer_by, a.enterprise.name, a.enterprise.code, a.district.name,
        "已答复" if a.answered_on else "未答复", a.answered_on, a.late_days() or None,
        sum(item["verdict"] == rules_broadcast.FOUND for item in a.items) if a.answered_on else None, said,
    ]  # fmt: skip


def register_selfcheck_exports() -> None:
    register(
        Export(
            "selfcheck_list",
            "企业自查",
            "selfchecks.view",
            listed,
            SelfCheckFilter,
            SELFCHECK_SORTS,
            SELFCHECK_HEADERS,
            selfcheck_line,
        )
    )
    register(
        Export(
            "address_list",
            "举一反三核查",
            "broadcasts.view",
            addresses,
            BroadcastAddressFilter,
            ADDRESS_SORTS,
            ADDRESS_HEADERS,
            address_line,
        )
    )
