"""Looking at an uploaded package before anything reads it: the zip's directory, the size unpacked, the shape of each sheet."""

import io
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

MAX_FILE = 20 * 2**20
MAX_ENTRIES = 1_000
MAX_UNPACKED = 120 * 2**20
MAX_RATIO = 200  # a ledger packs about 10 : 1, a very repetitive one 40 : 1
MAX_ROWS = 80_000
MAX_COLUMNS = 256
MAX_CELLS = 4_000_000  # rows × columns of the rectangle calamine lays out, all sheets together
MAX_MERGED = 1_000_000  # cells covered by merged ranges, one sheet
MAX_TAGS = 4_000_000  # one part; 60,000 rows of 25 cells have about 3,000,000

# Parts a table does not need. They are dropped unread.
IDLE = re.compile(
    r"(docProps|customXml|xl/(media|drawings|charts|theme|pivot\w*|externalLinks|embeddings|ctrlProps|printerSettings|queryTables|"
    r"comments\w*|threadedComments|persons|slicers?|slicerCaches|calcChain\.xml|connections\.xml|metadata\.xml))(/|$|\d*\.xml)",
    re.IGNORECASE,
)
# A cell with a place and a format and nothing in it; a sheet formatted down to its last row has millions.
FORMAT_ONLY = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"[^>]*/>')
CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


class UnreadableWorkbook(ValueError):
    """The file cannot be read as a ledger; the message is a Chinese sentence for the user."""


def parts_of(data: bytes) -> dict[str, bytes]:
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
                    part = stream.read(budget + 1)
                budget -= len(part)
                if budget < 0:
                    raise UnreadableWorkbook(_too_much())
                parts[name] = FORMAT_ONLY.sub(b"", part)
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


@dataclass
class Scan:
    """What one XML part says about the shape of a sheet, before calamine lays it out in memory."""

    area: int = 0
    hidden: set[int] = field(default_factory=set)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    """Formula cells, as "=…": shown where the file carries no computed value (calamine gives an empty cell)."""


def scan_part(name: str, part: bytes) -> Scan:
    """Stream through a part once: no document type, not too many tags, no cell too far out."""
    # Counting bytes is a hundred times faster than parsing them, and a flood should not be answered with seconds of work.
    if part.count(b"<") > 2 * MAX_TAGS:
        raise UnreadableWorkbook("表格太大。请只保留企业台账后再上传。")
    if (rows := part.count(b"<row")) > 4 * MAX_ROWS:
        raise UnreadableWorkbook(
            f"工作表有 {rows} 行，大多是带格式的空行。请选中台账下方的空行，整行删除后保存，再上传。"
        )
    scan = Scan()
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
