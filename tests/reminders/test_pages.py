"""What anybody who sees a hazard can read of its reminders, and the lists of what is planned and who was told."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from hazards.actions.reminders import remind
from hazards.models import ReminderPlan
from portal.messages.actions import send_due
from portal.messages.models import Message
from tests import stories
from tests.reminders.rows import lay
from tests.reminders.test_ledger import in_city

START = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def first_of_september(on_day):
    mail.outbox = []
    with on_day(START):
        yield


def days(number: int) -> date:
    return START + timedelta(days=number)


def page_of(world, login: str, hazard) -> str:
    answer = world.client(login).get(f"/hazards/{hazard.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("login", ["office", "department", "inspector", "officer", "auditor"])
def test_everybody_who_sees_a_hazard_sees_what_will_be_told_next_and_to_whom(world, login):
    hazard = stories.issued(world, days=20)
    page = page_of(world, login, hazard)
    assert "下一次提醒：2026-09-14" in page
    assert "企业安全员，现在是officer君" in page
    assert "已取消的提醒（1）" in page


def test_what_was_told_to_whom_and_when_it_was_seen_is_on_the_page(world, on_day):
    hazard = stories.issued(world, days=20)
    with on_day(days(21)), in_city(world):
        remind(days(21))
        send_due()
    with on_day(days(22)):
        with world.as_("officer") as officer:
            mine = Message.objects.get(key__startswith="reminders:", person_id=officer.person_id, channel="in_app")
        assert "已读" not in page_of(world, "inspector", hazard)
        world.client("officer").post(f"/messages/{mine.pk}/open/")
        for login in ("inspector", "office", "officer"):
            page = page_of(world, login, hazard)
            assert "逾期第1天" in page, login
            assert "officer君" in page, login
            assert "09-23 12:00 已读" in page, login
        assert "邮件、站内" in page_of(world, "office", hazard)
        # All at once, by the button above the inbox, counts as well.
        world.client("inspector").post("/messages/seen/")
        assert page_of(world, "officer", hazard).count("已读") == 2


def test_a_closed_hazard_says_that_nothing_more_is_told(world):
    page = page_of(world, "inspector", stories.closed(world, days=20))
    assert "已办结，不再提醒" in page
    assert "已销号" in page


def test_the_plan_is_a_list_for_those_who_see_the_hazards_and_the_ledger_of_names_the_offices(world):
    stories.issued(world, days=20)
    stories.issued(world, "c", days=20)
    for login, seen, unseen in (("inspector", "江州甲化工", "江州丙仓储"), ("north", "江州丙仓储", "江州甲化工")):
        page = world.client(login).get("/reminders/plan/").content.decode()
        assert seen in page
        assert unseen not in page
        assert world.client(login).get("/reminders/").status_code == 403
    assert world.client("office").get("/reminders/").status_code == 200


@pytest.fixture
def told(world):
    """A ladder with a step told by letter too, one whose letter could not go, one still waiting, and one dropped."""
    hazards = lay(world, days=20, n=2)
    with in_city(world):
        remind(days(21))
        send_due()
        Message.objects.filter(person__name="inspector君", channel="email").update(sent_at=None, fault="550")
    return hazards


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", 12),
        ("state=sent", 10),
        ("state=undelivered", 2),
        ("state=cancelled", 0),
        ("channel=email", 6),
        ("q=officer", 4),
        ("kind=recheck", 0),
        ("due_from=2026-09-23", 0),
        ("due_to=2026-09-22", 12),
    ],
)
def test_the_ledger_is_filtered_by_state_channel_person_kind_and_day(world, told, query, rows):
    page = world.client("office").get(f"/reminders/?{query}").content.decode()
    assert f"共 <strong>{rows}</strong> 条" in page
    got = world.client("office").get(f"/api/v1/reminders/?{query}").json()["results"]
    assert len(got) == rows


def test_the_ledger_is_filtered_by_enterprise(world, told):
    client = world.client("office")
    for key, rows in (("a", 12), ("b", 0)):
        page = client.get(f"/reminders/?enterprise={world.enterprises[key]}").content.decode()
        assert f"共 <strong>{rows}</strong> 条" in page


def test_both_lists_leave_as_workbooks_with_every_row(world, told):
    client = world.client("office")
    for path, rows in (("/reminders/", 12), ("/reminders/plan/?all=1", 4)):
        answer = client.get(path + ("&" if "?" in path else "?") + "export=xlsx")
        sheet = load_workbook(BytesIO(b"".join(answer) if answer.streaming else answer.content)).worksheets[0]
        lines = [row for row in sheet.iter_rows(values_only=True) if row[0] and str(row[0]).startswith("2026-")]
        assert len(lines) == rows, path


def test_the_pages_ask_the_same_however_many_rows_there_are(world, told):
    client = world.client("office")

    def asked(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(path)
        return len(seen)

    before = {path: asked(path) for path in ("/reminders/", "/reminders/plan/?all=1", f"/hazards/{told[0].pk}/")}
    lay(world, days=20, n=20)
    with in_city(world):
        remind(days(22))
    assert {path: asked(path) for path in before} == before
    assert max(before.values()) <= 20


def test_what_the_office_opens_is_the_citys_to_know_alone(world, on_day):
    """Its digests speak of every hazard: a click must not write a hundred thousand rows."""
    hazard = stories.issued(world, days=20)
    with on_day(days(23)):
        with in_city(world):
            remind(days(23))
            office = Message.objects.get(
                key__startswith="reminders:", person_id=world.people["office"], channel="in_app"
            )
        world.client("office").post(f"/messages/{office.pk}/open/")
        with in_city(world):
            assert ReminderPlan.objects.get(hazard=hazard, step=3).seen == {}
        assert "已读" not in page_of(world, "inspector", hazard)
        assert "已读" in page_of(world, "office", hazard)
