"""The life of a hazard as one table, and the pure rules around it (handbook §4)."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Move:
    """Where a verb leads, which permission it asks for, and what must hold."""

    to: str
    action: str
    condition: str = ""


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

VERBS = {
    "issue": "下达",
    "submit": "提交复查",
    "accept": "复查通过",
    "return": "退回",
    "confirm": "审核销号",
    "reopen": "重新整改",
    "void": "作废",
}

# What stands in a hazard's history besides its moves: how it began, and that its enterprise was merged.
HISTORY = {"record": "记录", "merge": "企业合并"} | VERBS

# (state, verb) → moves; of several, the one whose condition holds. A cell that is not here is illegal (409).
TRANSITIONS: dict[tuple[str, str], tuple[Move, ...]] = {
    (RECORDED, "issue"): (Move(RECTIFYING, "hazards.issue"),),
    (RECORDED, "void"): (Move(VOID, "hazards.void"),),
    (RECTIFYING, "submit"): (Move(SUBMITTED, "hazards.submit"),),
    (SUBMITTED, "accept"): (
        Move(CLOSED, "hazards.recheck", "general"),
        # A major hazard needs a second person before it leaves the open count (handbook §4, 两人复核).
        Move(CONFIRMING, "hazards.recheck", "major"),
    ),
    (SUBMITTED, "return"): (Move(RECTIFYING, "hazards.recheck"),),
    (CONFIRMING, "confirm"): (Move(CLOSED, "hazards.confirm"),),
    (CONFIRMING, "return"): (Move(RECTIFYING, "hazards.confirm"),),
    (CLOSED, "reopen"): (Move(RECTIFYING, "hazards.reopen"),),
}


def move_for(state: str, verb: str, level: str) -> Move | None:
    """The one move this verb makes from this state for a hazard of this level (general or major); None = illegal."""
    for move in TRANSITIONS.get((state, verb), ()):
        if move.condition in ("", level):
            return move
    return None


def verbs_from(state: str, level: str) -> list[tuple[str, Move]]:
    """The verbs the table allows from a state, in the table's order: what buttons are drawn from."""
    return [(verb, move) for verb in VERBS if (move := move_for(state, verb, level))]


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
