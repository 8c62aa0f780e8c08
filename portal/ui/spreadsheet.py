"""Workbooks for people to download. No cell that holds somebody's text is ever a formula."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

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
