"""The life of a task, read from its table."""

from datetime import date, timedelta

import pytest

from campaign import rules_tasks as rules

DUE = date(2026, 6, 30)


def test_nothing_leads_out_of_a_confirmed_or_cancelled_task():
    ended = (rules.CONFIRMED, rules.CANCELLED)
    assert [cell for cell in rules.TRANSITIONS if cell[0] in ended] == []


def test_only_the_office_confirms_and_only_what_was_said_to_be_done():
    assert [(state, verb) for (state, verb), to in rules.TRANSITIONS.items() if to == rules.CONFIRMED] == [
        (rules.DONE, "confirm")
    ]
    assert "confirm" in rules.OFFICE_VERBS
    assert "confirm" not in rules.UNIT_VERBS


def test_every_verb_of_the_table_is_somebodys():
    assert {verb for _, verb in rules.TRANSITIONS} == set(rules.VERBS)
    assert {state for state, _ in rules.TRANSITIONS} | set(rules.TRANSITIONS.values()) == set(rules.STATES)


@pytest.mark.parametrize("state", rules.STATES)
def test_late_is_handed_over_not_confirmed_and_past_its_day(state):
    assert rules.late_days(state, DUE, DUE) == 0
    assert rules.late_days(state, DUE, DUE + timedelta(3)) == (3 if state in rules.OPEN else 0)


@pytest.mark.parametrize(
    ("late", "step"),
    [(-8, None), (-7, -7), (-5, -7), (-3, -3), (-1, -1), (0, 0), (1, 0), (6, 0), (7, 7), (13, 7), (14, 14), (400, 399)],
)
def test_a_task_is_spoken_of_before_its_day_on_it_and_every_week_after(late, step):
    assert rules.newest_step(late) == step


def test_the_office_hears_once_a_week_has_gone_by_and_the_unit_while_it_is_the_one_to_act():
    assert rules.hears(0, rules.UNDER_WAY) == (True, False)
    assert rules.hears(7, rules.UNDER_WAY) == (True, True)
    assert rules.hears(7, rules.DONE) == (False, True)
