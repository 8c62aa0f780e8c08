"""Short ways to a visit, each through the real verbs as the real people."""

from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from enterprises.models import Enterprise
from inspections.actions import answers, visits
from inspections.models import ChecklistItem, Visit
from tests.stories import INSPECTORS, person_id

BASICS, STORAGE = "1.安全基础管理", "11.储存与仓库"
FIRST, SECOND, THIRD = "CK01-001", "CK01-002", "CK01-003"


def started(
    world, enterprise: str = "a", *, by: str | None = None, categories=(BASICS,), second: str | None = None, key=None
) -> Visit:
    second_id = person_id(world, second) if second else None
    with world.as_(by or INSPECTORS[enterprise][0]):
        return visits.start_visit(
            Enterprise.objects.get(pk=world.enterprises[enterprise]),
            second_id,
            "routine",
            list(categories),
            key or uuid4(),
        )


def walked(world, enterprise: str = "a", *, findings: int = 1) -> Visit:
    """Under way, with one 符合 and some 不符合."""
    visit = started(world, enterprise, second=INSPECTORS[enterprise][1])
    with world.as_(INSPECTORS[enterprise][0]):
        answers.answer(visit.pk, FIRST, "ok")
        for code in (SECOND, THIRD)[:findings]:
            answers.answer(visit.pk, code, "not_ok")
    return visit


def finished(world, enterprise: str = "a", *, findings: int = 1) -> Visit:
    visit = walked(world, enterprise, findings=findings)
    with world.as_(INSPECTORS[enterprise][0]):
        return visits.finish_visit(visit.pk, second_id=None, met_with="方安")


def statements(client, address: str) -> list[str]:
    """What a page asks of the database; inside a test every transaction is a savepoint, so those are not counted."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as spent:
        assert client.get(address).status_code == 200
    passing = ("SAVEPOINT", "RELEASE", "SELECT set_config")
    return [query["sql"] for query in spent if not query["sql"].startswith(passing)]


def item(world, code: str) -> ChecklistItem:
    with world.as_("office"):
        return ChecklistItem.objects.get(code=code)
