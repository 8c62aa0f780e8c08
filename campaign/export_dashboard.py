"""The tables of the dashboard as one workbook: a sheet each, with the same numbers and what they mean."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from campaign.panels import Card, Cell, Panel
from campaign.queries import Dashboard
from portal.legaldays import SHANGHAI
from portal.ui.spreadsheet import put


def number(cell: Cell) -> int | float | str:
    return "—" if cell.value is None else cell.value


def dashboard_workbook(board: Dashboard, place: str, shown: list[Card], tables: list[Panel]) -> bytes:
    book = Workbook()
    first = book.active
    first.title = "主要数字"
    when = f"截至{board.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    fill(
        first,
        f"{place}整治总览，{when}",
        ["指标", "数值", "单位", "怎么算的"],
        [[one.figure.label, number(one.cell), one.cell.unit, one.figure.definition] for one in shown],
        [],
    )
    for panel in tables:
        rows = [[name, *(number(cell) for cell in cells)] for name, cells in panel.rows]
        foot = [["合计", *(number(cell) for cell in panel.foot)]] if panel.foot else []
        means = [f"{one.label}：{one.definition}" for one in panel.figures]
        sheet = book.create_sheet(panel.title[:31].translate(dict.fromkeys(map(ord, "[]:*?/\\"), " ")))
        fill(sheet, f"{panel.title}，{place}，{when}", [panel.head, *panel.columns], rows + foot, means)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fill(sheet, title: str, head: list[str], rows: list[list], means: list[str]) -> None:
    put(sheet.cell(1, 1), title).font = Font(bold=True, size=14)
    for line, row in enumerate([head, *rows], 2):
        for column, value in enumerate(row, 1):
            cell = put(sheet.cell(line, column), value)
            cell.font, cell.alignment = Font(bold=line == 2), Alignment(wrap_text=True, vertical="center")
    for line, sentence in enumerate(means, len(rows) + 4):
        put(sheet.cell(line, 1), sentence)
    sheet.freeze_panes = "B3"
    sheet.column_dimensions["A"].width = 24
