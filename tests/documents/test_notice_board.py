"""公示牌: one sheet whatever has to stand on it, every word of it, and a blank where nobody is."""

import re
from pathlib import Path

import pytest

from portal.documents.contracts import Incomplete
from portal.documents.pdf import render
from portal.reference.files import rows
from portal.sm3 import sm3
from tests.documents import reading

BOARD = "notice_board"
DUTIES: dict[str, list[str]] = {}
for row in rows("responsibility_duties"):
    DUTIES.setdefault(row["capacity"], []).append(row["short"])


def board(**changes):
    people = [("王㛃", "总经理", "13800000001"), ("李䶮", "生产副总经理", "0790-1234567"), ("", "", "")]
    return {
        "enterprise": "江州甲化工有限公司",
        "unit": "液氨罐区",
        "level": "三级",
        "issued_on": "2026-11-26",
        "substances": ["液氨（重点监管危险化学品）", "某助剂（易燃液体：不属于W5.1或W5.2的其他类别2）"],
        "places": [
            {"label": label, "name": name, "post": post, "phone": phone, "duties": duties}
            for (label, duties), (name, post, phone) in zip(DUTIES.items(), people, strict=True)
        ],
    } | changes


def test_the_board_says_every_word_it_should():
    golden = (Path(__file__).parent / "golden" / f"{BOARD}.txt").read_text(encoding="utf-8")
    assert reading.text(render(BOARD, board())) == re.sub(r"\s", "", golden)


def test_a_vacant_place_is_marked_and_carries_no_name():
    vacant = [place | {"name": "", "post": "", "phone": ""} for place in board()["places"]]
    text = reading.text(render(BOARD, board(places=vacant)))
    assert text.count("空缺：未明确") == 3
    assert "姓名" not in text


def test_it_is_one_landscape_sheet_with_its_fonts_inside_and_the_same_bytes_for_the_same_words():
    first = render(BOARD, board())
    [page] = reading.pypdfium2.PdfDocument(first)
    width, height = page.get_size()
    assert width > height
    assert width / height == pytest.approx(2**0.5, abs=0.01)  # so A3 is the same sheet, larger
    assert all(reading.fonts(first).values())
    assert re.search(rb"pdfaid:part>2<.*pdfaid:conformance>B<", first, re.DOTALL)
    assert sm3(first) == sm3(render(BOARD, board()))


@pytest.mark.parametrize("run", ["隐患" * 60, "A" * 120, "Ａ" * 120])
def test_however_long_the_names_it_stays_one_sheet_and_loses_nothing(run):
    places = [place | {"name": run[:40], "post": run[:60], "phone": "13800000001转8001"} for place in board()["places"]]
    pdf = render(BOARD, board(enterprise=run, unit=run[:80], places=places, substances=[run[:80]] * 8 + ["等12种"]))
    assert len(reading.pages(pdf)) == 1
    assert not reading.spill(pdf, margin_mm=10)
    text = reading.text(pdf)
    shown = sum(map(len, (run, run[:80], *[run[:40], run[:60]] * 3, *[run[:80]] * 8)))
    assert sum(text.count(letter) for letter in set(run)) >= shown
    assert "等12种" in text


def test_what_people_typed_is_printed_letter_by_letter():
    text = reading.text(render(BOARD, board(unit='#panic() $x$ *粗* "引" <b>')))
    assert '#panic()$x$*粗*"引"<b>' in text


@pytest.mark.parametrize("name", ["enterprise", "unit", "level", "issued_on", "places"])
def test_a_board_without_what_it_must_say_is_not_printed(name):
    with pytest.raises(Incomplete, match=rf"\b{name}\b"):
        render(BOARD, board(**{name: ""}))
