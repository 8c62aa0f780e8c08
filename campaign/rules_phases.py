"""The life of a phase of the campaign as one table: (state, verb) → state. A cell that is not here is illegal (409).

A phase has its dates in the plan, and is begun and completed by the office's word: neither happens by the calendar alone.
"""

from datetime import date

PLANNED, UNDER_WAY, COMPLETED = "planned", "under_way", "completed"
STATES = {PLANNED: "未开始", UNDER_WAY: "进行中", COMPLETED: "已完成"}
CHOICES = list(STATES.items())
VERBS = {"start": "启动", "complete": "完成", "change": "修改", "reopen": "重新启动"}
# What a step in its history can be.
STEPS = {"plan": "设立"} | VERBS

TRANSITIONS: dict[tuple[str, str], str] = {
    (PLANNED, "start"): UNDER_WAY,
    (PLANNED, "change"): PLANNED,
    (UNDER_WAY, "complete"): COMPLETED,
    (UNDER_WAY, "change"): UNDER_WAY,
    (COMPLETED, "reopen"): UNDER_WAY,
}


def verbs_from(state: str) -> list[str]:
    return [verb for verb in VERBS if (state, verb) in TRANSITIONS]


def behind(state: str, starts: date, ends: date, on: date) -> int:
    """Days it is behind its dates: not begun though its first day has come by, or not completed after its last; 0 where it is not."""
    if state == COMPLETED:
        return 0
    return max(0, (on - awaited(state, starts, ends)[0]).days)


def awaited(state: str, starts: date, ends: date) -> tuple[date, str]:
    """By its plan, what is done next to a phase that is not completed, and on which day."""
    return (starts, "start") if state == PLANNED else (ends, "complete")
