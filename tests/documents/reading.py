"""A printed document, read back by another program."""

import io
import re
from ctypes import create_string_buffer

import pikepdf
import pypdfium2
from PIL import Image, ImageOps
from pypdfium2 import raw

from tests.documents import pdfa


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in document]


def text(pdf: bytes) -> str:
    """All its text without spaces and line ends, which are layout. Whatever document a test reads is held against PDF/A too."""
    assert pdfa.faults(pdf) == []
    return re.sub(r"\s|\u200b", "", "".join(pages(pdf)))


def images(pdf: bytes) -> list[tuple[int, Image.Image]]:
    """(page from 0, picture as it is stored) of every photo."""
    found = []
    for number, page in enumerate(pypdfium2.PdfDocument(pdf)):
        for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
            found.append((number, thing.get_bitmap().to_pil().convert("RGB")))
    return found


def fonts(pdf: bytes) -> dict[str, bool]:
    """Name of each font used → whether it is inside the file."""
    found = {}
    for page in pypdfium2.PdfDocument(pdf):
        for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            font = raw.FPDFTextObj_GetFont(thing)
            length = raw.FPDFFont_GetBaseFontName(font, None, 0)
            name = create_string_buffer(length)
            raw.FPDFFont_GetBaseFontName(font, name, length)
            found[name.value.decode()] = raw.FPDFFont_GetIsEmbedded(font) == 1
    return found


def spill(pdf: bytes, margin_mm: float = 15) -> bool:
    """Whether anything is printed nearer to an edge of the paper than the margin."""
    for page in pypdfium2.PdfDocument(pdf):
        sheet = page.render(scale=1).to_pil().convert("L")
        edge = int(margin_mm / 25.4 * 72)
        left, top, right, bottom = ImageOps.invert(sheet).getbbox()
        if left < edge or top < edge or right > sheet.width - edge or bottom > sheet.height - edge:
            return True
    return False


def glyphs(pdf: bytes) -> list[int]:
    """The number of every glyph that is drawn; all fonts here are read two bytes at a time."""
    drawn = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) in ("Tj", "TJ"):
                    strings = operands[0] if str(operator) == "TJ" else operands
                    for run in (bytes(one) for one in strings if isinstance(one, pikepdf.String)):
                        drawn += [int.from_bytes(run[n : n + 2]) for n in range(0, len(run), 2)]
    return drawn
