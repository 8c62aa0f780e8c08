"""The diagnosis sheet as the clone carries it (enterprises/catalogs/risk_diagnosis.csv)."""

import csv
from fractions import Fraction
from functools import cache
from pathlib import Path

from enterprises.rules.diagnosis import EACH, HIGHEST, ONCE, Band, Row, Sheet
from portal.sm3 import sm3

FILE = Path(__file__).parent / "catalogs" / "risk_diagnosis.csv"


@cache
def sheet() -> Sheet:
    """Read once a process; the edition names the document and the digest of the file."""
    content = FILE.read_bytes()
    rows, bands = {}, []
    for line in csv.DictReader(content.decode().splitlines()):
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
    return Sheet(f"应急〔2018〕19号（{sm3(content)[:8]}）", rows, tuple(bands))


def counted(unit: str) -> str:
    if "最高" in unit:
        return HIGHEST
    return EACH if unit.startswith("每") else ONCE
