"""The public check: whether a document is genuine and unchanged, and not one word of what it says."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from hazards.actions import corrections
from hazards.models import Notice
from portal.documents import views
from portal.documents.verifying import verdict_on
from portal.files import store
from tests.stories import issued


@pytest.fixture
def notice(world):
    hazard = issued(world, acknowledged=False, description="阀门渗漏之秘")
    with world.as_("office"):
        return Notice.objects.get(pk=hazard.notice_id)


def page(world, notice, **post):
    client = world.client()
    address = reverse("verify", args=[notice.verify_code])
    return client.post(address, post) if post else client.get(address)


def test_it_names_the_document_and_says_that_it_is_genuine(world, notice):
    text = page(world, notice).content.decode()
    for word in ("文书真实，未被改动", "责令限期整改指令书", notice.number, "江南区应急管理局", notice.digest):
        assert word in text


def test_it_tells_nothing_of_what_the_document_says(world, notice):
    text = page(world, notice).content.decode()
    for word in ("阀门渗漏之秘", "江州甲化工有限公司", "立即整改", "inspector君", "1项", "1 项", "证号"):
        assert word not in text


def test_a_code_nobody_has_is_not_found(world):
    answer = world.client().get(reverse("verify", args=["Zk3vX0q9T1uYw2aBcDeFgA"]))
    assert answer.status_code == 404
    assert "查不到这份文书" in answer.content.decode()


def test_the_digest_is_printed_and_is_that_of_the_content(world, notice):
    from portal.documents.issuing import digest_of
    from tests.documents import reading

    with world.as_("office"):
        text = reading.text(store.open_kept(notice.content["pdf"]))
    assert digest_of(notice.content) == notice.digest
    assert f"内容摘要（SM3）：{notice.digest}" in text


def test_content_changed_in_the_database_is_not_called_unchanged(world, notice):
    notice.content["items"][0]["description"] = "别的"

    def tampered(code):
        return notice if code == notice.verify_code else None

    from portal.documents import verifying

    before = list(verifying.keepers)
    verifying.keepers[:] = [tampered]
    try:
        assert not verdict_on(notice.verify_code).unchanged
        text = page(world, notice).content.decode()
    finally:
        verifying.keepers[:] = before
    assert "存档与制发时不一致" in text
    assert "文书真实" not in text


def test_a_print_changed_on_the_disk_is_not_called_unchanged(world, notice):
    path = store.path_of(notice.content["pdf"], store.room_of(notice.tenant_id))
    whole = path.read_bytes()
    try:
        path.write_bytes(whole[:-1] + b"x")
        assert not verdict_on(notice.verify_code).unchanged
    finally:
        path.write_bytes(whole)
    assert verdict_on(notice.verify_code).unchanged


def test_a_file_in_hand_is_held_against_the_print(world, notice):
    whole = store.open_kept(notice.content["pdf"], store.room_of(notice.tenant_id))
    same = page(world, notice, print=SimpleUploadedFile("文书.pdf", whole))
    assert "完全一致" in same.content.decode()
    other = page(world, notice, print=SimpleUploadedFile("文书.pdf", whole + b"\n"))
    assert "不一致" in other.content.decode()
    assert "完全一致" not in other.content.decode()
    assert page(world, notice, print="").status_code == 200


def test_a_corrected_document_says_that_another_takes_its_place(world, notice):
    with world.as_("inspector"):
        second = world.people["inspector2"]
        new = corrections.correct(notice.pk, {"items.0.description": "阀门法兰渗漏"}, "部位写错", second)
    text = page(world, notice).content.decode()
    assert "已于" in text
    assert "被更正文书替代" in text
    assert new.number not in text
    assert "替代" not in page(world, new).content.decode()


def test_the_database_lets_nobody_change_what_a_document_says(world, notice):
    from django.db import DatabaseError, transaction

    for login in ("office", "department", "inspector", "officer"):
        for change in ({"content": {}}, {"number": "1"}, {"digest": "0"}, {"signers": []}, {"issued_on": "2026-01-01"}):
            with world.as_(login), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                Notice.objects.filter(pk=notice.pk).update(**change)


def test_one_address_has_so_many_files_compared_and_is_then_told_to_wait(world, notice, monkeypatch):
    monkeypatch.setattr(views, "MOST_PRINTS", 2)
    address = reverse("verify", args=[notice.verify_code])

    def send(from_):
        return world.client().post(address, {"print": SimpleUploadedFile("a.pdf", b"%PDF-x")}, REMOTE_ADDR=from_)

    assert [send("10.1.2.3").status_code for _ in range(3)] == [200, 200, 429]
    assert "操作过于频繁，请10分钟后再试" in send("10.1.2.3").content.decode()
    assert world.client().get(address, REMOTE_ADDR="10.1.2.3").status_code == 200, "reading is not counted"
    assert send("10.1.2.4").status_code == 200


def test_a_file_that_is_too_large_is_refused_before_it_is_read(world, notice, monkeypatch):
    monkeypatch.setattr(views, "MOST_SENT", 100)
    monkeypatch.setattr(views, "compared", None)
    refused = page(world, notice, print=SimpleUploadedFile("a.pdf", b"%PDF-" + b"x" * 200))
    assert refused.status_code == 413
    assert "超过20MB" in refused.content.decode()


def test_a_form_of_another_site_compares_nothing(world, notice):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("verify", args=[notice.verify_code]), {"print": SimpleUploadedFile("a.pdf", b"%PDF-")})
    assert answer.status_code == 403
