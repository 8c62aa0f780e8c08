"""提升一批、淘汰一批 in a real browser: from the enterprise's page to a finish with its photo."""

import pytest

from tests.enterprises.test_transformation import put
from tests.files.samples import picture


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
