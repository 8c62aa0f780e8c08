"""The tus addresses in the OpenAPI document: they are no views of the framework, so they are described here by hand."""

from typing import Any

from portal.uploads.views import MAX_PIECE, SPOKEN, VERSION

TAGS = ["uploads"]
UPLOADS, UPLOAD = "/api/v1/uploads/", "/api/v1/uploads/{key}/"


def header(name: str, says: str, *, required: bool = True, kind: str = "string") -> dict[str, Any]:
    return {"in": "header", "name": name, "required": required, "schema": {"type": kind}, "description": says}


def answer(says: str, *names: str) -> dict[str, Any]:
    headers = {name: {"schema": {"type": "string"}} for name in ("Tus-Resumable", *names)}
    return {"description": says, "headers": headers}


RESUMABLE = header("Tus-Resumable", f"{VERSION}；其他版本答复 412")
CSRF = header("X-CSRFToken", "与网页相同的防伪造令牌（cookie csrftoken 的值）")
KEY = {"in": "path", "name": "key", "required": True, "schema": {"type": "string", "format": "uuid"}}
OFFSET = header("Upload-Offset", "这一段从第几个字节开始，须等于服务器已收到的字节数，否则答复 409", kind="integer")
STANDING = ("Upload-Offset", "Upload-Expires", "Upload-SM3", "Upload-Taken")
SCHEMES: list[dict[str, list[str]]] = [{"cookieAuth": []}]
COMMON = {"tags": TAGS, "security": SCHEMES}
MISSING = {"404": answer("没有这个上传，或者不是本人的，或者已过期")}


def described() -> dict[str, dict[str, Any]]:
    most = f"{int(SPOKEN['Tus-Max-Size']) // 2**20} MB"
    begin = {
        "operationId": "uploads_begin",
        "summary": "断点续传：新建一个上传",
        "description": (
            f"tus {VERSION}（扩展：{SPOKEN['Tus-Extension']}）。文件最大 {most}。传完后，把编号作为 upload 交给接收文件的接口"
            "（如 POST /api/v1/evidence/）。同一个 key 再次新建是同一个上传。"
        ),
        "parameters": [
            RESUMABLE,
            CSRF,
            header("Upload-Length", "整个文件的字节数", kind="integer"),
            header(
                "Upload-Metadata",
                "“名称 base64”，用逗号隔开：filename 文件名；key 客户端自定的 UUID；sm3 整个文件的 SM3（64位小写十六进制，传完时核对）",
                required=False,
            ),
        ],
        "responses": {
            "201": answer("已新建；Location 是它的地址", "Location", *STANDING),
            "409": answer("这个 key 已用于另一个文件"),
            "412": answer("协议版本不对", "Tus-Version"),
            "413": answer(f"超过 {most}，或者超过每人24小时的上限"),
        },
    }
    options = {
        "operationId": "uploads_options",
        "summary": "断点续传：服务器支持的版本、扩展和大小",
        "responses": {"204": answer("见各响应头", *SPOKEN)},
    }
    stand = {
        "operationId": "uploads_standing",
        "summary": "断点续传：已收到多少字节",
        "parameters": [KEY, RESUMABLE],
        "responses": {"200": answer("见 Upload-Offset", "Upload-Length", "Upload-Metadata", *STANDING), **MISSING},
    }
    more = {
        "operationId": "uploads_append",
        "summary": "断点续传：接着传一段",
        "parameters": [
            KEY,
            RESUMABLE,
            CSRF,
            OFFSET,
            header(
                "Upload-Checksum",
                f"“算法 base64”，算法为 {SPOKEN['Tus-Checksum-Algorithm']}；不符答复 460",
                required=False,
            ),
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/offset+octet-stream": {
                    "schema": {"type": "string", "format": "binary", "maxLength": MAX_PIECE}
                }
            },
        },
        "responses": {
            "204": answer("已收到；传完时 Upload-SM3 是整个文件的摘要", *STANDING),
            "409": answer("Upload-Offset 与已收到的字节数不符"),
            "410": answer("服务器上已传的部分不在了，须重新上传"),
            "412": answer("协议版本不对", "Tus-Version"),
            "413": answer(f"比说明的更长，或者一段超过 {MAX_PIECE // 2**20} MB"),
            "415": answer("内容类型不对"),
            "460": answer("校验不符，这一段没有保留"),
            **MISSING,
        },
    }
    drop = {
        "operationId": "uploads_give_up",
        "summary": "断点续传：不传了",
        "parameters": [KEY, RESUMABLE, CSRF],
        "responses": {"204": answer("已删除"), **MISSING},
    }
    return {
        UPLOADS: {"options": COMMON | options, "post": COMMON | begin},
        UPLOAD: {"head": COMMON | stand, "patch": COMMON | more, "delete": COMMON | drop},
    }


def describe_uploads(result: dict[str, Any], generator, request, public) -> dict[str, Any]:
    """A hook of the document's generator."""
    result["paths"] = dict(sorted((result["paths"] | described()).items()))
    return result
