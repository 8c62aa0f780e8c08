"""The leadership's page as people see it: on a phone, at a desk, on a wall."""

import pytest

from hazards import rules
from tests.reminders.rows import lay


@pytest.fixture
def city(committed_world):
    for enterprise in "abc":
        lay(committed_world, enterprise, days=-12, n=3)
        lay(committed_world, enterprise, days=5)
        lay(committed_world, enterprise, days=-20, status=rules.CLOSED, submitted_after=-25, n=4)
    return committed_world


OPEN_ALL = "document.querySelectorAll('main details').forEach(part => part.open = true)"
# At once, because what comes into sight is replaced by what it has fetched.
COME_TO = "name => document.querySelector(`[data-panel=${name}]`).scrollIntoView()"
# The middle of the first bar that has a length, where a reader would click.
FIRST_BAR = """() => {
    const place = document.querySelector('[data-panel=hazards] [data-chart]');
    const chart = echarts.getInstanceByDom(place);
    const data = chart.getOption().series[0].data[0];
    const area = place.getBoundingClientRect();
    const bars = chart.getZr().storage.getDisplayList().filter(shape => shape.type === 'rect' && shape.style.fill === '#f5b700');
    const box = bars.map(bar => bar.getBoundingRect()).find(found => found.width > 5);
    return {x: area.x + box.x + box.width / 2, y: area.y + box.y + box.height / 2, link: data.link};
}"""


def come_to_all(page):
    """Until every panel that comes after the page is there, and pushes nothing down any more."""
    for later in ("map", "trend", "levels", "by-grade"):
        page.evaluate(COME_TO, later)
        page.wait_for_selector(f"[data-panel={later}] table", state="attached")


@pytest.mark.parametrize("width", [390, 1440, 1920])
def test_charts_are_drawn_and_everything_unfolded_is_in_order(city, somebody, width):
    with somebody("office", "phone" if width == 390 else "desk") as reader:
        reader.page.set_viewport_size({"width": width, "height": 1000})
        reader.go("/dashboard/")
        reader.page.wait_for_selector("[data-panel=weeks] canvas")
        come_to_all(reader.page)
        assert reader.page.locator("[data-chart] canvas").count() == 11
        reader.page.evaluate(OPEN_ALL)
        reader.looks_right(f"dashboard-{width}")


def test_another_figure_is_chosen_on_a_later_panel_without_leaving_the_page(city, somebody):
    with somebody("office") as reader:
        page = reader.page
        reader.go("/dashboard/")
        panel = page.locator("[data-panel=by-grade]")
        page.evaluate(COME_TO, "by-grade")
        page.wait_for_selector("[data-panel=by-grade] select")
        panel.locator("select").select_option("rate")
        page.wait_for_selector("[data-panel=by-grade] h2:has-text('按期整改率')")
        page.wait_for_selector("[data-panel=by-grade] canvas")
        assert page.url.endswith("/dashboard/")


def test_a_bar_and_its_number_in_the_table_open_the_same_list(city, somebody):
    with somebody("office") as reader:
        page = reader.page
        page.emulate_media(reduced_motion="reduce")  # bars that do not grow first
        reader.go("/dashboard/")
        page.wait_for_selector("[data-panel=hazards] canvas")
        come_to_all(page)
        page.locator("[data-panel=hazards]").scroll_into_view_if_needed()
        bar = page.evaluate(FIRST_BAR)
        page.mouse.click(bar["x"], bar["y"])
        page.wait_for_url("**/hazards/?situation=open**")
        assert page.url.endswith(bar["link"])
        said = page.locator("#list").inner_text()
        reader.go("/dashboard/")
        page.locator("[data-panel=hazards] summary").first.click()
        cell = page.locator("[data-panel=hazards] tbody tr").first.locator("a").first
        number = cell.inner_text()
        cell.click()
        assert page.url.endswith(bar["link"])
        assert f"共 {number} 条" in said
