"""The scanner, spoken to as clamd speaks; and nothing is shown to anybody before it has been found clean."""

import socket
import struct
import threading
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from hazards.actions import moves, selfchecks
from hazards.actions.evidence import add_evidence
from hazards.actions.scanning import scan_waiting
from hazards.models import Evidence, SelfCheckPhoto
from portal.audit.models import AuditRecord
from portal.files import clamd, quarantine
from portal.refusals import BadInput
from tests import stories
from tests.files import samples
from tests.hazards.test_selfchecks import reported

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LIMIT = 200_000
ROOT = Path(__file__).parents[2]


def received(line, length):
    come = b""
    while len(come) < length and (more := line.recv(length - len(come))):
        come += more
    return come


def serve(line, manner):
    if manner == "slow":
        line.recv(100)
        return
    command = b""
    while not command.endswith(b"\0"):
        command += line.recv(1)
    if command == b"zPING\0":
        line.sendall(b"PONG\0")
        return
    content = b""
    while (length := struct.unpack(">I", received(line, 4))[0]) and manner != "silent":
        content += received(line, length)
        if len(content) > LIMIT:
            line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
            return
    found = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in content else b"stream: OK\0"
    line.sendall({"silent": b"", "nonsense": b"\xff\xfe what?\0"}.get(manner, found))


@contextmanager
def daemon(settings, manner="", path=None):
    """A clamd of our own: honest, or slow, silent, talking nonsense."""
    with socket.socket(socket.AF_UNIX if path else socket.AF_INET) as door:
        door.bind(str(path) if path else ("127.0.0.1", 0))
        door.listen()
        settings.CLAMD = str(path) if path else f"127.0.0.1:{door.getsockname()[1]}"
        open_lines = []

        def answer():
            while True:
                try:
                    line, _ = door.accept()
                except OSError:
                    return
                open_lines.append(line)
                try:
                    serve(line, manner)
                except (OSError, struct.error):
                    pass
                if manner != "slow":
                    line.close()

        threading.Thread(target=answer, daemon=True).start()
        try:
            yield
        finally:
            door.shutdown(socket.SHUT_RDWR)
            for line in open_lines:
                line.close()


def test_a_clean_file_and_an_infected_one_are_told_apart(settings, tmp_path):
    with daemon(settings):
        assert clamd.infected(samples.picture()) == ""
        assert clamd.infected(samples.picture() + EICAR) == "Win.Test.EICAR_HDB-1"
        assert clamd.answers()
    with daemon(settings, path=tmp_path / "clamd.sock"):
        assert clamd.infected(EICAR) == "Win.Test.EICAR_HDB-1"


def test_a_file_over_the_scanners_limit_gets_no_verdict(settings):
    with daemon(settings), pytest.raises(clamd.NoVerdict, match="size limit"):
        clamd.infected(bytes(5 * 2**20))


@pytest.mark.parametrize("manner", ["slow", "silent"])
def test_a_scanner_that_does_not_answer_is_away(settings, monkeypatch, manner):
    monkeypatch.setattr(clamd.connected.__wrapped__, "__defaults__", (0.3,))
    with daemon(settings, manner), pytest.raises(clamd.Away):
        clamd.infected(b"x")


def test_nonsense_is_no_verdict_and_nobody_there_is_away(settings):
    with daemon(settings, "nonsense"), pytest.raises(clamd.NoVerdict):
        clamd.infected(b"x")
    for nowhere in ("127.0.0.1:1", "/nowhere/clamd.sock", "nonsense"):
        settings.CLAMD = nowhere
        with pytest.raises(clamd.Away):
            clamd.infected(b"x")
        assert not clamd.answers()


def add(world, hazard, content=None):
    with world.as_("officer"):
        upload = samples.upload(content or samples.picture())
        return add_evidence(upload, enterprise=hazard.enterprise, phase="after", hazard=hazard)


def scanned(world) -> int:
    with world.as_("office"):
        return scan_waiting()


def state(world, evidence) -> str:
    with world.as_("office"):
        return Evidence.objects.get(pk=evidence.pk).scan


def is_shown(world, evidence, login="officer") -> bool:
    client = world.client(login)
    shown, original = (client.get(f"/evidence/{evidence.pk}/{end}") for end in ("", "original/"))
    assert (shown["Content-Type"] == "image/jpeg") == (original.status_code == 200)
    return original.status_code == 200


def test_without_a_scanner_nothing_waits(world):
    evidence = add(world, stories.issued(world))
    assert state(world, evidence) == "off"
    assert is_shown(world, evidence)
    assert scanned(world) == 0


def test_a_file_is_shown_to_nobody_before_it_is_found_clean(world, settings):
    with daemon(settings):
        hazard = stories.issued(world)
        evidence = add(world, hazard)
        for login in ("officer", "inspector", "office", "auditor"):
            assert not is_shown(world, evidence, login)
        waiting = world.client("inspector").get(f"/evidence/{evidence.pk}/")
        assert "待扫描" in waiting.content.decode()
        assert waiting["Content-Security-Policy"].startswith("sandbox")
        assert "待扫描" in world.client("inspector").get(f"/hazards/{hazard.pk}/").content.decode()
        assert scanned(world) == 1
    assert state(world, evidence) == "clean"
    assert is_shown(world, evidence)


def test_an_infected_file_is_never_shown_and_noted(world, settings):
    with daemon(settings):
        hazard = stories.issued(world)
        evidence = add(world, hazard, samples.picture() + EICAR)
        assert scanned(world) == 1
        assert scanned(world) == 0
    assert state(world, evidence) == "infected"
    assert not is_shown(world, evidence)
    with world.as_("officer"), pytest.raises(BadInput, match="整改后的照片"):
        moves.submit(hazard.pk, "已整改")
    assert "已隔离" in world.client("inspector").get(f"/hazards/{hazard.pk}/").content.decode()
    with world.as_("auditor"):
        noted = AuditRecord.objects.get(action="evidence.infected", object_id=evidence.pk)
        assert noted.changes["fault"] == "Win.Test.EICAR_HDB-1"


def test_while_the_scanner_is_away_files_are_taken_and_wait(world, settings):
    settings.CLAMD = "127.0.0.1:1"
    evidence = add(world, stories.issued(world))
    assert scanned(world) == 0
    assert state(world, evidence) == "waiting"
    assert not is_shown(world, evidence)
    with daemon(settings):
        assert scanned(world) == 1
    assert is_shown(world, evidence)


def test_what_got_no_verdict_is_tried_again_later(world, settings):
    with daemon(settings, "nonsense"):
        evidence = add(world, stories.issued(world))
        assert scanned(world) == 1
    assert state(world, evidence) == "failed"
    assert not is_shown(world, evidence)
    with daemon(settings):
        assert scanned(world) == 0, "not at once"
        with world.as_("office"):
            Evidence.objects.filter(pk=evidence.pk).update(scanned_at=timezone.now() - timedelta(hours=2))
        assert scanned(world) == 1
    assert is_shown(world, evidence)


def of_a_self_check(world, content: bytes) -> SelfCheckPhoto:
    check = reported(world)
    with world.as_("officer"):
        return selfchecks.add_photo(check.pk, "done", samples.upload(content))


def is_handed_out(world, photo: SelfCheckPhoto, login: str = "officer") -> bool:
    client, at = world.client(login), f"/selfchecks/{photo.self_check_id}/photos/{photo.pk}/"
    shown, original = client.get(at), client.get(f"{at}original/")
    assert (shown["Content-Type"] == "image/jpeg") == (original.status_code == 200)
    return original.status_code == 200


def test_a_picture_of_a_self_check_too_is_handed_out_only_when_it_was_found_clean(world, settings):
    unscanned = of_a_self_check(world, samples.picture(colour=(1, 2, 3)))
    with daemon(settings):
        photo = of_a_self_check(world, samples.picture())
        for login in ("officer", "inspector", "office", "auditor"):
            assert not is_handed_out(world, photo, login)
            assert "待扫描" in world.client(login).get(f"/selfchecks/{photo.self_check_id}/").content.decode()
        with world.as_("office"):
            assert (quarantine.scan_received(), quarantine.scan_received()) == (1, 0)
    assert is_handed_out(world, photo)
    assert is_handed_out(world, unscanned), "it came before there was a scanner"


def test_an_infected_picture_finishes_no_self_check(world, settings):
    with daemon(settings):
        photo = of_a_self_check(world, samples.picture() + EICAR)
        with world.as_("office"):
            assert quarantine.scan_received() == 1
    assert not is_handed_out(world, photo)
    assert "感染" in world.client("inspector").get(f"/selfchecks/{photo.self_check_id}/").content.decode()
    with world.as_("officer"), pytest.raises(BadInput, match="整改后的照片"):
        selfchecks.finish(photo.self_check_id, "已整改")
    with world.as_("auditor"):
        assert AuditRecord.objects.get(action="files.infected").changes["digest"] == photo.digest


def test_every_upload_that_is_looked_at_goes_into_quarantine():
    """By the source: who asks what a picture is keeps it through the one door, or as proof with a verdict of its own."""
    floors = ("enterprises", "hazards", "inspections", "accountability", "campaign")
    sources = {path.name: path.read_text("utf-8") for floor in floors for path in (ROOT / floor).rglob("actions/*.py")}
    taking = {name for name, text in sources.items() if "images.inspect(" in text}
    assert len(taking) > 5
    assert {name for name in taking if "quarantine.take_in(" not in sources[name]} == {"evidence.py"}


def test_readiness_tells_of_a_scanner_that_is_away(client, db, settings):
    before = client.get("/readyz")
    assert "scanner" not in before.json()
    settings.CLAMD = "127.0.0.1:1"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["scanner"]) == (before.status_code, False), "it keeps nobody from working"
    with daemon(settings):
        assert client.get("/readyz").json()["scanner"] is True
