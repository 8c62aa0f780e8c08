"""断点续传 (tus 1.0): what is acknowledged is on the disk, whatever was sent twice, out of place, or by somebody else."""

import base64
import errno
import hashlib
import io
import os
import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from hazards.actions import selfchecks
from hazards.actions.evidence import add_evidence
from hazards.models import Evidence
from portal.files import images, store
from portal.refusals import NotAllowed, Refused, TooLarge
from portal.sm3 import sm3
from portal.uploads import actions
from portal.uploads.models import Upload
from tests import stories
from tests.files import samples
from tests.hazards.test_selfchecks import reported
from tests.inspections import walks
from tests.races import race

PLACE = "/api/v1/uploads/"
TUS = {"Tus-Resumable": "1.0.0"}


def told(**pairs) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items())


def begin(client, size, name="现场.jpg", **more):
    headers = TUS | {"Upload-Length": str(size), "Upload-Metadata": told(filename=name, **more)}
    return client.post(PLACE, headers=headers)


def patch(client, place, offset, content, **headers):
    return client.patch(
        place,
        content,
        content_type="application/offset+octet-stream",
        headers=TUS | {"Upload-Offset": str(offset)} | headers,
    )


def head(client, place):
    return client.head(place, headers=TUS)


def sent(client, content, pieces=3, **more) -> UUID:
    """The whole of it, in some pieces; its key."""
    place = begin(client, len(content), **more)["Location"]
    step = -(-len(content) // pieces)
    for offset in range(0, len(content), step):
        assert patch(client, place, offset, content[offset : offset + step]).status_code == 204
    return UUID(place.rstrip("/").rsplit("/", 1)[1])


def test_the_server_says_what_it_speaks(world):
    answer = world.client("officer").options(PLACE)
    assert answer.status_code == 204
    assert answer["Tus-Version"] == answer["Tus-Resumable"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,expiration,checksum,termination"
    assert answer["Tus-Max-Size"] == str(images.MAX_BYTES)
    assert "sha1" in answer["Tus-Checksum-Algorithm"]


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0.1"])
@pytest.mark.parametrize("method", ["post", "head", "patch", "delete"])
def test_another_version_is_412(world, version, method):
    client = world.client("officer")
    place = PLACE if method == "post" else begin(client, 5)["Location"]
    answer = getattr(client, method)(place, headers={"Tus-Resumable": version} if version else {})
    assert answer.status_code == 412
    assert answer["Tus-Version"] == "1.0.0"


def test_a_file_comes_in_pieces_and_its_sm3_is_told_at_the_end(world):
    client, content = world.client("officer"), samples.picture(size=(800, 600))
    made = begin(client, len(content))
    assert made.status_code == 201
    place = made["Location"]
    assert (made["Upload-Offset"], "GMT" in made["Upload-Expires"]) == ("0", True)
    first = patch(client, place, 0, content[:100])
    assert (first.status_code, first["Upload-Offset"]) == (204, "100")
    stands = head(client, place)
    assert (stands["Upload-Offset"], stands["Upload-Length"]) == ("100", str(len(content)))
    assert stands["Cache-Control"] == "no-store"
    assert "filename " in stands["Upload-Metadata"]
    last = patch(client, place, 100, content[100:])
    assert last["Upload-SM3"] == sm3(content)
    with world.as_("officer"):
        assert b"".join(Upload.objects.mine().get().chunks()) == content


@pytest.mark.parametrize("offset", [0, 99, 101, 10**9])
def test_a_piece_in_the_wrong_place_is_409_and_changes_nothing(world, offset):
    client = world.client("officer")
    place = begin(client, 500)["Location"]
    patch(client, place, 0, b"a" * 100)
    assert patch(client, place, offset, b"b").status_code == 409
    assert head(client, place)["Upload-Offset"] == "100"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sm3"])
def test_a_piece_that_is_not_what_was_sent_is_460_and_nothing_of_it_is_kept(world, algorithm):
    client = world.client("officer")
    place = begin(client, 10)["Location"]
    digest = bytes.fromhex(sm3(b"abc")) if algorithm == "sm3" else hashlib.new(algorithm, b"abc").digest()
    right = f"{algorithm} {base64.b64encode(digest).decode()}"
    assert patch(client, place, 0, b"abd", **{"Upload-Checksum": right}).status_code == 460
    assert head(client, place)["Upload-Offset"] == "0"
    assert patch(client, place, 0, b"abc", **{"Upload-Checksum": right}).status_code == 204
    assert patch(client, place, 3, b"x", **{"Upload-Checksum": "crc32 AAAA"}).status_code == 400


def test_a_whole_that_is_not_what_was_promised_begins_again(world):
    client = world.client("officer")
    place = begin(client, 6, sm3=sm3(b"abcdef"))["Location"]
    patch(client, place, 0, b"abc")
    assert patch(client, place, 3, b"dee").status_code == 460
    assert head(client, place)["Upload-Offset"] == "0"
    assert patch(client, place, 0, b"abcdef").status_code == 204
    assert head(client, place)["Upload-SM3"] == sm3(b"abcdef")


@pytest.mark.parametrize(
    ("length", "status"), [("0", 400), ("", 400), ("-5", 400), ("x", 400), (str(15 * 2**20 + 1), 413), ("9" * 30, 400)]
)
def test_a_size_that_cannot_be_is_refused_before_anything_is_sent(world, length, status):
    client = world.client("officer")
    assert client.post(PLACE, headers=TUS | {"Upload-Length": length}).status_code == status
    with world.as_("officer"):
        assert not Upload.objects.mine().exists()


def test_more_than_was_announced_is_413_before_the_body_is_read(world):
    client = world.client("officer")
    place = begin(client, 5)["Location"]

    class NeverRead(ContentFile):
        def read(self, *args):
            raise AssertionError("the body was read")

    environ = {
        "REQUEST_METHOD": "PATCH",
        "CONTENT_LENGTH": "6",
        "wsgi.input": NeverRead(b""),
        "CONTENT_TYPE": "application/offset+octet-stream",
        "HTTP_TUS_RESUMABLE": "1.0.0",
        "HTTP_UPLOAD_OFFSET": "0",
    }
    assert client.patch(place, b"", **environ).status_code == 413


def test_a_line_that_breaks_leaves_what_has_come(world):
    client = world.client("officer")
    place = begin(client, 100)["Location"]

    kind = "application/offset+octet-stream"

    def breaking(offset, come, length, **more):
        headers = TUS | {"Upload-Offset": str(offset)} | more
        stream = {"wsgi.input": io.BytesIO(come), "CONTENT_LENGTH": str(length), "CONTENT_TYPE": kind}
        return client.patch(place, b"", headers=headers, **stream)

    assert breaking(0, b"a" * 40, 100).status_code == 204
    assert head(client, place)["Upload-Offset"] == "40"
    assert breaking(40, b"a" * 9, 60, **{"Upload-Checksum": "sha1 xxx"}).status_code == 460
    assert head(client, place)["Upload-Offset"] == "40"


def test_the_content_type_is_the_protocols_own(world):
    client = world.client("officer")
    place = begin(client, 5)["Location"]
    assert client.patch(place, b"abc", "text/plain", headers=TUS | {"Upload-Offset": "0"}).status_code == 415


def test_a_client_that_can_only_post_says_so(world):
    client = world.client("officer")
    place = begin(client, 3)["Location"]
    headers = TUS | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    answer = client.post(place, b"abc", "application/offset+octet-stream", headers=headers)
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "3")


def test_what_is_given_up_is_gone(world):
    client = world.client("officer")
    place = begin(client, 5)["Location"]
    patch(client, place, 0, b"abc")
    assert client.delete(place, headers=TUS).status_code == 204
    assert head(client, place).status_code == 404


def test_a_name_that_pretends_is_refused_with_what_to_do_and_an_ordinary_one_never_is(world):
    client = world.client("officer")
    for name in (
        "../../etc/passwd.jpg",
        "C:\\照片.jpg",
        "整改\u202egpj.exe",
        "\u2067a.jpg",
        "a\u200fb.jpg",
        "a\nb.jpg",
        "a\x00.jpg",
        "..",
    ):
        answer = begin(client, 10, name)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_input"), name
        assert "请给文件改名后重新选择" in answer.json()["message"]
    with world.as_("officer"):
        assert not Upload.objects.exists()
    for name in (
        "现场 (1).jpg",
        "👨‍👩‍👧 合影.jpeg",
        "IMG_2026…01.HEIC",
        "a..b.jpg",
        "",
        "é%2F..jpg",
        "微信图片_20260101.jpg",
    ):
        assert begin(client, 10, name).status_code == 201, name


@pytest.mark.parametrize("login", ["officer_b", "inspector", "office", "officer_x"])
def test_an_upload_of_somebody_else_is_not_there(world, login):
    place = begin(world.client("officer"), 5)["Location"]
    other, nowhere = world.client(login), f"{PLACE}{uuid4()}/"
    for ask in (
        lambda where: head(other, where),
        lambda where: patch(other, where, 0, b"abc"),
        lambda where: other.delete(where, headers=TUS),
    ):
        assert (ask(place).status_code, ask(place).content) == (ask(nowhere).status_code, ask(nowhere).content)
        assert ask(place).status_code == 404
    hazard = stories.issued(world)
    made = world.client("inspector").post(
        "/api/v1/evidence/",
        {"hazard": hazard.pk, "phase": "found", "upload": place.rstrip("/").rsplit("/", 1)[1]},
        content_type="application/json",
    )
    assert made.status_code == 404
    assert head(world.client("officer"), place)["Upload-Offset"] == "0"


def test_who_may_not_upload_begins_nothing(world):
    assert begin(world.client("auditor"), 5).status_code == 403
    with world.as_("expert"), pytest.raises(NotAllowed):
        actions.begin(uuid4(), 5, "a.jpg")


def test_a_forged_request_is_stopped_as_everywhere(world):
    client = world.client("officer")
    client.handler.enforce_csrf_checks = True
    assert begin(client, 5).status_code == 403
    client.get("/hazards/")
    token = client.cookies["csrftoken"].value
    headers = TUS | {"Upload-Length": "5", "X-CSRFToken": token}
    assert client.post(PLACE, headers=headers).status_code == 201


def test_the_same_key_begins_one_upload_and_not_for_another_file(world):
    client, key = world.client("officer"), str(uuid4())
    first, again = begin(client, 5, key=key), begin(client, 5, key=key)
    assert first["Location"] == again["Location"] == f"{PLACE}{key}/"
    patch(client, first["Location"], 0, b"abc")
    assert begin(client, 5, key=key)["Upload-Offset"] == "3"
    assert begin(client, 6, key=key).status_code == 409
    assert begin(client, 5, key="no uuid").status_code == 400


def test_the_share_of_a_day_is_not_overrun_and_is_everybodys_own(world, settings):
    settings.UPLOAD_BYTES_PER_DAY = 1000
    client = world.client("officer")
    assert begin(client, 600).status_code == 201
    over = begin(client, 600)
    assert over.status_code == 413
    assert "24小时" in over.json()["message"]
    assert begin(world.client("inspector"), 600).status_code == 201


def test_a_share_asked_for_twenty_times_at_once_is_given_once(committed_world, settings):
    settings.UPLOAD_BYTES_PER_DAY = 1000
    met = race(committed_world, *[("officer", lambda: actions.begin(uuid4(), 600, "a.jpg"))] * 20)
    assert sum(fault is None for fault in met) == 1
    assert all(isinstance(fault, TooLarge) for fault in met if fault)


def test_two_pieces_for_one_place_at_once_are_one(committed_world):
    with committed_world.as_("officer"):
        key = actions.begin(uuid4(), 8, "a.jpg").key
    met = race(committed_world, *[("officer", lambda: actions.append(key, 0, b"abcd"))] * 5)
    assert sum(fault is None for fault in met) == 1
    assert all(isinstance(fault, actions.WrongOffset) for fault in met if fault)


def test_bytes_nobody_was_promised_are_cut_off(world):
    """A worker died between writing and committing."""
    client = world.client("officer")
    place = begin(client, 6)["Location"]
    patch(client, place, 0, b"abc")
    with world.as_("officer"):
        path = Upload.objects.mine().get().path
    path.write_bytes(b"abcXXXXXXXXXXXXX")
    patch(client, place, 3, b"def")
    assert path.read_bytes() == b"abcdef"


def test_a_piece_is_on_the_disk_before_its_offset_is_told(world, monkeypatch):
    client = world.client("officer")
    place = begin(client, 6)["Location"]
    happened = []
    fsync, save = os.fsync, Upload.save
    monkeypatch.setattr(os, "fsync", lambda fd: (happened.append("fsync"), fsync(fd)))
    monkeypatch.setattr(Upload, "save", lambda self, **more: (happened.append("row"), save(self, **more)))
    patch(client, place, 0, b"abc")
    assert happened == ["fsync", "row"]


def test_where_the_disk_lost_what_was_there_the_sender_is_told_to_begin_again(world):
    client = world.client("officer")
    place = begin(client, 6)["Location"]
    patch(client, place, 0, b"abc")
    with world.as_("officer"):
        Upload.objects.mine().get().path.write_bytes(b"a")
    assert patch(client, place, 3, b"def").status_code == 410


def test_a_full_disk_is_said_in_words_and_leaves_the_offset(world, monkeypatch):
    client = world.client("officer")
    place = begin(client, 6)["Location"]

    def full(fd):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        answer = patch(client, place, 0, b"abc")
        assert answer.status_code == 507
        assert "已满" in answer.json()["message"]
        with world.as_("officer"), pytest.raises(store.DiskFull):
            store.keep([b"proof"])
    assert head(client, place)["Upload-Offset"] == "0"


def test_what_nobody_continues_goes_and_so_do_files_without_a_row(world, django_capture_on_commit_callbacks):
    client = world.client("officer")
    places = [begin(client, 5)["Location"] for _ in range(2)]
    with world.as_("officer"):
        stale, fresh = Upload.objects.mine().order_by("id")
        gone, orphan = stale.path, stale.path.with_name(f"1-{uuid4().hex}")
        orphan.write_bytes(b"x")
        young = stale.path.with_name(f"1-{uuid4().hex}")
        young.write_bytes(b"x")
        Upload.objects.filter(pk=stale.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        old = time.time() - 2 * 86400
        for path in (orphan, fresh.path):
            os.utime(path, (old, old))
    assert head(client, places[0]).status_code == 404
    with django_capture_on_commit_callbacks(execute=True), world.as_("office"):
        assert actions.drop_expired() == 1
    assert not gone.exists()
    assert not orphan.exists()
    assert young.exists()
    assert head(client, places[1]).status_code == 200


def test_a_finished_upload_becomes_evidence_and_twice_is_once(world, django_capture_on_commit_callbacks):
    hazard, client = stories.issued(world), world.client("officer")
    content = samples.photo_with_exif()
    key = sent(client, content)
    ask = {"hazard": hazard.pk, "phase": "after", "upload": str(key)}
    with django_capture_on_commit_callbacks(execute=True):
        made = client.post("/api/v1/evidence/", ask, content_type="application/json")
    assert made.status_code == 201, made.content
    assert (made.json()["digest"], made.json()["key"], made.json()["filename"]) == (sm3(content), str(key), "现场.jpg")
    with world.as_("officer"):
        assert not Upload.objects.mine().get().path.exists()
    # The answer was lost; meanwhile the hazard has been handed in.
    with world.as_("officer"):
        from hazards.actions import moves

        moves.submit(hazard.pk, "已更换垫片并紧固，责任人方安。")
    again = client.post("/api/v1/evidence/", ask, content_type="application/json")
    assert (again.status_code, again.json()["id"]) == (201, made.json()["id"])
    with world.as_("officer"):
        assert Evidence.objects.filter(hazard=hazard).count() == 1
    other = client.post("/api/v1/evidence/", ask | {"phase": "before"}, content_type="application/json")
    assert other.status_code == 409


def test_half_an_upload_is_no_evidence(world):
    hazard, client = stories.issued(world), world.client("officer")
    place = begin(client, 100)["Location"]
    ask = {"hazard": hazard.pk, "phase": "after", "upload": place.rstrip("/").rsplit("/", 1)[1]}
    answer = client.post("/api/v1/evidence/", ask, content_type="application/json")
    assert answer.status_code == 409
    assert "还没有传完" in answer.json()["message"]
    neither = client.post("/api/v1/evidence/", {"hazard": hazard.pk, "phase": "after"}, content_type="application/json")
    assert neither.status_code == 400


def test_a_hostile_file_sent_in_pieces_is_refused_like_any_other(world):
    hazard, client = stories.issued(world), world.client("officer")
    key = sent(client, samples.png_of_81_megapixels())
    ask = {"hazard": hazard.pk, "phase": "after", "upload": str(key)}
    answer = client.post("/api/v1/evidence/", ask, content_type="application/json")
    assert answer.status_code == 400
    assert "4000万像素" in answer.json()["message"]


def test_an_inspectors_photo_of_a_finding_comes_the_same_way(world):
    visit, client = walks.walked(world), world.client("inspector")
    key = sent(client, samples.picture())
    place = f"/api/v1/visits/{visit.pk}/photos/"
    made = client.post(place, {"code": walks.SECOND, "upload": str(key)}, content_type="application/json")
    assert made.status_code == 201, made.content
    assert (made.json()["visit_id"], made.json()["item_code"]) == (visit.pk, walks.SECOND)
    assert client.post(place, {"code": walks.SECOND}, content_type="application/json").status_code == 400
    key = sent(world.client("north"), samples.picture())
    assert (
        world.client("north").post(place, {"code": walks.SECOND, "upload": str(key)}, content_type="application/json")
    ).status_code == 404


def test_a_picture_of_a_self_check_comes_the_same_way_and_twice_is_once(world):
    check, client = reported(world), world.client("officer")
    content = samples.picture()
    ask = {"phase": "done", "upload": str(sent(client, content))}
    place = f"/api/v1/selfchecks/{check.pk}/photos/"
    made = client.post(place, ask, content_type="application/json")
    assert (made.status_code, made.json()["digest"]) == (201, sm3(content))
    with world.as_("officer"):
        selfchecks.finish(check.pk, "已更换垫片并复测")
    again = client.post(place, ask, content_type="application/json")
    assert (again.status_code, again.json()["id"]) == (201, made.json()["id"])
    other = f"/api/v1/selfchecks/{reported(world).pk}/photos/"
    assert client.post(other, ask, content_type="application/json").status_code == 400


def test_the_verb_takes_only_ones_own_finished_upload(world):
    hazard = stories.issued(world)
    with world.as_("officer"):
        key = actions.begin(uuid4(), 5, "a.jpg").key
        with pytest.raises(Refused, match="还没有传完"):
            actions.finished(key)
    key = sent(world.client("officer"), samples.picture())
    with world.as_("officer"):
        made = add_evidence(actions.finished(key), enterprise=hazard.enterprise, phase="before", hazard=hazard)
        assert made.key == key
        assert store.open_kept(made.digest) == samples.picture()
