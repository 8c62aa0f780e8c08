"""隐患台账 as the portal makes it: to be filled in without being asked anything twice."""

from collections.abc import Iterable
from typing import BinaryIO

from hazards.models import AccidentType, Level
from portal.ui.spreadsheet import Blank, write_blank

from .read import MOST_ROWS

TITLE = "隐患台账"
NAME, CODE, FOUND_ON, DESCRIPTION, PLACE, LEVEL = (
    "企业名称",
    "统一社会信用代码",
    "发现日期",
    "隐患描述",
    "部位",
    "隐患级别",
)
ACCIDENT, BASIS, REQUIREMENT, FINDER, ORDER = "可能事故类型", "依据", "整改要求", "检查人", "文书编号"
DEADLINE, STATE, REMARK = "整改期限", "整改情况", "备注"
HEADERS = (
    NAME, CODE, FOUND_ON, DESCRIPTION, PLACE, LEVEL, ACCIDENT, BASIS, REQUIREMENT, FINDER, ORDER, DEADLINE, STATE, REMARK,
)  # fmt: skip
NEEDED = (NAME, FOUND_ON, DESCRIPTION, LEVEL)
WIDTHS = {NAME: 30, CODE: 22, DESCRIPTION: 44, PLACE: 18, BASIS: 30, REQUIREMENT: 30, STATE: 20, REMARK: 20}
NOTES = (
    f"一条隐患写一行，一次最多{MOST_ROWS}条。带黄底的列必须填写。",
    "企业按统一社会信用代码认，没有代码的按与企业台账完全相同的名称认；认不出的不会导入，会逐行说明。",
    "隐患级别只有一般和重大（安全生产法第四十一条），不写的不会导入。",
    "导入后每条隐患都是“待下达”，由执法人员在门户里下达整改文书，整改、复查、销号照常办理。",
    "检查人、文书编号、整改期限、整改情况、备注和其他各列原样记入办理记录，不作为整改或销号的结论。",
)


def write_template(stream: BinaryIO, names: Iterable[str]) -> None:
    """The empty workbook; the plants one sees are offered by name."""
    options = {NAME: list(names), LEVEL: list(Level.labels), ACCIDENT: list(AccidentType.labels)}
    options = {header: choices for header, choices in options.items() if choices}
    write_blank(stream, Blank(TITLE, HEADERS, NEEDED, options, NOTES, WIDTHS, dates=(FOUND_ON,)))
