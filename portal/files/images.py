"""What an uploaded photo or PDF is, told from its bytes; and the clean copy that people are shown."""

import io
import os
import re
import tempfile
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pillow_heif
from PIL import Image, ImageDraw, ImageOps

from portal.files import store
from portal.refusals import BadInput, TooLarge

pillow_heif.register_heif_opener()

MAX_BYTES = 15 * 2**20
MAX_PIXELS = 40_000_000
WIDTHS = (320, 1280)
SHANGHAI = ZoneInfo("Asia/Shanghai")
ALLOWED = "JPEG、PNG、WebP、HEIC照片或PDF"

# Content type → the one decoder it may be given to; Pillow is never left to guess among its sixty formats.
DECODERS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
PDF = "application/pdf"
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
# A PDF that runs programs, carries files or hides its content has no place among proofs. Looked for outside its
# streams: compressed bytes spell anything sooner or later.
PDF_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
UNWANTED_IN_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|Encrypt|XFA|RichMedia)\b")

DATE_TAKEN, DATE_CHANGED, MAKE, MODEL, ORIENTATION = 0x9003, 0x0132, 0x010F, 0x0110, 0x0112
EXIF_IFD, GPS_IFD = 0x8769, 0x8825


@dataclass(frozen=True)
class Picture:
    """What was learnt of an upload. Width and height are in pixels as shown; taken_at is what its camera claims."""

    content_type: str
    width: int | None = None
    height: int | None = None
    taken_at: datetime | None = None
    exif: dict[str, Any] = field(default_factory=dict)


def read_upload(upload) -> bytes:
    """All bytes of a Django upload. Raises TooLarge (413) over 15 MB, BadInput where it is empty."""
    if upload.size > MAX_BYTES:
        raise TooLarge(f"文件有{upload.size / 2**20:.1f}MB，超过15MB的上限。请压缩后再上传。", field="file")
    if not upload.size:
        raise BadInput("文件是空的，请重新选择。", field="file")
    return b"".join(upload.chunks())


def signature(content: bytes) -> str | None:
    """The allowed content type these bytes begin like; the file's name and the browser's word are not asked."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "image/heic"
    if content.startswith(b"%PDF-"):
        return PDF
    return None


def inspect(content: bytes) -> Picture:
    """Accept by signature and full decode, or raise BadInput with a sentence that says what to do."""
    content_type = signature(content)
    if content_type is None:
        raise BadInput(f"只能上传{ALLOWED}。这个文件不是其中任何一种。", field="file")
    if content_type == PDF:
        return inspect_pdf(content)
    image = decode(content, content_type)
    width, height = image.size
    exif = image.getexif()
    if exif.get(ORIENTATION) in (5, 6, 7, 8):
        width, height = height, width
    return Picture(content_type, width, height, taken_at(exif), told_by(exif))


def decode(content: bytes, content_type: str) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(content), formats=[DECODERS[content_type]])
        # Asked before any pixel is unpacked: a 10 KB PNG can hold 81 million of them.
        too_many = image.width * image.height > MAX_PIXELS
        if not too_many:
            image.load()
    except Image.DecompressionBombError:
        too_many = True
    except Exception as error:  # hostile bytes make a decoder raise anything; all of it means the same
        raise BadInput("照片不完整或已损坏，无法打开。请重新拍摄或重新选择后再上传。", field="file") from error
    if too_many:
        raise BadInput("照片超过4000万像素，请缩小后再上传。", field="file")
    return image


def inspect_pdf(content: bytes) -> Picture:
    if b"%%EOF" not in content[-2048:] or b"startxref" not in content[-2048:]:
        raise BadInput("PDF不完整，无法打开。请重新导出后再上传。", field="file")
    if UNWANTED_IN_PDF.search(PDF_STREAM.sub(b"", content)):
        raise BadInput("PDF含有脚本、附件或加密内容，不能作为佐证。请“打印为PDF”后再上传。", field="file")
    return Picture(PDF)


def taken_at(exif: Image.Exif) -> datetime | None:
    """The camera's time. EXIF names no zone; cameras here run on Asia/Shanghai."""
    raw = exif.get_ifd(EXIF_IFD).get(DATE_TAKEN) or exif.get(DATE_TAKEN) or exif.get(DATE_CHANGED)
    try:
        return datetime.strptime(str(raw).strip("\x00 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None


def told_by(exif: Image.Exif) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if place := position(exif.get_ifd(GPS_IFD)):
        told["gps"] = place
    if exif.get(ORIENTATION) in range(2, 9):
        told["orientation"] = exif[ORIENTATION]
    for name, tag in (("make", MAKE), ("model", MODEL)):
        if text := plain_text(str(exif.get(tag, "")), 60):
            told[name] = text
    return told


def position(gps: dict) -> list[float] | None:
    """[latitude, longitude] in degrees, south and west negative."""
    try:
        degrees = [sum(float(part) / 60**power for power, part in enumerate(gps[tag])) for tag in (2, 4)]
        latitude = -degrees[0] if gps.get(1) == "S" else degrees[0]
        longitude = -degrees[1] if gps.get(3) == "W" else degrees[1]
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return [round(latitude, 6), round(longitude, 6)]


def plain_text(text: str, length: int) -> str:
    """One line a person can read: no control characters and none that turn the writing direction round."""
    kept = (c for c in unicodedata.normalize("NFC", text) if not unicodedata.category(c).startswith("C"))
    return "".join(kept).strip()[:length]


def file_name(name: str) -> str:
    """The sender's name for the file, kept as text only; the store names its files itself."""
    stem, dot, ending = plain_text(name.replace("\\", "/").rsplit("/", 1)[-1], 1000).rpartition(".")
    return f"{stem[:180]}{dot}{ending[:19]}" or "未命名"


def display_copy(digest: str, width: int) -> bytes:
    """A kept file as people see it: a fresh JPEG at most `width` px wide, without any metadata of the original."""
    path = store.own_room() / "derived" / digest[:2] / f"{digest}-{width}.jpg"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        copy = redrawn(store.open_kept(digest), width)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix="incoming-", dir=path.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(copy)
    Path(temporary).replace(path)
    return copy


def redrawn(content: bytes, width: int) -> bytes:
    content_type = signature(content)
    image = sheet_of_paper() if content_type == PDF else decode(content, content_type or "")
    image = ImageOps.exif_transpose(image)
    image.thumbnail((width, width * 2))
    if image.mode not in ("RGB", "L"):
        image = image.convert("RGBA")
    clean = Image.new("RGB", image.size, "white")
    clean.paste(image, mask=image if image.mode == "RGBA" else None)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def sheet_of_paper() -> Image.Image:
    """Stands for a PDF where a picture is expected; its pages are only ever downloaded."""
    sheet = Image.new("RGB", (640, 480), "#e9ecef")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle([220, 90, 420, 390], fill="white", outline="#868e96", width=4)
    draw.text((320, 240), "PDF", fill="#c92a2a", anchor="mm", font_size=72)
    return sheet
