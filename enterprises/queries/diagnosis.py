"""What the ledger can say to the diagnosis sheet, and the sheet as its page shows it.

The ledger answers only what its facts decide; of what they merely hint at it gives the sentence and leaves the number to people.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from enterprises.diagnosis_sheet import sheet as present_sheet
from enterprises.gb18218_tables import tables
from enterprises.ledger.catalog import chemical
from enterprises.models import (
    Credential,
    DiagnosisSheet,
    Enterprise,
    Holding,
    Judged,
    MajorLevel,
    ProcessInUse,
    Unit,
)
from enterprises.rules.diagnosis import EACH, Row
from enterprises.rules.gb18218 import exact
from enterprises.rules.key import some

LEVEL_CODES = {1: "1.1.1", 2: "1.1.2", 3: "1.1.3", 4: "1.1.4"}
EXPLOSIVES, TOXIC_BY_INHALATION, OTHER_KEY_CHEMICALS, KEY_PROCESSES = "1.2.1", "1.2.2", "1.2.3", "1.3.1"
PARK, CERTIFIED, SPECIAL = "2.1.1", "6.1.1", "X.3"
# The two gases the guide names itself.
NAMED_TOXIC = {entry.seq for name in ("氯", "光气") if (entry := chemical(name))}
YEARS_BETWEEN = 3


@dataclass(frozen=True)
class Told:
    """The ledger's answer: a count, or none and only a hint; and the sentence that says from what."""

    count: int | None
    sentence: str


def told_by_ledger(enterprise: Enterprise) -> dict[str, Told]:
    """Code of the sheet → what the ledger says. Five questions whatever the size of the plant."""
    holdings = list(Holding.objects.filter(Q(unit=None) | Q(unit__closed_on=None), enterprise=enterprise))
    processes = list(ProcessInUse.objects.filter(Q(unit=None) | Q(unit__closed_on=None), enterprise=enterprise))
    return (
        major_hazards(enterprise, [one.substance for one in holdings if one.unit_id is None])
        | substances(holdings)
        | running(processes, nothing_recorded=not holdings and not processes)
        | people(enterprise)
        | {PARK: Told(None, f"所属县区为“{enterprise.district.name}”，是否在化工园区内由填表人判断。")}
    )


def major_hazards(enterprise: Enterprise, loose: list[str]) -> dict[str, Told]:
    """`loose`: substances the ledger knows in no unit. What is not judged may be worse than the worst that is."""
    units = list(Unit.objects.filter(enterprise=enterprise, closed_on=None).order_by("id"))
    levels = [(unit.level, f"单元“{unit.name}”辨识为{unit.get_level_display()}") for unit in units if unit.level]
    if enterprise.major_level:
        levels.append((enterprise.major_level, f"台账申报为{MajorLevel(enterprise.major_level).label}"))
    open_units = [unit.name for unit in units if unit.judged != Judged.NOT_MAJOR and unit.level is None]
    if open_units and not levels:
        sentence = f"单元“{'、'.join(open_units)}”缺少数据，不能判定。"
        return {code: Told(None, sentence) for code in LEVEL_CODES.values()}
    if not units and not levels:
        return {code: Told(None, "没有划分单元，也没有申报重大危险源，由填表人判断。") for code in LEVEL_CODES.values()}
    rest = f"；另有单元“{'、'.join(open_units)}”缺少数据" if open_units else ""
    rest += f"；{some(loose)}没有归入单元，未经辨识" if loose else ""
    if not levels:
        told = Told(None if rest else 0, f"所填单元均不构成重大危险源{rest}。")
        return dict.fromkeys(LEVEL_CODES.values(), told)
    worst, sentence = min(levels)
    return {
        code: Told(None if rest and level < worst else int(level == worst), f"{sentence}{rest}。")
        for level, code in LEVEL_CODES.items()
    }


def substances(holdings: list[Holding]) -> dict[str, Told]:
    """Kinds, not tanks: one substance in several units is one kind."""
    explosives = sorted({one.substance for one in holdings if any(c.startswith("W1.") for c in classes_of(one))})
    unclassed = list(dict.fromkeys(one.substance for one in holdings if not one.symbols and not one.table1_seq))
    others = list(dict.fromkeys(one.substance for one in holdings if one.substance in unclassed and not is_toxic(one)))
    toxic = {one.key_chemical_seq or one.substance: one.substance for one in holdings if is_toxic(one)}
    other = {
        one.key_chemical_seq: one.substance
        for one in holdings
        if one.key_chemical_seq and one.key_chemical_seq not in toxic
    }
    if not holdings:
        return {
            code: Told(None, "没有登记化学品，由填表人判断。")
            for code in (EXPLOSIVES, TOXIC_BY_INHALATION, OTHER_KEY_CHEMICALS)
        }
    return {
        EXPLOSIVES: where_classed(len(explosives), counted("归为爆炸物的有", explosives), unclassed),
        TOXIC_BY_INHALATION: where_classed(
            len(toxic),
            counted("氯、光气和急性毒性类别1的气体有", list(toxic.values())) + "其他吸入性剧毒品由填表人补充。",
            others,
        ),
        OTHER_KEY_CHEMICALS: Told(len(other), counted("其他重点监管危险化学品有", list(other.values()))),
    }


def where_classed(count: int, sentence: str, unclassed: list[str]) -> Told:
    """A count of a hazard class is an answer only where every substance's class is known."""
    if unclassed:
        return Told(None, f"{sentence}{some(unclassed)}没有填写危险性类别，由填表人判断。")
    return Told(count, sentence)


def classes_of(holding: Holding) -> list[str]:
    """Its classes of 表2 as entered, else the one the catalog's authors took for its row of 表1 (“表4 W1.1（…）”)."""
    if holding.symbols:
        return holding.symbols
    named = tables().named.get(holding.table1_seq or 0)
    words = named.beta_basis.replace("（", " ").split() if named else []
    return words[1:2] if words[:1] == ["表4"] else []


def is_toxic(holding: Holding) -> bool:
    return holding.key_chemical_seq in NAMED_TOXIC or "J1" in classes_of(holding)


def running(processes: list[ProcessInUse], *, nothing_recorded: bool) -> dict[str, Told]:
    if nothing_recorded:
        return {KEY_PROCESSES: Told(None, "没有登记化学品和工艺，由填表人判断。")}
    key = {process.key_process_seq: process.name for process in processes if process.key_process_seq}
    return {KEY_PROCESSES: Told(len(key), counted("重点监管危险化工工艺有", list(key.values())))}


def counted(lead: str, names: list[str]) -> str:
    listed = f"：{'、'.join(names)}" if names else ""
    return f"登记的{lead}{len(names)}种{listed}。"


def people(enterprise: Enterprise) -> dict[str, Told]:
    """Certificates that ran out speak for a deduction, but who still works there and without one is not in the ledger."""
    expired = list(
        Credential.objects.in_force()
        .filter(enterprise=enterprise, due__lt=timezone.localdate(), kind__in=KINDS)
        .order_by("kind", "id")
    )
    told = {}
    for code, kinds in ((CERTIFIED, KINDS[:2]), (SPECIAL, KINDS[2:])):
        names = [f"{one.holder or one.number}（{one.title}）" for one in expired if one.kind in kinds]
        sentence = (
            f"台账登记的证书已过期：{'、'.join(names)}，请核对。" if names else "台账没有登记过期的证书，请核对。"
        )
        told[code] = Told(None, sentence)
    return told


KINDS = (Credential.Kind.PRINCIPAL, Credential.Kind.SAFETY, Credential.Kind.SPECIAL)


@dataclass(frozen=True)
class Question:
    """One row of the sheet with what was answered."""

    row: Row
    count: int | None
    note: str
    ledger: int | None
    sentence: str

    @property
    def each(self) -> bool:
        return self.row.counted == EACH

    @property
    def points(self) -> str:
        return exact(abs(self.row.points))

    @property
    def otherwise(self) -> bool:
        """A person says something else than the ledger's facts."""
        return self.ledger is not None and self.count is not None and self.count != self.ledger


@dataclass
class Chapter:
    name: str
    questions: list[Question] = field(default_factory=list)


@dataclass(frozen=True)
class SheetFile:
    record: DiagnosisSheet
    enterprise: Enterprise
    chapters: list[Chapter]

    @property
    def questions(self) -> list[Question]:
        return [question for chapter in self.chapters for question in chapter.questions]

    @property
    def unanswered(self) -> int:
        return sum(question.count is None for question in self.questions)

    @property
    def edition_changed(self) -> bool:
        return self.record.state == DiagnosisSheet.State.DRAFT and self.record.edition != present_sheet().edition


def sheet_or_404(pk: int) -> DiagnosisSheet:
    record = DiagnosisSheet.objects.select_related("enterprise__district").filter(pk=pk).first()
    if record is None:
        raise Http404(f"sheet {pk}")
    return record


def sheet_file(pk: int) -> SheetFile:
    record = sheet_or_404(pk)
    chapters: dict[str, Chapter] = {}
    for question in questions_of(record.answers):
        chapters.setdefault(question.row.category, Chapter(question.row.category)).questions.append(question)
    return SheetFile(record, record.enterprise, list(chapters.values()))


def questions_of(answers: dict[str, dict[str, Any]]) -> list[Question]:
    return [
        Question(row, one.get("count"), one.get("note", ""), one.get("ledger"), one.get("from", ""))
        for code, row in present_sheet().rows.items()
        for one in [answers.get(code, {})]
    ]


def sheets_of(enterprise: Enterprise) -> list[DiagnosisSheet]:
    return list(DiagnosisSheet.objects.filter(enterprise=enterprise).order_by("-id")[:20])


def due_again(last: date) -> date:
    """原则上每3年一次 (应急〔2018〕19号)."""
    return years_ago(last, -YEARS_BETWEEN)


def years_ago(day: date, years: int) -> date:
    """The same day of another year; of 29 February the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
