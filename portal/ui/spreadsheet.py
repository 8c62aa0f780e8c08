"""Workbooks for people to download. No cell that holds somebody's text is ever a formula."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

Cell = str | int | float | Decimal | bool | date | datetime | None
ZONE = ZoneInfo("Asia/Shanghai")
MOST_TEXT = 32_767  # Excel's limit for one cell


def safe_cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    """A cell for any value: text stays text, even when it begins with = + - @, a tab or a line break (OWASP, CSV injection).

    Such text is stored as a string and marked with quotePrefix, so that Excel keeps it a string when somebody edits the cell.
    A moment is shown in China's time, because Excel knows no zones.
    """
    if isinstance(value, datetime) and value.tzinfo:
        value = value.astimezone(ZONE).replace(tzinfo=None)
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value)).replace("\r\n", "\n").replace("\r", "\n")[:MOST_TEXT]
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    if text.startswith(("=", "+", "-", "@", "\t", "\n")):
        cell.quotePrefix = True
    return cell


def put(cell: Any, value: Any) -> Any:
    """The same of a sheet that is kept in memory: set a cell's value so that text stays text; gives the cell back."""
    cell.value = value
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:MOST_TEXT]
        cell.data_type, cell.quotePrefix = "s", value.startswith(("=", "+", "-", "@", "\t", "\n"))
    return cell


@dataclass(frozen=True)
class Blank:
    """A workbook to fill in: its columns, which of them must be filled, what each offers in a drop-down, and how it is filled."""

    title: str
    headers: Sequence[str]
    needed: Collection[str]
    options: Mapping[str, Sequence[str]]
    notes: Sequence[str]
    widths: Mapping[str, int]
    dates: Collection[str] = ()
    frozen: str = "A2"


LISTS = "选项"
SPARE_ROWS = 500  # rows with drop-downs below those already filled in


def write_blank(stream: BinaryIO, blank: Blank, rows: Iterable[Sequence[Any]] = ()) -> int:
    """The workbook with what is already known filled in and a drop-down wherever there is a choice. Returns its rows."""
    book = Workbook()
    sheet, lists = book.active, book.create_sheet(LISTS)
    sheet.title, lists.sheet_state = blank.title, "hidden"
    sheet.freeze_panes = blank.frozen
    for number, header in enumerate(blank.headers, 1):
        cell = sheet.cell(1, number, header)
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="center")
        cell.fill = PatternFill("solid", fgColor="FFF2CC" if header in blank.needed else "EAF1FB")
        sheet.column_dimensions[get_column_letter(number)].width = blank.widths.get(header, 14)
    count = 0
    for count, row in enumerate(rows, 1):
        for number, value in enumerate(row, 1):
            put(sheet.cell(count + 1, number), value)
    last = count + 1 + SPARE_ROWS
    for header in blank.dates:
        for line in range(2, last + 1):
            sheet.cell(line, blank.headers.index(header) + 1).number_format = "yyyy-mm-dd"
    ranges: dict[tuple[str, ...], str] = {}
    for header, choices in blank.options.items():
        if (known := tuple(choices)) not in ranges:
            column = len(ranges) + 1
            for line, choice in enumerate(choices, 1):
                cell = lists.cell(line, column, choice)
                cell.data_type = "s"
            letter, name = get_column_letter(column), f"choices_{column}"
            book.defined_names[name] = DefinedName(
                name, attr_text=f"'{LISTS}'!${letter}$1:${letter}${max(len(choices), 1)}"
            )
            ranges[known] = name
        rule = DataValidation("list", formula1=f"={ranges[known]}", allow_blank=True, showErrorMessage=True)
        rule.errorTitle, rule.error = "请从下拉列表中选择", "这一栏只能从下拉列表中选择，或留空。"
        letter = get_column_letter(blank.headers.index(header) + 1)
        rule.add(f"{letter}2:{letter}{last}")
        sheet.add_data_validation(rule)
    note = book.create_sheet("填写说明")
    note.column_dimensions["A"].width = 100
    for line, text in enumerate(blank.notes, 1):
        note.cell(line, 1, text).alignment = Alignment(wrap_text=True)
    book.save(stream)
    return count


def safe_workbook(
    stream: BinaryIO,
    headers: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str = "Sheet1",
    widths: Sequence[int] = (),
    about: Callable[[int], Iterable[Sequence[Cell]]] | None = None,
) -> int:
    """Write an xlsx row by row, in constant memory, with a frozen bold header. Returns how many rows were written.

    `about`, told that number, gives the lines of a second sheet that says what the first one holds.
    """
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    sheet.freeze_panes = "A2"
    for column, header in enumerate(headers, 1):
        width = widths[column - 1] if column <= len(widths) else min(max(len(header) * 2 + 2, 10), 40)
        sheet.column_dimensions[get_column_letter(column)].width = width
    top = [safe_cell(sheet, header) for header in headers]
    for cell in top:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.append(top)
    count = 0
    try:
        for row in rows:
            sheet.append([safe_cell(sheet, value) for value in row])
            count += 1
    except BaseException:
        # Else its half-written temporary file is finished by the garbage collector, after it was closed.
        sheet.close()
        raise
    if about:
        note = workbook.create_sheet("说明")
        note.column_dimensions["A"].width, note.column_dimensions["B"].width = 14, 80
        for line in about(count):
            note.append([safe_cell(note, value) for value in line])
    workbook.save(stream)
    return count
