"""Official documents as PDF/A by typst: the same data gives the same bytes, so that their digest can be kept."""

import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings

from portal.documents.contracts import checked, printable
from portal.files import apart
from portal.legaldays import SHANGHAI
from portal.refusals import BadInput

TEMPLATES = Path(__file__).parent / "typst"
FAMILY = "Noto Serif SC"
# About 160 dpi across the text, so that a notice with forty photos can still be sent.
PHOTO_WIDTH = 1000


def render(
    kind: str,
    data: Mapping[str, Any],
    photos: Sequence[tuple[bytes | Path, str]] = (),
    font_dirs: Sequence[str | Path] | None = None,
) -> bytes:
    """The document as PDF/A-2b with its fonts embedded; `data` as its kind in contracts.py asks.

    `photos` are (JPEG, PNG, WebP or HEIC, caption), two to a page in the annex. Text reaches the template as data, never
    as typst source, and nothing is fetched. Raises Incomplete where the data is not all there, BadInput (a sentence)
    where a character is in none of the fonts or a photo cannot be opened.
    """
    document = checked(kind, data)
    document["captions"] = [printable(caption) for _, caption in photos]
    issued = datetime.fromisoformat(document["issued_on"]).replace(tzinfo=SHANGHAI)
    with tempfile.TemporaryDirectory(prefix="document-") as folder:
        room = Path(folder)
        for template in TEMPLATES.glob("*.typ"):
            shutil.copyfile(template, room / template.name)
        if "verify_url" in document:
            segno.make(document["verify_url"], error="m", micro=False).save(str(room / "qr.svg"), border=0)
        for n, (photo, _) in enumerate(photos, 1):
            content = photo.read_bytes() if isinstance(photo, Path) else photo
            (room / f"photo-{n}.jpg").write_bytes(apart.copy(content, PHOTO_WIDTH))
        try:
            return typst.compile(
                room / f"{kind}.typ",
                root=room,
                format="pdf",
                font_paths=fonts(tuple(map(str, font_dirs or settings.DOCUMENT_FONT_DIRS))),
                ignore_system_fonts=True,
                sys_inputs={"data": json.dumps(document, ensure_ascii=False)},
                pdf_standards=["a-2b"],
                timestamp=int(issued.timestamp()),
            )
        except typst.TypstError as error:
            # PDF/A forbids a character without a glyph, so no name is ever printed as an empty box.
            if missing := re.search(r'the text `"(.+?)"` could not be displayed', str(error)):
                raise BadInput(
                    f"文书中的“{missing[1]}”在现有字体中没有字形，无法打印。请改用规范汉字，或请系统管理员加装字体。"
                ) from error
            raise


@cache
def fonts(directories: tuple[str, ...]) -> typst.Fonts:
    """The fonts of these directories and no others, so that a document looks the same on every machine."""
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(directories))
    if FAMILY not in found.families():
        raise RuntimeError(f"no {FAMILY} in {', '.join(directories)}: run `make setup`")
    return found
