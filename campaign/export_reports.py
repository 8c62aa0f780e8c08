"""工作报告 on paper: the workbook in the office's usual form, the print, and the list of reports as a table."""

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from campaign import report_figures as figures
from campaign import rules_reports as rules
from campaign.filters_reports import ReportFilter
from campaign.models import WorkReport
from campaign.queries_reports import (
    REPORT_SORTS,
    WHOLE,
    Behind,
    Compared,
    Differences,
    Row,
    Table,
    Words,
    definition,
    records,
    reports,
)
from campaign.report_figures import GROUPS, RATIOS
from portal.exports.registry import Export, register
from portal.legaldays import SHANGHAI
from portal.tenancy.models import Organisation
from portal.ui.spreadsheet import put, safe_workbook

# What is printed on one sheet together, so that an A4 page across holds it.
SHEETS = {
    "检查和隐患": (figures.VISITS, figures.FINDING, figures.MENDING),
    "督办和期末": (figures.PRESSING, figures.STANDING, figures.WORK),
    "企业和覆盖": (figures.LEDGER, figures.COVERAGE),
}
# Ratios stand at the end of the group whose figures they are of.
RATIO_OF = {group: [one for one in RATIOS if figures.BY_KEY[one.whole].group == group] for group in GROUPS}
THIN = Side(style="thin", color="000000")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
HEAD, FIRST = 3, 5
CHUNK = 1000


def maker() -> str:
    """填报单位: the city's leading-group office."""
    office = Organisation.objects.filter(kind=Organisation.Kind.OFFICE).order_by("pk").first()
    return office.name if office else "专项整治领导小组办公室"


def title_of(report: WorkReport) -> str:
    mark = {rules.DRAFT: "（草稿）", rules.WITHDRAWN: "（已撤回）"}.get(report.state, "")
    return f"化工医药和危险化学品专项整治{report}{mark}"


def moment(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y年%-m月%-d日%H:%M}"


def workbook(report: WorkReport, own: Table, said: list[Words]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, groups in SHEETS.items():
        form(book.create_sheet(name), report, own, groups)
    tell(book.create_sheet("文字"), said)
    define(book.create_sheet("指标说明"), report)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def columns_of(group: str) -> list[figures.Counted | figures.Ratio]:
    return [*GROUPS[group], *RATIO_OF[group]]


def cell_of(row: Row, column: figures.Counted | figures.Ratio) -> int | str:
    return row.share(column) if isinstance(column, figures.Ratio) else row.values.get(column.key, 0)


def form(sheet: Worksheet, report: WorkReport, own: Table, groups: tuple[str, ...]) -> None:
    """Title, who and when, a head of two lines, a row a district, their sum, and the line to sign on."""
    columns = [one for group in groups for one in columns_of(group)]
    wide = len(columns) + 1
    put(sheet.cell(1, 1), f"{title_of(report)}——{sheet.title}表").font = Font(bold=True, size=16)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=wide)
    sheet.cell(1, 1).alignment = MIDDLE
    period = f"统计时段：{report.since:%Y年%-m月%-d日}至{report.until:%Y年%-m月%-d日}"
    put(sheet.cell(2, 1), f"填报单位：{maker()}　　{period}　　取数时刻：{moment(report.as_of)}")
    sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=wide)
    put(sheet.cell(HEAD, 1), "区县")
    sheet.merge_cells(start_row=HEAD, end_row=HEAD + 1, start_column=1, end_column=1)
    at = 2
    for group in groups:
        own_columns = columns_of(group)
        put(sheet.cell(HEAD, at), group)
        sheet.merge_cells(start_row=HEAD, end_row=HEAD, start_column=at, end_column=at + len(own_columns) - 1)
        for offset, one in enumerate(own_columns):
            put(sheet.cell(HEAD + 1, at + offset), one.label)
        at += len(own_columns)
    rows = own.rows if own.one else [*own.rows, own.total]
    for line, row in enumerate(rows, FIRST):
        put(sheet.cell(line, 1), row.name)
        for offset, one in enumerate(columns, 2):
            put(sheet.cell(line, offset), cell_of(row, one))
    last = FIRST + len(rows) - 1
    for line in sheet.iter_rows(min_row=HEAD, max_row=last, max_col=wide):
        for cell in line:
            cell.border, cell.alignment = BOX, MIDDLE
            cell.font = Font(bold=cell.row < FIRST or (cell.row == last and not own.one))
    put(sheet.cell(last + 2, 1), "填报人：　　　　　　　　审核人：　　　　　　　　日期：　　　　年　　月　　日")
    sheet.merge_cells(start_row=last + 2, end_row=last + 2, start_column=1, end_column=wide)
    sheet.freeze_panes = sheet.cell(FIRST, 2)
    sheet.column_dimensions["A"].width = 14
    for number in range(2, wide + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 9
    sheet.row_dimensions[1].height, sheet.row_dimensions[HEAD + 1].height = 30, 44
    on_a4(sheet, across=True)
    sheet.print_title_rows = f"{HEAD}:{HEAD + 1}"


def on_a4(sheet: Worksheet, *, across: bool) -> None:
    sheet.page_setup.orientation = "landscape" if across else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def tell(sheet: Worksheet, said: list[Words]) -> None:
    lines = [(place.name, text.get_section_display(), text.text) for place in said for text in place.texts]
    down(sheet, ("范围", "章节", "内容"), lines, (14, 18, 90))


def define(sheet: Worksheet, report: WorkReport) -> None:
    lines = [(one.group, one.label, definition(report, one.key)) for one in figures.FIGURES]
    lines += [("比率", one.label, one.definition) for one in RATIOS]
    lines.append(
        ("期末", "", f"期末指{report.until:%Y年%-m月%-d日}；数字按记录上的日期计算，取数之后的变动不影响本表。")
    )
    down(sheet, ("类别", "指标", "说明"), lines, (14, 18, 90))


def down(sheet: Worksheet, head: tuple[str, ...], lines: Iterable[tuple[Any, ...]], widths: tuple[int, ...]) -> None:
    for number, line in enumerate((head, *lines), 1):
        for column, value in enumerate(line, 1):
            cell = put(sheet.cell(number, column), value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    on_a4(sheet, across=False)


def as_document(report: WorkReport, own: Table, held: Compared, said: Words) -> dict[str, Any]:
    """As portal/documents/contracts.py: WorkReport asks; of one district where that is all the reader sees."""

    def shown(value: int | None) -> str:
        return "—" if value is None else str(value)

    groups = [
        {
            "title": group,
            "lines": [
                {
                    "label": f"{line.figure.label}（{line.figure.unit}）",
                    "value": shown(line.value),
                    "before": shown(line.before),
                    "year_before": shown(line.year_before),
                }
                for line in lines
            ]
            + [
                {"label": ratio.label, "value": now, "before": before, "year_before": year_before}
                for ratio, now, before, year_before in held.ratios
                if ratio in RATIO_OF[group]
            ],
        }
        for group, lines in held.groups
    ]
    tables = [] if own.one else [
        {
            "title": group,
            "head": ["区县", *(one.label for one in columns_of(group))],
            "rows": [
                [row.name, *(str(cell_of(row, one)) for one in columns_of(group))] for row in [*own.rows, own.total]
            ],
        }
        for group in GROUPS
    ]  # fmt: skip
    withdrawn = report.state == rules.WITHDRAWN
    return {
        "issued_on": timezone.localdate(report.issued_at or report.as_of).isoformat(),
        "organisation": maker(),
        "name": str(report),
        "place": said.name,
        "since": str(report.since),
        "until": str(report.until),
        "as_of": report.as_of.isoformat(),
        "draft": report.is_draft,
        "withdrawn": f"{timezone.localdate(report.withdrawn_at)}撤回：{report.withdrawn_because}" if withdrawn else "",
        "sections": [{"title": text.get_section_display(), "text": text.text} for text in said.texts],
        "groups": groups,
        "tables": tables,
        "digest": report.digest,
    }


def records_workbook(report: WorkReport, own: Behind) -> bytes:
    """Every record behind a number, as it stood and as it stands."""
    out = io.BytesIO()

    def lines():
        for start in range(0, own.total, CHUNK):
            for one in records(report, own, own.numbers[start : start + CHUNK]):
                yield [one.place, one.pk, one.text, one.then, one.now]

    def about(rows: int):
        return [
            ["报告", str(report)],
            ["指标", own.figure.label],
            ["说明", own.definition],
            ["范围", own.place or WHOLE],
            ["取数时刻", report.as_of],
            ["行数", rows],
        ]

    safe_workbook(
        out, ["区县", "编号", "记录", "取数时", "现在"], lines(), title="记录", widths=(14, 12, 60, 50, 50), about=about
    )
    return out.getvalue()


def differences_workbook(told: Differences) -> bytes:
    """Every record that counts now and did not, or the other way round."""
    out = io.BytesIO()
    lines = (
        [
            one.figure.group, one.figure.label, one.place, one.then, one.now, row.pk, row.text,
            "新计入" if row.added else "不再计入", row.then, row.now, row.why,
        ]
        for one in told.found
        for row in one.changes
    )  # fmt: skip
    head = ["类别", "指标", "区县", "原数", "现数", "编号", "记录", "变动", "取数时", "现在", "原因"]

    def about(rows: int):
        return [["报告", str(told.report)], ["取数时刻", told.report.as_of], ["重算时刻", told.at], ["行数", rows]]

    safe_workbook(out, head, lines, title="差异", about=about)
    return out.getvalue()


HEADERS = [
    "种类", "统计时段", "本期第一天", "本期最后一天", "版次", "状态", "取数时刻", "印发时间", "印发人", "撤回理由", "SM3",
]  # fmt: skip


def line(report: WorkReport) -> list:
    return [
        report.get_kind_display(), report.period.name, report.since, report.until, report.edition, report.get_state_display(),
        report.as_of, report.issued_at, report.issued_by, report.withdrawn_because, report.digest,
    ]  # fmt: skip


def register_report_export() -> None:
    register(Export("report_list", "工作报告", "reports.view", reports, ReportFilter, REPORT_SORTS, HEADERS, line))
