"""批量办理: one verb on many enterprises, each with its own answer; a foreign one among them stops everything."""

import threading

import pytest
from django.db import OperationalError, connection

from enterprises.actions.many import BULK
from enterprises.models import DiagnosisSheet, Enterprise, GradeDecision
from portal import bulk
from portal.audit.models import AuditRecord
from portal.exports.models import ExportJob
from portal.refusals import NotAllowed


def ids(world, keys: str) -> list[int]:
    return [world.enterprises[key] for key in keys]


def grades(world) -> str:
    with world.as_("office"):
        return "".join(Enterprise.objects.get(pk=world.enterprises[key]).grade for key in "abc")


DECISION = {"grade": "D", "source": "市安委办〔2026〕8号", "reason": "列入重点监管"}


def test_each_is_decided_as_if_alone_and_the_one_that_cannot_be_says_why(world):
    client = world.client("office")
    page = client.post("/enterprises/bulk/", {"verb": "grade", "id": ids(world, "abc")}).content.decode()
    assert "共 <strong>3</strong> 家" in page
    assert grades(world) == "CBD", "asking does nothing"
    answer = client.post("/enterprises/bulk/run/", {"verb": "grade", "id": ids(world, "abc")} | DECISION)
    page = answer.content.decode()
    assert "已办理 2 家，未办理 1 家" in page
    assert "新等级与现等级相同" in page
    assert grades(world) == "DDD"
    with world.as_("office"):
        assert GradeDecision.objects.filter(source=DECISION["source"]).count() == 2
    with world.as_("auditor"):
        assert AuditRecord.objects.filter(action="enterprises.grade").count() == 2
        assert AuditRecord.objects.get(action="enterprises.bulk").changes == {"verb": "grade", "done": 2, "refused": 1}


def test_a_foreign_one_among_them_is_not_there_and_nothing_is_done(world):
    client = world.client("leader")
    for foreign in (world.enterprises["c"], world.enterprises["x"], 987654321):
        body = {"verb": "grade", "id": [*ids(world, "ab"), foreign]} | DECISION
        assert client.post("/enterprises/bulk/run/", body).status_code == 404
        assert client.post("/enterprises/bulk/", body).status_code == 404
    assert grades(world) == "CBD"


@pytest.mark.parametrize(
    ("login", "verb", "status"),
    [
        ("inspector", "grade", 403),
        ("inspector", "district", 403),
        ("inspector", "diagnosis", 200),
        ("officer", "kind", 403),
        ("department", "kind", 403),
        ("auditor", "diagnosis", 403),
    ],
)
def test_the_table_answers_for_many_as_for_one(world, login, verb, status):
    assert world.client(login).post("/enterprises/bulk/", {"verb": verb, "id": ids(world, "a")}).status_code == status


def test_what_is_missing_is_asked_for_and_what_was_typed_stays(world):
    answer = world.client("office").post(
        "/enterprises/bulk/run/", {"verb": "grade", "id": ids(world, "ab")} | DECISION | {"reason": ""}
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="市安委办〔2026〕8号"' in page
    assert page.count('name="id"') == 2
    assert grades(world) == "CBD"


def test_everything_a_filter_finds_may_be_meant(world):
    client = world.client("office")
    body = {"verb": "diagnosis", "all": "1", "query": "district=&sector=hazchem"}
    page = client.post("/enterprises/bulk/", body).content.decode()
    assert "共 <strong>2</strong> 家" in page
    client.post("/enterprises/bulk/run/", {"verb": "diagnosis", "id": ids(world, "ac")})
    with world.as_("office"):
        assert DiagnosisSheet.objects.count() == 2


def test_nobody_and_too_many_are_refused_with_what_to_do(world, monkeypatch):
    client = world.client("office")
    answer = client.post("/enterprises/bulk/", {"verb": "diagnosis"})
    assert (answer.status_code, "请先勾选企业" in answer.content.decode()) == (400, True)
    monkeypatch.setattr(bulk, "MOST", 2)
    answer = client.post("/enterprises/bulk/", {"verb": "diagnosis", "all": "1", "query": ""})
    assert (answer.status_code, "请先筛选，分几次办理" in answer.content.decode()) == (400, True)
    answer = client.post("/enterprises/bulk/", {"verb": "", "id": ids(world, "a")})
    assert answer.status_code == 400


def test_facts_of_many_are_changed_with_what_follows_from_them(world):
    client = world.client("office")
    client.post("/enterprises/bulk/run/", {"verb": "district", "id": ids(world, "ab"), "district": "江北区"})
    with world.as_("north"):
        assert Enterprise.objects.filter(pk__in=ids(world, "ab")).count() == 2
    page = client.post("/enterprises/bulk/run/", {"verb": "sector", "id": ids(world, "ab"), "sector": "医药"})
    assert "已经是这样，没有改动" in page.content.decode()


def test_chosen_rows_leave_as_a_workbook_of_these_alone(world):
    client = world.client("inspector")
    client.post("/enterprises/bulk/", {"verb": "export", "id": ids(world, "b")})
    client.post("/enterprises/bulk/", {"verb": "export", "all": "1", "query": "grade=C"})
    with world.as_("inspector"):
        assert list(ExportJob.objects.order_by("id").values_list("chosen", "query")) == [
            ([world.enterprises["b"]], ""),
            (None, "grade=C"),
        ]


def test_the_list_offers_only_what_one_may_do(world):
    page = world.client("inspector").get("/enterprises/").content.decode()
    assert 'value="diagnosis"' in page
    assert 'value="district"' not in page
    assert 'name="id"' in page
    assert 'name="id"' not in world.client("auditor").get("/enterprises/").content.decode()


def test_the_api_answers_for_each(world):
    client = world.client("office")
    told = {"verb": "grade", "ids": ids(world, "abc"), "told": DECISION}
    answer = client.post("/api/v1/enterprises/bulk/", told, content_type="application/json").json()
    assert answer["done"] == ids(world, "ab")
    assert answer["refused"][0]["id"] == world.enterprises["c"]
    foreign = told | {"ids": ids(world, "ax")}
    assert client.post("/api/v1/enterprises/bulk/", foreign, content_type="application/json").status_code == 404
    bad = told | {"told": {"grade": "Z"}}
    assert client.post("/api/v1/enterprises/bulk/", bad, content_type="application/json").status_code == 400


def test_two_who_chose_the_same_enterprises_in_other_orders_both_get_them_done(committed_world):
    world = committed_world
    told, ready = [], threading.Barrier(2)

    def press(login, keys, kind):
        ready.wait()
        try:
            with world.as_(login):
                told.append(all(one.done for one in BULK.do_to_all("kind", ids(world, keys), {"kind": kind})))
        except OperationalError as deadlock:
            told.append(str(deadlock))
        finally:
            connection.close()

    for one, other in (("经营", "运输"), ("储存", "使用")):
        hands = [
            threading.Thread(target=press, args=("office", "abc", one)),
            threading.Thread(target=press, args=("office2", "cba", other)),
        ]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
    assert told == [True] * 4


def test_the_verb_itself_asks_the_table(world):
    with world.as_("inspector"), pytest.raises(NotAllowed):
        BULK.do_to_all("district", ids(world, "a"), {"district": "江北区"})
