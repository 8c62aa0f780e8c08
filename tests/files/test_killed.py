"""kill -9 in the middle: a worker of the real server dies at random bytes, and nothing it acknowledged is lost."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connections

from hazards.models import Evidence
from portal.files import store
from portal.sm3 import sm3
from tests import stories
from tests.files.test_tus import told

ROOT = Path(__file__).resolve().parents[2]
KILLS = 16
PHOTOS = 3


@contextmanager
def gunicorn(tmp_path):
    """One worker on this test's database, as in production."""
    spec = connections["default"].settings_dict
    url = f"postgres://{spec['USER']}:{spec['PASSWORD']}@127.0.0.1:{spec['PORT']}/{spec['NAME']}"
    if spec["HOST"].startswith("/"):
        url = f"postgres://{spec['USER']}:{spec['PASSWORD']}@{spec['HOST'].replace('/', '%2F')}:{spec['PORT']}/{spec['NAME']}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "campaign.settings",
        "PORTAL_MEDIA_DIR": str(settings.MEDIA_ROOT),
        "PORTAL_HTTPS": "0",
        "PORTAL_DEMO": "1",
        "WEB_CONCURRENCY": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "campaign.wsgi", "--bind", f"127.0.0.1:{port}"]
    with (tmp_path / "gunicorn.log").open("wb") as log:
        master = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            yield port, master.pid
        finally:
            master.send_signal(signal.SIGTERM)
            master.wait(20)


def workers(master: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def kill_a_worker(master: int) -> bool:
    alive = workers(master)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
    return bool(alive)


class Sender:
    def __init__(self, port, client):
        self.port, self.client = port, client
        client.get("/hazards/")
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        self.headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies["csrftoken"],
            "Tus-Resumable": "1.0.0",
        }

    def ask(self, method, path, body=b"", **headers):
        """Until somebody answers."""
        for _ in range(400):
            try:
                return self.once(method, path, body, **headers)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        raise AssertionError("the server did not come back")

    def once(self, method, path, body=b"", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, self.headers | headers)
            answer = connection.getresponse()
            answer.content = answer.read()
            return answer
        finally:
            connection.close()


def test_what_was_acknowledged_survives_the_worker_that_took_it(committed_world, tmp_path):
    hazard = stories.issued(committed_world)
    die = random.Random(7)
    kills, made = 0, {}
    with gunicorn(tmp_path) as (port, master):
        sender = Sender(port, committed_world.client("officer"))
        # How often one photo is interrupted is the machine's affair: neither count alone ends the test.
        while kills < KILLS or len(made) < PHOTOS:
            # A photo's size, its first bytes a picture; the rest is never looked at by a decoder.
            content = stories.photo(die.randrange(256)).read() + die.randbytes(die.randrange(200_000, 400_000))
            key, acknowledged = str(uuid4()), 0
            begun = sender.ask(
                "POST",
                "/api/v1/uploads/",
                **{"Upload-Length": str(len(content)), "Upload-Metadata": told(key=key, filename="a.jpg")},
            )
            assert begun.status == 201, begun.content
            place = begun.getheader("Location")
            while True:
                offset = int(sender.ask("HEAD", place).getheader("Upload-Offset"))
                assert offset >= acknowledged, "what was acknowledged is gone"
                acknowledged = offset
                if offset == len(content):
                    break
                piece = content[offset : offset + die.randrange(20_000, 120_000)]
                doomed = kills < KILLS and die.random() < 0.8
                killer = threading.Timer(die.random() * 0.03, kill_a_worker, [master])
                if doomed:
                    killer.start()
                try:
                    answer = sender.once(
                        "PATCH",
                        place,
                        piece,
                        **{"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"},
                    )
                    if answer.status == 204:
                        acknowledged = int(answer.getheader("Upload-Offset"))
                except (OSError, http.client.HTTPException):
                    pass
                if doomed:
                    killer.join()
                    kills += 1
            ask = json.dumps({"hazard": hazard.pk, "phase": "before", "upload": key})
            killer = threading.Timer(die.random() * 0.05, kill_a_worker, [master])
            killer.start()
            record = sender.ask("POST", "/api/v1/evidence/", ask, **{"Content-Type": "application/json"})
            killer.join()
            kills += 1
            assert record.status == 201, record.content
            made[json.loads(record.content)["id"]] = sm3(content)
    with committed_world.as_("officer"):
        kept = dict(Evidence.objects.filter(hazard=hazard).values_list("pk", "digest"))
        assert kept == made, "each acknowledged photo once, as it was sent"
        assert all(sm3(store.open_kept(digest)) == digest for digest in kept.values())
