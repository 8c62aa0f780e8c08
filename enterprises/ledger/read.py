"""Opening what a stranger uploaded: look at the zip first, keep only what a table needs, then let calamine read the values.

The archive calamine gets is written anew from the parts that were checked here, so that the two cannot disagree about what
is in it (sizes that lie, an entry twice, a directory that differs from its entries).
"""

import csv
import io
import posixpath
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree.ElementTree import Element, ParseError
from xml.parsers import expat

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

Value = str | int | float | bool | date | datetime | time | timedelta | None

MAX_FILE = 20 * 2**20
MAX_ENTRIES = 1_000
MAX_UNPACKED = 60 * 2**20
MAX_RATIO = 200  # a ledger packs about 10 : 1, a very repetitive one 40 : 1
MAX_ROWS = 30_000
MAX_COLUMNS = 256
MAX_CELLS = 3_000_000  # rows × columns of the rectangle calamine lays out, all sheets together
MAX_TAGS = 4_000_000

# Parts a table does not need. They are dropped unread.
IDLE = re.compile(
    r"(docProps|customXml|xl/(media|drawings|charts|theme|pivot\w*|externalLinks|embeddings|ctrlProps|printerSettings|queryTables|"
    r"comments\w*|threadedComments|persons|slicers?|slicerCaches|calcChain\.xml|connections\.xml|metadata\.xml))(/|$|\d*\.xml)",
    re.IGNORECASE,
)
CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


class UnreadableWorkbook(ValueError):
    """The file cannot be read as a ledger; the message is a Chinese sentence for the user."""


@dataclass(frozen=True)
class Sheet:
    """One sheet, laid out from A1: `rows[r][c]` is what stands in Excel row r + 1, column c (0 = A)."""

    name: str
    rows: Sequence[Sequence[Value]]
    visible: bool = True
    hidden_columns: frozenset[int] = frozenset()
    merges: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict, repr=False)
    """Every cell covered by a merged range (other than its first) → the first cell of the range."""
    spans: dict[tuple[int, int], int] = field(default_factory=dict, repr=False)
    """First cell of a merged range → how many columns it spans."""

    @property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)

    def own(self, row: int, column: int) -> Value:
        """What stands in this very cell; nothing in a cell that a merged range covers."""
        if (row, column) in self.merges or column >= len(self.rows[row]):
            return None
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
        sheets = list(_sheets(_parts(data)))
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


def _parts(data: bytes) -> dict[str, bytes]:
    """The parts of the package that a table needs, unpacked within limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _look_at(entries, len(data))
            parts: dict[str, bytes] = {}
            budget = MAX_UNPACKED
            for entry in entries:
                name = entry.filename.replace("\\", "/")  # some old .NET writers
                if not name.lower().endswith((".xml", ".rels")) or IDLE.match(name):
                    continue
                with archive.open(entry) as stream:
                    parts[name] = stream.read(budget + 1)
                budget -= len(parts[name])
                if budget < 0:
                    raise UnreadableWorkbook(_too_much())
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as problem:
        if isinstance(problem, UnreadableWorkbook):
            raise
        raise UnreadableWorkbook("文件已损坏，无法打开。请在 Excel 中重新保存后再上传。") from problem
    if "xl/workbook.xml" not in parts:
        raise UnreadableWorkbook("这不是 .xlsx 工作簿，请在 Excel 或 WPS 中另存为 .xlsx 后再上传。")
    return parts


def _look_at(entries: list[zipfile.ZipInfo], packed: int) -> None:
    """What the zip's directory says about itself, before anything is unpacked."""
    if len(entries) > MAX_ENTRIES:
        raise UnreadableWorkbook(f"文件里有 {len(entries)} 个部件，不是正常的工作簿。")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise UnreadableWorkbook(_too_much())
    names = set()
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if entry.flag_bits & 0x1:
            raise UnreadableWorkbook("工作簿是加密的，无法读取。请取消密码后再上传。")
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise UnreadableWorkbook("文件里有指向外部路径的部件，已拒绝。")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise UnreadableWorkbook("文件里有符号链接，已拒绝。")
        if name.lower() in names:
            raise UnreadableWorkbook("文件里有重名的部件，已拒绝。")
        names.add(name.lower())
        if entry.file_size > 2**20 and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise UnreadableWorkbook("文件的压缩比异常，不是正常的工作簿，已拒绝。")
        if name.lower().endswith("vbaproject.bin"):
            raise UnreadableWorkbook("这是含宏的工作簿，请另存为不含宏的 .xlsx 后再上传。")
        if name == "xl/workbook.bin":
            raise UnreadableWorkbook("这是 .xlsb 格式的工作簿，请另存为 .xlsx 后再上传。")


def _too_much() -> str:
    return f"文件解开后超过 {MAX_UNPACKED >> 20} MB。请删去图片、多余的工作表和表格下方带格式的空行后再上传。"


def _sheets(parts: dict[str, bytes]) -> Iterator[Sheet]:
    scans = {name: _scan(name, part) for name, part in parts.items()}
    if sum(scan.area for scan in scans.values()) > MAX_CELLS:
        raise UnreadableWorkbook("表格太大。请只保留企业台账后再上传。")
    paths = _sheet_paths(parts)
    try:
        book = CalamineWorkbook.from_filelike(_repack(parts))
        for about in book.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            found = book.get_sheet_by_name(about.name)
            rows: list[list[Value]] = found.to_python(skip_empty_area=False) if found.start else []
            scan = scans.get(paths.get(about.name, ""), _Scan())
            for (row, column), text in scan.formulas.items():
                if row < len(rows) and column < len(rows[row]) and rows[row][column] == "":
                    rows[row][column] = text
            merges, spans = _merges(found.merged_cell_ranges or [], rows)
            visible = about.visible == SheetVisibleEnum.Visible
            yield Sheet(about.name, rows, visible, frozenset(scan.hidden), merges, spans)
    except (CalamineError, OSError, ValueError) as problem:
        if isinstance(problem, UnreadableWorkbook):
            raise
        raise UnreadableWorkbook("文件已损坏，无法读取其中的表格。请在 Excel 中重新保存后再上传。") from problem


@dataclass
class _Scan:
    """What one XML part says about the shape of a sheet, before calamine lays it out in memory."""

    area: int = 0
    hidden: set[int] = field(default_factory=set)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    """Formula cells, as "=…": shown where the file carries no computed value (calamine gives an empty cell)."""


def _scan(name: str, part: bytes) -> _Scan:
    """Stream through a part once: no document type, not too many tags, no cell too far out."""
    scan = _Scan()
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def no_doctype(*_: Any) -> None:
        raise UnreadableWorkbook("文件里有自定义的 XML 实体或文档类型，已拒绝。")

    parser.StartDoctypeDeclHandler = no_doctype
    parser.EntityDeclHandler = no_doctype
    tags = row = column = last_row = last_column = 0
    before = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal tags, row, column, last_row, last_column, before
        tags += 1
        if tags > MAX_TAGS:
            raise UnreadableWorkbook("表格太大。请只保留企业台账后再上传。")
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag == "c":
            place = attributes.get("r")
            if place is None:
                column += 1
            elif found := CELL.fullmatch(place):
                letters = found[1]
                column = ord(letters) - 64 if len(letters) == 1 and letters <= "Z" else _column(letters)
                row = int(found[2])
            else:
                raise UnreadableWorkbook("文件已损坏：单元格的位置不对。请在 Excel 中重新保存后再上传。")
        elif tag == "v" or tag == "is":
            # Only cells with a value count: whole rows and columns that merely carry a format are common.
            if row > MAX_ROWS or column > MAX_COLUMNS:
                raise UnreadableWorkbook(
                    f"第{row}行第{column}列有内容，超出了台账的范围（{MAX_ROWS}行、{MAX_COLUMNS}列）。请删去后再上传。"
                )
            last_row = max(last_row, row)
            last_column = max(last_column, column)
        elif tag == "row":
            row = (
                int(attributes["r"])
                if attributes.get("r", "").isascii() and attributes.get("r", "").isdigit()
                else row + 1
            )
            column = 0
        elif tag == "f" and before == "c":
            formula: list[str] = []
            at = (row - 1, column - 1)

            def end(_: str) -> None:
                if formula:
                    scan.formulas[at] = "=" + "".join(formula)
                parser.CharacterDataHandler = None
                parser.EndElementHandler = None

            parser.CharacterDataHandler = formula.append
            parser.EndElementHandler = end
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes.get("min", 0)), int(attributes.get("max", 0))
            scan.hidden.update(range(first - 1, min(last, MAX_COLUMNS)))
        before = tag

    parser.StartElementHandler = start
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError, LookupError) as problem:
        if isinstance(problem, UnreadableWorkbook):
            raise
        raise UnreadableWorkbook("文件已损坏，无法读取其中的表格。请在 Excel 中重新保存后再上传。") from problem
    scan.area = last_row * last_column
    return scan


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


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


def _merges(
    ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], rows: Sequence[Sequence[Value]]
) -> tuple[dict[tuple[int, int], tuple[int, int]], dict[tuple[int, int], int]]:
    merges: dict[tuple[int, int], tuple[int, int]] = {}
    spans: dict[tuple[int, int], int] = {}
    height, width = len(rows), max(map(len, rows), default=0)
    covered = 0
    for (top, left), (bottom, right) in ranges:
        bottom, right = min(bottom, height - 1), min(right, width - 1)
        covered += max(bottom - top + 1, 0) * max(right - left + 1, 0)
        if covered > MAX_CELLS:
            raise UnreadableWorkbook("合并单元格太多，不是正常的台账。请取消合并后再上传。")
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                merges[row, column] = (top, left)
        if merges.pop((top, left), None):
            spans[top, left] = right - left + 1
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
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([*row])
            cells += len(row)
            if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS or cells > MAX_CELLS:
                raise UnreadableWorkbook(f"表格超出了台账的范围（{MAX_ROWS}行、{MAX_COLUMNS}列）。")
    except csv.Error as problem:
        raise UnreadableWorkbook("CSV 文件的格式不对，请另存为 .xlsx 后再上传。") from problem
    return Sheet("CSV", rows)
