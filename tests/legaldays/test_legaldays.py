import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.legaldays import (
    FIXED,
    MONTHS,
    NATURAL,
    UNITS,
    WORKING,
    Override,
    add_months,
    fixed_deadline,
    is_working_day,
    make_deadline,
    today,
)

KNOWN = st.dates(date(2004, 1, 1), date(2025, 6, 1))
ANY_DAY = st.dates(date(2004, 1, 1), date(2090, 1, 1))
LENGTHS = st.integers(1, 120)
with (Path(__file__).parent / "deadline_test_cases.csv").open(encoding="utf-8") as file:
    CASES = list(csv.DictReader(file))


def due(start: date, length: int, unit: str, **more) -> date:
    return make_deadline(start, length, unit, "规则", **more).due


def days_after(start: date, last: date) -> list[date]:
    return [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['start_date']} {case['n']}{case['day_type']}")
def test_the_domain_tables_cases_come_out_as_it_says(case):
    made = due(date.fromisoformat(case["start_date"]), int(case["n"]), case["day_type"])
    assert made == date.fromisoformat(case["due_date"])


def test_the_day_it_starts_on_is_not_counted():
    assert due(date(2026, 6, 1), 5, WORKING) == date(2026, 6, 8)
    assert due(date(2026, 6, 1), 1, NATURAL) == date(2026, 6, 2)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-10-01", False),
        ("2026-10-10", True),  # a Saturday worked for 国庆节
        ("2026-10-08", True),
        ("2026-11-22", False),
        ("2026-11-23", True),
    ],
)
def test_holidays_and_make_up_saturdays_follow_the_state_councils_calendar(day, working):
    assert is_working_day(date.fromisoformat(day)) is working


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-03-23", 9, "2026-12-23"),
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_months_last(start, length, expected):
    assert add_months(date.fromisoformat(start), length) == date.fromisoformat(expected)


def test_a_period_of_months_that_ends_on_a_day_off_moves_on():
    assert due(date(2026, 4, 3), 6, MONTHS) == date(2026, 10, 8)


@given(ANY_DAY, LENGTHS, st.sampled_from(UNITS))
def test_no_deadline_is_due_on_a_day_off(start, length, unit):
    assert is_working_day(due(start, length, unit))


@given(ANY_DAY, LENGTHS, st.sampled_from(UNITS))
def test_a_longer_period_is_never_due_earlier_and_always_after_the_start(start, length, unit):
    assert start < due(start, length, unit) <= due(start, length + 1, unit)


@given(ANY_DAY, st.integers(0, 60), LENGTHS, st.sampled_from(UNITS))
def test_a_later_start_is_never_due_earlier(start, later, length, unit):
    assert due(start, length, unit) <= due(start + timedelta(days=later), length, unit)


@given(ANY_DAY, st.integers(1, 40), st.integers(1, 40))
def test_working_days_add_up(start, first, second):
    assert due(due(start, first, WORKING), second, WORKING) == due(start, first + second, WORKING)


@given(ANY_DAY, LENGTHS)
def test_there_are_exactly_so_many_working_days_after_the_start(start, length):
    assert sum(is_working_day(day) for day in days_after(start, due(start, length, WORKING))) == length


@given(ANY_DAY, LENGTHS)
def test_natural_days_are_moved_only_over_days_off(start, length):
    raw = start + timedelta(days=length)
    last = due(start, length, NATURAL)
    assert last >= raw
    assert not any(is_working_day(raw + timedelta(days=n)) for n in range((last - raw).days))


@given(KNOWN, st.integers(1, 60), st.integers(1, 60))
def test_months_without_month_ends_add_up(start, first, second):
    assume(start.day <= 28)
    assert add_months(add_months(start, first), second) == add_months(start, first + second)


@given(KNOWN, st.integers(1, 12), st.sampled_from(UNITS))
def test_a_deadline_in_published_years_is_final_and_names_its_date(start, length, unit):
    deadline = make_deadline(start, length, unit, "规则")
    assert not deadline.provisional
    assert "尚未公布" not in deadline.explanation
    assert deadline.explanation.endswith(f"至{deadline.due.isoformat()}")


@given(ANY_DAY, LENGTHS, st.sampled_from(UNITS))
def test_it_is_stored_as_json_with_everything_that_made_it(start, length, unit):
    deadline = make_deadline(start, length, unit, "令15号第17条")
    stored = json.loads(json.dumps(deadline.as_json()))
    assert (stored["start"], stored["due"]) == (start.isoformat(), deadline.due.isoformat())
    assert (stored["length"], stored["unit"], stored["rule"]) == (length, unit, "令15号第17条")
    assert "chinesecalendar 1." in stored["calendar_edition"]
    assert stored["explanation"] == deadline.explanation


@pytest.mark.parametrize(
    ("start", "length", "unit", "sentence"),
    [
        ("2026-09-28", 10, WORKING, "自2026-09-28起10个工作日（当日不计入），遇国庆节调休，至2026-10-16"),
        (
            "2026-09-22",
            10,
            NATURAL,
            "自2026-09-22起10日（自然日，当日不计入），届满日2026-10-02逢国庆节，顺延，至2026-10-08",
        ),
        (
            "2026-11-13",
            15,
            NATURAL,
            "自2026-11-13起15日（自然日，当日不计入），届满日2026-11-28为休息日，顺延，至2026-11-30",
        ),
        ("2026-11-02", 3, WORKING, "自2026-11-02起3个工作日（当日不计入），至2026-11-05"),
        ("2026-05-08", 6, MONTHS, "自2026-05-08起6个月（当日不计入），届满日2026-11-08为休息日，顺延，至2026-11-09"),
    ],
)
def test_the_explanation_is_a_sentence_one_can_check(start, length, unit, sentence):
    assert make_deadline(date.fromisoformat(start), length, unit, "规则").explanation == sentence


def test_a_year_without_a_published_calendar_says_so():
    for unit in UNITS:
        deadline = make_deadline(date(2090, 1, 4), 5, unit, "规则")
        assert deadline.provisional
        assert "2090年放假安排尚未公布" in deadline.explanation


def test_a_deadline_that_reaches_into_an_unpublished_year_names_that_year_alone():
    # 2089 is no more published than 2090; the library's last year is found rather than written here.
    last = next(year for year in range(2026, 2090) if make_deadline(date(year + 1, 3, 1), 1, WORKING, "").provisional)
    deadline = make_deadline(date(last, 12, 20), 20, WORKING, "规则")
    assert deadline.provisional
    assert f"（{last + 1}年放假安排尚未公布" in deadline.explanation


def test_holidays_the_law_dates_are_off_even_in_an_unpublished_year():
    assert due(date(2091, 4, 24), 7, NATURAL) == date(2091, 5, 3)  # 5月1日 is a Tuesday, 5月2日 is off too
    assert due(date(2091, 9, 30), 1, WORKING) == date(2091, 10, 4)


def test_an_override_wins_over_the_calendar_and_is_named():
    closed = {date(2026, 11, 24): Override(False, "江州市台风停工通知")}
    assert due(date(2026, 11, 23), 1, WORKING, overrides=closed) == date(2026, 11, 25)
    assert due(date(2026, 11, 23), 1, NATURAL, overrides=closed) == date(2026, 11, 25)
    assert "江州市台风停工通知" in make_deadline(date(2026, 11, 23), 1, WORKING, "规则", closed).explanation
    worked = {date(2026, 11, 28): Override(True, "调休上班")}
    assert due(date(2026, 11, 27), 1, WORKING, overrides=worked) == date(2026, 11, 28)


def test_an_override_outside_the_period_is_not_named():
    far = {date(2026, 12, 24): Override(False, "别的通知")}
    assert "别的通知" not in make_deadline(date(2026, 11, 23), 5, WORKING, "规则", far).explanation


def test_one_override_does_not_make_a_year_published():
    one = {date(2090, 1, 6): Override(False, "国办通知")}
    deadline = make_deadline(date(2090, 1, 4), 5, WORKING, "规则", one)
    assert deadline.provisional
    assert "国办通知" in deadline.explanation


def test_a_date_the_authority_fixed_stands_even_on_a_day_off_and_says_so():
    sunday = fixed_deadline(date(2026, 11, 23), date(2026, 11, 29), "执法机关指定")
    assert (sunday.due, sunday.length, sunday.unit) == (date(2026, 11, 29), 6, FIXED)
    assert sunday.explanation == "由执法机关指定为2026-11-29（自2026-11-23起第6日，该日为休息日）"
    assert "休息日" not in fixed_deadline(date(2026, 11, 23), date(2026, 11, 30), "").explanation


def test_a_fixed_date_before_its_start_is_refused():
    with pytest.raises(ValueError, match="不能早于"):
        fixed_deadline(date(2026, 11, 23), date(2026, 11, 22), "")


@pytest.mark.parametrize("length", [0, -1, 3661])
def test_a_length_that_cannot_be_is_refused(length):
    with pytest.raises(ValueError, match="1至3660"):
        make_deadline(date(2026, 11, 23), length, NATURAL, "")


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="期限单位"):
        make_deadline(date(2026, 11, 23), 1, "周", "")


@pytest.mark.parametrize("clock", ["00:30", "07:59", "08:00", "23:59"])
def test_today_is_beijings_date_all_day_long(clock):
    hour, minute = map(int, clock.split(":"))
    beijing = datetime(2026, 11, 23, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert today(beijing) == date(2026, 11, 23)
    assert today(beijing.astimezone(UTC)) == date(2026, 11, 23)
    assert today(beijing.astimezone(ZoneInfo("America/New_York"))) == date(2026, 11, 23)
    with time_machine.travel(beijing.astimezone(UTC)):
        assert today() == date(2026, 11, 23)


def test_a_time_without_its_zone_is_not_guessed():
    with pytest.raises(ValueError, match="zone"):
        today(datetime(2026, 11, 23, 0, 30))
