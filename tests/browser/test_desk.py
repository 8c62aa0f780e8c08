"""The review desk by keyboard, and the officer's telephone, in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hazards.actions import moves
from hazards.actions.evidence import add_evidence
from hazards.models import Hazard
from tests import stories
from tests.world import PASSWORD


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_the_desks_look_right_with_and_without_something_to_decide(committed_world, somebody, screen):
    long = "储罐区" * 40 + "T-103根部阀法兰处渗漏"
    stories.submitted(committed_world, description=long, place="储罐区" * 12)
    stories.confirming(committed_world)
    with somebody("leader", screen) as leader:
        for path, name in (
            ("/desk/", "desk"),
            ("/desk/confirm/", "desk-confirm"),
            ("/desk/templates/", "desk-templates"),
        ):
            leader.go(path)
            leader.looks_right(name)
    with somebody("north", screen) as north:
        north.go("/desk/")
        north.looks_right("desk-empty")


def shows(page, hazard) -> None:
    """The desk has come to this hazard, and its links and buttons are htmx's: before that a key goes to a page of its own."""
    expect(page.locator("#desk-title")).to_contain_text(f"隐患 {hazard.pk} ")
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)


def test_the_keyboard_alone_accepts_returns_and_moves_on(committed_world, somebody):
    first, second, third = (stories.submitted(committed_world, description=f"第{n}条渗漏") for n in (1, 2, 3))
    with somebody("inspector") as inspector:
        page = inspector.page
        inspector.go("/desk/")
        shows(page, first)
        page.evaluate("window.here = true")
        # Moving about decides nothing, and neither does one key.
        page.keyboard.press("j")
        shows(page, second)
        page.keyboard.press("k")
        shows(page, first)
        page.keyboard.press("a")
        expect(page.locator("[data-armed]")).to_contain_text("按回车键确认")
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        shows(page, first)
        page.keyboard.press("1")
        page.keyboard.press("r")
        inspector.looks_right("desk-armed")
        page.keyboard.press("Escape")
        page.locator("[name=note]").fill("")
        page.keyboard.press("Escape")
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        shows(page, second)
        expect(page.locator("#flash")).to_contain_text(f"隐患 {first.pk} 已销号")
        assert stories.fresh(committed_world, first).status == "closed"
        # A return wants its reason: the first template, changed by hand.
        page.keyboard.press("r")
        assert page.evaluate("document.activeElement.name") == "note"
        page.keyboard.press("Escape")
        page.keyboard.press("1")
        page.locator("[name=note]").press("End")
        page.locator("[name=note]").type("请于明日前补拍 ajr")
        page.keyboard.press("Escape")
        page.keyboard.press("r")
        page.keyboard.press("Enter")
        shows(page, third)
        assert stories.fresh(committed_world, second).status == "rectifying"
        with committed_world.as_("inspector"):
            assert "请于明日前补拍 ajr" in second.steps.latest("id").note
        assert page.evaluate("window.here"), "the next one came without a reload"
        assert page.url.endswith(f"at={third.pk}")
        page.reload()
        shows(page, third)


def test_the_back_button_leads_to_the_hazard_of_before_and_a_key_still_acts_once(committed_world, somebody):
    first, second, third = (stories.submitted(committed_world, description=f"第{n}条渗漏") for n in (1, 2, 3))
    with somebody("inspector") as inspector:
        page = inspector.page
        inspector.go("/desk/")
        page.keyboard.press("j")
        shows(page, second)
        page.go_back()
        shows(page, first)
        expect(page.locator("#desk")).to_have_class("desk-scripted")
        page.keyboard.press("j")
        shows(page, second)
        assert page.url.endswith(f"at={second.pk}")


def test_typed_text_stays_when_the_letters_grow(committed_world, somebody):
    stories.submitted(committed_world)
    with somebody("inspector") as inspector:
        page = inspector.page
        inspector.go("/desk/")
        page.fill("[name=note]", "现场核对无误")
        page.click(".who-menu summary")
        page.click(".text-sizes button:has-text('特大')")
        expect(page.locator("html")).to_have_attribute("data-text", "largest")
        assert page.input_value("[name=note]") == "现场核对无误"


def test_a_key_switched_off_or_typed_into_a_field_does_nothing(committed_world, somebody):
    first, second = (stories.submitted(committed_world, description=f"第{n}条渗漏") for n in (1, 2))
    with somebody("inspector") as inspector:
        page = inspector.page
        inspector.go("/desk/")
        page.focus("[name=note]")
        page.keyboard.type("jars1")
        assert page.input_value("[name=note]") == "jars1"
        expect(page.locator("#desk-title")).to_contain_text(f"隐患 {first.pk} ")
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        page.uncheck("[data-keys-on]")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        expect(page.locator("#desk-title")).to_contain_text(f"隐患 {first.pk} ")
        assert {stories.fresh(committed_world, one).status for one in (first, second)} == {"submitted"}


def test_pictures_are_turned_and_enlarged_in_place(committed_world, somebody):
    hazard = stories.issued(committed_world)
    with committed_world.as_("officer"):
        for shade in (10, 60):
            add_evidence(
                stories.photo(shade),
                enterprise=hazard.enterprise,
                phase="after",
                hazard=Hazard.objects.get(pk=hazard.pk),
            )
    stories.hand_in(committed_world, hazard, shade=111)
    with somebody("inspector") as inspector:
        page = inspector.page
        inspector.go("/desk/")
        after = page.locator("[data-pane]").nth(1)
        expect(after.locator("[data-count]")).to_have_text("1 / 3")
        assert after.locator("[data-picture]:visible").count() == 1
        page.keyboard.press("ArrowRight")
        expect(after.locator("[data-count]")).to_have_text("2 / 3")
        page.keyboard.press("z")
        expect(after.locator(".shown .desk-frame")).to_have_class("desk-frame zoomed")
        page.keyboard.press("z")
        after.locator(".shown .desk-frame").click()
        expect(after.locator(".shown .desk-frame")).to_have_class("desk-frame zoomed")
        assert page.url.endswith(f"/desk/?at={hazard.pk}")


def test_two_at_one_hazard_the_second_is_told_and_moves_on(committed_world, somebody):
    first, second = (stories.submitted(committed_world, description=f"第{n}条渗漏") for n in (1, 2))
    with somebody("inspector") as inspector:
        page = inspector.page
        inspector.go("/desk/")
        page.fill("[name=note]", "现场核对无误")
        stories.accept(committed_world, first)
        page.click("button[value=accept]")
        expect(page.locator("#desk-title")).to_contain_text(f"隐患 {second.pk} ")
        expect(page.locator("#desk [role=alert]")).to_contain_text("刚刚被他人办理")
        assert page.input_value("#desk [role=alert] textarea") == "现场核对无误"
        assert page.url.endswith(f"at={second.pk}")
        inspector.faults.clear()  # the browser reports the 409 itself
        inspector.looks_right("desk-taken")


def test_the_desk_works_without_script(committed_world, chromium, server):
    first, second = (stories.submitted(committed_world, description=f"第{n}条渗漏") for n in (1, 2))
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{server}/login/")
    page.fill("[name=username]", "inspector")
    page.fill("[name=password]", PASSWORD)
    page.click("form button.btn-primary")
    page.goto(f"{server}/desk/")
    page.click("[data-reason] >> nth=0")
    assert "补拍" in page.input_value("[name=note]")
    page.click("button[value=return]")
    assert f"隐患 {second.pk} " in page.inner_text("#desk-title")
    assert stories.fresh(committed_world, first).status == "rectifying"
    context.close()


@pytest.fixture
def busy_plant(committed_world):
    """One of each: late and long, due today, sent back, unsigned, handed in."""
    late, today = (
        stories.issued(committed_world, description=text, place="二车间氧化反应釜区")
        for text in ("储罐区" * 30 + "法兰渗漏", "可燃气体报警器GD-207显示故障，现场未采取替代监测措施")
    )
    with committed_world.as_("office"):
        for hazard, days in ((late, -5), (today, 0)):
            Hazard.objects.filter(pk=hazard.pk).update(deadline=timezone.localdate() + timedelta(days=days))
    returned = stories.submitted(committed_world)
    with committed_world.as_("inspector"):
        moves.send_back(returned.pk, "整改后照片与隐患部位不一致，请在同一位置补拍。")
    stories.issued(committed_world, acknowledged=False)
    stories.submitted(committed_world)
    return committed_world


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_the_officer_opens_on_what_to_fix_by_when(busy_plant, somebody, screen):
    with somebody("officer", screen) as officer:
        assert officer.page.url.endswith("/todo/")
        officer.looks_right("work")
        big = officer.page.locator(".work-days b").first
        assert big.inner_text() == "5"
        assert big.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 36
    with somebody("officer_b", screen) as other:
        other.page.wait_for_selector("text=现在没有要整改的隐患")
        other.looks_right("work-empty")


@pytest.mark.parametrize("size", ["标准", "特大", "浏览器200%"])
def test_the_officers_pages_fit_a_narrow_telephone_with_large_letters(busy_plant, somebody, size):
    with somebody("officer", "phone") as officer:
        page = officer.page
        page.set_viewport_size({"width": 320, "height": 640})
        if size in ("标准", "特大"):
            with page.expect_response("**/text-size/"):
                page.click(f"main .text-sizes button:has-text('{size}') >> nth=-1")
            wanted = {"标准": "standard", "特大": "largest"}[size]
            expect(page.locator("html")).to_have_attribute("data-text", wanted)
            page.reload()
            expect(page.locator("html")).to_have_attribute("data-text", wanted)
        hazard = page.locator(".work-what a").first.get_attribute("href")
        for path in ("/todo/", hazard, f"{hazard}submit/", f"{hazard}submit/?step=3", "/messages/"):
            officer.go(path)
            if size == "浏览器200%":
                page.evaluate("document.documentElement.style.fontSize = '200%'")
            officer.looks_right(f"narrow-{size}-{path.strip('/').replace('/', '-').replace('?', '-')}")


def test_the_officers_way_needs_neither_script_nor_a_new_window(busy_plant, chromium, server):
    """As in a messenger's own browser: no script to rely on, links that stay, a plain file field."""
    context = chromium.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{server}/login/")
    page.fill("[name=username]", "officer")
    page.fill("[name=password]", PASSWORD)
    page.click("form button.btn-primary")
    assert page.url.endswith("/todo/")
    page.click(".work-card a.btn-primary >> nth=0")
    page.locator("[name=photos]").last.set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": stories.photo(9).read()}
    )
    page.click("button:has-text('保存并下一步')")
    page.locator("[name=photos]").last.set_input_files(
        {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": stories.photo(8).read()}
    )
    page.click("button:has-text('保存并下一步')")
    page.fill("[name=note]", "已更换垫片，责任人方安")
    page.click("button:has-text('提交复查')")
    assert "已提交，等待执法人员复查" in page.inner_text("#flash")
    assert len(context.pages) == 1
    context.close()


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_labels_look_right_on_screen_and_print_eight_to_a_page(busy_plant, somebody, screen):
    with somebody("officer", screen) as officer:
        for query in ("", "?size=a6", "?what=units"):
            officer.go(f"/labels/{query}")
            officer.looks_right(f"labels{query.strip('?').replace('=', '-')}")
        officer.go("/labels/")
        officer.page.emulate_media(media="print")
        card = officer.page.locator(".label-card").first.bounding_box()
        assert 250 < card["height"] < 262  # 68 mm
        assert not officer.page.is_visible(".side")
        assert not officer.page.is_visible(".labels-hint")


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_the_pages_of_samples_look_right(committed_world, somebody, screen):
    stories.closed(committed_world)
    with somebody("office", screen) as office:
        page = office.page
        office.go("/samples/")
        office.looks_right("samples-empty")
        office.go("/samples/new/")
        office.looks_right("sample-new")
        today = timezone.localdate().isoformat()
        page.fill("[name=starts]", today)
        page.fill("[name=ends]", today)
        page.fill("[name=number]", "1")
        page.fill("[name=seed]", "2026年第138期 03 09 14 21 27 30+05")
        page.click("main button:has-text('抽样')")
        page.wait_for_selector("text=已抽取 1 条")
        office.looks_right("sample")
        office.go("/samples/items/")
        office.looks_right("sample-items")
        page.click("td.lead-cell a")
        page.check("[value=untrue]")
        page.fill("[name=note]", "阀门仍在渗漏")
        office.looks_right("sample-item")
        page.click("button:has-text('记录复核结果')")
        page.wait_for_selector("text=复核结果：不属实")
        office.looks_right("sample-untrue")
