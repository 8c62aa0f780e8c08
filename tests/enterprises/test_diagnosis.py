"""应急〔2018〕19号: caps, bonus, direct conditions and bands."""

import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from enterprises.diagnosis_sheet import sheet
from enterprises.rules.diagnosis import DEDUCTION, diagnose


def x(*pairs):
    return diagnose(dict(pairs), sheet())


def test_an_empty_sheet_is_a_hundred_points_and_blue():
    diagnosis = x()
    assert (diagnosis.total, diagnosis.colour, diagnosis.grade) == (100, "蓝色", "A")
    assert sum(item.points for item in diagnosis.items) == 100
    assert sum(category.score for category in diagnosis.categories) == 100


def test_an_item_never_loses_more_than_its_own_points():
    assert x(("1.3.1", 5)).total == 90
    assert x(("1.3.1", 9)).total == 90
    assert any("扣至0分为止" in reason for reason in x(("1.3.1", 9)).reasons)
    assert not any("扣至0分为止" in reason for reason in x(("1.3.1", 5)).reasons)


def test_what_is_counted_once_is_counted_once():
    assert x(("2.1.1", 4)).total == 97


def test_of_several_major_hazards_the_highest_level_alone_counts():
    assert x(("1.1.4", 3), ("1.1.2", 1)).total == 92


def test_of_several_standardisation_levels_the_highest_alone_counts():
    assert x(("9.1.3", 1), ("9.1.2", 1)).total == 105


def test_a_bonus_stands_outside_the_cap_of_its_item():
    assert x(("6.1.1", 3), ("6.1.5", 2)).total == 89


def test_a_tenth_of_a_point_is_exact():
    assert str(x(("1.2.3", 3)).total) == "997/10"


@pytest.mark.parametrize(
    ("counts", "total", "colour", "grade"),
    [
        ([("7.1.2", 1)], 90, "蓝色", "A"),
        ([("7.1.2", 1), ("1.2.3", 1)], "899/10", "黄色", "B"),
        ([("7.1.2", 1), ("6.1.1", 3)], 75, "黄色", "B"),
        ([("7.1.2", 1), ("6.1.1", 3), ("1.2.3", 1)], "749/10", "橙色", "C"),
        ([("7.1.2", 1), ("6.1.1", 3), ("5.1.1", 1), ("4.1.3", 1)], 60, "橙色", "C"),
        ([("7.1.2", 1), ("6.1.1", 3), ("5.1.1", 1), ("4.1.3", 1), ("1.2.3", 1)], "599/10", "红色", "D"),
    ],
)
def test_the_bands_begin_exactly_at_their_points(counts, total, colour, grade):
    diagnosis = x(*counts)
    assert str(diagnosis.total) == str(total)
    assert (diagnosis.colour, diagnosis.grade) == (colour, grade)


@pytest.mark.parametrize("code", ["X.1", "X.2", "X.3", "X.4"])
def test_any_direct_condition_makes_it_red_whatever_the_points(code):
    diagnosis = x((code, 1))
    assert (diagnosis.total, diagnosis.grade) == (100, "D")
    assert diagnosis.reasons[0].startswith("直接判定为红色")


@given(st.dictionaries(st.sampled_from(sorted(sheet().rows)), st.integers(0, 30)))
def test_points_stay_within_their_items_and_add_up(counts):
    diagnosis = diagnose(counts, sheet())
    assert all(0 <= item.deducted <= item.points for item in diagnosis.items)
    assert sum(item.score for item in diagnosis.items) == diagnosis.total
    assert sum(category.score for category in diagnosis.categories) == diagnosis.total


@given(
    st.dictionaries(st.sampled_from(sorted(sheet().rows)), st.integers(0, 5)),
    st.sampled_from(sorted(code for code, row in sheet().rows.items() if row.kind == DEDUCTION)),
)
def test_one_deduction_more_never_raises_the_total(counts, code):
    more = counts | {code: counts.get(code, 0) + 1}
    assert diagnose(more, sheet()).total <= diagnose(counts, sheet()).total


def run(asked, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(asked)))
    call_command("diagnose", "--json")
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "asked",
    [
        {"1.3.1": 2, "X.3": 1},
        {"answers": {"1.3.1": 2, "X.3": True}},
        [{"code": "1.3.1", "count": 2}, {"code": "X.3"}],
    ],
)
def test_the_command_takes_codes_and_counts_in_each_form(asked, monkeypatch, capsys):
    said = run(asked, monkeypatch, capsys)
    assert (said["total"], said["colour"], said["grade"]) == ("96", "红色", "D")
    assert said["categories"][0] == {
        "name": "1.固有危险性",
        "max": "30",
        "deducted": "4",
        "bonus": "0",
        "score": "26",
    }


@pytest.mark.parametrize("asked", [{"9.9.9": 1}, {"1.3.1": -1}, {"1.3.1": 1.5}, {"1.3.1": "2"}, {"1.3.1": None}, 5])
def test_an_answer_the_sheet_does_not_know_is_refused_with_a_sentence(asked, monkeypatch, capsys):
    with pytest.raises(CommandError):
        run(asked, monkeypatch, capsys)
