"""Units on the screen: entered, judged, explained, tried out; and nothing typed is lost."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enterprises.actions import units
from enterprises.models import Holding, Judgement, Unit
from tests.enterprises.test_units import AMMONIA, tank_farm


def filled(world, key="a", **more) -> Unit:
    with world.as_("office"):
        unit = tank_farm(world, key)
        units.put_holding(unit.pk, AMMONIA | more)
        return Unit.objects.get(pk=unit.pk)


def test_a_unit_is_entered_judged_and_explained(world):
    inspector = world.client("inspector")
    plant = world.enterprises["a"]
    inspector.post(f"/enterprises/{plant}/population/", {"persons": "120"})
    answer = inspector.post(f"/enterprises/{plant}/units/new/", {"name": "液氨罐区", "kind": "tanks"}, follow=True)
    page = answer.redirect_chain[-1][0]
    answer = inspector.post(
        f"{page}holdings/new/", {"substance": "液氨", "quantity_t": "50", "table1_seq": "1"}, follow=True
    )
    shown = answer.content.decode()
    assert "表1序号1 氨" in shown
    assert "表3 氨" in shown
    assert "R = 20" in shown
    assert "三级重大危险源" in shown
    assert "三级重大危险源" in inspector.get(f"/enterprises/{plant}/units/").content.decode()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"substance": "", "quantity_t": "5"}, "这个字段"),
        ({"substance": "某中间体", "quantity_t": "多"}, ""),
        ({"substance": "某混合物", "quantity_t": "5", "mixture": "own"}, "类别符号"),
    ],
)
def test_what_was_typed_stays_when_it_is_refused(world, body, told):
    unit = filled(world)
    answer = world.client("inspector").post(f"/units/{unit.pk}/holdings/new/", body)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert f'value="{body["quantity_t"]}"' in page
    assert "invalid-feedback" in page


def test_a_try_shows_the_result_and_writes_nothing(world):
    unit = filled(world)
    with world.as_("office"):
        holding, before = Holding.objects.get(unit=unit), Judgement.objects.count()
    client = world.client("officer")
    page = client.get(f"/units/{unit.pk}/what-if/?q_{holding.pk}=5").content.decode()
    assert "不构成重大危险源" in page
    assert "没有写入台账" in page
    assert "一级" in client.get(f"/units/{unit.pk}/what-if/?seq=6&q=3").content.decode()
    bad = client.get(f"/units/{unit.pk}/what-if/?q_{holding.pk}=很多")
    assert bad.status_code == 400
    assert "很多" in bad.content.decode()
    assert client.get(f"/units/{unit.pk}/what-if/?q_{holding.pk}=1e-99999999").status_code == 400
    with world.as_("office"):
        assert Judgement.objects.count() == before
        assert Holding.objects.get(pk=holding.pk).quantity_t == Decimal(50)


@pytest.mark.parametrize("login", ["inspector", "office"])
def test_a_quantity_from_an_old_page_is_refused_once_and_may_then_be_sent_again(world, login):
    unit = filled(world)
    with world.as_("office"):
        holding = Holding.objects.get(unit=unit)
        units.put_holding(unit.pk, {"quantity_t": Decimal(60)}, holding.pk)
    client, address = world.client(login), f"/holdings/{holding.pk}/edit/"
    old = {"substance": "液氨", "quantity_t": "40", "table1_seq": "1", "revision": str(unit.revision)}
    answer = client.post(address, old)
    page = answer.content.decode()
    assert (answer.status_code, "他人修改" in page, 'value="40"' in page) == (409, True, True)
    now = re.search(r'name="revision" value="(\d+)"', page)[1]
    assert client.post(address, old | {"revision": now}).status_code == 302
    with world.as_("office"):
        assert Holding.objects.get(pk=holding.pk).quantity_t == 40


def test_over_the_api_an_old_revision_of_the_unit_changes_no_holding(world):
    unit = filled(world)
    with world.as_("office"):
        holding = Holding.objects.get(unit=unit)
        units.put_holding(unit.pk, {"quantity_t": Decimal(60)}, holding.pk)
    client, address = world.client("inspector"), f"/api/v1/units/{unit.pk}/holdings/{holding.pk}/"
    read = client.get(f"/api/v1/units/{unit.pk}/").json()["revision"]
    told = {"quantity_t": "40", "revision": read - 1}
    assert client.patch(address, told, content_type="application/json").status_code == 409
    assert client.patch(address, told | {"revision": read}, content_type="application/json").status_code == 200


def test_a_declared_level_that_differs_is_flagged_and_found(world):
    unit = filled(world)
    office = world.client("office")
    assert "申报为不构成，按所填在量辨识为三级" in office.get(f"/units/{unit.pk}/").content.decode()
    assert unit.name in office.get("/units/?differs=true").content.decode()
    with world.as_("office"):
        units.change_unit(unit.pk, {"declared_level": 3})
    assert "请核对" not in office.get(f"/units/{unit.pk}/").content.decode()
    assert "没有符合条件的记录" in office.get("/units/?differs=true").content.decode()


def test_units_near_one_are_found(world):
    unit = filled(world, quantity_t=Decimal("9.5"))
    office = world.client("office")
    assert unit.name in office.get("/units/?near=true").content.decode()
    assert "90%以上" in office.get(f"/units/{unit.pk}/").content.decode()
    with world.as_("office"):
        units.put_holding(unit.pk, {"quantity_t": Decimal("8.9")}, Holding.objects.get(unit=unit).pk)
    assert "没有符合条件的记录" in office.get("/units/?near=true").content.decode()


@pytest.mark.parametrize(
    ("login", "sees"), [("officer", True), ("officer_b", False), ("expert", True), ("north", False), ("auditor", True)]
)
def test_units_are_seen_by_those_who_see_the_enterprise_and_changed_by_fewer(world, login, sees):
    unit = filled(world)
    client = world.client(login)
    assert client.get(f"/units/{unit.pk}/").status_code == (200 if sees else 404)
    assert (unit.name in client.get("/units/").content.decode()) == sees
    assert client.post(f"/units/{unit.pk}/holdings/new/", AMMONIA).status_code in (403, 404)


def test_the_pages_of_units_ask_at_most_twelve_questions(world):
    unit = filled(world)
    client = world.client("office")
    for path in (
        f"/enterprises/{unit.enterprise_id}/units/",
        "/units/",
        f"/units/{unit.pk}/",
        f"/units/{unit.pk}/what-if/",
    ):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        statements = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(statements) <= 12, (path, statements)


def test_a_closed_unit_shows_its_day_in_the_form(world):
    with world.as_("office"):
        unit = units.add_unit(world.enterprises["a"], name="旧罐区", kind="tanks")
        units.change_unit(unit.pk, {"closed_on": date(2026, 5, 1)})
    client = world.client("office")
    assert 'value="2026-05-01"' in client.get(f"/units/{unit.pk}/edit/").content.decode()
