"""The dashboard over the API: the page's figures, each opening over the API to exactly its records; and the panels that come later."""

import html
import io
from datetime import date

import openpyxl
import pytest

from campaign import rules_map
from campaign.panels_later import BY_GRADE, SHADES
from enterprises.actions.city_map import draw_map
from enterprises.models import Enterprise
from hazards import rules
from portal.tenancy.models import Organisation
from portal.tenancy.scope import tenant_scope
from tests.dashboard.day import CITY, LINK, TODAY
from tests.reminders.rows import lay
from tests.security.objects import boundaries

pytestmark = pytest.mark.usefixtures("that_day")


def asked(world, login: str, address: str = "", **query) -> dict:
    answer = world.client(login).get(f"/api/v1/dashboard/{address}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def counted(client, address: str) -> int:
    """How many records a list over the API has, page by page."""
    number, address = 0, address + ("&" if "?" in address else "?") + "page_size=200"
    while address:
        answer = client.get(address).json()
        number, address = number + len(answer["results"]), answer["next"]
    return number


def cells_of(told: dict):
    yield from told["figures"]
    for figure in told["figures"]:
        yield from figure["parts"]
    for panel in told["panels"]:
        for row in panel["rows"]:
            yield from row["cells"]
        yield from panel["total"]


@pytest.mark.parametrize(("login", "narrowed"), [("office", {}), ("inspector", {}), ("office", {"sector": "hazchem"})])
def test_every_number_over_the_api_opens_over_the_api_to_exactly_as_many_records(full, login, narrowed):
    client = full.client(login)
    told = asked(full, login, **narrowed)
    numbers = {(cell["api"], cell["value"]) for cell in cells_of(told) if cell["api"] and cell["unit"] == ""}
    numbers = {(api, value) for api, value in numbers if value == int(value)}
    fair = next(panel for panel in told["panels"] if panel["key"] == "fair")
    shares = {(cell["api"], cell["value"]) for row in fair["rows"] for cell in row["cells"]}
    shares |= {(cell["api"], cell["value"]) for cell in fair["total"]}
    assert len(numbers - shares) > 30
    for address, number in sorted(numbers - shares):
        assert counted(client, address) == number, address


def test_the_api_tells_what_the_page_shows_and_its_parts_sum_to_its_totals(full):
    told = asked(full, "office")
    page = full.client("office").get("/dashboard/").context
    # Whether messages wait is asked anew; everything else is one count.
    assert [(one["name"], one["value"], one["definition"], one["link"]) for one in told["figures"]] == [
        (card.figure.label, card.cell.value, card.figure.definition, card.cell.link) for card in page["cards"]
    ]
    assert [panel["key"] for panel in told["panels"]] == [panel.key for panel in page["panels"]]
    for panel in told["panels"]:
        assert panel["as_of"] == told["as_of"]
        assert all(one["definition"] for one in panel["definitions"])
        for position, total in enumerate(panel["total"] if panel["adds_up"] else []):
            if total["unit"] != "%":
                assert sum(row["cells"][position]["value"] for row in panel["rows"]) == total["value"]
    assert all(one["as_of"] and one["definition"] for one in told["figures"])


def test_a_district_or_sector_that_is_not_there_is_a_bad_request_that_names_the_field(full):
    answer = full.client("office").get("/api/v1/dashboard/?district=987654321&sector=steel")
    assert answer.status_code == 400
    assert {one["field"] for one in answer.json()["errors"]} == {"district", "sector"}
    assert full.client("officer").get("/api/v1/dashboard/").status_code == 403


def test_the_figures_of_one_enterprise_are_the_pages(full):
    number = full.enterprises["a"]
    told = asked(full, "officer", f"enterprises/{number}/")
    page = full.client("officer").get(f"/dashboard/enterprises/{number}/").context["cards"]
    assert [(one["name"], one["value"]) for one in told["figures"]] == [(c.figure.label, c.cell.value) for c in page]
    client = full.client("officer")
    overdue = next(one for one in told["figures"] if one["name"] == "逾期")
    assert counted(client, overdue["api"]) == overdue["value"] > 0
    assert client.get(f"/api/v1/dashboard/enterprises/{full.enterprises['b']}/").status_code == 404


def test_a_departments_view_is_of_the_sectors_its_people_are_posted_for(full):
    with tenant_scope(full.tenants[CITY], CITY):
        department = Organisation.objects.get(kind="department", name="江州市应急管理局")
    own = asked(full, "department")
    seen = asked(full, "office", department=department.pk)
    value = {one["name"]: one["value"] for one in seen["figures"]}
    assert value["未销号"] == next(one["value"] for one in own["figures"] if one["name"] == "未销号") > 0
    assert 0 < value["企业"] < asked(full, "office")["figures"][0]["value"]
    client = full.client("office")
    for name in ("未销号", "逾期", "企业"):
        one = next(one for one in seen["figures"] if one["name"] == name)
        assert counted(client, one["api"]) == one["value"]
        assert client.get(one["link"]).context["page"].count == one["value"]
    shown = client.get("/dashboard/", {"department": department.pk}).content.decode()
    assert f"{CITY}{department.name}" in shown
    # Its own page offers no choice among departments.
    assert 'type="hidden" name="department"' in full.client("department").get("/dashboard/").content.decode()


@pytest.mark.parametrize("figure", ["overdue", "open", "found", "on_time"])
def test_by_grade_the_numbers_sum_to_the_dashboards_and_open_to_their_records(full, figure):
    with tenant_scope(full.tenants[CITY], CITY):
        Enterprise.objects.filter(pk=full.enterprises["a"]).update(grade="")
    client = full.client("office")
    panel = asked(full, "office", "grades/", figure=figure)
    assert panel["columns"][::2] == ["D级（红）", "C级（橙）", "B级（黄）", "A级（蓝）", "未评定", "合计"]
    for row in [*[row["cells"] for row in panel["rows"]], panel["total"]]:
        numbers = row[::2]
        assert sum(cell["value"] for cell in numbers[:-1]) == numbers[-1]["value"]
        for cell in numbers:
            assert counted(client, cell["api"]) == cell["value"], cell["api"]
            assert client.get(cell["link"]).context["page"].count == cell["value"]
    board = client.get("/dashboard/").context["board"].total
    assert panel["total"][-2]["value"] == getattr(board.hazards, figure) > 0
    south = next(row["cells"] for row in panel["rows"] if row["name"] == "江南区")
    # One enterprise of it is not graded, so its hazards are so many for each hundred of one.
    assert south[9]["value"] == 100 * south[8]["value"]
    assert any("不是发现隐患时的等级" in one["definition"] for one in panel["definitions"])


def test_by_grade_a_district_sees_its_own_and_the_rate_is_of_that_grade(full):
    assert [row["name"] for row in asked(full, "inspector", "grades/")["rows"]] == ["江南区"]
    panel = asked(full, "office", "grades/", figure="rate")
    board = full.client("office").get("/dashboard/").context["board"].total
    assert panel["total"][-1]["value"] == board.hazards.rate
    assert panel["total"][-1]["unit"] == "%"


def test_the_trend_stands_beside_the_month_before_and_the_same_of_last_year_and_opens_to_its_records(world):
    for found_on, n in ((date(2026, 8, 3), 3), (date(2026, 7, 31), 2), (date(2025, 8, 1), 4), (TODAY, 1)):
        lay(world, "a", days=9, n=n, found_on=found_on)
    # 2026-08-17 to 09-13 are the last four full weeks; 2025-08-18 to 09-14 those of last year.
    for due, more in (
        (date(2026, 9, 13), {"n": 2}),
        (date(2026, 8, 17), {"status": rules.CLOSED, "submitted_after": 0}),
        (date(2026, 8, 16), {}),
        (date(2025, 9, 14), {"status": rules.CLOSED, "submitted_after": -370}),
        (date(2025, 8, 17), {"n": 5}),
    ):
        lay(world, "a", days=(due - TODAY).days, **more)
    rows = {one["name"]: one for one in asked(world, "office", "trend/")["figures"]}
    found = rows["发现隐患"]
    assert [found[name]["value"] for name in ("now", "before", "year_ago")] == [3, 2, 4]
    assert (found["from_before"], found["from_year_ago"]) == ("增50.0%", "减25.0%")
    missed = rows["到期未按期整改"]
    assert missed["spans"][0] == ["2026-08-17", "2026-09-13"]
    assert missed["spans"][2] == ["2025-08-18", "2025-09-14"]
    assert [missed[name]["value"] for name in ("now", "before", "year_ago")] == [3, 1, 0]
    rate = rows["到期按期整改率"]
    assert (rate["now"]["value"], rate["year_ago"]["value"], rate["from_year_ago"]) == (0.0, 100.0, "降100.0个百分点")
    client = world.client("office")
    for one in rows.values():
        for name in ("now", "before", "year_ago"):
            if one[name]["unit"] == "":
                assert counted(client, one[name]["api"]) == one[name]["value"], one[name]["api"]


def test_the_map_colours_districts_and_its_points_are_the_enterprises_it_names(full):
    with full.as_("office"):
        draw_map(boundaries("江州", "江南区"), "wgs84")
        Enterprise.objects.filter(pk=full.enterprises["a"]).update(longitude="119.5", latitude="25.5")
    told = asked(full, "office", "map/", figure="overdue", dots="overdue")
    board = full.client("office").get("/dashboard/").context["board"]
    assert [(one["district"], one["value"]) for one in told["districts"]] == [
        (place.name, place.each(place.hazards.overdue)) for place in board.places
    ]
    client = full.client("office")
    assert told["points_total"] == client.get(told["points_link"]).context["page"].count == 3
    assert len(client.get(told["points"]).json()["points"]) == 1
    assert client.get(told["map"]).status_code == 200
    shown = client.get("/dashboard/panels/map/", {"dots": "overdue"}, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in shown
    assert shown.count('class="shade shade-') == 1
    assert 'class="plant plant-' in shown
    assert '<th scope="row"><span class="shade-key' in shown
    # Without a script it is a page of its own.
    alone = client.get("/dashboard/panels/map/").content.decode()
    assert "<html" in alone
    assert "江南区" in alone


def test_without_boundaries_the_map_says_so_and_its_table_stands(full):
    shown = full.client("inspector").get("/dashboard/panels/map/").content.decode()
    assert "还没有本市的区县边界" in shown
    assert "<details open>" in shown


def test_by_level_the_parts_sum_to_the_dashboards_and_open_to_their_records(full):
    panel = asked(full, "office", "levels/")
    board = full.client("office").get("/dashboard/").context["board"].total.hazards
    assert [row["name"] for row in panel["rows"]] == ["重大隐患", "一般隐患"]
    assert [cell["value"] for cell in panel["total"]] == [
        board.found, board.open, board.overdue, board.awaiting, board.closed, board.rate,
    ]  # fmt: skip
    assert panel["rows"][0]["cells"][1]["value"] == board.major_open > 0
    client = full.client("office")
    for row in panel["rows"]:
        for cell in row["cells"][:-1]:
            assert counted(client, cell["api"]) == cell["value"], cell["api"]


@pytest.mark.parametrize("key", ["map", "trend", "levels", "by-grade"])
def test_the_later_panels_open_to_exactly_as_many_records_and_to_nobody_else(full, key):
    client = full.client("inspector")
    shown = client.get(f"/dashboard/panels/{key}/", HTTP_HX_REQUEST="true").content.decode()
    links = {(html.unescape(address), int(number)) for address, number in LINK.findall(shown)}
    assert links
    for address, number in sorted(links):
        assert client.get(address).context["page"].count == number, address
    assert f'hx-get="/dashboard/panels/{key}/"' in client.get("/dashboard/").content.decode()
    assert full.client("officer").get(f"/dashboard/panels/{key}/").status_code == 403


def test_the_workbook_holds_what_comes_after_the_page_with_the_same_numbers(full):
    client = full.client("inspector")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/dashboard/?export=xlsx").content))

    def rows(title: str) -> dict:
        return {row[0]: list(row[1:]) for row in book[title].iter_rows(min_row=3, values_only=True) if row[0]}

    def told(address: str) -> dict:
        return client.get(f"/api/v1/dashboard/{address}").json()

    def values(cells: list) -> list:
        return ["—" if one["value"] is None else one["value"] for one in cells]

    panels = [told("levels/"), *(told(f"grades/?figure={key}") for key in BY_GRADE)]
    for panel in panels:
        kept = rows(panel["title"])
        for row in panel["rows"]:
            assert kept[row["name"]] == values(row["cells"]), panel["title"]
        assert kept["合计" if panel["adds_up"] else "总体"] == values(panel["total"])
    for column, key in enumerate(SHADES, 1):
        asked = told(f"map/?figure={key}")
        assert {name: row[column] for name, row in rows("区县地图").items() if name in ("江南区", "总体")} == {
            "江南区": values([asked["districts"][0]])[0],
            "总体": values([asked["total"]])[0],
        }
    kept = rows("与上月、去年同期比")
    for one in told("trend/")["figures"]:
        row = kept[one["name"]]
        assert [row[1], row[3], row[6]] == values([one["now"], one["before"], one["year_ago"]])
    worst = client.get("/dashboard/").context["board"].worst
    assert [row[1] for row in book["逾期最久"].iter_rows(min_row=3, max_row=2 + len(worst), values_only=True)] == [
        one.pk for one in worst
    ]
    assert rows("主要数字")["屡查屡犯未销号"][0] == told("repeated/")["value"]


def test_a_panel_that_is_not_there_is_no_page(full):
    client = full.client("office")
    assert client.get("/dashboard/panels/nothing/").status_code == 404
    assert client.get("/dashboard/panels/map/?figure=weather").status_code == 404
    assert client.get("/api/v1/dashboard/map/?figure=weather").status_code == 400


def test_bands_reach_from_the_lowest_to_the_highest_and_all_alike_is_one():
    bands = rules_map.Bands.of([0.0, None, 5.0, 10.0])
    assert [bands.band(value) for value in (0.0, 5.0, 10.0)] == [0, 1, 2]
    assert bands.bounds[0][0] == 0.0
    assert bands.bounds[-1][1] == 10.0
    alike = rules_map.Bands.of([4.0, 4.0])
    assert (alike.steps, alike.band(4.0)) == (1, 0)
    assert rules_map.Bands.of([None]) is None


def test_the_picture_holds_every_place_in_its_proportions():
    square = [(119.0, 25.0), (120.0, 25.0), (120.0, 26.0), (119.0, 26.0), (119.0, 25.0)]
    frame = rules_map.Frame.around(square)
    assert all(frame.holds(*place) for place in square)
    left, bottom = frame.at(119.0, 25.0)
    right, top = frame.at(120.0, 26.0)
    # A degree of longitude is narrower than one of latitude there.
    assert (right - left) / (bottom - top) == pytest.approx(0.904, abs=0.01)
    assert rules_map.outline(frame, [square]).count("L") == 3
    assert rules_map.middle(frame, [square]) == (round((left + right) / 2), round((top + bottom) / 2))
    assert rules_map.dots(frame, [(119.5, 25.5), (119.5, 25.5), (10.0, 10.0)]).count("M") == 1
    assert rules_map.Frame.around([]) is None
    assert rules_map.Frame.around([(119.0, 25.0)]).holds(119.0, 25.0)
