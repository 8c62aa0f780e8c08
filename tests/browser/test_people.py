"""Responsible persons, certificates and the notice board, on a phone and at a desk, by the plant's own safety officer."""

import io

import pypdfium2
import pytest

from enterprises.models import Enterprise
from tests.enterprises.test_people import installation

LONG = "储罐区及其配套装卸设施" * 7


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_an_officer_fills_the_three_places_prints_the_board_and_enters_a_certificate(committed_world, somebody, screen):
    unit = installation(committed_world, name=LONG)
    with committed_world.as_("office"):
        Enterprise.objects.filter(pk=unit.enterprise_id).update(licence_no="许" * 30, licence_until="2026-01-31")
    with somebody("officer", screen) as officer:
        page = officer.page
        officer.go("/responsible/")
        officer.looks_right("responsible-list")
        page.click("#list tbody a")
        officer.looks_right("responsible-empty")
        page.click("a:has-text('明确主要负责人')")
        page.fill("[name=name]", "欧阳" * 20)
        page.fill("[name=post]", "总经理兼安全总监" * 7)
        page.fill("[name=phone]", "打不通")
        page.fill("[name=starts]", "2026-03-01")
        page.click("main button:has-text('保存')")
        page.wait_for_selector(".invalid-feedback:has-text('不像一个电话号码')")
        officer.faults.clear()  # the browser reports the 400 itself
        officer.looks_right("responsible-refused")
        page.fill("[name=phone]", "13800000001")
        page.click("main button:has-text('保存')")
        page.wait_for_selector("text=已明确主要负责人")
        officer.looks_right("responsible")
        page.click("a:has-text('公示牌')")
        officer.looks_right("board")
        assert page.locator(".board-vacant").count() == 2
        sheet = pypdfium2.PdfDocument(io.BytesIO(page.pdf(format="A4")))
        assert len(sheet) == 1
        width, height = sheet[0].get_size()
        assert width > height
        page.click(".page-pretitle a")
        page.click(".page-pretitle a")
        page.click("a:has-text('特种作业操作证')")
        officer.looks_right("credential-new")
        page.fill("[name=title]", "低压电工作业")
        page.fill("[name=holder]", "王五")
        page.fill("[name=number]", "T" * 60)
        page.fill("[name=valid_until]", "2026-01-01")
        page.click("main button:has-text('保存')")
        page.wait_for_selector("text=已登记证照")
        officer.looks_right("enterprise-people")
        officer.go("/expiring/")
        assert page.locator("#list tbody tr").count() == 2
        officer.looks_right("expiring")
        officer.go("/expiring/?within=90")
        officer.looks_right("expiring-none")
