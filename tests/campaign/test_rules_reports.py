"""The periods of the work reports, which of them are missing, and the prose made from figures."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from campaign import rules_reports as rules

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
KINDS = st.sampled_from(list(rules.KINDS))


@given(KINDS, DAYS)
def test_a_day_lies_in_its_period_and_periods_follow_without_a_gap(kind, day):
    period = rules.period_of(kind, day)
    assert period.since <= day <= period.until
    earlier = rules.before(period)
    assert (period.since - earlier.until).days == 1
    assert rules.period_of(kind, period.until) == period


def test_periods_are_called_as_the_office_calls_them():
    assert rules.period_of("week", date(2026, 11, 25)).name == "2026年第48周"
    assert rules.period_of("week", date(2027, 1, 1)).name == "2026年第53周"
    assert rules.period_of("month", date(2026, 2, 3)) == rules.Period("month", date(2026, 2, 1), date(2026, 2, 28))
    assert rules.period_of("quarter", date(2026, 11, 25)).name == "2026年第4季度"


def test_last_years_period_is_the_same_week_month_or_quarter():
    assert rules.year_before(rules.period_of("month", date(2026, 11, 25))).name == "2025年11月"
    assert rules.year_before(rules.period_of("week", date(2026, 11, 25))).name == "2025年第48周"
    fifty_third = rules.period_of("week", date(2026, 12, 30))
    assert fifty_third.name == "2026年第53周"
    assert rules.year_before(fifty_third) is None


def test_on_the_first_night_the_newest_finished_period_is_made_and_later_every_one_that_is_missing():
    today = date(2026, 11, 25)
    assert [one.name for one in rules.missing("week", None, today)] == ["2026年第47周"]
    assert [one.name for one in rules.missing("week", date(2026, 10, 26), today)] == [
        "2026年第45周",
        "2026年第46周",
        "2026年第47周",
    ]
    assert rules.missing("week", date(2026, 11, 16), today) == []
    assert rules.missing("month", date(2026, 10, 1), date(2026, 11, 30)) == []
    assert [one.name for one in rules.missing("month", date(2026, 10, 1), date(2026, 12, 1))] == ["2026年11月"]


def test_prose_names_nobody_and_promises_nothing_where_all_is_nought():
    period = rules.period_of("month", date(2026, 10, 5))
    said = rules.prose(period, "全市", lambda key: 0, lambda key: None, {})
    assert set(said) == set(rules.SECTIONS)
    assert "按期整改率为—" in said["overview"]
    assert said["problems"] == "本期没有逾期隐患、未完成的检查和评估。"
    assert said["next"] == "1. 继续推进专项整治各项任务。"


def test_prose_says_how_it_was_before():
    period = rules.period_of("month", date(2026, 10, 5))
    numbers = {"found": 12, "overdue": 3}
    said = rules.prose(
        period, "全市", lambda key: numbers.get(key, 0), lambda key: 10, {"overdue": "江南区", "coverage": ""}
    )
    assert "发现隐患12条（比上期增加2）" in said["overview"]
    assert "逾期未销号隐患3条，其中重大0条，江南区最多。" in said["problems"]
