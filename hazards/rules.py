"""The life of a hazard as one table, and the pure rules around it (handbook §4)."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Move:
    """Where a verb leads, which permission it asks for, and which facts must hold."""

    to: str
    action: str
    facts: tuple[str, ...] = ()


RECORDED, RECTIFYING, SUBMITTED, CONFIRMING, CLOSED, VOID = (
    "recorded",
    "rectifying",
    "submitted",
    "confirming",
    "closed",
    "void",
)
STATES = {
    RECORDED: "待下达",
    RECTIFYING: "整改中",
    SUBMITTED: "待复查",
    CONFIRMING: "待审核销号",
    CLOSED: "已销号",
    VOID: "已作废",
}
OPEN = (RECORDED, RECTIFYING, SUBMITTED, CONFIRMING)
ISSUED_OPEN = (RECTIFYING, SUBMITTED, CONFIRMING)

# What a hazard is, besides its state, as far as the table asks for it. Of each line exactly one holds.
FACTS = (
    ("general", "major"),
    ("unsupervised", "supervised"),
    ("unasked", "asked"),
    ("unextended", "extended"),
)
# What is said where a fact that a verb asks for is lacking.
LACKING = {
    "general": "为重大隐患",
    "major": "不是重大隐患",
    "unsupervised": "已在挂牌督办",
    "supervised": "没有挂牌督办",
    "unasked": "已有一份延期申请待答复",
    "asked": "没有待答复的延期申请",
    "unextended": "已经延期",
    "extended": "没有延过期",
}

VERBS = {
    "issue": "下达",
    "plan": "填报五落实方案",
    "submit": "提交复查",
    "accept": "复查通过",
    "return": "退回",
    "confirm": "审核销号",
    "ask": "申请延期",
    "withdraw": "撤回延期申请",
    "grant": "同意延期",
    "refuse": "不同意延期",
    "lapse": "延期申请逾期未答复",
    "correct": "更正延期",
    "supervise": "挂牌督办",
    "unsupervise": "解除督办",
    "suspend": "责令停产停业",
    "resume": "恢复生产",
    "transfer": "移交",
    "reopen": "重新整改",
    "void": "作废",
}

# What stands in a hazard's history besides its moves: how it began, that its notice was signed for or not or corrected, that its
# enterprise was merged or went to another district, that another person looks after it.
HISTORY = {
    "record": "记录",
    "acknowledge": "签收文书",
    "decline": "注明拒签",
    "merge": "企业合并",
    "hand_over": "交接承办人",
    "corrected": "文书更正",
} | VERBS


def stays(action: str, *facts: str, states: tuple[str, ...]) -> dict[str, tuple[Move, ...]]:
    """A verb that leaves the state as it is, in each of these states."""
    return {state: (Move(state, action, facts),) for state in states}


STAYING = {
    "plan": stays("hazards.plan", states=(RECTIFYING,)),
    "ask": stays("hazards.ask", "unasked", states=(RECTIFYING,)),
    "withdraw": stays("hazards.ask", "asked", states=(RECTIFYING,)),
    "grant": stays("hazards.extend", "asked", states=(RECTIFYING,)),
    "refuse": stays("hazards.extend", "asked", states=(RECTIFYING,)),
    "lapse": stays("hazards.lapse", "asked", states=(RECTIFYING,)),
    "correct": stays("hazards.correct", "extended", states=(RECTIFYING,)),
    "supervise": stays("hazards.supervise", "major", "unsupervised", states=OPEN),
    # Closed and still on the board: the office takes it down by an act of its own (handbook §4).
    "unsupervise": stays("hazards.supervise", "supervised", states=(*OPEN, CLOSED)),
    "suspend": stays("suspensions.order", states=OPEN),
    # Lifted by a recheck that was passed (令15号第14条: 经审查同意，方可恢复); which one it is, the suspension knows.
    "resume": stays("suspensions.lift", states=(CLOSED, VOID)),
    "transfer": stays("hazards.transfer", states=OPEN),
}

# (state, verb) → moves; of several, the one whose facts hold. A cell that is not here is illegal (409).
TRANSITIONS: dict[tuple[str, str], tuple[Move, ...]] = {
    (RECORDED, "issue"): (Move(RECTIFYING, "hazards.issue"),),
    (RECORDED, "void"): (Move(VOID, "hazards.void"),),
    (RECTIFYING, "submit"): (Move(SUBMITTED, "hazards.submit"),),
    (SUBMITTED, "accept"): (
        Move(CLOSED, "hazards.recheck", ("general",)),
        # A major hazard needs a second person before it leaves the open count (handbook §4, 两人复核).
        Move(CONFIRMING, "hazards.recheck", ("major",)),
    ),
    (SUBMITTED, "return"): (Move(RECTIFYING, "hazards.recheck"),),
    (CONFIRMING, "confirm"): (Move(CLOSED, "hazards.confirm"),),
    (CONFIRMING, "return"): (Move(RECTIFYING, "hazards.confirm"),),
    (CLOSED, "reopen"): (Move(RECTIFYING, "hazards.reopen"),),
} | {(state, verb): moves for verb, cells in STAYING.items() for state, moves in cells.items()}


def move_for(state: str, verb: str, *facts: str) -> Move | None:
    """The one move this verb makes from this state for a hazard of which these facts hold; None = illegal."""
    for move in TRANSITIONS.get((state, verb), ()):
        if set(move.facts) <= set(facts):
            return move
    return None


def verbs_from(state: str, *facts: str) -> list[tuple[str, Move]]:
    """The verbs the table allows from a state, in the table's order: what buttons are drawn from."""
    return [(verb, move) for verb in VERBS if (move := move_for(state, verb, *facts))]


# 延期 (handbook §4): the first of an unsupervised hazard is answered by whoever rechecks it, any other by the office.
# No law numbers them; the house stops at three, because what cannot be mended in four terms is for 挂牌督办 or 停产.
MOST_EXTENSIONS = 3


def suspension_step(late: int) -> int | None:
    """The newest step by `late` days after a suspension's last day: T−30, −7, 0, and every 7 days for ever; None before."""
    steps = [step for step in (-30, -7, *range(0, late + 1, 7)) if step <= late]
    return steps[-1] if steps else None


def office_answers(granted: int, supervised: bool) -> bool:
    """Whether an extension is the office's to decide: a second one, or any of a supervised hazard."""
    return granted > 0 or supervised


STEPS = (-7, -3, -1, 0, 1, 3)
# The first step of each ladder: of a rectification, of the recheck (令15号第17条), and of a finding that has no notice yet.
FIRST_STEP = {"hazard": -7, "recheck": -3, "notice": 0}
# Days from the finding to its notice before somebody is asked. The law gives no number (令15号第17条 says 责令 at once or
# within a time); three is ours.
NOTICE_DAYS = 3


def reminder_steps(deadline: date, as_of: date) -> list[int]:
    """Steps due by `as_of`, in days after the deadline: T−7, −3, −1, 0, +1, +3, +7 and every 7 for ever (handbook §5)."""
    late = (as_of - deadline).days
    weekly = range(7, late + 1, 7)
    return [step for step in (*STEPS, *weekly) if step <= late]


def copied_to(step: int) -> tuple[str, ...]:
    """Whom a step tells besides the enterprise: from +1 the district, from +3 the office, from +7 the responsible leader."""
    circles: tuple[str, ...] = ("enterprise",)
    if step >= 1:
        circles += ("district",)
    if step >= 3:
        circles += ("office",)
    if step >= 7:
        circles += ("leader",)
    return circles


def due_on(deadline: date, step: int) -> date:
    return deadline + timedelta(days=step)


def step_name(step: int) -> str:
    if step == 0:
        return "到期当日"
    return f"逾期第{step}天" if step > 0 else f"到期前{-step}天"


def following_step(deadline: date, as_of: date, first: int = STEPS[0]) -> int:
    """The first step, of those from `first` on, whose day is after `as_of`: there always is one."""
    late = (as_of - deadline).days
    weekly = max(7, (late // 7 + 1) * 7)
    return next((step for step in STEPS if step >= first and step > late), weekly)
