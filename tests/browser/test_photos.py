"""Photos leave the device as soon as they are chosen, and nothing on it is let go before the portal has it."""

import io

import pytest
from PIL import Image

from hazards.actions import moves
from hazards.actions.evidence import add_evidence
from hazards.models import Evidence
from portal.files import store
from portal.sm3 import sm3
from portal.uploads.models import Upload
from tests import stories
from tests.files import corpus, samples
from tests.inspections import walks
from tests.world import PASSWORD

KEPT = "() => new Promise(done => { const asked = indexedDB.open('photos', 1); asked.onsuccess = () => { const all = asked.result.transaction('unsent').objectStore('unsent').count(); all.onsuccess = () => { done(all.result); asked.result.close(); }; }; })"
CHOOSE = "[data-photo-input][multiple]"


def jpeg(path, colour, size=(900, 700)) -> str:
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, "JPEG", quality=95)
    path.write_bytes(out.getvalue())
    return str(path)


def until(page, true, seconds=60):
    """The page's own script may not be asked to wait: evaluating words as script is forbidden to it."""
    for _ in range(seconds * 5):
        if true():
            return
        page.wait_for_timeout(200)
    raise AssertionError("it did not come to that")


def kept_of(world, hazard):
    with world.as_("officer"):
        return {one.filename: store.open_kept(one.digest) for one in Evidence.objects.filter(hazard=hazard)}


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_chosen_photos_are_sent_at_once_and_said_to_be_received(committed_world, somebody, tmp_path, screen):
    hazard = stories.issued(committed_world)
    photos = [jpeg(tmp_path / f"整改前{n}.jpg", n, (1600, 1200)) for n in range(3)]
    with somebody("officer", screen) as officer:
        page = officer.page
        officer.go(f"/hazards/{hazard.pk}/submit/")
        page.set_input_files(CHOOSE, photos)
        page.wait_for_selector("text=已收到 3 份", timeout=60_000)
        assert page.evaluate(KEPT) == 0
        officer.looks_right("photos-received")
        page.click("button:has-text('保存并下一步')")
        page.wait_for_url("**?step=2")
        officer.go(f"/hazards/{hazard.pk}/submit/?step=1")
        assert page.locator(".photo-grid img").count() == 3
        officer.looks_right("photos-after")
    kept = kept_of(committed_world, hazard)
    assert {name: sm3(content) for name, content in kept.items()} == {
        f"整改前{n}.jpg": sm3((tmp_path / f"整改前{n}.jpg").read_bytes()) for n in range(3)
    }


def test_a_photo_chosen_without_a_line_survives_a_closed_tab_and_goes_by_itself(committed_world, somebody, tmp_path):
    hazard = stories.issued(committed_world)
    with somebody("officer", "phone") as officer:
        context, page = officer.page.context, officer.page
        officer.go(f"/hazards/{hazard.pk}/submit/?step=2")
        context.set_offline(True)
        page.set_input_files(CHOOSE, jpeg(tmp_path / "夜.jpg", 9))
        page.wait_for_selector("text=网络不通", timeout=60_000)
        page.click("button:has-text('保存并下一步')")
        page.wait_for_selector("text=还有 1 份照片或文件没有传完")
        assert page.evaluate(KEPT) == 1
        officer.faults.clear()
        page.close()
        assert kept_of(committed_world, hazard) == {}
        context.set_offline(False)
        # Another page of the portal is enough; it says what is on its way.
        again = context.new_page()
        context.route("**/api/v1/evidence/", lambda route: route.abort())
        again.goto(f"{officer.server}/hazards/")
        again.wait_for_selector("#unsent:visible >> text=还没有传完：1 份")
        context.unroute("**/api/v1/evidence/")
        again.wait_for_selector("#unsent", state="hidden", timeout=60_000)
        assert again.evaluate(KEPT) == 0
    assert set(kept_of(committed_world, hazard)) == {"夜.jpg"}


def test_photos_of_a_report_not_yet_made_survive_a_closed_tab_and_go_with_it(committed_world, somebody, tmp_path):
    with somebody("officer", "phone") as officer:
        context, page = officer.page.context, officer.page
        officer.go("/selfchecks/new/")
        page.fill("[name=description]", "泵房地面油污")
        page.set_input_files(CHOOSE, [jpeg(tmp_path / "夜.jpg", 9), jpeg(tmp_path / "昼.jpg", 8)])
        page.wait_for_selector("text=已传到平台 2 份", timeout=60_000)
        page.close()
        officer.page = page = context.new_page()
        officer.go("/todo/")
        page.wait_for_selector("#unsent:visible >> text=表单还没有提交：2 份")
        officer.looks_right("photos-held")
        asked = []
        page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        page.locator(".who-menu summary").click()
        page.click("text=退出登录")
        until(page, lambda: asked)
        assert "没有随表单提交" in asked[0]
        page.click("#unsent a >> nth=0")
        page.wait_for_selector("text=已传到平台 2 份")
        page.once("dialog", lambda asked: asked.accept())
        with page.expect_response(lambda answer: answer.request.method == "DELETE") as given_up:
            page.click(".photo-card button:has-text('移除') >> nth=0")
        assert given_up.value.status == 204
        page.wait_for_selector("text=已传到平台 1 份")
        for name, value in {"place": "泵房", "measures": "清理", "planned_on": "2030-01-01"}.items():
            page.fill(f"[name={name}]", value)
        page.click("main button:has-text('上报')")
        page.wait_for_selector("text=已上报")
        until(page, lambda: page.evaluate(KEPT) == 0)
        assert page.locator(".photo-grid img").count() == 1
        assert page.locator("#unsent").is_hidden()


def test_an_upload_cut_off_in_the_middle_goes_on_where_it_was(committed_world, somebody, tmp_path):
    hazard = stories.issued(committed_world)
    path = jpeg(tmp_path / "大.jpg", 1, (2400, 1800))
    with somebody("officer") as officer:
        context, page = officer.page.context, officer.page
        pieces = []
        context.route(
            "**/api/v1/uploads/*/",
            lambda route: (
                (
                    route.abort()
                    if route.request.method == "PATCH" and len(pieces) == 1
                    else (pieces.append(route.request.headers.get("upload-offset")), route.continue_())
                )
                if route.request.method == "PATCH"
                else route.continue_()
            ),
        )
        officer.go(f"/hazards/{hazard.pk}/submit/?step=2")
        page.set_input_files(CHOOSE, path)
        page.wait_for_selector("text=还有 1 份没有传完")
        page.wait_for_timeout(3000)
        with committed_world.as_("officer"):
            assert 0 < Upload.objects.mine().get().received < (tmp_path / "大.jpg").stat().st_size
        officer.faults.clear()
        page.close()
        context.unroute("**/api/v1/uploads/*/")
        again = context.new_page()
        offsets = []
        again.on("request", lambda r: offsets.append(r.headers.get("upload-offset")) if r.method == "PATCH" else None)
        again.goto(f"{officer.server}/hazards/")
        until(again, lambda: again.evaluate(KEPT) == 0)
        assert "0" not in offsets
    assert sm3(kept_of(committed_world, hazard)["大.jpg"]) == sm3((tmp_path / "大.jpg").read_bytes())


def test_what_the_portal_refuses_is_said_and_stays_until_the_person_lets_it_go(committed_world, somebody, tmp_path):
    """Also shows that the browser's SM3 is the portal's: a wrong one would be refused as damaged on its way."""
    hazard = stories.issued(committed_world)
    lengths = (1, 55, 56, 63, 64, 65, 119, 120)
    files = [tmp_path / f"{n}.jpg" for n in lengths]
    for length, file in zip(lengths, files, strict=True):
        file.write_bytes(bytes(range(length)))
    bomb = tmp_path / ("长" * 60 + ".png")
    bomb.write_bytes(samples.png_of_81_megapixels())
    with somebody("officer", "phone") as officer:
        page = officer.page
        officer.go(f"/hazards/{hazard.pk}/submit/")
        page.set_input_files(CHOOSE, [str(file) for file in (*files, bomb)])
        page.wait_for_selector(f"text={len(lengths) + 1} 份没有被接收", timeout=60_000)
        said = page.locator(".photo-card p").all_inner_texts()
        assert sum("只能上传" in one for one in said) == len(lengths), said
        assert sum("4000万像素" in one for one in said) == 1
        assert page.evaluate(KEPT) == len(lengths) + 1
        officer.faults = [fault for fault in officer.faults if "400" not in fault]
        officer.looks_right("photos-refused")
        page.on("dialog", lambda dialog: dialog.accept())
        for _ in files:
            page.locator("button:has-text('移除')").first.click()
        page.wait_for_selector("text=1 份没有被接收")
        assert page.evaluate(KEPT) == 1
    assert kept_of(committed_world, hazard) == {}


def test_the_next_person_at_a_shared_tablet_does_not_send_anothers_photos(committed_world, somebody, tmp_path):
    hazard = stories.issued(committed_world)
    with somebody("officer") as officer:
        context, page = officer.page.context, officer.page
        officer.go(f"/hazards/{hazard.pk}/submit/")
        context.route("**/api/v1/uploads/", lambda route: route.abort())
        page.set_input_files(CHOOSE, jpeg(tmp_path / "甲.jpg", 3))
        page.wait_for_selector("text=网络不通", timeout=60_000)
        # The session ends on its own, as it does overnight; nobody has logged out.
        context.clear_cookies()
        context.unroute("**/api/v1/uploads/")
        page.goto("about:blank")
        officer.log_in("officer_b", PASSWORD)
        officer.go("/hazards/")
        page.wait_for_timeout(1500)
        assert page.locator("#unsent").is_hidden()
        assert page.evaluate(KEPT) == 1
        assert kept_of(committed_world, hazard) == {}
        context.clear_cookies()
        officer.log_in("officer", PASSWORD)
        until(page, lambda: page.evaluate(KEPT) == 0)
    assert set(kept_of(committed_world, hazard)) == {"甲.jpg"}


def test_logging_out_wipes_the_device_and_asks_first_where_photos_would_be_lost(committed_world, somebody, tmp_path):
    hazard = stories.issued(committed_world)
    with somebody("officer") as officer:
        context, page = officer.page.context, officer.page
        officer.go(f"/hazards/{hazard.pk}/submit/")
        context.route("**/api/v1/uploads/", lambda route: route.abort())
        page.set_input_files(CHOOSE, jpeg(tmp_path / "甲.jpg", 3))
        page.wait_for_selector("text=网络不通", timeout=60_000)
        asked = []
        page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        page.locator(".who-menu summary").click()
        page.click("text=退出登录")
        page.wait_for_timeout(500)
        assert "1 份" in asked[0]
        assert page.evaluate(KEPT) == 1
        page.on("dialog", lambda dialog: dialog.accept())
        page.click("text=退出登录")
        page.wait_for_url("**/login/**")
        assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0


def test_an_inspectors_photo_of_a_finding_is_dropped_or_pasted(committed_world, somebody, tmp_path):
    visit = walks.walked(committed_world)
    content = samples.picture()
    with somebody("inspector", "desk") as inspector:
        page = inspector.page
        inspector.go(f"/visits/{visit.pk}/?show=findings")
        page.wait_for_selector("form[data-place]")
        carry = """([kind, list]) => {
            const form = document.querySelector('form[data-place]');
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(list)], kind + '.jpg', {type: 'image/jpeg'}));
            form.closest('details')?.setAttribute('open', '');
            form.dispatchEvent(kind === 'drop'
                ? new DragEvent('drop', {dataTransfer: carried, bubbles: true, cancelable: true})
                : new ClipboardEvent('paste', {clipboardData: carried, bubbles: true, cancelable: true}));
        }"""
        page.evaluate(carry, ["drop", list(content)])
        page.wait_for_selector("text=已收到 1 份", timeout=60_000)
        page.evaluate(carry, ["paste", list(content)])
        page.wait_for_selector("text=已收到 2 份", timeout=60_000)
        inspector.looks_right("photos-visit")
    with committed_world.as_("inspector"):
        assert Evidence.objects.filter(visit_id=visit.pk, filename__in=["drop.jpg", "paste.jpg"]).count() == 2


def test_without_javascript_the_form_carries_the_photos_itself(committed_world, chromium, server, tmp_path):
    hazard = stories.issued(committed_world)
    client = committed_world.client("officer")
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server}])
    page = context.new_page()
    page.goto(f"{server}/hazards/{hazard.pk}/submit/")
    page.set_input_files(CHOOSE, jpeg(tmp_path / "无脚本.jpg", 3))
    page.click("button:has-text('保存并下一步')")
    page.wait_for_url("**?step=2")
    context.close()
    assert set(kept_of(committed_world, hazard)) == {"无脚本.jpg"}


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_a_reviewer_is_shown_what_to_look_at_beside_the_picture(committed_world, somebody, screen):
    hazard = stories.issued(committed_world)
    with committed_world.as_("officer"):
        for phase, name in (("before", "很长的文件名" * 20 + ".jpg"), ("after", "整改后.jpg")):
            add_evidence(
                samples.upload(corpus.saved("JPEG"), name), enterprise=hazard.enterprise, phase=phase, hazard=hazard
            )
        paper = samples.upload(corpus.simple_pdf(), "检测报告" * 30 + ".pdf")
        add_evidence(paper, enterprise=hazard.enterprise, phase="after", hazard=hazard)
        moves.submit(hazard.pk, "已更换垫片并紧固，责任人方安。")
    with somebody("inspector", screen) as inspector:
        inspector.go(f"/hazards/{hazard.pk}/recheck/")
        inspector.page.wait_for_selector("text=与整改前或发现时的照片相同或相近")
        inspector.looks_right("recheck-leads")
        inspector.go("/hazards/?photos=leads&all=1")
        inspector.page.wait_for_selector(f"text={hazard.description}")
        inspector.looks_right("hazards-with-leads")
