"""Whatever goes wrong, a program is answered in the one shape, and a person with a page."""

import pytest

from hazards.api import HazardViewSet


def shape_of(answer) -> set[str]:
    return set(answer.json())


ASKED = (
    ("get", "hazards/{}/"),
    ("post", "hazards/{}/accept/"),
    ("post", "draws/{}/draw/"),
    ("post", "year-scores/{}/reckon/"),
    ("get", "field/{}/pack/"),
    ("get", "undelivered/{}/"),
)


@pytest.mark.parametrize("number", ["true", "null,null", "-1", "9" * 40])
def test_a_record_asked_for_by_what_is_no_number_is_not_there(world, number):
    client = world.client("office")
    for method, path in ASKED:
        answer = getattr(client, method)(f"/api/v1/{path.format(number)}")
        assert (path, answer.status_code) == (path, 404)
        assert shape_of(answer) == {"code", "message", "errors"}


def test_an_address_that_leads_nowhere_is_answered_to_a_program_and_to_a_person(world):
    client = world.client("office")
    assert shape_of(client.get("/api/v1/nothing/")) == {"code", "message", "errors"}
    page = client.get("/nothing/")
    assert page.status_code == 404
    assert "text/html" in page["Content-Type"]


def test_our_own_fault_is_told_to_a_program_in_the_same_shape(world, monkeypatch):
    monkeypatch.setattr(HazardViewSet, "get_queryset", lambda self: 1 / 0)
    client = world.client("office")
    client.raise_request_exception = False
    answer = client.get("/api/v1/hazards/")
    assert (answer.status_code, shape_of(answer)) == (500, {"code", "message", "errors"})


def test_a_visit_from_the_field_is_taken_as_json_alone(world):
    answer = world.client("inspector").post("/api/v1/field/visits/", {"key": "x"})
    assert (answer.status_code, shape_of(answer)) == (415, {"code", "message", "errors"})
