"""A year's plan as pure dates: enough, even, the worst first, and nothing touched that stands."""

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from inspections.rules import Plant, Standing, fulfilled_by, months_between, period_start, plan_year

JANUARY, NOVEMBER = date(2027, 1, 1), date(2026, 11, 23)
EVERY = {"D": 1, "C": 2, "B": 3, "A": 6}

days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
grades = st.sampled_from("ABCD")


def plant(key: int, grade: str, **more) -> Plant:
    return Plant(key, grade, EVERY[grade], more.pop("last", None), more.pop("covered", False), **more)


@given(st.text("ABCD", max_size=30), days)
def test_every_period_still_to_come_gets_one_visit_and_no_more(wanted, today):
    plants = [plant(n, grade) for n, grade in enumerate(wanted)]
    added = plan_year(2026, today, plants, {}).add
    for one in plants:
        months = [month for key, month in added if key == one.key]
        periods = {period_start(month, one.every) for month in months}
        assert len(periods) == len(months)
        assert len(months) == (12 - (period_start(today, one.every).month - 1)) // one.every
        assert all(month >= today.replace(day=1) for month in months)


@given(st.text("ABCD", min_size=1, max_size=60))
def test_the_visits_are_spread_evenly_over_the_months(wanted):
    added = plan_year(2027, NOVEMBER, [plant(n, grade) for n, grade in enumerate(wanted)], {}).add
    counts = Counter(month for _, month in added)
    assert max(counts.values()) - min(counts[date(2027, n, 1)] for n in range(1, 13)) <= len(set(wanted))


def test_a_plant_keeps_its_place_in_each_period():
    plants = [plant(n, "C") for n in range(4)]
    added = plan_year(2027, NOVEMBER, plants, {}).add
    for one in plants:
        months = [month for key, month in added if key == one.key]
        assert {months_between(a, b) for a, b in zip(months, months[1:], strict=False)} == {2}


def test_the_worst_grade_and_then_the_longest_unvisited_choose_first():
    plants = [
        plant(1, "A", last=date(2026, 1, 5)),
        plant(2, "C", last=date(2026, 10, 1)),
        plant(3, "C", last=date(2026, 2, 1)),
        plant(4, "C"),
    ]
    order = list(dict.fromkeys(key for key, _ in plan_year(2027, NOVEMBER, plants, {}).add))
    assert order == [4, 3, 2, 1]


def test_a_plant_visited_in_its_period_is_planned_from_the_next():
    months = [month for _, month in plan_year(2026, date(2026, 9, 3), [plant(1, "B", covered=True)], {}).add]
    assert [period_start(month, 3) for month in months] == [date(2026, 10, 1)]


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=12), grades, days)
def test_what_is_not_loose_is_never_withdrawn_and_its_period_not_planned_again(there, grade, today):
    standing = tuple(Standing(n, date(2026, month, 1), loose) for n, (month, loose) in enumerate(there))
    change = plan_year(2026, today, [plant(1, grade, standing=standing)], {})
    loose = {one.key for one in standing if one.loose}
    assert set(change.withdraw) <= loose
    taken = {period_start(one.month, EVERY[grade]) for one in standing}
    assert not taken & {period_start(month, EVERY[grade]) for _, month in change.add}
    left = [one for one in standing if one.key not in change.withdraw]
    assert {period_start(one.month, EVERY[grade]) for one in left} == taken


@given(st.text("ABCD", max_size=20), days)
def test_making_the_plan_again_changes_nothing(wanted, today):
    plants = [plant(n, grade) for n, grade in enumerate(wanted)]
    first = plan_year(2026, today, plants, {})
    again = [
        plant(
            one.key,
            one.grade,
            standing=tuple(Standing(n, month, True) for n, (key, month) in enumerate(first.add) if key == one.key),
        )
        for one in plants
    ]
    change = plan_year(2026, today, again, Counter(month for _, month in first.add))
    assert (change.add, change.withdraw) == ((), ())


def test_a_better_grade_withdraws_the_loose_surplus_and_keeps_what_is_assigned():
    standing = tuple(Standing(n, date(2027, n, 1), n != 3) for n in range(1, 13))
    change = plan_year(2027, NOVEMBER, [plant(1, "B", standing=standing)], {})
    assert change.add == ()
    assert set(range(1, 13)) - set(change.withdraw) == {3, 4, 7, 10}


def test_a_visit_stands_for_the_nearest_plan_less_than_an_interval_away():
    quarter = [(1, date(2026, 7, 1), 3, True), (2, date(2026, 11, 1), 3, False), (3, date(2026, 12, 1), 3, True)]
    assert fulfilled_by(date(2026, 11, 9), quarter) == 2
    assert fulfilled_by(date(2026, 9, 9), quarter) == 1, "one interval is three months"
    assert fulfilled_by(date(2026, 4, 9), quarter) is None
    assert fulfilled_by(date(2026, 12, 9), [(1, date(2026, 11, 1), 1, True)]) is None, "a month's visit is that month's"
    assert fulfilled_by(date(2026, 11, 9), [(1, date(2026, 11, 1), 1, False), (2, date(2026, 11, 1), 1, True)]) == 2
