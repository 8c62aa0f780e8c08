"""Uploads by the hundred, made anew at each run and always the same: hostile ones, and genuine ones as people have them.

`hostile()` and `genuine()` give name → bytes. Nothing here is kept in the repository but the recipes.
"""

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache

import pikepdf
import typst
from PIL import Image, ImageDraw, ImageFilter, PngImagePlugin

from tests.files import samples

Name = pikepdf.Name
Files = Iterator[tuple[str, bytes]]


@cache
def scene(size=(640, 480), seed: int = 1, mode: str = "RGB") -> Image.Image:
    """Something like a photograph: shapes, a gradient and a camera's noise."""
    chance = random.Random(seed)
    image = Image.frombytes("RGB", (64, 64), chance.randbytes(64 * 64 * 3)).filter(ImageFilter.BoxBlur(4)).resize(size)
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        draw.ellipse([x, y, x + size[0] // 5, y + size[1] // 9], fill=tuple(chance.randbytes(3)))
    grain = Image.frombytes("RGB", (96, 96), chance.randbytes(96 * 96 * 3)).resize(size)
    image = Image.blend(image, grain, 0.15)
    return image if mode == "RGB" else image.convert("L").convert(mode) if mode.startswith("I") else image.convert(mode)


def saved(form: str, image: Image.Image | None = None, **more) -> bytes:
    out = io.BytesIO()
    (image or scene()).save(out, form, **more)
    return out.getvalue()


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def png(width: int, height: int, depth: int = 8, colour: int = 0, *extra: bytes, rows: int = 8) -> bytes:
    """A PNG that says it is that large and packs as many rows of nothing as asked."""
    line = b"\0" * (1 + (width * depth * {0: 1, 2: 3, 6: 4}[colour] + 7) // 8 if width < 10**6 else 9)
    body = zlib.compress(line * rows, 9)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


# hostile


@cache
def hostile() -> dict[str, bytes]:
    files = [*not_on_the_list(), *cut_short(), *garbage(), *bombs(), *polyglots(), *bad_pdfs()]
    assert len(files) == len(dict(files))
    return dict(files)


SCRIPT = b"<script>alert(document.cookie)</script>"
SVG_HEAD = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" '


def not_on_the_list() -> Files:
    """Something else under a photo's name."""
    yield "svg.jpg", samples.SVG
    yield "svg-onload.png", SVG_HEAD + b'onload="alert(1)"/>'
    yield "svg-bom.webp", b"\xef\xbb\xbf" + samples.SVG
    yield "svg-gz.jpg", gzip.compress(samples.SVG, mtime=0)
    yield "html.jpg", samples.HTML
    yield "html-comment.png", b"<!-- \xff\xd8\xff -->" + SCRIPT
    yield "html-late.jpg", b"\n" * 600 + SCRIPT
    yield "xhtml.heic", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>'
    yield "mht.jpg", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n" + SCRIPT
    for form in (
        "GIF",
        "BMP",
        "TIFF",
        "ICO",
        "PCX",
        "TGA",
        "PPM",
        "SGI",
        "DDS",
        "EPS",
        "JPEG2000",
        "ICNS",
        "SPIDER",
    ):
        small = Image.new("L", (32, 32), 70) if form in ("SPIDER",) else scene((64, 64))
        yield f"{form.lower()}.jpg", saved(form, small)
    yield "avif.heic", b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miaf" + b"\0" * 200
    yield "mp4.jpg", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"\0" * 200
    yield "mov.heic", b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + b"\0" * 200
    yield "wav.webp", b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 40
    yield "avi.webp", b"RIFF\x24\0\0\0AVI LIST" + b"\0" * 40
    yield "jxl.jpg", b"\xff\x0a" + b"\0" * 100
    yield "psd.jpg", b"8BPS\0\1\0\0\0\0\0\0\0\3\0\0\1\0\0\0\1\0\0\x08\0\3" + b"\0" * 100
    yield "fits.jpg", b"SIMPLE  =                    T".ljust(2880)
    yield "eps-dos.jpg", b"\xc5\xd0\xd3\xc6\x1e\0\0\0" + b"\0" * 30 + b"%!PS-Adobe-3.0 EPSF-3.0"
    yield "ps.pdf", b"%!PS-Adobe-3.0\n/Helvetica findfont\nshowpage\n"
    yield "wmf.png", b"\xd7\xcd\xc6\x9a" + b"\0" * 60
    yield "dicom.jpg", b"\0" * 128 + b"DICM" + b"\0" * 60
    yield "zip.jpg", zipped(a=b"x")
    yield "docx.pdf", zipped(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    yield "jar.png", zipped(**{"META-INF/MANIFEST.MF": b"Main-Class: A", "A.class": b"\xca\xfe\xba\xbe"})
    yield "rar.jpg", b"Rar!\x1a\x07\x01\x00" + b"\0" * 60
    yield "7z.jpg", b"7z\xbc\xaf\x27\x1c\0\4" + b"\0" * 60
    yield "gz.jpg", gzip.compress(b"x" * 1000, mtime=0)
    yield "elf.jpg", b"\x7fELF\x02\x01\x01" + b"\0" * 60
    yield "exe.jpg", b"MZ\x90\0" + b"\0" * 60 + b"This program cannot be run in DOS mode."
    yield "class.jpg", b"\xca\xfe\xba\xbe\0\0\0\x34"
    yield "sh.jpg", b"#!/bin/sh\nrm -rf /\n"
    yield "php.jpg", b"<?php system($_GET['c']); ?>"
    yield "jsp.jpg", b"<%@ page import='java.io.*' %>"
    yield "ole.pdf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
    yield "rtf.pdf", b"{\\rtf1\\ansi\\object}"
    yield "text.jpg", "整改已完成".encode()
    yield "json.png", b'{"photo": "data:image/png;base64,AAAA"}'
    yield "zeros.jpg", b"\0" * 5000
    yield "one-byte.jpg", b"\xff"
    yield "two-bytes.jpg", b"\xff\xd8"
    yield "utf16.jpg", samples.HTML.decode().encode("utf-16")
    yield "pdf-not-first.pdf", b"GIF89a;" + simple_pdf()
    yield "html-before-pdf.pdf", SCRIPT + simple_pdf()


@cache
def whole() -> dict[str, bytes]:
    return {
        "baseline.jpg": saved("JPEG", quality=85),
        "progressive.jpg": saved("JPEG", quality=85, progressive=True),
        "rgb.png": saved("PNG"),
        "lossy.webp": saved("WEBP", quality=80),
        "lossless.webp": saved("WEBP", lossless=True),
        "phone.heic": saved("HEIF"),
        "paper.pdf": simple_pdf(),
    }


def cut_short() -> Files:
    for name, content in whole().items():
        for share in (2, 25, 50, 75, 90):
            yield f"cut-{share}-{name}", content[: len(content) * share // 100]


def garbage() -> Files:
    """The right first bytes, and then anything."""
    heads = {
        name: content[:length]
        for (name, content), length in zip(whole().items(), (3, 20, 8, 12, 16, 12, 8), strict=True)
    }
    for name, head in heads.items():
        for seed in (1, 2, 3):
            yield f"garbage-{seed}-{name}", head + random.Random(seed).randbytes(3000 * seed)


def bombs() -> Files:
    yield "81-megapixels.png", samples.png_of_81_megapixels()
    for width, height in (
        (7000, 7000),
        (20_000, 20_000),
        (65_535, 65_535),
        (2**31 - 1, 2**31 - 1),
        (50_000_000, 1),
        (1, 50_000_000),
    ):
        yield f"says-{width}x{height}.png", png(width, height)
    yield "rgba16-6400x6400.png", png(6400, 6400, 16, 6)
    yield "text-bomb.png", png(8, 8, 8, 0, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 120_000_000, 9)))
    yield "itxt-bomb.png", png(8, 8, 8, 0, chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(b"\0" * 120_000_000, 9)))
    jpeg = bytearray(saved("JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    yield "says-65500x65500.jpg", bytes(jpeg)
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 6_500, 6_500)
    yield "says-6500x6500.jpg", bytes(jpeg)
    heic = bytearray(saved("HEIF"))
    for number, size in enumerate((65_535, 2**31 - 1)):
        at = heic.index(b"ispe")
        heic[at + 8 : at + 16] = struct.pack(">II", size, size)
        yield f"says-{number}.heic", bytes(heic)
    yield "huge.webp", saved("WEBP", Image.new("L", (16_000, 2_600)), quality=1, method=0)


def polyglots() -> Files:
    """Two files in one: behind the picture, or where a picture keeps its remarks."""
    riders = {
        "zip": zipped(**{"a.txt": b"x"}),
        "jar": zipped(**{"META-INF/MANIFEST.MF": b"Main-Class: A"}),
        "php": b"<?php system($_GET['c']); ?>",
        "html": SCRIPT,
        "doctype": b"<!DOCTYPE html><title>x</title>",
        "svg": b'<svg xmlns="x" onload="alert(1)"/>',
        "rar": b"Rar!\x1a\x07\x01\x00" + b"\0" * 60,
        "7z": b"7z\xbc\xaf\x27\x1c\0\4" + b"\0" * 60,
        "elf": b"\x7fELF\x02\x01\x01" + b"\0" * 60,
        "exe": b"MZ\x90\0" + b"\0" * 60 + b"This program cannot be run in DOS mode.",
        "sh": b"\n#!/bin/sh\nid\n",
        "pdf": simple_pdf(),
    }
    for name in ("baseline.jpg", "rgb.png", "lossy.webp", "phone.heic"):
        for rider, content in riders.items():
            yield f"{rider}-behind-{name}", whole()[name] + content
    yield "gifar.jpg", saved("GIF") + riders["jar"]
    yield "php-in-comment.jpg", saved("JPEG", comment=riders["php"])
    yield "script-in-comment.jpg", saved("JPEG", comment=SCRIPT)
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    yield "script-in-exif.jpg", saved("JPEG", exif=exif)
    yield "script-in-exif.heic", saved("HEIF", exif=exif.tobytes())
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", riders["php"].decode())
    yield "php-in-text.png", saved("PNG", pnginfo=told)
    yield "zip-behind.pdf", simple_pdf() + riders["zip"]
    yield "jar-behind.pdf", simple_pdf() + riders["jar"]
    yield "html-behind.pdf", simple_pdf() + SCRIPT
    yield "much-behind.pdf", simple_pdf() + b"\0" * 5000
    yield "prefixed-zip.pdf", simple_pdf() + b"\n" + zipped(**{"evil.php": b"x"})


def document(pages: int = 1) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
    return pdf


def written(pdf: pikepdf.Pdf, **more) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **({"deterministic_id": True} if "encryption" not in more else {}) | more)
    return out.getvalue()


@cache
def simple_pdf() -> bytes:
    return written(document())


def action(kind: str, **more) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=Name(f"/{kind}"), **more)


def with_action(opened: pikepdf.Dictionary, **more) -> bytes:
    pdf = document()
    pdf.Root.OpenAction = opened
    return written(pdf, **more)


def with_note(**told) -> bytes:
    pdf = document()
    note = pikepdf.Dictionary(Type=Name.Annot, Rect=[0, 0, 50, 50], **told)
    pdf.pages[0].Annots = pdf.make_indirect([note])
    return written(pdf)


def bad_pdfs() -> Files:
    script = action("JavaScript", JS=pikepdf.String("app.alert(1)"))
    yield "js-on-open.pdf", with_action(script)
    yield "js-packed-away.pdf", with_action(script, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    yield (
        "js-name-escaped.pdf",
        with_action(script).replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS ", b"/#4AS "),
    )
    pdf = document()
    pdf.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[pikepdf.String("a"), script]))
    yield "js-in-names.pdf", written(pdf)
    pdf = document()
    pdf.pages[0].AA = pikepdf.Dictionary(O=script)
    yield "js-of-a-page.pdf", written(pdf)
    pdf = document()
    stream = pdf.make_stream(b"app.alert(1)")
    pdf.Root.OpenAction = pikepdf.Dictionary(S=Name.JavaScript, JS=stream)
    yield "js-in-a-stream.pdf", written(pdf)
    yield "js-after-another.pdf", with_action(action("GoTo", D=[0, Name.Fit], Next=script))
    yield "js-behind-a-link.pdf", with_note(Subtype=Name.Link, A=script)
    yield (
        "js-in-a-field.pdf",
        with_note(Subtype=Name.Widget, FT=Name.Tx, T=pikepdf.String("a"), AA=pikepdf.Dictionary(K=script)),
    )
    for kind in ("Launch", "SubmitForm", "ImportData", "GoToE", "GoToR", "Rendition", "Movie", "Sound"):
        yield f"{kind.lower()}.pdf", with_action(action(kind, F=pikepdf.String("cmd.exe")))
        yield f"{kind.lower()}-behind-a-link.pdf", with_note(Subtype=Name.Link, A=action(kind, F=pikepdf.String("x")))
    for kind in ("FileAttachment", "RichMedia", "3D", "Screen", "Movie", "Sound"):
        yield f"{kind.lower()}-note.pdf", with_note(Subtype=Name(f"/{kind}"))
    pdf = document()
    pdf.attachments["evil.exe"] = b"MZ"
    yield "attachment.pdf", written(pdf)
    yield "attachment-packed.pdf", written(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    pdf = document()
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pdf.make_stream(b"<xdp/>"))
    yield "xfa.pdf", written(pdf)
    for revision in (2, 3, 4, 6):
        for word in ("", "geheim"):
            locked = pikepdf.Encryption(user=word, owner="owner", R=revision, aes=revision >= 4, metadata=revision >= 4)
            yield f"locked-{revision}-{word or 'open'}.pdf", written(document(), encryption=locked)
    for size in (100, 300):
        pdf = document()
        pdf.pages[0].Contents = pikepdf.Stream(pdf, zlib.compress(b"\0" * (size * 2**20), 9), Filter=Name.FlateDecode)
        yield (
            f"unpacks-to-{size}.pdf",
            written(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none),
        )
    pdf = document()
    twice = zlib.compress(zlib.compress(b"\0" * (300 * 2**20), 9), 9)
    pdf.pages[0].Contents = pikepdf.Stream(pdf, twice, Filter=[Name.FlateDecode, Name.FlateDecode])
    yield "unpacks-twice.pdf", written(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    pdf = document()
    pdf.pages[0].Contents = pikepdf.Stream(pdf, b"x", Filter=[Name.FlateDecode] * 9)
    yield "nine-filters.pdf", written(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    pdf = document()
    pdf.pages[0].Contents = pikepdf.Stream(pdf, b"\x81\0" * 700_000 + b"\x80", Filter=Name.RunLengthDecode)
    yield "run-length.pdf", written(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    pdf = document()
    piece = zlib.compress(b"\0" * (50 * 2**20), 9)
    pdf.Root.Pieces = pikepdf.Array(
        [pdf.make_indirect(pikepdf.Stream(pdf, piece, Filter=Name.FlateDecode)) for _ in range(9)]
    )
    yield "many-unpack.pdf", written(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    pdf = document()
    scan = pikepdf.Stream(
        pdf,
        b"x",
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=60_000,
        Height=60_000,
        BitsPerComponent=1,
        ColorSpace=Name.DeviceGray,
    )
    pdf.Root.Scan = pdf.make_indirect(scan)
    yield "scan-of-3600-megapixels.pdf", written(pdf)
    yield "301-pages.pdf", written(document(301))
    pdf = document()
    pdf.Root.Many = pikepdf.Array([pdf.make_indirect(pikepdf.Dictionary(N=n)) for n in range(20_001)])
    yield "20000-objects.pdf", written(pdf)
    yield "no-pages.pdf", samples.NO_PAGES
    yield "no-pages-written.pdf", written(pikepdf.new())
    deep = b"[" * 90 + b"]" * 90
    yield "deep.pdf", simple_pdf().replace(b"/Type /Catalog", b"/Deep " + deep + b" /Type /Catalog")
    yield "no-trailer.pdf", b"%PDF-1.7\nstartxref\n0\n%%EOF\n"
    yield "pages-of-themselves.pdf", samples.NO_PAGES.replace(b"/Kids[]/Count 0", b"/Kids[2 0 R]/Count 1")


# genuine


@cache
def genuine() -> dict[str, bytes]:
    files = [*jpegs(), *pngs(), *webps(), *heics(), *pdfs()]
    assert len(files) == len(dict(files))
    return dict(files)


def jpegs() -> Files:
    for size in ((320, 240), (1280, 960), (4000, 3000), (3000, 4000), (1, 1), (17, 3001)):
        yield f"{size[0]}x{size[1]}.jpg", saved("JPEG", scene(size), quality=80)
    yield "panorama.jpg", saved("JPEG", scene((12_000, 1600)), quality=70)
    yield "39-megapixels.jpg", saved("JPEG", scene((7200, 5400)), quality=60)
    for turn in range(1, 9):
        exif = samples.exif_with_place()
        exif[0x0112] = turn
        yield f"turned-{turn}.jpg", saved("JPEG", exif=exif)
    for quality, sampling in ((20, 2), (95, 0), (75, 1)):
        yield f"quality-{quality}.jpg", saved("JPEG", quality=quality, subsampling=sampling)
    yield "progressive.jpg", saved("JPEG", progressive=True)
    yield "restarts.jpg", saved("JPEG", restart_marker_blocks=4)
    yield "cmyk.jpg", saved("JPEG", scene(mode="CMYK"))
    yield "grey.jpg", saved("JPEG", scene(mode="L"))
    yield "remark.jpg", saved("JPEG", comment="三号罐区，整改后".encode())
    film = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + random.Random(3).randbytes(400_000)
    yield "with-a-short-film.jpg", saved("JPEG") + film
    # What the bytes of a large photo spell by chance; one in fifty thousand holds "<svg ".
    letters = (
        b"<Svg H\xdb",
        b"<HTML\x01",
        b"<?pHp \xdb",
        b"<%eVal\x00",
        b"Rar!\x1a\x07\xb5",
        b"7z\xbc\xaf\x27\x1c\xee",
        b"PK\5\6",
    )
    yield "spells-anything.jpg", saved("JPEG") + film + b"".join(word + film[-40:] for word in letters)
    yield "padded.jpg", saved("JPEG") + b"\0" * 4096
    told = b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta><?xpacket end="w"?>'
    yield "with-xmp.jpg", saved("JPEG", xmp=told)
    strange = Image.Exif()
    strange.get_ifd(0x8769)[0x9003] = "yesterday"
    strange.get_ifd(0x8825)[2] = (900.0, 0.0, 0.0)
    yield "strange-exif.jpg", saved("JPEG", exif=strange)


def pngs() -> Files:
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        yield f"{mode.replace(';', '-')}.png", saved("PNG", scene(mode=mode))
    yield "palette-transparent.png", saved("PNG", scene(mode="P"), transparency=3)
    yield "screenshot.png", saved("PNG", scene((1080, 2400)), compress_level=1)
    yield "long-screenshot.png", saved("PNG", scene((1080, 9000), mode="P"), compress_level=1)
    yield "animated.png", saved("PNG", scene(), save_all=True, append_images=[scene(seed=2)])
    told = PngImagePlugin.PngInfo()
    told.add_itxt("Title", "整改后")
    yield "with-text.png", saved("PNG", pnginfo=told)


def webps() -> Files:
    yield "lossy.webp", saved("WEBP", quality=80)
    yield "lossless.webp", saved("WEBP", lossless=True)
    yield "alpha.webp", saved("WEBP", scene(mode="RGBA"))
    yield "animated.webp", saved("WEBP", scene(), save_all=True, append_images=[scene(seed=n) for n in range(2, 6)])
    yield "with-exif.webp", saved("WEBP", exif=samples.exif_with_place())
    yield "large.webp", saved("WEBP", scene((3000, 4000)), method=0)


def heics() -> Files:
    # How hard the encoder tried is nothing the portal sees, and a telephone's picture takes it ten seconds otherwise.
    for size in ((320, 240), (1024, 768), (4032, 3024), (3024, 4032)):
        yield f"{size[0]}x{size[1]}.heic", saved("HEIF", scene(size), quality=60, enc_params={"preset": "ultrafast"})
    yield "alpha.heic", saved("HEIF", scene(mode="RGBA"))
    yield "grey.heic", saved("HEIF", scene(mode="L"))
    yield "with-exif.heic", saved("HEIF", exif=samples.exif_with_place().tobytes())


def pdfs() -> Files:
    yield "blank.pdf", simple_pdf()
    yield "300-pages.pdf", written(document(300))
    yield "linearised.pdf", written(document(5), linearize=True)
    yield "objects-packed.pdf", written(document(5), object_stream_mode=pikepdf.ObjectStreamMode.generate)
    yield "old.pdf", written(document(), force_version="1.3", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    yield "version-2.pdf", written(document(), min_version="2.0")
    yield "changed-later.pdf", simple_pdf() + b"\n" + simple_pdf()[simple_pdf().rindex(b"startxref") :]
    yield "line-behind.pdf", simple_pdf() + b"\r\n\r\n"
    yield "index-elsewhere.pdf", simple_pdf().replace(b"startxref\n", b"startxref\n9")
    yield (
        "with-a-link.pdf",
        with_note(Subtype=Name.Link, A=action("URI", URI=pikepdf.String("https://example.invalid/"))),
    )
    yield "opens-at-its-page.pdf", with_action(action("GoTo", D=[0, Name.Fit]))
    yield (
        "with-a-form.pdf",
        with_note(Subtype=Name.Widget, FT=Name.Tx, T=pikepdf.String("姓名"), V=pikepdf.String("方安")),
    )
    pdf = document()
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("第一章", 0))
    yield "with-an-outline.pdf", written(pdf)
    pdf = document()
    with pdf.open_metadata() as told:
        told["dc:title"] = "整改报告"
    yield "with-metadata.pdf", written(pdf)
    yield "scanned.pdf", saved("PDF", scene((1654, 2339)), resolution=200)
    yield "scanned-grey.pdf", saved("PDF", scene((1654, 2339), mode="L"))
    yield "scanned-black-and-white.pdf", saved("PDF", scene((2480, 3508), mode="1"))
    yield (
        "scanned-three-pages.pdf",
        saved("PDF", scene((827, 1169)), save_all=True, append_images=[scene((827, 1169), 2), scene((1169, 827), 3)]),
    )
    yield "typst.pdf", typst.compile(b'= Rectification\nValve replaced. #link("https://example.invalid")[More].')
    yield "typst-pdf-a.pdf", typst.compile(b"= Rectification\nValve replaced.", pdf_standards=["a-2b"])
    yield "typst-table.pdf", typst.compile(b"#table(columns: 3, ..range(600).map(n => [#n]))")
