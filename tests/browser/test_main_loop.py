"""From an empty visit to a closed hazard on the dashboard, in a browser, as the people who do it."""

import io

import pytest
from PIL import Image


def jpeg(path, colour) -> str:
    out = io.BytesIO()
    Image.new("RGB", (900, 700), colour).save(out, "JPEG")
    path.write_bytes(out.getvalue())
    return str(path)


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_a_hazard_is_found_ordered_rectified_rechecked_and_counted(committed_world, somebody, tmp_path, screen):
    plant = committed_world.enterprises["a"]
    found, mended = jpeg(tmp_path / "发现.jpg", "#884422"), jpeg(tmp_path / "整改后.jpg", "#228844")

    with somebody("inspector", screen) as inspector:
        page = inspector.page
        inspector.looks_right("day-inspector")
        inspector.go(f"/visits/new/?enterprise={plant}")
        inspector.looks_right("visit-start")
        page.locator("[name=categories]").first.check()
        page.locator("[name=second]").first.check()
        page.click("main button.btn-primary:has-text('开始检查')")
        page.wait_for_selector(".check-line")
        if page.locator("details.chapter:not([open]) > summary").count():
            page.locator("details.chapter > summary").first.click()
        first = page.locator("article.check-line").first
        first.locator("button.verdict-not_ok").click()
        first = page.locator("article.check-line").first
        first.locator("textarea[name=description]").fill("法兰渗漏，围堰有积液")
        first.locator("textarea[name=description]").blur()
        page.wait_for_selector("text=已保存")
        with page.expect_response(lambda r: "/photos/" in r.url and r.request.method == "POST"):
            first.locator("input[type=file]").last.set_input_files(found)
        page.wait_for_selector("article.check-line .photo-grid img")
        inspector.looks_right("visit-working")
        page.click("a:has-text('完成检查')")
        page.fill("[name=met_with]", "方安")
        inspector.looks_right("visit-finish")
        page.click("button:has-text('完成检查')")
        page.click("a:has-text('下达整改文书')")
        page.select_option("[name=second]", index=1)
        page.wait_for_selector("text=期限至")
        inspector.looks_right("notice-issue")
        page.click("button:has-text('编号并下达')")
        page.wait_for_selector("text=已下达")
        inspector.looks_right("notice")
        notice = page.url
        pdf = page.request.get(notice + "pdf/")
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.body().startswith(b"%PDF")
        check = page.locator("a:has-text('验证页')").get_attribute("href")

    with somebody(None, screen) as anyone:
        anyone.go(check)
        anyone.page.wait_for_selector("text=文书真实，未被改动")
        anyone.looks_right("verify")

    with somebody("officer", screen) as officer:
        page = officer.page
        officer.looks_right("hazards-officer")
        officer.go("/messages/")
        officer.looks_right("inbox")
        page.click("button:has-text('去办理')")
        page.click("button:has-text('我已收到，签收')")
        page.wait_for_selector("text=已签收")
        page.click("a:has-text('办理情况')")
        officer.looks_right("hazard-officer")
        page.click("a:has-text('提交整改材料')")
        officer.looks_right("submit-1")
        page.click("button:has-text('保存并下一步')")
        page.set_input_files("[data-photo-input][multiple]", mended)
        page.wait_for_selector("text=已收到 1 份")
        page.click("button:has-text('保存并下一步')")
        page.fill("[name=note]", "已更换垫片并紧固")
        officer.looks_right("submit-3")
        page.click("button:has-text('提交复查')")
        page.wait_for_selector("text=已提交，等待执法人员复查")
        hazard = page.url

    with somebody("inspector", screen) as inspector:
        page = inspector.page
        inspector.go(hazard)
        page.click("main a:has-text('复查'), .page-actions a:has-text('复查')")
        inspector.looks_right("recheck")
        page.click("button:has-text('复查通过')")
        page.wait_for_selector("text=复查通过，隐患已销号")
        inspector.looks_right("hazard-closed")

    with somebody("office", screen) as office:
        page = office.page
        office.go("/dashboard/")
        office.looks_right("dashboard")
        closed = page.locator(".card:has(.figure-label:text-is('已销号'))").first
        assert "1" in closed.inner_text()


def test_what_was_typed_is_still_there_when_the_form_is_refused(committed_world, somebody):
    from tests import stories

    hazard = stories.submitted(committed_world)
    with somebody("inspector", "phone") as inspector:
        page = inspector.page
        inspector.go(f"/hazards/{hazard.pk}/recheck/")
        page.select_option("[name=second]", "")
        page.fill("[name=note]", "照片齐全，现场核对无误")
        page.click("button:has-text('复查通过')")
        page.wait_for_selector(".invalid-feedback")
        assert page.input_value("[name=note]") == "照片齐全，现场核对无误"
        assert "第二名" in page.locator(".invalid-feedback").inner_text()
