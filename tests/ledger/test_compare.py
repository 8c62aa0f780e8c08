"""What an import would do to what the ledger holds already."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from enterprises.ledger import Chemical, LedgerRow, Process, compare, find_ledger, judge, open_workbook
from enterprises.ledger.compare import FACTS
from tests.ledger.cities import DISTRICTS, other_city

ROW = LedgerRow(
    excel_row=5,
    name="甲化工有限公司",
    code="91350121590830166L",
    district="东港区",
    sector="化工",
    kind="生产",
    grade="B",
    longitude=Decimal("119.05"),
    licence_no="证1",
    licence_until=date(2028, 1, 1),
    major_level="二级",
    employees=10,
    remark="搬迁中",
    chemicals=(Chemical("液氯", Decimal("1.5"), 1), Chemical("液氨", Decimal(2), 2)),
    processes=(Process("氯化工艺", 3),),
)


def stored(row: LedgerRow) -> dict:
    return {name: getattr(row, name) for name in FACTS}


def against(row: LedgerRow, old: LedgerRow = ROW):
    (found,) = compare([row], {old.code: stored(old)})
    return found.verdict, found.changes


def test_an_unknown_code_is_created():
    (found,) = compare([ROW], {})
    assert (found.verdict, found.changes) == ("create", {})


def test_a_changed_field_is_shown_old_and_new():
    assert against(replace(ROW, grade="C", employees=12)) == ("update", {"grade": ("B", "C"), "employees": (10, 12)})


@pytest.mark.parametrize("seed", range(10))
def test_a_second_import_of_the_same_file_changes_nothing(seed):
    city = other_city(seed)
    workbook = open_workbook(city.data, city.filename)
    rows = judge(workbook, find_ledger(workbook), DISTRICTS, city="临海市").accepted
    held = {row.code: stored(row) for row in rows}
    assert {found.verdict for found in compare(rows, held)} == {"same"}


def test_empty_cells_never_wipe_what_is_known():
    bare = LedgerRow(excel_row=5, name=ROW.name, code=ROW.code, district=ROW.district)
    assert against(bare) == ("same", {})


def test_a_cell_that_says_none_clears_the_field():
    bare = replace(
        ROW,
        major_level=None,
        licence_until=None,
        chemicals=(),
        denied=frozenset({"major_level", "licence_until", "chemicals"}),
    )
    verdict, changes = against(bare)
    assert verdict == "update"
    assert changes == {
        "major_level": ("二级", None),
        "licence_until": (date(2028, 1, 1), None),
        "chemicals": (ROW.chemicals, ()),
    }
    assert against(bare, replace(ROW, major_level=None, licence_until=None, chemicals=())) == ("same", {})


def test_a_name_district_or_grade_is_never_cleared():
    assert against(replace(ROW, grade=None, sector=None, denied=frozenset({"grade", "sector"}))) == ("same", {})


def test_the_order_of_substances_means_nothing_and_a_list_is_replaced_whole():
    assert against(replace(ROW, chemicals=ROW.chemicals[::-1])) == ("same", {})
    assert against(replace(ROW, chemicals=ROW.chemicals[:1]))[1] == {"chemicals": (ROW.chemicals, ROW.chemicals[:1])}


def test_a_substance_without_a_quantity_keeps_the_known_one():
    assert against(replace(ROW, chemicals=(Chemical("液氯", None, 1), ROW.chemicals[1]))) == ("same", {})


def test_numbers_compare_as_numbers():
    assert against(replace(ROW, longitude=Decimal("119.050000"))) == ("same", {})
    assert against(replace(ROW, chemicals=(Chemical("液氯", Decimal("1.5000"), 1), ROW.chemicals[1]))) == ("same", {})
