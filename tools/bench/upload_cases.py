"""Twenty photos of 3 MB from four clients: begun, sent in pieces and made evidence, as a browser does it."""

import base64
import io
import json
import random
import threading
import time
import uuid
from dataclasses import dataclass

from PIL import Image

from tools.bench.load import Ask, run

PHOTOS, CLIENTS, BYTES, PIECE = 20, 4, 3 * 2**20, 512 * 1024
TOKEN = "b" * 32


@dataclass
class Sent:
    photos: int
    megabytes: float
    wall: float
    piece_ms: float
    record_ms: float

    def __str__(self) -> str:
        return (
            f"{self.photos} photos from {CLIENTS} clients: {self.megabytes / self.wall:.1f} MB/s, "
            f"{1000 * self.wall * CLIENTS / self.photos:.0f} ms a photo for whoever sends it; "
            f"the server took {self.piece_ms:.0f} ms for each piece and {self.record_ms:.0f} ms for each record (median)"
        )


def photo(seed: int) -> bytes:
    """A JPEG of 12 megapixels and about 3 MB, as a telephone takes it."""
    chance = random.Random(seed)
    grain = Image.frombytes("RGB", (500, 375), chance.randbytes(500 * 375 * 3)).resize((4000, 3000))
    out = io.BytesIO()
    grain.save(out, "JPEG", quality=83)
    content = out.getvalue()
    # What is missing to 3 MB follows behind the picture, like the film of a live photo.
    return content + chance.randbytes(max(0, BYTES - len(content)))


def upload_case(port: int, cookie: str, hazard: int, phase: str = "found") -> Sent:
    headers = {
        "Cookie": f"{cookie}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
        "Referer": "http://127.0.0.1/",
        "Tus-Resumable": "1.0.0",
    }
    photos = [photo(seed) for seed in range(PHOTOS)]
    numbers, lock = iter(range(PHOTOS)), threading.Lock()
    pieces: list[float] = []
    records: list[float] = []
    faults: list[BaseException] = []

    def one(ask: Ask, expect: int) -> float:
        return run(port, lambda number: ask, 1, 1, expect).seconds[0]

    def send(content: bytes) -> None:
        key = str(uuid.uuid4())
        told = ",".join(
            f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in (("key", key), ("filename", "a.jpg"))
        )
        begun = headers | {"Upload-Length": str(len(content)), "Upload-Metadata": told}
        one(Ask("/api/v1/uploads/", "POST", b"", begun), 201)
        for offset in range(0, len(content), PIECE):
            here = headers | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            pieces.append(one(Ask(f"/api/v1/uploads/{key}/", "PATCH", content[offset : offset + PIECE], here), 204))
        body = json.dumps({"hazard": hazard, "phase": phase, "upload": key}).encode()
        made = Ask("/api/v1/evidence/", "POST", body, headers | {"Content-Type": "application/json"})
        records.append(one(made, 201))

    def client() -> None:
        try:
            while not faults:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                send(photos[number])
        except BaseException as fault:
            faults.append(fault)

    began = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise SystemExit(str(faults[0]))
    middle = sorted(pieces)[len(pieces) // 2], sorted(records)[len(records) // 2]
    megabytes = sum(map(len, photos)) / 2**20
    return Sent(PHOTOS, megabytes, time.perf_counter() - began, 1000 * middle[0], 1000 * middle[1])


def recorded_hazard(database) -> tuple[int, str]:
    """A hazard to which its district's inspector may still add photos, and that inspector's login."""
    with database.cursor() as cursor:
        cursor.execute("SELECT id, district_id FROM hazards_hazard WHERE status = 'recorded' ORDER BY id LIMIT 1")
        number, district = cursor.fetchone()
    return number, f"i{district}-1"
