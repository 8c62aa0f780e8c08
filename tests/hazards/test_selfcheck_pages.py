"""企业自查 on the screen and over the API: the same verbs and refusals, nothing typed or photographed lost."""

import io

import openpyxl
import pytest
from django.db import transaction as database

from hazards import rules_selfcheck as rules
from hazards.actions import selfchecks as verbs
from hazards.models import SelfCheck
from tests.enterprises.test_pages import questions
from tests.files.test_tus import head, sent
from tests.hazards.test_selfchecks import DO, OFFICIAL, facts, finished, fresh, in_state, made_official, reported, soon
from tests.stories import closed, photo

PAGE = "/selfchecks/{}/{}/"
API = "/api/v1/selfchecks/{}/{}/"


def typed(**more) -> dict:
    return {name: str(value) for name, value in facts(**more).items()}


def body(verb: str) -> dict:
    if verb == "officialise":
        return dict(OFFICIAL)
    return typed(place="罐区T-105") | {"note": f"为了{verb}", "planned_on": str(soon(8))}


@pytest.mark.parametrize("state", rules.STATES)
def test_every_cell_of_the_table_through_page_and_api(world, state):
    check = in_state(world, state)
    for verb in rules.VERBS:
        client, to = world.client(DO[verb][0]), rules.TRANSITIONS.get((state, verb))
        for address, good in ((PAGE, 302), (API, 200)):
            with database.atomic():
                if verb == "finish" and to:
                    kept = client.post(API.format(check.pk, "photos"), {"phase": "done", "file": photo(61)})
                    assert kept.status_code == 201, kept.content.decode()
                answer = client.post(address.format(check.pk, verb), body(verb))
                now = fresh(world, check).state
                database.set_rollback(True)
            told = answer.content.decode()
            assert answer.status_code == (good if to else 409), (verb, address, told)
            assert now == (to or state)
            assert to or "现为" in told
        assert client.get(PAGE.format(check.pk, verb)).status_code == (200 if to else 409)


def test_a_report_with_pictures_is_kept_and_finished_with_pictures(world):
    client = world.client("officer")
    answer = client.post(
        "/selfchecks/new/", typed() | {"key": "7b0f6b0e-7a3c-4f9c-9d35-9d7a37e0c002", "photos": photo(62)}
    )
    assert answer.status_code == 302, answer.content.decode()
    with world.as_("officer"):
        check = SelfCheck.objects.get()
    page = client.get(answer.url).content.decode()
    assert f"/selfchecks/{check.pk}/photos/" in page
    refused = client.post(PAGE.format(check.pk, "finish"), {"note": "", "photos": photo(63)})
    assert refused.status_code == 400
    assert "整改后照片" in refused.content.decode()  # the picture is kept though the note is missing
    assert client.post(PAGE.format(check.pk, "finish"), {"note": "已更换"}).status_code == 302
    assert "已自行整改" in client.get(answer.url).content.decode()


def test_a_workbook_is_no_picture_and_takes_the_report_not_along(world):
    client = world.client("officer")
    book = photo(64)
    book.file, book.size = io.BytesIO(b"PK\x03\x04"), 4
    answer = client.post(
        "/selfchecks/new/", typed() | {"key": "7b0f6b0e-7a3c-4f9c-9d35-9d7a37e0c003", "photos": book}, follow=True
    )
    assert "没有保存" in answer.content.decode()
    with world.as_("officer"):
        assert SelfCheck.objects.count() == 1


def test_pictures_sent_before_the_report_go_with_it_or_hold_it_up_by_name(world):
    client = world.client("officer")
    good = sent(client, photo(65).read())
    bad = sent(client, b"no picture", name="坏.jpg")
    key = {"key": "7b0f6b0e-7a3c-4f9c-9d35-9d7a37e0c004"}
    refused = client.post("/selfchecks/new/", typed() | key | {"uploads": f"{good},{bad}"})
    assert refused.status_code == 400
    assert "照片“坏.jpg”没有保存" in refused.content.decode()
    assert "Upload-Taken" not in head(client, f"/api/v1/uploads/{good}/")
    with world.as_("officer"):
        assert not SelfCheck.objects.exists()
    # Pressed twice it is one report with one picture.
    for _ in range(2):
        assert client.post("/selfchecks/new/", typed() | key | {"uploads": str(good)}).status_code == 302
    assert "Upload-Taken" in head(client, f"/api/v1/uploads/{good}/")
    with world.as_("officer"):
        assert SelfCheck.objects.get().photos.count() == 1
    gone = {"key": "7b0f6b0e-7a3c-4f9c-9d35-9d7a37e0c005", "uploads": "7b0f6b0e-7a3c-4f9c-9d35-9d7a37e0c006"}
    answer = client.post("/selfchecks/new/", typed() | gone)
    assert answer.status_code == 400
    assert "请移除后重新选择" in answer.content.decode()


def test_what_was_typed_stays_when_it_is_refused(world):
    answer = world.client("officer").post("/selfchecks/new/", typed(planned_on=soon(-3)) | {"key": "not a key"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert facts()["measures"] in page


def test_who_was_overtaken_keeps_what_was_typed_and_may_insist(world):
    check = reported(world)
    client = world.client("officer")
    with world.as_("officer"):
        verbs.change(check.pk, {"place": "罐区T-104"}, "写错了")
    told = {"note": "重复上报了", "revision": check.revision}
    answer = client.post(PAGE.format(check.pk, "cancel"), told)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "重复上报了" in page
    assert client.post(PAGE.format(check.pk, "cancel"), told | {"revision": 2}).status_code == 302


def test_buttons_are_what_the_table_allows_to_those_who_may(world):
    check = reported(world)
    for login, expected in {
        "officer": {"finish", "change", "cancel"},
        "inspector": {"officialise"},
        "office": {"officialise"},
        "auditor": set(),
    }.items():
        client = world.client(login)
        page = client.get(f"/selfchecks/{check.pk}/").content.decode()
        assert {verb for verb in rules.VERBS if f"/selfchecks/{check.pk}/{verb}/" in page} == expected, login
        assert set(client.get(f"/api/v1/selfchecks/{check.pk}/").json()["verbs"]) == expected
        assert ("保存照片" in page) == (login == "officer")


def test_self_check_and_hazard_lead_to_each_other(world):
    check = reported(world)
    answer = world.client("inspector").post(PAGE.format(check.pk, "officialise"), OFFICIAL)
    assert answer.status_code == 302
    hazard = fresh(world, check).hazard_id
    for login in ("officer", "inspector", "office", "auditor"):
        client = world.client(login)
        assert f"/hazards/{hazard}/" in client.get(f"/selfchecks/{check.pk}/").content.decode()
        assert f"/selfchecks/{check.pk}/" in client.get(f"/hazards/{hazard}/").content.decode()
    assert (
        f"/selfchecks/{check.pk}/officialise/"
        not in world.client("inspector").get(f"/selfchecks/{check.pk}/").content.decode()
    )
    assert world.client("expert").get(f"/hazards/{hazard}/").status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abcd"),
        ("situation=found", "ac"),
        ("situation=late", "c"),
        ("situation=done", "b"),
        ("situation=cancelled", "d"),
        ("situation=standing", "abc"),
        ("situation=official", "a"),
        ("level=major", "c"),
        ("q=乙医药", "b"),
    ],
)
def test_page_and_api_filter_alike(world, query, expected):
    checks = {
        "a": reported(world),
        "b": finished(world, "b"),
        "c": reported(world, "c", level="major"),
        "d": in_state(world, rules.CANCELLED),
    }
    made_official(world, checks["a"])
    with world.as_("officer_c"):
        SelfCheck.objects.filter(pk=checks["c"].pk).update(planned_on=soon(-1))
    office, wanted = world.client("office"), {checks[key].pk for key in expected}
    assert {one["id"] for one in office.get(f"/api/v1/selfchecks/?{query}").json()["results"]} == wanted
    page = office.get(f"/selfchecks/?{query if 'situation' in query else query + '&situation='}").content.decode()
    assert {one.pk for one in checks.values() if f'"/selfchecks/{one.pk}/"' in page} == wanted


def test_the_export_holds_what_the_list_shows(world):
    reported(world)
    finished(world, "b")
    answer = world.client("inspector").get("/selfchecks/?export=xlsx&situation=done")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["江州乙医药有限公司"]


def test_counts_open_to_the_records_they_count(world):
    reported(world)
    finished(world, "b")
    page = world.client("office").get("/selfchecks/districts/").content.decode()
    assert "situation=done" in page
    assert "江北区" in page
    assert "江北区" not in world.client("inspector").get("/selfchecks/districts/").content.decode()


def test_pages_ask_at_most_twelve_questions(world):
    check, official = finished(world), reported(world)
    made_official(world, official)
    closed(world)
    for login in ("officer", "office"):
        client = world.client(login)
        for path in ("/selfchecks/", f"/selfchecks/{check.pk}/", f"/selfchecks/{official.pk}/"):
            assert len(questions(client, path)) <= 12, path
    assert len(questions(world.client("office"), "/selfchecks/districts/")) <= 12


def test_an_officer_has_it_in_the_menu_and_officials_beside_the_hazards(world):
    assert "自查自报" in world.client("officer").get("/hazards/").content.decode()
    assert "自查自报" not in world.client("inspector").get("/hazards/").content.decode()
    assert "/selfchecks/districts/" in world.client("inspector").get("/hazards/").content.decode()
    assert "/selfchecks/districts/" not in world.client("officer").get("/hazards/").content.decode()


def test_the_enterprises_page_shows_them(world):
    reported(world)
    assert (
        "液氨罐区法兰渗漏" in world.client("inspector").get(f"/enterprises/{world.enterprises['a']}/").content.decode()
    )
