"""The way a measure goes and what is typed as its grounds: pure."""

import pytest

from accountability import rules_measure as rules


def test_every_move_leads_from_a_state_to_a_state_by_a_known_verb():
    for (state, verb), after in rules.MOVES.items():
        assert {state, after} <= set(rules.STATES)
        assert verb in rules.VERBS


def test_nothing_is_issued_that_was_not_approved_and_nothing_approved_that_was_not_submitted():
    assert [state for (state, verb) in rules.MOVES if verb == "issue"] == [rules.APPROVED]
    assert [state for (state, verb) in rules.MOVES if verb == "approve"] == [rules.SUBMITTED]
    assert [key for key, after in rules.MOVES.items() if after == rules.APPROVED] == [(rules.SUBMITTED, "approve")]


def test_what_is_out_is_never_changed_withdrawn_or_approved_again():
    for state in rules.OUT:
        assert set(rules.verbs_in(state)) <= {"reply", "close", "revoke"}
    assert rules.verbs_in(rules.REVOKED) == rules.verbs_in(rules.WITHDRAWN) == []


def test_what_was_approved_cannot_be_changed_without_being_returned_first():
    assert "change" not in rules.verbs_in(rules.APPROVED)
    assert "change" not in rules.verbs_in(rules.SUBMITTED)
    assert "submit" in rules.verbs_in(rules.RETURNED)


def test_grounds_are_read_a_line_each_and_a_repeated_one_once():
    text = "隐患 12\n\n文书 （江南）应急责改〔2026〕12号\n检查：7\n考核得分#3\n隐患12"
    assert rules.grounds_in(text) == [
        ("hazard", "12"),
        ("notice", "（江南）应急责改〔2026〕12号"),
        ("visit", "7"),
        ("score", "3"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("隐患", "第1行“隐患”看不懂"),
        ("隐患 1\n会议 2", "第2行“会议 2”看不懂"),
        ("检查 １２", "须是数字"),
        ("考核得分 abc", "须是数字"),
        ("隐患 " + "9" * 16, "须是数字"),
        ("\n".join(f"隐患 {n}" for n in range(1, 22)), "最多20条"),
    ],
)
def test_a_line_that_names_no_record_is_refused_by_its_number(text, words):
    with pytest.raises(rules.BadGround, match=words):
        rules.grounds_in(text)
