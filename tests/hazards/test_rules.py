"""The table of a hazard's life and the ladder of reminders, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards import rules

LEGAL = {
    ("recorded", "issue", "general"): "rectifying",
    ("recorded", "issue", "major"): "rectifying",
    ("recorded", "void", "general"): "void",
    ("recorded", "void", "major"): "void",
    ("rectifying", "submit", "general"): "submitted",
    ("rectifying", "submit", "major"): "submitted",
    ("submitted", "accept", "general"): "closed",
    ("submitted", "accept", "major"): "confirming",
    ("submitted", "return", "general"): "rectifying",
    ("submitted", "return", "major"): "rectifying",
    ("confirming", "confirm", "general"): "closed",
    ("confirming", "confirm", "major"): "closed",
    ("confirming", "return", "general"): "rectifying",
    ("confirming", "return", "major"): "rectifying",
    ("closed", "reopen", "general"): "rectifying",
    ("closed", "reopen", "major"): "rectifying",
}


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("verb", rules.VERBS)
@pytest.mark.parametrize("level", ["general", "major"])
def test_every_cell_of_the_table_is_as_the_handbook_draws_it(state, verb, level):
    move = rules.move_for(state, verb, level)
    assert (move.to if move else None) == LEGAL.get((state, verb, level))


def test_an_enterprise_cannot_close_its_own_hazard():
    from portal.permissions import TABLE

    into_closed = {m.action for moves in rules.TRANSITIONS.values() for m in moves if m.to in ("closed", "confirming")}
    assert all("officer" not in TABLE[action] for action in into_closed)


def test_a_major_hazard_has_no_way_to_closed_without_a_second_person():
    reached = [
        (state, verb)
        for (state, verb) in rules.TRANSITIONS
        if (m := rules.move_for(state, verb, "major")) and m.to == "closed"
    ]
    assert reached == [("confirming", "confirm")]


days = st.dates(min_value=date(2026, 1, 1), max_value=date(2030, 1, 1))


@given(days, st.integers(0, 900))
def test_an_overdue_hazard_never_falls_silent(deadline, late):
    steps = rules.reminder_steps(deadline, deadline + timedelta(days=late + 7))
    assert max(steps) > late, "a new step falls due at least every seven days for ever"


@given(days, st.integers(-30, 900), st.integers(0, 60))
def test_a_step_once_due_stays_due_however_long_the_portal_was_down(deadline, offset, downtime):
    before = rules.reminder_steps(deadline, deadline + timedelta(days=offset))
    after = rules.reminder_steps(deadline, deadline + timedelta(days=offset + downtime))
    assert after[: len(before)] == before


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (-7, ("enterprise",)),
        (0, ("enterprise",)),
        (1, ("enterprise", "district")),
        (3, ("enterprise", "district", "office")),
        (7, ("enterprise", "district", "office", "leader")),
        (49, ("enterprise", "district", "office", "leader")),
    ],
)
def test_the_later_it_is_the_higher_it_goes(step, told):
    assert rules.copied_to(step) == told
