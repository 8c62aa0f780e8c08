"""A small writer of xlsx packages, so that tests can make what no library would: odd, broken and hostile ones too."""

import io
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/>'
    '</borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/>'
    "</cellXfs></styleSheet>"
)


@dataclass
class Formula:
    text: str
    cached: str | None = None


@dataclass
class Page:
    rows: list[list]
    name: str = "台账"
    merges: list[str] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    state: str = "visible"
    extra: str = ""


def letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def across(row: int, first: int, last: int) -> str:
    """A merged range within one row; row and columns from 0."""
    return f"{letters(first)}{row + 1}:{letters(last)}{row + 1}"


def down(column: int, first: int, last: int) -> str:
    return f"{letters(column)}{first + 1}:{letters(column)}{last + 1}"


def xlsx(*pages: Page, **parts: bytes) -> bytes:
    """An xlsx with these sheets; `parts` replace or add package parts, with __ for a slash in the name."""
    files = package(*pages)
    return zipped(files | {name.replace("__", "/"): part for name, part in parts.items()})


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, part in files.items():
            archive.writestr(name, part)
    return stream.getvalue()


def package(*pages: Page) -> dict[str, bytes]:
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>'.encode(),
        "_rels/.rels": _links({"r1": ("officeDocument", "xl/workbook.xml")}),
        "xl/styles.xml": STYLES.encode(),
        "xl/workbook.xml": "".join(
            [f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>']
            + [
                f'<sheet name={quoteattr(page.name)} sheetId="{i}" state="{page.state}" r:id="s{i}"/>'
                for i, page in enumerate(pages, 1)
            ]
            + ["</sheets></workbook>"]
        ).encode(),
        "xl/_rels/workbook.xml.rels": _links(
            {f"s{i}": ("worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(pages) + 1)}
            | {"styles": ("styles", "styles.xml")}
        ),
    }
    for i, page in enumerate(pages, 1):
        files[f"xl/worksheets/sheet{i}.xml"] = _sheet(page).encode()
    return files


def _links(targets: dict[str, tuple[str, str]]) -> bytes:
    links = "".join(
        f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{to}"/>' for i, (kind, to) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'.encode()


def _sheet(page: Page) -> str:
    columns = "".join(f'<col min="{c + 1}" max="{c + 1}" hidden="1"/>' for c in page.hidden)
    rows = "".join(
        f'<row r="{r}">' + "".join(_cell(f"{letters(c)}{r}", value) for c, value in enumerate(row)) + "</row>"
        for r, row in enumerate(page.rows, 1)
        if row
    )
    merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in page.merges)
    return (
        f'<worksheet xmlns="{MAIN}">'
        + (f"<cols>{columns}</cols>" if columns else "")
        + f"<sheetData>{rows}</sheetData>"
        + (f"<mergeCells>{merges}</mergeCells>" if merges else "")
        + page.extra
        + "</worksheet>"
    )


def _cell(place: str, value) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, Formula):
        kind = "" if value.cached is None else ' t="str"'
        return f'<c r="{place}"{kind}><f>{escape(value.text)}</f><v>{escape(value.cached or "")}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    if isinstance(value, date):
        days = (value.date() if isinstance(value, datetime) else value) - date(1899, 12, 30)
        return f'<c r="{place}" s="1"><v>{days.days}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'
