"""Codes for the workshop door: they open the hazard for those who may see it and tell nothing to anybody else."""

import pytest
import segno
from django.conf import settings

from enterprises.actions import units
from hazards.queries.labels import Label
from tests.stories import closed, issued, recorded
from tests.world import PASSWORD


def page(world, login: str, query: str = "") -> str:
    answer = world.client(login).get(f"/labels/{query}")
    assert answer.status_code == 200, answer.content.decode()[:300]
    return answer.content.decode()


def test_an_officer_prints_all_open_hazards_in_one_go(world):
    first, second, gone = issued(world, place="储罐区"), recorded(world), closed(world)
    other = issued(world, "b")
    shown = page(world, "officer")
    assert f"隐患 {first.pk}<" in shown
    assert f"隐患 {second.pk}<" in shown
    assert f"隐患 {gone.pk}<" not in shown
    assert f"隐患 {other.pk}<" not in shown
    assert "储罐区" in shown


def test_a_label_says_where_it_hangs_and_not_what_is_wrong_nor_who_nor_by_when(world):
    hazard = issued(world, description="联锁被旁路", place="氧化车间")
    shown = page(world, "inspector", f"?hazard={hazard.pk}")
    card = shown[shown.index('class="label-card"') : shown.index("</ul>", shown.index('class="label-card"'))]
    assert "氧化车间" in card
    assert str(hazard.found_on) in card
    for secret in ("联锁", "inspector", "方安", str(hazard.deadline)):
        assert secret not in card


def test_the_code_holds_the_hazards_own_address(world):
    hazard = issued(world)
    label = Label("隐患 1", "", "", "", f"/hazards/{hazard.pk}/")
    wanted = segno.make(f"{settings.PORTAL_URL}/hazards/{hazard.pk}/", error="m", micro=False).svg_data_uri(border=2)
    assert label.code == wanted
    assert label.code.startswith("data:image/svg+xml")


def test_a_scanned_code_asks_to_log_in_and_then_opens_the_hazard(world):
    hazard = issued(world)
    address = f"/hazards/{hazard.pk}/"
    anyone = world.client()
    asked = anyone.get(address)
    assert asked.status_code == 302
    told = anyone.get(asked["Location"]).content.decode()
    assert hazard.description not in told
    landed = anyone.post("/login/", {"username": "officer", "password": PASSWORD, "next": address}, follow=True)
    assert hazard.description in landed.content.decode()
    # To somebody of another plant a hazard that is not theirs is one that is not there.
    foreign, missing = (world.client("officer_b").get(path) for path in (address, "/hazards/987654321/"))
    assert (foreign.status_code, missing.status_code) == (404, 404)


def test_units_have_labels_too(world):
    with world.as_("office"):
        unit = units.add_unit(world.enterprises["a"], name="液氨罐区", kind="tanks")
    shown = page(world, "officer", "?what=units")
    assert "液氨罐区" in shown
    assert f"单元 {unit.pk}<" in shown
    assert "没有可以打印的标签" in page(world, "officer_b", "?what=units")


def test_staff_print_for_one_plant(world):
    hazard = issued(world)
    assert f"隐患 {hazard.pk}<" in page(world, "inspector", f"?enterprise={world.enterprises['a']}")
    assert world.client("inspector").get("/labels/").status_code == 400
    assert "没有可以打印的标签" in page(world, "north", f"?enterprise={world.enterprises['a']}")


@pytest.mark.parametrize("login", ["expert", "auditor", "sysadmin"])
def test_nobody_else_prints_labels(world, login):
    assert world.client(login).get("/labels/").status_code == 403
