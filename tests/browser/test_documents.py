"""Documents in a real browser: a visit's record, its correction and receipt, the public check, a plan with two approvals."""

import pytest
from django.utils import timezone

from hazards.models import Notice
from portal.files import store
from tests.inspections import walks
from tests.stories import issued

LONG = "超长的检查情况说明" * 60


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_a_record_is_made_with_a_button_corrected_and_checked(committed_world, somebody, screen):
    visit = walks.finished(committed_world)
    with somebody("inspector", screen) as inspector:
        page = inspector.page
        inspector.go(f"/visits/{visit.pk}/")
        inspector.looks_right("visit-with-documents")
        page.click("main a:has-text('制作现场检查记录')")
        inspector.looks_right("record-new")
        page.fill("[name=situation]", "")
        page.click("main form button.btn-primary")
        page.wait_for_selector("text=请写明检查情况")
        inspector.faults.clear()  # the browser reports the 400 itself
        now = timezone.localtime()
        began = now.replace(hour=0, minute=0).strftime("%Y-%m-%dT%H:%M")
        page.fill("[name=started_at]", began)
        page.fill("[name=ended_at]", now.replace(second=0).strftime("%Y-%m-%dT%H:%M"))
        page.fill("[name=situation]", LONG)
        inspector.looks_right("record-refused")
        page.click("main form button.btn-primary")
        page.wait_for_selector("text=已制作现场检查记录")
        inspector.looks_right("record")
        page.click(".page-actions a:has-text('更正')")
        inspector.looks_right("correct")
        page.fill("[name=situation]", "查看了罐区联锁")
        page.fill("[name=reason]", "原记录写错了检查场所" * 12)
        page.select_option("[name=second]", index=1)
        page.click("main form button.btn-primary")
        page.wait_for_selector("text=已更正并制发新文书")
        inspector.looks_right("corrected")
        page.click("a:has-text('验证页')")
        page.wait_for_selector("text=文书真实，未被改动")
        inspector.looks_right("verify")
        with committed_world.as_("inspector"):
            kept = store.open_kept(Notice.objects.latest("pk").content["pdf"])
        page.set_input_files("[name=print]", {"name": "记录.pdf", "mimeType": "application/pdf", "buffer": kept})
        page.click("main form button.btn-primary")
        page.wait_for_selector("text=与制发的文书完全一致")
        inspector.looks_right("verify-same")


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_an_order_is_served_and_its_receipt_read_by_the_plant(committed_world, somebody, screen):
    hazard = issued(committed_world, acknowledged=False)
    with somebody("inspector", screen) as inspector:
        page = inspector.page
        inspector.go(f"/notices/{hazard.notice_id}/")
        page.click(".page-actions a:has-text('制作送达回执')")
        inspector.looks_right("serve")
        page.select_option("[name=manner]", "left")
        page.click("main form button.btn-primary")
        page.wait_for_selector("text=留置送达须写明")
        inspector.faults.clear()
        page.fill("[name=refusal]", "值班负责人拒绝签收，文书留置门卫室")
        page.fill("[name=witness]", "村委会刘堃")
        page.click("main form button.btn-primary")
        page.wait_for_selector("text=已制作送达回执")
        inspector.looks_right("served")
        inspector.go("/notices/")
        inspector.looks_right("documents")
    with somebody("officer", screen) as officer:
        with committed_world.as_("officer"):
            receipt = Notice.objects.get(kind=Notice.Kind.RECEIPT)
        officer.go(f"/notices/{receipt.pk}/")
        officer.looks_right("receipt")


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_a_plan_goes_from_draft_over_two_approvals_to_a_document(committed_world, somebody, screen):
    plant = committed_world.enterprises["a"]
    with somebody("office", screen) as office:
        page = office.page
        office.go("/documents/codes/")
        office.looks_right("codes")
        page.select_option("[name=kind]", "inspection_plan")
        page.fill("[name=characters]", "应急检案")
        page.fill("[name=source]", "省应急管理厅2026版执法文书式样")
        page.click("main form button.btn-primary")
        page.wait_for_selector("text=从下一份文书起使用")
        office.looks_right("codes-confirmed")
    with somebody("inspector", screen) as inspector:
        page = inspector.page
        inspector.go("/visits/schemes/")
        inspector.looks_right("schemes-empty")
        inspector.go(f"/enterprises/{plant}/")
        page.click("main a:has-text('拟制检查方案')")
        inspector.looks_right("scheme-new")
        page.fill("[name=planned_from]", timezone.localdate().isoformat())
        page.fill("[name=contents]", LONG)
        page.fill("[name=lead_task]", "现场检查")
        page.select_option("[name=second]", str(committed_world.people["inspector2"]))
        page.fill("[name=second_task]", "查阅资料")
        page.fill("[name=drafting]", "年度计划第12项")
        page.select_option("[name=reviewer]", str(committed_world.people["inspector2"]))
        page.select_option("[name=approver]", str(committed_world.people["leader"]))
        page.click("main form button.btn-primary")
        page.wait_for_selector("text=已报审")
        inspector.looks_right("scheme-reviewing")
        address = page.url
    for login in ("inspector2", "leader"):
        with somebody(login, screen) as boss:
            boss.go(address)
            boss.looks_right(f"scheme-for-{login}")
            boss.page.click("button[value=agree]")
            boss.page.wait_for_selector("text=已办理")
            boss.looks_right(f"scheme-by-{login}")
            boss.go("/visits/schemes/")
            boss.looks_right("schemes")
