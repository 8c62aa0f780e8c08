"""The life of an enterprise's own finding (自查自报) as one table: (state, verb) → state. A cell that is not here is illegal (409).

It is the enterprise's own from beginning to end: nothing here is a state of an official hazard, and nothing an official
does moves it. `officialise` (转为执法隐患) is the one bridge, and it leaves the state as it is.
"""

FOUND, DONE, CANCELLED = "found", "done", "cancelled"
STATES = {FOUND: "整改中", DONE: "已自行整改", CANCELLED: "已撤销"}
CHOICES = list(STATES.items())

# What the enterprise's own officer does; buttons in this order.
OWN = {"finish": "完成整改", "change": "修改", "cancel": "撤销", "reopen": "重新整改"}
VERBS = OWN | {"officialise": "转为执法隐患"}
# What a step in its history can be: the verbs, and how it began.
STEPS = {"report": "自查上报"} | VERBS

TRANSITIONS: dict[tuple[str, str], str] = {
    (FOUND, "finish"): DONE,
    (FOUND, "change"): FOUND,
    (FOUND, "cancel"): CANCELLED,
    (DONE, "reopen"): FOUND,
    (FOUND, "officialise"): FOUND,
    (DONE, "officialise"): DONE,
}


def own_verbs_from(state: str) -> list[str]:
    """What the enterprise may do with it now."""
    return [verb for verb in OWN if (state, verb) in TRANSITIONS]


# When what an enterprise set itself is spoken of: days after its date, negative before it; then every week for as long as it is open.
REMINDED = (-3, 0, 1, 3)
AGAIN_EVERY = 7


def newest_step(late: int) -> int | None:
    """The last step whose day has come, `late` days after the date; None while the first one is still ahead."""
    if late >= AGAIN_EVERY:
        return late - late % AGAIN_EVERY
    return max((step for step in REMINDED if step <= late), default=None)
