"""单元在量表: the workbook the portal makes for units and holdings, with its drop-downs, and how it is read back.

One row is one holding of one unit (or a unit or a process alone). A blank cell says nothing: it changes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from enterprises.gb18218_tables import tables
from enterprises.ledger import Sheet, UnreadableWorkbook, catalog, normalise
from enterprises.ledger import Workbook as Uploaded
from enterprises.models import MajorLevel, Mixture, UnitKind
from portal.ui.spreadsheet import Blank, write_blank

TITLE = "单元在量"
MOST_ROWS = 2000

CODE, NAME, UNIT, KIND, BOUNDARY, DECLARED = (
    "统一社会信用代码",
    "企业名称（仅供核对）",
    "单元名称",
    "单元类型",
    "边界说明",
    "申报等级",
)
SUBSTANCE, QUANTITY, TABLE1, MIXTURE, BETA, STATE, CAS, PROCESS = (
    "物质名称",
    "设计最大量（吨）",
    "表1中的物质",
    "是否混合物",
    "β按哪一类",
    "状态、工况",
    "CAS号",
    "涉及工艺",
)
CLASSES = ("表2类别1", "表2类别2", "表2类别3")
HEADERS = (
    CODE,
    NAME,
    UNIT,
    KIND,
    BOUNDARY,
    DECLARED,
    SUBSTANCE,
    QUANTITY,
    TABLE1,
    *CLASSES,
    MIXTURE,
    BETA,
    STATE,
    CAS,
    PROCESS,
)
WIDTHS = {CODE: 22, NAME: 28, UNIT: 20, KIND: 26, BOUNDARY: 24, SUBSTANCE: 20, TABLE1: 22, PROCESS: 20}
LIMITS = {UNIT: 80, BOUNDARY: 300, SUBSTANCE: 80, STATE: 60, CAS: 12, PROCESS: 80}
NEEDED = (CODE, UNIT, KIND, SUBSTANCE, QUANTITY)


@dataclass
class UnitRow:
    """What one row says; None or empty = it does not say."""

    excel_row: int
    code: str
    unit: str
    about_unit: dict[str, Any] = field(default_factory=dict)
    substance: str = ""
    about_holding: dict[str, Any] = field(default_factory=dict)
    process: str = ""
    remove: bool = False
    """The substance or process named is no longer there; said by a person, never by a sheet."""


@dataclass(frozen=True)
class Refusal:
    excel_row: int
    sentence: str


def options() -> dict[str, list[str]]:
    """The drop-downs, by column."""
    classes = [class_label(row) for row in tables().classes.values()]
    return {
        KIND: list(UnitKind.labels),
        DECLARED: list(MajorLevel.labels),
        TABLE1: [named_label(row) for row in tables().named.values()],
        **dict.fromkeys(CLASSES, classes),
        MIXTURE: [label for value, label in Mixture.choices if value],
        BETA: classes,
        PROCESS: catalog.process_names(),
    }


NOTES = (
    "每行写一个单元里的一种物质；同一单元有几种物质就写几行，单元的类型和边界写一次即可。",
    "单元：生产单元以切断阀为界；罐区以防火堤为界；仓库以独立库房为界（GB 18218-2018 3.2、3.3）。",
    "数量写设计最大量（4.2.2），单位吨，也可写“800kg”。不知道的留空：留空不算零，单元将显示“缺少数据”。",
    "物质在表1中的选“表1中的物质”；不在表1中的，按安全技术说明书选危险性类别，有几种选几种，取最低临界量。",
    "混合物：与纯物质类别相同的按总量；类别不同的选“按其自身危险类别”并选类别。",
    "空白的格子不会改动台账；这里没有写的单元和物质也不会被删除。带黄底的列必须填写（只写工艺的行可不写物质）。",
)


def write_template(stream: BinaryIO, rows: Iterable[Sequence[Any]]) -> int:
    """The workbook with what is already known filled in. Returns its rows."""
    return write_blank(stream, Blank(TITLE, HEADERS, NEEDED, options(), NOTES, WIDTHS, frozen="D2"), rows)


def read_rows(workbook: Uploaded) -> tuple[list[UnitRow], list[Refusal]]:
    """The rows of the sheet and what cannot be read, by Excel row. Raises UnreadableWorkbook where it is another table."""
    sheet, columns, first = found(workbook)
    rows, refused = [], []
    for number in range(first, len(sheet.rows)):
        cells = {header: normalise.tidy(sheet.own(number, column)) for header, column in columns.items()}
        if not any(value for header, value in cells.items() if header != NAME):
            continue
        if len(rows) + len(refused) == MOST_ROWS:
            raise UnreadableWorkbook(f"一次最多{MOST_ROWS}行，请分成几份上传。")
        try:
            rows.append(understood(number + 1, cells, sheet.own(number, columns[CODE])))
        except ValueError as fault:
            refused.append(Refusal(number + 1, str(fault)))
    if not rows and not refused:
        raise UnreadableWorkbook("表中没有填写任何单元，请填写后再上传。")
    return rows, refused


def found(workbook: Uploaded) -> tuple[Sheet, dict[str, int], int]:
    """The sheet with the template's header, its columns, and the first row below; columns may have been moved or hidden."""
    plain = {normalise.fold(header): header for header in HEADERS}
    for sheet in workbook.sheets:
        for number, row in enumerate(sheet.rows[:20]):
            columns = {plain[word]: at for at, value in enumerate(row) if (word := normalise.fold(value)) in plain}
            if all(header in columns for header in NEEDED):
                return sheet, columns, number + 1
    raise UnreadableWorkbook("没有找到单元在量表的表头。请先下载门户生成的表格，在其中填写后上传，不要改表头文字。")


def understood(excel_row: int, cells: dict[str, str], code: Any) -> UnitRow:
    """Raises ValueError with a sentence for the first thing that cannot be used."""
    for header, limit in LIMITS.items():
        if len(cells.get(header, "")) > limit:
            raise ValueError(f"“{header}”超过{limit}字。")
    row = UnitRow(excel_row, normalise.code(code), cells[UNIT])
    if not row.code:
        raise ValueError("没有填写统一社会信用代码。")
    if not row.unit:
        raise ValueError("没有填写单元名称。")
    if kind := cells[KIND]:
        row.about_unit["kind"] = chosen(kind, {label: value for value, label in UnitKind.choices}, KIND)
    if boundary := cells.get(BOUNDARY):
        row.about_unit["boundary"] = boundary
    if declared := cells.get(DECLARED):
        row.about_unit["declared_level"] = chosen(
            declared, {label: value for value, label in MajorLevel.choices}, DECLARED
        )
    row.substance, row.process = cells[SUBSTANCE], cells.get(PROCESS, "")
    if row.substance:
        row.about_holding = about_holding(cells)
    elif written := [header for header in (QUANTITY, TABLE1, *CLASSES, BETA, CAS) if cells.get(header)]:
        raise ValueError(f"填写了“{written[0]}”，但没有填写物质名称。")
    return row


def about_holding(cells: dict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if written := cells[QUANTITY]:
        amount = normalise.quantity(written)
        if amount.value is None or amount.doubt:
            raise ValueError(f"设计最大量“{written}”{amount.doubt or '没有写明数量，不知道就留空'}。")
        told["quantity_t"] = amount.value
    if written := cells.get(TABLE1):
        told["table1_seq"] = chosen(written, {named_label(row): row.seq for row in tables().named.values()}, TABLE1)
    symbols = [symbol(cells[header], header) for header in CLASSES if cells.get(header)]
    if symbols:
        told["symbols"] = symbols
    if written := cells.get(MIXTURE):
        told["mixture"] = chosen(written, {label: value for value, label in Mixture.choices}, MIXTURE)
    if written := cells.get(BETA):
        told["beta_symbol"] = symbol(written, BETA)
    told |= {name: cells[header] for name, header in (("state", STATE), ("cas", CAS)) if cells.get(header)}
    return told


def chosen(written: str, values: dict[str, Any], header: str) -> Any:
    """What was picked from a drop-down; blanks and widths of its words do not matter."""
    by_word = {normalise.fold(label): value for label, value in values.items()}
    if (value := by_word.get(normalise.fold(written))) is None:
        some = "、".join(values) if len(values) <= 8 else "、".join(list(values)[:3]) + "等"
        raise ValueError(f"“{header}”写的是“{written[:30]}”，请从下拉列表选择：{some}。")
    return value


def symbol(written: str, header: str) -> str:
    """A class of table 2, as the drop-down words it or by its symbol alone."""
    classes = tables().classes
    if written.upper() in classes:
        return written.upper()
    return chosen(written, {class_label(row): name for name, row in classes.items()}, header)


def named_label(row: Any) -> str:
    return f"{row.seq} {row.name}"


def class_label(row: Any) -> str:
    return f"{row.symbol} {row.text}"


def lines_of(units: Iterable[Any]) -> Iterator[list[Any]]:
    """What is known, as rows of the sheet; `units` with their enterprise, holdings and processes."""
    for unit in units:
        head = [
            unit.enterprise.code,
            unit.enterprise.name,
            unit.name,
            unit.get_kind_display(),
            unit.boundary,
            unit.get_declared_level_display() if unit.declared_level else "",
        ]
        holdings, processes = list(unit.holdings.all()), [process.name for process in unit.processes.all()]
        for at in range(max(len(holdings), len(processes), 1)):
            said = holding_cells(holdings[at]) if at < len(holdings) else [""] * 10
            yield [*head, *said, processes[at] if at < len(processes) else ""]


def holding_cells(holding: Any) -> list[Any]:
    named, classes = tables().named, tables().classes
    words = [class_label(classes[one]) for one in holding.symbols if one in classes][:3]
    beta = holding.beta_symbol
    return [
        holding.substance,
        holding.quantity_t,
        named_label(named[holding.table1_seq]) if holding.table1_seq in named else "",
        *(words + [""] * (3 - len(words))),
        holding.get_mixture_display() if holding.mixture else "",
        class_label(classes[beta]) if beta in classes else "",
        holding.state,
        holding.cas,
    ]
