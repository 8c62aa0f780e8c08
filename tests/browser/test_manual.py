"""The manual's pictures, taken of the pages as they are; in every other run only looked at, whether they still are.

Beside each picture lies what its page said when it was taken, numbers and dates left out. A page that says something else
now makes its picture untrue. `make manual` takes them all again.
"""

import difflib
import io
import os
import re
from contextlib import contextmanager
from datetime import date, datetime
from itertools import count

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accountability.actions import scores
from campaign.actions import tasks
from campaign.demo.pictures import picture as drawn
from enterprises.models import Enterprise
from hazards.actions.evidence import add_evidence
from hazards.models import Hazard
from inspections.models_assessments import Assessment
from portal.guide.manual import PICTURES, chapters
from portal.tenancy.models import Person as Named
from portal.tenancy.scope import tenant_scope
from tests import stories
from tests.browser.conftest import WIDTHS, Person
from tests.campaign import tasks as given
from tests.hazards.test_broadcasts import sent
from tests.inspections import teams
from tests.inspections.test_day import planned
from tests.world import PASSWORD

RETAKE = os.environ.get("PORTAL_RETAKE_MANUAL") == "1"
HOW = "The manual's pictures are taken again by: make manual"
# A Tuesday without holidays near, so that deadlines explain themselves in the same words whenever this runs.
DAY = "2026-09-15T10:00:00+08:00"
EARLIER = "2026-08-25T10:00:00+08:00"
KEPT = {"phone": 585, "desk": 1200}
PLANTS = {"a": "江州宏远化工有限公司", "b": "江州康泽医药有限公司", "c": "江州北港仓储有限公司"}
PEOPLE = {
    "office": "林静", "office2": "郑国强", "department": "吴涛", "inspector": "陈志明", "inspector2": "王丽",
    "leader": "赵建国", "north": "孙立", "north2": "何敏", "officer": "方安", "officer_b": "周海", "officer_c": "许波",
    "expert": "严守正", "auditor": "冯远", "sysadmin": "邓科", "secadmin": "袁卫",
}  # fmt: skip
MARK = """element => {
  element.scrollIntoView({block: 'center'});
  element.style.outline = '3px solid #c81e1e';
  element.style.outlineOffset = '3px';
}"""


def scene(seed: int, mended: bool) -> bytes:
    return drawn(seed, mended=mended, taken_at=datetime(2026, 9, 15, 9, 58))


def picture(seed: int, mended: bool) -> dict:
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": scene(seed, mended)}


def said(page) -> str:
    """What somebody reads on the page, without what differs from day to day: figures, dates, digests."""
    words = page.evaluate("document.body.innerText")
    words = re.sub(r"\b[0-9A-Fa-f]{16,}\b", "#", words)
    words = re.sub(r"星期[一二三四五六日]", "星期#", words)
    words = re.sub(r"\d+(?:[-:.,/]\d+)*", "#", words)
    lines = (re.sub(r"\s+", " ", line).strip() for line in words.splitlines())
    return "\n".join(line for line in lines if line) + "\n"


class Album:
    """The pictures of one run, in the order of their steps."""

    def __init__(self):
        self.taken: dict[str, list[str]] = {}
        self.untrue: list[str] = []

    def take(self, person: Person, kind: str, key: str, at: str = "", until: str = "") -> None:
        """`until` is waited for; what `at` finds first is framed in red and brought to the middle."""
        page = person.page
        page.wait_for_load_state("load")
        if until:
            page.wait_for_selector(until)
        words = said(page)
        place = PICTURES / kind / f"{key}.txt"
        if at:
            page.locator(at).first.evaluate(MARK)
        if RETAKE:
            self.keep(page, kind, key, words)
        elif not place.exists():
            self.untrue.append(f"{kind}/{key}: there is no picture yet")
        elif (before := place.read_text("utf-8")) != words:
            changes = difflib.unified_diff(before.splitlines(), words.splitlines(), "taken", "now", n=1, lineterm="")
            self.untrue.append(f"{kind}/{key} at {page.url}:\n" + "\n".join(list(changes)[:30]))
        self.taken.setdefault(kind, []).append(key)

    def keep(self, page, kind: str, key: str, words: str) -> None:
        folder = PICTURES / kind
        folder.mkdir(parents=True, exist_ok=True)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        with Image.open(io.BytesIO(page.screenshot())) as shot:
            width = KEPT["phone" if page.viewport_size["width"] == WIDTHS["phone"][0] else "desk"]
            small = shot.convert("RGB").resize((width, round(shot.height * width / shot.width)), Image.LANCZOS)
        small.save(folder / f"{key}.webp", quality=72, method=6)
        (folder / f"{key}.txt").write_text(words, "utf-8")


@pytest.fixture
def at_screen(chromium, server, settings):
    """As for the browser's other tests, sharper on a telephone, and without the signs of a demo."""
    settings.DEMO = False

    @contextmanager
    def opened(screen: str):
        width, height = WIDTHS[screen]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=2 if screen == "phone" else 1,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        try:
            yield Person(context.new_page(), server)
        finally:
            context.close()

    return opened


def with_names(world) -> None:
    """Plants and people as they could be called; the tests' own names say what they are for."""
    with world.as_("office"):
        for key, name in PLANTS.items():
            Enterprise.objects.filter(pk=world.enterprises[key]).update(name=name)
    with tenant_scope(world.tenants["江州市"], "江州市", scope="sysadmin"):
        for login, name in PEOPLE.items():
            Named.objects.filter(pk=world.people[login]).update(name=name)


def before_they_log_in(world) -> dict[str, int]:
    """What waits for each of the four; the numbers of what their pages are asked for by."""
    with time_machine.travel(EARLIER):
        stories.issued(world, "a", days=10, description="可燃气体报警器未定期校验", place="一车间")
        stories.issued(world, "b", days=12, description="危化品仓库未设防静电接地", place="甲类仓库")
    stories.submitted(world, "a", description="装卸鹤管接地线断开", place="装卸区")
    major = stories.issued(world, "a", level="major", description="罐区紧急切断阀失效", place="甲醇罐区")
    slow = stories.issued(world, "a", days=15, description="DCS操作站未设分级权限", place="中控室")
    asked = stories.asked(world, "b", description="反应釜安全阀超期未校验", place="合成车间")
    confirming = stories.confirming(world, "b")
    planned(world)
    lesson = sent(world, title="联锁旁路未办手续")
    task = given.under_way(world, milestones=[(date(2026, 9, 30), "完成评估方案"), (date(2026, 10, 10), "评估过半")])
    with world.as_("inspector"):
        tasks.report(task.pk, "已评估四家，报告两份", percent=40)
    with world.as_("office"):
        year = scores.open_year(2026, "district")
        scores.keep(year.pk, scores.read("district", year.template.body, year.since, year.until))
    assessment = teams.opened(world, "a", login="expert")
    return {
        "major": major.pk, "slow": slow.pk, "asked": asked.pk, "confirming": confirming.pk, "task": task.pk,
        "year": year.pk, "assessment": assessment.pk, "lesson": lesson.pk,
    }  # fmt: skip


def with_scenes(monkeypatch) -> None:
    """The stories' hazards have a picture of what was found, and of what was mended."""
    seeds, recorded = count(10), stories.recorded

    def shot(mended: bool) -> SimpleUploadedFile:
        return SimpleUploadedFile("现场.jpg", scene(next(seeds), mended), "image/jpeg")

    def seen(world, enterprise: str = "a", **told):
        hazard = recorded(world, enterprise, **told)
        with world.as_(stories.INSPECTORS[enterprise][0]):
            add_evidence(shot(False), enterprise=hazard.enterprise, phase="found", hazard=hazard)
        return hazard

    monkeypatch.setattr(stories, "recorded", seen)
    monkeypatch.setattr(stories, "photo", lambda *_: shot(True))


def log_in(album: Album, person: Person, kind: str, login: str) -> None:
    person.go("/login/")
    person.page.fill("[name=username]", login)
    album.take(person, kind, "login", at="form button.btn-primary")
    person.page.fill("[name=password]", PASSWORD)
    person.page.click("form button.btn-primary")
    person.page.wait_for_url(lambda url: "/login/" not in url)


def inspector_finds(album: Album, person: Person, world, numbers) -> None:
    page, kind = person.page, "inspector"
    log_in(album, person, kind, "inspector")
    album.take(person, kind, "today", at="a:has-text('开始检查')")
    person.go(f"/visits/new/?enterprise={world.enterprises['a']}")
    page.locator("[name=categories]").first.check()
    page.locator("[name=second]").first.check()
    album.take(person, kind, "start", at="main button.btn-primary:has-text('开始检查')")
    page.click("main button.btn-primary:has-text('开始检查')")
    page.wait_for_selector(".check-line")
    if page.locator("details.chapter:not([open]) > summary").count():
        page.locator("details.chapter > summary").first.click()
    album.take(person, kind, "answer", at="article.check-line button.verdict-not_ok")
    line = page.locator("article.check-line").first
    line.locator("button.verdict-not_ok").click()
    line = page.locator("article.check-line").first
    line.locator("textarea[name=description]").fill("甲醇泵出口法兰渗漏，地面有积液")
    line.locator("textarea[name=description]").blur()
    page.wait_for_selector("text=已保存")
    with page.expect_response(lambda answer: "/photos/" in answer.url and answer.request.method == "POST"):
        line.locator("input[type=file]").last.set_input_files(picture(1, mended=False))
    page.wait_for_selector("article.check-line .photo-grid img")
    album.take(person, kind, "finding", until="text=已收到 1 份", at="article.check-line .photo-grid img")
    person.go(page.locator("a:has-text('完成检查')").first.get_attribute("href"))
    page.fill("[name=met_with]", "方安")
    album.take(person, kind, "finish", at="main button:has-text('完成检查')")
    page.click("button:has-text('完成检查')")
    page.click("a:has-text('下达整改文书')")
    page.select_option("[name=second]", index=1)
    album.take(person, kind, "issue", until="text=期限至", at="button:has-text('编号并下达')")
    page.click("button:has-text('编号并下达')")
    album.take(person, kind, "notice", until="text=已下达", at="a:has-text('打开 PDF')")


def inspector_goes_on(album: Album, person: Person, world, numbers) -> None:
    page, kind = person.page, "inspector"
    with world.as_("inspector"):
        found = Hazard.objects.latest("pk").pk
    person.go(f"/desk/?at={found}")
    album.take(person, kind, "desk", at="[data-pane]")
    page.locator("main [name=second]").select_option(index=1)
    with page.expect_response(lambda answer: "/desk/" in answer.url and answer.request.method == "POST"):
        page.click("main form button:has-text('复查通过')")
    person.go(f"/hazards/{found}/")
    album.take(person, kind, "closed", until="text=已销号")
    person.go(f"/hazards/{numbers['asked']}/extension/answer/")
    album.take(person, kind, "extension", at="button:has-text('同意延期')")
    person.go("/field/")
    album.take(person, kind, "field", until="[data-unsent]:has-text('全部已发送')", at="text=带走企业资料")


def officer_puts_right(album: Album, person: Person, world, numbers) -> None:
    page, kind = person.page, "officer"
    log_in(album, person, kind, "officer")
    album.take(person, kind, "todo", at="main a.btn:has-text('签收')")
    person.go("/account/password/")
    album.take(person, kind, "password", at="button:has-text('保存新密码')")
    person.go("/messages/")
    album.take(person, kind, "messages", at="button:has-text('去办理')")
    person.go("/todo/")
    page.locator("main a.btn:has-text('签收')").first.click()
    page.wait_for_selector("button:has-text('我已收到，签收')")
    album.take(person, kind, "sign", at="button:has-text('我已收到，签收')")
    page.click("button:has-text('我已收到，签收')")
    page.wait_for_selector("text=已签收")
    page.locator("main a:has-text('办理情况')").first.click()
    page.wait_for_selector("a:has-text('提交整改材料')")
    page.click("a:has-text('提交整改材料')")
    album.take(person, kind, "before", at="button:has-text('保存并下一步')")
    page.click("button:has-text('保存并下一步')")
    page.set_input_files("[data-photo-input][multiple]", picture(2, mended=True))
    album.take(person, kind, "after", until="text=已收到 1 份", at="[data-photo-cards]")
    page.click("button:has-text('保存并下一步')")
    page.fill("[name=note]", "已更换法兰垫片并紧固，清理积液，责任人方安。")
    album.take(person, kind, "hand-in", at="button:has-text('提交复查')")
    page.click("button:has-text('提交复查')")
    album.take(person, kind, "waiting", until="text=已提交，等待执法人员复查")
    person.go(f"/hazards/{numbers['major']}/plan/")
    album.take(person, kind, "plan")
    person.go(f"/hazards/{numbers['slow']}/extension/ask/")
    album.take(person, kind, "extension", at="main form button:has-text('申请延期')")
    person.go("/selfchecks/new/")
    album.take(person, kind, "selfcheck")
    person.go("/broadcasts/answers/")
    page.locator("#list tbody a").first.click()
    album.take(person, kind, "lesson", until="text=情况和要求", at="main a.btn-primary:has-text('答复')")


def office_sees_it_all(album: Album, person: Person, world, numbers) -> None:
    page, kind = person.page, "office"
    log_in(album, person, kind, "office")
    page.wait_for_load_state("networkidle")
    album.take(person, kind, "dashboard", at="main summary:has-text('怎么算的')")
    page.locator("main a:has-text('全部逾期隐患')").click()
    album.take(person, kind, "records", until="#list", at="text=导出全部")
    person.go(f"/enterprises/{world.enterprises['a']}/")
    album.take(person, kind, "plant", at="a:has-text('修改资料')")
    person.go("/visits/coverage/")
    album.take(person, kind, "coverage", at="main table a:has-text('未检查')")
    person.go(f"/assessments/new/?enterprise={world.enterprises['b']}")
    album.take(person, kind, "assess", at="main button:has-text('发起评估')")
    person.go("/desk/confirm/")
    album.take(person, kind, "confirm", at="main form button:has-text('审核通过')", until="main img")
    person.go(f"/hazards/{numbers['major']}/supervise/")
    album.take(person, kind, "supervise", at="main form button:has-text('挂牌督办')")
    person.go("/broadcasts/new/")
    album.take(person, kind, "lesson")
    person.go(f"/tasks/{numbers['task']}/")
    album.take(person, kind, "task")
    person.go("/reminders/plan/")
    album.take(person, kind, "reminders")
    person.go(f"/scores/{numbers['year']}/")
    album.take(person, kind, "score", at="button:has-text('重新取数计分')")


def expert_assesses(album: Album, person: Person, world, numbers) -> None:
    page, kind, number = person.page, "expert", numbers["assessment"]
    log_in(album, person, kind, "expert")
    album.take(person, kind, "list", at="#list tbody a")
    person.go("/experts/own/")
    album.take(person, kind, "profile", at="a:has-text('申报经历或关联')")
    person.go(f"/assessments/{number}/")
    sheet = "main a[href*='/sheets/']"
    album.take(person, kind, "assessment", at=sheet)
    page.locator(sheet).first.click()
    page.wait_for_selector("main fieldset")
    album.take(person, kind, "sheet", at="main fieldset")
    line = page.locator("main section.card").first
    line.locator("input[value=problem]").check(force=True)
    line.locator("textarea").fill("未明确各岗位安全责任，考核记录缺失")
    line.locator("[name=place]").fill("全厂")
    line.locator("button:has-text('保存')").click()
    album.take(person, kind, "problem", until="button:has-text('上传')", at="main section.card >> nth=0")
    person.go(f"/assessments/{number}/sheets/other/")
    album.take(person, kind, "extra", at="button:has-text('记下')")
    person.go(f"/assessments/{number}/")
    page.click("button:has-text('开始填写')")
    album.take(person, kind, "diagnosis", until="button:has-text('完成，提出分级建议')")
    with world.as_("office"):
        assessment = Assessment.objects.get(pk=number)
    teams.answered(world, assessment)
    person.go(f"/assessments/{number}/")
    album.take(person, kind, "sign", at="main button:has-text('签名')")
    teams.signed(world, assessment)
    person.go(f"/assessments/{number}/")
    page.click("main button:has-text('出具报告')")
    person.go("/assessments/")
    page.locator("#list tbody a").first.click()
    page.locator("main a[href*='/reports/']").first.click()
    album.take(person, kind, "report", until="a:has-text('打开 PDF')", at="a:has-text('打开 PDF')")


def test_the_manuals_pictures_are_true(committed_world, at_screen, monkeypatch):
    album, world = Album(), committed_world
    with_scenes(monkeypatch)
    with time_machine.travel(DAY):
        with_names(world)
        numbers = before_they_log_in(world)
        with at_screen("phone") as inspector, at_screen("phone") as officer:
            inspector_finds(album, inspector, world, numbers)
            officer_puts_right(album, officer, world, numbers)
            inspector_goes_on(album, inspector, world, numbers)
        with at_screen("desk") as expert:
            expert_assesses(album, expert, world, numbers)
        with at_screen("desk") as office:
            office_sees_it_all(album, office, world, numbers)
    named = {chapter.kind: sorted(step.picture for step in chapter.steps) for chapter in chapters().values()}
    assert {kind: sorted(keys) for kind, keys in album.taken.items()} == named
    assert not album.untrue, f"{HOW}\n" + "\n".join(album.untrue)
