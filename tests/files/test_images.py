"""Which uploads are taken, what is read from them, and what people are shown."""

import io
import random
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from portal.files import images, store
from portal.refusals import BadInput, TooLarge
from tests.files import samples


@pytest.mark.parametrize(
    ("form", "content_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("HEIF", "image/heic")],
)
def test_photos_from_phones_are_accepted_by_their_bytes(form, content_type):
    seen = images.inspect(samples.picture(form))
    assert (seen.content_type, seen.width, seen.height) == (content_type, 400, 300)


def test_a_pdf_is_accepted():
    assert images.inspect(samples.PDF).content_type == "application/pdf"


@pytest.mark.parametrize(
    "content", [samples.SVG, samples.HTML, b"GIF89a" + b"\0" * 50, b"MZ\x90\0", b"PK\x03\x04", b"x"]
)
def test_anything_that_is_not_on_the_list_is_refused_whatever_it_is_called(content):
    with pytest.raises(BadInput, match="只能上传"):
        images.inspect(content)


def test_no_other_decoder_is_tried_where_the_right_one_fails():
    """A Photo CD behind a JPEG's first bytes opens in Pillow when it is left to guess."""
    photo_cd = b"\xff\xd8\xff".ljust(2048, b"\0") + b"PCD_".ljust(1539, b"\0")
    photo_cd = photo_cd.ljust(96 * 2048, b"\0") + bytes(768 * 512 * 3 // 2 + 768 * 3)
    Image.open(io.BytesIO(photo_cd)).load()
    with pytest.raises(BadInput, match="损坏"):
        images.inspect(photo_cd)


def test_a_png_of_81_megapixels_is_refused_before_it_is_unpacked():
    bomb = samples.png_of_81_megapixels()
    assert len(bomb) < 20_000
    with pytest.raises(BadInput, match="4000万像素"):
        images.inspect(bomb)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_half_a_photo_is_refused(form):
    noise = Image.frombytes("RGB", (200, 200), random.Random(1).randbytes(120_000))
    out = io.BytesIO()
    noise.save(out, form)
    with pytest.raises(BadInput, match="不完整"):
        images.inspect(out.getvalue()[: len(out.getvalue()) // 2])


@pytest.mark.parametrize("word", [b"/JavaScript (app.alert)", b"/Launch <<>>", b"/EmbeddedFiles 3 0 R", b"/JS(x)"])
def test_a_pdf_that_does_more_than_be_read_is_refused(word):
    with pytest.raises(BadInput, match="脚本"):
        images.inspect(samples.PDF.replace(b"/Type/Catalog", b"/Type/Catalog" + word))


def test_compressed_bytes_inside_a_pdf_are_not_mistaken_for_a_script():
    harmless = samples.PDF.replace(b"trailer", b"4 0 obj<</Length 6>>stream\n\x9c/JS \x01endstream endobj trailer")
    assert images.inspect(harmless).content_type == "application/pdf"


def test_more_than_15_megabytes_is_413_and_an_empty_file_is_400():
    with pytest.raises(TooLarge, match="15MB") as refused:
        images.read_upload(samples.upload(b"\xff" * (15 * 2**20 + 1)))
    assert refused.value.status == 413
    with pytest.raises(BadInput, match="空的"):
        images.read_upload(samples.upload(b""))


def test_the_cameras_time_place_and_orientation_are_read():
    seen = images.inspect(samples.photo_with_exif())
    assert seen.taken_at == datetime(2026, 11, 20, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert seen.exif["gps"] == [26.075, 119.3]
    assert (seen.width, seen.height) == (300, 400), "as it is shown: turned upright"


def test_nonsense_in_exif_is_left_out_and_does_not_refuse_the_photo():
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "yesterday"
    exif.get_ifd(0x8825)[2] = (900.0, 0.0, 0.0)
    exif[0x0110] = "bad\x00\u202ename"
    seen = images.inspect(samples.picture(exif=exif))
    assert seen.taken_at is None
    assert "gps" not in seen.exif
    assert "\x00" not in str(seen.exif)


def test_the_display_copy_has_no_metadata_while_the_original_stays_sealed(world):
    original = samples.photo_with_exif() + b"<script>trailing polyglot</script>"
    with world.as_("inspector"):
        kept = store.keep([original])
        copy = images.display_copy(kept.digest, 320)
        assert store.open_kept(kept.digest) == original
    for canary in (b"Canary", b"Secret-9000", b"canary-comment", b"2026:11:20", b"script", b"Exif"):
        assert canary not in copy
    shown = Image.open(io.BytesIO(copy))
    assert shown.size == (300, 400), "upright, and never enlarged"


@pytest.mark.parametrize("mode", ["RGBA", "P", "LA", "CMYK", "I;16"])
def test_every_colour_mode_can_be_shown(world, mode):
    out = io.BytesIO()
    Image.new(mode, (50, 50)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    with world.as_("inspector"):
        kept = store.keep([out.getvalue()])
        assert Image.open(io.BytesIO(images.display_copy(kept.digest, 320))).mode == "RGB"


def test_a_pdf_is_shown_as_a_sheet_of_paper(world):
    with world.as_("inspector"):
        kept = store.keep([samples.PDF])
        assert images.display_copy(kept.digest, 320).startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\照片\\阀门.jpg", "阀门.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\r\nb\x00.jpg", "ab.jpg"),
        ("泵" * 300 + ".jpg", "泵" * 180 + ".jpg"),
        ("", "未命名"),
        ("😀阀门👍.jpg", "😀阀门👍.jpg"),
        ("é" * 255, "é" * 180),
        ("..", "未命名"),
        ("/", "未命名"),
    ],
)
def test_the_senders_file_name_becomes_harmless_text(sent, kept):
    assert images.file_name(sent) == kept


@pytest.mark.parametrize(
    ("sent", "kind", "kept"),
    [
        ("shell.php", "image/jpeg", "shell.php.jpg"),
        ("a.jpg.exe", "application/pdf", "a.jpg.exe.pdf"),
        ("IMG_1.HEIC", "image/heic", "IMG_1.HEIC"),
        ("照片", "image/png", "照片.png"),
        ("x.html", "image/webp", "x.html.webp"),
    ],
)
def test_a_name_ends_as_what_the_file_is(sent, kind, kept):
    assert images.file_name(sent, kind) == kept
