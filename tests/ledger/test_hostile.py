"""Files that are not what they say. Each is refused within two seconds, with a sentence, and without filling the memory."""

import io
import stat
import struct
import zipfile
from contextlib import suppress

import pytest

from enterprises.ledger import UnreadableWorkbook, find_ledger, open_workbook
from enterprises.ledger.vetting import MAX_COLUMNS, MAX_FILE, MAX_ROWS, MAX_TAGS, MAX_UNPACKED
from tests.ledger.workbooks import MAIN, Page, down, package, xlsx, zipped

GOOD = Page([["企业名称", "统一社会信用代码", "所属县区"], ["甲化工有限公司", "91350121590830166L", "东港区"]])
SHEET = "xl/worksheets/sheet1.xml"


def refused(data: bytes, filename: str = "x.xlsx") -> str:
    with pytest.raises(UnreadableWorkbook) as refusal:
        open_workbook(data, filename)
    return str(refusal.value)


def sheet(body: str) -> bytes:
    return zipped(package(GOOD) | {SHEET: f'<worksheet xmlns="{MAIN}">{body}</worksheet>'.encode()})


def test_the_good_workbook_that_the_others_are_made_from_opens():
    assert find_ledger(open_workbook(xlsx(GOOD), "x.xlsx")).columns == {"name": 0, "code": 1, "district": 2}


def test_a_zip_bomb_is_refused_by_its_directory():
    assert "解开后超过" in refused(zipped(package(GOOD) | {SHEET: b" " * (MAX_UNPACKED + 1)}))


def test_a_smaller_bomb_is_refused_by_its_ratio():
    assert "压缩比" in refused(zipped(package(GOOD) | {"xl/other.xml": b" " * 2**24}))


def test_many_parts_that_are_small_alone_are_refused_together():
    parts = {f"xl/worksheets/sheet{i}.xml": bytes(range(256)) * 2**12 for i in range(MAX_UNPACKED // 2**20 + 1)}
    assert "解开后超过" in refused(zipped(package(GOOD) | parts))


def test_too_many_entries_are_refused():
    assert "部件" in refused(zipped(package(GOOD) | {f"xl/{i}.xml": b"<a/>" for i in range(1000)}))


def test_a_directory_that_lies_about_a_size_is_refused():
    data = bytearray(zipped(package(GOOD) | {SHEET: package(GOOD)[SHEET] + b" " * 2**20}))
    size = len(package(GOOD)[SHEET]) + 2**20
    for place in [i for i in range(len(data) - 4) if data[i : i + 4] == struct.pack("<I", size)]:
        data[place : place + 4] = struct.pack("<I", 100)
    assert "损坏" in refused(bytes(data))


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.xml", "/etc/passwd.xml", "xl/../../x.xml", "C:/x.xml", "xl\\..\\..\\x.xml"]
)
def test_a_part_with_a_path_out_of_the_package_is_refused(name):
    assert "外部路径" in refused(zipped(package(GOOD) | {name: b"<a/>"}))


def test_a_symbolic_link_is_refused():
    stream = io.BytesIO(xlsx(GOOD))
    with zipfile.ZipFile(stream, "a") as archive:
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert "符号链接" in refused(stream.getvalue())


def test_one_part_twice_is_refused():
    stream = io.BytesIO(xlsx(GOOD))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("XL/Workbook.xml", b"<a/>")
    assert "重名" in refused(stream.getvalue())


def test_an_encrypted_part_is_refused():
    data = bytearray(xlsx(GOOD))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(signature, place + 4)
    assert "加密" in refused(bytes(data))


def test_a_million_empty_rows_in_the_dimension_cost_nothing():
    body = '<dimension ref="A1:XFD1048576"/>' + package(GOOD)[SHEET].decode().partition(">")[2].removesuffix(
        "</worksheet>"
    )
    assert len(open_workbook(sheet(body), "x.xlsx").sheets[0].rows) == 2


@pytest.mark.parametrize("place", ["XFD1048576", f"A{MAX_ROWS + 1}", "ZZZ1", "a9999999"])
def test_one_cell_far_out_is_refused_before_the_rectangle_is_laid_out(place):
    said = refused(sheet(f'<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="{place}"><v>1</v></c></row></sheetData>'))
    assert "超出了台账的范围" in said


def test_cells_without_a_place_are_counted_all_the_same():
    cells = "<c><v>1</v></c>" * (MAX_COLUMNS + 1)
    assert "超出了台账的范围" in refused(sheet(f"<sheetData><row>{cells}</row></sheetData>"))


def test_a_flood_of_tags_is_refused():
    flood = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row>{"<c/>" * (MAX_TAGS + 1)}</row></sheetData></worksheet>'.encode()
    )
    assert "表格太大" in refused(zipped(package(GOOD) | {SHEET: flood}, zipfile.ZIP_STORED))


def test_a_rectangle_too_large_to_lay_out_is_refused():
    corner = f'<sheetData><row r="{MAX_ROWS}"><c r="IV{MAX_ROWS}"><v>1</v></c></row></sheetData>'
    assert "表格太大" in refused(sheet(corner))


def test_merged_ranges_over_everything_are_refused():
    page = Page([["x"] * 200 for _ in range(200)], merges=["A1:XFD1048576"] * 100)
    assert "合并单元格太多" in refused(xlsx(page))


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"]
)
def test_xml_entities_are_refused_in_every_part(part):
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    files = {"xl/sharedStrings.xml": b"<sst/>"} | package(GOOD)
    assert "实体" in refused(zipped(files | {part: bomb + files[part]}))


def test_an_external_entity_is_refused():
    evil = b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + package(GOOD)[SHEET]
    assert "实体" in refused(zipped(package(GOOD) | {SHEET: evil}))


def test_links_to_other_files_are_never_followed_and_their_parts_never_read():
    files = package(GOOD) | {
        "xl/externalLinks/externalLink1.xml": b"not even xml",
        "xl/externalLinks/_rels/externalLink1.xml.rels": b"<not xml",
        "xl/media/image1.png": b"\x89PNG",
        "xl/drawings/drawing1.xml": b"<not xml",
        "customXml/item1.xml": b"<not xml",
    }
    assert open_workbook(zipped(files), "x.xlsx").sheets[0].rows[1][0] == "甲化工有限公司"


@pytest.mark.parametrize(
    ("data", "filename", "said"),
    [
        (b"", "x.xlsx", "空的"),
        (b"  \n", "x.csv", "空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "x.xlsx", "旧版 .xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "x.xlsx", "打开密码"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "x.xlsx", "网页"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?><Workbook/>", "x.xlsx", "网页或 XML"),
        (b"<html>", "x.csv", "网页"),
        (b"%PDF-1.7", "x.xlsx", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "x.xlsx", "不是 .xlsx"),
        ("企业名称,代码".encode(), "x.xlsx", "不是 .xlsx"),
        (b"\x80\xff\x00\x81", "x.csv", "编码"),
        (b"a\0b", "x.csv", "不是文本"),
        (b"x" * (MAX_FILE + 1), "x.csv", "超过"),
        (b"a," * (MAX_COLUMNS + 1), "x.csv", "超出"),
        (b'"' + b"a" * 200_000 + b'"', "x.csv", "CSV"),
        (zipped({"readme.txt": b"x"}), "x.xlsx", "不是 .xlsx"),
        (zipped({"word/document.xml": b"<a/>"}), "x.xlsx", "不是 .xlsx"),
        (zipped({"xl/workbook.bin": b"x"}), "x.xlsx", ".xlsb"),
        (zipped(package(GOOD) | {"xl/vbaProject.bin": b"x"}), "x.xlsm", "含宏"),
        (b"PK\x03\x04" + b"\0" * 100, "x.xlsx", "损坏"),
    ],
)  # fmt: skip
def test_another_kind_of_file_is_named_in_the_refusal(data, filename, said):
    assert said in refused(data, filename)


def test_a_workbook_cut_off_or_altered_anywhere_is_refused_or_read_but_never_fails():
    data = xlsx(GOOD)
    for place in range(0, len(data), 7):
        for broken in (data[:place], data[:place] + b"\xff" + data[place + 1 :]):
            with suppress(UnreadableWorkbook):
                open_workbook(broken, "x.xlsx")


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, 'r="A1"', 'r="A0"'),
        (SHEET, 'r="A1"', 'r="Ａ1"'),
        (SHEET, 'r="A1"', 'r=""'),
        (SHEET, '<c r="A2" t="inlineStr">', '<c r="D2" s="1"><v>-1e300</v></c><c r="A2" t="inlineStr">'),
        (SHEET, '<c r="A2" t="inlineStr">', '<c r="A2" t="s"><v>99</v></c><c r="A2" t="inlineStr">'),
        (SHEET, "<sheetData>", '<cols><col min="x" max="y" hidden="1"/></cols><sheetData>'),
        ("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/sheet9.xml"),
        ("xl/workbook.xml", "<workbook ", "<workbook"),
    ],
)
def test_a_part_that_contradicts_the_format_is_refused_or_read_but_never_fails(part, old, new):
    files = package(GOOD)
    assert old.encode() in files[part]
    with suppress(UnreadableWorkbook):
        open_workbook(zipped(files | {part: files[part].replace(old.encode(), new.encode())}), "x.xlsx")


def test_formatted_but_empty_rows_far_below_are_no_hindrance():
    far = '<row r="1048576" ht="20"><c r="XFD1048576" s="1"/></row></sheetData>'
    files = package(Page(GOOD.rows, merges=[down(5, 10, 900_000)]))
    files[SHEET] = files[SHEET].replace(b"</sheetData>", far.encode())
    assert len(open_workbook(zipped(files), "x.xlsx").sheets[0].rows) == 2


def test_a_million_empty_rows_written_one_by_one_are_refused_with_what_to_do():
    rows = "".join(f'<row r="{n}" ht="20"/>' for n in range(1, 4 * MAX_ROWS + 3))
    assert "整行删除" in refused(sheet(f"<sheetData>{rows}</sheetData>"))
