"""Which rows of a sheet make an enterprise, and which are no enterprise at all."""

import re
from collections.abc import Iterable, Iterator, Sequence

from . import normalise, uscc
from .columns import BELOW, Mapping
from .fields import LIST_FIELDS
from .normalise import fold, tidy
from .read import Sheet
from .verdict import Ignored

TOTAL = re.compile(r".{0,15}(合计|小计|总计|共计|累计|汇总)(数|[:：]?\(?(共|约)?[\d.,]*[家户个条]?\)?)?[:：]?")
FOOTER = re.compile(
    r"(填表|填报|制表|审核|审批|复核|经办|报送|统计|联系|单位)(人|单位|日期|时间|负责人|领导|电话)?(\(.*?\))?[:：].*"
    r"|(备注|附注|注|说明|填表说明|填报说明|提示|示例|例)\d?[:：].*|注\d?[、.].*|第\d+页.*|共\d+页.*"
)
SECTION = re.compile(
    r"(\(?[一二三四五六七八九十]+\)?[、.]|第[一二三四五六七八九十]+[章节部]).*|.{2,15}[(（:：]?(共|计)?\d+[家户]\)?"
)


def enterprises(sheet: Sheet, mapping: Mapping, ignored: list[Ignored]) -> Iterator[list[int]]:
    """The rows of each enterprise, 0-based: merged together, or with only further substances and processes below the first."""
    columns = mapping.columns
    lists = [c for name, c in columns.items() if name.partition(".")[0] in (*LIST_FIELDS, "processes")]
    identity = [columns[name] for name in ("name", "code") if name in columns]
    serial = columns.get("serial", -1)
    weak = {serial, columns.get("remark", -1), *lists, *(c for c in range(sheet.width) if c not in columns.values())}
    firm = [c for c in columns.values() if c not in weak]
    titles = [fold(header.rpartition(BELOW)[2]) for header in mapping.headers]
    current: list[int] = []

    def has(row: int, column: int) -> bool:
        return not normalise.says_nothing(fold(sheet.own(row, column)))

    def filled(row: int) -> list[tuple[int, str]]:
        return [(column, text) for column, value in enumerate(sheet.rows[row]) if (text := fold(value))]

    def is_further(row: int) -> bool:
        """Does the row go on with the enterprise above?"""
        blank = [c for c in identity if not has(row, c)]
        if len(blank) == len(identity):
            joined = any(sheet.joined_above(row, c) for c in identity)
            if joined or (serial >= 0 and sheet.joined_above(row, serial)):
                return True
            return (
                any(has(row, c) for c in lists)
                and not any(has(row, c) for c in (*firm, serial) if c >= 0)
                and not any(TOTAL.fullmatch(text) or FOOTER.fullmatch(text) for _, text in filled(row))
            )
        # Nothing merged: the whole line repeated for each substance.
        top = current[0]
        return (
            any(has(row, c) for c in lists)
            and all(fold(sheet.own(row, c)) in ("", fold(sheet.shown(top, c))) for c in (*firm, serial) if c >= 0)
            and all(fold(sheet.own(row, c)) == fold(sheet.own(top, c)) for c in identity)
            and all(any(fold(sheet.own(row, c)) != fold(sheet.own(r, c)) for c in lists) for r in current)
        )

    for row in range(mapping.header_row, len(sheet.rows)):
        cells = filled(row)
        if current and is_further(row):
            current.append(row)
            continue
        if not cells:
            continue
        why = _no_enterprise(cells, identity, columns, firm, titles)
        if why:
            ignored.append(Ignored(row + 1, tidy(sheet.own(row, cells[0][0])), why))
            continue
        if current:
            yield current
        current = [row]
    if current:
        yield current


def _no_enterprise(
    cells: Sequence[tuple[int, str]],
    identity: Sequence[int],
    columns: dict[str, int],
    firm: Sequence[int],
    titles: Sequence[str],
) -> str:
    """Why a row that starts nothing is no enterprise; "" when it is one."""
    if again := header_again(cells, titles):
        return again
    code = dict(cells).get(columns.get("code", -1), "")
    if uscc.is_valid(normalise.code(code)):
        return ""
    leading = {cells[0][1], dict(cells).get(columns.get("name", -1), "")}
    if words := no_record(leading):
        return words
    facts = [c for c, text in cells if c in firm and not normalise.says_nothing(text)]
    if not any(c in identity for c in facts) and len(facts) < 2:
        return "没有企业信息"
    if len(cells) == 1 and SECTION.fullmatch(cells[0][1]):
        return "小标题"
    return ""


def header_again(cells: Sequence[tuple[int, str]], titles: Sequence[str]) -> str:
    """Whether a row repeats the header, or numbers its columns; cells and titles folded."""
    if sum(c < len(titles) and text == titles[c] for c, text in cells) >= max(2, len(cells) * 0.6):
        return "重复的表头"
    if len(cells) >= 3 and all(re.fullmatch(r"\(?\d{1,3}\)?", text) for _, text in cells):
        numbers = [int(text.strip("()")) for _, text in cells]
        if numbers == list(range(numbers[0], numbers[0] + len(cells))):
            return "列号"
    return ""


def no_record(leading: Iterable[str]) -> str:
    """Whether one of a row's leading cells says that it is a total, or a note below the table."""
    if any(TOTAL.fullmatch(text) for text in leading):
        return "合计行"
    return "填表说明或落款" if any(FOOTER.fullmatch(text) for text in leading) else ""
