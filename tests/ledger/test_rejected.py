"""The rejected rows as a workbook, and workbooks that never run what people typed."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from enterprises.ledger import find_ledger, judge, open_workbook, write_rejected
from portal.ui.spreadsheet import safe_workbook
from tests.ledger.cities import DISTRICTS, other_city
from tests.ledger.workbooks import Page, down, xlsx

EVIL = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "  =1",
]


def written(headers, rows) -> list[list]:
    stream = io.BytesIO()
    safe_workbook(stream, headers, rows)
    return [list(row) for row in load_workbook(stream).active.iter_rows()]


@pytest.mark.parametrize("text", EVIL)
def test_no_text_becomes_a_formula(text):
    for row in written([text], [[text]]):
        assert row[0].data_type == "s"
        assert row[0].value == text.replace("\r", "\n")


def test_dangerous_text_stays_text_when_somebody_edits_the_cell():
    assert written(["a"], [["=1+1", "plain"]])[1][0].quotePrefix
    assert not written(["a"], [["=1+1", "plain"]])[1][1].quotePrefix


def test_numbers_and_dates_stay_numbers_and_dates_in_china_s_time():
    cells = written(
        ["a"], [[1, 2.5, Decimal("3.25"), date(2026, 1, 2), datetime(2026, 1, 2, 3, 4, tzinfo=UTC), None, True]]
    )[1]
    assert [cell.value for cell in cells] == [
        1,
        2.5,
        3.25,
        datetime(2026, 1, 2),
        datetime(2026, 1, 2, 11, 4),
        None,
        True,
    ]


def test_signs_that_xml_cannot_hold_and_endless_texts_are_cut():
    cells = written(["a"], [["a\x00b\x0b", "x" * 40_000]])[1]
    assert cells[0].value == "ab"
    assert len(cells[1].value) == 32_767


def rejected_of(data: bytes, filename: str = "x.xlsx") -> tuple[bytes, list, list]:
    workbook = open_workbook(data, filename)
    mapping = find_ledger(workbook)
    judgement = judge(workbook, mapping, DISTRICTS, city="临海市")
    stream = io.BytesIO()
    assert write_rejected(stream, judgement, mapping) == len(judgement.rejected)
    return (
        stream.getvalue(),
        judgement.rejected,
        [list(r) for r in load_workbook(stream).active.iter_rows(values_only=True)],
    )


def test_every_row_of_a_rejected_enterprise_is_there_with_the_reason_beside_the_first():
    rows = [
        ["企业名称", "统一社会信用代码", "所属县区", "危险化学品名称", "最大存量（kg）", "自编列"],
        ["=1+1", "９１３５", "东港区", "液氯", 5, "甲"],
        [None, None, None, "液氨", "６", None],
        ["乙化工有限公司", "91350121590830166L", "东港区"],
    ]
    _, rejected, lines = rejected_of(xlsx(Page(rows, merges=[down(c, 1, 2) for c in range(3)])))
    assert lines[0] == [
        "原行号",
        "未导入原因",
        "企业名称",
        "统一社会信用代码",
        "所属县区",
        "危险化学品名称",
        "最大存量（KG）",
        "自编列",
    ]
    assert lines[1] == [2, rejected[0].sentence, "=1+1", "９１３５", "东港区", "液氯", "5", "甲"]
    assert lines[2] == [3, None, None, None, None, "液氨", "６", None]
    assert len(lines) == 3


@pytest.mark.parametrize("seed", range(10))
def test_the_download_uploaded_again_unchanged_is_rejected_for_the_same_reasons(seed):
    city = other_city(seed)
    data, rejected, _ = rejected_of(city.data, city.filename)
    if not rejected:
        return
    workbook = open_workbook(data, "x.xlsx")
    again = judge(workbook, find_ledger(workbook), DISTRICTS, city="临海市")
    alone = [r for r in rejected if r.reason != "dup"]
    assert [r.reason for r in again.rejected if r.reason != "dup"] == [r.reason for r in alone]
    assert len(again.accepted) + len(again.rejected) == len(rejected)
