"""The draw of a sample: the same for everybody, open to every member, proportional."""

import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.rules_sample import allotted, drawn, lot, pool_text, share

SEEDS = st.text(min_size=1, max_size=20)
POOLS = st.sets(st.integers(min_value=1, max_value=10**12), min_size=1, max_size=60)
STRATA = st.dictionaries(st.text("甲乙丙丁戊", min_size=1, max_size=3), st.integers(1, 500), min_size=1, max_size=6)


def test_a_lot_is_the_sm3_of_seed_and_number():
    # echo -n '2026-11-26 双色球 03 09 14|17' | openssl dgst -sm3
    assert lot("种子", 17) == lot("种子", 17) != lot("种子", 18)
    assert len(lot("种子", 17)) == 64


@given(SEEDS, POOLS, st.randoms(use_true_random=False), st.data())
def test_the_same_seed_and_pool_give_the_same_sample_in_whatever_order_they_come(seed, pool, dice, data):
    size = data.draw(st.integers(0, len(pool)))
    shuffled = list(pool)
    dice.shuffle(shuffled)
    sample = drawn(seed, shuffled + shuffled[:3], size)
    assert sample == drawn(seed, sorted(pool), size)
    assert len(sample) == len(set(sample)) == size
    assert set(sample) <= pool


@given(SEEDS, POOLS)
def test_a_larger_sample_begins_with_the_smaller_one(seed, pool):
    whole = drawn(seed, pool, len(pool))
    assert all(drawn(seed, pool, size) == whole[:size] for size in range(len(pool)))


def test_every_member_can_be_drawn_and_about_equally_often():
    """pitfall: `nextInt(size - 1)` never drew the last of the list."""
    pool = range(101, 121)
    counts = dict.fromkeys(pool, 0)
    for seed in range(4_000):
        counts[drawn(str(seed), pool, 1)[0]] += 1
    # 200 each, give or take five standard deviations.
    assert all(130 < count < 270 for count in counts.values()), counts


@given(STRATA, st.data())
def test_every_stratum_gives_its_share_and_never_more_than_it_has(sizes, data):
    size = data.draw(st.integers(len(sizes), sum(sizes.values())))
    given_ = allotted(sizes, size)
    assert sum(given_.values()) == size
    for name, count in sizes.items():
        assert 1 <= given_[name] <= count
        exact = 1 + Fraction((size - len(sizes)) * (count - 1), (sum(sizes.values()) - len(sizes)) or 1)
        assert abs(given_[name] - exact) < 1


@pytest.mark.parametrize("size", [0, 1, 8])
def test_fewer_than_the_strata_or_more_than_there_are_is_no_sample(size):
    with pytest.raises(ValueError):
        allotted({"江南区": 3, "江北区": 4}, size)
    with pytest.raises(ValueError):
        drawn("种子", [1, 2], 3)


@pytest.mark.parametrize(("of", "percent", "n"), [(100, 5, 5), (101, 5, 6), (3, 1, 1), (10, Fraction(25, 2), 2)])
def test_a_percentage_is_rounded_up(of, percent, n):
    assert share(of, percent) == n


def test_the_script_of_the_manual_draws_the_same(tmp_path):
    """docs/sampling.md tells anybody how to repeat a draw; what it prints is run here as it stands."""
    manual = (Path(__file__).resolve().parents[2] / "docs/sampling.md").read_text("utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", manual, re.S)
    assert len(script.strip().splitlines()) <= 12
    pool = {"江北区": range(200, 260), "江南区": range(1, 41)}
    (tmp_path / "pool.txt").write_text(pool_text(pool), "utf-8")
    expected = {
        name: drawn("2026年第138期", pool[name], n) for name, n in allotted({"江北区": 60, "江南区": 40}, 10).items()
    }
    script = script.replace('"pool.txt"', repr(str(tmp_path / "pool.txt"))).replace('"SEED"', '"2026年第138期"')
    told = {}
    for name, size in {"江北区": 6, "江南区": 4}.items():
        found: dict = {}
        exec(script.replace('"STRATUM"', repr(name)).replace("SIZE = 5", f"SIZE = {size}"), found)  # noqa: S102
        told[name] = found["sample"]
    assert told == expected
