"""Files kept under their SM3 digest. A digest handed out is a file that survives a crash the next moment."""

import errno
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from portal.refusals import Refused
from portal.sm3 import sm3, sm3_stream
from portal.tenancy.scope import current_tenant_id

DIGEST = re.compile("[0-9a-f]{64}")


class Damaged(Refused):
    """What lies on the disk is not what was received."""

    status = 500
    code = "damaged_file"


class DiskFull(Refused):
    """Nothing half-written is left behind."""

    status = 507
    code = "disk_full"


@contextmanager
def room_on_disk() -> Iterator[None]:
    """A full disk is said in words; everything else that goes wrong with it is a fault of ours."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFull("服务器存储空间已满，文件没有保存。请保留原件，稍后再传，并告知系统管理员。") from error


@dataclass(frozen=True)
class Kept:
    """A file in the store: SM3 as 64 hex digits, size in bytes, where it lies."""

    digest: str
    size: int
    path: Path


def keep(chunks: Iterable[bytes]) -> Kept:
    """Store the joined chunks for good, in the acting tenant's room; the caller writes the row that names the digest.

    The same content is stored once. Nothing is visible under its final name before all of it is on the disk.
    """
    with room_on_disk():
        return keep_here(own_room(), chunks)


def keep_here(room: Path, chunks: Iterable[bytes]) -> Kept:
    room.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix="incoming-", dir=room)
    try:
        with os.fdopen(handle, "wb") as out:
            digest = sm3_stream(written(chunks, out))
            size = out.tell()
            out.flush()
            os.fsync(out.fileno())
        path = path_of(digest)
        if not path.parent.exists():
            path.parent.mkdir(exist_ok=True)
            sync_directory(room)
        os.replace(temporary, path)
        sync_directory(path.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return Kept(digest, size, path)


def open_kept(digest: str, room: Path | None = None) -> bytes:
    """The file's content, its digest checked again. Raises Damaged where it is missing or no longer the same."""
    try:
        content = path_of(digest, room).read_bytes()
    except FileNotFoundError as missing:
        raise Damaged("文件在存储中找不到。请联系系统管理员从备份恢复。") from missing
    if sm3(content) != digest:
        raise Damaged("文件与收到时的SM3摘要不一致，可能已损坏或被改动，暂不提供。请联系系统管理员从备份恢复。")
    return content


def fault_of(digest: str) -> str | None:
    """What is wrong with a kept file, in words; None where it is as it was received."""
    try:
        open_kept(digest)
    except Damaged as damage:
        return damage.sentence
    return None


def own_room() -> Path:
    return room_of(current_tenant_id())


def room_of(tenant_id: int) -> Path:
    """Where a city's files lie; for one who holds a record of it without being in its scope."""
    return Path(settings.MEDIA_ROOT) / str(tenant_id)


def path_of(digest: str, room: Path | None = None) -> Path:
    assert DIGEST.fullmatch(digest), digest
    return (room or own_room()) / digest[:2] / digest


def written(chunks: Iterable[bytes], out) -> Iterable[bytes]:
    for chunk in chunks:
        out.write(chunk)
        yield chunk


def sync_directory(path: Path) -> None:
    """A new name is only safe once its directory is on the disk; Django's own storage leaves this out."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
