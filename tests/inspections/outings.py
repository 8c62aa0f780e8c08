"""Short ways to an outing: what a device takes along, and the record it brings home."""

import base64
import io
import json
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone
from PIL import Image, ImageDraw

from tests.inspections.walks import FIRST, SECOND
from tests.stories import INSPECTORS


def signature(word: str = "A") -> str:
    picture, out = Image.new("RGB", (300, 120), "white"), io.BytesIO()
    ImageDraw.Draw(picture).line([(20, 90), (150, 20), (280, 100)], fill="black", width=4)
    ImageDraw.Draw(picture).text((20, 20), word, fill="black")
    picture.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


class Device:
    """A telephone in an inspector's pocket, as the API sees it."""

    def __init__(self, world, enterprise: str = "a", login: str | None = None):
        self.world, self.enterprise = world, world.enterprises[enterprise]
        lead, second = INSPECTORS[enterprise]
        self.client, self.second, self.key = world.client(login or lead), world.people[second], str(uuid4())

    def get(self, path: str):
        return self.client.get(f"/api/v1/field/{path}")

    def post(self, path: str, body):
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        return self.client.post(f"/api/v1/field/{path}", text, content_type="application/json")

    def numbers(self, hold: int = 2) -> list[dict]:
        answer = self.post("numbers/", {"device": self.key, "hold": hold})
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    def pack(self) -> dict:
        return self.get(f"{self.enterprise}/pack/").json()

    def record(self, pack: dict | None = None, *, number: int | None = None, **changed) -> dict:
        """A walk with one 符合, one 不符合 and one finding on no list; with a number, also the notice over both."""
        now, extra, pack = timezone.localtime(), str(uuid4()), pack or self.pack()
        due = (now.date() + timedelta(days=9)).isoformat()
        notice = {
            "number": number,
            "issued_on": now.date().isoformat(),
            "orders": [
                {"code": SECOND, "requirement": "立即整改", "due": due},
                {"key": extra, "requirement": "清走桶装溶剂", "due": due},
            ],
        }
        parts = ("lead", "second", "enterprise") if number else ()
        return {
            "format": 1,
            "key": str(uuid4()),
            "device": self.key,
            "pack": pack["token"],
            "enterprise": self.enterprise,
            "second": self.second,
            "subject": "routine",
            "edition": self.get("me/").json()["edition"],
            "began_at": (now - timedelta(minutes=5)).isoformat(),
            "sealed_at": now.isoformat(),
            "met_with": "方安",
            "summary": "检查了基础管理。",
            "remark": "三车间噪声大，听不清。",
            "answers": [
                {"code": FIRST, "verdict": "ok"},
                {"code": SECOND, "verdict": "not_ok", "description": "三车间无考核记录", "level": "general"},
                {
                    "key": extra,
                    "verdict": "not_ok",
                    "description": "消防通道堆放桶装溶剂",
                    "level": "general",
                    "place": "北门",
                },
            ],
            "notice": notice if number else None,
            "rechecks": [],
            "signatures": [{"part": part, "name": f"{part}名", "png": signature(part)} for part in parts],
            "refused": "",
            "witness": "",
            "files": [],
            "decided_facts": "",
            "decided_hazards": {},
        } | changed

    def send(self, record: dict):
        return self.post("visits/", record)
