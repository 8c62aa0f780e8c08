"""表彰问责 as a workbook."""

from accountability.filters_measures import MeasureFilter
from accountability.models import Measure
from accountability.queries.measures import measures
from portal.exports.registry import Export, register

SORTS = {"new": "-pk", "issued": "-issued_on"}
HEADERS = [
    "种类", "对象类别", "对象", "任职", "事由", "状态", "文号", "印发日期", "拟稿人", "审批人", "审批日期", "回复期限", "回复件数",
    "办结日期", "办结意见", "撤销日期", "撤销理由", "事实和理由", "决定", "依据的记录",
]  # fmt: skip


def line(m: Measure) -> list:
    return [
        m.get_kind_display(), m.get_subject_kind_display(), m.subject_name, m.post, m.matter, m.get_state_display(), m.number,
        m.issued_on, m.drafter_name, m.approver_name, m.approved_on, m.reply_by, len(m.replies.all()), m.closed_on, m.outcome,
        m.revoked_on, m.revoked_because, m.facts, m.decision, "；".join(one["number"] for one in m.grounds),
    ]  # fmt: skip


def register_measure_exports() -> None:
    register(
        Export(
            "measure_list",
            "表彰问责",
            "measures.export",
            lambda: measures().prefetch_related("replies"),
            MeasureFilter,
            SORTS,
            HEADERS,
            line,
        )
    )
