"""The life of an entry on 提升一批、淘汰一批 as one table: (state, verb) → state. A cell that is not here is illegal (409)."""

PLANNED, UNDER_WAY, DONE, DROPPED = "planned", "under_way", "done", "dropped"
OPEN = (PLANNED, UNDER_WAY)

VERBS = {
    "progress": "记录进展",
    "finish": "完成",
    "change": "调整",
    "drop": "移出名单",
    "reopen": "重新列入",
}
# What a step in an entry's history can be: the verbs, and how it began.
STEPS = {"put": "列入名单"} | VERBS

TRANSITIONS: dict[tuple[str, str], str] = {
    (PLANNED, "progress"): UNDER_WAY,
    (UNDER_WAY, "progress"): UNDER_WAY,
    (PLANNED, "finish"): DONE,
    (UNDER_WAY, "finish"): DONE,
    (PLANNED, "change"): PLANNED,
    (UNDER_WAY, "change"): UNDER_WAY,
    (PLANNED, "drop"): DROPPED,
    (UNDER_WAY, "drop"): DROPPED,
    (DONE, "reopen"): UNDER_WAY,
    (DROPPED, "reopen"): UNDER_WAY,
}


def verbs_from(state: str) -> list[str]:
    """The verbs the table allows from a state, in the table's order: what buttons are drawn from."""
    return [verb for verb in VERBS if (state, verb) in TRANSITIONS]
