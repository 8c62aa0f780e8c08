"""Who may add which picture when, and how pictures leave the portal."""

from uuid import uuid4

import pytest

from hazards.actions.evidence import add_evidence
from hazards.models import Evidence
from portal.audit.models import AuditRecord
from portal.refusals import IllegalMove, NotAllowed, Refused
from tests import stories
from tests.files import samples


def add(world, login, hazard, phase, **more):
    with world.as_(login):
        upload = more.pop("upload", None) or samples.upload(more.pop("content", samples.picture()))
        return add_evidence(upload, enterprise=hazard.enterprise, phase=phase, hazard=hazard, **more)


def test_an_officer_adds_pictures_in_the_present_round_of_a_hazard_under_rectification(world):
    hazard = stories.issued(world)
    evidence = add(world, "officer", hazard, "before", content=samples.photo_with_exif())
    assert (evidence.round, evidence.phase, evidence.by_name) == (hazard.round, "before", "officer君")
    assert evidence.exif["gps"] == [26.075, 119.3]
    with world.as_("auditor"):
        assert AuditRecord.objects.filter(action="evidence.upload", object_id=evidence.pk).count() == 1


@pytest.mark.parametrize("state", ["recorded", "submitted", "confirming", "closed"])
def test_an_officer_adds_nothing_while_the_hazard_is_not_being_rectified(world, state):
    hazard = stories.IN_STATE[state](world)
    with pytest.raises(IllegalMove, match="现为"):
        add(world, "officer", hazard, "after")


def test_an_officer_cannot_add_a_picture_of_the_finding_nor_one_without_a_hazard(world):
    hazard = stories.issued(world)
    with pytest.raises(NotAllowed):
        add(world, "officer", hazard, "found")
    with world.as_("officer"), pytest.raises(NotAllowed):
        add_evidence(samples.upload(samples.picture()), enterprise=hazard.enterprise, phase="before")


def test_an_inspector_does_not_provide_the_enterprises_proof(world):
    with pytest.raises(NotAllowed):
        add(world, "inspector", stories.issued(world), "after")


def test_an_inspector_adds_no_picture_of_the_finding_once_the_notice_is_out(world):
    hazard = stories.recorded(world)
    assert add(world, "inspector", hazard, "found").pk
    with pytest.raises(IllegalMove):
        add(world, "inspector", stories.issued(world), "found")


def test_the_same_key_sent_twice_is_one_picture(world):
    hazard, key = stories.issued(world), uuid4()
    first = add(world, "officer", hazard, "after", key=key)
    again = add(world, "officer", hazard, "after", key=key)
    assert first.pk == again.pk
    with world.as_("auditor"):
        assert AuditRecord.objects.filter(action="evidence.upload", object_id=first.pk).count() == 1


def test_a_key_used_for_another_file_is_refused_and_tells_nothing(world):
    hazard, key = stories.issued(world), uuid4()
    add(world, "officer", hazard, "after", key=key)
    with pytest.raises(Refused, match="编号"):
        add(world, "officer", hazard, "after", key=key, content=samples.picture(colour=(1, 2, 3)))
    other = stories.issued(world, "b")
    with pytest.raises(Refused, match="编号"):
        add(world, "officer_b", other, "after", key=key)


def test_nobody_may_change_or_delete_a_picture(world, django_db_blocker):
    from django.db import ProgrammingError, transaction

    evidence = add(world, "officer", stories.issued(world), "after")
    for login in ("officer", "inspector", "office"):
        with world.as_(login), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Evidence.objects.filter(pk=evidence.pk).delete()


def test_the_copy_is_shown_and_the_original_is_only_ever_downloaded(world):
    content = samples.photo_with_exif()
    evidence = add(
        world, "officer", stories.issued(world), "after", upload=samples.upload(content, "阀门\u202e修后.jpg")
    )
    client = world.client("inspector")
    shown = client.get(f"/evidence/{evidence.pk}/?w=320")
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Cache-Control"].startswith("private")
    assert "Cookie" in shown["Vary"]
    assert b"Canary" not in shown.content
    original = client.get(f"/evidence/{evidence.pk}/original/")
    assert original.content == content
    assert original["Content-Disposition"].startswith("attachment")
    assert "%E9%98%80%E9%97%A8%E4%BF%AE%E5%90%8E.jpg" in original["Content-Disposition"]
    assert original["X-Content-Type-Options"] == "nosniff"
    assert original["Content-Security-Policy"].startswith("sandbox")


def test_a_damaged_original_is_not_handed_out(world):
    from portal.files import store

    evidence = add(world, "officer", stories.issued(world), "after")
    with world.as_("officer"):
        store.path_of(evidence.digest).write_bytes(b"other")
    answer = world.client("officer").get(f"/evidence/{evidence.pk}/original/")
    assert answer.status_code == 500
    assert "SM3" in answer.content.decode()


@pytest.mark.parametrize("login", ["officer_b", "north", "inspector_x", "officer_x"])
def test_a_picture_of_somebody_else_is_not_there(world, login):
    evidence = add(world, "officer", stories.issued(world), "after")
    client = world.client(login)
    for path in (f"/evidence/{evidence.pk}/", f"/evidence/{evidence.pk}/original/", f"/api/v1/evidence/{evidence.pk}/"):
        assert client.get(path).status_code == 404
        assert client.get(path.replace(str(evidence.pk), "999999999")).status_code == 404


def test_the_api_takes_a_picture_and_lists_it_by_hazard(world):
    hazard, other = stories.issued(world), stories.issued(world)
    add(world, "officer", other, "before")
    client = world.client("officer")
    sent = {"hazard": hazard.pk, "phase": "after", "key": str(uuid4())}
    made = client.post("/api/v1/evidence/", sent | {"file": samples.upload(samples.picture("HEIF"), "IMG_1.HEIC")})
    assert made.status_code == 201, made.content
    again = client.post("/api/v1/evidence/", sent | {"file": samples.upload(samples.picture("HEIF"), "IMG_1.HEIC")})
    assert again.json()["id"] == made.json()["id"]
    listed = client.get(f"/api/v1/evidence/?hazard={hazard.pk}").json()["results"]
    assert [row["content_type"] for row in listed] == ["image/heic"]


@pytest.mark.parametrize(
    ("content", "status"),
    [(samples.SVG, 400), (samples.png_of_81_megapixels(), 400), (b"\xff" * (15 * 2**20 + 1), 413)],
)
def test_the_api_refuses_hostile_files_with_a_sentence(world, content, status):
    hazard = stories.issued(world)
    answer = world.client("officer").post(
        "/api/v1/evidence/", {"hazard": hazard.pk, "phase": "after", "file": samples.upload(content, "photo.jpg")}
    )
    assert answer.status_code == status
    assert answer.json()["errors"][0]["field"] == "file"


def test_the_api_does_not_know_somebody_elses_hazard(world):
    hazard = stories.issued(world, "b")
    answer = world.client("officer").post(
        "/api/v1/evidence/", {"hazard": hazard.pk, "phase": "after", "file": samples.upload(samples.picture())}
    )
    assert answer.status_code == 404
