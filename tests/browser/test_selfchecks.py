"""Self-checks, broadcasts and leads, on a phone and at a desk, by the people they are for."""

import pytest

from accountability.actions import leads
from hazards.actions import broadcasts
from hazards.queries.broadcasts import Reach
from portal.tenancy.scope import tenant_scope
from tests.hazards.test_broadcasts import address_of, lesson
from tests.hazards.test_selfchecks import reported, soon
from tests.stories import photo

LONG = "液氨储罐根部阀法兰处渗漏" * 20


def picture() -> dict:
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photo(66).read()}


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_an_officer_reports_and_puts_right_what_the_plant_found_itself(committed_world, somebody, screen):
    with somebody("officer", screen) as officer:
        page = officer.page
        officer.go("/selfchecks/")
        officer.looks_right("selfchecks-none")
        page.click("a:has-text('上报自查隐患') >> nth=0")
        officer.looks_right("selfcheck-new")
        page.fill("[name=description]", LONG)
        page.fill("[name=place]", "罐区")
        page.fill("[name=measures]", "更换垫片")
        page.fill("[name=planned_on]", "2026-01-01")
        page.set_input_files("[name=photos]", picture())
        page.wait_for_selector("text=已传到平台 1 份")
        page.click("main button:has-text('上报')")
        page.wait_for_selector(".invalid-feedback")
        officer.faults.clear()  # the browser reports the 400 itself
        officer.looks_right("selfcheck-refused")
        assert page.input_value("[name=description]") == LONG
        page.fill("[name=planned_on]", soon().isoformat())
        # Refused, the form has its photo still.
        page.wait_for_selector("text=已传到平台 1 份")
        page.click("main button:has-text('上报')")
        page.wait_for_selector("text=已上报")
        officer.looks_right("selfcheck")
        page.click("a:has-text('完成整改')")
        page.set_input_files("[name=photos]", picture())
        page.wait_for_selector("text=已收到 1 份")
        page.fill("[name=note]", "已更换垫片并复测")
        officer.looks_right("selfcheck-finish")
        page.click("main button:has-text('完成整改')")
        page.wait_for_selector("text=已登记为自行整改")
        officer.looks_right("selfcheck-done")


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_the_office_previews_and_sends_and_an_officer_answers(committed_world, somebody, screen):
    with somebody("office", screen) as office:
        page = office.page
        office.go("/broadcasts/new/")
        office.looks_right("broadcast-new")
        page.fill("[name=title]", "联锁旁路" * 20)
        page.fill("[name=what]", LONG)
        page.fill("[name=questions]", "有没有旁路的联锁\n" * 3)
        page.fill("[name=answer_by]", soon().isoformat())
        page.check("[name=sectors][value=hazchem]")
        page.click("button[name=preview]")
        page.wait_for_selector("text=预览：2 家企业")
        office.looks_right("broadcast-preview")
        page.click("main button:has-text('下发给这 2 家')")
        page.wait_for_selector("text=已下发")
        office.looks_right("broadcast")
        page.click("a:has-text('逐家查看和导出')")
        office.looks_right("broadcast-addresses")
    with somebody("officer", screen) as officer:
        page = officer.page
        officer.go("/broadcasts/answers/")
        officer.looks_right("address-list")
        page.click("#list tbody a")
        officer.looks_right("address-unanswered")
        page.click("main a.btn-primary:has-text('答复')")
        for number in (1, 2, 3):
            page.check(f"[name=q{number}-verdict][value=none]")
        page.fill("[name=q1-words]", LONG)
        officer.looks_right("address-answer")
        page.click("main button:has-text('提交答复')")
        page.wait_for_selector("text=已答复。")
        officer.looks_right("address-answered")


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_an_inspector_turns_one_official_and_checks_a_lead(committed_world, somebody, screen):
    for _ in range(5):
        check = reported(committed_world, description=LONG)
    with committed_world.as_("office"):
        broadcast = broadcasts.send(lesson(), Reach(sectors=("hazchem", "pharma")))
    assert address_of(committed_world, broadcast)
    with somebody("inspector", screen) as inspector:
        page = inspector.page
        for name, path in {
            "selfcheck-list": "/selfchecks/",
            "selfcheck-districts": "/selfchecks/districts/",
            "broadcast-list": "/broadcasts/",
            "broadcast-district": f"/broadcasts/{broadcast.pk}/",
        }.items():
            inspector.go(path)
            inspector.looks_right(name)
        inspector.go(f"/selfchecks/{check.pk}/")
        page.click("a:has-text('转为执法隐患')")
        inspector.looks_right("selfcheck-officialise")
        page.click("main button:has-text('转为执法隐患')")
        page.wait_for_selector("text=已转为执法隐患，请下达整改文书")
        inspector.looks_right("selfcheck-official")
        inspector.go("/leads/?state=open")
        inspector.looks_right("leads-none")
    with tenant_scope(committed_world.tenants["江州市"], "江州市"):
        leads.compute()
    with somebody("auditor", screen) as auditor:
        auditor.go("/leads/")
        auditor.looks_right("leads")
