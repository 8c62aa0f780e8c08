"""Official documents as PDF/A by typst, the same bytes for the same data.

Text reaches typst as JSON and is printed as strings, never as markup, so nothing typed can become typst code. Fonts come
from the installed packages alone and are embedded; nothing is fetched.
"""

import json
import shutil
import tempfile
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings

TEMPLATES = Path(__file__).parent / "typst"
TITLES = {"rectification_order": "责令限期整改指令书", "recheck_opinion": "整改复查意见书"}
COMMON = {"organisation", "number", "addressee", "issued_on", "signers", "items", "verify_code", "verify_url"}
NEEDED = {
    "rectification_order": COMMON | {"found_on"},
    "recheck_opinion": COMMON | {"order_number", "order_issued_on", "opinion", "awaits_confirmation"},
}
# One compiler at a time: it holds the parsed fonts, which cost more than a page.
_lock = threading.Lock()


class Incomplete(ValueError):
    """The data lack something the document must say."""


@cache
def compiler() -> typst.Compiler:
    return typst.Compiler(font_paths=[str(folder) for folder in settings.DOCUMENT_FONT_DIRS], ignore_system_fonts=True)


def render(kind: str, data: dict[str, Any], photos: Sequence[tuple[bytes, str]] = ()) -> bytes:
    """Print one document. `photos` are (JPEG bytes, caption), two to a page in the annex. Raises Incomplete."""
    if missing := NEEDED[kind] - data.keys():
        raise Incomplete(f"{TITLES[kind]} lacks {', '.join(sorted(missing))}")
    issued = date.fromisoformat(data["issued_on"])
    with tempfile.TemporaryDirectory(prefix="document-") as folder:
        room = Path(folder)
        for template in TEMPLATES.glob("*.typ"):
            shutil.copy(template, room)
        annex = []
        for number, (content, caption) in enumerate(photos, 1):
            (room / f"photo-{number}.jpg").write_bytes(content)
            annex.append({"file": f"photo-{number}.jpg", "caption": caption})
        printed = data | {"title": TITLES[kind], "photos": annex}
        (room / "data.json").write_text(json.dumps(printed, ensure_ascii=False), encoding="utf-8")
        (room / "qr.svg").write_text(segno.make(data["verify_url"], error="m").svg_inline(scale=4), encoding="utf-8")
        with _lock:
            return compiler().compile(
                input=str(room / f"{kind}.typ"),
                root=folder,
                format="pdf",
                pdf_standards="a-2b",
                timestamp=int(datetime(issued.year, issued.month, issued.day, tzinfo=UTC).timestamp()),
            )
