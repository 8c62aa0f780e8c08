"""The face in a real browser: login, menu at the thumb, lists that move without a reload, nothing typed is lost."""

import pytest
from playwright.sync_api import expect

from enterprises.models import Enterprise
from hazards.actions import selfchecks
from hazards.models import SelfCheck
from portal.tenancy.models import District
from tests import stories
from tests.world import PASSWORD


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_login_inbox_password_and_refusal_look_right(somebody, screen):
    with somebody(None, screen) as anyone:
        anyone.go("/login/")
        anyone.looks_right("login")
    with somebody("inspector", screen) as person:
        for path in ("/messages/", "/hazards/", "/account/password/"):
            person.go(path)
            person.looks_right()
        person.page.fill("[name=old]", "x")
        person.page.fill("[name=new]", "kurz")
        person.page.fill("[name=again]", "anders")
        person.page.click("main button.btn-primary")
        assert person.page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
        person.faults.clear()  # the browser reports the 400 itself
        person.looks_right("password-refused")
        person.page.click("main a[href='#id_new']")
        assert person.page.evaluate("document.activeElement.id") == "id_new"


def test_the_api_can_be_read_about(somebody):
    with somebody("officer", "desk") as officer:
        officer.go("/api/v1/docs/")
        page, units = officer.page, officer.page.locator(".opblock-tag", has_text="units")
        expect(page.locator(".opblock-tag").first).to_be_visible()
        # It draws what is in sight and no more.
        for _ in range(60):
            if units.count():
                break
            page.mouse.wheel(0, 500)
            page.wait_for_timeout(100)
        expect(units).to_be_visible()
        assert not officer.faults


def test_a_wrong_password_keeps_the_name_that_was_typed(somebody):
    with somebody(None, "phone") as anyone:
        anyone.go("/login/")
        anyone.page.fill("[name=username]", "inspector")
        anyone.page.fill("[name=password]", "wrong")
        anyone.page.click("form button.btn-primary")
        assert anyone.page.input_value("[name=username]") == "inspector"
        assert anyone.page.input_value("[name=password]") == ""


def test_the_menu_unfolds_at_the_thumb_and_works_without_script(chromium, server):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{server}/login/")
    page.fill("[name=username]", "office")
    page.fill("[name=password]", PASSWORD)
    page.click("form button.btn-primary")
    page.goto(f"{server}/hazards/")
    assert not page.is_visible("#menu a[href='/messages/']")
    page.click("#menu .side-more a")
    page.click("#menu a[href='/messages/']")
    assert page.url == f"{server}/messages/"
    page.goto(f"{server}/enterprises/?grade=C")
    assert page.locator("tbody tr").count() == 1
    context.close()


def test_a_list_is_filtered_without_a_reload_and_found_again_as_it_was(somebody):
    with somebody("office") as office:
        page = office.page
        office.go("/enterprises/")
        page.evaluate("window.here = true")
        page.select_option("[name=grade]", "D")
        page.wait_for_url("**grade=D**")
        expect(page.locator("#list tbody tr")).to_have_count(1)
        assert page.evaluate("window.here")
        page.click("#list tbody a")
        page.wait_for_url("**/enterprises/*/")
        page.click(".page-pretitle a")
        page.wait_for_url("**grade=D**")
        assert page.locator("#list tbody tr").count() == 1
        assert page.input_value("[name=grade]") == "D"


def test_a_list_opens_again_at_the_row_it_was_left_at(somebody, committed_world):
    with committed_world.as_("office"):
        district = District.objects.get(name="江南区")
        Enterprise.objects.bulk_create(
            Enterprise(code=f"{n:018d}", name=f"企业{n:03d}", district=district, sector="hazchem", kind="use")
            for n in range(60)
        )
    with somebody("office") as office:
        page = office.page
        office.go("/enterprises/?size=25&page=2")
        page.locator("#list tbody a").nth(20).click()
        page.wait_for_url(lambda url: url.endswith("/") and "?" not in url)
        page.click(".page-pretitle a")
        page.wait_for_url("**size=25&page=2**")
        expect(page.locator("#list tbody tr").nth(20)).to_be_in_viewport()


def test_a_broken_network_is_said_and_nothing_typed_is_lost(somebody):
    with somebody("office") as office:
        page = office.page
        office.go("/enterprises/")
        page.context.set_offline(True)
        page.fill("[name=q]", "江州")
        page.press("[name=q]", "Enter")
        page.wait_for_selector("#toast:not([hidden])")
        assert "网络不通" in page.inner_text("#toast")
        assert page.input_value("[name=q]") == "江州"


def test_a_login_that_ran_out_in_the_middle_of_a_form_brings_all_of_it_back_once(somebody, committed_world):
    with somebody("officer", "phone") as officer:
        page, context = officer.page, officer.page.context
        officer.go("/selfchecks/new/")
        page.fill("[name=description]", "泵房地面油污")
        page.select_option("[name=accident_type]", "fire")
        page.check("[name=level][value=major]")
        for name, value in {"place": "泵房", "measures": "清理", "planned_on": "2030-01-01"}.items():
            page.fill(f"[name={name}]", value)
        context.clear_cookies(name="sessionid")
        page.click("main button:has-text('上报')")
        page.wait_for_selector("text=登录已过期")
        page.fill("[name=username]", "officer")
        page.fill("[name=password]", PASSWORD)
        page.click("form button.btn-primary")
        page.wait_for_selector("text=已经恢复在下面")
        officer.looks_right("restored")
        kept = {name: page.input_value(f"[name={name}]") for name in ("description", "accident_type", "planned_on")}
        assert kept == {"description": "泵房地面油污", "accident_type": "fire", "planned_on": "2030-01-01"}
        assert page.is_checked("[name=level][value=major]")
        page.click("main button:has-text('上报')")
        page.wait_for_selector("text=已上报")
        # Accepted, it is not offered again.
        officer.go("/selfchecks/new/")
        assert page.input_value("[name=description]") == page.input_value("[name=planned_on]") == ""
        # A change that was begun is gone on with, unless somebody else has changed the same meanwhile.
        with committed_world.as_("officer"):
            check = SelfCheck.objects.get()
        officer.go(f"/selfchecks/{check.pk}/change/")
        page.fill("[name=place]", "泵房东侧")
        officer.go(f"/selfchecks/{check.pk}/change/")
        assert page.input_value("[name=place]") == "泵房东侧"
        with committed_world.as_("officer"):
            selfchecks.change(check.pk, {"place": "罐区"}, "更正")
        officer.go(f"/selfchecks/{check.pk}/change/")
        assert page.input_value("[name=place]") == "罐区"
    with somebody("inspector") as inspector:
        hazard = stories.submitted(committed_world)
        page = inspector.page
        inspector.go(f"/desk/?at={hazard.pk}")
        page.fill("#decision [name=note]", "照片看不清")
        page.context.clear_cookies(name="sessionid")
        page.click("#decision button:has-text('退回')")
        page.wait_for_selector("text=登录已过期")
        page.fill("[name=username]", "inspector")
        page.fill("[name=password]", PASSWORD)
        page.click("form button.btn-primary")
        page.wait_for_url(f"**/desk/?at={hazard.pk}")
        assert page.input_value("#decision [name=note]") == "照片看不清"
        # Another person who logs in here finds nothing of it.
        inspector.go("/messages/settings/")
        page.select_option("[name=quiet_from]", "3")
        page.context.clear_cookies(name="sessionid")
        page.click("main button:has-text('保存')")
        page.wait_for_selector("text=登录已过期")
        page.fill("[name=username]", "inspector2")
        page.fill("[name=password]", PASSWORD)
        page.click("form button.btn-primary")
        page.wait_for_selector("[name=quiet_from]")
        assert page.input_value("[name=quiet_from]") == ""


def test_what_a_box_would_drop_without_a_word_is_said_or_put_right(somebody):
    with somebody("office", "phone") as office:
        page = office.page
        office.go("/visits/draws/new/")
        # The decimal point of a Chinese keyboard.
        page.focus("main [name=size]")
        page.keyboard.insert_text("１２。５")
        assert page.input_value("main [name=size]") == "12.5"
        page.focus("[name=avoid]")
        page.evaluate(
            """text => { const carried = new DataTransfer(); carried.setData("text", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true })); }""",
            "长" * 10_000,
        )
        expect(page.locator("#toast")).to_contain_text("放不下的 6000 个字没有粘贴进来")


def test_typed_text_is_still_there_after_the_tab_was_closed_and_is_not_shown_to_another_person(
    somebody, committed_world
):
    plant = committed_world.enterprises["a"]
    with somebody("inspector") as person:
        page = person.page
        person.go(f"/visits/new/?enterprise={plant}")
        page.locator("[name=categories]").first.check()
        page.locator("[name=second]").first.check()
        page.click("main button.btn-primary:has-text('开始检查')")
        page.wait_for_selector(".check-line")
        address = (
            page.url.rstrip("/").rsplit("/visits/", 1)[0] + "/visits/" + page.url.split("/visits/")[1].split("/")[0]
        )
        page.goto(f"{address}/finish/")
        page.fill("[name=summary]", "罐区整体情况良好")
        page.close()
        person.page = page = page.context.new_page()
        page.goto(f"{address}/finish/")
        assert page.input_value("[name=summary]") == "罐区整体情况良好"
        page.click(".who-menu summary")
        page.click(".who-menu form button:has-text('退出登录')")
        page.fill("[name=username]", "inspector2")
        page.fill("[name=password]", PASSWORD)
        page.click("form button.btn-primary")
        page.wait_for_url(lambda url: "/login/" not in url)
        assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('keep:'))") == []
