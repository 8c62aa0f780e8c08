"""Workbooks of other cities: other columns, names, order and mess."""

from datetime import date
from decimal import Decimal

import pytest

from enterprises.ledger import NoHeader, as_truth, find_ledger, judge, ledgers, open_workbook
from tests.ledger.cities import DISTRICTS, other_city
from tests.ledger.workbooks import Formula, Page, across, down, xlsx

CODES = ["91350121590830166L", "913501225979711478", "91350122721590109B", "91350121131373537F"]
HEAD = ["序号", "企业名称", "统一社会信用代码", "所属县区"]


def plant(n: int, **more) -> list:
    return [n, f"临海第{n}化工有限公司", CODES[n - 1], "东港区", *more.values()]


def read(*pages: Page, filename="x.xlsx", city="临海市", data=None, columns=None, today=None):
    workbook = open_workbook(data or xlsx(*pages), filename)
    mapping = find_ledger(workbook)
    if columns is not None:
        mapping = mapping.with_columns(columns)
    return judge(workbook, mapping, DISTRICTS, city=city, today=today), mapping


def one(headers: list, cells: list, **more):
    """The only enterprise of a sheet that has these columns beside the usual ones."""
    judgement, _ = read(Page([HEAD + headers, plant(1) + cells]), **more)
    assert len(judgement.accepted) == 1, judgement.rejected
    return judgement.accepted[0]


@pytest.mark.parametrize("seed", range(60))
def test_any_city_s_workbook_gives_what_was_put_into_it(seed):
    city = other_city(seed)
    workbook = open_workbook(city.data, city.filename)
    judgement = judge(workbook, find_ledger(workbook), DISTRICTS, city="临海市")
    assert [as_truth(row) for row in judgement.accepted] == city.accept, city.story
    assert [{"excel_row": r.excel_row, "reason": r.reason} for r in judgement.rejected] == city.reject, city.story


# ---- finding the table


def test_the_ledger_is_found_on_the_second_sheet_behind_a_hidden_old_one():
    old = Page([HEAD, plant(2), plant(3), plant(4)], name="旧台账", state="hidden")
    judgement, mapping = read(Page([["说明"]], name="填表说明"), old, Page([HEAD, plant(1)], name="企业"))
    assert mapping.sheet == "企业"
    assert [row.code for row in judgement.accepted] == [CODES[0]]


def test_all_sheets_with_a_ledger_are_offered_the_fullest_first():
    book = open_workbook(xlsx(Page([HEAD, plant(1)], name="东港区"), Page([HEAD, plant(2), plant(3)], name="西岭区")))
    assert [mapping.sheet for mapping in ledgers(book)] == ["西岭区", "东港区"]


def test_a_workbook_without_a_ledger_is_refused_with_a_sentence():
    with pytest.raises(NoHeader, match="没有找到表头"):
        find_ledger(open_workbook(xlsx(Page([["日期", "天气"], ["周一", "晴"]]))))


def test_a_hidden_column_of_old_names_yields_to_the_visible_one():
    rows = [["企业名称", *HEAD], ["旧名称有限公司", *plant(1)]]
    judgement, mapping = read(Page(rows, hidden=[0]))
    assert judgement.accepted[0].name == "临海第1化工有限公司"
    assert mapping.rivals["name"] == [0]


def test_a_phone_column_belongs_to_the_person_to_its_left():
    row = one(["安全员", "职务", "手机", "主要负责人", "联系电话"], ["李某", "科长", 13811112222, "张某", 13900001111])
    assert (row.safety_officer_phone, row.principal_phone) == ("13811112222", "13900001111")


def test_a_phone_of_the_company_belongs_to_nobody():
    _, mapping = read(Page([[*HEAD, "联系电话", "安全员"], [*plant(1), 5551234, "李某"]]))
    assert mapping.unmapped == [4]


def test_a_yes_or_no_column_is_not_the_list_of_processes():
    row = one(["涉及重点监管危险化工工艺", "危险化工工艺名称"], ["是", "氯化工艺"])
    assert [p.name for p in row.processes] == ["氯化工艺"]


def test_the_bare_names_of_a_sub_header_are_understood_by_the_group_above_unmerged():
    head = [
        ["企业", None, "属地", "危险化学品", None, None],
        ["名称", "信用代码", None, "CAS号", "名称", "最大存量（kg）"],
    ]
    judgement, mapping = read(Page([*head, ["甲化工有限公司", CODES[0], "东港区", None, "液氯", 500]]))
    row = judgement.accepted[0]
    assert row.name == "甲化工有限公司"
    assert [(c.name, c.quantity) for c in row.chemicals] == [("液氯", Decimal("0.5"))]
    assert mapping.header_row == 2


def test_a_mapping_can_be_edited_and_remembered():
    rows = [
        ["企业名称", "代码一", "代码二", "所属县区", "地址"],
        ["甲化工有限公司", CODES[0], CODES[1], "东港区", "路1号"],
    ]
    book = open_workbook(xlsx(Page(rows)))
    found = find_ledger(book)
    again = type(found).from_json(found.to_json())
    assert again == found
    assert again.signature == find_ledger(open_workbook(xlsx(Page([["题目"], *rows])))).signature
    assert (
        judge(book, again.with_columns({"name": 0, "code": 2, "district": 3}), DISTRICTS).accepted[0].code == CODES[1]
    )


@pytest.mark.parametrize("columns", [{"name": 9}, {"name": -1}, {"nonsense": 0}, {"name": 1, "code": 1}, {"name.2": 1}])
def test_a_mapping_that_cannot_be_is_refused(columns):
    with pytest.raises(ValueError):
        find_ledger(open_workbook(xlsx(Page([HEAD, plant(1)])))).with_columns(columns)


# ---- which rows make an enterprise


def test_a_district_merged_over_several_enterprises_holds_for_each():
    rows = [HEAD, plant(1), [2, "乙公司有限公司", CODES[1]], [3, "丙公司有限公司", CODES[2]]]
    judgement, _ = read(Page(rows, merges=[down(3, 1, 3)]))
    assert [row.district for row in judgement.accepted] == ["东港区"] * 3
    assert judgement.accepted[1].source[0][1][3] == "东港区"


def test_two_enterprises_with_one_code_in_neighbouring_rows_are_a_duplicate_not_one():
    judgement, _ = read(Page([[*HEAD, "危险化学品名称"], [*plant(1), "液氯"], [2, *plant(1)[1:], "液氨"]]))
    assert [r.reason for r in judgement.rejected] == ["dup"]


def test_a_line_repeated_for_each_substance_is_one_enterprise():
    judgement, _ = read(Page([[*HEAD, "危险化学品名称"], [*plant(1), "液氯"], [*plant(1), "液氨"]]))
    assert [c.name for c in judgement.accepted[0].chemicals] == ["液氯", "液氨"]
    assert not judgement.rejected


def test_the_same_line_twice_is_a_duplicate():
    judgement, _ = read(Page([[*HEAD, "危险化学品名称"], [*plant(1), "液氯"], [*plant(1), "液氯"]]))
    assert [r.reason for r in judgement.rejected] == ["dup"]


def test_of_two_rows_with_one_code_the_acceptable_one_stays():
    rows = [HEAD, [1, "甲公司有限公司", CODES[0], "外地"], [2, "甲公司有限公司", CODES[0], "东港区"]]
    judgement, _ = read(Page(rows))
    assert [row.excel_row for row in judgement.accepted] == [3]
    assert [(r.excel_row, r.reason) for r in judgement.rejected] == [(2, "bad_district")]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([1, None, "坏代码", "外地"], "no_name"),
        ([1, "甲公司有限公司", "坏代码", "外地"], "bad_code"),
        ([1, "甲公司有限公司", None, "东港区"], "bad_code"),
        ([1, "甲公司有限公司", CODES[0], None], "bad_district"),
        ([1, "#REF!", CODES[0], "东港区"], "no_name"),
    ],
)
def test_the_first_reason_counts(cells, reason):
    judgement, _ = read(Page([HEAD, cells]))
    assert [r.reason for r in judgement.rejected] == [reason]


@pytest.mark.parametrize(
    "cells",
    [
        ["合计", "4家"],
        [None, "合 计：", None, "4"],
        ["东港区小计", None, None, "4"],
        [None, "共计4家"],
        ["填表人：王某", None, "审核人：赵某"],
        ["注：本表一式两份", None, None, None],
        [5],
        [6, None, None, "东港区"],
        ["一、危险化学品生产企业（4家）"],
        HEAD,
        ["1", "2", "3", "4"],
        [None, "二、化工企业"],
    ],
)
def test_a_total_a_note_or_a_numbered_empty_row_is_no_enterprise(cells):
    judgement, _ = read(Page([HEAD, plant(1), cells, plant(2)]))
    assert [row.excel_row for row in judgement.accepted] == [2, 4]
    assert not judgement.rejected
    assert [row.excel_row for row in judgement.ignored] == [3]


def test_an_enterprise_whose_name_holds_the_word_total_is_one():
    judgement, _ = read(Page([HEAD, [1, "东港合计化工有限公司", CODES[0], "东港区"], [2, "总计", CODES[1], "东港区"]]))
    assert [row.name for row in judgement.accepted] == ["东港合计化工有限公司", "总计"]


def test_merged_header_cells_below_the_last_header_row_are_no_enterprise():
    rows = [HEAD, [None] * 4, plant(1)]
    judgement, _ = read(Page(rows, merges=[down(c, 0, 1) for c in range(4)]))
    assert [row.excel_row for row in judgement.accepted] == [3]
    assert not judgement.rejected


def test_values_left_behind_in_covered_cells_do_not_count():
    rows = [[*HEAD, "危险化学品名称"], [*plant(1), "液氯"], [*plant(2), "液氨"]]
    judgement, _ = read(Page(rows, merges=[down(c, 1, 2) for c in range(4)]))
    assert [[c.name for c in row.chemicals] for row in judgement.accepted] == [["液氯", "液氨"]]
    assert not judgement.rejected


# ---- values


def test_without_a_district_column_the_address_tells_it_with_a_warning():
    rows = [["企业名称", "统一社会信用代码", "地址"], ["甲化工有限公司", CODES[0], "临海市南屏县工业路1号"]]
    row = read(Page(rows))[0].accepted[0]
    assert row.district == "南屏县"
    assert "按地址取为" in row.doubts[0].sentence


def test_a_code_stored_as_a_number_is_rejected_because_its_end_is_lost():
    rejection = read(Page([HEAD, [1, "甲公司有限公司", 913501225979711478, "东港区"]]))[0].rejected[0]
    assert rejection.reason == "bad_code"
    assert "存成了数字" in rejection.sentence


def test_formulas_give_their_computed_value():
    rows = [
        [*HEAD, "从业人数"],
        [1, Formula("A1&B1", "甲公司有限公司"), CODES[0], Formula("X1", "东港区"), Formula("1+1", "2")],
    ]
    row = read(Page(rows))[0].accepted[0]
    assert (row.name, row.district, row.employees) == ("甲公司有限公司", "东港区", 2)


def test_the_unit_stands_in_the_header_in_the_cell_or_in_a_column_of_its_own():
    assert one(["化学品名称", "最大存量/千克"], ["液氯", 1500]).chemicals[0].quantity == Decimal("1.5")
    assert one(["化学品名称", "最大存量/千克"], ["液氯", "1500t"]).chemicals[0].quantity == 1500
    assert one(["化学品名称", "最大存量", "计量单位"], ["液氯", 1500, "kg"]).chemicals[0].quantity == Decimal("1.5")


def test_several_substances_in_one_cell_are_taken_pairwise():
    row = one(["危险化学品名称", "最大存量（吨）"], ["1,3-丁二烯、液氯", "12.5、3"])
    assert [(c.name, c.quantity) for c in row.chemicals] == [("1,3-丁二烯", Decimal("12.5")), ("液氯", 3)]
    row = one(["危险化学品名称"], ["液氯（12t）；液氨3.5吨"])
    assert [(c.name, c.quantity, c.key_seq) for c in row.chemicals] == [("液氯", 12, 1), ("液氨", Decimal("3.5"), 2)]


def test_substances_without_a_matching_number_of_quantities_are_warned_of():
    row = one(["危险化学品名称", "最大存量"], ["液氯、液氨", "12.5"])
    assert [c.quantity for c in row.chemicals] == [None, None]
    assert "2种化学品对应1个存量" in row.doubts[0].sentence


def test_substances_side_by_side_are_all_read():
    head = [*HEAD, "危险化学品1", "最大存量1", "危险化学品2", "最大存量2"]
    judgement, mapping = read(Page([head, [*plant(1), "液氯", 1, "液氨", 2]]))
    assert [(c.name, c.quantity) for c in judgement.accepted[0].chemicals] == [("液氯", 1), ("液氨", 2)]
    assert mapping.columns["quantity.2"] == 7


def test_a_substance_named_twice_is_one_holding_with_the_sum():
    rows = [[*HEAD, "危险化学品名称", "最大存量"], [*plant(1), "液氯", 1], [*[None] * 4, "液氯", 2]]
    row = read(Page(rows))[0].accepted[0]
    assert [(c.name, c.quantity) for c in row.chemicals] == [("液氯", 3)]
    assert "已相加" in row.doubts[0].sentence


def test_a_key_chemical_is_known_by_its_cas_number():
    assert one(["化学品名称", "CAS号"], ["工业级特种气", "7782-50-5"]).chemicals[0].key_seq == 1


def test_what_is_on_no_list_is_kept_and_warned_of_under_a_header_that_says_key():
    row = one(["重点监管危险化学品名称", "重点监管危险化工工艺"], ["双氧水", "蒸馏"])
    assert (row.chemicals[0].key_seq, row.processes[0].key_seq) == (None, None)
    assert {d.field for d in row.doubts} == {"processes", "chemicals"}


def test_longitude_and_latitude_in_one_column_or_mixed_up_are_put_right():
    assert str(one(["经纬度"], ["119.05，25.75"]).longitude) == "119.050000"
    row = one(["经度", "纬度"], [25.75, 119.05])
    assert (str(row.longitude), str(row.latitude)) == ("119.050000", "25.750000")
    assert "填反" in row.doubts[0].sentence


@pytest.mark.parametrize(
    ("headers", "system"),
    [
        (["经度", "纬度"], None),
        (["经度（°）", "纬度（°）"], None),
        (["经度（GCJ02）", "纬度（GCJ02）"], "GCJ-02"),
        (["高德经度", "高德纬度"], "GCJ-02"),
        (["经度（百度地图）", "纬度（百度地图）"], "BD-09"),
        (["经度（WGS84）", "纬度"], "WGS-84"),
        (["经度（CGCS2000）", "纬度（CGCS2000）"], "WGS-84"),
        (["经度（百度）", "纬度（高德）"], None),
        (["经度（百度/高德）", "纬度（百度/高德）"], None),
    ],
)
def test_the_header_says_which_coordinates_these_are(headers, system):
    row = one(headers, [119.05, 25.75])
    assert (str(row.longitude), row.coordinates_in) == ("119.050000", system)


def test_one_column_of_both_may_say_so_too():
    assert one(["百度经纬度"], ["119.05,25.75"]).coordinates_in == "BD-09"
    assert one(["高德坐标"], ["119.05,25.75"]).coordinates_in == "GCJ-02"


@pytest.mark.parametrize("merged", [True, False])
def test_the_group_over_the_columns_says_it_and_the_title_of_the_table_does_not(merged):
    width = len(HEAD) + 2
    title = ["高德地图标注企业台账", *[None] * (width - 1)]
    rows = [
        title,
        [*[None] * len(HEAD), "坐标（百度）", None],
        [*HEAD, "经度", "纬度"],
        [*plant(1), 119.05, 25.75],
    ]
    merges = [across(0, 0, width - 1), *([across(1, len(HEAD), width - 1)] if merged else [])]
    row = read(Page(rows, merges=merges))[0].accepted[0]
    assert row.coordinates_in == "BD-09"
    rows[1][len(HEAD)] = "坐标"
    assert read(Page(rows, merges=merges))[0].accepted[0].coordinates_in is None


def test_a_column_says_it_row_by_row_and_before_the_header():
    headers = ["经度（GCJ02）", "纬度（GCJ02）", "坐标系"]
    assert one(headers, [119.05, 25.75, "百度09"]).coordinates_in == "BD-09"
    assert one(headers, [119.05, 25.75, None]).coordinates_in == "GCJ-02"
    row = one(headers, [119.05, 25.75, "西安80"])
    assert row.coordinates_in == "GCJ-02"
    assert "无法识别的坐标系" in row.doubts[0].sentence
    assert one(headers, [None, None, "百度09"]).coordinates_in is None


def test_a_person_and_phone_in_one_cell_are_told_apart():
    row = one(["主要负责人及联系电话"], ["张某 139-0792-4402"])
    assert (row.principal, row.principal_phone) == ("张某", "13907924402")


def test_the_same_name_under_two_codes_is_warned_of():
    rows = [HEAD, plant(1), [2, plant(1)[1], CODES[1], "东港区"]]
    assert "同名而代码不同" in read(Page(rows))[0].accepted[1].doubts[0].sentence


def test_a_major_hazard_without_any_substance_is_warned_of():
    row = one(["重大危险源等级", "危险化学品名称"], ["一级", None])
    assert "却没有任何危险化学品" in row.doubts[0].sentence


def test_unreadable_values_leave_the_enterprise_accepted_with_a_warning_each():
    row = one(
        ["行业类别", "企业类型", "风险等级", "许可证有效期", "从业人数", "危险化学品名称", "最大存量"],
        ["种植业", "合伙", "蓝（D）", "看证书", "若干", "液氯", "两罐"],
    )
    assert {d.field for d in row.doubts} == {"sector", "kind", "grade", "licence_until", "employees", "quantity"}


def test_a_licence_is_called_expired_only_from_the_day_after():
    rows = [[*HEAD, "许可证有效期至"], [*plant(1), "2026-11-23"]]
    assert read(Page(rows), today=date(2026, 11, 23))[0].warnings == []
    assert len(read(Page(rows), today=date(2026, 11, 24))[0].warnings) == 1


def test_csv_in_gbk_is_read_like_a_workbook():
    text = "企业名称,统一社会信用代码,所属县区\n甲化工有限公司,91350121590830166L,东港区\n"
    judgement, _ = read(data=text.encode("gbk"), filename="台账.CSV")
    assert judgement.accepted[0].name == "甲化工有限公司"


def test_a_title_over_the_whole_table_says_nothing_about_its_columns():
    rows = [
        ["重点监管危险化学品企业台账", *[None] * 5, "2026年"],
        ["名称", "信用代码", "县区", "地址", "行业", "备注", "职工人数"],
        ["甲化工有限公司", CODES[0], "东港区"],
    ]
    judgement, _ = read(Page(rows, merges=[across(0, 0, 5)]))
    assert judgement.accepted[0].name == "甲化工有限公司"
