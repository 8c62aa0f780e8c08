"""Finding the ledger: which sheet, where its header is, and which column is which field, by name."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

from . import normalise
from .fields import BARE_PHONE, ENTERPRISES, Field, Vocabulary
from .normalise import fold, tidy
from .read import Sheet, Workbook

DEEPEST_HEADER = 30
BELOW = " › "
ENOUGH = 45  # a column whose name scores less is left unmapped


class NoHeader(ValueError):
    """No sheet has a header with the enterprise's name or code; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Mapping:
    """Where the ledger stands in a workbook and which column is which field."""

    sheet: str
    header_row: int
    """Excel number of the header's last row; the data begin below it."""
    columns: dict[str, int]
    """Field → column, 0 = A."""
    headers: tuple[str, ...]
    """The header of each column, group and own text (主要负责人 › 手机)."""
    hidden: tuple[int, ...] = ()
    rivals: dict[str, list[int]] = field(default_factory=dict)
    """Field → other columns whose name would also do."""

    @property
    def unmapped(self) -> list[int]:
        """Columns with a header that no field takes."""
        used = set(self.columns.values())
        return [column for column, header in enumerate(self.headers) if header and column not in used]

    @property
    def signature(self) -> str:
        """The same for every sheet with these headers in this order; under it a mapping can be remembered."""
        return hashlib.sha256("\n".join(map(fold, self.headers)).rstrip("\n").encode()).hexdigest()

    def with_columns(self, columns: Table[str, int | None], among: Vocabulary = ENTERPRISES) -> "Mapping":
        """The same sheet with the columns somebody chose. ValueError on an unknown field, a column that is not there or used twice."""
        chosen = {name: column for name, column in columns.items() if column is not None}
        for name, column in chosen.items():
            stem, _, number = name.partition(".")
            if stem not in among.fields or (number and stem not in among.lists):
                raise ValueError(f"没有“{name}”这个字段。")
            if not 0 <= column < len(self.headers):
                raise ValueError(f"“{among.fields[stem].label}{number}”所选的列不在表格里。")
        if len(set(chosen.values())) < len(chosen):
            raise ValueError("同一列不能对应两个字段。")
        return replace(self, columns=chosen)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Mapping":
        return cls(**data | {"headers": tuple(data["headers"]), "hidden": tuple(data["hidden"])})


def find_ledger(workbook: Workbook) -> Mapping:
    """The sheet that looks most like a ledger. NoHeader when none does."""
    found = ledgers(workbook)
    if not found:
        raise NoHeader("没有找到表头：工作簿里没有一张表的表头含有“企业名称”和“统一社会信用代码”。请检查后再上传。")
    return found[0]


def ledgers(workbook: Workbook, kind: Vocabulary = ENTERPRISES) -> list[Mapping]:
    """Every sheet with a ledger's header (`kind`: of another vocabulary), likeliest first: by header, then by rows; hidden and sample sheets last."""
    ranked: list[tuple[bool, bool, int, int, int, Mapping]] = []
    for sheet in workbook.sheets:
        found = _map(sheet, kind)
        if found:
            score, mapping = found
            shadow = not sheet.visible or bool(re.search(r"样表|示例|模板|范例|说明|旧|作废|备份", sheet.name))
            filled = sum(any(tidy(v) for v in row) for row in sheet.rows[mapping.header_row :])
            ranked.append((filled == 0, shadow, -round(score / 100), -filled, len(ranked), mapping))
    return [entry[5] for entry in sorted(ranked, key=lambda entry: entry[:5])]


def examples(sheet: Sheet, mapping: Mapping, column: int, count: int = 3) -> list[str]:
    """The first few different values of a column, as written."""
    found = dict.fromkeys(tidy(sheet.own(row, column)) for row in range(mapping.header_row, len(sheet.rows)))
    return [value for value in found if value][:count]


def _map(sheet: Sheet, kind: Vocabulary) -> tuple[float, Mapping] | None:
    """The best reading of a sheet's first rows as a header of one to three rows."""
    best: tuple[float, int, int] | None = None
    for bottom in range(min(DEEPEST_HEADER, len(sheet.rows))):
        for height in range(1, min(3, bottom + 1) + 1):
            score = _promise(_paths(sheet, bottom, height), kind)
            if score and (best is None or score > best[0]):
                best = (score, bottom, height)
    if best is None:
        return None
    _, bottom, height = best
    paths = _paths(sheet, bottom, height)
    columns, rivals, score = _assign(sheet, paths, bottom + 1, kind)
    if not kind.knows(columns):
        return None
    headers = tuple(BELOW.join(part for part in path if part) for path in paths)
    hidden = tuple(sorted(column for column in sheet.hidden_columns if column < len(headers)))
    return score, Mapping(sheet.name, bottom + 1, columns, headers, hidden, rivals)


Path = tuple[str, str]
"""(group headers above, the column's own header)"""


def _paths(sheet: Sheet, bottom: int, height: int) -> list[Path]:
    width = sheet.width
    above: list[list[str]] = [[] for _ in range(width)]
    own = [tidy(sheet.shown(bottom, column)) for column in range(width)]
    for row in range(bottom - height + 1, bottom):
        texts = _group_row(sheet, row, own)
        for column, text in enumerate(texts):
            if text and text != own[column] and text not in above[column]:
                if own[column]:
                    above[column].append(text)
                else:
                    own[column] = text
    return [(BELOW.join(groups), text) for groups, text in zip(above, own, strict=True)]


def _group_row(sheet: Sheet, row: int, below: Sequence[str]) -> list[str]:
    """The group header over each column, carried to the right where nobody merged it; titles over the whole table left out."""
    width = sheet.width
    texts: list[str] = []
    for column in range(width):
        first = sheet.merges.get((row, column), (row, column))
        text = tidy(sheet.own(*first))
        if sheet.spans.get(first, 1) > max(width * 0.6, 4):
            text = ""
        elif not text and column and below[column] and (row, column) not in sheet.merges:
            left = sheet.spans.get(sheet.merges.get((row, column - 1), (row, column - 1)), 1)
            text = texts[-1] if left == 1 and below[column - 1] and texts[-1] != below[column - 1] else ""
        texts.append(text)
    return texts if len({t for t in texts if t}) > 1 else [""] * width


def over(sheet: Sheet, mapping: Mapping, column: int) -> list[str]:
    """A column's own header and what stands in the two rows above it; titles over the whole table left out."""
    found = []
    for row in range(max(mapping.header_row - 3, 0), mapping.header_row):
        first = sheet.merges.get((row, column), (row, column))
        if sheet.spans.get(first, 1) <= max(sheet.width * 0.6, 4):
            found.append(tidy(sheet.own(*first)))
    return found


def _promise(paths: Iterable[Path], kind: Vocabulary) -> float:
    """How much a row looks like a ledger's header: the sum of each field's best score; 0 when it does not at all."""
    best: dict[str, float] = {}
    for path in paths:
        for name, score in _scores(kind, *path):
            best[name] = max(best.get(name, 0), score)
    named = {name for name, score in best.items() if score >= ENOUGH}
    return sum(best.values()) if kind.knows(named) and len(named) >= 3 else 0


NOISE = re.compile(
    r"\(.*?\)|\[.*?\]|【.*?】|[*:★\"“”'、。]|^\d+[.、]|^(涉及的?|企业所属)(?=.{2})|/("
    + "|".join(normalise.UNITS)
    + ")$"
)


def _bare(header: str) -> str:
    """A header without brackets, numbering, stars, units and qualifiers that say nothing."""
    return NOISE.sub("", fold(header)) or fold(header)


@lru_cache(maxsize=4096)
def _scores(kind: Vocabulary, group: str, own: str) -> tuple[tuple[str, int], ...]:
    """Every field the header could mean, with its score."""
    if not own or len(own) > 40:
        return ()
    bare = re.sub(r"[\d①-⑳一二三四五]$", "", _bare(own)) or _bare(own)
    above = BELOW.join(_bare(part) for part in group.split(BELOW))
    found = []
    for name, entry in kind.fields.items():
        if entry.never and re.search(entry.never, bare):
            continue
        fitting = [s for s, pattern, over in entry.rules if re.fullmatch(pattern, bare) and re.search(over, above)]
        if fitting:
            found.append((name, max(fitting)))
    return tuple(found)


def _assign(
    sheet: Sheet, paths: list[Path], first: int, kind: Vocabulary
) -> tuple[dict[str, int], dict[str, list[int]], float]:
    """Give each field its best column: by header, then by how well the first rows fit."""
    offers = []
    for column, path in enumerate(paths):
        for name, by_name in _scores(kind, *path):
            score: float = by_name + _fit(kind.fields[name], sheet, column, first)
            if column in sheet.hidden_columns:
                score -= 20
            if score >= ENOUGH:
                offers.append((-score, column, name))
    columns: dict[str, int] = {}
    rivals: dict[str, list[int]] = {}
    total = 0.0
    for negative, column, name in sorted(offers):
        if name in columns:
            rivals.setdefault(name, []).append(column)
        elif column not in columns.values():
            columns[name] = column
            total -= negative
    _phones(paths, columns, kind.people)
    _repeated(paths, columns, kind.lists)
    rivals = {name: [c for c in rest if c not in columns.values()] for name, rest in rivals.items()}
    return columns, {name: rest for name, rest in rivals.items() if rest}, total


def _fit(entry: Field, sheet: Sheet, column: int, first: int) -> float:
    """+10 when all of the first values could be the field's, −50 when none of three or more could."""
    if entry.fits is None:
        return 0
    values = [sheet.own(row, column) for row in range(first, min(first + 60, len(sheet.rows)))]
    values = [
        value for value in values if not normalise.says_nothing(fold(value)) and fold(value) not in normalise.NONE_WORDS
    ]
    if not values:
        return 0
    share = sum(map(entry.fits, values)) / len(values)
    return -50 if share == 0 and len(values) >= 3 else 10 * share


def _phones(paths: list[Path], columns: dict[str, int], people: Iterable[str]) -> None:
    """A column headed only 手机 or 联系电话 belongs to the person in the nearest column to its left."""
    for column, (_, own) in enumerate(paths):
        if column in columns.values() or not BARE_PHONE.fullmatch(_bare(own)):
            continue
        left = max((c for p in people if (c := columns.get(p, -1)) < column), default=-1)
        for person in people:
            if columns.get(person, -1) == left >= 0 and f"{person}_phone" not in columns:
                columns[f"{person}_phone"] = column


def _repeated(paths: list[Path], columns: dict[str, int], lists: Iterable[str]) -> None:
    """Substances side by side: columns headed like the substance's own columns, apart from a number, come in further sets."""
    stems = [re.sub(r"\d+$", "", BELOW.join(map(_bare, path))) for path in paths]
    for name in lists:
        if name in columns:
            again = [c for c, stem in enumerate(stems) if stem == stems[columns[name]] and c not in columns.values()]
            for number, column in enumerate(again, 2):
                columns[f"{name}.{number}"] = column
