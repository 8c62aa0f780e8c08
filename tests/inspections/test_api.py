"""Visits over the API."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hazards.models import Hazard
from inspections.models import Visit
from tests.inspections import walks
from tests.stories import person_id

LOCATION = "/api/v1/visits/"


def three_hazards(world, enterprise: str = "a", second: str = "inspector2", **more) -> dict:
    return {
        "key": str(uuid4()),
        "enterprise": world.enterprises[enterprise],
        "second": person_id(world, second),
        "met_with": "方安",
        "hazards": [
            {"code": walks.SECOND, "description": "无考核记录", "level": "major"},
            {"description": "法兰渗漏", "level": "general", "accident_type": "leak", "place": "三车间"},
            {"description": "静电接地断开", "level": "general", "basis": "GB 12158"},
        ],
    } | more


def send(client, body):
    return client.post(LOCATION, body, content_type="application/json")


def test_a_visit_with_three_hazards_is_one_call(world):
    answer = send(world.client("inspector"), three_hazards(world))
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["state"] == "finished"
    assert len(made["hazards"]) == 3
    with world.as_("inspector"):
        hazards = list(Hazard.objects.filter(source_kind="visit", source_id=made["id"]).order_by("id"))
    assert [hazard.pk for hazard in hazards] == made["hazards"]
    assert walks.item(world, walks.SECOND).basis in hazards[0].basis
    assert (hazards[1].place, hazards[2].basis) == ("三车间", "GB 12158")


def test_the_same_call_sent_twice_is_one_visit(world):
    client, body = world.client("inspector"), three_hazards(world)
    first, again = send(client, body), send(client, body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["hazards"] == again.json()["hazards"]
    with world.as_("inspector"):
        assert Hazard.objects.filter(source_id=first.json()["id"]).count() == 3


def test_one_bad_hazard_and_nothing_is_recorded(world):
    body = three_hazards(world)
    body["hazards"].append({"code": "CK99-999", "description": "x", "level": "general"})
    answer = send(world.client("inspector"), body)
    assert answer.status_code == 400
    assert "CK99-999" in answer.json()["message"]
    with world.as_("office"):
        assert not Visit.objects.exists()
        assert not Hazard.objects.exists()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"second": None}, 400),
        ({"second": "self"}, 400),
        ({"hazards": []}, 400),
        ({"visited_on": "tomorrow"}, 400),
        ({"enterprise": 999_999_999}, 404),
        ({"hazards": [{"description": "x", "level": "huge"}]}, 400),
        ({"hazards": [{"code": "CK01-001", "description": "x", "level": "general"}] * 2}, 400),
    ],
)
def test_what_cannot_be_is_refused_in_one_shape(world, change, status):
    if change.get("second") == "self":
        change = {"second": person_id(world, "inspector")}
    if change.get("visited_on"):
        change = {"visited_on": (timezone.localdate() + timedelta(days=1)).isoformat()}
    answer = send(world.client("inspector"), three_hazards(world) | change)
    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message", "errors"}


def test_an_officer_cannot_record_a_visit_and_sees_none(world):
    client = world.client("officer")
    assert send(client, three_hazards(world)).status_code == 403
    assert client.get(LOCATION).status_code == 403


def test_an_inspector_records_only_in_their_own_district(world):
    assert send(world.client("inspector"), three_hazards(world, "c")).status_code == 404
    assert send(world.client("inspector"), three_hazards(world, "x")).status_code == 404
    assert send(world.client("inspector_x"), three_hazards(world, "x", "inspector_x2")).status_code == 201


def test_another_citys_inspector_cannot_be_named_as_the_second(world):
    answer = send(world.client("inspector"), three_hazards(world, second="inspector_x"))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "second"


def test_the_list_filters_and_the_detail_shows_answers(world):
    mine, other = walks.finished(world), walks.finished(world, "b", findings=0)
    client = world.client("inspector")
    listed = client.get(f"{LOCATION}?enterprise={world.enterprises['b']}").json()["results"]
    assert [row["id"] for row in listed] == [other.pk]
    detail = client.get(f"{LOCATION}{mine.pk}/").json()
    assert {row["code"]: row["verdict"] for row in detail["answers"]} == {walks.FIRST: "ok", walks.SECOND: "not_ok"}
    assert len(detail["hazards"]) == 1


@pytest.mark.parametrize("login", ["north", "inspector_x"])
def test_somebody_elses_visit_is_not_there(world, login):
    visit = walks.finished(world)
    client = world.client(login)
    assert client.get(f"{LOCATION}{visit.pk}/").status_code == 404
    assert client.get(LOCATION).json()["results"] == []


def test_a_visit_with_three_hazards_costs_few_statements(world):
    client = world.client("inspector")
    send(client, three_hazards(world))
    with CaptureQueriesContext(connection) as spent:
        assert send(client, three_hazards(world)).status_code == 201
    # Inside a test every transaction is a savepoint, so those are not counted. Two are the plan of what will be reminded of.
    passing = ("SAVEPOINT", "RELEASE", "SELECT set_config", "SELECT * FROM gate_")
    own = [query["sql"] for query in spent if not query["sql"].startswith(passing)]
    # One of them asks what was planned there.
    assert len(own) <= 15, "\n".join(sql[:90] for sql in own)
