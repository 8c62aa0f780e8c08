"""The pages of a visit, with and without JavaScript."""

from uuid import uuid4

import pytest

from hazards.models import Evidence, Hazard
from inspections.models import Answer, Visit
from tests.files import samples
from tests.inspections import walks
from tests.stories import person_id

HTMX = {"HTTP_HX_REQUEST": "true"}


def start_form(world, enterprise: str = "a", **more) -> dict:
    return {
        "key": str(uuid4()),
        "enterprise": world.enterprises[enterprise],
        "subject": "routine",
        "categories": [walks.BASICS],
    } | more


def test_an_inspector_starts_a_visit_once_however_often_the_button_is_pressed(world):
    client, form = world.client("inspector"), start_form(world, second=person_id(world, "inspector2"))
    first, again = client.post("/visits/new/", form), client.post("/visits/new/", form)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    with world.as_("inspector"):
        assert Visit.objects.count() == 1


@pytest.mark.parametrize("login", ["officer", "auditor", "expert", "sysadmin"])
def test_who_does_not_inspect_cannot_start_a_visit(world, login):
    client = world.client(login)
    assert client.get(f"/visits/new/?enterprise={world.enterprises['a']}").status_code == 403
    assert client.post("/visits/new/", start_form(world)).status_code == 403


def test_a_visit_cannot_be_started_in_another_district_or_city(world):
    client = world.client("inspector")
    for pk in (world.enterprises["c"], world.enterprises["x"], 999_999_999):
        assert client.get(f"/visits/new/?enterprise={pk}").status_code == 404
        assert client.post("/visits/new/", start_form(world, enterprise="a") | {"enterprise": pk}).status_code == 404


def test_a_refused_start_keeps_everything_that_was_chosen(world):
    myself = person_id(world, "inspector")
    answer = world.client("inspector").post("/visits/new/", start_form(world, subject="themed", second=myself))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "两名不同的执法人员" in page
    assert 'value="themed" selected' in page
    assert page.count("checked") >= 2, "the category and the person"


def test_looking_for_a_colleague_without_javascript_starts_nothing(world):
    form = start_form(world, find="1", second_q="north")
    page = world.client("inspector").post("/visits/new/", form).content.decode()
    assert "north君" in page
    assert "inspector2君" not in page
    with world.as_("inspector"):
        assert not Visit.objects.exists()


def test_enterprises_are_searched_for_and_never_listed(world):
    client = world.client("inspector")
    assert "江州甲化工" not in client.get("/visits/new/").content.decode()
    found = client.get("/visits/pick/enterprise/?q=甲").content.decode()
    assert "江州甲化工" in found
    assert "江州丙仓储" not in client.get("/visits/pick/enterprise/?q=江州").content.decode(), "another district's"


def test_one_tap_saves_one_answer_and_brings_the_line_and_the_progress_back(world):
    visit = walks.started(world)
    answer = world.client("inspector").post(
        f"/visits/{visit.pk}/answers/{walks.SECOND}/", {"verdict": "not_ok"}, **HTMX
    )
    page = answer.content.decode()
    assert f'id="item-{walks.SECOND}"' in page
    assert "未落实“" in page
    assert "<strong>1</strong>/39" in page
    assert "不符合 1" in page
    with world.as_("inspector"):
        assert Answer.objects.get(visit=visit).verdict == "not_ok"


def test_details_are_saved_as_they_are_typed_and_the_field_is_left_alone(world):
    visit = walks.walked(world)
    client, address = world.client("inspector"), f"/visits/{visit.pk}/answers/{walks.SECOND}/"
    page = client.post(
        address, {"verdict": "not_ok", "description": "无记录", "place": "三车间"}, **HTMX
    ).content.decode()
    assert "已保存" in page
    assert "textarea" not in page
    refused = client.post(
        address, {"verdict": "not_ok", "description": "无记录", "place": "长" * 130}, **HTMX
    ).content.decode()
    assert "没有保存" in refused
    with world.as_("inspector"):
        finding = Answer.objects.get(visit=visit, code=walks.SECOND)
        assert (finding.description, finding.place) == ("无记录", "三车间")
        assert finding.basis, "the law of a listed item is not typed and not lost"


def test_without_javascript_the_page_comes_back_at_the_same_item_and_filter(world):
    visit = walks.started(world)
    answer = world.client("inspector").post(
        f"/visits/{visit.pk}/answers/{walks.SECOND}/?show=unanswered", {"verdict": "ok"}
    )
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"#item-{walks.SECOND}")
    assert "show=unanswered" in answer["Location"]


def test_a_line_refused_because_the_visit_ended_says_so_in_its_place(world):
    visit = walks.finished(world)
    page = (
        world.client("inspector")
        .post(f"/visits/{visit.pk}/answers/{walks.FIRST}/", {"verdict": "na"}, **HTMX)
        .content.decode()
    )
    assert "已完成，只能查看" in page


def test_photos_that_can_be_kept_are_kept_and_the_others_are_named(world):
    visit = walks.walked(world)
    photos = [samples.upload(samples.picture(), "好.jpg"), samples.upload(samples.SVG, "坏.jpg")]
    page = (
        world.client("inspector")
        .post(f"/visits/{visit.pk}/photos/{walks.SECOND}/", {"photos": photos}, **HTMX)
        .content.decode()
    )
    assert "坏.jpg：只能上传" in page
    assert page.count("<img") == 1
    with world.as_("inspector"):
        assert Evidence.objects.get(visit_id=visit.pk).filename == "好.jpg"


def test_a_refused_extra_finding_keeps_what_was_typed(world):
    visit = walks.started(world)
    form = {
        "key": str(uuid4()),
        "description": "通道堵塞",
        "level": "",
        "accident_type": "fire",
        "place": "北门",
        "basis": "",
    }
    answer = world.client("inspector").post(f"/visits/{visit.pk}/extra/", form)
    assert answer.status_code == 400
    assert "通道堵塞" in answer.content.decode()
    assert 'value="北门"' in answer.content.decode()


def test_finishing_leads_to_the_notice_and_pressing_twice_changes_nothing(world):
    visit = walks.walked(world)
    client = world.client("inspector")
    shown = client.get(f"/visits/{visit.pk}/finish/").content.decode()
    assert "发现隐患 1 条" in shown
    assert "37 项没有填" in shown
    form = {"second": person_id(world, "inspector2"), "met_with": "方安", "summary": ""}
    first = client.post(f"/visits/{visit.pk}/finish/", form)
    assert (first.status_code, client.post(f"/visits/{visit.pk}/finish/", form).status_code) == (302, 302)
    record = client.get(first["Location"]).content.decode()
    assert f"/notices/new/?visit={visit.pk}" in record
    with world.as_("inspector"):
        assert Hazard.objects.filter(source_id=visit.pk).count() == 1


def test_a_refused_finish_keeps_what_was_typed(world):
    visit = walks.started(world)
    answer = world.client("inspector").post(f"/visits/{visit.pk}/finish/", {"met_with": "方安", "summary": "看了罐区"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "第67条" in page
    assert 'value="方安"' in page
    assert "看了罐区" in page


def test_filters_show_what_is_unanswered_or_wrong_and_find_words(world):
    visit = walks.walked(world)
    client = world.client("inspector")
    assert walks.FIRST not in client.get(f"/visits/{visit.pk}/?show=unanswered").content.decode()
    wrong = client.get(f"/visits/{visit.pk}/?show=findings").content.decode()
    assert walks.SECOND in wrong
    assert walks.FIRST not in wrong
    assert "标准化体系" in client.get(f"/visits/{visit.pk}/?q=标准化体系").content.decode()


def test_a_line_of_low_confidence_says_so(world):
    visit = walks.started(world)
    page = world.client("inspector").get(f"/visits/{visit.pk}/?q=带班值班").content.decode()
    assert "引用前请核对原文" in page


def test_others_read_the_visit_and_cannot_work_on_it(world):
    visit = walks.walked(world)
    for login in ("leader", "office", "auditor"):
        page = world.client(login).get(f"/visits/{visit.pk}/").content.decode()
        assert "检查进行中" in page
        assert f"/visits/{visit.pk}/answers/" not in page
    assert (
        world.client("leader").post(f"/visits/{visit.pk}/answers/{walks.FIRST}/", {"verdict": "na"}).status_code == 403
    )


@pytest.mark.parametrize("login", ["north", "inspector_x"])
def test_somebody_elses_visit_is_not_there(world, login):
    visit = walks.walked(world)
    client = world.client(login)
    for path in ("", "finish/"):
        assert client.get(f"/visits/{visit.pk}/{path}").status_code == 404
        assert client.get(f"/visits/999999999/{path}").status_code == 404
    for path in (f"answers/{walks.FIRST}/", f"photos/{walks.FIRST}/", "extra/", "finish/", "abandon/"):
        form = {
            "verdict": "ok",
            "description": "x",
            "level": "general",
            "accident_type": "fire",
            "key": str(uuid4()),
            "reason": "x",
        }
        assert client.post(f"/visits/{visit.pk}/{path}", form).status_code == 404


def test_the_list_shows_ones_own_district_and_filters(world):
    walks.finished(world), walks.finished(world, "c")
    page = world.client("inspector").get("/visits/").content.decode()
    assert "江州甲化工" in page
    assert "江州丙仓储" not in page
    assert "1 条" in page
    assert "还没有检查" not in page
    assert "江州甲化工" not in world.client("leader").get("/visits/?mine=1").content.decode()


def test_coverage_opens_to_the_enterprises_behind_it(world):
    walks.finished(world)
    client = world.client("office")
    lacking = client.get("/visits/due/").content.decode()
    assert "33.3" in lacking
    assert "江州甲化工" not in lacking
    assert "江州乙医药" in lacking
    assert "江州甲化工" in client.get("/visits/due/?covered=1").content.decode()
    assert "检查覆盖率＝" in lacking


@pytest.mark.parametrize(
    "path", ["/visits/", "/visits/{visit}/", "/visits/due/", "/visits/new/?enterprise={a}", "/visits/{visit}/finish/"]
)
def test_every_page_stays_within_its_budget(world, path):
    visit = walks.walked(world, findings=2)
    client = world.client("inspector")
    address = path.format(visit=visit.pk, a=world.enterprises["a"])
    asked = walks.statements(client, address)
    assert len(asked) <= 12, "\n".join(sql[:120] for sql in asked)
