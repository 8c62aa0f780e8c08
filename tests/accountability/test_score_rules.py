"""Points of the year-end score: exact, and the same by a program that shares no line with them."""

import json
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountability import rules_score as rules
from accountability.queries.score_figures import FIGURES
from accountability.score_templates import DEFAULTS
from tools import recompute_score

SHARE = rules.Value


def line(kind="indicator", weight="10", **formula) -> dict:
    return {"key": "k", "label": "项目", "kind": kind, "weight": weight, "formula": formula}


def points(told, counted, of=None) -> str:
    value = rules.Value(Fraction(counted), None if of is None else Fraction(of))
    return str(rules.points_of(told, value).points)


@pytest.mark.parametrize(
    ("counted", "of", "earned"),
    [
        (60, 100, "0.00"),
        (59, 100, "0.00"),
        (100, 100, "10.00"),
        (80, 100, "5.00"),
        (2, 3, "1.67"),
        # 61.225 % earns 0.30625 points of ten times … exactly half a hundredth goes up.
        (60_130, 100_000, "0.03"),
        (60_020, 100_000, "0.01"),
    ],
)
def test_by_proportion_between_nothing_and_everything(counted, of, earned):
    assert points(line(shape="linear", none="0.6", full="1"), counted, of) == earned


def test_half_a_hundredth_goes_up_and_less_goes_down():
    told = line(weight="1", shape="linear", none="0", full="1")
    assert points(told, 5, 1000) == "0.01"
    assert points(told, 4999, 1_000_000) == "0.00"


def test_where_less_is_better_the_full_value_is_the_smaller():
    told = line(shape="linear", none="30", full="0")
    assert [points(told, days, 1) for days in (0, 15, 30, 31)] == ["10.00", "5.00", "0.00", "0.00"]


def test_bands_give_the_first_that_is_reached():
    told = line(shape="bands", better="more", bands=[["0.8", "1"], ["0.5", "0.6"]])
    assert [points(told, n, 10) for n in (8, 7, 5, 4)] == ["10.00", "6.00", "6.00", "0.00"]
    told = line(shape="bands", better="less", bands=[["1", "1"], ["3", "0.5"]])
    assert [points(told, n) for n in (1, 2, 3, 4)] == ["10.00", "5.00", "5.00", "0.00"]


def test_what_is_missing_costs_points_until_none_are_left():
    told = line(weight="4", shape="count", each="1.5")
    assert [points(told, n) for n in (0, 1, 2, 3)] == ["4.00", "2.50", "1.00", "0.00"]


def test_deductions_are_negative_and_stop_at_their_cap():
    told = line(kind="deduction", shape="each", each="2")
    assert [points(told, n) for n in (0, 3, 9)] == ["0.00", "-6.00", "-10.00"]
    assert points(line(kind="deduction", weight="0", shape="each", each="2"), 9) == "-18.00"


def test_nothing_to_do_earns_everything_or_nothing_as_the_template_says():
    told = line(shape="linear", none="0", full="1")
    assert points(told, 0, 0) == "10.00"
    assert points(told | {"empty": "zero"}, 0, 0) == "0.00"


TEMPLATE = {
    "bonus_cap": "5",
    "veto_ceiling": "59.99",
    "grades": [["优秀", "90"], ["良好", "80"], ["合格", "60"], ["不合格", "0"]],
    "lines": [
        {"key": "rate", "label": "率", "kind": "indicator", "weight": "100", "share": True,
         "formula": {"shape": "linear", "none": "0", "full": "1"}},
        {"key": "plus", "label": "加", "kind": "bonus", "weight": "0", "formula": {"shape": "each", "each": "2"}},
        {"key": "minus", "label": "扣", "kind": "deduction", "weight": "0", "formula": {"shape": "each", "each": "3"}},
        {"key": "veto", "label": "否决", "kind": "veto", "weight": "0", "formula": {"shape": "over", "at": "1"}},
    ],
}  # fmt: skip


def scored(rate=95, plus=0, minus=0, veto=0, corrections=()):
    values = {"rate": SHARE(Fraction(rate), Fraction(100))}
    values |= {name: SHARE(Fraction(n)) for name, n in (("plus", plus), ("minus", minus), ("veto", veto))}
    result = rules.score(TEMPLATE, values, [Decimal(one) for one in corrections])
    return str(result.total), result.grade


def test_bonus_has_a_cap_deductions_have_none_and_the_total_stops_at_nothing():
    assert scored(95, plus=9) == ("100.00", "优秀")
    assert scored(95, minus=2) == ("89.00", "良好")
    assert scored(10, minus=9) == ("0.00", "不合格")


def test_a_veto_is_a_ceiling_for_the_best_and_does_not_lift_the_worst():
    assert scored(100, plus=2, veto=1) == ("59.99", "不合格")
    assert scored(40, veto=1) == ("40.00", "不合格")


def test_a_correction_counts_before_the_grade_is_given():
    assert scored(89) == ("89.00", "良好")
    assert scored(89, corrections=["1.00"]) == ("90.00", "优秀")
    assert scored(100, veto=1, corrections=["9.00"]) == ("59.99", "不合格")


@pytest.mark.parametrize(
    ("total", "grade"), [("90.00", "优秀"), ("89.99", "良好"), ("60", "合格"), ("59.99", "不合格")]
)
def test_a_band_begins_at_its_bound(total, grade):
    assert rules.grade_of(Decimal(total), TEMPLATE["grades"]) == grade


@pytest.mark.parametrize("kind", DEFAULTS)
def test_the_templates_that_come_along_can_be_reckoned_with_and_make_a_hundred(kind):
    rules.check(DEFAULTS[kind], FIGURES)
    assert all(rules.said(one) for one in DEFAULTS[kind]["lines"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weight": "99"}, "须为100分，现在是99分"),
        ({"weight": "1e400"}, "不是数"),
        ({"weight": 99.9}, "不是数"),
        ({"figure": "nosuch"}, "没有这个指标数据"),
        ({"formula": {"shape": "linear", "none": "1", "full": "1"}}, "不能相同"),
        ({"formula": {"shape": "bands", "bands": [["0.5", "1"], ["0.8", "0.5"]]}}, "从好到差"),
        ({"formula": {"shape": "over", "at": "1"}}, "不相配"),
        ({"formula": {"shape": "linear", "none": "0"}}, "缺少full"),
        ({"key": "plus"}, "编号相同"),
    ],
)
def test_a_template_that_cannot_be_reckoned_with_is_refused_with_a_sentence(change, words):
    first, *rest = TEMPLATE["lines"]
    with pytest.raises(rules.BadTemplate, match=words):
        rules.check(TEMPLATE | {"lines": [first | change, *rest]}, FIGURES)


number = st.integers(0, 10**6)
weight = st.integers(1, 100).map(str)
decimal = st.decimals("0", "1", places=4).map(str)


@st.composite
def lines(draw):
    shape = draw(st.sampled_from(["linear", "bands", "count", "bonus", "deduction", "veto"]))
    told = {
        "label": "项",
        "kind": "indicator",
        "weight": draw(weight),
        "empty": draw(st.sampled_from(["full", "zero"])),
    }
    if shape == "linear":
        low, high = draw(decimal), draw(decimal)
        if Decimal(low) == Decimal(high):
            high = "2"
        return told | {"share": True, "formula": {"shape": shape, "none": low, "full": high}}
    if shape == "bands":
        bounds = sorted({Decimal(draw(decimal)) for _ in range(3)}, reverse=True)
        return told | {"share": True, "formula": {"shape": shape, "bands": [[str(b), draw(decimal)] for b in bounds]}}
    if shape == "count":
        return told | {"formula": {"shape": shape, "each": draw(weight)}}
    if shape == "veto":
        return told | {"kind": shape, "weight": "0", "formula": {"shape": "over", "at": draw(weight)}}
    return told | {"kind": shape, "formula": {"shape": "each", "each": draw(decimal)}}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lines(), min_size=1, max_size=8), st.data())
def test_another_program_comes_to_the_same_last_digit(told, data):
    template = TEMPLATE | {"lines": [one | {"key": f"k{n}"} for n, one in enumerate(told)]}
    export = {"template": {"body": template}, "figures": {}, "sums": {}, "subject_kind": "district", "subjects": []}
    for subject in range(3):
        values, rows = {}, []
        for one in template["lines"]:
            of = data.draw(number) if one.get("share") else None
            counted = data.draw(st.integers(0, of)) if of else data.draw(number) if of is None else 0
            values[one["key"]] = SHARE(Fraction(counted), None if of is None else Fraction(of))
            rows.append({"key": one["key"], "counted": str(counted), "of": None if of is None else str(of)})
        result = rules.score(template, values)
        for row, given_points in zip(rows, result.lines, strict=True):
            row |= {"points": str(given_points.points), "vetoed": given_points.vetoed}
        export["subjects"].append(
            {"id": subject, "name": f"第{subject}区", "lines": rows, "corrections": [], "total": str(result.total),
             "grade": result.grade, "rank": 0}
        )  # fmt: skip
    totals = [Decimal(one["total"]) for one in export["subjects"]]
    for one in export["subjects"]:
        one["rank"] = 1 + sum(total > Decimal(one["total"]) for total in totals)
    assert list(recompute_score.faults(json.loads(json.dumps(export)))) == []
    # And it does look: a hundredth more anywhere is found.
    row = export["subjects"][0]["lines"][0]
    row["points"] = str(Decimal(row["points"]) + Decimal("0.01"))
    assert list(recompute_score.faults(export))


def test_the_recomputing_program_imports_nothing_of_the_portal(tmp_path):
    export = {"template": {"body": TEMPLATE}, "figures": {}, "sums": {}, "subject_kind": "district", "subjects": []}
    (tmp_path / "export.json").write_text(json.dumps(export), "utf-8")
    script = Path(recompute_score.__file__)
    run = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-I", "-S", script, tmp_path / "export.json"], capture_output=True, text=True, cwd=tmp_path
    )
    assert (run.returncode, run.stdout) == (0, "0 subjects, 0 lines: all agree\n")
