"""The map under a mouse, a thumb and a keyboard: drawn, filtered by its legend, asked what is where."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from enterprises.actions.city_map import draw_map
from enterprises.models import Enterprise
from tests.world import PASSWORD

PLACES = {"a": (119.2, 25.2), "b": (119.8, 25.8), "c": (119.8, 26.6)}
SQUARE = [[119, 25], [120, 25], [120, 26], [119, 26], [119, 25]]
# How many pixels of the canvas have the colour of a grade, and where on the page their middle is.
COLOURS = """() => {
    const canvas = document.querySelector('.map-canvas'), box = canvas.getBoundingClientRect();
    const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const wanted = { D: [200, 30, 30], C: [240, 128, 31], B: [242, 194, 48], A: [31, 111, 196], white: [255, 255, 255] };
    const found = Object.fromEntries(Object.keys(wanted).map(grade => [grade, { n: 0, x: 0, y: 0 }]));
    for (let k = 0; k < data.length; k += 4) for (const [grade, rgb] of Object.entries(wanted)) {
        if (rgb.some((part, m) => Math.abs(part - data[k + m]) > 12)) continue;
        found[grade].n += 1;
        found[grade].x += (k / 4) % width;
        found[grade].y += Math.floor(k / 4 / width);
    }
    const scale = box.width / width;
    return Object.fromEntries(Object.entries(found).map(([grade, one]) => [grade, {
        n: one.n, x: box.x + one.x / one.n * scale, y: box.y + one.y / one.n * scale,
    }]).concat([['all', { n: data.length / 4 }]]));
}"""


@pytest.fixture
def city(committed_world):
    """Three plants on a map of two districts: a is C and key, b is B and suspended, c is D."""
    north = [[x, y + 1] for x, y in SQUARE]
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for name, ring in (("江南区", SQUARE), ("江北区", north))
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    with committed_world.as_("office"):
        for key, (x, y) in PLACES.items():
            Enterprise.objects.filter(pk=committed_world.enterprises[key]).update(longitude=x, latitude=y)
        Enterprise.objects.filter(pk=committed_world.enterprises["a"]).update(key_clause="1", key_reason="涉及硝化工艺")
        Enterprise.objects.filter(pk=committed_world.enterprises["b"]).update(suspended_since="2026-11-01")
        draw_map(SimpleUploadedFile("边界.geojson", content), "wgs84")
    return committed_world


def open_map(person, query: str = "", drawn: int = 3):
    person.go(f"/enterprises/map/{query}")
    person.page.wait_for_selector(f'[data-map-drawn="{drawn}"]')
    person.page.locator(".map-frame").scroll_into_view_if_needed()
    return person.page


def logged_in(context, server: str):
    """The office in a browser of its own kind."""
    page = context.new_page()
    page.goto(f"{server}/login/")
    for name, text in (("username", "office"), ("password", PASSWORD)):
        page.fill(f"[name={name}]", text)
    page.click("form button.btn-primary")
    page.wait_for_url(lambda url: "/login/" not in url)
    return page


def middle(page) -> tuple[float, float]:
    box = page.locator(".map-canvas").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def colours(page) -> dict[str, int]:
    return {grade: one["n"] for grade, one in page.evaluate(COLOURS).items()}


def tap_on(page, grade: str) -> None:
    """Where the only plant of that grade stands now."""
    spot = page.evaluate(COLOURS)[grade]
    page.mouse.click(spot["x"], spot["y"])


def settle(page) -> None:
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 250)))")


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_the_map_is_drawn_and_looks_right(city, somebody, screen):
    with somebody("office", screen) as office:
        page = open_map(office)
        seen = colours(page)
        assert min(seen["B"], seen["C"], seen["D"]) > 10
        assert seen["A"] == 0
        assert seen["white"] < 0.9 * seen["all"]
        assert "图上 3 家" in page.inner_text("[data-map-said]")
        assert page.inner_text("[data-map-outside]") == "0 家"
        for button in page.locator(".map-toggle, .map-tools button").all():
            assert button.bounding_box()["height"] >= 44
        office.looks_right("map")
        office.go("/enterprises/map/versions/")
        office.looks_right("map-versions")


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_the_legend_hides_and_shows_a_grade_and_counts_it(city, somebody, screen):
    with somebody("office", screen) as office:
        page = open_map(office)
        red = page.locator('[data-map-grade="D"]')
        assert re.sub(r"\s+", " ", red.inner_text()).strip() == "D级（红色） 1"
        red.click()
        settle(page)
        assert red.get_attribute("aria-pressed") == "false"
        seen = colours(page)
        assert seen["D"] == 0
        assert seen["C"] > 20
        assert "图上 2 家" in page.inner_text("[data-map-said]")
        red.click()
        key = page.locator('[data-map-only="key"]')
        key.click()
        settle(page)
        seen = colours(page)
        assert (seen["D"], seen["B"]) == (0, 0)
        assert seen["C"] > 20


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_a_plant_is_clicked_and_its_card_leads_to_it(city, somebody, screen):
    with somebody("inspector", screen) as inspector:
        page = open_map(inspector, "?q=江州甲", drawn=1)
        tap_on(page, "C")
        card = page.locator("[data-map-card]")
        expect(card.locator("a")).to_have_text("江州甲化工有限公司")
        told = card.inner_text()
        assert "江南区" in told
        assert "C级（橙色）" in told
        assert "涉及硝化工艺" in told
        inspector.looks_right("map-card")
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        tap_on(page, "C")
        card.locator("a").click()
        page.wait_for_url(f"**/enterprises/{city.enterprises['a']}/")


def test_the_map_moves_and_zooms_by_mouse_wheel_keys_and_buttons(city, somebody):
    with somebody("office") as office:
        page = open_map(office)
        scale = lambda: page.inner_text("[data-map-scale]")  # noqa: E731
        whole, picture = scale(), colours(page)
        page.mouse.move(*middle(page))
        page.mouse.wheel(0, -600)
        settle(page)
        assert scale() == whole  # the page turned, not the map
        page.locator(".map-frame").scroll_into_view_if_needed()
        page.mouse.click(*middle(page))
        page.mouse.wheel(0, -600)
        settle(page)
        assert scale() != whole
        page.keyboard.press("0")
        settle(page)
        assert scale() == whole
        page.locator("[data-map-zoom='2']").click()
        settle(page)
        assert scale() != whole
        page.locator("[data-map-whole]").click()
        settle(page)
        assert colours(page) == picture
        x, y = middle(page)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 2000, y, steps=4)
        page.mouse.up()
        settle(page)
        assert colours(page)["D"] == 0  # pushed out of sight
        assert page.locator("[data-map-card]").is_hidden()


def test_two_fingers_zoom_the_map_and_a_tap_opens_a_card(city, chromium, server):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="zh-CN"
    )
    page = logged_in(context, server)
    page.goto(f"{server}/enterprises/map/")
    page.wait_for_selector('[data-map-drawn="3"]')
    page.locator(".map-frame").scroll_into_view_if_needed()
    whole = page.inner_text("[data-map-scale]")
    x, y = middle(page)
    hand = context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]):
        points = [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(at)]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (x - 20, y), (x + 20, y))
    for far in (40, 60, 80):
        touch("touchMove", (x - far, y), (x + far, y))
    touch("touchEnd")
    settle(page)
    assert page.inner_text("[data-map-scale]") != whole
    assert page.evaluate("visualViewport.scale") == 1
    page.locator("[data-map-whole]").tap()
    settle(page)
    spot = page.evaluate(COLOURS)["B"]
    page.touchscreen.tap(spot["x"] + 12, spot["y"] + 12)  # a thumb is not exact
    expect(page.locator("[data-map-card] a")).to_have_text("江州乙医药有限公司")
    assert "停产停业整顿" in page.inner_text("[data-map-card]")
    context.close()


def test_the_filter_redraws_the_map_without_a_reload(city, somebody):
    with somebody("office") as office:
        page = open_map(office)
        page.evaluate("window.here = true")
        page.select_option("[name=grade]", "D")
        page.wait_for_url("**grade=D**")
        page.wait_for_selector('[data-map-drawn="1"]')
        assert page.evaluate("window.here")
        seen = colours(page)
        assert seen["D"] > 20
        assert (seen["B"], seen["C"]) == (0, 0)
        page.click("text=以清单看")
        page.wait_for_url("**/enterprises/?**grade=D**")
        assert page.locator("#list tbody tr").count() == 1
        page.click("text=在地图上看")
        page.wait_for_selector('[data-map-drawn="1"]')


def test_without_a_map_the_plants_stand_on_a_plain_net(committed_world, somebody):
    with committed_world.as_("office"):
        for key, (x, y) in PLACES.items():
            Enterprise.objects.filter(pk=committed_world.enterprises[key]).update(longitude=x, latitude=y)
    with somebody("office", "phone") as office:
        page = open_map(office)
        seen = colours(page)
        assert min(seen["B"], seen["C"], seen["D"]) > 10
        assert "还没有本市的区县边界" in page.inner_text("main")
        assert page.inner_text("[data-map-scale]")
        office.looks_right("map-without-boundaries")
        page = open_map(office, "?q=没有这家", drawn=0)
        assert "没有可以画的企业" in page.inner_text("[data-map-said]")
        office.looks_right("map-empty")


def test_without_script_the_table_says_it_all(city, chromium, server):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN")
    page = logged_in(context, server)
    page.goto(f"{server}/enterprises/map/")
    assert "画不出地图" in page.inner_text("main")
    assert page.locator(".map-canvas").is_hidden()
    page.locator(".map-table tbody tr", has_text="江北区").locator("a").first.click()
    assert "grade=D" in page.url
    assert page.locator("#list tbody tr").count() == 1
    context.close()


def test_points_that_cannot_be_read_are_said(city, somebody):
    with somebody("office") as office:
        office.page.route("**/enterprise-points/**", lambda route: route.fulfill(status=500, body="{}"))
        office.go("/enterprises/map/")
        expect(office.page.locator("[data-map-said]")).to_contain_text("没有读到企业坐标")
        assert office.page.locator(".map-table tbody tr").count() == 2
