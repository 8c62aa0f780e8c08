"""The checklist of visits, from the catalog the portal carries."""

from hazards.models import AccidentType, Level
from inspections.models import ChecklistEdition, ChecklistItem
from portal.reference.files import content, parsed
from portal.sm3 import sm3

NAME = "危险化学品企业安全风险隐患排查检查表"

LEVELS = {label: value for value, label in Level.choices}
TYPES = {label: value for value, label in AccidentType.choices}


def load_checklist() -> str:
    """The file's digest is its edition, so the same file loads once and a changed one is a new edition."""
    file = content("inspection_checklist")
    edition, made = ChecklistEdition.objects.get_or_create(edition=sm3(file), defaults={"name": NAME})
    if made:
        ChecklistItem.objects.bulk_create(item_of(edition, row) for row in parsed(file))
    return f"检查用的检查表 {edition.items.count()} 项，{'已载入新版本' if made else '没有变化'}"


def item_of(edition: ChecklistEdition, row: dict[str, str]) -> ChecklistItem:
    criteria = [f"2017〔121〕号第{row['mh2017_ref']}条"] * bool(row["mh2017_ref"])
    criteria += [f"AQ 3067-2026 {row['aq3067_ref']}"] * bool(row["aq3067_ref"])
    return ChecklistItem(
        edition=edition,
        seq=int(row["seq"]),
        code=row["item_code"],
        category=row["category"],
        subcategory=row["subcategory"],
        text=row["item"],
        basis=row["basis"],
        suggested_level=LEVELS[row["suggested_level"]],
        level_note=row["level_note"],
        accident_type=TYPES.get(row["accident_type"].split(";")[0], AccidentType.OTHER),
        criterion="；".join(criteria),
        verification=row["verification"],
        confidence=row["confidence"],
    )
