"""The ledger's pages as a safety officer, an inspector and the office use them, on a telephone and at a desk."""

import pytest
from django.utils import timezone

from enterprises.actions import diagnosis, proposals, units
from enterprises.actions.facts import edit_facts
from enterprises.actions.grades import report_event
from enterprises.models import FactProposal
from tests.enterprises.test_units import AMMONIA, tank_farm


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_history_proposals_and_grading_look_right(somebody, committed_world, screen):
    world, pk = committed_world, committed_world.enterprises["a"]
    with world.as_("office"):
        unit = tank_farm(world)
        holding = units.put_holding(unit.pk, AMMONIA)
        edit_facts(pk, {"remark": "很长的备注没有空格" * 12})
        sheet = diagnosis.start_sheet(pk)
        report_event(pk, "accident", on=timezone.localdate(), grave=True, text="管线泄漏着火" * 20)
    with world.as_("officer"):
        proposals.propose(pk, {"address": "新址" * 60})
        number = FactProposal.objects.get().pk
    pages = {
        "officer": (f"/enterprises/{pk}/propose/", f"/holdings/{holding.pk}/propose/", f"/enterprises/{pk}/history/"),
        "leader": (
            f"/enterprises/proposals/{number}/", f"/enterprises/{pk}/grading/", f"/enterprises/{pk}/grade/",
            f"/diagnoses/{sheet.pk}/", "/grades/waiting/", "/enterprises/key/changes/", "/enterprises/key/near/",
        ),
    }  # fmt: skip
    for login, paths in pages.items():
        with somebody(login, screen) as person:
            for path in paths:
                person.go(path)
                person.looks_right()


def test_a_quantity_that_is_none_is_said_where_the_result_would_be(somebody, committed_world):
    with committed_world.as_("office"):
        unit = tank_farm(committed_world)
        units.put_holding(unit.pk, AMMONIA)
    with somebody("officer", "phone") as officer:
        officer.go(f"/units/{unit.pk}/")
        for typed, said in (("9.5", "S=0.95"), ("很多", "不是数量")):
            officer.page.fill("input[name^=q_]", typed)
            officer.page.click("button:has-text('试算')")
            officer.page.locator("#what-if", has_text=said).wait_for()
            assert officer.page.input_value("input[name^=q_]") == typed
        assert "S=0.95" not in officer.page.inner_text("#what-if")


def test_the_tab_one_is_in_is_in_sight_on_a_telephone(somebody):
    with somebody("office", "phone") as office:
        office.go("/catalogs/")
        assert office.page.locator(".ledger-tab.active").bounding_box()["x"] < 300


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_enterprises_are_ticked_and_done_together(somebody, screen):
    with somebody("office", screen) as office:
        office.go("/enterprises/")
        for box in office.page.locator("td.tick input").all()[:2]:
            box.check()
        office.page.select_option("#bulk select[name=verb]", "diagnosis")
        office.page.click("#bulk button")
        office.looks_right("bulk")
        office.page.click("main form button.btn-primary")
        assert "已办理 2 家" in office.page.inner_text("main")
        office.looks_right("bulk-done")
