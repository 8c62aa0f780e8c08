"""Uploads of every kind, made here: honest ones and hostile ones."""

import io
import struct
import zlib

import pillow_heif
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

pillow_heif.register_heif_opener()


def upload(content: bytes, name: str = "现场.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def picture(form: str = "JPEG", size=(400, 300), colour=(120, 90, 60), **more) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form, **more)
    return out.getvalue()


def exif_with_place() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Canary", "Secret-9000", 6
    exif.get_ifd(0x8769)[0x9003] = "2026:11:20 08:30:00"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (26.0, 4.0, 30.0), "E", (119.0, 18.0, 0.0)
    return exif


def photo_with_exif() -> bytes:
    return picture(exif=exif_with_place(), comment=b"canary-comment")


def sound(form: str = "webm", said: bytes = b"\x01\x02\x03" * 400) -> bytes:
    """What telephones' browsers record, by its first bytes; nobody here plays it."""
    return {
        "webm": b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm\x18\x53\x80\x67\x16\x54\xae\x6b\x86\x86A_OPUS" + said,
        "mp4": b"\x00\x00\x00\x1cftypiso5\x00\x00\x02\x00" + b"\x00\x00\x00\x2dhdlr" + b"\x00" * 8 + b"soun" + said,
        "ogg": b"OggS\x00\x02" + b"\x00" * 22 + b"OpusHead\x01\x01" + said,
    }[form]


def png_of_81_megapixels() -> bytes:
    """9000 × 9000 grey pixels in about 10 KB."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(b"\x00" * 1126) for _ in range(9000)) + packer.flush()
    header = struct.pack(">IIBBBBB", 9000, 9000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
NO_PAGES = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
)
PDF = NO_PAGES.replace(
    b"/Kids[]/Count 0>>endobj",
    b"/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>endobj",
)
