"""A district's register of hazards, from the file to the record and back, on a phone and at a desk."""

import pytest

from tests.hazards.test_register import book, line

LONG = "液氨储罐根部阀法兰处渗漏，现场无人处置" * 14


def workbook() -> dict:
    lines = [
        line(
            隐患描述=LONG, 整改期限="2026-10-01", 文书编号="江南责改〔2026〕3号", 整改情况="已整改" * 30, 举报人="王五"
        ),
        line("b", 隐患描述="联锁旁路", 隐患级别="重大", 发现日期="2026-9-1至2026-9-3"),
        line(隐患描述="围堰破损", 整改情况="已销号"),
        line("没有登记过的化工股份有限公司" * 4),
        line(隐患级别="较大"),
        line(隐患描述=LONG),
        ["合计", "", "", "6"],
    ]
    content = book(*lines).read()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": f"{'江南区隐患排查治理台账' * 6}.xlsx", "mimeType": kind, "buffer": content}


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_a_register_comes_in_row_by_row_and_is_taken_back(committed_world, somebody, screen):
    with somebody("leader", screen) as leader:
        page = leader.page
        leader.go("/hazards/imports/")
        leader.looks_right("register-none")
        page.click("main a:has-text('上传隐患台账') >> nth=0")
        leader.looks_right("register-new")
        page.set_input_files("[name=workbook]", {"name": "x.xlsx", "mimeType": "text/plain", "buffer": b"nothing"})
        page.click("main button:has-text('上传并核对')")
        page.wait_for_selector(".invalid-feedback")
        leader.faults.clear()  # the browser reports the 400 itself
        leader.looks_right("register-refused-file")
        page.set_input_files("[name=workbook]", workbook())
        page.click("main button:has-text('上传并核对')")
        page.wait_for_selector("text=列对应：")
        leader.looks_right("register-preview")
        for part in ("doubts", "repeat", "refused", "ignored", "closed"):
            page.click(f".import-parts a[href='?part={part}']")
            leader.looks_right(f"register-{part}")
        page.click("summary:has-text('列对应')")
        leader.looks_right("register-columns")
        page.click("summary:has-text('列对应')")
        page.check("[name=closed][value=no]")
        page.click("main button:has-text('确认导入')")
        page.wait_for_selector("text=已导入，请逐家下达整改文书")
        leader.looks_right("register-done")
        page.click("main td.lead-cell a >> nth=0")
        leader.looks_right("register-hazard")
        page.click("main a:has-text('隐患台账导入')")
        page.click("summary:has-text('撤回这一批')")
        page.fill("[name=reason]", "传错了文件")
        page.click("main button:has-text('撤回')")
        page.wait_for_selector("text=已撤回：这一批")
        leader.looks_right("register-back")
        leader.go("/hazards/imports/")
        leader.looks_right("register-list")
