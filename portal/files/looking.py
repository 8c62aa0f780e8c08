"""Opening files of strangers: runs in a process of its own (apart.py), which a hostile one may take down alone.

Knows nothing of Django. What it finds goes back as JSON or as a fresh JPEG, never as a Python object.
"""

import io
import re
import zipfile
import zlib
from datetime import datetime
from math import cos, pi
from typing import Any
from zoneinfo import ZoneInfo

import pikepdf
import pillow_heif
import pypdfium2
from PIL import Image, ImageDraw, ImageOps

from portal.files.names import PDF, plain_text
from portal.refusals import BadInput

pillow_heif.register_heif_opener()

MAX_PIXELS = 40_000_000
SHANGHAI = ZoneInfo("Asia/Shanghai")
ALLOWED = "JPEG、PNG、WebP、HEIC照片或PDF"

# Content type → the one decoder it may be given to; Pillow is never left to guess among its sixty formats.
DECODERS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}

SOUND_BRANDS = {b"M4A ", b"mp41", b"mp42", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"dash"}

# What another program would find in the same bytes, looked for in lower case. A large photo spells any five letters sooner or
# later, so each short mark needs what follows it where it is meant: together at least seven bytes.
STOWAWAYS = {
    mark: re.compile(re.escape(mark) + rest, re.DOTALL)
    for mark, rest in {
        b"<script": b"",
        b"<!doctype html": b"",
        b"<html": rb"[^<]{0,200}>.*</(?:html|body|head)",
        b"<svg ": rb"[^<]{0,200}(?:xmlns|onload|onerror)\s*=",
        b"<?php": rb"\s[\x20-\x7e\s]{8}",
        b"<%eval": rb"[\x20-\x7e\s]{8}",
        b"#!/bin/": b"",
        b"rar!\x1a\x07": rb"[\x00\x01]",
        b"7z\xbc\xaf\x27\x1c": rb"\x00[\x00-\x04]",
        b"\x7felf\x02\x01\x01": b"",
        b"cannot be run in dos mode": b"",
        b"%pdf-1.": b"",
    }.items()
}

MAX_PAGES, MAX_OBJECTS = 300, 20_000
MAX_STREAM, MAX_STREAMS, MAX_SCAN = 60 * 2**20, 200 * 2**20, 150_000_000
# A PDF that runs programs, carries files or hides its content has no place among proofs.
ACTIVE = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound"}
CARRYING = {"/FileAttachment", "/RichMedia", "/3D", "/Screen", "/Movie", "/Sound"}
FORBIDDEN_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent", "/Launch"}

DATE_TAKEN, DATE_CHANGED, MAKE, MODEL, ORIENTATION = 0x9003, 0x0132, 0x010F, 0x0110, 0x0112
EXIF_IFD, GPS_IFD = 0x8769, 0x8825
BROKEN = "照片不完整或已损坏，无法打开。请重新拍摄或重新选择后再上传。"
BROKEN_PDF = "PDF不完整，无法打开。请重新导出后再上传。"
TOO_MANY_PIXELS = "照片超过4000万像素，请缩小后再上传。"
HEAVY_PDF = "PDF解压后太大，无法检查。请减少页数或压缩图片，重新“打印为PDF”后再上传。"


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


def look(content: bytes) -> dict[str, Any]:
    """Accept by signature and full decode, or raise BadInput with a sentence that says what to do."""
    content_type = signature(content)
    if content_type is None:
        raise BadInput(f"只能上传{ALLOWED}。这个文件不是其中任何一种。", field="file")
    nothing_rides_along(content, content_type)
    if content_type == PDF:
        look_at_pdf(content)
        return {"content_type": PDF}
    image = decode(content, content_type)
    width, height = image.size
    exif = image.getexif()
    if exif.get(ORIENTATION) in (5, 6, 7, 8):
        width, height = height, width
    taken = taken_at(exif)
    return {
        "content_type": content_type,
        "width": width,
        "height": height,
        "taken_at": taken.isoformat() if taken else None,
        "exif": told_by(exif),
        "likeness": likeness(image),
    }


def hear(content: bytes) -> dict[str, Any]:
    """A sound as browsers record it, by signature; it is never decoded here. Raises BadInput."""
    content_type = sound(content)
    if content_type is None:
        raise BadInput("这不是浏览器录下的声音（WebM、MP4或Ogg），没有保存。请在外出检查页面重新录音。", field="file")
    nothing_rides_along(content, content_type)
    return {"content_type": content_type}


def sound(content: bytes) -> str | None:
    """The allowed content type these bytes begin like: of a container that could hold a film, only where it says that it does not."""
    head = content[:4096]
    if content.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in content[:64]:
        return "audio/webm" if re.search(rb"A_(?:OPUS|VORBIS)", head) and not re.search(rb"V_[A-Z]", head) else None
    if content[4:8] == b"ftyp" and content[8:12] in SOUND_BRANDS:
        tracks = set(re.findall(rb"hdlr.{8}(....)", content, re.DOTALL))
        return "audio/mp4" if b"soun" in tracks and not tracks & {b"vide", b"text", b"subt"} else None
    if content.startswith(b"OggS"):
        return "audio/ogg" if re.search(rb"OpusHead|\x01vorbis", head) and b"theora" not in head else None
    return None


def nothing_rides_along(content: bytes, content_type: str) -> None:
    """No second file inside the first. A short film behind a photo is what many telephones make, and stays."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            stowaway = bool(archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        stowaway = False
    if content_type != PDF:
        folded = content.lower()
        stowaway = stowaway or any(mark in folded and whole.search(folded) for mark, whole in STOWAWAYS.items())
    if stowaway:
        raise BadInput("文件里夹带了别的文件或程序，不能作为佐证。请用手机重新拍照，或截图后再上传。", field="file")


def decode(content: bytes, content_type: str, width: int | None = None) -> Image.Image:
    """All of its pixels, or for a copy `width` px wide no more of them than that needs."""
    try:
        image = Image.open(io.BytesIO(content), formats=[DECODERS[content_type]])
        # Asked before any pixel is unpacked: a 10 KB PNG can hold 81 million of them.
        too_many = image.width * image.height > MAX_PIXELS
        if not too_many:
            if width:
                image.draft(None, (width, width))
            image.load()
    except Image.DecompressionBombError:
        too_many = True
    except Exception as error:  # hostile bytes make a decoder raise anything; all of it means the same
        raise BadInput(BROKEN, field="file") from error
    if too_many:
        raise BadInput(TOO_MANY_PIXELS, field="file")
    return image


def look_at_pdf(content: bytes) -> None:
    end = content.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in content[max(0, end - 2048) : end]:
        raise BadInput(BROKEN_PDF, field="file")
    if len(content) - end > 1024 or b"<" in content[end:]:
        raise BadInput("PDF末尾夹带了别的内容，不能作为佐证。请“打印为PDF”后再上传。", field="file")
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise pikepdf.PasswordError
            examine(pdf)
        with pypdfium2.PdfDocument(content) as opened:
            opened[0].render(scale=0.1)
    except pikepdf.PasswordError as error:
        raise BadInput("PDF有密码或权限限制，无法检查。请去掉密码，或“打印为PDF”后再上传。", field="file") from error
    except BadInput:
        raise
    except MemoryError as error:
        raise BadInput(HEAVY_PDF, field="file") from error
    except Exception as error:  # hostile bytes make a parser raise anything; all of it means the same
        raise BadInput(BROKEN_PDF, field="file") from error


def examine(pdf: pikepdf.Pdf) -> None:
    if not 1 <= len(pdf.pages) <= MAX_PAGES:
        raise BadInput(f"PDF应有1至{MAX_PAGES}页。请只导出有关的几页后再上传。", field="file")
    if len(pdf.objects) > MAX_OBJECTS:
        raise BadInput(HEAVY_PDF, field="file")
    unpacked = 0
    for one in pdf.objects:
        only_to_be_read(one)
        if isinstance(one, pikepdf.Stream):
            unpacked += unpacked_size(one)
            if unpacked > MAX_STREAMS:
                raise BadInput(HEAVY_PDF, field="file")


def only_to_be_read(one, depth: int = 0) -> None:
    if depth > 40:
        raise BadInput(HEAVY_PDF, field="file")
    if isinstance(one, pikepdf.Array):
        parts = list(one)
    elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        kind, subtype = one.get("/S"), one.get("/Subtype")
        if (
            FORBIDDEN_KEYS & set(one.keys())
            or (isinstance(kind, pikepdf.Name) and str(kind) in ACTIVE)
            or (isinstance(subtype, pikepdf.Name) and str(subtype) in CARRYING)
            or one.get("/Type") == "/EmbeddedFile"
        ):
            raise BadInput("PDF含有脚本、附件或加密内容，不能作为佐证。请“打印为PDF”后再上传。", field="file")
        parts = [one.get(key) for key in one.keys()]  # noqa: SIM118 - it is no dict
    else:
        return
    for part in parts:
        # What is an object of its own comes round by itself.
        if isinstance(part, pikepdf.Object) and not part.is_indirect:
            only_to_be_read(part, depth + 1)


def unpacked_size(stream: pikepdf.Stream) -> int:
    """Bytes the stream unpacks to, never unpacking more than MAX_STREAM; a picture's own packing counts by its size."""
    if stream.get("/Subtype") == "/Image":
        if int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > MAX_SCAN:
            raise BadInput(HEAVY_PDF, field="file")
    filters = stream.get("/Filter", [])
    names = [str(filters)] if isinstance(filters, pikepdf.Name) else [str(name) for name in filters]
    if len(names) > 4:
        raise BadInput(HEAVY_PDF, field="file")
    content = stream.read_raw_bytes()
    for name in names:
        if name in ("/FlateDecode", "/Fl"):
            content = inflated(content)
        elif name in ("/LZWDecode", "/LZW", "/RunLengthDecode", "/RL", "/ASCIIHexDecode", "/ASCII85Decode", "/A85"):
            content = stream.read_bytes(pikepdf.StreamDecodeLevel.generalized)
            break
        else:
            break
    if len(content) > MAX_STREAM:
        raise BadInput(HEAVY_PDF, field="file")
    return len(content)


def inflated(content: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, MAX_STREAM + 1)
    except zlib.error:
        # Readers mend a damaged stream; what they show is drawn from the page, not from here.
        return b""


WAVES = [[cos(pi * (2 * x + 1) * wave / 64) for x in range(32)] for wave in range(8)]


def likeness(image: Image.Image) -> int | None:
    """64 bits that stay nearly the same when a picture is sent on, made smaller or saved again: a perceptual hash (pHash).

    The signs of the 63 lowest waves of its grey, 32 × 32, about their median; the mean itself says nothing. Signed, as the
    database keeps it. None for a plain surface, which is like every other.
    """
    if "transparency" in image.info or image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGBA").convert("RGB")
    small = ImageOps.exif_transpose(image.convert("L").resize((32, 32), Image.Resampling.BOX, reducing_gap=2.0))
    grey = small.tobytes()
    if max(grey) - min(grey) < 12:
        return None
    rows = [[sum(wave[x] * grey[32 * y + x] for x in range(32)) for wave in WAVES] for y in range(32)]
    waves = [sum(wave[y] * rows[y][u] for y in range(32)) for wave in WAVES for u in range(8)]
    middle = sorted(waves[1:])[31]
    bits = sum((value > middle) << n for n, value in enumerate(waves[1:], 1))
    return bits - 2**64 if bits >= 2**63 else bits


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


def redrawn(content: bytes, width: int) -> bytes:
    content_type = signature(content)
    image = first_page(content, width) if content_type == PDF else decode(content, content_type or "", width)
    image = ImageOps.exif_transpose(image)
    image.thumbnail((width, width * 2))
    if image.mode not in ("RGB", "L"):
        image = image.convert("RGBA")
    clean = Image.new("RGB", image.size, "white")
    clean.paste(image, mask=image if image.mode == "RGBA" else None)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def first_page(content: bytes, width: int) -> Image.Image:
    """A PDF's first page as a picture; a plain sheet where it cannot be drawn."""
    try:
        with pypdfium2.PdfDocument(content) as pdf:
            page = pdf[0]
            across, down = page.get_size()
            return page.render(scale=min(width / across, width * 2 / down), may_draw_forms=False).to_pil()
    except (pypdfium2.PdfiumError, IndexError, ValueError, ZeroDivisionError):
        return sheet_of_paper()


def sheet_of_paper() -> Image.Image:
    """Stands for a PDF that cannot be drawn."""
    sheet = Image.new("RGB", (640, 480), "#e9ecef")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle([220, 90, 420, 390], fill="white", outline="#868e96", width=4)
    draw.text((320, 240), "PDF", fill="#c92a2a", anchor="mm", font_size=72)
    return sheet
