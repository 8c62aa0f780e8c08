"""What a cell means, however it was typed."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.ledger import catalog, normalise
from enterprises.ledger.districts import Districts

DAY = date(2028, 4, 21)


@pytest.mark.parametrize(
    "written",
    [
        DAY,
        datetime(2028, 4, 21, 8, 30),
        "2028-04-21",
        "2028/4/21",
        "2028.4.21",
        "2028年4月21日",
        "2028年04月21号",
        "２０２８／０４／２１",
        "20280421",
        20280421.0,
        46864.0,
        "46864",
        "2028-04-21 00:00:00",
        " 2028 年 4 月 21 日 ",
        "2025-04-22至2028-04-21",
        "2025.04.22-2028.04.21",
        "有效期至2028年4月21日",
    ],
)
def test_a_date_is_read_in_every_usual_form(written):
    assert normalise.until(written) == (DAY, "", False)


@pytest.mark.parametrize("written", ["长期", "长期有效", "永久", "无固定期限", "2020-01-01至长期", "无"])
def test_a_licence_for_ever_is_told_from_an_empty_cell(written):
    assert normalise.until(written) == (None, "", True)
    assert normalise.until("/") == (None, "", False)


def test_a_month_means_its_last_day_with_a_doubt():
    assert normalise.until("2028-02")[0] == date(2028, 2, 29)
    assert normalise.until("2028年2月").doubt


@pytest.mark.parametrize(
    "written", ["2028-13-01", "2028-02-30", "明年", "28.4.21", "2028", 3, "0000-00-00", "99999999"]
)
def test_what_is_no_date_is_doubted_not_guessed(written):
    assert normalise.until(written).value is None
    assert normalise.until(written).doubt


@pytest.mark.parametrize(
    ("written", "tonnes"),
    [
        (17.4, "17.4"),
        (0.1 + 0.2, "0.3"),
        ("524.7t", "524.7"),
        ("682.0吨", "682"),
        ("７４３．２", "743.2"),
        ("500kg", "0.5"),
        ("500 公斤", "0.5"),
        ("1,200", "1200"),
        ("１，２００．５ 吨", "1200.5"),
        ("1.2万吨", "12000"),
        ("20（吨）", "20"),
        (".5", "0.5"),
        (0, "0"),
        ("0.00005t", "0.0001"),
    ],
)
def test_a_mass_is_read_in_tonnes(written, tonnes):
    assert normalise.quantity(written) == (Decimal(tonnes), "", False)


@pytest.mark.parametrize(
    ("written", "tonnes", "why"),
    [
        ("10-20", "20", "范围"),
        ("10kg~20kg", "0.02", "范围"),
        ("约50吨", "50", "不是确数"),
        ("≤50", "50", "不是确数"),
        ("1200吨/年", "1200", "年用量"),
        ("50m³", None, "无法识别"),
        ("2×50", None, "无法识别"),
        ("1,2", None, "无法识别"),
        ("-5", None, "无法识别"),
        ("两罐", None, "无法识别"),
        ("1g", None, "不足"),
        ("9999999999999", None, "过大"),
        ("1E99", None, "过大"),
    ],
)
def test_a_mass_that_is_not_plain_is_doubted(written, tonnes, why):
    reading = normalise.quantity(written)
    assert reading.value == (None if tonnes is None else Decimal(tonnes))
    assert why in reading.doubt


def test_the_column_s_unit_holds_unless_the_cell_has_its_own():
    assert normalise.quantity(500, "KG").value == Decimal("0.5")
    assert normalise.quantity("500t", "KG").value == 500
    assert [
        normalise.unit_in(h) for h in ("最大存量（kg）", "存量/千克", "储量(吨)", "最大存量t", "最大存量", "GB存量")
    ] == [
        "KG",
        "千克",
        "吨",
        "T",
        "",
        "",
    ]


@given(st.decimals(0, 10**6, places=4))
def test_a_mass_in_kilograms_is_a_thousandth_in_tonnes(number):
    assert normalise.quantity(f"{number * 1000:f}kg").value == number == normalise.quantity(str(number) + "t").value


@pytest.mark.parametrize(
    ("letter", "forms"),
    [
        (
            "A",
            [
                "A",
                "a",
                "Ａ级",
                "A级",
                "蓝",
                "蓝色",
                "蓝（A）",
                " 蓝色(A级)",
                "A类",
                "低风险",
                "A级（蓝色）",
                "低风险（蓝色）",
            ],
        ),
        ("B", ["B", "黄色", "一般风险", "黄（B）"]),
        ("C", ["C级", "橙", "橙（C）", "较大风险"]),
        ("D", ["D", "红色(D级)", "重大风险", "红"]),
    ],
)
def test_a_grade_is_a_letter_a_colour_or_a_name(letter, forms):
    assert [normalise.grade(form) for form in forms] == [(letter, "", False)] * len(forms)


def test_a_numbered_grade_is_read_from_the_worst_down_with_a_doubt():
    assert [normalise.grade(form).value for form in ("Ⅰ", "II级", "三级", 4.0)] == ["D", "C", "B", "A"]
    assert "一级（红）最高" in normalise.grade("Ⅰ").doubt


@pytest.mark.parametrize("written", ["蓝（D）", "A/B", "绿", "E级", "优秀", "ABC"])
def test_a_contradictory_or_unknown_grade_is_none_with_a_doubt(written):
    assert normalise.grade(written).value is None
    assert normalise.grade(written).doubt


def test_an_unassessed_enterprise_has_no_grade_and_no_doubt():
    assert [normalise.grade(w) for w in (None, "", "/", "未评估", "无")] == [(None, "", False)] * 5


@pytest.mark.parametrize(
    ("level", "forms"),
    [
        ("一级", ["一级", "一", "1", "1级", "Ⅰ", "I级", "一级重大危险源", "重大危险源一级", "构成一级"]),
        ("四级", ["四级", "四", "Ⅳ", "4级", 4.0, "IV", "四级（2处）"]),
    ],
)
def test_a_major_hazard_level_is_read_in_every_usual_form(level, forms):
    assert [normalise.major_level(form) for form in forms] == [(level, "", False)] * len(forms)


def test_of_several_levels_the_worst_counts():
    assert normalise.major_level("三级、二级").value == "二级"
    assert normalise.major_level("三级、二级").doubt


def test_no_major_hazard_is_told_from_an_empty_cell_and_from_an_unclear_one():
    assert [normalise.major_level(w) for w in ("不构成", "无", "未构成重大危险源", 0)] == [(None, "", True)] * 4
    assert [normalise.major_level(w) for w in ("", "/", None)] == [(None, "", False)] * 3
    assert normalise.major_level("是").doubt
    assert normalise.major_level("五级").doubt


@pytest.mark.parametrize(
    ("written", "sector"),
    [("危险化学品", "危险化学品"), ("危化品经营", "危险化学品"), ("化工", "化工"), ("石油化工", "化工"), ("医药化工", "医药"),
     ("C27医药制造业", "医药"), ("化学原料和化学制品制造业", "化工"), ("城镇燃气", "危险化学品"), ("种植业", None)],
)  # fmt: skip
def test_a_sector_goes_by_many_names(written, sector):
    assert normalise.sector(written).value == sector
    assert bool(normalise.sector(written).doubt) == (sector is None)


@pytest.mark.parametrize(
    ("written", "kind", "doubted"),
    [("生产企业", "生产", False), ("储存企业", "储存", False), ("油气管道企业", "油气管道", False), ("长输管道", "油气管道", False),
     ("危险化学品道路运输", "运输", False), ("加油站", "经营", False), ("经营（带储存）", "经营", False), ("生产、经营", "生产", True),
     ("合伙", None, True)],
)  # fmt: skip
def test_a_kind_goes_by_many_names(written, kind, doubted):
    assert (normalise.kind(written).value, bool(normalise.kind(written).doubt)) == (kind, doubted)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (13972616751.0, "13972616751"),
        ("139-0792-4402", "13907924402"),
        ("139 0792 4402", "13907924402"),
        ("+86 13907924402", "13907924402"),
        ("0591-87654321", "0591-87654321"),
        ("（0591）87654321转8001", "0591-87654321-8001"),
        ("１３９０７９２４４０２", "13907924402"),
    ],
)
def test_a_phone_number_is_read_with_and_without_dashes(written, number):
    assert normalise.phone(written) == (number, "", False)


def test_of_two_phone_numbers_the_first_is_kept_and_a_strange_one_stays_as_written():
    assert normalise.phone("13907924402/13811112222") == ("13907924402", "有多个号码，只取第一个", False)
    assert normalise.phone("找门卫").value == "找门卫"
    assert normalise.phone("找门卫").doubt


@pytest.mark.parametrize(
    ("written", "people"), [(287.0, 287), ("287人", 287), ("1,200名", 1200), ("287人（含外包）", 287)]
)
def test_a_number_of_people_is_read(written, people):
    assert normalise.count(written) == (people, "", False)


def test_an_unclear_number_of_people_is_doubted():
    assert normalise.count("约50人")[:1] == (50,)
    assert normalise.count("约50人").doubt
    assert normalise.count("若干") == (None, "无法识别为人数，没有取值", False)


@pytest.mark.parametrize(
    "written", [119.055884, "119.055884", "E119.055884°", "东经119°3′21.1824″", "119度3分21.1824秒"]
)
def test_a_longitude_is_read_in_degrees_with_or_without_minutes(written):
    assert normalise.degrees(written, 73, 136).value == Decimal("119.055884")


def test_a_place_outside_the_country_is_doubted():
    assert normalise.degrees(19.05, 73, 136) == (None, "不在73°～136°之间，没有取值", False)


@pytest.mark.parametrize(
    ("written", "system"),
    [
        ("WGS84", "WGS-84"), ("ＷＧＳ－84", "WGS-84"), ("WGS 1984", "WGS-84"), ("GPS", "WGS-84"), ("2000国家大地坐标系", "WGS-84"),
        ("gcj_02", "GCJ-02"), ("火星坐标", "GCJ-02"), ("高德", "GCJ-02"), ("腾讯地图", "GCJ-02"), ("BD09", "BD-09"),
        ("百度坐标系", "BD-09"), ("", None), ("/", None), ("北京54", None), ("百度、高德", None),
    ],
)  # fmt: skip
def test_a_coordinate_system_is_known_by_its_names(written, system):
    assert normalise.system(written).value == system


def test_text_keeps_its_punctuation_and_loses_stray_spaces():
    assert normalise.tidy("　江州 化工（集团） 有限公司\n") == "江州化工（集团）有限公司"
    assert normalise.tidy("ＡＢＣ  Chemical Co") == "ABC Chemical Co"
    assert normalise.tidy("甲\u200b公司\ufeff") == "甲公司"
    assert normalise.text("x" * 9, 5) == ("xxxxx", "超过5字，只取前5字", False)


def test_a_code_loses_spaces_dashes_and_full_width_signs():
    assert normalise.code(" ９１３５０１２１ 0579-86828d'") == "91350121057986828D"
    assert normalise.code("91350121057986828D（1/1）") == "91350121057986828D"


def test_a_list_in_one_cell_is_split_but_not_inside_a_name():
    assert normalise.several("1.氯化工艺\n2.硝化工艺") == ["氯化工艺", "硝化工艺"]
    assert normalise.several("裂解（裂化、重整）工艺；电解工艺（氯碱）/聚合工艺") == [
        "裂解（裂化、重整）工艺",
        "电解工艺（氯碱）",
        "聚合工艺",
    ]
    assert normalise.several("1,3-丁二烯，N,N-二甲基甲酰胺,2,2'-偶氮二异丁腈") == [
        "1,3-丁二烯",
        "N,N-二甲基甲酰胺",
        "2,2'-偶氮二异丁腈",
    ]
    assert normalise.several("无、/") == normalise.several(None) == []


@given(
    st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.none())
)
def test_no_cell_makes_a_reader_fail(value):
    readers = [
        normalise.until,
        normalise.quantity,
        normalise.count,
        normalise.grade,
        normalise.major_level,
        normalise.sector,
    ]
    for reader in [*readers, normalise.kind, normalise.phone, normalise.person, normalise.several, normalise.code]:
        reader(value)
    normalise.degrees(value, 73, 136)
    normalise.text(value, 40)


# ---- districts


def test_a_district_is_known_by_its_short_name_its_office_and_its_towns():
    districts = Districts(("江南区", "滨海县", "石化工业园区", "北仓开发区", "临港经济技术开发区"), "江州市")
    forms = {
        "江南区": [
            "江南区",
            " 江南 区",
            "江南",
            "江南区应急管理局",
            "江州市江南区",
            "福建省江州市江南区人民政府",
            "江南区城关镇",
        ],
        "石化工业园区": ["石化工业园区", "石化园区", "石化", "石化工业园区管委会"],
        "北仓开发区": ["北仓", "北仓开发区应急局"],
        "临港经济技术开发区": ["临港经开区", "临港"],
    }
    for name, written in forms.items():
        assert [districts.find(form) for form in written] == [name] * len(written)


@pytest.mark.parametrize(
    "written", ["外地", "", None, "江州市", "海州市江南区", "江北区", "滨海区", "江南区、滨海县", "南", "区"]
)
def test_what_may_mean_another_district_or_none_is_not_guessed(written):
    assert Districts(("江南区", "滨海县"), "江州市").find(written) is None


def test_a_short_name_of_two_districts_means_neither():
    assert Districts(("江南区", "江南县")).find("江南") is None
    assert Districts(("江南区", "江南新区")).inside("江州市江南新区1号") == "江南新区"


# ---- the national lists


def test_all_entries_of_both_lists_are_there():
    assert len({entry.seq for entry in catalog._chemicals()[0].values()}) == 74
    assert len({entry.seq for entry in catalog._processes().values()}) == 18


@pytest.mark.parametrize(
    ("written", "seq"),
    [("液氯", 1), ("氯气", 1), ("液氨", 2), ("天然气", 5), ("LNG", 5), ("粗苯", 9), ("光气", 10), ("无水氟化氢", 17), ("乙醇汽油", 7),
     ("1，3-丁二烯", 27), ("TDI", 39), ("tdi", 39), ("硝化棉", 65), ("乙醚", 74), ("甲醇(99%)", 13), ("7664-41-7", 2), ("双氧水", None),
     ("1,2-环氧丙烷", 25), ("2-丙烯腈", 14), ("乙烯基氯", 18), ("氨水", None), ("苯乙酸", None), ("汽油添加剂", None)],
)  # fmt: skip
def test_a_key_chemical_is_known_by_name_alias_and_number(written, seq):
    entry = catalog.chemical(written)
    assert (entry.seq if entry else None) == seq


@pytest.mark.parametrize(
    ("written", "seq"),
    [("光气化工艺", 1), ("电解工艺（氯碱）", 2), ("氯碱电解工艺", 2), ("电解", 2), ("氯化", 3), ("氯化反应", 3), ("裂化工艺", 6),
     ("裂解(裂化)工艺", 6), ("氨基化工艺", 12), ("过氧化工艺", 11), ("电石生产工艺", 17), ("蒸馏", None)],
)  # fmt: skip
def test_a_key_process_is_known_by_its_usual_names(written, seq):
    entry = catalog.process(written)
    assert (entry.seq if entry else None) == seq
