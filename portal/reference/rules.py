"""From a catalog's rows to its lines: codes, words to search by, and what differs between two editions. Pure."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from pypinyin import Style, lazy_pinyin, load_phrases_dict

Data = dict[str, str]

WORST_FIRST = ("low", "medium", "high")
CAS = re.compile(r"(?<!\d)\d{2,7}-\d{2}-\d(?!\d)")
BRACKETS = re.compile(r"[(（\[].*?[)）\]]")
LONGEST_NAME = 24
"""Of anything longer (a clause) the initials are noise."""

# 重氮 is read chóng in chemistry; the library's dictionary does not know it.
load_phrases_dict({"重氮": [["chóng"], ["dàn"]], "长管": [["cháng"], ["guǎn"]]})


class BadCatalog(ValueError):
    """A file that cannot be an edition; the sentence says which row and why."""


@dataclass(frozen=True)
class Definition:
    """What a catalog is called, where it comes from, and which of its columns say what."""

    key: str
    title: str
    edition: str
    source: str
    name: tuple[str, ...]
    """Columns of a line's title."""
    text: tuple[str, ...] = ()
    """Columns to read and search as text."""
    code: Callable[[Data], str] = lambda row: row["seq"]
    group: str = ""
    shown: tuple[str, ...] = ()
    """Columns of the list of its lines, beside the title."""
    note: str = ""
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    code: str
    title: str
    aliases: str
    cas: str
    group: str
    text: str
    source: str
    confidence: str
    words: str
    data: Data


@dataclass(frozen=True)
class Change:
    code: str
    title: str
    fields: dict[str, tuple[str, str]]
    """Column → (before, after)."""


@dataclass(frozen=True)
class Difference:
    """What a new edition does to the one before it."""

    added: tuple[Line, ...] = ()
    changed: tuple[Change, ...] = ()
    withdrawn: tuple[Line, ...] = ()


def lines_of(definition: Definition, rows: list[Data]) -> list[Line]:
    """Raises BadCatalog where a column is missing, a confidence is unknown or a code comes twice."""
    wanted = {*definition.name, *definition.text, "confidence"} | ({definition.group} - {""})
    if not rows or (missing := wanted - set(rows[0])):
        raise BadCatalog(f"{definition.title}：文件是空的。" if not rows else f"{definition.title}：缺少列 {missing}。")
    lines: dict[str, Line] = {}
    for number, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise BadCatalog(f"{definition.title}：第{number}行的列数与表头不一致。")
        line = line_of(definition, row)
        if not line.code or line.code in lines:
            raise BadCatalog(f"{definition.title}：第{number}行的编号“{line.code}”空着或重复。")
        if any(row[column] not in WORST_FIRST for column in confidence_columns(row)):
            raise BadCatalog(f"{definition.title}：第{number}行的可信度应为 high、medium 或 low。")
        lines[line.code] = line
    return list(lines.values())


def line_of(definition: Definition, row: Data) -> Line:
    title = " ".join(row[column] for column in definition.name if row[column])
    aliases, cas = row.get("aliases", ""), row.get("cas", "")
    return Line(
        code=definition.code(row),
        title=title,
        aliases=aliases,
        cas=cas,
        group=row[definition.group] if definition.group else "",
        text="\n".join(row[column] for column in definition.text if row[column]),
        source=row.get("verification") or row.get("name_verification", ""),
        confidence=worst(row),
        words=words(definition.code(row), title, aliases, cas),
        data=dict(row),
    )


def confidence_columns(row: Data) -> list[str]:
    return [column for column in row if column.endswith("confidence")]


def worst(row: Data) -> str:
    """A line is as sure as its least sure part."""
    found = {row[column] for column in confidence_columns(row)}
    return next((value for value in WORST_FIRST if value in found), "high")


def doubtful_parts(data: Data) -> list[str]:
    """The columns whose own confidence is low: `beta` for beta_confidence, "" for the whole line."""
    return [
        column.removesuffix("confidence").rstrip("_") for column in confidence_columns(data) if data[column] == "low"
    ]


def doubt(data: Data) -> tuple[str, str]:
    """Which part of a line is doubtful ("" for the whole of it), and where that part was taken from."""
    whole = data.get("verification") or data.get("name_verification", "")
    parts = doubtful_parts(data)
    if not parts or "" in parts:
        return "", whole
    said = (data.get(f"{parts[0]}_{column}") for column in ("verification", "note", "basis"))
    return parts[0], next(filter(None, said), whole)


def names_of(title: str, aliases: str) -> list[str]:
    """Every name a line goes by: the title with and without its brackets, and its aliases."""
    names = [title, BRACKETS.sub("", title), *re.split(r"[、；;，]", aliases)]
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


def fold(text: str) -> str:
    """Full width, capitals and spaces make no difference to a search."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).lower().replace("\0", ""))


def words(code: str, title: str, aliases: str, cas: str) -> str:
    """One word a line, with a line break at both ends: "\\nw" finds a beginning and "\\nw\\n" the whole of it."""
    names = names_of(title, aliases)
    read = [reading for name in names if len(name) <= LONGEST_NAME for reading in readings(name)]
    found = dict.fromkeys(fold(word) for word in [code, *names, *CAS.findall(cas), *read])
    return "\n" + "\n".join(word for word in found if word) + "\n"


def readings(name: str) -> list[str]:
    """液氯 → yl, yelv, yelu: initials and full pinyin of the letters in a name; nothing for one without Chinese."""
    letters = re.sub(r"[^\u4e00-\u9fffA-Za-z]", "", name)
    if letters.isascii():
        return []
    full = "".join(lazy_pinyin(letters))
    initials = "".join(lazy_pinyin(letters, style=Style.FIRST_LETTER))
    return [initials, full, full.replace("v", "u")]


def best_name(title: str, aliases: str, sought: str) -> str:
    """The name that was meant by what was typed: 液氯 of the line 氯 for `yl`."""
    word = fold(sought)
    for meets in (str.__eq__, str.startswith):
        for name in names_of(title, aliases):
            if any(meets(spelling, word) for spelling in (fold(name), *readings(name))):
                return name
    return title


def compare(before: dict[str, Line], after: dict[str, Line]) -> Difference:
    """By code; a line whose code is new is added, one whose code is gone is withdrawn."""
    changed = []
    for code in before.keys() & after.keys():
        old, new = before[code].data, after[code].data
        fields = {
            column: (old.get(column, ""), new.get(column, ""))
            for column in dict.fromkeys([*old, *new])
            if old.get(column, "") != new.get(column, "")
        }
        if fields:
            changed.append(Change(code, after[code].title, fields))
    order = list(after)
    return Difference(
        added=tuple(line for code, line in after.items() if code not in before),
        changed=tuple(sorted(changed, key=lambda change: order.index(change.code))),
        withdrawn=tuple(line for code, line in before.items() if code not in after),
    )
