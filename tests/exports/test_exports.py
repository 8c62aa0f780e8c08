"""Exports: asked for, written by a worker as their owner sees the list, watched, downloaded, taken away in time."""

import io
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from enterprises.models import Enterprise
from hazards.models import Notice
from portal.audit.models import AuditRecord
from portal.exports import actions
from portal.exports.bundle import Bundle
from portal.exports.models import ExportJob
from portal.files import store
from portal.tenancy.models import District, Posting
from portal.tenancy.scope import tenant_scope
from portal.ui.lists import COUNTED
from tests.stories import issued


@pytest.fixture
def many(world):
    with world.as_("office"):
        district = District.objects.get(name="江南区")
        Enterprise.objects.bulk_create(
            Enterprise(
                code=f"{n:018d}", name=f"企业{n:04d}", district=district, sector="hazchem", kind="use", grade="B"
            )
            for n in range(COUNTED + 1)
        )
    return world


def asked(world, login="office", query="grade=B") -> ExportJob:
    with world.as_(login):
        return actions.start("enterprise_list", query)


def written(world, login="office", query="grade=B") -> ExportJob:
    job = asked(world, login, query)
    actions.run(world.tenants["江州市"], job.pk, job.attempt)
    with world.as_(login):
        return ExportJob.objects.get(pk=job.pk)


def book_of(content) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(bytes(content)))


def test_every_matching_row_is_in_the_file_and_the_file_says_how_many_of_what_and_when(many):
    job = written(many)
    with many.as_("office"):
        expected = Enterprise.objects.filter(grade="B").count()
    assert (job.state, job.rows, job.done, job.total) == ("done", expected, expected, expected)
    rows, about = book_of(job.content).worksheets
    assert rows.max_row == 1 + expected
    told = {row[0].value: row[1].value for row in about}
    assert (told["行数"], "B" in told["筛选条件"]) == (expected, True)
    assert told["数据时间"]


def test_the_job_sees_what_its_owner_sees_and_nothing_of_another_district(world):
    names = {row[0].value for row in book_of(written(world, "inspector", "").content).worksheets[0]}
    with world.as_("office"):
        plants = {key: Enterprise.objects.get(pk=world.enterprises[key]).name for key in "abc"}
    assert {plants["a"], plants["b"]} <= names
    assert plants["c"] not in names


def test_a_long_list_is_not_written_while_the_reader_waits_and_its_button_starts_the_job(many):
    client = many.client("office")
    assert client.get("/enterprises/?grade=B&export=xlsx").status_code == 409
    page = client.get("/enterprises/?grade=B").content.decode()
    assert 'action="/exports/start/"' in page
    answer = client.post("/exports/start/", {"list": "enterprise_list", "query": "grade=B"}, follow=True)
    address = answer.redirect_chain[-1][0]
    assert "正在排队" in answer.content.decode()
    job_id = int(address.strip("/").split("/")[-1])
    assert client.get(f"{address}download/").status_code == 409
    actions.run(many.tenants["江州市"], job_id, 1)
    assert "下载 Excel 文件" in client.get(f"{address}progress/").content.decode()
    assert client.get(f"{address}download/").content.startswith(b"PK")


def test_nobody_else_sees_an_export_not_even_the_office_of_the_same_city(world):
    job = written(world, "inspector", "")
    for login in ("office", "north", "office_x", "officer"):
        client = world.client(login)
        assert client.get(f"/exports/{job.pk}/").status_code == 404, login
        assert client.get(f"/exports/{job.pk}/download/").status_code == 404, login
        assert client.get(f"/api/v1/exports/{job.pk}/").status_code == 404, login
        assert client.post(f"/exports/{job.pk}/restart/").status_code == 404, login


def test_a_posting_that_has_ended_exports_nothing_any_more(world):
    job = asked(world, "inspector", "")
    with world.as_("office"):
        Posting.objects.filter(pk=job.posting_id).update(ends=timezone.localdate() - timedelta(days=1))
    actions.run(world.tenants["江州市"], job.pk, 1)
    with tenant_scope(world.tenants["江州市"]):
        job = ExportJob.objects.get(pk=job.pk)
    assert (job.state, job.content) == ("failed", None)
    assert "任职已经结束" in job.fault


def test_a_worker_thought_dead_cannot_write_into_the_next_ones_file(world):
    job = asked(world)
    with world.as_("office"):
        ExportJob.objects.filter(pk=job.pk).update(state="running", moved_at=timezone.now() - timedelta(minutes=2))
        again = actions.restart(job.pk)
    assert again.attempt == 2
    actions.run(world.tenants["江州市"], job.pk, 1)
    with world.as_("office"):
        assert ExportJob.objects.get(pk=job.pk).state == "queued"
    actions.run(world.tenants["江州市"], job.pk, 2)
    with world.as_("office"):
        assert ExportJob.objects.get(pk=job.pk).state == "done"


def test_a_fault_halfway_is_said_and_can_be_started_again(world, monkeypatch):
    job = asked(world)
    monkeypatch.setattr(actions, "read", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.run(world.tenants["江州市"], job.pk, 1)
    client = world.client("office")
    assert "导出中断" in client.get(f"/exports/{job.pk}/").content.decode()
    monkeypatch.undo()
    client.post(f"/exports/{job.pk}/restart/")
    actions.run(world.tenants["江州市"], job.pk, 2)
    assert client.get(f"/exports/{job.pk}/download/").status_code == 200
    assert client.post(f"/exports/{job.pk}/restart/").status_code == 409


def test_the_file_goes_when_its_seven_days_are_over_and_the_record_stays(world):
    job = written(world)
    assert (job.expires_at - job.finished_at).days == 7
    with world.as_("office"):
        ExportJob.objects.filter(pk=job.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    client = world.client("office")
    assert client.get(f"/exports/{job.pk}/download/").status_code == 409
    with tenant_scope(world.tenants["江州市"]):
        assert actions.drop_expired() == 1
        assert actions.drop_expired() == 0
    with world.as_("office"):
        job.refresh_from_db()
    assert (job.content, job.rows is None) == (None, False)
    assert "已过期" in client.get("/exports/").content.decode()


def test_three_at_once_and_no_fourth(world):
    for _ in range(actions.AT_ONCE):
        asked(world)
    answer = world.client("office").post("/exports/start/", {"list": "enterprise_list", "query": ""})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "told",
    [
        {"list": "nothing"},
        {"list": ""},
        {"list": "enterprise_list", "query": "q=" + "长" * 4000},
        {"list": "enterprise_list", "query": "q=甲\0"},
    ],
)
def test_what_cannot_be_exported_is_refused_with_a_sentence(world, told):
    client = world.client("office")
    assert client.post("/exports/start/", told).status_code == 400
    assert client.post("/api/v1/exports/", told, content_type="application/json").status_code == 400


def test_starting_finishing_and_downloading_are_on_record(world):
    job = written(world, "inspector", "grade=B")
    world.client("inspector").get(f"/exports/{job.pk}/download/")
    with world.as_("auditor"):
        actions_kept = list(
            AuditRecord.objects.filter(action__startswith="exports.").order_by("id").values_list("action", flat=True)
        )
    assert actions_kept == ["exports.start", "exports.done", "exports.download"]


def test_the_api_starts_watches_and_downloads_the_same_job(world):
    client = world.client("inspector")
    made = client.post(
        "/api/v1/exports/", {"list": "enterprise_list", "query": "grade=B"}, content_type="application/json"
    )
    assert (made.status_code, made.json()["state"]) == (201, "queued")
    number = made.json()["id"]
    actions.run(world.tenants["江州市"], number, 1)
    seen = client.get(f"/api/v1/exports/{number}/").json()
    assert (seen["state"], seen["rows"]) == ("done", seen["total"])
    assert client.get(f"/api/v1/exports/{number}/download/").content.startswith(b"PK")
    assert client.get("/api/v1/exports/").json()["results"][0]["id"] == number


def bundled(world, login="inspector", query="") -> ExportJob:
    with world.as_(login):
        job = actions.start("notice_pdfs", query)
    actions.run(world.tenants["江州市"], job.pk, job.attempt)
    with world.as_(login):
        return ExportJob.objects.get(pk=job.pk)


def test_the_prints_of_a_list_come_as_one_bundle_with_the_list_in_it(world):
    numbers = [issued(world, key, acknowledged=False).notice.number for key in ("a", "b", "c")]
    job = bundled(world)
    assert (job.state, job.rows) == ("done", 2)
    assert job.filename.endswith("-2行.zip")
    with zipfile.ZipFile(io.BytesIO(bytes(job.content))) as bundle:
        names = sorted(bundle.namelist())
        prints = [bundle.read(name) for name in names if name.endswith(".pdf")]
        listed = openpyxl.load_workbook(io.BytesIO(bundle.read("执法文书PDF.xlsx"))).worksheets[0]
    assert names == [
        f"0001 责令限期整改指令书 {numbers[1]}.pdf",
        f"0002 责令限期整改指令书 {numbers[0]}.pdf",
        "执法文书PDF.xlsx",
    ]
    with world.as_("inspector"):
        kept = {store.open_kept(one.content["pdf"]) for one in Notice.objects.all()}
    assert set(prints) == kept
    assert {row[1].value for row in listed} >= set(numbers[:2])
    answer = world.client("inspector").get(f"/exports/{job.pk}/download/")
    assert answer["Content-Type"] == "application/zip"


def test_a_print_that_was_changed_on_the_disk_stops_the_bundle_and_says_so(world):
    hazard = issued(world)
    with world.as_("inspector"):
        path = store.path_of(Notice.objects.get(pk=hazard.notice_id).content["pdf"])
    whole = path.read_bytes()
    try:
        path.write_bytes(whole + b"x")
        job = bundled(world)
    finally:
        path.write_bytes(whole)
    assert (job.state, job.content) == ("failed", None)
    assert "SM3" in job.fault


def test_more_than_a_bundle_holds_is_refused_in_words(world, monkeypatch):
    monkeypatch.setattr(Bundle, "most", 1)
    issued(world, "a")
    issued(world, "b")
    job = bundled(world)
    assert (job.state, "一次最多打包1份" in job.fault) == ("failed", True)


def test_the_list_of_documents_has_the_button_for_it(world):
    issued(world)
    page = world.client("inspector").get("/notices/").content.decode()
    assert "打包 PDF" in page
    assert 'value="notice_pdfs"' in page
