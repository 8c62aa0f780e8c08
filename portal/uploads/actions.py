"""断点续传: begun, continued, given up, handed on. No audit record: nothing is received before a record takes the file,
and that is noted there."""

import base64
import hashlib
import os
import re
import time
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone

from portal.files import images, store
from portal.files.names import plain_name
from portal.permissions import demand
from portal.refusals import BadInput, Refused, TooLarge
from portal.sm3 import sm3_stream
from portal.tenancy.scope import who
from portal.uploads.models import KEPT_FOR, Upload, waiting_room

DAY = timedelta(days=1)
OPEN_AT_ONCE = 200
ALGORITHMS = ("sha1", "sha256", "sm3")


class WrongOffset(Refused):
    code = "wrong_offset"


class WrongChecksum(Refused):
    """What arrived is not what was sent; nothing of it is kept."""

    status = 460
    code = "wrong_checksum"


class Lost(Refused):
    status = 410
    code = "gone"


def begin(key: UUID, size: int, name: str, *, promised: str = "", metadata: str = "") -> Upload:
    """Make room for a file of `size` bytes; the same key asked for again is the same upload.

    Raises BadInput, TooLarge (413) over 15 MB or over the person's share of the day, Refused where the key belongs to
    another file.
    """
    demand("evidence.upload")
    if size < 1:
        raise BadInput("文件是空的，请重新选择。", field="file")
    if size > images.MAX_BYTES:
        raise TooLarge(f"文件有{size / 2**20:.1f}MB，超过15MB的上限。请压缩后再上传。", field="file")
    me = who()
    one_at_a_time()
    if first := Upload.objects.mine().filter(key=key).first():
        if (first.size, first.promised) != (size, promised):
            raise Refused("这个上传编号已用于另一个文件，请重新选择文件上传。")
        first.expires_at = timezone.now() + KEPT_FOR
        first.save(update_fields=["expires_at"])
        return first
    may_send(size)
    upload = Upload(
        person_id=me.person_id,
        key=key,
        filename=images.file_name(plain_name(name)),
        metadata=metadata,
        size=size,
        promised=promised,
        expires_at=timezone.now() + KEPT_FOR,
    )
    room = waiting_room()
    if not room.exists():
        room.mkdir(parents=True, exist_ok=True)
        store.sync_directory(room.parent)
    with store.room_on_disk():
        upload.path.touch()
        store.sync_directory(room)
    upload.save(force_insert=True)
    return upload


def one_at_a_time() -> None:
    """Until the transaction ends, this person begins no second upload: a quota cannot be overrun by asking in parallel."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('uploads'), %s)", [(who().person_id or 0) % 2**31])


def may_send(size: int) -> None:
    recent = Upload.objects.mine().filter(created_at__gt=timezone.now() - DAY).values_list("size", "used_at")
    if sum(sent for sent, _ in recent) + size > settings.UPLOAD_BYTES_PER_DAY:
        most = settings.UPLOAD_BYTES_PER_DAY // 2**20
        raise TooLarge(f"24小时内上传的文件合计超过每人{most}MB的上限，请稍后再传。", field="file")
    if sum(used is None for _, used in recent) >= OPEN_AT_ONCE:
        raise TooLarge(f"还没有传完或没有保存的文件已有{OPEN_AT_ONCE}个，请先传完这些文件。", field="file")


def mine(key: UUID, *, locked: bool = False) -> Upload:
    """One's own upload that has not expired; everybody else's is not there."""
    found = Upload.objects.mine().filter(key=key, expires_at__gt=timezone.now())
    upload = (found.select_for_update() if locked else found).first()
    if upload is None:
        raise Http404(f"upload {key}")
    return upload


def append(key: UUID, offset: int, content: bytes, checksum: str = "") -> Upload:
    """Put `content` at `offset`; when this returns and commits, it survives a crash.

    `checksum` is "algorithm base64" as in tus. Where the whole is not what the sender promised, nothing counts as
    received any more. Raises WrongOffset (409), WrongChecksum (460), TooLarge, Lost (410).
    """
    demand("evidence.upload")
    check(content, checksum)
    upload = mine(key, locked=True)
    if offset != upload.received:
        raise WrongOffset(f"已收到{upload.received}字节，不能从第{offset}字节接着传。")
    if offset + len(content) > upload.size:
        raise TooLarge("发来的内容比说明的文件大小更长，请重新上传。")
    if not content:
        return upload
    with store.room_on_disk():
        write_at(upload, offset, content)
    upload.received = offset + len(content)
    upload.expires_at = timezone.now() + KEPT_FOR
    if upload.complete:
        finish(upload)
    upload.save(update_fields=["received", "expires_at", "digest"])
    return upload


def check(content: bytes, checksum: str) -> None:
    if not checksum:
        return
    algorithm, _, wanted = checksum.partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadInput(f"校验算法只能是{'、'.join(ALGORITHMS)}。")
    if algorithm == "sm3":
        made = bytes.fromhex(sm3_stream([content]))
    else:
        made = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    if base64.b64encode(made).decode() != wanted.strip():
        raise WrongChecksum("收到的内容与发送时不一致，请重传这一段。")


def write_at(upload: Upload, offset: int, content: bytes) -> None:
    try:
        descriptor = os.open(upload.path, os.O_RDWR)
    except FileNotFoundError as missing:
        raise Lost("服务器上没有找到已传的部分，请重新上传这个文件。") from missing
    with os.fdopen(descriptor, "r+b") as out:
        if out.seek(0, os.SEEK_END) < offset:
            raise Lost("服务器上已传的部分不完整，请重新上传这个文件。")
        # A worker that died left bytes nobody was promised.
        out.truncate(offset)
        out.seek(offset)
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def finish(upload: Upload) -> None:
    """The digest of the whole; where the sender promised another one, all of it must come again."""
    upload.digest = sm3_stream(upload.chunks())
    if upload.promised and upload.promised != upload.digest:
        upload.received, upload.digest = 0, ""


def give_up(key: UUID) -> None:
    """不传了: the room is given back; what a record has taken stays with the record."""
    demand("evidence.upload")
    upload = mine(key, locked=True)
    Upload.objects.filter(pk=upload.pk).delete()
    # Its place is the tenant's, and after the commit there is no tenant any more.
    path = upload.path
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def finished(key: UUID) -> Upload:
    """One's own complete upload, for a verb that takes a file; held until that verb's transaction ends.

    Raises Refused where it is not complete.
    """
    demand("evidence.upload")
    upload = mine(key, locked=True)
    if not upload.complete:
        raise Refused("这个文件还没有传完，请等它传完再保存。", field="upload")
    return upload


def finished_for_form(keys: Iterable[UUID]) -> list[Upload]:
    """The uploads a form names, in its order. Raises BadInput where one has not come or is gone, Refused where it is not complete."""
    try:
        return [finished(key) for key in keys]
    except Http404 as missing:
        raise BadInput("有照片没有传到平台，或者传来以后过了三天，已经清理。请移除后重新选择。") from missing


def taken(upload: Upload) -> None:
    """A record keeps the content now. The row stays until it expires, so that asking again finds the same file."""
    if upload.used_at is None:
        upload.used_at = timezone.now()
        upload.save(update_fields=["used_at"])
        path = upload.path
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def drop_expired() -> int:
    """Give back the room of what nobody continued, and of files without a row. City scope; returns how many."""
    expired = list(Upload.objects.filter(expires_at__lte=timezone.now()).select_for_update(skip_locked=True))
    Upload.objects.filter(pk__in=[upload.pk for upload in expired]).delete()
    for upload in expired:
        transaction.on_commit(lambda path=upload.path: path.unlink(missing_ok=True))
    for path in ownerless():
        path.unlink(missing_ok=True)
    return len(expired)


NAME = re.compile(r"(\d+)-([0-9a-f]{32})")


def ownerless() -> Iterable:
    """Files a crash left between the disk and the row, a day old at least."""
    room = waiting_room()
    if not room.exists():
        return
    named = {(person, key.hex) for person, key in Upload.objects.values_list("person_id", "key")}
    for path in room.iterdir():
        told = NAME.fullmatch(path.name)
        if told and path.stat().st_mtime < time.time() - DAY.total_seconds():
            if (int(told[1]), told[2]) not in named:
                yield path
