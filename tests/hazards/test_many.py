"""批量办理 of hazards: each by itself, each with its own answer, as many at a time as one can answer for."""

import pytest

from hazards.models import Hazard
from portal import bulk
from portal.audit.models import AuditRecord
from tests import stories


def states(world, *hazards: Hazard) -> list[str]:
    return [stories.fresh(world, hazard).status for hazard in hazards]


def test_each_is_done_as_if_alone_and_the_one_that_cannot_be_says_why(world):
    fine, wrong = stories.recorded(world), stories.issued(world)
    client = world.client("leader")
    page = client.post("/hazards/bulk/", {"verb": "void", "id": [fine.pk, wrong.pk]}).content.decode()
    assert "共 <strong>2</strong> 条" in page
    assert states(world, fine) == ["recorded"], "asking does nothing"
    page = client.post(
        "/hazards/bulk/run/", {"verb": "void", "id": [fine.pk, wrong.pk], "note": "重复"}
    ).content.decode()
    assert "已办理 1 条，未办理 1 条" in page
    assert "不能“作废”" in page
    assert states(world, fine, wrong) == ["void", "rectifying"]
    with world.as_("auditor"):
        assert AuditRecord.objects.get(action="hazards.bulk").changes == {"verb": "void", "done": 1, "refused": 1}


def test_what_was_typed_is_kept_where_something_is_missing(world):
    hazard = stories.submitted(world)
    answer = world.client("inspector").post("/hazards/bulk/run/", {"verb": "return", "id": [hazard.pk], "note": ""})
    assert answer.status_code == 400
    assert f'value="{hazard.pk}"' in answer.content.decode()
    assert states(world, hazard) == ["submitted"]


@pytest.mark.parametrize(
    ("login", "verb", "status"),
    [
        ("inspector", "void", 403),
        ("inspector", "supervise", 403),
        ("inspector", "transfer", 403),
        ("officer", "return", 403),
        ("auditor", "void", 403),
        ("inspector", "accept", 400),
        ("office", "supervise", 200),
    ],
)
def test_the_table_answers_for_many_as_for_one(world, login, verb, status):
    hazard = stories.issued(world, level="major")
    assert world.client(login).post("/hazards/bulk/", {"verb": verb, "id": [hazard.pk]}).status_code == status


def test_a_foreign_one_among_them_is_not_there_and_nothing_is_done(world):
    mine, foreign = stories.submitted(world), stories.submitted(world, "c")
    body = {"verb": "return", "id": [mine.pk, foreign.pk], "note": "照片不清"}
    assert world.client("inspector").post("/hazards/bulk/run/", body).status_code == 404
    body = {"verb": "return", "ids": [mine.pk, foreign.pk], "told": {"note": "照片不清"}}
    client = world.client("inspector")
    assert client.post("/api/v1/hazards/bulk/", body, content_type="application/json").status_code == 404
    assert states(world, mine) == ["submitted"]


def test_more_than_one_can_answer_for_are_refused_with_what_to_do(world, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 1)
    hazards = [stories.recorded(world) for _ in range(2)]
    answer = world.client("leader").post("/hazards/bulk/", {"verb": "void", "id": [one.pk for one in hazards]})
    assert answer.status_code == 400
    assert "一次最多办理1条" in answer.content.decode()
    assert "请先勾选隐患" in world.client("leader").post("/hazards/bulk/", {"verb": "void"}).content.decode()


def test_everything_the_filter_finds_can_be_meant_and_the_api_answers_row_by_row(world):
    one, two = (stories.issued(world, level="major") for _ in range(2))
    general = stories.issued(world)
    body = {
        "verb": "supervise",
        "all": "1",
        "query": "level=major",
        "leader": world.people["leader"],
        "requirement": "周报",
    }
    page = world.client("office").post("/hazards/bulk/run/", body).content.decode()
    assert "已办理 2 条" in page
    told = {"leader": str(world.people["leader"]), "requirement": "周报"}
    body = {"verb": "supervise", "ids": [one.pk, general.pk], "told": told}
    answer = world.client("office").post("/api/v1/hazards/bulk/", body, content_type="application/json").json()
    assert answer["done"] == []
    assert [row["id"] for row in answer["refused"]] == [one.pk, general.pk]
    assert "已在挂牌督办" in answer["refused"][0]["message"]
    assert "不是重大隐患" in answer["refused"][1]["message"]
    assert two.pk
