"""What the pages of 隐患台账导入 read: an import's rows with what would become, or became, of each."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count
from django.http import Http404

from enterprises.ledger import uscc
from enterprises.ledger.districts import Districts
from enterprises.ledger.normalise import fold
from enterprises.models import Enterprise
from enterprises.queries.duplicates import merged_codes
from hazards import rules
from hazards.models import Hazard, HazardImport
from hazards.register import RegisterRow
from portal.tenancy.models import District

SOURCE = "import"
NOT_HERE = "台账中没有这个企业，或者它不在您的管辖范围内。"

PARTS = {
    "create": "导入",
    "closed": "写明已销号",
    "doubts": "需要核对",
    "repeat": "重复",
    "refused": "不能导入",
    "ignored": "不是隐患的行",
}
# What is said of one row.
VERDICTS = [(name, label) for name, label in PARTS.items() if name != "doubts"]


def found(import_id: int, *without: str) -> HazardImport:
    record = HazardImport.objects.defer("content", *without).filter(pk=import_id).first()
    if record is None:
        raise Http404(f"hazard import {import_id}")
    return record


def rows_of(record: HazardImport) -> list[RegisterRow]:
    """What was read, as it was kept."""
    pairs = ("afterwards", "words")
    return [
        RegisterRow(
            **row
            | {name: tuple((header, text) for header, text in row[name]) for name in pairs}
            | {"found_on": date.fromisoformat(row["found_on"]), "doubts": tuple(row["doubts"])}
        )
        for row in record.found["rows"]
    ]


@dataclass(frozen=True)
class Judged:
    """What confirming would do with one row now.

    `verdict`: create; closed (as create, only if closed ones are wanted as well); repeat (there already); refused.
    """

    row: RegisterRow
    verdict: str
    sentence: str = ""
    enterprise: Enterprise | None = None
    hazard: int | None = None
    """The one it repeats."""
    doubts: tuple[str, ...] = ()


def judged(rows: list[RegisterRow]) -> list[Judged]:
    """Every row against what the acting person sees now: four questions for all. Refused before anything else is said."""
    plants = Plants()
    told = [plants.judge(row) for row in rows]
    known = recorded_before({one.enterprise.pk for one in told if one.enterprise}, {row.found_on for row in rows})
    said: dict[tuple[int, date, str], int] = {}
    answers = []
    for one in told:
        if one.enterprise is None:
            answers.append(one)
            continue
        same = (one.enterprise.pk, one.row.found_on, fold(one.row.description))
        first = said.setdefault(same, one.row.excel_row)
        if number := known.get(same):
            sentence = f"同一企业、同一天、同样内容的隐患已有记录（隐患{number}），不重复导入。"
            answers.append(Judged(one.row, "repeat", sentence, one.enterprise, number))
        elif first != one.row.excel_row:
            sentence = f"与第{first}行是同一企业、同一天、同样的内容，只导入第{first}行。"
            answers.append(Judged(one.row, "repeat", sentence, one.enterprise))
        else:
            answers.append(one)
    return answers


class Plants:
    """The plants the acting person sees, by 统一社会信用代码 and by their whole name: nothing is matched by likeness."""

    def __init__(self) -> None:
        few = ("code", "name", "sector", "district__name")
        plants = list(Enterprise.objects.select_related("district").only(*few).order_by("pk"))
        self.by_code = {plant.code: plant for plant in plants}
        self.by_name: dict[str, list[Enterprise]] = {}
        for plant in plants:
            self.by_name.setdefault(fold(plant.name), []).append(plant)
        self.merged = merged_codes()
        self.districts = Districts.of(District.objects.values_list("name", flat=True))

    def judge(self, row: RegisterRow) -> Judged:
        named = self.by_name.get(fold(row.name), []) if row.name else []
        if row.code in self.merged:
            return Judged(
                row, "refused", f"统一社会信用代码 {row.code} 的企业已并入{self.merged[row.code]}，请改报并入后的企业。"
            )
        plant = self.by_code.get(row.code)
        if row.code and plant is None:
            return Judged(row, "refused", self.no_such_code(row, named))
        if plant is None and len(named) != 1:
            many = f"台账中有{len(named)}家企业叫“{row.name}”，请填写统一社会信用代码。"
            return Judged(
                row, "refused", many if named else f"“{row.name}”：{NOT_HERE}请核对名称，或填写统一社会信用代码。"
            )
        plant = plant or named[0]
        if row.name and named and plant not in named:
            sentence = f"统一社会信用代码是“{plant.name}”的，名称却是台账中另一家企业的，请核对。"
            return Judged(row, "refused", sentence)
        doubts = list(row.doubts)
        if row.name and not named:
            doubts.append(f"名称与台账不同：表中“{row.name}”，台账“{plant.name}”，按代码认定。")
        if row.district and self.districts.find(row.district) not in (None, plant.district.name):
            doubts.append(f"区县与台账不同：表中“{row.district}”，台账“{plant.district.name}”。")
        if row.closed:
            doubts.append("表中写明已销号；门户不据此销号。")
        return Judged(row, "closed" if row.closed else "create", "", plant, doubts=tuple(doubts))

    def no_such_code(self, row: RegisterRow, named: list[Enterprise]) -> str:
        wrong = uscc.fault(row.code)
        if len(named) == 1:
            return f"统一社会信用代码 {row.code} {'有误' if wrong else '不在台账中'}；名称与台账中的“{named[0].name}”（{named[0].code}）相同，请核对代码。"
        return f"{wrong}，请更正。" if wrong else f"统一社会信用代码 {row.code}：{NOT_HERE}"


def recorded_before(plants: set[int], days: set[date]) -> dict[tuple[int, date, str], int]:
    """The hazards of these plants and days that stand, by plant, day and what was found."""
    there = Hazard.objects.filter(enterprise__in=plants, found_on__in=days).exclude(status=rules.VOID).order_by("-pk")
    return {
        (plant, day, fold(text)): number
        for number, plant, day, text in there.values_list("pk", "enterprise_id", "found_on", "description")
    }


@dataclass
class Line:
    """One row of the sheet as the page and the API show it."""

    excel_row: int
    verdict: str
    sentence: str = ""
    enterprise: str = ""
    description: str = ""
    found_on: str = ""
    level: str = ""
    hazard: int | None = None
    doubts: list[str] = field(default_factory=list)
    words: list[list[str]] = field(default_factory=list)


def lines_of(record: HazardImport) -> list[Line]:
    """Every row in the sheet's order: as it would be judged now, or as it was answered when it was imported."""
    if record.state == HazardImport.State.DONE:
        by_row = {one["excel_row"]: one for one in record.answers}
    else:
        by_row = {
            one.row.excel_row: {
                "verdict": one.verdict,
                "sentence": one.sentence,
                "enterprise": one.enterprise.name if one.enterprise else one.row.name,
                "hazard": one.hazard,
                "doubts": list(one.doubts),
            }
            for one in judged(rows_of(record))
        }
    lines = [line_of(row, by_row[row["excel_row"]]) for row in record.found["rows"]]
    lines += [
        Line(one["excel_row"], "refused", one["sentence"], one["name"], one["description"])
        for one in record.found["refused"]
    ]
    lines += [Line(one["excel_row"], "ignored", one["why"], description=one["text"]) for one in record.found["ignored"]]
    return sorted(lines, key=lambda line: line.excel_row)


def line_of(row: dict[str, Any], answer: dict[str, Any]) -> Line:
    return Line(
        row["excel_row"],
        answer["verdict"],
        answer["sentence"],
        answer["enterprise"] or row["code"],
        row["description"],
        row["found_on"],
        row["level"],
        answer["hazard"],
        answer["doubts"],
        [*row["afterwards"], *row["words"]],
    )


def counts_of(lines: list[Line]) -> dict[str, int]:
    counts = {name: sum(line.verdict == name for line in lines) for name in PARTS}
    return counts | {"doubts": sum(bool(line.doubts) for line in lines)}


def part_of(lines: list[Line], part: str) -> list[Line]:
    return [line for line in lines if (line.doubts if part == "doubts" else line.verdict == part)]


def imported(record: HazardImport):
    return Hazard.objects.filter(source_kind=SOURCE, source_id=record.pk)


def by_state(record: HazardImport) -> list[tuple[str, str, int]]:
    """How far the hazards of an import are by now: state, its words, how many."""
    counts = dict(imported(record).order_by().values_list("status").annotate(n=Count("pk")))
    return [(state, words, counts[state]) for state, words in rules.STATES.items() if state in counts]


def waiting_for_notice(record: HazardImport, most: int = 50) -> list[dict[str, Any]]:
    """The enterprises with recorded hazards of an import, most first."""
    recorded = imported(record).filter(status=rules.RECORDED).order_by()
    named = recorded.values("enterprise_id", "enterprise__name").annotate(n=Count("pk"))
    return list(named.order_by("-n", "enterprise_id")[:most])
