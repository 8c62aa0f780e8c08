"""PDF/A-2b, as far as it can be read off a file without a validator; and a reader that would not notice is no proof."""

import io

import pikepdf
import pytest

from portal.documents.pdf import render
from tests.documents.pdfa import faults
from tests.documents.samples import KINDS, picture


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render("rectification_order", KINDS["rectification_order"](), [(picture(), "第1项")])


@pytest.mark.parametrize("kind", KINDS)
def test_no_clause_that_can_be_read_off_is_broken(kind):
    assert faults(render(kind, KINDS[kind](), [(picture(), "第1项")])) == []


def launching(document):
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch)


def scripted(document):
    document.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1"))


def without_profile(document):
    del document.Root.OutputIntents[0].DestOutputProfile


def in_other_colours_than_the_profiles(document):
    document.pages[0].contents_add(b"0 0 0 1 k")


def with_a_font_outside(document):
    for thing in document.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
            for name in {"/FontFile2", "/FontFile3"} & set(thing.keys()):
                del thing[name]


def called_pdf_a_1(document):
    text = document.Root.Metadata.read_bytes().replace(b"pdfaid:part>2<", b"pdfaid:part>1<")
    document.Root.Metadata = pikepdf.Stream(document, text, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)


def with_an_unprinted_note(document):
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Square, Rect=[0, 0, 9, 9], F=2)
    document.pages[0].Annots = pikepdf.Array([note])


def with_a_film(document):
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Movie, Rect=[0, 0, 0, 0], F=4)
    document.pages[0].Annots = pikepdf.Array([note])


def with_a_strange_blend(document):
    document.pages[0].Resources.ExtGState = pikepdf.Dictionary(
        x=pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, BM=pikepdf.Name.Dazzle)
    )


def with_a_file_inside(document):
    document.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=pikepdf.Array([])))


@pytest.mark.parametrize(
    ("spoil", "clause"),
    [
        (launching, "6.5.1"), (scripted, "6.5.2"), (without_profile, "6.2.3"), (in_other_colours_than_the_profiles, "6.2.4"),
        (with_a_font_outside, "6.2.11.4"), (called_pdf_a_1, "6.6.4"), (with_an_unprinted_note, "6.3.2"),
        (with_a_film, "6.3.1"), (with_a_strange_blend, "6.2.10"), (with_a_file_inside, "6.8"),
    ],
)  # fmt: skip
def test_what_is_broken_is_noticed(plain, spoil, clause):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as document:
        spoil(document)
        document.save(out)
    assert any(fault.startswith(f"{clause}:") for fault in faults(out.getvalue())), faults(out.getvalue())


def test_locked_or_cut_off_is_noticed(plain):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="x", user=""))
    assert any("encrypted" in fault for fault in faults(out.getvalue()))
    assert any(fault.startswith("6.1.3") for fault in faults(plain + b"more"))
    assert any(
        fault.startswith("6.1.2") for fault in faults(b"%PDF-1.7\n" + plain.partition(b"\n")[2].partition(b"\n")[2])
    )
