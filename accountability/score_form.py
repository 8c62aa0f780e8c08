"""年度考核结果表: a year's scores as the office files them — ranking, every line's points, total and band, and who signs."""

import io
from decimal import Decimal
from typing import Any, BinaryIO

from django.http import HttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from accountability.actions.scores import note_export
from accountability.models import Objection, YearScore
from accountability.queries.score_export import ranked
from portal.exports.workbook import XLSX, attached
from portal.tenancy.queries import own_city
from portal.ui import spreadsheet

EDGE = Side(style="thin", color="808080")
BOX = Border(left=EDGE, right=EDGE, top=EDGE, bottom=EDGE)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(vertical="center", wrap_text=True)
SHADE = PatternFill("solid", fgColor="EAF1FB")
GROUPS = [("indicator", "指标得分"), ("bonus", "加分"), ("deduction", "扣分"), ("veto", "一票否决")]
TRIGGERED = "触发"


def write_score_form(stream: BinaryIO, year_score: YearScore) -> int:
    """The year's table. Returns how many subjects it holds."""
    body = year_score.template.body
    groups = [(words, [line for line in body["lines"] if line["kind"] == kind]) for kind, words in GROUPS]
    groups = [(words, lines) for words, lines in groups if lines]
    lines = [line for _, some in groups for line in some]
    subject = year_score.get_subject_kind_display()
    width = 2 + len(lines) + 3
    book = Workbook()
    sheet = book.active
    sheet.title = f"{year_score.year}年度{subject}考核"

    put(sheet, 1, 1, f"{own_city()}{year_score.year}年度{subject}安全生产专项整治考核结果表", to=width)
    sheet.cell(1, 1).font = Font(bold=True, size=16)
    sheet.row_dimensions[1].height = 32
    put(sheet, 2, 1, state_words(year_score), to=width, align=LEFT)
    sheet.row_dimensions[2].height = 32
    for column, words in ((1, "名次"), (2, subject)):
        put(sheet, 3, column, words, down=4, head=True)
    column = 3
    for words, some in groups:
        put(sheet, 3, column, words, to=column + len(some) - 1, head=True)
        for line in some:
            put(sheet, 4, column, heading(line), head=True)
            column += 1
    for words in ("异议更正", "总分", "等次"):
        put(sheet, 3, column, words, down=4, head=True)
        column += 1
    sheet.row_dimensions[4].height = 66

    corrections: dict[int, Decimal] = {}
    upheld = Objection.objects.filter(score__year_score=year_score, state=Objection.State.UPHELD)
    for score, points in upheld.values_list("score_id", "correction"):
        corrections[score] = corrections.get(score, Decimal(0)) + points
    row = 4
    for row, score in enumerate(ranked(year_score), 5):
        points = {line.key: line for line in score.lines.all()}
        told: list[Any] = [score.rank, score.name]
        for line in lines:
            one = points[line["key"]]
            told.append((TRIGGERED if one.vetoed else "—") if line["kind"] == "veto" else one.points)
        for column, value in enumerate([*told, corrections.get(score.pk, ""), score.total, score.grade], 1):
            cell = put(sheet, row, column, value, align=LEFT if column == 2 else CENTRE)
            if value == TRIGGERED:
                cell.font = Font(bold=True, color="B3261E")

    put(sheet, row + 1, 1, notes(body), to=width, align=LEFT)
    sheet.row_dimensions[row + 1].height = 48
    put(
        sheet,
        row + 3,
        1,
        "考核组组长（签字）：　　　　　　　　复核（签字）：　　　　　　　　领导小组办公室（盖章）：　　　　　　　　　　　年　　月　　日",
        to=width,
        align=LEFT,
        box=False,
    )
    sheet.row_dimensions[row + 3].height = 36
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 6, 24
    for number in range(3, width + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 10
    sheet.freeze_panes = "C5"
    sheet.print_title_rows = "3:4"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    book.save(stream)
    return row - 4


def put(sheet, row: int, column: int, value, *, to=None, down=None, head=False, align=CENTRE, box=True):
    """One cell, or one across to a column or down to a row. Somebody's text is never a formula."""
    last_row, last_column = down or row, to or column
    for r in range(row, last_row + 1):
        for c in range(column, last_column + 1):
            sheet.cell(r, c).border = BOX if box else Border()
    if (last_row, last_column) != (row, column):
        sheet.merge_cells(start_row=row, start_column=column, end_row=last_row, end_column=last_column)
    cell = sheet.cell(row, column)
    spreadsheet.put(cell, value).alignment = align
    if isinstance(value, Decimal):
        cell.number_format = "0.00"
    if head:
        cell.font, cell.fill = Font(bold=True), SHADE
    return cell


def heading(line: dict) -> str:
    if line["kind"] == "indicator":
        return f"{line['label']}（{line['weight']}分）"
    return line["label"]


def state_words(year_score: YearScore) -> str:
    moment = year_score.as_of and f"{timezone.localtime(year_score.as_of):%Y-%m-%d %H:%M}"
    parts = [
        f"考核期：{year_score.since}至{year_score.until}",
        f"取数时刻：{moment or '尚未取数'}",
        f"模板：{year_score.template}",
        f"状态：{year_score.get_state_display()}",
    ]
    if year_score.digest:
        parts.append(f"SM3：{year_score.digest}")
    return "　".join(parts)


def notes(body: dict) -> str:
    bands = "、".join(f"{name}{bound}分起" for name, bound in body["grades"])
    return (
        f"总分＝指标得分＋加分（合计不超过{body['bonus_cap']}分）－扣分＋异议更正，不低于0分；"
        f"有一票否决的，总分不超过{body['veto_ceiling']}分。等次：{bands}。同分同名次。"
    )


def form_of(year_score: YearScore) -> HttpResponse:
    """The year's table as an answer, for page and API; who took it is on the record."""
    note_export(year_score)
    out = io.BytesIO()
    write_score_form(out, year_score)
    return attached(out.getvalue(), XLSX, f"score-{year_score.year}-{year_score.subject_kind}.xlsx")
