"""tus 1.0 (https://tus.io/protocols/resumable-upload): core, creation, expiration, checksum and termination.

Addressed like the API, so that a refusal is JSON; protected against forged requests like every page, by the header
X-CSRFToken, which tus clients can send. portal/uploads/openapi.py describes it in the OpenAPI document.
"""

import base64
import binascii
import re
from functools import wraps
from uuid import UUID, uuid4

from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils.http import http_date

from portal.files.images import MAX_BYTES
from portal.numbers import number_in
from portal.permissions import needs
from portal.refusals import NOT_FOUND, BadInput, Refused, TooLarge, shape
from portal.uploads import actions
from portal.uploads.models import Upload

VERSION = "1.0.0"
SPOKEN = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,expiration,checksum,termination",
    "Tus-Max-Size": str(MAX_BYTES),
    "Tus-Checksum-Algorithm": ",".join(actions.ALGORITHMS),
}
MAX_PIECE = 5 * 2**20
DIGEST = re.compile("[0-9a-f]{64}")


class WrongVersion(Refused):
    status = 412
    code = "wrong_version"


class WrongType(Refused):
    status = 415
    code = "wrong_type"


class NotHere(Refused):
    status = 405
    code = "method_not_allowed"


def speaks_tus(view):
    """The manners of the protocol: version, method override, and its header on every answer, refusals as well."""

    @wraps(view)
    def spoken(request, *args, **kwargs):
        method = request.method
        if method == "POST":
            method = request.headers.get("X-HTTP-Method-Override", method).upper()
        try:
            if method == "OPTIONS":
                response = HttpResponse(status=204, headers=SPOKEN)
            elif request.headers.get("Tus-Resumable") != VERSION:
                raise WrongVersion(f"只支持tus {VERSION}。")
            else:
                response = view(request, method, *args, **kwargs)
        except (Refused, Http404) as refusal:
            transaction.set_rollback(True)
            response = refused(refusal)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    return spoken


def refused(refusal: Refused | Http404) -> HttpResponse:
    if isinstance(refusal, Http404):
        return JsonResponse(shape("not_found", NOT_FOUND), status=404)
    response = JsonResponse(shape(refusal.code, refusal.sentence), status=refusal.status)
    if isinstance(refusal, WrongVersion):
        response["Tus-Version"] = VERSION
    return response


@needs("evidence.upload")
@speaks_tus
def uploads(request, method):
    """POST: begin an upload (extension creation)."""
    if method != "POST":
        raise NotHere("这里只能新建上传。")
    told = metadata(request.headers.get("Upload-Metadata", ""))
    upload = actions.begin(
        key_of(told),
        number(request, "Upload-Length"),
        told.get("filename", ""),
        promised=promise(told.get("sm3", "")),
        metadata=request.headers.get("Upload-Metadata", ""),
    )
    response = HttpResponse(status=201)
    response["Location"] = reverse("upload", args=[upload.key])
    return standing(response, upload)


@needs("evidence.upload")
@speaks_tus
def upload(request, method, key):
    """HEAD: how much is here. PATCH: more of it. DELETE: no more of it."""
    if method == "HEAD":
        found = actions.mine(key)
        response = HttpResponse()
        response["Upload-Length"] = str(found.size)
        if found.metadata:
            response["Upload-Metadata"] = found.metadata
        return standing(response, found)
    if method == "PATCH":
        if request.content_type != "application/offset+octet-stream":
            raise WrongType("内容类型应为application/offset+octet-stream。")
        offset = number(request, "Upload-Offset")
        known = actions.mine(key)
        if offset != known.received:
            raise actions.WrongOffset(f"已收到{known.received}字节，不能从第{offset}字节接着传。")
        checksum = request.headers.get("Upload-Checksum", "")
        content = piece(request, known.size - offset, whole=bool(checksum))
        known = actions.append(key, offset, content, checksum)
        if known.received < offset + len(content):
            # Said without taking it back: the upload does begin again.
            return refused(actions.WrongChecksum("收到的文件与发送时不一致，请重新上传这个文件。"))
        return standing(HttpResponse(status=204), known)
    if method == "DELETE":
        actions.give_up(key)
        return HttpResponse(status=204)
    raise NotHere("这个地址只接受HEAD、PATCH和DELETE。")


def standing(response: HttpResponse, upload: Upload) -> HttpResponse:
    response["Upload-Offset"] = str(upload.received)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    if upload.digest:
        response["Upload-SM3"] = upload.digest
    if upload.used_at:
        response["Upload-Taken"] = http_date(upload.used_at.timestamp())
    return response


def piece(request, room: int, *, whole: bool) -> bytes:
    """The request's body, never more than was announced to be missing, and refused by its length before it is read.

    Where the line breaks, what has come is good as far as it goes, except under a checksum, which is for all of it.
    """
    length = number(request, "Content-Length")
    if length > room:
        raise TooLarge("发来的内容比说明的文件大小更长，请重新上传。")
    if length > MAX_PIECE:
        raise TooLarge(f"每段最多{MAX_PIECE // 2**20}MB，请分成小段再传。")
    come = bytearray()
    try:
        while len(come) < length and (more := request.read(min(65536, length - len(come)))):
            come += more
    except (UnreadablePostError, OSError):
        pass
    if whole and len(come) < length:
        raise actions.WrongChecksum("这一段没有收完，请重传。")
    return bytes(come)


def number(request, header: str) -> int:
    value = number_in(request.headers.get(header))
    if value is None:
        raise BadInput(f"请求头{header}应为一个整数。")
    return value


def metadata(header: str) -> dict[str, str]:
    """`key base64, key base64` as tus has it."""
    if len(header) > 1000:
        raise BadInput("文件的说明太长，请缩短文件名后再上传。")
    told = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            told[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError) as error:
            raise BadInput("请求头Upload-Metadata不是“名称 base64”的形式。") from error
    return told


def key_of(told: dict[str, str]) -> UUID:
    try:
        return UUID(told["key"]) if "key" in told else uuid4()
    except ValueError as error:
        raise BadInput("上传编号应为UUID。") from error


def promise(sm3: str) -> str:
    if sm3 and not DIGEST.fullmatch(sm3):
        raise BadInput("SM3摘要应为64位小写十六进制。")
    return sm3
