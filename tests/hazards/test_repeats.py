"""屡查屡犯 is shown wherever the hazard is, leads to what it repeats, and is one definition everywhere."""

from datetime import date

import pytest

from hazards.models import Hazard
from hazards.queries.repeats import earlier, repeated, since
from tests.enterprises.test_pages import questions
from tests.stories import closed, issued, recorded, voided

ITEM = "5.3"


def set_on(world, hazard, **columns) -> None:
    with world.as_("office"):
        Hazard.objects.filter(pk=hazard.pk).update(**columns)


@pytest.fixture
def pair(world):
    """An item closed on 1 June 2026 and found again."""
    first = closed(world, item_code=ITEM)
    set_on(world, first, closed_on=date(2026, 6, 1))
    return first, issued(world, item_code=ITEM)


@pytest.mark.parametrize(
    ("found_on", "is_one"),
    [
        (date(2026, 6, 1), True),
        (date(2027, 6, 1), True),
        (date(2027, 6, 2), False),
        (date(2026, 5, 31), False),
    ],
)
def test_page_list_api_and_query_agree_on_the_last_day(world, pair, found_on, is_one):
    first, second = pair
    set_on(world, second, found_on=found_on)
    set_on(world, first, found_on=date(2026, 5, 1))
    with world.as_("office"):
        again = Hazard.objects.get(pk=second.pk)
        assert [one.pk for one in earlier(again)] == [first.pk] * is_one
        assert list(repeated()) == [again] * is_one
    client = world.client("office")
    assert ("屡查屡犯</strong>" in client.get(f"/hazards/{second.pk}/").content.decode()) == is_one
    assert client.get(f"/api/v1/hazards/{second.pk}/").json()["repeat"] == is_one
    listed = client.get("/api/v1/hazards/?repeat=1").json()["results"]
    assert [one["id"] for one in listed] == [second.pk] * is_one


def test_the_page_leads_to_what_it_repeats(world, pair):
    first, second = pair
    page = world.client("officer").get(f"/hazards/{second.pk}/").content.decode()
    assert f'<a class="alert-link" href="/hazards/{first.pk}/">' in page
    assert "2026-06-01 销号" in page
    assert "屡查屡犯" not in world.client("officer").get(f"/hazards/{first.pk}/").content.decode()


def test_list_and_enterprise_page_mark_it_and_open_to_exactly_these(world, pair):
    _, second = pair
    other = issued(world, item_code="6.1")
    client = world.client("inspector")
    page = client.get("/hazards/").content.decode().partition("<tbody>")[2]
    assert page.count("屡查屡犯") == 1
    only = client.get("/hazards/?situation=&repeat=1").content.decode()
    assert (f"/hazards/{second.pk}/" in only, f"/hazards/{other.pk}/" in only) == (True, False)
    assert "repeat=1" in client.get(f"/enterprises/{world.enterprises['a']}/").content.decode()


def test_another_plant_another_item_no_item_and_a_void_one_repeat_nothing(world, pair):
    for hazard in (
        recorded(world, "b", item_code=ITEM),
        recorded(world, item_code="6.1"),
        recorded(world),
    ):
        with world.as_("office"):
            assert earlier(hazard) == []
            assert not repeated().filter(pk=hazard.pk).exists()
    void = voided(world)
    set_on(world, void, item_code=ITEM)
    with world.as_("office"):
        assert not repeated().filter(pk=void.pk).exists()


def test_twelve_months_back_from_a_leap_day_end_with_february():
    assert since(date(2028, 2, 29)) == date(2027, 2, 28)


def test_marking_a_page_costs_one_question(world, pair):
    assert len(questions(world.client("office"), "/hazards/")) <= 12
    assert len(questions(world.client("office"), f"/hazards/{pair[1].pk}/")) <= 12
