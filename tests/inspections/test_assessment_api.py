"""Assessments over the API: the same verbs, refusals and sight as on the pages."""

from datetime import timedelta

from django.utils import timezone

from inspections.models_assessments import Assessment, AssessmentAnswer
from tests.inspections.teams import PROBLEM, opened, pooled, reported
from tests.stories import person_id

LOCATION = "/api/v1/assessments/"


def send(client, address: str, body: dict):
    return client.post(address, body, content_type="application/json")


def test_the_office_opens_an_assessment_by_lot_or_by_name(world):
    team = [pooled(world), pooled(world, name="周到")]
    today = timezone.localdate()
    body = {
        "enterprise": world.enterprises["a"],
        "purpose": "评估",
        "starts": today.isoformat(),
        "ends": (today + timedelta(days=5)).isoformat(),
    }
    client = world.client("office")
    named = send(client, LOCATION, body | {"experts": [one.pk for one in team], "reason": "熟悉"})
    assert named.status_code == 201, named.content
    assert [member["name"] for member in named.json()["members"]] == ["严谨", "周到"]
    drawn = send(client, LOCATION, body | {"seed": "2026年第138期", "wanted": {"process": 2}})
    assert drawn.json()["chosen"] == "drawn"
    few = send(client, LOCATION, body | {"seed": "2026年第138期", "wanted": {"fire": 2}})
    assert few.status_code == 400
    assert "没有足够的可抽专家" in few.json()["message"]
    assert send(world.client("inspector"), LOCATION, body).status_code == 403


def test_an_expert_answers_over_the_api_and_signs_nothing_half_done(world):
    expert = pooled(world, login="expert")
    made = opened(world, team=[expert, pooled(world, name="周到")])
    client = world.client("expert")
    address = f"{LOCATION}{made.pk}/"
    answer = send(client, address + "answer/", {"code": "GZ-01", "verdict": "problem", **PROBLEM})
    assert answer.status_code == 200, answer.content
    assert answer.json()["level"] == "major"
    assert send(client, address + "answer/", {"code": "GZ-99", "verdict": "ok"}).status_code == 404
    half = send(client, address + "sign/", {"name": "expert君"})
    assert half.status_code == 400
    assert "还不能签名" in half.json()["message"]
    assert send(client, address + "finish/", {}).status_code == 400
    assert client.get(address).json()["answers"][0]["words"] == PROBLEM["words"]


def test_an_inspector_decides_on_all_problems_in_one_call_or_on_none(world):
    made = reported(world, problems=("CZ-02", "GZ-07")).assessment
    with world.as_("inspector"):
        one, two = AssessmentAnswer.objects.undecided().filter(assessment=made).values_list("pk", flat=True)
    client, address = world.client("inspector"), f"{LOCATION}{made.pk}/take/"
    due = (timezone.localdate() + timedelta(days=9)).isoformat()
    body = {
        "second": person_id(world, "inspector2"),
        "taken": [{"problem": one, "due": due, "requirement": "整改", "level": "major"}],
    }
    assert send(client, address, body).status_code == 400
    with world.as_("inspector"):
        assert Assessment.objects.with_undecided().get(pk=made.pk).undecided == 2
    done = send(client, address, body | {"declined": [{"problem": two, "reason": "另案处理"}]})
    assert done.status_code == 200, done.content
    assert done.json()["undecided"] == 0
    assert [bool(row["hazard"]) for row in done.json()["answers"] if row["verdict"] == "problem"] == [True, False]
    assert send(world.client("north"), address, body).status_code == 404
