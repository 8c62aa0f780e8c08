"""The life of a task of the campaign as one table: (state, verb) → state. A cell that is not here is illegal (409).

A task that is planned is the office's own; from the moment it is handed over the unit that answers for it, and those
that assist, see it. Only the office confirms that it is done.
"""

from datetime import date

PLANNED, HANDED, UNDER_WAY, DONE, CONFIRMED, CANCELLED = (
    "planned",
    "handed",
    "under_way",
    "done",
    "confirmed",
    "cancelled",
)
STATES = {
    PLANNED: "拟定中",
    HANDED: "待签收",
    UNDER_WAY: "进行中",
    DONE: "待确认",
    CONFIRMED: "已完成",
    CANCELLED: "已取消",
}
CHOICES = list(STATES.items())
# Handed over, and neither confirmed nor cancelled: what can be late.
OPEN = (HANDED, UNDER_WAY, DONE)
# Waiting for the unit that answers for it, and not for the office.
WITH_UNIT = (HANDED, UNDER_WAY)

# What the unit that answers for it does, and what the office does; buttons in this order.
UNIT_VERBS = {"acknowledge": "签收", "report": "报进展", "reach": "登记节点完成", "finish": "报完成"}
OFFICE_VERBS = {
    "hand": "下达",
    "confirm": "确认完成",
    "send_back": "退回",
    "change": "修改",
    "reassign": "改派",
    "postpone": "延期",
    "cancel": "取消",
}
VERBS = UNIT_VERBS | OFFICE_VERBS
# What a step in its history can be: the verbs, and how it began.
STEPS = {"plan": "拟定"} | VERBS

TRANSITIONS: dict[tuple[str, str], str] = {
    (PLANNED, "hand"): HANDED,
    (PLANNED, "change"): PLANNED,
    (PLANNED, "cancel"): CANCELLED,
    (HANDED, "acknowledge"): UNDER_WAY,
    (HANDED, "change"): HANDED,
    (HANDED, "reassign"): HANDED,
    (HANDED, "postpone"): HANDED,
    (HANDED, "cancel"): CANCELLED,
    (UNDER_WAY, "report"): UNDER_WAY,
    (UNDER_WAY, "reach"): UNDER_WAY,
    (UNDER_WAY, "finish"): DONE,
    (UNDER_WAY, "change"): UNDER_WAY,
    (UNDER_WAY, "reassign"): HANDED,
    (UNDER_WAY, "postpone"): UNDER_WAY,
    (UNDER_WAY, "cancel"): CANCELLED,
    (DONE, "confirm"): CONFIRMED,
    (DONE, "send_back"): UNDER_WAY,
}


def verbs_from(state: str, among: dict[str, str]) -> list[str]:
    """Those of `among` that this state allows, in their order."""
    return [verb for verb in among if (state, verb) in TRANSITIONS]


def late_days(state: str, due: date, on: date) -> int:
    """Days past the day it is due, of a task that is handed over and not confirmed; 0 where it is not late."""
    return max(0, (on - due).days) if state in OPEN else 0


MOST_MILESTONES = 8

# When a task is spoken of: days after it is due, negative before; then every week for as long as it is open.
REMINDED = (-7, -3, -1, 0)
AGAIN_EVERY = 7


def newest_step(late: int) -> int | None:
    """The last step whose day has come, `late` days after the task is due; None while the first one is still ahead."""
    if late >= AGAIN_EVERY:
        return late - late % AGAIN_EVERY
    return max((step for step in REMINDED if step <= late), default=None)


def hears(step: int, state: str) -> tuple[bool, bool]:
    """Whether (the unit, the office) is told at this step: the office once it is late, the unit while it is the one to act."""
    return state in WITH_UNIT, step >= AGAIN_EVERY


# The clauses of the action plan that give work to do.
CLAUSES = {
    "4.1.1": "四（一）1 全面风险评估",
    "4.1.2": "四（一）2 日常监督检查与举报奖励",
    "4.1.3": "四（一）3 专项治理行动",
    "4.2.1": "四（二）1 落实安全生产责任制",
    "4.2.2": "四（二）2 员工教育培训与应急演练",
    "4.2.3": "四（二）3 提升技术装备水平",
    "4.3.1": "四（三）1 完善法规标准体系",
    "4.3.2": "四（三）2 创新监管方式方法",
    "4.3.3": "四（三）3 加强执法队伍建设",
    "5.1": "五（一）组织领导",
    "5.2": "五（二）资金投入",
    "5.3": "五（三）考核问责",
    "5.4": "五（四）宣传引导",
    "6.1": "六（一）提高思想认识",
    "6.2": "六（二）时间表、路线图、责任人",
    "6.3": "六（三）长效机制",
}
