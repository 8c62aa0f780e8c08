"""The permission table, cell by cell, against what was decided: a change must be made twice, on purpose."""

from pathlib import Path

import pytest
from django.core.management import call_command

from portal.permissions import CONDITIONS, ROLES, TABLE, WHY_NOT, may
from portal.refusals import NotAllowed
from portal.tenancy.scope import Who

# One column a role: Y always, a letter for a condition, · never.
#   L leads · S a second person · B both
COLUMNS = (
    "office",
    "department",
    "inspector",
    "expert",
    "officer",
    "auditor",
    "sysadmin",
    "secadmin",
    "operator",
    "system",
)
LETTERS = {"Y": "always", "L": "leads", "S": "second_person", "B": "second_person_who_leads", "·": None}
DECIDED = """
enterprises.view      Y Y Y Y Y Y · · · Y
enterprises.contacts  Y Y Y Y Y · · · · ·
enterprises.import    Y · · · · · · · · Y
enterprises.edit      Y · Y · · · · · · ·
enterprises.move      Y · · · · · · · · ·
enterprises.grade     Y · L · · · · · · ·
enterprises.merge     Y · · · · · · · · ·
enterprises.bulk      Y · Y · · · · · · ·
views.save            Y Y Y Y Y Y · · · ·
map.view              Y Y Y · · Y · · · ·
map.draw              Y · · · · · · · · ·
facts.propose         · · · · Y · · · · ·
facts.view            Y Y Y · Y Y · · · ·
facts.decide          Y · Y · · · · · · ·
units.view            Y Y Y Y Y Y · · · ·
units.edit            Y · Y · · · · · · Y
diagnosis.view        Y Y Y Y Y Y · · · ·
diagnosis.fill        Y · Y Y · · · · · ·
grades.propose        Y · Y Y · · · · · Y
responsible.view      Y Y Y Y Y Y · · · ·
responsible.edit      Y · Y · Y · · · · ·
responsible.remind    Y · · · · · · · · Y
transformation.view   Y Y Y · Y Y · · · ·
transformation.edit   Y · Y · · · · · · ·
catalogs.view         Y Y Y Y Y Y · · · ·
calendar.view         Y Y Y · · Y · · · ·
calendar.edit         Y · · · · · · · · ·
visits.view           Y Y Y · · Y · · · ·
visits.conduct        Y Y Y · · · · · · ·
hazards.view          Y Y Y Y Y Y · · · Y
hazards.record        Y Y Y · · · · · · ·
hazards.issue         Y Y Y · · · · · · ·
hazards.acknowledge   · · · · Y · · · · ·
hazards.submit        · · · · Y · · · · ·
hazards.recheck       Y Y Y · · · · · · ·
hazards.confirm       S · B · · · · · · ·
hazards.reopen        Y · · · · · · · · ·
hazards.void          Y · L · · · · · · ·
hazards.remind        Y · · · · · · · · Y
reminders.view        Y Y Y · Y Y · · · ·
reminders.ledger      Y · · · · · · · · ·
notices.view          Y Y Y · Y Y · · · ·
evidence.view         Y Y Y Y Y Y · · · ·
evidence.upload       Y Y Y · Y · · · · ·
dashboard.view        Y Y Y · · Y · · · ·
campaign.view         Y Y Y Y Y Y · · · ·
campaign.edit         Y · · · · · · · · ·
messages.view         Y Y Y Y Y Y Y Y · ·
messages.undelivered  Y · · · · · · · · ·
health.view           Y · · · · · Y · · ·
audit.view            · · · · · Y · · · ·
people.manage         · · · · · · Y · · Y
postings.manage       · · · · · · Y Y · Y
accounts.close        · · · · · · Y Y · Y
security.manage       · · · · · · · Y · ·
admin.console         · · · · · · Y Y · ·
api.docs              Y Y Y Y Y Y · · · ·
home                  Y Y Y Y Y Y Y Y Y Y
"""
MATRIX = {line.split()[0]: line.split()[1:] for line in DECIDED.strip().splitlines()}


def test_the_matrix_lists_every_action_and_every_role():
    assert set(MATRIX) == set(TABLE)
    assert COLUMNS == ROLES


@pytest.mark.parametrize("action", sorted(TABLE))
def test_every_cell_is_as_decided(action):
    assert {role: TABLE[action].get(role) for role in ROLES} == {
        role: LETTERS[letter] for role, letter in zip(COLUMNS, MATRIX[action], strict=True)
    }


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", sorted(TABLE))
def test_may_answers_what_the_cell_says(action, role):
    letter = LETTERS[MATRIX[action][COLUMNS.index(role)]]

    class Record:
        rechecked_by_id = 1

    for person_id in (1, 2):
        for leads in (True, False):
            person = Who(scope="city", role=role, person_id=person_id, leads=leads)
            second = person_id != 1
            expected = {
                None: False,
                "always": True,
                "leads": leads,
                "second_person": second,
                "second_person_who_leads": leads and second,
            }[letter]
            assert may(action, Record(), person) is expected


def test_an_action_nobody_knows_is_a_programming_error():
    with pytest.raises(KeyError):
        may("hazards.forget", None, Who(scope="city", role="office"))


def test_a_role_nobody_knows_may_do_nothing():
    assert not any(may(action, None, Who(scope="city", role="mayor")) for action in TABLE)


def test_every_condition_has_its_sentence():
    assert set(CONDITIONS) == set(WHY_NOT)


def test_administrators_and_the_operator_have_no_part_in_business():
    business = ("enterprises.", "visits.", "hazards.", "notices.", "evidence.", "dashboard.", "campaign.")
    for action in TABLE:
        if action.startswith(business):
            assert not {"sysadmin", "secadmin", "operator"} & set(TABLE[action]), action
            if not action.endswith((".view", ".contacts")):
                assert "auditor" not in TABLE[action], action


def test_a_refusal_says_why(world):
    from portal.permissions import demand

    with world.as_("inspector"), pytest.raises(NotAllowed, match="负责人"):
        demand("hazards.void")
    with world.as_("officer"), pytest.raises(NotAllowed, match="没有办理这一事项的权限"):
        demand("hazards.void")


def test_the_document_shows_the_table_as_it_is(capsys):
    call_command("permission_table")
    written = (Path(__file__).resolve().parents[2] / "docs/permissions.md").read_text("utf-8")
    assert written == capsys.readouterr().out, "run: manage.py permission_table > docs/permissions.md"
