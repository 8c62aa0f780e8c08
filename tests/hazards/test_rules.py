"""The table of a hazard's life and the ladder of reminders, without a database."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards import rules

# verb: where it may be done → where it leads; a word after the state is a fact that must hold.
LEGAL = """
issue        recorded → rectifying
void         recorded → void
plan         rectifying → rectifying
submit       rectifying → submitted
accept       submitted general → closed
accept       submitted major → confirming
return       submitted → rectifying
return       confirming → rectifying
confirm      confirming → closed
reopen       closed → rectifying
ask          rectifying unasked → rectifying
withdraw     rectifying asked → rectifying
grant        rectifying asked → rectifying
refuse       rectifying asked → rectifying
lapse        rectifying asked → rectifying
correct      rectifying extended → rectifying
supervise    recorded major unsupervised → recorded
supervise    rectifying major unsupervised → rectifying
supervise    submitted major unsupervised → submitted
supervise    confirming major unsupervised → confirming
unsupervise  recorded supervised → recorded
unsupervise  rectifying supervised → rectifying
unsupervise  submitted supervised → submitted
unsupervise  confirming supervised → confirming
unsupervise  closed supervised → closed
suspend      recorded → recorded
suspend      rectifying → rectifying
suspend      submitted → submitted
suspend      confirming → confirming
resume       closed → closed
resume       void → void
transfer     recorded → recorded
transfer     rectifying → rectifying
transfer     submitted → submitted
transfer     confirming → confirming
"""


def decided(state: str, verb: str, facts: tuple[str, ...]) -> str | None:
    for line in LEGAL.strip().splitlines():
        left, to = line.split(" → ")
        word, where, *asked = left.split()
        if (word, where) == (verb, state) and set(asked) <= set(facts):
            return to
    return None


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("verb", rules.VERBS)
def test_every_cell_of_the_table_is_as_the_handbook_draws_it(state, verb):
    for facts in itertools.product(*rules.FACTS):
        move = rules.move_for(state, verb, *facts)
        assert (move.to if move else None) == decided(state, verb, facts), facts


def test_what_a_verb_asks_for_can_be_said_where_it_is_lacking():
    assert set(rules.LACKING) == {fact for pair in rules.FACTS for fact in pair}
    assert {fact for moves in rules.TRANSITIONS.values() for move in moves for fact in move.facts} <= set(rules.LACKING)


def test_an_enterprise_cannot_close_its_own_hazard():
    from portal.permissions import TABLE

    into_closed = {
        move.action
        for (state, _), moves in rules.TRANSITIONS.items()
        for move in moves
        if move.to in ("closed", "confirming") and move.to != state
    }
    assert all("officer" not in TABLE[action] for action in into_closed)


def test_a_major_hazard_has_no_way_to_closed_without_a_second_person():
    reached = [
        (state, verb)
        for (state, verb) in rules.TRANSITIONS
        if (m := rules.move_for(state, verb, "major", "supervised")) and m.to == "closed" != state
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


@pytest.mark.parametrize(
    ("late", "step"), [(-31, None), (-30, -30), (-8, -30), (-7, -7), (-1, -7), (0, 0), (6, 0), (7, 7), (400, 399)]
)
def test_a_suspension_that_ends_is_spoken_of_before_and_again_every_week_for_ever(late, step):
    assert rules.suspension_step(late) == step


@pytest.mark.parametrize(("granted", "supervised", "office"), [(0, False, False), (1, False, True), (0, True, True)])
def test_a_second_extension_or_one_of_a_supervised_hazard_is_the_offices_to_answer(granted, supervised, office):
    assert rules.office_answers(granted, supervised) is office
