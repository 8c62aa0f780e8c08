"""大屏: let in by its address alone, it shows figures and nobody's records, until it is stopped or its day is over."""

import re
from datetime import date, timedelta

import pytest
from django.core import signing

from campaign.actions import screens
from campaign.models import Screen
from portal.audit.models import AuditRecord
from portal.refusals import BadInput, IllegalMove, NotAllowed
from portal.tenancy.models import District
from tests.reminders.rows import lay

TODAY = date(2026, 9, 16)


@pytest.fixture(autouse=True)
def that_day(on_day):
    with on_day(TODAY):
        yield


def made(world, login: str = "office", **more) -> Screen:
    with world.as_(login):
        return screens.make_screen(**{"name": "大厅", "until": TODAY + timedelta(days=30)} | more)


def address(screen: Screen) -> str:
    return f"/wall/{screens.address_of(screen)}/"


def test_it_shows_the_citys_figures_without_a_login(world):
    lay(world, "a", days=-3, n=4)
    response = world.client().get(address(made(world)))
    shown = response.content.decode()
    assert response.status_code == 200
    assert "江州市安全生产专项整治" in shown
    assert re.search(r"<h2>逾期</h2><strong>4</strong>", shown)
    assert response["Cache-Control"] == "no-store"


def test_whoever_is_logged_in_in_that_browser_sees_the_same_and_is_told_the_same_when_it_ends(world):
    screen = made(world)
    where, clients = address(screen), [world.client(login) for login in ("office", "officer")]
    for client in clients:
        assert client.get("/").status_code < 400
        shown = client.get(where)
        assert (shown.status_code, f'hx-get="{where}"' in shown.content.decode()) == (200, True)
    with world.as_("office"):
        screens.stop_screen(screen.pk)
    for client in clients:
        ended = client.get(where)
        assert (ended.status_code, "不能用了" in ended.content.decode()) == (404, True)


def test_it_names_no_enterprise_and_leads_nowhere(world):
    lay(world, "a", days=-3, description="法兰渗漏")
    shown = world.client().get(address(made(world))).content.decode()
    assert "法兰渗漏" not in shown
    assert "江州甲化工" not in shown
    assert "<a " not in shown


def test_a_districts_screen_shows_its_district_alone(world):
    lay(world, "a", days=-3, n=2)
    lay(world, "c", days=-3, n=3)
    with world.as_("office"):
        north = District.objects.get(name="江北区")
    shown = world.client().get(address(made(world, district=north))).content.decode()
    assert "江北区安全生产专项整治" in shown
    assert "江南区" not in shown
    assert re.search(r"<h2>逾期</h2><strong>3</strong>", shown)


def test_asked_again_it_answers_with_its_inside_alone(world):
    again = world.client().get(address(made(world)), headers={"HX-Request": "true"}).content.decode()
    assert again.lstrip().startswith('<div id="wall"')
    assert "<html" not in again


def test_stopped_it_opens_nothing_and_says_what_to_do(world):
    screen = made(world)
    with world.as_("office"):
        screens.stop_screen(screen.pk)
    response = world.client().get(address(screen))
    assert response.status_code == 404
    assert "重新制作" in response.content.decode()
    with world.as_("office"), pytest.raises(IllegalMove):
        screens.stop_screen(screen.pk)


def test_past_its_day_it_opens_nothing(world, on_day):
    screen = made(world, until=TODAY)
    assert world.client().get(address(screen)).status_code == 200
    with on_day(TODAY + timedelta(days=1)):
        assert world.client().get(address(screen)).status_code == 404


def test_an_address_that_was_not_signed_by_the_portal_opens_nothing(world):
    screen = made(world)
    for token in (
        "x",
        screens.address_of(screen)[:-1] + "_",
        signing.dumps([screen.tenant_id, screen.pk], salt="other"),
    ):
        assert world.client().get(f"/wall/{token}/").status_code == 404


def test_one_citys_address_never_opens_anothers_screen(world):
    other = made(world, "office_x")
    forged = signing.dumps([world.tenants["江州市"], other.pk], salt=screens.SALT)
    assert world.client().get(f"/wall/{forged}/").status_code == 404


def test_through_a_screen_nothing_can_be_written(world):
    from django.db.utils import ProgrammingError

    with pytest.raises(ProgrammingError, match="permission denied"), screens.scope_of_screen(world.tenants["江州市"]):
        Screen.objects.create(name="x", until=TODAY, by_name="x")


def test_the_office_alone_makes_and_stops_them_and_it_is_on_the_record(world):
    screen = made(world)
    with world.as_("office"):
        screens.stop_screen(screen.pk)
    with world.as_("auditor"):
        said = (
            AuditRecord.objects.filter(action__startswith="screens.").order_by("seq").values_list("action", flat=True)
        )
        assert list(said) == ["screens.make", "screens.stop"]
    for login in ("inspector", "department", "auditor", "officer"):
        with world.as_(login), pytest.raises(NotAllowed):
            screens.make_screen("大厅", TODAY)
        assert world.client(login).get("/dashboard/screens/").status_code == 403


@pytest.mark.parametrize("days", [-1, 732])
def test_its_last_day_lies_ahead_and_within_two_years(world, days):
    with world.as_("office"), pytest.raises(BadInput, match="两年"):
        screens.make_screen("大厅", TODAY + timedelta(days=days))


def test_the_page_makes_one_shows_its_address_and_when_it_last_asked_and_keeps_what_was_typed(world):
    client = world.client("office")
    refused = client.post("/dashboard/screens/", {"name": "一楼大厅", "until": "2020-01-01"})
    assert refused.status_code == 400
    assert "一楼大厅" in refused.content.decode()
    assert client.post("/dashboard/screens/", {"name": "一楼大厅", "until": "2026-12-31"}).status_code == 302
    with world.as_("office"):
        screen = Screen.objects.get()
    shown = client.get("/dashboard/screens/").content.decode()
    assert address(screen) in shown
    assert "还没有显示过" in shown
    world.client().get(address(screen))
    assert "还没有显示过" not in client.get("/dashboard/screens/").content.decode()
