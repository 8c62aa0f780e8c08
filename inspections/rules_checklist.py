"""Which parts of the checklist (小类) a plant is asked, by what the ledger knows it has. Pure.

What the ledger does not know is never taken for absent: a part is left out only where a recorded fact says that it does not apply.
"""

from collections.abc import Callable
from dataclasses import dataclass

PRODUCTION, STORAGE, USE, TRADE, TRANSPORT, PIPELINE = "production", "storage", "use", "trade", "transport", "pipeline"
KINDS = {
    PRODUCTION: "生产", STORAGE: "储存", USE: "使用", TRADE: "经营", TRANSPORT: "运输", PIPELINE: "油气管道",
}  # fmt: skip
REACTORS, TANKS, WAREHOUSE = "production", "tanks", "warehouse"
UNITS = {REACTORS: "生产单元", TANKS: "罐区", WAREHOUSE: "独立库房"}
PHARMA = "pharma"
MISSING, NOT_MAJOR, MAJOR = "missing", "not_major", "major"


@dataclass(frozen=True)
class Named:
    """A substance or a process with its number in the list of key ones (重点监管目录), None for any other."""

    name: str
    seq: int | None = None


@dataclass(frozen=True)
class Facts:
    """What the ledger says of a plant; `units` are the kinds of those in use, empty where none is recorded."""

    sector: str
    kind: str
    processes: tuple[Named, ...] = ()
    chemicals: tuple[Named, ...] = ()
    units: frozenset[str] = frozenset()
    major_level: int | None = None
    """一级–四级, declared or judged, the worse."""
    judged: str = ""


@dataclass(frozen=True)
class Part:
    """Whether a part is asked there, and the fact that says so."""

    applies: bool
    because: str


Rule = Callable[[Facts], Part]


def everybody(facts: Facts) -> Part:
    return Part(True, "各类企业都检查")


def has(names: tuple[Named, ...], seqs: frozenset[int], words: tuple[str, ...] = ()) -> list[str]:
    """Those of the list's numbers, or called by one of the words."""
    return list(dict.fromkeys(one.name for one in names if one.seq in seqs or one.name.strip() in words))


def where_used(
    what: str, chemicals: frozenset[int], processes: frozenset[int] = frozenset(), words: tuple[str, ...] = ()
) -> Rule:
    """Asked where one of these key chemicals is held or one of these key processes is run."""

    def rule(facts: Facts) -> Part:
        held, run = has(facts.chemicals, chemicals, words), has(facts.processes, processes)
        if held or run:
            parts = [f"在量有{'、'.join(held)}"] * bool(held) + [f"涉及{'、'.join(run)}"] * bool(run)
            return Part(True, "，".join(parts))
        if not facts.chemicals and not facts.processes:
            return Part(True, "台账没有在量和工艺资料，不能排除")
        return Part(False, f"台账没有{what}")

    return rule


def reacts(facts: Facts) -> Part:
    """装置运行: where something is made or used, or a process is run, whatever the licence says."""
    if facts.processes:
        return Part(True, f"涉及{'、'.join(dict.fromkeys(one.name for one in facts.processes))}")
    if REACTORS in facts.units:
        return Part(True, "有生产单元")
    if facts.kind in (PRODUCTION, USE):
        return Part(True, f"{KINDS[facts.kind]}企业")
    return Part(False, f"{KINDS.get(facts.kind, '')}企业，没有生产单元和工艺")


def trial(facts: Facts) -> Part:
    if facts.kind in (PRODUCTION, USE):
        return Part(True, f"{KINDS[facts.kind]}企业；台账不记试生产，没有试生产的填“不涉及”")
    return Part(False, f"{KINDS.get(facts.kind, '')}企业，没有试生产")


def site(facts: Facts) -> Part:
    """设备、仪表、电气、总图: everywhere but where there are vehicles alone."""
    if facts.kind == TRANSPORT and not facts.units:
        return Part(False, "运输企业，没有装置和储存单元")
    return Part(True, "有固定的生产、储存场所")


def stores(facts: Facts) -> Part:
    found = [UNITS[kind] for kind in (TANKS, WAREHOUSE) if kind in facts.units]
    if found:
        return Part(True, f"有{'、'.join(found)}")
    if facts.kind == STORAGE:
        return Part(True, "储存企业")
    if not facts.units:
        return Part(True, "台账没有单元资料，不能排除")
    return Part(False, "没有罐区和独立库房")


def major(facts: Facts) -> Part:
    """重大危险源 as GB 18218 judges or the plant declares it; what cannot be judged is looked at as one."""
    if facts.major_level:
        return Part(True, f"{'一二三四'[facts.major_level - 1]}级重大危险源")
    if facts.judged == NOT_MAJOR:
        return Part(False, "辨识不构成重大危险源")
    if facts.judged == MISSING:
        return Part(True, "缺少数据，不能判定是否构成重大危险源")
    return Part(True, "台账没有辨识结论，不能排除重大危险源")


def pharma(facts: Facts) -> Part:
    return Part(True, "医药企业") if facts.sector == PHARMA else Part(False, "不是医药企业")


# Numbers of the lists 安监总管三〔2011〕95号, 〔2013〕12号 (chemicals, counted through) and 〔2009〕116号, 〔2013〕3号 (processes).
# 液化烃 and what GB 50160 counts among 甲A liquids with it.
LIQUEFIED = frozenset({3, 15, 18, 21, 26, 27, 30, 32, 36, 43})
LIQUEFIED_TOO = ("丙烷", "丁烷", "正丁烷", "异丁烷", "丁烯", "1-丁烯", "2-丁烯", "异丁烯", "三甲胺")
# 氯乙烯; 有机过氧化物; 偶氮 and 硝基 explosives.
UNSTABLE = frozenset({18, 40, 63, 64, 65, 66, 68, 69, 70, 71, 72, 73})
# 硝化、重氮化、过氧化、聚合、电石、偶氮化.
VIOLENT = frozenset({4, 9, 11, 14, 17, 18})

RULES: dict[str, Rule] = {
    "安全领导能力与责任制": everybody,
    "人员资质与培训": everybody,
    "安全风险与隐患管理": everybody,
    "承包商管理": everybody,
    "总图布局与安全距离": site,
    "设计合规": site,
    "试生产": trial,
    "工艺与操作管理": reacts,
    "静设备与特种设备": site,
    "仪表与安全仪表系统": site,
    "电气、防雷防静电": site,
    "应急": everybody,
    "消防": everybody,
    "液化烃": where_used("液化烃", LIQUEFIED, words=LIQUEFIED_TOO),
    "液氨": where_used("液氨", frozenset({2}), frozenset({5})),
    "液氯": where_used("液氯", frozenset({1}), frozenset({2, 3})),
    "光气与光气化": where_used("光气", frozenset({10, 60}), frozenset({1})),
    "硝酸铵": where_used("硝酸铵", frozenset({54})),
    "氯乙烯与过氧化物等": where_used(
        "氯乙烯、过氧化物、偶氮和硝基化合物，及硝化、聚合等剧烈放热工艺", UNSTABLE, VIOLENT
    ),
    "辨识评估与备案": major,
    "仓库与储罐区": stores,
    "作业许可": everybody,
    "化工医药（原料药）": pharma,
    "装卸、管道与外来车辆": everybody,
}


def part(subcategory: str, facts: Facts) -> Part:
    """Whether a part is asked of a plant, and why. One that no rule knows is asked of everybody."""
    return RULES.get(subcategory, everybody)(facts)
