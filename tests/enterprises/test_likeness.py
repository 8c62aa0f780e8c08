"""How alike two entries are: what a person would see at a glance, and nothing a search could pass over."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprises.rules import likeness as rules
from enterprises.rules.likeness import PROPOSED, Entry, keys, likeness, one_apart, search

PLACES = ("石化工业园区", "江州市", "江南区", "江北区", "江州", "江南", "江北")


def entry(name="江州甲化工有限公司", **more) -> Entry:
    return Entry(name, places=PLACES, **more)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("江州甲化工有限公司", "甲化工"),
        ("江州市甲化工有限责任公司", "甲化工"),
        ("江州市江南区甲化工股份有限公司", "甲化工"),
        ("福建省江州市甲化工集团有限公司", "甲化工"),
        ("甲化工（集团）股份有限公司", "甲化工"),
        ("江州甲化工(江北)有限公司", "甲化工江北"),
        ("江州　甲化工 有限公司", "甲化工"),
        ("江州ＡＢＣ化工有限公司", "ABC化工"),
        # The place is all that names it, so it stays.
        ("江南化工有限公司", "江南化工"),
        ("江州化工有限公司", "江州化工"),
        # A branch is not its company.
        ("江州甲化工有限公司江北分公司", "甲化工有限公司江北分公司"),
        ("江州石化工业园区管理公司", "管理"),
    ],
)
def test_a_name_without_place_and_kind_of_company(name, core):
    assert entry(name).core == core


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ({}, {}, ("名称相同",)),
        ({}, {"name": "江州甲化工（有限公司）"}, ("名称相同",)),
        ({}, {"name": "江州市甲化工有限责任公司"}, ("名称相同（不计地名和公司类型）",)),
        ({}, {"name": "江州乙化工有限公司"}, ("名称只差一字",)),
        ({"name": "江州永宇化工公司"}, {"name": "江州永宇精化工公司"}, ("名称只差一字",)),
        ({"name": "江州永宇化工公司"}, {"name": "江州宇永化工公司"}, ("名称只差一字",)),
        ({"name": "江州一厂1号罐区"}, {"name": "江州一厂2号罐区"}, ()),
        ({"name": "甲", "licence_no": "（闽）WH安许证字〔2026〕1号"}, {"name": "乙", "licence_no": "(闽)WH安许证字[2026]1号"}, ("许可证编号相同",)),
        ({"name": "甲", "licence_no": "无"}, {"name": "乙", "licence_no": "无"}, ()),
        ({"name": "甲", "phones": ("138-0000 0001",)}, {"name": "乙", "phones": ("", "+8613800000001")}, ("联系电话相同",)),
        ({"name": "甲", "phones": ("", "110")}, {"name": "乙", "phones": ("110", "")}, ()),
        ({"name": "甲", "address": "江州市江南区化工路12号"}, {"name": "乙", "address": "化工路12号"}, ("地址相同",)),
        ({"name": "甲", "address": "江南区化工路"}, {"name": "乙", "address": "化工路"}, ("地址相同（未写门牌号）",)),
        ({"name": "甲", "address": "化工一路12号"}, {"name": "乙", "address": "化工路12号"}, ("地址相近",)),
        ({"name": "甲", "address": "化工路12号3幢"}, {"name": "乙", "address": "化工路12号"}, ("地址相近",)),
        ({"name": "甲", "address": "化工大路12号"}, {"name": "乙", "address": "化工大路13号"}, ()),
        ({"name": "甲", "address": "化工大道1"}, {"name": "乙", "address": "化工大道12号"}, ()),
    ],
)  # fmt: skip
def test_what_speaks_for_one_plant_is_said(one, other, reasons):
    assert likeness(entry(**one), entry(**other)).reasons == reasons


def at(longitude: str, latitude: str, system: str = "wgs84", **more) -> Entry:
    return entry(longitude=Decimal(longitude), latitude=Decimal(latitude), system=system, **more)


def test_near_means_a_hundred_metres_in_the_same_system():
    here = at("119.3", "26.0", name="甲")
    assert likeness(here, at("119.3005", "26.0", name="乙")).reasons == ("坐标相距约50米",)
    assert likeness(here, at("119.302", "26.0", name="乙")).reasons == ()
    assert likeness(here, at("119.3", "26.0", "gcj02", name="乙")).reasons == ()


@pytest.mark.parametrize(
    ("more", "proposed"),
    [
        ({"name": "江州市甲化工有限责任公司"}, True),
        ({"name": "江州乙化工有限公司"}, False),
        ({"name": "江州乙化工有限公司", "address": "化工路12号"}, True),
        ({"name": "江州乙化工有限公司", "phones": ("13800000001",)}, True),
        ({"name": "别家", "address": "化工路12号"}, False),
        ({"name": "别家", "phones": ("13800000001",)}, False),
        ({"name": "别家", "phones": ("13800000001",), "address": "化工路12号"}, True),
        ({"name": "别家", "licence_no": "WH2026-0001"}, True),
    ],
)
def test_a_shared_address_or_telephone_alone_is_no_proposal(more, proposed):
    plant = entry(address="江南区化工路12号", phones=("13800000001",), licence_no="WH2026-0001")
    assert (likeness(plant, entry(**more)).score >= PROPOSED) == proposed


def test_one_character_is_more_less_other_or_swapped():
    assert one_apart("永宇化工", "永雨化工")
    assert one_apart("永宇化工", "永宇精化工")
    assert one_apart("永宇化工", "宇永化工")
    assert one_apart("永宇化工", "永宇工化")
    assert not one_apart("永宇化工", "永宇化工")
    assert not one_apart("永宇化工", "安雨化工")
    assert not one_apart("永宇", "永雨")
    assert not one_apart("1号罐区", "2号罐区")


def spelled_out(one: str, other: str) -> bool:
    """The same by trying everything: what one change makes of a word."""
    made = {one[:n] + one[n + 1 :] for n in range(len(one))}
    made |= {one[:n] + c + one[n:] for n in range(len(one) + 1) for c in "甲乙丙"}
    made |= {one[:n] + c + one[n + 1 :] for n in range(len(one)) for c in "甲乙丙"}
    made |= {one[:n] + one[n + 1] + one[n] + one[n + 2 :] for n in range(len(one) - 1)}
    return other in made


words = st.text("甲乙丙", min_size=3, max_size=5)


@given(words, words)
def test_one_apart_is_what_one_change_makes(one, other):
    assert one_apart(one, other) == (one != other and spelled_out(one, other))


# Few values, each near some others, so that every combination that reaches the line comes up.
entries = st.builds(
    Entry,
    name=st.sampled_from(["永宇化工", "永雨化工", "永宇精化工", "宇永化工", "别家药业"]),
    address=st.sampled_from(["", "化工路12号", "化工一路12号", "化工路12号3幢", "石化大道7号"]),
    phones=st.tuples(st.sampled_from(["", "", "13800000001", "13800000002"]), st.just("")),
    licence_no=st.sampled_from(["", "", "WH2026-0001", "WH2026-0002"]),
    longitude=st.sampled_from([None, Decimal("119.3"), Decimal("119.3009"), Decimal("119.2991"), Decimal("119.3013")]),
    latitude=st.sampled_from([Decimal("26.9999"), Decimal("27.0003"), Decimal("26.9992"), Decimal("27.0008")]),
    system=st.just("wgs84"),
)


@settings(max_examples=2000)
@given(entries, entries)
def test_no_pair_worth_a_look_is_passed_over(one, other):
    alike = likeness(one, other)
    assert alike == likeness(other, one)
    if alike.score >= PROPOSED:
        assert keys(one) & keys(other), (one, other, alike)


def test_the_likeliest_pair_comes_first_and_none_comes_twice():
    found = search(
        [
            entry(address="化工路12号", phones=("13800000001",)),
            entry("江州安泰药业有限公司", phones=("13800000001",), address="化工路12号"),
            entry("江州市甲化工有限责任公司", address="化工路12号", phones=("13800000001",)),
            entry("江州远洋运输有限公司"),
        ]
    )
    assert [(one, other, alike.score) for one, other, alike in found.pairs] == [(0, 2, 100), (0, 1, 70), (1, 2, 70)]
    assert found.skipped == []


def test_what_too_many_share_is_named_instead_of_compared(monkeypatch):
    monkeypatch.setattr(rules, "MOST_IN_A_BLOCK", 2)
    names = ("甲甲", "乙乙", "丙丙")
    found = search([entry(name, phones=("13800000001",), address="化工路12号") for name in names])
    assert found.pairs == []
    assert found.skipped == [("联系电话“13800000001”", 3), ("地址“化工路12号”", 3)] or sorted(found.skipped) == [
        ("地址“化工路12号”", 3),
        ("联系电话“13800000001”", 3),
    ]
