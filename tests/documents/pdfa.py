"""What of ISO 19005-2 (PDF/A-2), level B, can be read off a file. No validator is to be had here, so this is no proof of conformance.

Each rule names its clause. Not looked into: the inside of font programs (6.2.11.4, 6.2.11.5: widths), of ICC profiles beyond their
header, of JPEG 2000 and of digital signatures beyond their place; and whether a colour is as it was meant.
"""

import io
import re

import pikepdf

NOTHING = {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState", "/Rendition",
           "/Trans", "/GoTo3DView", "/SetState", "/NOP", "/NoOp"}  # fmt: skip
NAMED = {"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"}
ANNOTATIONS = {"/Text", "/Link", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight",
               "/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/Popup", "/FileAttachment", "/Widget",
               "/PrinterMark", "/TrapNet", "/Watermark", "/Redact"}  # fmt: skip
BLENDS = {"/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten", "/ColorDodge", "/ColorBurn",
          "/HardLight", "/SoftLight", "/Difference", "/Exclusion", "/Hue", "/Saturation", "/Color", "/Luminosity"}  # fmt: skip
FILTERS = {"/FlateDecode", "/DCTDecode", "/ASCIIHexDecode", "/ASCII85Decode", "/RunLengthDecode", "/CCITTFaxDecode",
           "/JBIG2Decode", "/JPXDecode"}  # fmt: skip
PREDEFINED = {"/Identity-H", "/Identity-V"}


def faults(pdf: bytes) -> list[str]:
    """Sentences; none where nothing was found."""
    found = list(of_the_file(pdf))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found += of_the_trailer(document)
        found += of_the_catalog(document.Root)
        found += of_the_metadata(document)
        colours = intended(document.Root)
        found += [] if colours else ["6.2.3: no output intent with a profile"]
        for thing in everything(document):
            found += of_a_value(thing)
            if isinstance(thing, pikepdf.Stream):
                found += of_a_stream(thing, colours)
            if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
                found += of_a_dictionary(thing)
        for page in document.pages:
            found += of_a_page(page, colours)
    return sorted(set(found))


def of_the_file(pdf: bytes):
    if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", pdf):
        yield "6.1.2: no header with four bytes above 127 after it"
    if not re.search(rb"%%EOF\r?\n?\Z", pdf):
        yield "6.1.3: something stands behind the end of the file"


def of_the_trailer(document: pikepdf.Pdf):
    if "/Encrypt" in document.trailer or document.is_encrypted:
        yield "6.1.3: encrypted"
    identity = document.trailer.get("/ID")
    if identity is None or len(identity) != 2 or not all(bytes(one) for one in identity):
        yield "6.1.3: the trailer has no ID"


def of_the_catalog(root: pikepdf.Object):
    if root.get("/NeedsRendering") or root.get("/Requirements") is not None:
        yield "6.11: the catalog asks something of the viewer"
    for name in ("/AA", "/OpenAction"):
        if name in root and (name == "/AA" or not isinstance(root[name], pikepdf.Array)):
            yield f"6.5.2: the catalog has {name}"
    if "/JavaScript" in root.get("/Names", {}):
        yield "6.5.1: a script among the names"
    if "/EmbeddedFiles" in root.get("/Names", {}):
        yield "6.8: a file inside, which would have to be PDF/A itself"
    form = root.get("/AcroForm")
    if form is not None:
        if form.get("/NeedAppearances"):
            yield "6.4.1: NeedAppearances"
        if "/XFA" in form:
            yield "6.4.2: an XFA form"
    if "/OCProperties" in root:
        yield "6.9: optional content, which is not looked into here"
    if set(root.get("/Perms", {})) - {"/UR3", "/DocMDP"}:
        yield "6.1.12: permissions other than UR3 and DocMDP"


def of_the_metadata(document: pikepdf.Pdf):
    told = document.Root.get("/Metadata")
    if told is None:
        yield "6.6.2: no metadata"
        return
    if (told.get("/Type"), told.get("/Subtype")) != ("/Metadata", "/XML"):
        yield "6.6.2: metadata that is not said to be XML"
    text = told.read_bytes()
    if re.search(rb"<\?xpacket [^>]*(bytes|encoding)=", text):
        yield "6.6.2: a packet header with bytes or encoding"
    try:
        with document.open_metadata() as xmp:
            identified = xmp.get("pdfaid:part"), xmp.get("pdfaid:conformance")
            title = xmp.get("dc:title")
    except Exception:
        yield "6.6.2: metadata that is no XMP"
        return
    if identified != ("2", "B"):
        yield f"6.6.4: says to be PDF/A {identified}"
    if str(document.docinfo.get("/Title", title)) != title:
        yield "6.6.2: title in the metadata and in the document information differ"


def intended(root: pikepdf.Object) -> int:
    """How many colours the profile of the output intent has; 0 where there is none that holds."""
    profiles = [one.get("/DestOutputProfile") for one in root.get("/OutputIntents", []) if one.S == "/GTS_PDFA1"]
    if not profiles or any(one is None or one.objgen != profiles[0].objgen for one in profiles):
        return 0
    content = profiles[0].read_bytes()
    kinds = {b"RGB ": 3, b"CMYK": 4, b"GRAY": 1}
    # 6.2.3: signature, class monitor or printer, version 2 to 4, and N as the profile has it.
    fits = content[36:40] == b"acsp" and content[12:16] in (b"mntr", b"prtr") and content[8] in (2, 4)
    return kinds.get(content[16:20], 0) if fits and kinds.get(content[16:20]) == profiles[0].N else 0


def everything(document: pikepdf.Pdf):
    """Every object and all that stands inside it, once."""
    waiting = [*document.objects, document.trailer]
    while waiting:
        thing = waiting.pop()
        yield thing
        if isinstance(thing, pikepdf.Array):
            waiting += [one for one in thing if is_inside(one)]
        elif isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
            waiting += [thing[name] for name in thing if is_inside(thing[name])]


def is_inside(thing) -> bool:
    return not (isinstance(thing, pikepdf.Object) and thing.is_indirect)


def of_a_value(thing):
    if isinstance(thing, pikepdf.String) and len(bytes(thing)) > 32767:
        yield "6.1.13: a string longer than 32,767 bytes"
    if isinstance(thing, pikepdf.Name) and len(bytes(str(thing), "utf-8")) > 128:
        yield "6.1.13: a name longer than 127 bytes"
    if isinstance(thing, int) and not -(2**31) <= thing < 2**31:
        yield "6.1.13: a whole number beyond 32 bits"


def of_a_stream(stream: pikepdf.Stream, colours: int):
    if {"/F", "/FFilter", "/FDecodeParms"} & set(stream.keys()):
        yield "6.1.7: a stream that lies outside"
    filters = stream.get("/Filter", [])
    for one in [filters] if isinstance(filters, pikepdf.Name) else filters:
        if str(one) not in FILTERS:
            yield f"6.1.7: filter {one}"
    if stream.get("/Subtype") == "/Image":
        if stream.get("/Interpolate"):
            yield "6.2.8: an interpolated picture"
        if {"/Alternates", "/OPI"} & set(stream.keys()):
            yield "6.2.8: a picture with alternates"
        if (space := stream.get("/ColorSpace")) is not None:
            yield from of_a_colour(space, colours)
    if stream.get("/Subtype") == "/PS" or "/PS" in stream or "/Ref" in stream or "/OPI" in stream:
        yield "6.2.9: a form of PostScript or from another file"


def of_a_colour(space, colours: int):
    name = str(space if isinstance(space, pikepdf.Name) else space[0])
    if (name == "/DeviceRGB" and colours != 3) or (name == "/DeviceCMYK" and colours != 4):
        yield f"6.2.4: {name} beside a profile of {colours} colours"
    if name == "/ICCBased":
        content = space[1].read_bytes()
        if content[36:40] != b"acsp" or content[8] not in (2, 4):
            yield "6.2.4: a colour profile that does not hold"
    if name in ("/Indexed", "/Pattern") and not isinstance(space, pikepdf.Name):
        yield from of_a_colour(space[1], colours)
    if name in ("/Separation", "/DeviceN"):
        yield from of_a_colour(space[2], colours)


def of_a_dictionary(thing):
    kind = str(thing.get("/Type", ""))
    if "/S" in thing and str(thing.S) in NOTHING and (kind in ("", "/Action")):
        yield f"6.5.1: action {thing.S}"
    if "/S" in thing and str(thing.S) == "/Named" and str(thing.get("/N")) not in NAMED:
        yield "6.5.1: a named action that is not about turning pages"
    if kind == "/Font" and thing.get("/Subtype") in ("/Type0", "/TrueType", "/Type1", "/MMType1"):
        yield from of_a_font(thing)
    if kind == "/ExtGState" or {"/SMask", "/BM"} <= set(thing.keys()):
        if "/TR" in thing or thing.get("/TR2", "/Default") != "/Default" or "/HTP" in thing:
            yield "6.2.5: a transfer curve"
        modes = thing.get("/BM", pikepdf.Name("/Normal"))
        for mode in [modes] if isinstance(modes, pikepdf.Name) else modes:
            if str(mode) not in BLENDS:
                yield f"6.2.10: blend mode {mode}"


def of_a_font(font):
    base = font.DescendantFonts[0] if font.Subtype == "/Type0" else font
    about = base.get("/FontDescriptor", {})
    if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(about.keys()):
        yield f"6.2.11.4: {font.get('/BaseFont')} is not inside"
    if font.Subtype == "/Type0":
        mapped = font.get("/Encoding")
        if isinstance(mapped, pikepdf.Name) and str(mapped) not in PREDEFINED:
            yield f"6.2.11.3: the map {mapped} is not inside"
        if base.Subtype == "/CIDFontType2" and "/CIDToGIDMap" not in base:
            yield "6.2.11.3: no map from characters to glyphs"


def of_a_page(page: pikepdf.Page, colours: int):
    if "/AA" in page.obj:
        yield "6.5.2: a page that does something by itself"
    if "/PresSteps" in page.obj:
        yield "6.11: a page with presentation steps"
    left, bottom, right, top = (float(one) for one in page.mediabox)
    if not all(3 <= side <= 14400 for side in (right - left, top - bottom)):
        yield "6.1.13: a page too small or too large"
    for note in page.obj.get("/Annots", []):
        yield from of_an_annotation(note)
    spaces = page.obj.get("/Resources", {}).get("/ColorSpace", {})
    for name in spaces:
        yield from of_a_colour(spaces[name], colours)
    group = page.obj.get("/Group")
    if group is not None and "/CS" in group:
        yield from of_a_colour(group.CS, colours)
    depth = 0
    for operands, operator in pikepdf.parse_content_stream(page):
        word = str(operator)
        depth += {"q": 1, "Q": -1}.get(word, 0)
        if depth > 28:
            yield "6.1.13: states nested more than 28 deep"
        if (word in ("rg", "RG") and colours != 3) or (word in ("k", "K") and colours != 4):
            yield f"6.2.4: operator {word} beside a profile of {colours} colours"
        if word == "ri" and str(operands[0]) not in (
            "/RelativeColorimetric",
            "/AbsoluteColorimetric",
            "/Perceptual",
            "/Saturation",
        ):
            yield "6.2.6: a rendering intent that there is not"


def of_an_annotation(note):
    if str(note.Subtype) not in ANNOTATIONS:
        yield f"6.3.1: annotation {note.Subtype}"
    if note.Subtype == "/Popup":
        return
    flags = int(note.get("/F", 0))
    if not flags & 4 or flags & 0b100011:
        yield "6.3.2: an annotation that is hidden or not printed"
    sides = [float(one) for one in note.Rect]
    flat = sides[0] == sides[2] and sides[1] == sides[3]
    if "/AP" not in note and not flat and note.Subtype != "/Link":
        yield "6.3.3: an annotation without an appearance"
    if "/AP" in note and set(note.AP.keys()) != {"/N"}:
        yield "6.3.3: an appearance besides the normal one"
    if "/AA" in note or (note.Subtype == "/Widget" and "/A" in note):
        yield "6.4.1: a field that does something"
