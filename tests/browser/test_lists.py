"""提升一批、淘汰一批 and 疑似重复 in a real browser."""

import pytest

from enterprises.actions import duplicates as verbs
from enterprises.models import DuplicateSearch
from tests.enterprises.test_duplicates import second_entry
from tests.enterprises.test_transformation import put
from tests.files.samples import picture
from tests.stories import recorded


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_an_entry_is_made_moved_on_and_finished_with_a_photo(committed_world, somebody, screen):
    plant = committed_world.enterprises["a"]
    put(committed_world, key="b", target="超长的目标" * 40, measure="超长的措施" * 60)
    with somebody("inspector", screen) as inspector:
        page = inspector.page
        inspector.go(f"/enterprises/{plant}/")
        page.click("main a:has-text('列入名单')")
        page.locator("[name=list]").first.check()
        page.fill("[name=target]", "全流程自动化改造")
        page.fill("[name=measure]", "增设安全仪表系统")
        page.fill("[name=due_on]", "2027-12-01")
        inspector.looks_right("transformation-new")
        page.click("main form button.btn-primary")
        page.click("main a:has-text('全流程自动化改造')")
        page.click(".page-actions a:has-text('完成')")
        page.fill("[name=note]", "已通过验收")
        page.click("main form button.btn-primary")
        page.wait_for_selector("text=完成须有佐证材料")
        assert page.input_value("[name=note]") == "已通过验收"
        inspector.faults.clear()  # the browser reports the 400 itself
        inspector.looks_right("transformation-refused")
        page.set_input_files("[name=file]", {"name": "验收.jpg", "mimeType": "image/jpeg", "buffer": picture()})
        page.click("main form button.btn-primary")
        page.wait_for_selector("text=已完成。")
        page.wait_for_selector("img.step-photo")
        inspector.looks_right("transformation")
        inspector.go("/transformations/")
        inspector.looks_right("transformations")


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_two_entries_of_one_plant_are_found_compared_merged_and_taken_apart_again(committed_world, somebody, screen):
    twin = second_entry(committed_world, remark="超长的备注" * 55, principal="王一", principal_phone="13900000001")
    committed_hazard = recorded(committed_world, "a")
    with somebody("office", screen) as office:
        page = office.page
        office.go("/enterprises/duplicates/")
        office.looks_right("duplicates-empty")
        with committed_world.as_("office"):
            verbs.run_search(DuplicateSearch.objects.create(by_name="office君").pk)
        office.go("/enterprises/duplicates/")
        office.looks_right("duplicates")
        page.click("#list tbody a:has-text('核对')")
        office.looks_right("merge")
        page.click("main form button:has-text('不是重复')")
        assert "/merge/" in page.url  # the browser itself asks for the reason
        page.click(".page-actions a:has-text('反过来')")
        page.fill("[name=reason]", "企业更名后重复登记")
        page.click("main form button.btn-primary:has-text('合并')")
        page.wait_for_selector("text=今后怎么办")
        assert page.input_value("[name=reason]") == "企业更名后重复登记"
        office.faults.clear()  # the browser reports the 400 itself
        office.looks_right("merge-refused")
        page.locator("[name=officers]").first.check()
        page.click("main form button.btn-primary:has-text('合并')")
        page.wait_for_url(f"**/enterprises/{twin.pk}/")
        page.wait_for_selector("text=并入的企业")
        office.looks_right("enterprise-merged-into")
        page.click("main a:has-text('江州甲化工有限公司')")
        page.wait_for_selector("text=已并入其他企业")
        office.looks_right("enterprise-merged-away")
        office.go("/enterprises/?q=江州甲化工有限公司")
        office.looks_right("enterprises-by-old-name")
        assert "含已并入的" in page.locator("#list").inner_text()
        office.go(f"/hazards/{committed_hazard.pk}/")
        office.looks_right("hazard-merged")
        office.go(f"/enterprises/{twin.pk}/")
        page.click("main a:has-text('撤销合并')")
        page.fill("[name=reason]", "并错了")
        office.looks_right("merger-undo")
        page.click("main form button:has-text('撤销合并')")
        page.wait_for_url(f"**/enterprises/{committed_world.enterprises['a']}/")
