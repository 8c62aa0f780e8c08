"""Which enterprises the campaign presses on, and by which clause of its plan. Pure."""

from dataclasses import dataclass, replace
from typing import Any

HAZCHEM, CHEMICAL, PHARMA = "hazchem", "chemical", "pharma"
PRODUCTION, STORAGE, USE = "production", "storage", "use"
NAMED = 8
KINDS = {PRODUCTION: "生产", STORAGE: "储存", USE: "使用"}


@dataclass(frozen=True)
class Facts:
    """What the ledger says of an enterprise; major_level 1–4 is 重大危险源 一级–四级, None none."""

    sector: str
    kind: str
    grade: str
    licence_no: str
    key_chemicals: tuple[str, ...] = ()
    key_processes: tuple[str, ...] = ()
    major_level: int | None = None
    judgement_missing: bool = False
    """A unit of its cannot be judged by GB 18218 because a number is missing."""
    nothing_recorded: bool = False
    """Neither a substance nor a process stands in the ledger."""


def two_keys_one_major(facts: Facts) -> str:
    """The 两重点一重大 facts in words; empty where there are none."""
    parts = []
    if facts.key_chemicals:
        parts.append(f"重点监管危险化学品（{some(facts.key_chemicals)}）")
    if facts.key_processes:
        parts.append(f"重点监管危险化工工艺（{some(facts.key_processes)}）")
    if facts.major_level:
        parts.append(f"{'一二三四'[facts.major_level - 1]}级重大危险源")
    return "、".join(parts)


def some(names: tuple[str, ...]) -> str:
    """All of a few names; of many the first ones and how many there are."""
    return "、".join(names) if len(names) <= NAMED else f"{'、'.join(names[:NAMED])}等{len(names)}种"


def key_clause(facts: Facts) -> tuple[str, str]:
    """("1" | "2" | "", sentence): whether an enterprise is 重点, by which clause of the action plan 三, and why.

    （一）危险化学品生产、储存、使用企业涉及两重点一重大的，以及诊断分级为橙、红的危险化学品企业 (whatever its kind);
    （二）涉及两重点一重大的化工、医药生产企业 that need no 安全生产许可.

    What the plan leaves open is decided so:
    - Trade, transport and pipelines are not 生产、储存、使用: what they hold does not make them key, an orange or red grade does.
    - An enterprise that is key by both limbs of （一） is told by the first, which holds whatever its grade.
    - Needing no licence is taken from the ledger naming no licence number. A blank is no proof, so the sentence says what
      it rests on; a number entered later takes the enterprise out of （二）.
    - An orange or red grade alone does not make a 化工 or 医药 enterprise key: the plan says 危险化学品企业.
    - Without a sector or a kind in the ledger nothing follows.
    """
    why = two_keys_one_major(facts)
    if facts.sector == HAZCHEM:
        if why and facts.kind in KINDS:
            return "1", f"危险化学品{KINDS[facts.kind]}企业，涉及{why}"
        if facts.grade in ("C", "D"):
            return "1", f"危险化学品企业，风险诊断分级为{'橙色（C级）' if facts.grade == 'C' else '红色（D级）'}"
    elif facts.sector in (CHEMICAL, PHARMA) and facts.kind == PRODUCTION and why and not facts.licence_no:
        return "2", f"{'化工' if facts.sector == CHEMICAL else '医药'}生产企业，台账未登记安全生产许可证，涉及{why}"
    return "", ""


# What may be missing, in the words the page filters by.
NO_SECTOR, NO_KIND, NO_GRADE, NO_JUDGEMENT, NO_SUBSTANCE = (
    "未写明行业类别",
    "未写明企业类型",
    "未评定风险等级",
    "单元缺少数据",
    "未登记化学品和工艺",
)
GAPS = (NO_SECTOR, NO_KIND, NO_GRADE, NO_JUDGEMENT, NO_SUBSTANCE)


def near_key(facts: Facts) -> str:
    """Each missing fact that by itself could make the enterprise key, as a sentence; empty where it is key or none could.

    Each is tried out through `key_clause`, so that nothing here repeats it.
    """
    if key_clause(facts)[0]:
        return ""
    told = []
    if not facts.sector and (
        found := making_key(facts, "sector", {HAZCHEM: "危险化学品", CHEMICAL: "化工", PHARMA: "医药"})
    ):
        told.append(f"{NO_SECTOR}：如属{found}即为重点企业。")
    if not facts.kind and (found := making_key(facts, "kind", KINDS)):
        told.append(f"{NO_KIND}：如为{found}企业即为重点企业。")
    if not facts.grade and (found := making_key(facts, "grade", {"C": "橙色（C级）", "D": "红色（D级）"})):
        told.append(f"{NO_GRADE}：评为{found}即为重点企业。")
    if facts.judgement_missing and making_key(facts, "major_level", {4: ""}) is not None:
        told.append(f"{NO_JUDGEMENT}，不能判定重大危险源：如构成重大危险源即为重点企业。")
    if facts.nothing_recorded and making_key(facts, "key_chemicals", {("",): ""}) is not None:
        told.append(f"{NO_SUBSTANCE}：如涉及重点监管的化学品或工艺即为重点企业。")
    return "".join(told)


def making_key(facts: Facts, name: str, values: dict[Any, str]) -> str | None:
    """The words of those values of one fact with which the enterprise would be key; None where there is none."""
    words = [word for value, word in values.items() if key_clause(replace(facts, **{name: value}))[0]]
    return "或".join(words) if words else None
