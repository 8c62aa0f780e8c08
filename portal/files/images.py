"""What an uploaded photo or PDF is, told from its bytes; and the clean copy that people are shown."""

import os
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.files import apart, store
from portal.files.names import PDF, file_name
from portal.refusals import BadInput, TooLarge

__all__ = ["MAX_BYTES", "PDF", "WIDTHS", "Picture", "display_copy", "file_name", "inspect", "read_upload"]

MAX_BYTES = 15 * 2**20
WIDTHS = (320, 1280)


@dataclass(frozen=True)
class Picture:
    """What was learnt of an upload. Width and height are in pixels as shown; taken_at is what its camera claims."""

    content_type: str
    width: int | None = None
    height: int | None = None
    taken_at: datetime | None = None
    exif: dict[str, Any] = field(default_factory=dict)
    likeness: int | None = None


def read_upload(upload) -> bytes:
    """All bytes of a Django upload. Raises TooLarge (413) over 15 MB, BadInput where it is empty."""
    if upload.size > MAX_BYTES:
        raise TooLarge(f"文件有{upload.size / 2**20:.1f}MB，超过15MB的上限。请压缩后再上传。", field="file")
    if not upload.size:
        raise BadInput("文件是空的，请重新选择。", field="file")
    return b"".join(upload.chunks())


def inspect(content: bytes) -> Picture:
    """Accept by signature and full decode, or raise BadInput with a sentence that says what to do."""
    found = apart.look(content)
    taken = found.pop("taken_at", None)
    return Picture(**found, taken_at=datetime.fromisoformat(taken) if taken else None)


def display_copy(digest: str, width: int) -> bytes:
    """A kept file as people see it: a fresh JPEG at most `width` px wide, without any metadata of the original."""
    path = store.own_room() / "derived" / digest[:2] / f"{digest}-{width}.jpg"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        copy = apart.copy(store.open_kept(digest), width)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix="incoming-", dir=path.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(copy)
    Path(temporary).replace(path)
    return copy
