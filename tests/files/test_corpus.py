"""Every hostile file of the corpus is refused at every door, every genuine one is taken and shown."""

import inspect
import io
import os
import signal
import time
from multiprocessing import forkserver
from uuid import uuid4

import pikepdf
import pytest
from PIL import Image

from hazards.models import Evidence
from portal.files import apart, looking
from portal.refusals import BadInput
from tests import stories
from tests.files import corpus, deeds, samples
from tests.files.test_tus import PLACE, TUS, begin, patch

SHARES = 4


def share(files: dict[str, bytes], number: int) -> dict[str, bytes]:
    return dict(list(files.items())[number::SHARES])


def by_page(client, hazard, name, content):
    answer = client.post(f"/hazards/{hazard.pk}/submit/?step=1", {"photos": samples.upload(content, name)})
    return answer.status_code, answer.content.decode()


def by_api(client, hazard, name, content):
    sent = {"hazard": hazard.pk, "phase": "before", "file": samples.upload(content, name)}
    answer = client.post("/api/v1/evidence/", sent)
    return answer.status_code, answer.json().get("message", "")


def by_pieces(client, hazard, name, content):
    key = str(uuid4())
    place = begin(client, len(content), key=key, name=name)["Location"]
    for offset in range(0, len(content), 5 * 2**20):
        patch(client, place, offset, content[offset : offset + 5 * 2**20])
    sent = {"hazard": hazard.pk, "phase": "before", "upload": key}
    answer = client.post("/api/v1/evidence/", sent, content_type="application/json")
    client.delete(f"{PLACE}{key}/", headers=TUS)
    return answer.status_code, answer.json().get("message", "")


def test_the_corpus_is_large_and_the_same_at_every_run():
    assert len(corpus.hostile()) >= 150
    assert len(corpus.genuine()) >= 60
    again = dict(corpus.cut_short()) | dict(corpus.garbage())
    assert all(corpus.hostile()[name] == content for name, content in again.items())


# Every file goes to the API's door, and to one of the others: they differ in how bytes arrive, not in how they are looked at.
@pytest.mark.parametrize(
    ("door", "number"),
    [
        *((by_api, number) for number in range(SHARES)),
        *((by_page, number) for number in range(SHARES // 2)),
        *((by_pieces, number) for number in range(SHARES // 2, SHARES)),
    ],
)
def test_every_hostile_file_is_refused_with_a_sentence_at_every_door(world, settings, door, number):
    settings.UPLOAD_BYTES_PER_DAY = 10**12
    hazard, client = stories.issued(world), world.client("officer")
    faults = []
    for name, content in share(corpus.hostile(), number).items():
        began = time.process_time()
        status, said = door(client, hazard, name, content)
        if not 400 <= status < 500 or not any(word in said for word in ("上传", "重新")):
            faults.append((name, status, said[:200]))
        # The child has its own limit (apart.CPU_SECONDS); this is what the web worker itself spends.
        if time.process_time() - began > 2:
            faults.append((name, "too slow"))
    assert faults == []
    with world.as_("officer"):
        assert not Evidence.objects.filter(hazard=hazard).exists()


@pytest.mark.parametrize("number", range(SHARES))
def test_every_genuine_file_is_taken_and_shown(world, number):
    hazard, client = stories.issued(world), world.client("officer")
    faults = []
    for name, content in share(corpus.genuine(), number).items():
        status, said = by_api(client, hazard, name, content)
        if status != 201:
            faults.append((name, status, said))
            continue
        with world.as_("officer"):
            evidence = Evidence.objects.filter(hazard=hazard).latest("id")
        shown = client.get(f"/evidence/{evidence.pk}/?w=320")
        if not shown.content.startswith(b"\xff\xd8\xff"):
            faults.append((name, "not shown"))
    assert faults == []


@pytest.mark.parametrize("deed", [deeds.spin, deeds.die, deeds.eat, deeds.babble])
def test_a_decoder_that_takes_too_long_or_dies_takes_nothing_else_down(monkeypatch, deed):
    assert apart.CPU_SECONDS == 2
    with monkeypatch.context() as patched:
        patched.setattr(apart, "answer", deed)
        with pytest.raises(BadInput, match="无法在规定的时间和内存内打开"):
            apart.look(samples.picture())
        patched.setattr(apart, "answer", deeds.greet)
        assert apart.look(samples.picture()) == "here", "the deeds themselves are found by the child"
    assert apart.look(samples.picture())["width"] == 400


def test_the_server_that_forks_them_may_die_too():
    assert apart.look(samples.picture())["width"] == 400
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
    assert apart.look(samples.picture())["width"] == 400


def test_the_limits_hold_before_a_strangers_bytes_are_opened(monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(apart, "answer", deeds.limits)
        assert apart.look(samples.picture()) == [[2, 2], [apart.MEMORY] * 2, [0, 0]]


def test_what_a_child_says_is_never_unpickled():
    assert ".recv(" not in inspect.getsource(apart)


@pytest.mark.parametrize(
    "forbidden",
    ["/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/Launch"],
)
def test_each_forbidden_key_is_refused_wherever_it_stands(forbidden):
    pdf = corpus.document()
    pdf.Root.Deep = pikepdf.Array([pikepdf.Dictionary(A=pikepdf.Dictionary({forbidden: pikepdf.String("x")}))])
    with pytest.raises(BadInput, match="脚本"):
        looking.look(corpus.written(pdf))


def test_a_first_page_is_shown_as_it_is_drawn():
    drawn = Image.open(io.BytesIO(apart.copy(corpus.genuine()["scanned.pdf"], 320)))
    assert drawn.size[0] == 320
    assert len(drawn.getcolors(10**6)) > 100, "the page, not a sheet of paper"
