"""The tables of the dashboard as one workbook: a sheet each, with the same numbers and what they mean.

All of them: also those that the page asks for after it stands, and of those that show one figure at a time every figure.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from campaign.panels import Card, Cell, Panel
from campaign.panels_later import BY_GRADE, grades_panel, levels_panel, shades, trend_rows
from campaign.queries import ENTERPRISES, WORST_OVERDUE, Dashboard, Place
from campaign.queries_panels import Span, kept_grades, kept_levels, kept_trend
from portal.legaldays import SHANGHAI
from portal.ui.spreadsheet import put

WIDEST = 60


@dataclass(frozen=True)
class Sheet:
    title: str
    at: datetime
    """The moment it was counted."""
    head: list[str]
    rows: list[list]
    means: list[str]


def dashboard_workbook(board: Dashboard, place: str, shown: list[Card], tables: list[Panel]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for one in sheets(board, shown, tables):
        fill(book.create_sheet(one.title[:31].translate(dict.fromkeys(map(ord, "[]:*?/\\"), " "))), one, place)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheets(board: Dashboard, shown: list[Card], tables: list[Panel]) -> Iterator[Sheet]:
    numbers = [[one.figure.label, number(one.cell), one.cell.unit, one.figure.definition] for one in shown]
    yield Sheet("主要数字", board.at, ["指标", "数值", "单位", "怎么算的"], numbers, [])
    yield of_map(board)
    yield of_trend(board)
    levels = kept_levels(board.on, board.within)
    yield of_panel(levels_panel(levels), levels.at)
    grades = kept_grades(board.on, board.within)
    for key in BY_GRADE:
        yield of_panel(grades_panel(grades, key), grades.at)
    for panel in tables:
        yield of_panel(panel, board.at)
    yield of_worst(board)


def number(cell: Cell) -> int | float | str:
    return "—" if cell.value is None else cell.value


def of_panel(panel: Panel, at: datetime) -> Sheet:
    rows = [[name, *(number(cell) for cell in cells)] for name, cells in panel.rows]
    foot = [["合计" if panel.adds_up else "总体", *(number(cell) for cell in panel.foot)]] if panel.foot else []
    means = [f"{one.label}：{one.definition}" for one in panel.figures]
    return Sheet(panel.title, at, [panel.head, *panel.columns], rows + foot, means)


def of_map(board: Dashboard) -> Sheet:
    """Every figure that the map may be coloured by, side by side."""
    colours = list(shades(board).values())

    def row(name: str, place: Place) -> list:
        return [name, place.enterprises, *(number(one.cell(place)) for one in colours)]

    return Sheet(
        "区县地图",
        board.at,
        ["区县", ENTERPRISES.label, *(one.figure.label for one in colours)],
        [*(row(one.name, one) for one in board.places), row("总体", board.total)],
        [f"{one.figure.label}：{one.figure.definition}" for one in colours],
    )


def of_trend(board: Dashboard) -> Sheet:
    found = kept_trend(board.on, board.within)
    changes = trend_rows(found)

    def days(span: Span) -> str:
        return f"{span.first}至{span.last}"

    rows = []
    for one in changes:
        latest, before, year_ago = map(days, one.spans)
        row = [one.figure.label, one.now.unit, number(one.now), latest, number(one.before), before, one.from_before]
        rows.append([*row, number(one.year_ago), year_ago, one.from_year_ago])
    head = ["指标", "单位", "最近", "最近起止", "上期", "上期起止", "环比", "去年同期", "去年同期起止", "同比"]
    means = [f"{one.figure.label}：{one.figure.definition}" for one in changes]
    return Sheet("与上月、去年同期比", found.at, head, rows, means)


def of_worst(board: Dashboard) -> Sheet:
    rows = [
        [
            one.overdue_days(board.on),
            one.pk,
            one.description,
            one.get_level_display(),
            one.enterprise.name,
            one.district.name,
            one.deadline,
            one.get_status_display(),
        ]
        for one in board.worst
    ]
    head = ["逾期天数", "隐患编号", "隐患", "级别", "企业", "区县", "整改期限", "状态"]
    return Sheet(WORST_OVERDUE.label, board.at, head, rows, [WORST_OVERDUE.definition])


def fill(sheet, told: Sheet, place: str) -> None:
    when = f"截至{told.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    put(sheet.cell(1, 1), f"{told.title}，{place}，{when}").font = Font(bold=True, size=14)
    for line, row in enumerate([told.head, *told.rows], 2):
        for column, value in enumerate(row, 1):
            cell = put(sheet.cell(line, column), value)
            cell.font, cell.alignment = Font(bold=line == 2), Alignment(wrap_text=True, vertical="center")
    for line, sentence in enumerate(told.means, len(told.rows) + 4):
        put(sheet.cell(line, 1), sentence)
    sheet.freeze_panes = "B3"
    for column in range(len(told.head)):
        longest = max(len(str(row[column])) for row in [told.head, *told.rows])
        sheet.column_dimensions[get_column_letter(column + 1)].width = min(max(10, 2 * longest + 2), WIDEST)
