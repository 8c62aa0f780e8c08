"""提升一批、淘汰一批 on the screen and over the API: the same verbs, the same refusals, nothing typed lost."""

import io

import openpyxl
import pytest
from django.db import transaction as database

from enterprises.actions import transformation as verbs
from enterprises.models import Transformation, TransformationStep
from enterprises.rules import transformation as rules
from tests.enterprises.test_pages import questions
from tests.enterprises.test_transformation import PLAN, STATES, fresh, in_state, put, soon
from tests.files import samples

PAGE = "/transformations/{}/{}/"
API = "/api/v1/transformations/{}/{}/"


def body(verb: str) -> dict:
    told = {"note": f"为了{verb}"}
    if verb in ("change", "reopen"):
        told |= {"due_on": soon(60).isoformat()}
    if verb == "change":
        told |= {"target": PLAN["target"], "measure": PLAN["measure"]}
    if verb == "finish":
        told |= {"file": samples.upload(samples.picture()), "finished_on": soon(0).isoformat()}
    return told


@pytest.mark.parametrize("state", STATES)
def test_every_cell_of_the_table_through_page_and_api(world, state):
    entry = in_state(world, state)
    client = world.client("inspector")
    for verb in rules.VERBS:
        to = rules.TRANSITIONS.get((state, verb))
        for address, good in ((PAGE, 302), (API, 200)):
            with database.atomic():
                answer = client.post(address.format(entry.pk, verb), body(verb))
                now = fresh(world, entry).state
                database.set_rollback(True)
            told = answer.content.decode()
            assert answer.status_code == (good if to else 409), (verb, address, told)
            assert now == (to or state)
            assert to or "现为" in told
        assert client.get(PAGE.format(entry.pk, verb)).status_code == (200 if to else 409)


@pytest.mark.parametrize("state", STATES)
def test_buttons_are_what_the_table_allows_to_those_who_may(world, state):
    entry = in_state(world, state)
    page = world.client("inspector").get(f"/transformations/{entry.pk}/").content.decode()
    offered = {verb for verb in rules.VERBS if f"/transformations/{entry.pk}/{verb}/" in page}
    assert offered == {verb for verb in rules.VERBS if (state, verb) in rules.TRANSITIONS}
    told = world.client("inspector").get(f"/api/v1/transformations/{entry.pk}/").json()
    assert set(told["verbs"]) == offered
    for login in ("officer", "department", "auditor"):
        page = world.client(login).get(f"/transformations/{entry.pk}/").content.decode()
        assert not [verb for verb in rules.VERBS if f"/{entry.pk}/{verb}/" in page]


def test_an_enterprise_is_put_on_a_list_from_its_page_and_shows_there(world):
    client, plant = world.client("inspector"), world.enterprises["a"]
    assert f"/enterprises/{plant}/transformations/new/" in client.get(f"/enterprises/{plant}/").content.decode()
    told = PLAN | {"due_on": soon().isoformat()}
    assert client.post(f"/enterprises/{plant}/transformations/new/", told).status_code == 302
    page = client.get(f"/enterprises/{plant}/").content.decode()
    assert PLAN["target"] in page
    assert "还剩 30 天" in page
    again = client.post(f"/enterprises/{plant}/transformations/new/", told | {"measure": "另一措施"})
    assert again.status_code == 409
    shown = again.content.decode()
    assert "已在提升名单上" in shown
    assert "另一措施" in shown


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"due_on": soon(-1).isoformat()}, "不能早于今天"),
        ({"target": ""}, "请填写这一项"),
        ({"list": "nothing"}, "请在列出的选项中选一项"),
    ],
)
def test_what_was_typed_stays_when_it_is_refused(world, wrong, sentence):
    told = PLAN | {"due_on": soon().isoformat()} | wrong
    address = f"/enterprises/{world.enterprises['a']}/transformations/new/"
    answer = world.client("inspector").post(address, told)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert PLAN["measure"] in answer.content.decode()


def test_who_was_overtaken_is_told_keeps_what_was_typed_and_may_insist(world):
    entry = put(world)
    client = world.client("inspector")
    with world.as_("office"):
        verbs.progress(entry.pk, "已签订设计合同")
    told = {"note": "企业已转产", "revision": entry.revision}
    answer = client.post(PAGE.format(entry.pk, "drop"), told)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "刚刚被他人办理" in page
    assert "企业已转产" in page
    assert 'name="revision" value="2"' in page
    assert client.post(PAGE.format(entry.pk, "drop"), told | {"revision": 2}).status_code == 302


def test_a_workbook_is_no_evidence_on_page_and_api(world):
    entry = put(world)
    client = world.client("inspector")
    for address in (PAGE, API):
        told = {"note": "设备已到货", "file": samples.upload(b"PK\x03\x04", "进度.xlsx")}
        answer = client.post(address.format(entry.pk, "progress"), told)
        assert answer.status_code == 400
        assert "只能上传JPEG" in answer.content.decode()
    assert fresh(world, entry).state == "planned"


def test_late_entries_are_red_in_days_and_counted_at_the_lists_head(world, on_day):
    entry = put(world)
    put(world, key="b", due_on=soon(300))
    client = world.client("office")
    assert "逾期" not in client.get("/transformations/").content.decode().partition('id="list"')[2]
    with on_day(soon(33)):
        client = world.client("office")
        head = client.get("/transformations/").content.decode().partition('id="list"')[2]
        assert "逾期 1 项" in head
        assert '<span class="badge tone-red">逾期 3 天</span>' in head
        late = client.get("/transformations/?late=1").content.decode()
        assert (f"/transformations/{entry.pk}/" in late, "江州乙医药" in late) == (True, False)
        assert "逾期 3 天" in client.get(f"/transformations/{entry.pk}/").content.decode()
        assert client.get(f"/api/v1/transformations/{entry.pk}/").json()["late_days"] == 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abc"),
        ("list=upgrade", "ab"),
        ("list=phase_out", "c"),
        ("state=open", "ac"),
        ("state=done", "b"),
        ("state=under_way", ""),
        ("q=乙医药", "b"),
    ],
)
def test_page_and_api_filter_alike(world, query, expected):
    entries = {key: put(world, "office", key) for key in "ab"} | {"c": put(world, "office", "c", list="phase_out")}
    with world.as_("office"):
        verbs.finish(entries["b"].pk, "已通过验收", samples.upload(samples.picture()))
    office = world.client("office")
    wanted = {entries[key].pk for key in expected}
    assert {one["id"] for one in office.get(f"/api/v1/transformations/?{query}").json()["results"]} == wanted
    page = office.get(f"/transformations/?{query}").content.decode()
    assert {one.pk for one in entries.values() if f"/transformations/{one.pk}/" in page} == wanted


@pytest.mark.parametrize(
    ("login", "page"), [("officer", 200), ("officer_b", 404), ("north", 404), ("expert", 403), ("office_x", 404)]
)
def test_evidence_is_seen_by_those_who_see_its_entry_alone(world, login, page):
    content = samples.photo_with_exif()
    entry = put(world)
    with world.as_("inspector"):
        verbs.progress(entry.pk, "设备已到货", samples.upload(content, "到货.jpg"))
        step = TransformationStep.objects.get(verb="progress")
        first = TransformationStep.objects.get(verb="put")
    address = f"/transformations/{entry.pk}/steps/{step.pk}/"
    client = world.client(login)
    shown, original = client.get(f"{address}?w=320"), client.get(f"{address}original/")
    assert (shown.status_code, original.status_code) == (page, page)
    if page == 200:
        assert shown["Content-Type"] == "image/jpeg"
        assert b"Canary" not in shown.content
        assert original.content == content
        assert original["Content-Disposition"].startswith("attachment")
        assert original["X-Content-Type-Options"] == "nosniff"
        # A step without evidence, and evidence asked for under another entry, are not there.
        assert client.get(f"/transformations/{entry.pk}/steps/{first.pk}/").status_code == 404
        assert client.get(f"/transformations/{entry.pk + 1}/steps/{step.pk}/").status_code == 404


def test_an_entry_is_made_and_finished_over_the_api(world):
    client = world.client("inspector")
    told = PLAN | {"enterprise": world.enterprises["a"], "due_on": soon().isoformat()}
    made = client.post("/api/v1/transformations/", told, "application/json")
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    twice = client.post("/api/v1/transformations/", told, "application/json")
    assert (twice.status_code, twice.json()["errors"][0]["field"]) == (409, "list")
    early = client.post(API.format(number, "finish"), {"note": "已通过验收"}, "application/json")
    assert (early.status_code, early.json()["errors"][0]["field"]) == (400, "file")
    done = client.post(API.format(number, "finish"), {"note": "已通过验收", "file": samples.upload(samples.picture())})
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert [step["verb"] for step in done.json()["steps"]] == ["put", "finish"]
    assert client.get(done.json()["steps"][1]["original_url"]).status_code == 200
    again = client.post(API.format(number, "drop"), {"note": "不做了"}, "application/json")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")


def test_the_list_leaves_as_a_workbook(world):
    put(world)
    answer = world.client("office").get("/transformations/?export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][:6] == ("提升", "江州甲化工有限公司", rows[1][2], "江南区", PLAN["target"], PLAN["measure"])


def test_its_pages_ask_at_most_twelve_questions(world):
    entry = in_state(world, "done")
    put(world, key="b")
    client = world.client("office")
    for path in ("/transformations/", f"/transformations/{entry.pk}/", PAGE.format(entry.pk, "reopen")):
        asked = questions(client, path)
        assert len(asked) <= 12, "\n".join(asked)


def test_an_officer_reads_their_own_entries_only(world):
    own, other = put(world), put(world, key="b")
    client = world.client("officer")
    page = client.get("/transformations/").content.decode()
    assert (f"/transformations/{own.pk}/" in page, f"/transformations/{other.pk}/" in page) == (True, False)
    assert client.get(f"/transformations/{own.pk}/").status_code == 200
    assert client.get(f"/transformations/{own.pk}/drop/").status_code == 403
    with world.as_("officer"):
        assert Transformation.objects.count() == 1
