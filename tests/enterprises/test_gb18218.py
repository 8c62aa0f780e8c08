"""GB 18218-2018: the worked examples to the last digit, and what must hold for any unit."""

import csv
import io
import json
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from enterprises.gb18218_tables import tables
from enterprises.rules.gb18218 import Held, exact, judge, quantity

EXAMPLES = list(csv.DictReader((Path(__file__).parent / "gb18218_worked_examples.csv").open(encoding="utf-8")))


def held(seq: int | None = None, q="1", label="物", **more) -> Held:
    return Held(label, None if q is None else Fraction(q), seq, **more)


def command(asked: dict, monkeypatch, capsys) -> dict:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(asked)))
    call_command("gb18218", "--json")
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda row: row["example_id"])
def test_every_worked_example_comes_out_to_the_last_digit(example, monkeypatch, capsys):
    asked = {"population_500m": int(example["population_500m"]), "holdings": json.loads(example["inputs_json"])}
    said = command(asked, monkeypatch, capsys)
    assert said["S"] == example["expected_S"]
    assert said["R"] == (example["expected_R"] or None)
    assert said["level"] == example["expected_level"]
    assert len(said["lines"]) == len(asked["holdings"])


@pytest.mark.parametrize(
    ("holdings", "population", "s", "r", "level"),
    [
        # 危险性类别 J5 decides (500 < 1000); phosgene keeps the β of 表3.
        (
            [
                {"label": "X", "symbols": ["W5.3", "J5"], "q": 400},
                {"label": "Y", "symbols": ["J2"], "q": 100},
                {"label": "光气", "seq": 6, "q": 3},
            ],
            250,
            "12.8",
            "405.6",
            "一级",
        ),
        ([{"label": "CO", "name": "一氧化碳", "symbols": ["W2", "J3"], "q": 20}], 0, "2", "2", "四级"),
        ([{"label": "氢", "seq": 51, "q": "0.1"}, {"label": "氢", "seq": 51, "q": 0.2}], 0, "0.06", None, "不构成"),
        ([{"label": "三氧化硫", "seq": 26, "q": 25}], 0, "1/3", None, "不构成"),
    ],
)
def test_further_examples_of_classes_gases_and_fractions(holdings, population, s, r, level, monkeypatch, capsys):
    said = command({"population_500m": population, "holdings": holdings}, monkeypatch, capsys)
    assert (said["S"], said["R"], said["level"]) == (s, r, level)


@pytest.mark.parametrize(
    ("r", "level"), [("9.9999", "四级"), ("10", "三级"), ("49.9999", "三级"), ("50", "二级"), ("100", "一级")]
)
def test_a_level_begins_exactly_at_its_bound(r, level):
    # Chlorine: β 4, Q 5 t, α 0.5, so R = 0.4 q.
    assert judge([held(12, Fraction(r) / Fraction(2, 5))], 0, tables()).level.name == level


@pytest.mark.parametrize(
    ("persons", "alpha"),
    [(0, "0.5"), (1, "1"), (29, "1"), (30, "1.2"), (49, "1.2"), (50, "1.5"), (99, "1.5"), (100, "2")],
)
def test_alpha_changes_exactly_at_its_bounds(persons, alpha):
    assert exact(judge([held(1, 50)], persons, tables()).alpha) == alpha


def test_from_exactly_one_on_it_is_a_major_hazard_installation():
    assert judge([held(51, "5")], 0, tables()).is_major
    just_under = judge([held(51, "4.99999999999999999999")], 0, tables())
    assert not just_under.is_major
    assert just_under.r is None
    assert just_under.level is None


@pytest.mark.parametrize(
    ("holding", "told"),
    [
        (held(None, 5, "某中间体"), "某中间体"),
        (held(1, None, "液氨"), "设计最大量"),
        (held(999, 1), "没有序号999"),
        (held(None, 5, symbols=("W99",)), "W99"),
        (held(None, 5, "硝化棉"), "对应多项"),
        (held(1, "-1"), "负数"),
    ],
)
def test_what_is_not_known_stops_the_judgement_and_never_counts_as_zero(holding, told):
    result = judge([held(1, 500), holding], 10, tables())
    assert result.s is None
    assert result.r is None
    assert not result.is_major
    assert any(told in sentence for sentence in result.missing)


def test_an_unknown_population_stops_the_grading_alone():
    result = judge([held(1, 50)], None, tables())
    assert result.s == 5
    assert result.r is None
    assert "常住人口" in result.missing[0]
    assert judge([held(1, 1)], None, tables()).missing == ()


def test_table_one_goes_before_table_two_and_the_lowest_class_decides():
    assert judge([held(None, 500, "甲醇", symbols=("W5.3",))], 0, tables()).s == 1
    line = judge([held(None, 1, symbols=("W5.4", "J1", "W2"))], 0, tables()).lines[0]
    assert (line.threshold, line.beta) == (5, 4)
    assert "J1" in line.threshold_from


def test_of_classes_with_one_quantity_the_largest_beta_counts():
    assert judge([held(None, 10, symbols=("W5.1", "W1.2"))], 0, tables()).lines[0].beta == 2


def test_an_uncertain_row_says_so():
    assert judge([held(26, 75)], 0, tables()).lines[0].low_confidence
    assert not judge([held(1, 10)], 0, tables()).lines[0].low_confidence


def test_near_a_threshold_a_sentence_warns():
    assert "90%" in judge([held(51, "4.5")], 0, tables()).warnings[0]
    assert judge([held(51, "4.49")], 0, tables()).warnings == ()
    assert "增加10%以内即变为三级" in judge([held(12, "22.8")], 0, tables()).warnings[0]
    assert "减少10%以内即变为四级" in judge([held(12, "25")], 0, tables()).warnings[0]


KNOWN = st.sampled_from(sorted(tables().named))
AMOUNT = st.fractions(min_value=0, max_value=5000, max_denominator=1000)
UNITS = st.lists(st.tuples(KNOWN, AMOUNT), min_size=1, max_size=6)
PERSONS = st.integers(0, 500)


def result(unit, persons):
    return judge([held(seq, q) for seq, q in unit], persons, tables())


@given(UNITS, PERSONS, st.randoms())
def test_the_order_makes_no_difference(unit, persons, dice):
    shuffled = list(unit)
    dice.shuffle(shuffled)
    one, other = result(unit, persons), result(shuffled, persons)
    assert (one.s, one.r, one.level) == (other.s, other.r, other.level)


@given(UNITS, PERSONS, st.fractions(min_value=0, max_value=1, max_denominator=97))
def test_splitting_a_holding_changes_nothing(unit, persons, share):
    (seq, q), *rest = unit
    one, other = result(unit, persons), result([(seq, q * share), (seq, q - q * share), *rest], persons)
    assert (one.s, one.r, one.level) == (other.s, other.r, other.level)


@given(UNITS, PERSONS, KNOWN, AMOUNT, st.integers(0, 200))
def test_more_substance_or_more_people_never_lower_it(unit, persons, seq, q, people):
    one, other = result(unit, persons), result([*unit, (seq, q)], persons + people)
    assert other.s >= one.s
    if one.r is not None:
        assert other.r >= one.r
        assert other.level.number <= one.level.number


@given(st.fractions(min_value=0, max_denominator=10**6))
def test_a_number_is_written_exactly(value):
    written = exact(value)
    assert Fraction(written) == value
    assert "e" not in written.lower()
    if "/" not in written:
        assert Fraction(Decimal(written)) == value


@pytest.mark.parametrize("written", ["1e99999999", "1e-99999999", "0e99999999", "1/0", "NaN", "9" * 40, "", "五吨"])
def test_what_is_no_quantity_is_refused_before_it_is_calculated_with(written):
    with pytest.raises(ValueError, match="不是数量"):
        quantity(written)


def test_a_single_class_may_be_written_without_brackets(monkeypatch, capsys):
    said = command({"holdings": [{"label": "某溶剂", "q": "100", "symbols": "W5.3"}]}, monkeypatch, capsys)
    assert said["lines"][0]["Q_from"] == "表2 W5.3"


@pytest.mark.parametrize(
    "asked", ["", "[]", '{"holdings": 5}', '{"holdings": [{"q": "x", "seq": 1}]}', '{"population_500m": 1}']
)
def test_unreadable_input_is_refused_with_a_sentence(asked, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(asked))
    with pytest.raises(CommandError, match="读不懂"):
        call_command("gb18218", "--json")


def test_missing_data_ends_the_command_with_the_sentence_and_no_level(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"population_500m": 5, "holdings": [{"label": "某物", "q": 5}]}'))
    with pytest.raises(CommandError, match="某物"):
        call_command("gb18218", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["S"], said["R"], said["level"]) == (None, None, None)
