"""Units by workbook: the portal's own sheet, filled in, shown row by row, written once."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enterprises.actions import units
from enterprises.models import Enterprise, Holding, Judgement, Unit
from enterprises.unit_sheet import HEADERS, MOST_ROWS, TITLE, write_template
from portal.ui.spreadsheet import LISTS
from tests.enterprises.test_units import AMMONIA, tank_farm

TANKS, STORE = "储存单元：罐区（防火堤为界）", "储存单元：独立库房"


def sheet(*rows: dict) -> SimpleUploadedFile:
    out = io.BytesIO()
    write_template(out, [[row.get(header, "") for header in HEADERS] for row in rows])
    return SimpleUploadedFile("单元在量.xlsx", out.getvalue())


def row(world, key="a", **cells) -> dict:
    named = {"unit": "单元名称", "kind": "单元类型", "of": "物质名称", "t": "设计最大量（吨）", "seq": "表1中的物质"}
    with world.as_("office"):
        code = Enterprise.objects.get(pk=world.enterprises[key]).code
    return {"统一社会信用代码": code} | {named.get(name, name): value for name, value in cells.items()}


def ammonia(world, **more) -> dict:
    return row(world, **{"unit": "液氨罐区", "kind": TANKS, "of": "液氨", "t": "50", "seq": "1 氨"} | more)


def upload(client, *rows: dict):
    return client.post("/units/sheets/new/", {"workbook": sheet(*rows)}, follow=True)


def test_the_template_offers_its_choices_as_drop_downs_and_holds_what_is_known(world):
    with world.as_("office"):
        units.put_holding(tank_farm(world).pk, AMMONIA)
    answer = world.client("inspector").get("/units/template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    table = book[TITLE]
    assert [cell.value for cell in table[1]] == list(HEADERS)
    known = dict(zip(HEADERS, (cell.value for cell in table[2]), strict=True))
    assert (known["单元名称"], known["物质名称"], known["表1中的物质"]) == ("液氨罐区", "液氨", "1 氨")
    assert Decimal(str(known["设计最大量（吨）"])) == 50
    rules = {str(rule.sqref).split("2")[0]: rule for rule in table.data_validations.dataValidation}
    assert len(rules) == 9
    assert all(rule.type == "list" and rule.formula1.startswith("=choices_") for rule in rules.values())
    assert book[LISTS].sheet_state == "hidden"
    assert {cell.value for cell in book[LISTS]["A"]} >= {TANKS, STORE}


def test_an_upload_shows_what_it_would_do_and_writes_nothing_until_confirmed(world):
    inspector = world.client("inspector")
    answer = upload(inspector, ammonia(world), ammonia(world, of="甲醇", t="600", seq="65 甲醇"))
    page = answer.content.decode()
    assert "将新增 2 行" in page
    with world.as_("office"):
        assert not Unit.objects.exists()
    inspector.post(answer.redirect_chain[-1][0] + "confirm/")
    with world.as_("office"):
        unit = Unit.objects.get()
        assert (unit.judged, unit.s) == ("major", Decimal("6.2"))
        kept = Judgement.objects.get(unit=unit)
        assert "单元在量.xlsx" in kept.because
        assert [one["substance"] for one in kept.inputs["holdings"]] == ["液氨", "甲醇"]


def test_the_portals_own_download_uploaded_again_changes_nothing(world):
    with world.as_("office"):
        unit = tank_farm(world)
        units.put_holding(unit.pk, AMMONIA)
        units.put_holding(
            unit.pk, {"substance": "丙烯腈溶液", "symbols": ["J4", "W5.3"], "mixture": "own", "state": "常温"}
        )
        units.put_process(unit.pk, "合成氨工艺")
        before = Judgement.objects.count()
    client = world.client("office")
    content = client.get("/units/template.xlsx").content
    answer = client.post("/units/sheets/new/", {"workbook": SimpleUploadedFile("a.xlsx", content)}, follow=True)
    page = answer.content.decode()
    assert "不变 2 行" in page
    assert "确认写入" not in page
    with world.as_("office"):
        assert Judgement.objects.count() == before


def test_a_blank_cell_changes_nothing_and_an_absent_row_deletes_nothing(world):
    with world.as_("office"):
        unit = tank_farm(world)
        units.put_holding(unit.pk, AMMONIA)
        units.put_holding(unit.pk, {"substance": "氢", "quantity_t": Decimal(1), "table1_seq": 51})
    client = world.client("office")
    answer = upload(client, row(world, unit="液氨罐区", of="液氨", t="60"))
    assert "设计最大量" in answer.content.decode() or "最大存量" in answer.content.decode()
    client.post(answer.redirect_chain[-1][0] + "confirm/")
    with world.as_("office"):
        kept = Holding.objects.get(unit=unit, substance="液氨")
        assert (kept.quantity_t, kept.table1_seq) == (60, 1)
        assert Holding.objects.filter(unit=unit).count() == 2


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"unit": ""}, "没有填写单元名称"),
        ({"kind": ""}, "请填写单元类型"),
        ({"kind": "塔楼"}, "请从下拉列表选择"),
        ({"t": "很多"}, "设计最大量“很多”"),
        ({"t": "约50"}, "不是确数"),
        ({"seq": "999 无名"}, "“表1中的物质”写的是“999"),
        ({"seq": "", "表2类别1": "W99"}, "“表2类别1”写的是“W99”"),
        ({"of": ""}, "没有填写物质名称"),
        ({"of": "长" * 81}, "超过80字"),
        ({"统一社会信用代码": "91350100MA000000XX"}, "台账中没有这个信用代码的企业"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_reason(world, cells, told):
    page = upload(world.client("inspector"), ammonia(world, **cells)).content.decode()
    assert told in page
    assert "不能写入 1 行" in page


def test_two_rows_of_one_substance_are_refused_both_because_one_would_swallow_the_others_tonnes(world):
    client = world.client("office")
    two_tanks = [ammonia(world), ammonia(world, t="70"), ammonia(world, t="5", **{"状态、工况": "钢瓶"})]
    answer = upload(client, *two_tanks)
    page = answer.content.decode()
    assert "不能写入 2 行" in page
    assert "请把数量合成一行" in page
    client.post(answer.redirect_chain[-1][0] + "confirm/")
    with world.as_("office"):
        assert list(Holding.objects.values_list("quantity_t", flat=True)) == [5]


def test_a_plant_of_another_district_is_not_there(world):
    page = upload(world.client("inspector"), row(world, "c", unit="库房", kind=STORE)).content.decode()
    assert "不在您的管辖范围内" in page
    with world.as_("office"):
        other = Enterprise.objects.get(pk=world.enterprises["c"]).name
    assert other not in page


def test_another_inspector_sees_no_sheet_that_is_not_theirs(world):
    address = upload(world.client("inspector"), ammonia(world)).redirect_chain[-1][0]
    assert world.client("north").get(address).status_code == 404
    assert world.client("north").post(address + "confirm/").status_code == 404
    assert world.client("office").get(address).status_code == 200


def test_a_sheet_is_written_once(world):
    client = world.client("office")
    address = upload(client, ammonia(world)).redirect_chain[-1][0]
    assert client.post(address + "confirm/").status_code == 302
    assert client.post(address + "confirm/").status_code == 409


def test_what_cannot_be_written_any_more_leaves_everything_as_it_was(world):
    client = world.client("office")
    both = [row(world, unit="新库房", kind=STORE), ammonia(world, 是否混合物="混合物，按其自身危险类别")]
    address = upload(client, *both).redirect_chain[-1][0]
    answer = client.post(address + "confirm/")
    assert answer.status_code == 409
    assert "第3行" in answer.content.decode()
    with world.as_("office"):
        assert not Unit.objects.exists()


@pytest.mark.parametrize("content", [b"PK broken", b"%PDF-1.7", b"hello"])
def test_what_is_no_such_sheet_is_refused(world, content):
    answer = world.client("office").post("/units/sheets/new/", {"workbook": SimpleUploadedFile("a.xlsx", content)})
    assert answer.status_code == 400


def test_a_strange_workbook_and_too_many_rows_are_refused(world):
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    client = world.client("office")
    answer = client.post("/units/sheets/new/", {"workbook": SimpleUploadedFile("a.xlsx", out.getvalue())})
    assert answer.status_code == 400
    many = [ammonia(world, of=f"物质{number}") for number in range(MOST_ROWS + 1)]
    answer = client.post("/units/sheets/new/", {"workbook": sheet(*many)})
    assert (answer.status_code, "一次最多" in answer.content.decode()) == (400, True)


def test_text_that_looks_like_a_formula_stays_text(world):
    with world.as_("office"):
        units.add_unit(world.enterprises["a"], name="=1+1", kind="tanks")
    book = openpyxl.load_workbook(io.BytesIO(world.client("office").get("/units/template.xlsx").content))
    cell = book[TITLE].cell(2, HEADERS.index("单元名称") + 1)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_units_over_the_api_go_the_same_way(world):
    client = world.client("inspector")
    told = {"enterprise": world.enterprises["a"], "name": "液氨罐区", "kind": "tanks"}
    made = client.post("/api/v1/units/", told, content_type="application/json")
    assert made.status_code == 201
    address = f"/api/v1/units/{made.json()['id']}/"
    put = client.post(
        address + "holdings/",
        {"substance": "液氨", "quantity_t": "50", "table1_seq": 1},
        content_type="application/json",
    ).json()
    assert (put["judged"], put["level"], put["s"]) == ("major", None, "5.000000")  # no population yet: no α, no level
    holding = put["holdings"][0]["id"]
    changed = client.patch(
        address + f"holdings/{holding}/", {"quantity_t": "1"}, content_type="application/json"
    ).json()
    assert changed["judged"] == "not_major"
    assert [one["s"] for one in client.get(address + "judgements/").json()["results"]] == ["0.1", "5", ""]
    assert client.post(address + "holdings/", {"substance": ""}, content_type="application/json").status_code == 400
    assert client.delete(address + f"holdings/{holding}/").json()["holdings"] == []
    assert world.client("officer").post("/api/v1/units/", told, content_type="application/json").status_code == 403
    assert world.client("north").get(address).status_code == 404
    stale = client.patch(address, {"name": "改名", "revision": 99}, content_type="application/json")
    assert stale.status_code == 409
