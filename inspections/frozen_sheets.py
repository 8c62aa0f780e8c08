"""评估表 of an assessment, from the files the portal carries, as they are frozen into the assessment on the day it is opened."""

from functools import cache
from pathlib import Path
from typing import Any

from inspections.actions.checklist import LEVELS, TYPES
from portal.reference.files import content, parsed
from portal.sm3 import sm3

FOLDER = Path(__file__).parent / "assessment_sheets"
TITLES = {"rules": "管理制度", "procedures": "操作规程", "plans": "应急预案"}
OTHER = "other"
"""The part of findings that stand on no sheet."""


@cache
def present_sheets() -> tuple[dict[str, Any], ...]:
    """Each with its title, its edition (the file's SM3) and its items."""
    made = []
    for key, title in TITLES.items():
        file = content(key, FOLDER)
        items = [
            {
                "code": row["code"],
                "item": row["item"],
                "look_at": row["look_at"],
                "basis": row["basis"],
                "level": LEVELS[row["level"]],
                "accident_type": TYPES[row["accident"]],
                "covers": row["covers"].split(),
            }
            for row in parsed(file)
        ]
        made.append({"key": key, "title": title, "edition": sm3(file), "items": items})
    return tuple(made)
