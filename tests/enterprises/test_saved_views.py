"""Saved views: a filter under a name, one's own, replaced by the same name, and back to the list it belongs to."""

import pytest

from enterprises.actions import saved_views
from enterprises.models import SavedView


def save(client, name="我盯的企业", query="key=1&sort=-grade&page=3", **more):
    return client.post("/views/save/", {"list": "enterprise_list", "name": name, "query": query} | more)


def test_a_filter_kept_under_a_name_is_one_click_above_its_list(world):
    client = world.client("inspector")
    answer = save(client)
    assert answer.headers["Location"] == "/enterprises/?key=1&sort=-grade"
    page = client.get("/enterprises/?key=1&sort=-grade").content.decode()
    assert "我盯的企业</a>" in page
    assert 'aria-current="true"' in page
    assert "我盯的企业</a>" not in world.client("office").get("/enterprises/").content.decode()


def test_the_same_name_again_means_the_new_filter(world):
    client = world.client("office")
    save(client)
    save(client, query="grade=A")
    with world.as_("office"):
        assert [view.query for view in SavedView.objects.all()] == ["grade=A"]


def test_it_is_deleted_by_its_owner_alone(world):
    save(world.client("inspector"))
    with world.as_("office"):
        number = SavedView.objects.get().pk
    assert world.client("office").post(f"/views/{number}/delete/").status_code == 404
    assert world.client("inspector").post(f"/views/{number}/delete/").status_code == 302
    with world.as_("office"):
        assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "told",
    [
        {"name": ""},
        {"name": "长" * 41},
        {"name": "甲\0"},
        {"list": "logout"},
        {"list": "nothing_list"},
        {"query": "q=" + "x" * 1001},
    ],
)
def test_what_cannot_be_kept_is_refused(world, told):
    assert save(world.client("office"), **told).status_code == 400


def test_a_list_has_room_for_thirty(world, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST", 1)
    client = world.client("office")
    save(client)
    assert save(client, name="另一个").status_code == 409
