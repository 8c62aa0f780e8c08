"""Which parts of the checklist a plant is asked: every rule by an example, and what is unknown is never taken for absent."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.rules_checklist import (
    KINDS,
    MAJOR,
    MISSING,
    NOT_MAJOR,
    RULES,
    UNITS,
    Facts,
    Named,
    part,
)
from portal.reference.files import content, parsed

KNOWN = Facts(
    "hazchem",
    "production",
    processes=(Named("复配"),),
    chemicals=(Named("工业盐"),),
    units=frozenset({"production"}),
    judged=NOT_MAJOR,
)
names = st.builds(Named, st.text("甲乙丙", min_size=1, max_size=3), st.none() | st.integers(1, 74))
facts = st.builds(
    Facts,
    st.sampled_from(["hazchem", "chemical", "pharma"]),
    st.sampled_from(list(KINDS)),
    st.lists(names, max_size=3).map(tuple),
    st.lists(names, max_size=4).map(tuple),
    st.frozensets(st.sampled_from(list(UNITS))),
    st.none() | st.integers(1, 4),
    st.sampled_from(["", MISSING, NOT_MAJOR, MAJOR]),
)


def test_every_part_of_the_catalog_has_its_rule():
    assert {row["subcategory"] for row in parsed(content("inspection_checklist"))} == set(RULES)


@pytest.mark.parametrize(
    ("subcategory", "changed", "why"),
    [
        ("液氨", {"chemicals": (Named("氨（液氨）", 2),)}, "在量有氨（液氨）"),
        ("液氨", {"processes": (Named("合成氨工艺", 5),)}, "涉及合成氨工艺"),
        ("液氯", {"chemicals": (Named("氯", 1),)}, "在量有氯"),
        ("液氯", {"processes": (Named("氯化工艺", 3),)}, "涉及氯化工艺"),
        ("光气与光气化", {"processes": (Named("光气及光气化工艺", 1),)}, "涉及光气及光气化工艺"),
        ("光气与光气化", {"chemicals": (Named("双光气", 60),)}, "在量有双光气"),
        ("硝酸铵", {"chemicals": (Named("硝酸铵", 54),)}, "在量有硝酸铵"),
        ("液化烃", {"chemicals": (Named("液化石油气", 3),)}, "在量有液化石油气"),
        ("液化烃", {"chemicals": (Named("正丁烷"),)}, "在量有正丁烷"),
        ("氯乙烯与过氧化物等", {"processes": (Named("硝化工艺", 4),)}, "涉及硝化工艺"),
        ("氯乙烯与过氧化物等", {"chemicals": (Named("氯乙烯", 18),)}, "在量有氯乙烯"),
        ("辨识评估与备案", {"major_level": 2}, "二级重大危险源"),
        ("辨识评估与备案", {"judged": MISSING}, "缺少数据"),
        ("仓库与储罐区", {"units": frozenset({"tanks"})}, "有罐区"),
        ("仓库与储罐区", {"units": frozenset({"warehouse", "production"})}, "有独立库房"),
        ("化工医药（原料药）", {"sector": "pharma"}, "医药企业"),
    ],
)
def test_a_fact_of_the_ledger_puts_its_part_in_and_without_it_the_part_is_left_out(subcategory, changed, why):
    asked = part(subcategory, replace(KNOWN, **changed))
    assert asked.applies
    assert why in asked.because
    assert not part(subcategory, KNOWN).applies
    assert part(subcategory, KNOWN).because


@pytest.mark.parametrize(
    ("subcategory", "kind"), [("工艺与操作管理", "trade"), ("试生产", "storage"), ("静设备与特种设备", "transport")]
)
def test_where_nothing_is_made_or_stands_its_parts_are_left_out(subcategory, kind):
    without = replace(KNOWN, kind=kind, processes=(), units=frozenset())
    assert not part(subcategory, without).applies
    assert part(subcategory, KNOWN).applies


@pytest.mark.parametrize("subcategory", ["液氨", "液氯", "光气与光气化", "硝酸铵", "液化烃", "氯乙烯与过氧化物等"])
def test_a_plant_of_which_nothing_is_recorded_is_asked_about_everything_it_may_hold(subcategory):
    blank = Facts("hazchem", "storage")
    assert part(subcategory, blank).applies
    assert "不能排除" in part(subcategory, blank).because
    assert part("辨识评估与备案", blank).applies
    assert part("仓库与储罐区", replace(blank, kind="trade")).applies


@given(facts, st.sampled_from(list(RULES)), names, st.sampled_from(list(UNITS)))
def test_learning_of_one_more_thing_never_takes_a_part_out_that_another_fact_put_in(known, subcategory, more, unit):
    """Only the step from nothing recorded to something may: then the absence of the rest is known."""
    before = part(subcategory, known)
    richer = replace(known, chemicals=(*known.chemicals, more), processes=(*known.processes, more))
    if before.applies and "不能排除" not in before.because:
        assert part(subcategory, richer).applies
        assert part(subcategory, replace(known, units=known.units | {unit})).applies


@given(facts, st.sampled_from(list(RULES)))
def test_every_part_says_why(known, subcategory):
    assert part(subcategory, known).because.strip()
