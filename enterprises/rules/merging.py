"""What the kept one of two entries takes over from the other: what it does not know itself, and whatever is worse. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

# Facts that are said together are taken together: nobody gets another person's telephone. The first leads.
TOGETHER = (
    ("address",),
    ("longitude", "latitude", "coordinates_in"),
    ("population_500m",),
    ("licence_no", "licence_until"),
    ("employees",),
    ("principal", "principal_phone"),
    ("safety_officer", "safety_officer_phone"),
    ("remark",),
)
# Of two sayings about danger the worse stands until a person decides otherwise with a reason.
WORSE: dict[str, Callable[[list[Any]], Any]] = {
    "grade": max,  # D is the worst
    "major_level": min,  # 1 is the worst
    "suspended_since": min,
    "suspended_parts": lambda said: "；".join(dict.fromkeys(said))[:300],
}
FACTS = (*(name for together in TOGETHER for name in together), *WORSE)


def carried(kept: Mapping[str, Any], gone: Mapping[str, Any]) -> dict[str, Any]:
    """Field → what the kept entry is to say from now on, for those that change."""
    new: dict[str, Any] = {}
    for lead, *rest in TOGETHER:
        if blank(gone[lead]):
            continue
        if blank(kept[lead]):
            new |= {name: gone[name] for name in (lead, *rest)}
        elif kept[lead] == gone[lead]:
            new |= {name: gone[name] for name in rest if blank(kept[name]) and not blank(gone[name])}
    for name, worst in WORSE.items():
        said = [value for value in (kept[name], gone[name]) if not blank(value)]
        if said:
            new[name] = worst(said)
    return {name: value for name, value in new.items() if value != kept[name]}


def blank(value: Any) -> bool:
    return value is None or value == ""
