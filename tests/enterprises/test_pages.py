"""The enterprise list, page, grade, export and API."""

import io
import json
import uuid
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.drainage import GENERATOR_STATS

from enterprises import panels
from enterprises.ledger.catalog import chemical
from enterprises.models import Enterprise, Holding, ProcessInUse, Transformation
from tests import stories


def test_the_page_tells_why_an_enterprise_is_key_and_shows_its_hazards(world):
    hazard = stories.issued(world)
    with world.as_("office"):
        from enterprises.actions.grades import decide_grade

        decide_grade(world.enterprises["a"], "D", source="诊断表2026-3", reason="联锁长期旁路")
    page = world.client("inspector").get(f"/enterprises/{world.enterprises['a']}/").content.decode()
    assert "风险诊断分级为红色（D级）" in page
    assert "联锁长期旁路" in page
    assert f"/hazards/{hazard.pk}/" in page


def test_a_grade_needs_a_ground_and_a_reason_and_keeps_what_was_typed(world):
    office = world.client("office")
    address = f"/enterprises/{world.enterprises['b']}/grade/"
    answer = office.post(address, {"grade": "D", "source": "诊断表2026-9", "reason": ""})
    assert answer.status_code == 400
    assert "诊断表2026-9" in answer.content.decode()
    assert office.post(address, {"grade": "D", "source": "诊断表2026-9", "reason": "得分58"}).status_code == 302
    with world.as_("office"):
        assert Enterprise.objects.get(pk=world.enterprises["b"]).grade == "D"


def test_an_inspector_who_does_not_lead_cannot_change_a_grade(world):
    address = f"/enterprises/{world.enterprises['a']}/grade/"
    assert world.client("inspector").post(address, {"grade": "A", "source": "x", "reason": "y"}).status_code == 403
    assert world.client("leader").post(address, {"grade": "A", "source": "x", "reason": "y"}).status_code == 302


def questions(client, path) -> list[str]:
    """The statements of a request as a server makes them: without the savepoints a test's own transaction adds."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    statements = [query["sql"] for query in asked.captured_queries]
    restored = 1  # leaving the scope inside the test's transaction gives the login role back
    return [sql for sql in statements if not sql.startswith(("SAVEPOINT", "RELEASE"))][:-restored]


@pytest.mark.parametrize(
    "path",
    [
        "/enterprises/",
        "/enterprises/?q=a&grade=C&sector=chemical&process=1&chemical=氯&level=3&expiring=90&diagnosed=due&listed=phase_out&located=no",
        "/enterprises/{a}/edit/",
        "/enterprises/key/",
        "/enterprises/key/changes/",
        "/enterprises/key/near/",
        "/enterprises/proposals/",
        "/enterprises/imports/",
        "/enterprises/map/",
        "/diagnoses/",
        "/grades/waiting/",
        "/catalogs/",
        "/hazards/",
        "/notices/",
        "/visits/",
    ],
)
def test_pages_ask_at_most_twelve_questions(world, path):
    stories.closed(world)
    asked = questions(world.client("office"), path.format(**world.enterprises))
    assert len(asked) <= 12, "\n".join(asked)


def test_an_enterprises_page_asks_one_question_a_section(world):
    stories.closed(world)
    asked = questions(world.client("office"), f"/enterprises/{world.enterprises['a']}/")
    # And for the office, who merges, what was merged into it, and two to see what it resembles.
    # The hazards' section asks a second one: which of its rows are 屡查屡犯.
    assert len(asked) <= 13 + len(panels._panels), "\n".join(asked)


def test_a_hazard_page_asks_at_most_twelve_questions(world):
    hazard = stories.closed(world)
    asked = questions(world.client("inspector"), f"/hazards/{hazard.pk}/")
    assert len(asked) <= 12, "\n".join(asked)


def test_the_export_holds_every_row_that_matches_and_no_formula(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(address="=HYPERLINK(1)")
    answer = world.client("office").get("/enterprises/?district=&export=xlsx&size=25")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet.max_row == 4
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


def test_the_api_shows_telephone_numbers_to_those_who_call_only(world):
    address = f"/api/v1/enterprises/{world.enterprises['a']}/"
    assert "safety_officer_phone" in world.client("inspector").get(address).json()
    assert "safety_officer_phone" not in world.client("auditor").get(address).json()


def test_the_page_shows_telephone_numbers_to_those_who_call_only(world):
    address = f"/enterprises/{world.enterprises['a']}/"
    for login, shown in {"inspector": True, "expert": True, "officer": True, "auditor": False}.items():
        page = world.client(login).get(address).content.decode()
        assert ("13800000000" in page) == shown, login
        assert "方安" in page


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("office", "abc"),
        ("department", "ac"),
        ("inspector", "ab"),
        ("expert", "a"),
        ("officer_b", "b"),
        ("auditor", "abc"),
        ("office_x", "x"),
    ],
)
def test_everybody_lists_and_opens_their_own_enterprises_and_no_other(world, login, seen):
    client = world.client(login)
    listed = {row["id"] for row in client.get("/api/v1/enterprises/?page_size=200").json()["results"]}
    assert listed == {world.enterprises[key] for key in seen}
    page = client.get("/enterprises/").content.decode()
    for key, pk in world.enterprises.items():
        assert (f"/enterprises/{pk}/" in page) == (key in seen)
        assert client.get(f"/enterprises/{pk}/").status_code == (200 if key in seen else 404)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=乙医药", "b"), ("q=91350102", "c"), ("grade=D", "c"), ("grade=none", ""), ("sector=pharma", "b"),
        ("kind=storage", "c"), ("key=1", "c"), ("key=0", "ab"), ("clause=2", ""), ("major=1", "a"), ("suspended=1", "b"),
    ],
)  # fmt: skip
def test_page_and_api_filter_alike(world, query, found):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(major_level=2)
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(suspended_since="2026-11-01")
        Enterprise.objects.filter(pk=world.enterprises["c"]).update(key_clause="1")
    office = world.client("office")
    wanted = {world.enterprises[key] for key in found}
    assert {row["id"] for row in office.get(f"/api/v1/enterprises/?{query}").json()["results"]} == wanted
    page = office.get(f"/enterprises/?{query}").content.decode()
    assert {pk for pk in world.enterprises.values() if f"/enterprises/{pk}/" in page} == wanted


def test_the_list_offers_its_export_and_sorts_the_worst_grade_first(world):
    page = world.client("office").get("/enterprises/?sort=grade").content.decode()
    assert "export=xlsx" in page
    places = [page.index(f"/enterprises/{world.enterprises[key]}/") for key in "cab"]
    assert places == sorted(places)


def test_two_hundred_enterprises_over_the_api_cost_as_many_questions_as_one(world):
    with world.as_("office"):
        north = Enterprise.objects.get(pk=world.enterprises["c"]).district
        Enterprise.objects.bulk_create(
            Enterprise(code=f"X{n:017d}", name=f"企业{n}", district=north, sector="chemical", kind="use")
            for n in range(250)
        )
    office = world.client("office")
    assert len(office.get("/api/v1/enterprises/?page_size=1000").json()["results"]) == 200
    many, one = (questions(office, f"/api/v1/enterprises/?page_size={size}") for size in (200, 1))
    assert len(many) == len(one) <= 6, "\n".join(many)


def test_the_api_issues_and_closes_like_the_pages(world):
    hazard = stories.recorded(world)
    inspector, officer = world.client("inspector"), world.client("officer")
    order = {
        "second": world.people["inspector2"],
        "orders": [{"hazard": hazard.pk, "requirement": "整改", "length": 10}],
    }
    made = inspector.post("/api/v1/notices/", json.dumps(order), content_type="application/json")
    assert made.status_code == 201, made.content
    assert (
        officer.post(
            f"/api/v1/notices/{made.json()['id']}/acknowledge/", {"signed_by": "方安"}, "application/json"
        ).status_code
        == 200
    )
    early = officer.post(f"/api/v1/hazards/{hazard.pk}/submit/", {"note": "已整改"}, "application/json")
    assert (early.status_code, early.json()["errors"][0]["field"]) == (400, "after")
    stories.hand_in(world, stories.fresh(world, hazard))
    again = officer.post(f"/api/v1/hazards/{hazard.pk}/submit/", {"note": "已整改"}, "application/json")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")
    closed = inspector.post(
        f"/api/v1/hazards/{hazard.pk}/accept/", {"second": world.people["inspector2"]}, "application/json"
    )
    assert closed.json()["status"] == "closed"


def test_the_api_has_an_openapi_3_1_document(world):
    answer = world.client("office").get("/api/v1/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    document = json.loads(answer.content)
    assert document["openapi"].startswith("3.1")
    assert {
        "/api/v1/enterprises/",
        "/api/v1/hazards/",
        "/api/v1/notices/",
        "/api/v1/visits/",
        "/api/v1/evidence/",
    } <= set(document["paths"])
    assert world.client("office").get("/api/v1/docs/").status_code == 200


def test_the_document_is_made_without_a_warning_and_speaks_of_resumable_uploads(world):
    GENERATOR_STATS.reset()
    answer = world.client("office").get("/api/v1/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache
    paths = json.loads(answer.content)["paths"]
    assert {verb for verb in paths["/api/v1/uploads/"]} == {"options", "post"}
    assert {verb for verb in paths["/api/v1/uploads/{key}/"]} == {"head", "patch", "delete"}
    more = paths["/api/v1/uploads/{key}/"]["patch"]
    assert "application/offset+octet-stream" in more["requestBody"]["content"]
    assert {"204", "409", "460"} <= set(more["responses"])
    ids = [one["operationId"] for verbs in paths.values() for one in verbs.values() if "operationId" in one]
    assert len(ids) == len(set(ids))
    # Every address of the protocol that answers is there.
    assert {
        reverse("uploads"),
        reverse("upload", args=[uuid.UUID(int=0)]).replace(str(uuid.UUID(int=0)), "{key}"),
    } <= set(paths)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("process=18", "a"),
        ("process=1", ""),
        ("chemical=液氨", "a"),
        ("chemical=7664-41-7", "a"),
        ("chemical=没有的东西", ""),
        ("level=1", "b"),
        ("level=none", "c"),
        ("expiring=expired", "a"),
        ("expiring=30", "b"),
        ("expiring=90", "b"),
        ("listed=upgrade", "c"),
        ("listed=phase_out", ""),
    ],
)
def test_facets_of_the_law_find_alike_on_page_and_api(world, query, expected):
    today = timezone.localdate()
    with world.as_("office"):
        plants = {key: Enterprise.objects.get(pk=pk) for key, pk in world.enterprises.items() if key in "abc"}
        Enterprise.objects.filter(pk=plants["a"].pk).update(major_level=3, licence_until=today - timedelta(days=1))
        Enterprise.objects.filter(pk=plants["b"].pk).update(
            major_level=4, judged_level=1, judged="major", licence_until=today + timedelta(days=30)
        )
        Enterprise.objects.filter(pk=plants["c"].pk).update(major_level=None, licence_until=None)
        ProcessInUse(enterprise=plants["a"], name="偶氮化", key_process_seq=18).save()
        Holding(enterprise=plants["a"], substance="液氨", key_chemical_seq=chemical("氨").seq).save()
        Transformation(
            enterprise=plants["c"], list="upgrade", target="自动化改造", measure="增设SIS", due_on=today, by_name="测"
        ).save()
    client = world.client("office")
    answer = client.get(f"/api/v1/enterprises/?{query}").json()
    assert {one["id"] for one in answer["results"]} == {plants[key].pk for key in expected}
    page = client.get(f"/enterprises/?{query}").content.decode()
    assert {key for key in plants if plants[key].name in page} == set(expected)
