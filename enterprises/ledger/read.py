"""Opening what a stranger uploaded: look at the zip first, keep only what a table needs, then let calamine read the values.

The archive calamine gets is written anew from the parts that were checked here, so that the two cannot disagree about what
is in it (sizes that lie, an entry twice, a directory that differs from its entries).
"""

import csv
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from .vetting import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_FILE,
    MAX_MERGED,
    MAX_ROWS,
    Scan,
    UnreadableWorkbook,
    parts_of,
    scan_part,
)

Value = str | int | float | bool | date | datetime | time | timedelta | None


@dataclass(frozen=True)
class Sheet:
    """One sheet, laid out from A1: `rows[r][c]` is what stands in Excel row r + 1, column c (0 = A); all rows equally long."""

    name: str
    rows: Sequence[Sequence[Value]]
    visible: bool = True
    hidden_columns: frozenset[int] = frozenset()
    merges: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict, repr=False)
    """Every cell covered by a merged range (other than its first) → the first cell of the range."""
    spans: dict[tuple[int, int], int] = field(default_factory=dict, repr=False)
    """First cell of a merged range → how many columns it spans."""

    @cached_property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    def own(self, row: int, column: int) -> Value:
        """What stands in this very cell; nothing in a cell that a merged range covers."""
        return self.rows[row][column]

    def shown(self, row: int, column: int) -> Value:
        """What a reader of the sheet sees there: a merged range shows its first cell."""
        return self.own(*self.merges.get((row, column), (row, column)))

    def joined_above(self, row: int, column: int) -> bool:
        """Is this cell merged with the one above it?"""
        first = self.merges.get((row, column))
        return first is not None and first[0] < row


@dataclass(frozen=True)
class Workbook:
    filename: str
    sheets: tuple[Sheet, ...]

    def __getitem__(self, name: str) -> Sheet:
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)


def open_workbook(data: bytes, filename: str = "") -> Workbook:
    """Read an .xlsx, or a CSV (UTF-8, UTF-16 or GBK). UnreadableWorkbook for anything else, and for anything dangerous."""
    if len(data) > MAX_FILE:
        raise UnreadableWorkbook(f"文件超过 {MAX_FILE >> 20} MB，请只保留企业台账后再上传。")
    if not data.strip():
        raise UnreadableWorkbook("文件是空的。")
    if data.startswith(b"PK"):
        sheets = list(_sheets(parts_of(data)))
    elif data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UnreadableWorkbook("工作簿设有打开密码，无法读取。请取消密码后再上传。")
        raise UnreadableWorkbook("这是旧版 .xls 格式的文件，请在 Excel 或 WPS 中另存为 .xlsx 后再上传。")
    elif re.match(rb"(\xef\xbb\xbf)?\s*<", data):
        raise UnreadableWorkbook(
            "这不是 Excel 工作簿，而是改了扩展名的网页或 XML 文件。请用 Excel 打开后另存为 .xlsx。"
        )
    elif data.startswith(b"%PDF"):
        raise UnreadableWorkbook("这是 PDF 文件，请上传 .xlsx 工作簿。")
    elif filename.lower().endswith((".csv", ".txt")):
        sheets = [_csv(data)]
    else:
        raise UnreadableWorkbook("这不是 .xlsx 工作簿，请在 Excel 或 WPS 中另存为 .xlsx 后再上传。")
    if not any(sheet.rows for sheet in sheets):
        raise UnreadableWorkbook("工作簿里没有内容。")
    return Workbook(filename, tuple(sheets))


def _sheets(parts: dict[str, bytes]) -> Iterator[Sheet]:
    scans = {name: scan_part(name, part) for name, part in parts.items()}
    if sum(scan.area for scan in scans.values()) > MAX_CELLS:
        raise UnreadableWorkbook("表格太大。请只保留企业台账后再上传。")
    paths = _sheet_paths(parts)
    try:
        book = CalamineWorkbook.from_filelike(_repack(parts))
        for about in book.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            found = book.get_sheet_by_name(about.name)
            rows: list[list[Value]] = [[*row] for row in found.to_python(skip_empty_area=False)] if found.start else []
            scan = scans.get(paths.get(about.name, ""), Scan())
            for (row, column), text in scan.formulas.items():
                if row < len(rows) and column < len(rows[0]) and rows[row][column] == "":
                    rows[row][column] = text
            merges, spans = _merge(found.merged_cell_ranges or [], rows)
            visible = about.visible == SheetVisibleEnum.Visible
            yield Sheet(about.name, rows, visible, frozenset(scan.hidden), merges, spans)
    except UnreadableWorkbook:
        raise
    except BaseException as problem:
        # A panic inside calamine (a date beyond all calendars) is no Exception, and its class is not importable.
        if isinstance(problem, CalamineError | OSError | ValueError) or type(problem).__name__ == "PanicException":
            raise UnreadableWorkbook("文件已损坏，无法读取其中的表格。请在 Excel 中重新保存后再上传。") from problem
        raise


def _sheet_paths(parts: dict[str, bytes]) -> dict[str, str]:
    """Sheet name → name of its part."""
    targets: dict[str, str] = {}
    for link in _elements(parts.get("xl/_rels/workbook.xml.rels"), "Relationship"):
        target = link.get("Target", "")
        targets[link.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return {
        sheet.get("name", ""): targets.get(value, "")
        for sheet in _elements(parts.get("xl/workbook.xml"), "sheet")
        for key, value in sheet.attrib.items()
        if key.endswith("}id")
    }


def _elements(part: bytes | None, tag: str) -> list[Element]:
    if part is None:
        return []
    try:
        return [e for e in fromstring(part, forbid_dtd=True).iter() if e.tag.rpartition("}")[2] == tag]
    except (ParseError, DefusedXmlException, ValueError) as problem:
        raise UnreadableWorkbook("文件已损坏，无法打开。请在 Excel 中重新保存后再上传。") from problem


def _repack(parts: dict[str, bytes]) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    stream.seek(0)
    return stream


def _merge(
    ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], rows: Sequence[list[Value]]
) -> tuple[dict[tuple[int, int], tuple[int, int]], dict[tuple[int, int], int]]:
    """Sheet.merges and Sheet.spans; empties the covered cells, in which some writers leave old values."""
    merges: dict[tuple[int, int], tuple[int, int]] = {}
    spans: dict[tuple[int, int], int] = {}
    height, width = len(rows), len(rows[0]) if rows else 0
    inside = [(top, left, min(bottom, height - 1), min(right, width - 1)) for (top, left), (bottom, right) in ranges]
    if sum(max(bottom - top + 1, 0) * max(right - left + 1, 0) for top, left, bottom, right in inside) > MAX_MERGED:
        raise UnreadableWorkbook("合并单元格太多，不是正常的台账。请取消合并后再上传。")
    for top, left, bottom, right in inside:
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) == (top, left):
                    spans[top, left] = right - left + 1
                else:
                    merges[row, column] = (top, left)
                    rows[row][column] = None
    return merges, spans


def _csv(data: bytes) -> Sheet:
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableWorkbook("无法识别文件的编码，请另存为 .xlsx 或 UTF-8 编码的 CSV 后再上传。")
    if "\0" in text:
        raise UnreadableWorkbook("这不是文本文件，请上传 .xlsx 工作簿。")
    delimiter = max(",\t;", key=text[:10_000].count)
    rows: list[list[Value]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([*row])
            if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS:
                raise UnreadableWorkbook(f"表格超出了台账的范围（{MAX_ROWS}行、{MAX_COLUMNS}列）。")
    except csv.Error as problem:
        raise UnreadableWorkbook("CSV 文件的格式不对，请另存为 .xlsx 后再上传。") from problem
    width = max(map(len, rows), default=0)
    if len(rows) * width > MAX_CELLS:
        raise UnreadableWorkbook("表格太大。请只保留企业台账后再上传。")
    return Sheet("CSV", [row + [None] * (width - len(row)) for row in rows])
