"""The permission table, cell by cell, against what was decided: a change must be made twice, on purpose."""

import itertools
from pathlib import Path

import pytest
from django.core.management import call_command

from portal.permissions import CONDITIONS, ROLES, TABLE, WHY_NOT, may
from portal.refusals import NotAllowed
from portal.tenancy.scope import Who

# One column a role: Y always, a letter for a condition, · never.
#   L leads · S a second person · B both · H of the unit it was handed to · F fresh eyes: not the one who accepted it
#   E H, and not the office's to answer · W of oneself, or of the body one leads · O of the body that plans it · P O and L
#   T of the unit that answers for the task · C T, or of one that assists
#   A answers for whom it is about · N leads and is none of its authors
#   U an account of somebody else
#   I of the body that issued it · R whom the draft names to review · M whom it names to approve, and leads
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
LETTERS = {
    "Y": "always",
    "L": "leads",
    "S": "second_person",
    "B": "second_person_who_leads",
    "H": "handles",
    "E": "answers_extension",
    "F": "fresh_eyes",
    "O": "its_body",
    "P": "its_body_who_leads",
    "W": "own_or_leads",
    "I": "issuer",
    "A": "answers_for_it",
    "N": "leads_and_wrote_none_of_it",
    "R": "named_reviewer",
    "M": "named_approver",
    "T": "its_task",
    "C": "concerned",
    "U": "of_somebody_else",
    "·": None,
}
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
day.view              Y Y Y · · · · · · ·
team.view             Y · L · · Y · · · ·
team.person           Y · W · · Y · · · ·
team.train            Y · L · · · · · · ·
commendations.view    Y · L · · Y · · · ·
commendations.propose · · L · · · · · · ·
commendations.decide  Y · · · · · · · · ·
handover.give         Y W W · · · · · · ·
handover.watch        Y · · · · · · · · Y
experts.list          Y · · · · Y · · · ·
experts.view          Y · · Y · Y · · · ·
experts.edit          Y · · · · · · · · ·
experts.declare       Y · · Y · · · · · ·
experts.comment       · · · Y · · · · · ·
assessments.view      Y Y Y Y · Y · · · ·
assessments.open      Y · · · · · · · · ·
assessments.fill      · · · Y · · · · · ·
assessments.reports   Y Y Y Y Y Y · · · ·
assessments.take      Y Y Y · · · · · · ·
assessments.coverage  Y Y Y · · Y · · · ·
assessments.remind    Y · · · · · · · · Y
checklists.make       Y · · · · · · · · ·
plans.view            Y Y Y · · Y · · · ·
plans.frequency       Y · · · · · · · · ·
plans.generate        Y · L · · · · · · ·
actions.view          Y Y Y · · Y · · · ·
actions.run           Y · · · · · · · · ·
actions.plan          · Y L · · · · · · ·
draws.view            Y · Y · · Y · · · ·
draws.draw            Y · L · · · · · · ·
plans.arrange         Y O P · · · · · · ·
visits.import         Y Y Y · · · · · · ·
hazards.view          Y Y Y Y Y Y · · · Y
hazards.record        Y Y Y · · · · · · ·
hazards.import        Y · Y · · · · · · ·
hazards.issue         Y Y Y · · · · · · ·
hazards.acknowledge   · · · · Y · · · · ·
hazards.submit        · · · · Y · · · · ·
hazards.recheck       Y H H · · · · · · ·
hazards.plan          · · · · Y · · · · ·
hazards.ask           · · · · Y · · · · ·
hazards.extend        Y E E · · · · · · ·
hazards.lapse         · · · · · · · · · Y
hazards.correct       Y · · · · · · · · ·
hazards.supervise     Y · · · · · · · · ·
hazards.transfer      Y L L · · · · · · ·
hazards.bulk          Y Y Y · · · · · · ·
suspensions.view      Y Y Y Y Y Y · · · ·
suspensions.order     Y Y Y · · · · · · ·
suspensions.lift      Y L L · · · · · · ·
hazards.confirm       S · B · · · · · · ·
hazards.reopen        Y · · · · · · · · ·
hazards.void          Y · L · · · · · · ·
hazards.remind        Y · · · · · · · · Y
reminders.view        Y Y Y · Y Y · · · ·
reminders.ledger      Y · · · · · · · · ·
labels.print          Y Y Y · Y · · · · ·
samples.draw          Y · L · · · · · · ·
samples.view          Y · Y · · Y · · · ·
samples.items         Y Y Y · · Y · · · ·
samples.look          F F F · · · · · · ·
templates.edit        Y · L · · · · · · ·
numbers.view          Y Y Y · · Y · · · ·
numbers.void          Y · L · · · · · · ·
notices.view          Y Y Y · Y Y · · · ·
notices.correct       I I I · · · · · · ·
notices.serve         I I I · · · · · · ·
documents.codes       Y · · · · · · · · ·
schemes.view          Y Y Y · · Y · · · ·
schemes.draft         Y Y Y · · · · · · ·
schemes.review        R R R · · · · · · ·
schemes.approve       M M M · · · · · · ·
evidence.view         Y Y Y Y Y Y · · · ·
evidence.upload       Y Y Y · Y · · · · ·
selfchecks.view       Y Y Y · Y Y · · · ·
selfchecks.report     · · · · Y · · · · ·
selfchecks.officialise Y Y Y · · · · · · ·
selfchecks.remind     Y · · · · · · · · Y
broadcasts.follow     Y Y Y · · Y · · · ·
broadcasts.view       Y Y Y · Y Y · · · ·
broadcasts.send       Y · L · · · · · · ·
broadcasts.answer     · · · · Y · · · · ·
leads.view            Y Y Y · · Y · · · ·
leads.check           Y · Y · · · · · · ·
leads.compute         Y · · · · · · · · Y
scores.view           Y Y Y · Y Y · · · ·
scores.run            Y · · · · · · · · Y
scores.template       Y · · · · · · · · ·
scores.enter          Y · · · · · · · · ·
scores.announce       Y · · · · · · · · ·
scores.past           Y · · · · · · · · ·
scores.object         · L L · Y · · · · ·
scores.decide         Y · · · · · · · · ·
scores.export         Y · · · · Y · · · ·
tasks.view            Y Y Y · · Y · · · ·
tasks.manage          Y · · · · · · · · ·
tasks.act             T T T · · · · · · ·
tasks.report          C C C · · · · · · ·
tasks.remind          Y · · · · · · · · Y
phases.view           Y Y Y · · Y · · · ·
phases.manage         Y · · · · · · · · ·
reports.view          Y · Y · · Y · · · ·
reports.make          Y · · · · · · · · Y
reports.edit          Y · · · · · · · · ·
reports.issue         Y · · · · · · · · ·
goals.view            Y Y Y · · Y · · · ·
goals.edit            Y · · · · · · · · ·
group.view            Y Y Y · · Y · · · ·
group.edit            Y · · · · · · · · ·
measures.view         Y Y Y Y Y Y · · · ·
measures.draft        Y · · · · · · · · ·
measures.approve      N · · · · · · · · ·
measures.issue        Y · · · · · · · · ·
measures.reply        A A A A A · · · · ·
measures.remind       Y · · · · · · · · Y
measures.close        Y · · · · · · · · ·
measures.revoke       L · · · · · · · · ·
measures.export       Y · · · · Y · · · ·
dashboard.view        Y Y Y · · Y · · · ·
screens.manage        Y · · · · · · · · ·
campaign.view         Y Y Y Y Y Y · · · ·
campaign.edit         Y · · · · · · · · ·
messages.view         Y Y Y Y Y Y Y Y · ·
messages.undelivered  Y · · · · · · · · ·
health.view           Y · · · · · Y · · ·
audit.view            · · · · · Y · · · ·
people.manage         · · · · · · Y · · Y
postings.manage       · · · · · · Y Y · Y
accounts.close        · · · · · · Y Y · Y
accounts.factor       · · · · · · · U · Y
accounts.consent      · · · · · · U U · ·
security.manage       · · · · · · · Y · ·
admin.console         · · · · · · Y Y · ·
api.docs              Y Y Y Y Y Y · · · ·
manual.view           Y Y Y Y Y Y Y Y Y Y
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
        handler_id: int | None
        office_answers: bool
        organisation_id: int | None
        unit_id: int | None
        units: list[int]
        joint_with_id: int | None
        person_id = 1
        reviewer_id = approver_id = 2
        authors = (1,)
        subject_kind = "organisation"
        subject_id: int
        leaderless: bool

    for person_id, leads, handler, above, body in itertools.product(
        (1, 2), (True, False), (None, 7, 8), (True, False), (7, 8)
    ):
        person = Who(scope="city", role=role, person_id=person_id, leads=leads, organisation_id=7)
        record = Record()
        record.handler_id, record.office_answers = handler, above
        record.organisation_id, record.joint_with_id = body, handler
        record.unit_id, record.units = body, [body, handler or body]
        record.subject_id, record.leaderless = body, handler == 8
        second, handles, its = person_id != 1, handler != 8, 7 in (body, handler)
        expected = {
            None: False,
            "always": True,
            "leads": leads,
            "second_person": second,
            "fresh_eyes": second,
            "second_person_who_leads": leads and second,
            "handles": handles,
            "answers_extension": handles and not above,
            "its_body": its,
            "its_body_who_leads": leads and its,
            "own_or_leads": person_id == 1 or (leads and record.organisation_id == 7),
            "issuer": body == 7,
            "its_task": body == 7,
            "concerned": its,
            "of_somebody_else": second,
            "answers_for_it": (leads or handler == 8) and body == 7,
            "leads_and_wrote_none_of_it": leads and second,
            "named_reviewer": second,
            "named_approver": leads and second,
        }[letter]
        assert may(action, record, person) is expected


def test_an_action_nobody_knows_is_a_programming_error():
    with pytest.raises(KeyError):
        may("hazards.forget", None, Who(scope="city", role="office"))


def test_a_role_nobody_knows_may_do_nothing():
    assert not any(may(action, None, Who(scope="city", role="mayor")) for action in TABLE)


def test_every_condition_has_its_sentence():
    assert set(CONDITIONS) == set(WHY_NOT)


def test_administrators_and_the_operator_have_no_part_in_business():
    business = (
        "enterprises.",
        "visits.",
        "hazards.",
        "suspensions.",
        "notices.",
        "documents.",
        "schemes.",
        "evidence.",
        "dashboard.",
        "campaign.",
        "selfchecks.",
        "broadcasts.",
        "leads.",
    )
    for action in TABLE:
        if action.startswith(business):
            assert not {"sysadmin", "secadmin", "operator"} & set(TABLE[action]), action
            if not action.endswith((".view", ".contacts", ".follow")):
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
