"""The leadership's page: figures that open to their records, parts that sum to totals, and what each role sees."""

import html
import re
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from redis.exceptions import RedisError

from campaign.models import Phase
from campaign.views import dashboard_page, home
from enterprises.models import Enterprise
from hazards import rules
from portal.messages.actions import tell
from portal.messages.models import Message
from portal.refusals import NotAllowed
from portal.tenancy.models import Posting
from portal.tenancy.scope import platform_scope, tenant_scope
from tests.dashboard.day import CITY, LINK, TODAY
from tests.reminders.rows import lay

pytestmark = pytest.mark.usefixtures("that_day")


def page(world, login: str):
    return world.client(login).get("/dashboard/")


@pytest.mark.parametrize("login", ["office", "inspector", "department", "auditor"])
def test_every_number_opens_to_exactly_as_many_records(full, login):
    client = full.client(login)
    response = client.get("/dashboard/")
    links = {(html.unescape(address), int(number)) for address, number in LINK.findall(response.content.decode())}
    assert len(links) > 30
    for address, number in sorted(links):
        listed = client.get(address)
        assert listed.status_code == 200, address
        counted = listed.context["page"].count if "page" in listed.context else listed.context["count"]
        assert counted == number, address


@pytest.mark.parametrize("login", ["office", "inspector", "department", "auditor"])
def test_the_parts_of_every_table_sum_to_its_total_and_to_the_cards(full, login):
    context = page(full, login).context
    for panel in context["panels"]:
        for position, total in enumerate(panel.foot if panel.adds_up else []):
            if total.unit != "%":
                assert sum(cells[position].value for _, cells in panel.rows) == total.value, (panel.key, position)
    cards = {card.figure.label: card.cell.value for card in context["cards"]}
    hazards = next(panel for panel in context["panels"] if panel.key == "hazards")
    for label, cell in zip(hazards.columns, hazards.foot, strict=True):
        assert cards[label] == cell.value


def test_the_charts_draw_the_same_numbers_as_the_tables(full):
    for panel in page(full, "office").context["panels"]:
        columns = [[cell.value for cell in cells] for cells in zip(*(cells for _, cells in panel.rows), strict=True)]
        for series in panel.chart["series"]:
            assert series["values"] in columns
            assert len(series["links"]) == len(series["values"]) == len(panel.chart["labels"])


def test_the_city_is_seen_whole_and_a_district_sees_its_own(full):
    seen = {login: page(full, login).context["board"] for login in ("office", "inspector", "north")}
    assert [place.name for place in seen["office"].places] == ["江南区", "江北区"]
    assert [place.name for place in seen["inspector"].places] == ["江南区"]
    south, north = (seen[login].total.hazards for login in ("inspector", "north"))
    assert seen["office"].total.hazards == south + north
    assert south.open > north.open > 0


def test_every_card_and_panel_says_how_it_is_defined(full):
    context = page(full, "office").context
    for figure in [card.figure for card in context["cards"]] + [f for p in context["panels"] for f in p.figures]:
        assert figure.definition.endswith(("。", "起。"))


def test_the_worst_overdue_come_first_with_their_days_and_are_at_most_ten(full):
    worst = page(full, "office").context["board"].worst
    assert [hazard.days for hazard in worst] == sorted((hazard.days for hazard in worst), reverse=True)
    assert [hazard.days for hazard in worst[:5]] == [40, 40, 40, 40, 30]
    assert len(worst) == 10


def test_handed_in_on_time_is_not_among_the_worst(world):
    lay(world, days=-10, status=rules.SUBMITTED, submitted_after=-12)
    response = page(world, "office")
    assert response.context["board"].worst == []
    assert "没有逾期隐患" in response.content.decode()


def test_an_empty_city_has_a_page_without_made_up_rates(world):
    response = page(world, "office_x")
    assert response.status_code == 200
    rate = next(card for card in response.context["cards"] if card.figure.label == "按期整改率")
    assert str(rate.cell) == "—"


def test_an_enterprise_that_is_not_graded_stands_in_a_column_of_its_own(world):
    with tenant_scope(world.tenants[CITY], CITY):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(grade="")
    grades = next(panel for panel in page(world, "office").context["panels"] if panel.key == "grades")
    assert [cell.value for cell in grades.foot] == [1, 0, 1, 0, 1, 3, 0]


def test_today_stands_in_its_phase_on_the_campaigns_line(world):
    with tenant_scope(world.tenants[CITY], CITY):
        for name, starts, ends in [
            ("动员部署", date(2026, 1, 1), date(2026, 3, 31)),
            ("集中整治", date(2026, 4, 1), date(2027, 9, 30)),
            ("巩固提升", date(2027, 10, 1), date(2027, 12, 31)),
        ]:
            Phase.objects.create(name=name, starts=starts, ends=ends)
    line = page(world, "office").context["timeline"]
    assert [stretch.state for stretch in line.stretches] == ["done", "now", "ahead"]
    assert line.stretches[1].left < line.today < line.stretches[2].left
    assert sum(stretch.width for stretch in line.stretches) == pytest.approx(100, abs=0.05)
    assert (line.day, line.days) == (259, 730)


def test_the_page_asks_few_questions_however_much_there_is(full):
    client = full.client("office")
    client.get("/dashboard/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/dashboard/")
    asked = [
        query["sql"]
        for query in queries
        if not re.match(r"SAVEPOINT|RELEASE|SELECT set_config\('role', 'none'", query["sql"])
    ]
    assert len(asked) <= 20, "\n".join(a[:150] for a in asked)


@pytest.mark.parametrize(
    ("login", "first"),
    [
        ("office", "/dashboard/"),
        ("department", "/dashboard/"),
        ("inspector", "/today/"),
        ("auditor", "/dashboard/"),
        ("officer", "/todo/"),
        ("expert", "/assessments/"),
        ("sysadmin", "/console/"),
        ("secadmin", "/console/"),
    ],
)
def test_everyone_lands_on_their_own_first_page(world, login, first):
    client = world.client(login)
    landed = client.get("/")
    assert landed["Location"].startswith(first)
    assert client.get(landed["Location"]).status_code == 200


def test_the_operator_sees_the_cities_by_name_and_nothing_of_theirs(world):
    with platform_scope():
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        shown = home(request).content.decode()
        assert "江州市" in shown
        assert "澄川市" in shown
        with pytest.raises(NotAllowed):
            dashboard_page(request)


@pytest.mark.parametrize("login", ["officer", "expert", "sysadmin", "secadmin"])
def test_the_dashboard_is_the_authorities_alone(world, login):
    assert page(world, login).status_code == 403


def test_what_could_not_be_delivered_is_shown_to_the_office_with_the_reason(world):
    with tenant_scope(world.tenants[CITY], CITY):
        tell([Posting.objects.get(person__name="officer君").person_id], "k", "标题一", "内容", "/")
        Message.objects.filter(channel="email").update(tries=3, fault="550 no such mailbox")
    shown = world.client("office").get("/messages/undelivered/").content.decode()
    assert "officer君" in shown
    assert "550 no such mailbox" in shown
    for login in ("inspector", "officer", "auditor"):
        assert world.client(login).get("/messages/undelivered/").status_code == 403
    assert "没有送不出去的提醒" in world.client("office_x").get("/messages/undelivered/").content.decode()


@pytest.mark.parametrize("narrower", ["district", "sector", "both"])
def test_narrowed_to_a_district_or_a_sector_every_number_still_opens_to_its_records(full, narrower):
    client = full.client("office")
    with tenant_scope(full.tenants[CITY], CITY):
        plant = Enterprise.objects.get(pk=full.enterprises["a"])
    query = {"district": plant.district_id, "sector": plant.sector}
    query = {name: value for name, value in query.items() if narrower in (name, "both")}
    response = client.get("/dashboard/", query)
    whole = client.get("/dashboard/").context["board"].total
    assert 0 < response.context["board"].total.hazards.open < whole.hazards.open
    links = {(html.unescape(address), int(n)) for address, n in LINK.findall(response.content.decode())}
    for address, number in sorted(links):
        if address.startswith("/messages/"):
            continue
        assert client.get(address).context["page"].count == number, address


def test_a_district_that_is_not_there_is_no_page(full):
    assert full.client("office").get("/dashboard/?district=987654321").status_code == 404
    assert full.client("office").get("/dashboard/?sector=steel").status_code == 404


def test_the_figures_of_one_enterprise_open_to_its_records_for_whoever_may_see_it(full):
    for login in ("office", "inspector", "officer", "auditor", "department"):
        client = full.client(login)
        response = client.get(f"/dashboard/enterprises/{full.enterprises['a']}/")
        assert response.status_code == 200
        links = {(html.unescape(address), int(n)) for address, n in LINK.findall(response.content.decode())}
        assert len(links) >= 8
        for address, number in sorted(links):
            assert client.get(address).context["page"].count == number, address
    assert full.client("officer").get(f"/dashboard/enterprises/{full.enterprises['b']}/").status_code == 404


def test_districts_are_compared_for_each_hundred_enterprises(full):
    board = page(full, "office").context["board"]
    south = next(place for place in board.places if place.name == "江南区")
    assert south.each(south.hazards.open) == round(100 * south.hazards.open / 2, 1)
    fair = next(panel for panel in page(full, "office").context["panels"] if panel.key == "fair")
    assert dict(fair.rows)["江南区"][1].value == south.each(south.hazards.open)


def test_the_last_full_month_stands_beside_the_one_before_and_the_same_month_of_last_year(world):
    for found_on, n in ((date(2026, 8, 3), 3), (date(2026, 7, 31), 2), (date(2025, 8, 1), 4), (TODAY, 1)):
        lay(world, "a", days=9, n=n, found_on=found_on)
    months = next(panel for panel in page(world, "office").context["panels"] if panel.key == "months")
    assert "8月发现3条，环比增50.0%，同比减25.0%" in months.title


def test_repeats_come_after_the_page_and_open_to_their_records(world):
    lay(world, "a", days=-40, status=rules.CLOSED, submitted_after=-41, item_code="CK01-001")
    lay(world, "a", days=5, item_code="CK01-001", n=2)
    client = world.client("office")
    assert 'hx-get="/dashboard/repeated/"' in client.get("/dashboard/").content.decode()
    [(address, number)] = LINK.findall(client.get("/dashboard/repeated/").content.decode())
    assert int(number) == client.get(html.unescape(address)).context["page"].count == 2


def test_what_was_counted_a_moment_ago_is_shown_again_to_whoever_sees_the_same_and_to_nobody_else(full, settings):
    settings.DASHBOARD_SECONDS = 60
    cache.clear()
    before = page(full, "office").context["board"]
    lay(full, "a", days=3)
    assert page(full, "office").context["board"].at == before.at
    assert page(full, "office2").context["board"].total.hazards == before.total.hazards
    for login in ("inspector", "north", "department", "office_x"):
        assert page(full, login).context["board"].at > before.at
    cache.clear()
    assert page(full, "office").context["board"].total.hazards.open == before.total.hazards.open + 1


@pytest.mark.parametrize("what", ["get", "set"])
def test_without_redis_the_figures_are_counted_all_the_same(full, settings, monkeypatch, what):
    settings.DASHBOARD_SECONDS = 60
    cache.clear()

    def gone(*_, **__):
        raise RedisError("gone")

    monkeypatch.setattr(cache, what, gone)
    assert page(full, "office").status_code == 200
