import io
import json
import re
from pathlib import Path

import pypdfium2
import pytest
import segno
from PIL import Image

from portal.documents.contracts import CONTRACTS, TITLES, Incomplete
from portal.documents.pdf import render
from portal.reference.files import rows
from portal.refusals import BadInput
from portal.sm3 import sm3
from tests.documents import reading
from tests.documents.samples import COMMON, ITEM, KINDS, PLAIN_ITEM, order, picture, record

ORDER = "rectification_order"


def printed_with(description: str) -> bytes:
    return render(ORDER, order(items=[ITEM | {"description": description}]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_says_every_word_it_should(kind):
    golden = (Path(__file__).parent / "golden" / f"{kind}.txt").read_text(encoding="utf-8")
    assert reading.text(render(kind, KINDS[kind]())) == re.sub(r"\s", "", golden)


@pytest.mark.parametrize("kind", KINDS)
def test_punctuation_and_rare_names_survive_in_print_and_in_the_text_behind_it(kind):
    rare = "《甲》：乙、丙（丁）〔2026〕“戊”——己…；①≥50℃ 60m³ 㛃䶮堃喆翀赟镕㵐𬭎𫟅𬬭𨱏"
    data = KINDS[kind](**{{"inspection_plan": "contents", "delivery_receipt": "note"}.get(kind, "addressee"): rare})
    if "items" in data:
        data["items"] = [data["items"][0] | {"description": rare}]
    data["signers"] = [{"name": "王㛃䶮", "certificate_no": "1"}, {"name": "欧阳堃喆", "certificate_no": "2"}]
    text = reading.text(render(kind, data))
    assert rare.replace(" ", "") in text
    assert "王㛃䶮" in text
    assert "欧阳堃喆" in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_font_is_embedded_and_comes_from_the_installed_package(kind):
    found = reading.fonts(render(kind, KINDS[kind]()))
    assert found
    assert all(found.values())
    assert all("NotoSerifSC" in name for name in found)


@pytest.mark.parametrize("kind", KINDS)
def test_no_character_is_printed_as_an_empty_box(kind):
    """Glyph 0 of a font is its box for what it has no picture of."""
    pdf = render(kind, KINDS[kind](), [(picture(), "第1项　㵐𬭎")])
    glyphs = reading.glyphs(pdf)
    assert len(glyphs) > 150
    assert 0 not in glyphs


@pytest.mark.parametrize("kind", KINDS)
def test_the_digest_and_what_an_electronic_signature_is_stand_on_the_paper(kind):
    text = reading.text(render(kind, KINDS[kind](electronic_seal="电子签名（非国家认证电子印章）")))
    assert f"内容摘要（SM3）：{COMMON['digest']}" in text
    assert "电子签名（非国家认证电子印章）" in text
    assert "电子签名" not in reading.text(render(kind, KINDS[kind]()))


def test_it_carries_its_title_number_and_issuing_body_as_metadata():
    about = pypdfium2.PdfDocument(render(ORDER, order())).get_metadata_dict()
    assert about["Title"] == "责令限期整改指令书 （江南）应急责改〔2026〕12号"
    assert about["Author"] == "江南区应急管理局"
    assert about["CreationDate"].startswith("D:20261123")


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_data_gives_the_same_bytes(kind):
    photos = [(picture(), "第1项")]
    first = render(kind, KINDS[kind](), photos)
    assert sm3(first) == sm3(render(kind, json.loads(json.dumps(KINDS[kind]())), photos))
    assert first != render(kind, KINDS[kind](addressee="江州乙医药有限公司"), photos)


def test_forty_items_run_over_several_pages_and_none_is_cut():
    items = [ITEM | {"description": f"第{n}个问题{'庚' * n * 7}完{n}"} for n in range(1, 41)]
    pdf = render(ORDER, order(items=items))
    text = reading.text(pdf)
    assert len(reading.pages(pdf)) > 5
    assert text.count("庚") == 7 * sum(range(1, 41))
    for n in range(1, 41):
        assert f"第{n}个问题庚" in text
        assert f"完{n}。" in text
    assert not reading.spill(pdf)


def test_every_page_says_which_of_how_many_it_is():
    pages = [re.sub(r"\s", "", page) for page in reading.pages(render(ORDER, order(items=[ITEM] * 9)))]
    assert len(pages) >= 3
    for n, page in enumerate(pages, 1):
        assert f"第{n}页共{len(pages)}页" in page
    assert all("（江南）应急责改〔2026〕12号" in page for page in pages)


@pytest.mark.parametrize("run", ["A" * 800, "。" * 300, "—" * 300, "-_/%3D" * 100, "Ａ" * 300, "1" * 400, "隐患" * 400])
def test_a_run_without_spaces_is_broken_and_stays_on_the_paper(run):
    pdf = render(ORDER, order(items=[ITEM | {"description": f"始{run}终", "basis": run}], addressee="某" * 90))
    assert not reading.spill(pdf)
    text = reading.text(pdf).replace("（江南）应急责改〔2026〕12号", "")
    assert text.count(run[0]) >= 2 * run.count(run[0])


@pytest.mark.parametrize(
    "hostile",
    [
        '#eval("1+1")',
        "#panic()",
        '#read("official.typ")',
        "$x^2$",
        "*粗* _斜_ `码`",
        "// 注释 /* 也是 */",
        "<标签> @引用 = 标题",
        "\\ \\u{41} \\#",
        "-- --- ... ~",
        "\"引\" '号' [括] {号}",
        "&lt;b&gt; %s {{ x }} ${y}",
    ],
)
def test_hostile_text_is_printed_letter_by_letter(hostile):
    data = order(
        addressee=f"甲{hostile}厂",
        items=[ITEM | dict.fromkeys(("description", "basis", "requirement", "place"), f"始{hostile}终")],
    )
    text = reading.text(render(ORDER, data, [(picture(), f"始{hostile}终")]))
    wanted = hostile.replace(" ", "")
    assert f"甲{wanted}厂：" in text
    assert text.count(f"始{wanted}终") == 5


def test_characters_that_turn_the_writing_direction_or_cannot_be_seen_are_left_out():
    assert "联锁旁路 未审批。" in reading.pages(printed_with("联\u202e锁\x00旁\u200b路\t未\ufeff审批"))[0]


def test_new_lines_stay_new_lines():
    assert "第一行\r\n第二行" in reading.pages(printed_with("第一行\n第二行"))[0]


@pytest.mark.parametrize("strange", ["😀", "\U000300ed", "\ue000"])
def test_a_character_in_no_font_is_refused_with_a_sentence_that_names_it(strange):
    with pytest.raises(BadInput) as refusal:
        printed_with(f"联锁{strange}旁路")
    assert "没有字形" in refusal.value.sentence
    assert strange in refusal.value.sentence or f"{ord(strange):x}" in refusal.value.sentence


def test_photos_are_in_the_annex_two_to_a_page_with_their_captions():
    kinds = ["JPEG", "PNG", "WEBP"]
    photos = [(picture(kind=kind), f"第{n}项　拍摄于2026-11-20 10:3{n}") for n, kind in enumerate(kinds, 1)]
    pdf = render(ORDER, order(), photos)
    pages = reading.pages(pdf)
    assert [page for page, _ in reading.images(pdf)] == [len(pages) - 2, len(pages) - 2, len(pages) - 1]
    assert "附件：现场照片（共3张）" in pages[-2]
    for n in (1, 2, 3):
        assert f"照片{n}第{n}项拍摄于2026-11-2010:3{n}" in reading.text(pdf)


def red_corner(image: Image.Image) -> str:
    corners = {"left": (5, 5), "right": (image.width - 6, 5)}
    return next((name for name, spot in corners.items() if image.getpixel(spot)[0] > 200), "below")


@pytest.mark.parametrize(
    ("width", "height", "orientation", "upright", "red"),
    [
        (1600, 1200, None, "landscape", "left"),
        (1200, 1600, None, "portrait", "left"),
        (1600, 1200, 6, "portrait", "right"),
        (1600, 1200, 8, "portrait", "below"),
        (1600, 1200, 2, "landscape", "right"),
    ],
)
def test_a_photo_stands_upright_whichever_way_the_camera_was_held(width, height, orientation, upright, red):
    [(_, image)] = reading.images(render(ORDER, order(), [(picture(width, height, orientation=orientation), "")]))
    assert (image.width > image.height) == (upright == "landscape")
    assert red_corner(image) == red


def test_large_photos_are_made_small_and_lose_what_the_camera_wrote():
    noise = Image.effect_noise((3000, 2250), 90).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "SecretMaker"
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95, exif=exif)
    pdf = render(ORDER, order(), [(out.getvalue(), "")])
    assert len(out.getvalue()) > 4_000_000
    assert len(pdf) < 900_000
    assert b"SecretMaker" not in pdf
    assert reading.images(pdf)[0][1].width == 1000


def test_a_photo_may_be_given_as_a_path(tmp_path):
    (tmp_path / "photo").write_bytes(picture())
    assert len(reading.images(render(ORDER, order(), [(tmp_path / "photo", "")]))) == 1


def test_a_document_without_photos_has_no_annex():
    assert "附件" not in reading.text(render(ORDER, order()))


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_or_blank_field_is_named(kind):
    required = CONTRACTS[kind].__required_keys__
    assert {"organisation", "number", "addressee", "issued_on", "signers"} <= required
    for name in required:
        for nothing in (None, "", [], "  "):
            with pytest.raises(Incomplete, match=rf"{TITLES[kind]}.*\b{name}\b"):
                render(kind, KINDS[kind](**{name: nothing}))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"items": [PLAIN_ITEM, {**ITEM, "deadline": ""}]}, r"items\[1\]\.deadline"),
        ({"items": [{**ITEM, "deadline": "2026年12月7日"}]}, r"items\[0\]\.deadline"),
        ({"items": [{**ITEM, "description": 5}]}, r"items\[0\]\.description"),
        ({"items": ["x"]}, r"items\[0\]"),
        ({"signers": COMMON["signers"][:1]}, "signers: two"),
        ({"signers": [{"name": "王"}, {"name": "李"}]}, r"signers\[0\]\.certificate_no"),
        ({"issued_on": "2026-02-30"}, "issued_on"),
    ],
)
def test_what_is_wrong_inside_is_named_by_its_place(change, where):
    with pytest.raises(Incomplete, match=where):
        render(ORDER, order(**change))


def test_a_time_without_its_offset_is_refused():
    with pytest.raises(Incomplete, match="started_at"):
        render("inspection_record", record(started_at="2026-11-20T09:05:00"))


def test_an_unknown_kind_is_refused():
    with pytest.raises(Incomplete, match="no such document"):
        render("../official", order())


def test_times_are_printed_as_beijing_times():
    assert "检查时间：2026年11月20日9时05分至2026年11月20日11时40分" in reading.text(
        render("inspection_record", record())
    )


def test_only_a_major_hazard_is_marked():
    assert reading.text(render(ORDER, order(items=[ITEM, PLAIN_ITEM]))).count("〔重大事故隐患〕") == 1


def test_the_receipt_or_the_refusal_is_printed_where_it_is_known():
    signed = reading.text(render(ORDER, order(receipt={"name": "孙翀", "on": "2026-11-24"})))
    assert "被检查单位负责人（签名）：孙翀2026年11月24日" in signed
    refused = reading.text(render(ORDER, order(receipt={"refusal": "负责人拒绝签字，村委会人员在场见证"})))
    assert "拒绝签收，情况如下：负责人拒绝签字，村委会人员在场见证。" in refused
    assert "被检查单位负责人（签名）" not in refused


def test_the_bodies_for_review_and_suit_are_named_where_they_are_known():
    text = reading.text(render(ORDER, order(review_body="江南区人民政府", court="江州铁路运输法院")))
    assert "依法向江南区人民政府申请行政复议" in text
    assert "依法向江州铁路运输法院提起行政诉讼" in text


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"inspection_plan"}))
def test_a_correction_names_what_it_replaces_and_why(kind):
    old = {"replaces": "（江南）应急责改〔2026〕3号", "correction": "条款写错"}
    assert "本文书更正并替代（江南）应急责改〔2026〕3号，更正理由：条款写错。" in reading.text(
        render(kind, KINDS[kind](**old))
    )


def test_a_correction_names_the_order_it_replaces():
    assert "更正并替代（江南）应急责改〔2026〕3号。" in reading.text(
        render(ORDER, order(replaces="（江南）应急责改〔2026〕3号"))
    )


def test_nobody_signs_a_page_without_text():
    for count in range(1, 8):
        pages = reading.pages(render(ORDER, order(items=[PLAIN_ITEM] * count)))
        assert "如不服本指令" in next(page for page in pages if "（签名）" in page)


def test_the_qr_code_holds_the_address_of_the_check_page():
    """Compared dot by dot with a code made here, as no reader of QR codes is installed."""
    [sheet] = list(pypdfium2.PdfDocument(render("recheck_opinion", KINDS["recheck_opinion"]())))
    page = sheet.render(scale=6).to_pil().convert("1")
    code = segno.make(COMMON["verify_url"], error="m", micro=False)
    size = round(23 / 25.4 * 72 * 6)
    left = round(28 / 25.4 * 72 * 6)
    columns = code.symbol_size(border=0)[0]
    wanted = [bool(dot) for row in code.matrix for dot in row]

    def dots(top):
        step = size / columns
        return [
            not page.getpixel((int(left + (x + 0.5) * step), int(top + (y + 0.5) * step)))
            for y in range(columns)
            for x in range(columns)
        ]

    assert any(dots(top) == wanted for top in range(0, page.height - size, 2))


def periods() -> dict[str, str]:
    return {row["item"]: row["period"] + row["unit"].replace("月", "个月") for row in rows("legal_deadlines")}


def test_the_periods_an_order_promises_are_those_of_the_catalog():
    law, text = periods(), reading.text(render(ORDER, order()))
    assert f"届满前{law['企业书面延期申请']}内书面提出延期申请" in text
    assert f"收到申请之日起{law['答复延期申请']}内书面答复" in text
    assert f"届满之日起{law['组织复查']}内进行复查" in text
    assert f"{law['申请行政复议']}内依法向" in text
    assert f"在{law['提起行政诉讼']}内依法向" in text


def test_titles_are_those_of_the_handbook_of_enforcement_documents():
    numbered = {TITLES[kind] for kind, contract in CONTRACTS.items() if "signers" in contract.__required_keys__}
    assert len(numbered) == len(KINDS)
    assert numbered <= {row["name"] for row in rows("enforcement_documents")}
