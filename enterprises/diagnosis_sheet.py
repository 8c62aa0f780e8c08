"""The diagnosis sheet as the clone carries it (portal/reference/catalogs/risk_diagnosis.csv)."""

from fractions import Fraction
from functools import cache

from enterprises.rules.diagnosis import EACH, HIGHEST, ONCE, Band, Row, Sheet
from portal.reference.files import content, parsed
from portal.sm3 import sm3


@cache
def sheet() -> Sheet:
    """Read once a process; the edition names the document and the digest of the file."""
    file = content("risk_diagnosis")
    rows, bands = {}, []
    for line in parsed(file):
        if line["row_type"] == "等级区间":
            low = line["unit"].partition("min=")[2].partition(";")[0]
            bands.append(Band(line["item"], line["content"], Fraction(low) if low else None))
            continue
        rows[line["code"]] = Row(
            code=line["code"],
            kind=line["row_type"],
            category=line["category"],
            item=line["item"],
            text=line["content"],
            points=Fraction(line["score"] or 0),
            cap=Fraction(line["item_max"]) if line["item_max"] else None,
            unit=line["unit"],
            counted=counted(line["unit"]),
            confidence=line["confidence"],
        )
    return Sheet(f"应急〔2018〕19号（{sm3(file)[:8]}）", rows, tuple(bands))


def counted(unit: str) -> str:
    if "最高" in unit:
        return HIGHEST
    return EACH if unit.startswith("每") else ONCE
