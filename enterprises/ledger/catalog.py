"""重点监管危险化学品 (74) and 重点监管危险化工工艺 (18): is what a ledger names on the national lists?"""

import re
from dataclasses import dataclass
from functools import cache

from portal.reference.files import rows

from .normalise import fold, outside_brackets

# Names of the trade for substances of the list, beside the aliases the list itself gives.
TRADE_NAMES = {
    "液化天然气": "甲烷",
    "压缩天然气": "甲烷",
    "LNG": "甲烷",
    "CNG": "甲烷",
    "LPG": "液化石油气",
    "丁二烯": "1,3-丁二烯",
    "二甲醚": "甲醚",
    "醋酸乙烯": "乙酸乙烯酯",
    "醋酸乙烯酯": "乙酸乙烯酯",
    "醋酸乙酯": "乙酸乙酯",
    "氯甲烷": "一氯甲烷",
    "ECH": "环氧氯丙烷",
    "MTBE": "甲基叔丁基醚",
}
STATE = re.compile(r"^(无水|液态|气态|液化|液体|气体|工业级?|高?纯|精)")
BRACKETS = re.compile(r"\(.*?\)")
CAS = re.compile(r"(?<!\d)\d{2,7}-\d{2}-\d(?!\d)")


@dataclass(frozen=True)
class Entry:
    seq: int
    """1–60 首批 (安监总管三〔2011〕95号) and 61–74 第二批 (〔2013〕12号); processes 1–18."""
    name: str


def chemical(text: str, cas: str = "") -> Entry | None:
    """The entry of the 74 that a substance is, by name, alias, trade name or CAS number."""
    names, numbers = _chemicals()
    name = fold(text)
    bare = BRACKETS.sub("", name)
    for candidate in (name, bare, STATE.sub("", bare)):
        if candidate in names:
            return names[candidate]
    for number in CAS.findall(f"{cas} {name}"):
        if number in numbers:
            return numbers[number]
    return None


def process(text: str) -> Entry | None:
    """The entry of the 18 that a process is."""
    processes = _processes()
    return processes.get(_stem(text)) or processes.get(_stem(BRACKETS.sub("", fold(text))))


@cache
def _chemicals() -> tuple[dict[str, Entry], dict[str, Entry]]:
    names: dict[str, Entry] = {}
    numbers: dict[str, Entry] = {}
    for seq, line in enumerate(rows("key_chemicals"), 1):
        entry = Entry(seq, line["name"])
        for name in (line["name"], *outside_brackets(line["name"], "、"), *outside_brackets(line["aliases"], "、")):
            names.setdefault(fold(name), entry)
            names.setdefault(BRACKETS.sub("", fold(name)), entry)
            # 汽油（含甲醇汽油、乙醇汽油）: what is included is meant too
            for included in re.findall(r"\(含(.*?)\)", fold(name)):
                for part in included.split("、"):
                    names.setdefault(part, entry)
        for number in CAS.findall(line["cas"]):
            numbers[number] = entry
    for name, listed in TRADE_NAMES.items():
        names.setdefault(name, names[fold(listed)])
    # GB 18218 calls some of them otherwise (1,2-环氧丙烷 for 环氧丙烷), and units are filled in with its names.
    for line in rows("gb18218_table1"):
        for number in CAS.findall(line["cas"]):
            for name in (line["name"], *line["aliases"].split("；")) if number in numbers else ():
                names.setdefault(fold(name), numbers[number])
    names.pop("", None)
    return names, numbers


def process_names() -> list[str]:
    """The 18 as the list writes them."""
    return [name for _, name in key_processes()]


def key_processes() -> list[tuple[int, str]]:
    """The 18 with their numbers."""
    return [(seq, line["name"]) for seq, line in enumerate(rows("key_processes"), 1)]


@cache
def _processes() -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for line in rows("key_processes"):
        entry = Entry(int(line["seq"]), line["name"])
        bare = re.sub(r"[(（].*?[)）]", "", line["name"])
        inner = re.findall(r"[(（](.*?)[)）]", line["name"])
        for name in (line["name"], bare, *inner, *(i + bare for i in inner), *re.split("及", bare)):
            found.setdefault(_stem(name), entry)
    found.setdefault("氨基化", found["胺基化"])
    return found


def _stem(text: str) -> str:
    return re.sub(r"(生产)?(工艺|反应|技术|过程|装置|单元)+$", "", re.sub(r"[()]", "", fold(text))) or fold(text)
