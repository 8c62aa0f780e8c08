"""隐患台账导入: what a district's workbook says was found, recorded once and as found; nothing on paper closes anything here."""

import io
from datetime import date, datetime

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from enterprises.ledger import Mapping, ledgers, open_workbook
from enterprises.models import Enterprise
from hazards.actions import notices, register
from hazards.models import Hazard, HazardImport, HazardStep, ReminderPlan
from hazards.queries.figures import tally_faults
from hazards.queries.register import found as found_import
from hazards.queries.register import lines_of
from hazards.register import HAZARDS, MOST_ROWS, read_rows, values
from hazards.register.template import HEADERS
from portal.audit.models import AuditRecord
from portal.permissions import TABLE
from portal.refusals import BadInput, NotAllowed, Refused
from tests.enterprises.test_pages import questions
from tests.ledger.workbooks import Page, down, xlsx
from tests.races import race
from tests.world import ENTERPRISES

TODAY = date(2026, 9, 10)
NAMES = {key: entry[0] for key, entry in ENTERPRISES.items()}
HEADER = [
    "企业名称",
    "统一社会信用代码",
    "发现日期",
    "隐患描述",
    "部位",
    "隐患级别",
    "整改期限",
    "文书编号",
    "整改情况",
    "举报人",
]


@pytest.fixture(autouse=True)
def tenth_of_september(on_day):
    with on_day(TODAY):
        yield


def line(key: str = "a", **more) -> list:
    told = {
        "企业名称": NAMES.get(key, key),
        "发现日期": "2026.9.1",
        "隐患描述": "罐区法兰渗漏",
        "部位": "罐区",
        "隐患级别": "一般",
    }
    return [(told | more).get(header, "") for header in HEADER]


def book(*lines: list, header: list | None = None, name: str = "隐患台账.xlsx") -> SimpleUploadedFile:
    workbook, out = openpyxl.Workbook(), io.BytesIO()
    for row in [header or HEADER, *lines]:
        workbook.active.append(row)
    workbook.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def received(world, *lines: list, by: str = "inspector", **more) -> HazardImport:
    with world.as_(by):
        return register.receive(book(*lines, **more))


def imported(world, *lines: list, by: str = "inspector", closed: bool | None = None, **more) -> list[Hazard]:
    record = received(world, *lines, by=by, **more)
    with world.as_(by):
        register.confirm(record.pk, closed=closed)
        return list(Hazard.objects.filter(source_kind="import", source_id=record.pk).order_by("pk"))


def verdicts(world, record: HazardImport, by: str = "inspector") -> list[tuple[int, str, str]]:
    with world.as_(by):
        return [(one.excel_row, one.verdict, one.sentence) for one in lines_of(found_import(record.pk))]


def code_of(world, key: str) -> str:
    with world.as_("office"):
        return Enterprise.objects.get(pk=world.enterprises[key]).code


# ---- reading


@pytest.mark.parametrize(
    "written",
    [
        "2026.9.1", "2026年9月1日", "2026/09/01", "二〇二六年九月一日", "二○二六年九月一日", "20260901", 46266, "46266", date(2026, 9, 1),
        datetime(2026, 9, 1, 15, 30), "２０２６-9-1", "2026-09-01 10:30",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_was_typed(written):
    assert values.day(written).value == date(2026, 9, 1)
    assert not values.day(written).doubt


@pytest.mark.parametrize(
    "written", ["9月1日", "2026.9", "26.9.1", "2026-02-30", "明天", "", "99999999", "二〇二六年十三月一日"]
)
def test_a_day_that_is_none_or_could_be_two_is_not_guessed(written):
    assert values.day(written).value is None


def test_of_several_days_the_first_is_taken_and_said():
    for written in ("2026-9-1至2026-9-3", "2026.9.1-9.3", "2026年9月1日至3日"):
        assert values.day(written).value == date(2026, 9, 1)
        assert "不止一天" in values.day(written).doubt


@pytest.mark.parametrize(
    ("written", "header", "meant"),
    [
        ("一般", "隐患级别", "general"), ("一般事故隐患", "隐患级别", "general"), ("重大", "隐患级别", "major"),
        ("重大事故隐患", "隐患级别", "major"), ("是", "是否重大隐患", "major"), ("否", "是否重大隐患", "general"),
        ("非重大隐患", "", "general"), ("较大", "隐患级别", None), ("Ⅱ级", "隐患级别", None), ("是", "隐患级别", None), ("", "", None),
    ],
)  # fmt: skip
def test_a_level_is_one_of_the_two_the_law_knows_or_none(written, header, meant):
    assert values.level(written, header).value == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("已销号", True), ("复查合格", True), ("整改完成，已闭环", True), ("验收通过", True), ("已整改", False), ("整改完成", False),
        ("未销号", False), ("待复查销号", False), ("复查不合格", False), ("尚未闭环", False), ("申请销号", False), ("", False),
    ],
)  # fmt: skip
def test_only_words_of_a_passed_recheck_say_that_it_was_closed(written, said):
    assert values.says_closed(written) is said
    assert values.says_closed("是", "是否销号")
    assert not values.says_closed("是", "是否整改")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            ["序号", "被检查单位", "检查时间", "存在的问题", "隐患类别", "整改要求", "整改期限", "整改责任人", "是否整改到位", "备注"],
            {"name": 1, "found_on": 2, "description": 3, "level": 4, "requirement": 5, "deadline": 6, "state": 8},
        ),
        (
            ["编号", "企业名称", "统一社会信用代码", "所在部位", "隐患描述", "隐患级别", "可能导致的事故类型", "违反的法律法规条款",
             "整改措施", "计划完成时间", "实际完成时间", "复查时间", "复查人", "销号时间"],
            {"name": 1, "code": 2, "place": 3, "description": 4, "level": 5, "accident_type": 6, "basis": 7, "requirement": 8,
             "deadline": 9, "done_on": 10, "rechecked": 11, "closed_on": 13},
        ),
        (
            ["县区", "单位名称", "排查日期", "隐患内容", "是否重大隐患", "检查人员", "文书文号", "整改时限", "整改情况", "整改完成时间"],
            {"district": 0, "name": 1, "found_on": 2, "description": 3, "level": 4, "order": 6, "deadline": 7, "done_on": 9},
        ),
        (["受检单位", "检查日期", "检查发现问题", "问题等级", "验收情况"], {"name": 0, "found_on": 1, "description": 2, "level": 3}),
        (
            ["企业名称", "隐患名称", "隐患部位", "隐患等级", "发现时间", "责任单位", "治理措施", "治理时限", "完成情况"],
            {"name": 0, "description": 1, "place": 2, "level": 3, "found_on": 4, "requirement": 6, "deadline": 7, "state": 8},
        ),
        (list(HEADERS), {"name": 0, "code": 1, "found_on": 2, "description": 3, "place": 4, "level": 5}),
    ],
)  # fmt: skip
def test_the_headings_districts_use_are_known(header, expected):
    """Below a title over the whole table, as they all have one."""
    [mapping] = ledgers(open_workbook(xlsx(Page([["某区隐患台账"], header]))), HAZARDS)
    assert expected.items() <= mapping.columns.items()


def test_cells_merged_over_several_hazards_hold_for_each_and_totals_and_notes_are_none():
    page = Page(
        [
            ["江南区隐患排查治理台账"],
            ["企业名称", "发现日期", "隐患描述", "隐患级别"],
            ["甲化工有限公司", "2026.9.1", "法兰渗漏", "一般"],
            ["", "", "联锁旁路", "重大"],
            ["合计", "", "2", ""],
            ["企业名称", "发现日期", "隐患描述", "隐患级别"],
            ["填表人：方安", "", "", ""],
        ],
        merges=[down(0, 2, 3), down(1, 2, 3)],
    )
    workbook = open_workbook(xlsx(page))
    found = read_rows(workbook, ledgers(workbook, HAZARDS)[0], today=TODAY)
    assert [(row.name, row.description, row.level) for row in found.rows] == [
        ("甲化工有限公司", "法兰渗漏", "general"),
        ("甲化工有限公司", "联锁旁路", "major"),
    ]
    assert [(one.excel_row, one.why) for one in found.ignored] == [
        (5, "合计行"), (6, "重复的表头"), (7, "填表说明或落款"),
    ]  # fmt: skip
    assert not found.refused


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"企业名称": ""}, "没有写企业名称"),
        ({"企业名称": "同上"}, "请写全"),
        ({"隐患描述": ""}, "没有写隐患内容"),
        ({"发现日期": ""}, "没有写发现日期"),
        ({"发现日期": "9月1日"}, "没有写年份"),
        ({"发现日期": "2026.9.11"}, "晚于今天"),
        ({"发现日期": "1996.9.1"}, "过早"),
        ({"隐患级别": ""}, "请写明一般或重大"),
        ({"隐患级别": "较大"}, "法定只有一般和重大两级"),
        ({"部位": "罐" * 121}, "最多120字"),
        ({"隐患描述": "渗" * 2001}, "最多2000字"),
        ({"举报人": "长" * 4001}, "超过4000字"),
    ],
)
def test_what_a_row_lacks_is_said_and_the_others_are_taken(world, wrong, sentence):
    record = received(world, line(**wrong), line(隐患描述="另一条"))
    (row, verdict, said), (_, other, _) = verdicts(world, record)
    assert (row, verdict, other) == (2, "refused", "create")
    assert sentence in said


# ---- whose it is


def test_a_plant_is_known_by_its_code_then_by_its_whole_name_and_never_by_likeness(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(name="江州乙（医药）有限公司")
    record = received(
        world,
        line("甲化工", 统一社会信用代码=code_of(world, "a")),
        line("江州乙(医药) 有限公司"),
        line("江州甲化工公司"),
        line("c"),
        line("a", 统一社会信用代码="91350100MA0000000X"),
        line("b", 统一社会信用代码=code_of(world, "a"), 企业名称="江州乙（医药）有限公司"),
    )
    said = verdicts(world, record)
    assert [one[1] for one in said] == ["create", "create", "refused", "refused", "refused", "refused"]
    # Another district's plant is told like one that is nowhere.
    assert said[3][2].replace(NAMES["c"], "X") == said[2][2].replace("江州甲化工公司", "X")
    assert "请核对代码" in said[4][2]
    assert "另一家企业" in said[5][2]
    with world.as_("inspector"):
        doubts = {one.excel_row: one.doubts for one in lines_of(found_import(record.pk))}
    assert "名称与台账不同" in doubts[2][0]


def test_two_plants_of_one_name_are_told_apart_by_code_alone(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(name=NAMES["a"])
    record = received(world, line(), line(统一社会信用代码=code_of(world, "b")))
    (_, first, sentence), (_, second, _) = verdicts(world, record)
    assert (first, second) == ("refused", "create")
    assert "有2家企业" in sentence


# ---- recording


def test_a_row_is_recorded_as_found_and_awaits_its_notice_like_any_finding(world):
    [hazard] = imported(
        world,
        line(隐患级别="重大", 整改期限="2026-10-01", 文书编号="江南责改〔2026〕3号", 整改情况="已整改", 举报人="王五"),
    )
    assert (hazard.status, hazard.level, hazard.found_on, hazard.place) == (
        "recorded",
        "major",
        date(2026, 9, 1),
        "罐区",
    )
    assert (hazard.notice_id, hazard.deadline, hazard.submitted_on, hazard.found_by_id) == (None, None, None, None)
    with world.as_("inspector"):
        [step] = HazardStep.objects.filter(hazard=hazard)
        assert step.verb == "record"
        for words in (
            "第2行",
            "整改期限：2026-10-01",
            "文书编号：江南责改〔2026〕3号",
            "整改情况：已整改",
            "不作为整改或销号的结论",
        ):
            assert words in step.note
        assert tally_faults() == []
    # What is no part of the hazard's own course stays with the import: the plant does not learn who reported it.
    assert "王五" not in step.note
    page = world.client("officer").get(f"/hazards/{hazard.pk}/").content.decode()
    assert "江南责改〔2026〕3号" in page
    assert "王五" not in page
    assert "王五" in world.client("inspector").get(f"/hazards/imports/{hazard.source_id}/").content.decode()


def test_each_row_is_on_the_ladder_of_reminders_in_the_same_transaction(world):
    first, second = imported(world, line(), line("b", 发现日期="2026.9.9"))
    with world.as_("inspector"):
        waiting = ReminderPlan.objects.filter(told_at=None, cancelled_at=None)
        assert dict(waiting.values_list("hazard_id", "kind")) == {first.pk: "notice", second.pk: "notice"}


def test_the_usual_verbs_go_on_from_there(world):
    [hazard] = imported(world, line(整改情况="已整改"))
    with world.as_("inspector") as me:
        second = world.people["inspector2"]
        assert me.person_id != second
        order = notices.Order(hazard.pk, notices.deadline_for(length=15), "立即整改")
        notice = notices.issue_notice([order], second)
        hazard.refresh_from_db()
    assert (hazard.status, hazard.notice_id) == ("rectifying", notice.pk)


def test_what_was_closed_on_paper_is_not_closed_here_and_somebody_decides_whether_it_comes_in(world):
    lines = [line(), line(隐患描述="联锁旁路", 整改情况="已销号")]
    record = received(world, *lines)
    assert [one[1] for one in verdicts(world, record)] == ["create", "closed"]
    with world.as_("inspector"), pytest.raises(BadInput, match="请选择") as asked:
        register.confirm(record.pk)
    assert asked.value.field == "closed"
    with world.as_("inspector"):
        register.confirm(record.pk, closed=False)
        assert Hazard.objects.get().description == "罐区法兰渗漏"
        record = found_import(record.pk)
        assert record.written["closed"] == 1
        left = lines_of(record)[1]
        assert (left.verdict, left.hazard) == ("closed", None)
        assert "未导入" in left.sentence
        assert ["整改情况", "已销号"] in left.words


def test_brought_in_all_the_same_it_is_open_until_a_person_has_acted(world):
    [hazard] = imported(world, line(整改情况="复查合格"), closed=True)
    assert (hazard.status, hazard.closed_on) == ("recorded", None)
    with world.as_("inspector"):
        assert Hazard.objects.open().count() == 1
        assert Hazard.objects.closed().count() == 0


# ---- once


def test_a_row_that_is_there_already_is_said_and_not_doubled(world):
    [first] = imported(world, line())
    again = received(world, line(隐患描述=" 罐区 法兰渗漏"), line(发现日期="2026.9.2"), line("b"), name="又一份.xlsx")
    (_, verdict, sentence), *others = verdicts(world, again)
    assert verdict == "repeat"
    assert f"隐患{first.pk}" in sentence
    assert [one[1] for one in others] == ["create", "create"]
    with world.as_("inspector"):
        register.confirm(again.pk)
        assert Hazard.objects.count() == 3


def test_a_row_twice_in_one_sheet_is_taken_once(world):
    record = received(world, line(), line("b"), line())
    assert [one[1] for one in verdicts(world, record)] == ["create", "create", "repeat"]
    assert "第2行" in verdicts(world, record)[2][2]
    with world.as_("inspector"):
        assert register.confirm(record.pk).written == {"create": 2, "repeat": 1, "refused": 0}
        assert Hazard.objects.count() == 2


def test_the_same_file_again_is_the_same_import_for_a_district_and_another_for_the_office(world):
    upload = book(line())
    content = upload.read()

    def send(by):
        with world.as_(by):
            return register.receive(SimpleUploadedFile("再传.xlsx", content)).pk

    first = send("inspector")
    assert send("inspector2") == first
    assert send("office") != first
    with world.as_("inspector"):
        register.confirm(first)
    assert send("inspector") == first
    with world.as_("inspector"), pytest.raises(Refused, match="已经导入"):
        register.confirm(first)


def test_two_people_who_confirm_the_same_rows_at_once_record_them_once(committed_world):
    world = committed_world
    one = received(world, line(), name="甲.xlsx")
    other = received(world, line(), line("b"), by="inspector2", name="乙.xlsx")
    met = race(
        world,
        ("inspector", lambda: register.confirm(one.pk)),
        ("inspector2", lambda: register.confirm(other.pk)),
        ("inspector2", lambda: register.confirm(one.pk)),
    )
    assert all(fault is None or isinstance(fault, Refused) for fault in met)
    with world.as_("inspector"):
        assert sorted(Hazard.objects.values_list("enterprise_id", flat=True)) == sorted(
            world.enterprises[key] for key in "ab"
        )


# ---- taking back


def test_taken_back_what_nobody_has_touched_is_void_with_the_reason_and_the_rest_stays(world):
    touched, free = imported(world, line(), line("b"))
    with world.as_("inspector"):
        notices.issue_notice(
            [notices.Order(touched.pk, notices.deadline_for(length=15), "整改")], world.people["inspector2"]
        )
        with pytest.raises(NotAllowed):
            register.take_back(touched.source_id, "传错了文件")
    with world.as_("leader"):
        _, count = register.take_back(touched.source_id, "传错了文件")
        assert count == 1
        assert dict(Hazard.objects.values_list("pk", "status")) == {touched.pk: "rectifying", free.pk: "void"}
        free.refresh_from_db()
        assert free.revision == 2
        assert "传错了文件" in HazardStep.objects.get(hazard=free, verb="void").note
        assert not ReminderPlan.objects.filter(hazard=free, told_at=None, cancelled_at=None).exists()
        assert tally_faults() == []
        with pytest.raises(Refused, match="已经撤回"):
            register.take_back(touched.source_id, "再撤")


def test_after_it_was_taken_back_the_file_may_be_confirmed_again_and_doubles_nothing(world):
    touched, free = imported(world, line(), line("b"))
    with world.as_("leader"):
        notices.issue_notice(
            [notices.Order(touched.pk, notices.deadline_for(length=15), "整改")], world.people["inspector2"]
        )
        register.take_back(free.source_id, "重来")
        register.confirm(free.source_id)
        standing = Hazard.objects.exclude(status="void")
        assert sorted(standing.values_list("enterprise_id", flat=True)) == sorted(
            world.enterprises[key] for key in "ab"
        )


def test_every_step_is_on_the_trail(world):
    [hazard] = imported(world, line())
    with world.as_("leader"):
        register.take_back(hazard.source_id, "重来")
    with world.as_("auditor"):
        actions = list(
            AuditRecord.objects.filter(action__startswith="hazards.").order_by("pk").values_list("action", flat=True)
        )
    assert actions == [
        "hazards.upload_register",
        "hazards.record",
        "hazards.import",
        "hazards.void",
        "hazards.import_back",
    ]


# ---- who, how much, what


@pytest.mark.parametrize("login", ["department", "officer", "expert", "auditor", "sysadmin"])
def test_only_districts_and_the_office_import(world, login):
    record = received(world, line())
    client = world.client(login)
    for address in ("", "new/", "template/", f"{record.pk}/", f"{record.pk}/rejected/"):
        assert client.get(f"/hazards/imports/{address}").status_code == 403, address
    assert client.post(f"/hazards/imports/{record.pk}/confirm/").status_code == 403
    assert client.get("/api/v1/hazard-imports/").status_code == 403
    assert set(TABLE["hazards.import"]) == {"office", "inspector"}


def test_another_districts_import_is_not_there(world):
    record = received(world, line())
    with world.as_("north"), pytest.raises(Http404):
        register.confirm(record.pk)
    assert world.client("north").get(f"/hazards/imports/{record.pk}/").status_code == 404
    assert world.client("office").get(f"/hazards/imports/{record.pk}/").status_code == 200
    of_the_city = received(world, line(隐患描述="全市的"), by="office")
    assert world.client("inspector").get(f"/hazards/imports/{of_the_city.pk}/").status_code == 404


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nonsense", b"<html><table></table></html>", b"%PDF-1.7"])
def test_what_is_no_workbook_is_refused_with_a_sentence_and_nothing_is_kept(world, content):
    answer = world.client("inspector").post(
        "/hazards/imports/new/", {"workbook": SimpleUploadedFile("x.xlsx", content)}
    )
    assert answer.status_code == 400
    assert "invalid-feedback" in answer.content.decode()
    with world.as_("inspector"):
        assert not HazardImport.objects.exists()


def test_a_sheet_without_the_headings_or_with_too_many_rows_is_refused(world):
    with world.as_("inspector"):
        with pytest.raises(BadInput, match="没有找到表头"):
            register.receive(book(["甲", "乙", "丙"], header=["a", "b", "c"]))
        with pytest.raises(BadInput, match=f"最多{MOST_ROWS}条"):
            register.receive(book(*(line(隐患描述=f"第{n}处") for n in range(MOST_ROWS + 1))))
        with pytest.raises(BadInput, match="没有隐患"):
            register.receive(book())


def test_columns_set_by_hand_are_used_and_remembered_for_the_same_header(world):
    odd = ["甲列", "乙列", "企业名称", "隐患描述", "发现日期", "隐患级别"]
    record = received(world, ["真正的隐患", "x", NAMES["a"], "说明", "2026.9.1", "一般"], header=odd)
    with world.as_("inspector"):
        columns = dict(Mapping.from_json(record.mapping).columns)
    answer = world.client("inspector").post(
        f"/hazards/imports/{record.pk}/mapping/", {name: str(c) for name, c in columns.items()} | {"description": "0"}
    )
    assert answer.status_code == 302
    with world.as_("inspector"):
        assert lines_of(found_import(record.pk))[0].description == "真正的隐患"
    again = received(world, ["又一条", "x", NAMES["a"], "说明", "2026.9.1", "一般"], header=odd, name="下月.xlsx")
    assert again.found["rows"][0]["description"] == "又一条"
    bad = world.client("inspector").post(f"/hazards/imports/{record.pk}/mapping/", {"name": "2"})
    assert bad.status_code == 400
    assert "隐患描述" in bad.content.decode()


def test_of_several_sheets_one_is_taken_at_a_time(world):
    rows = [["企业名称", "发现日期", "隐患描述", "隐患级别"], [NAMES["a"], "2026.9.1", "第一张", "一般"]]
    pages = Page(rows, name="一季度"), Page([rows[0], [NAMES["a"], "2026.9.1", "第二张", "一般"]], name="二季度")
    with world.as_("inspector"):
        record = register.receive(SimpleUploadedFile("两张.xlsx", xlsx(*pages)))
        [other] = record.found["other_sheets"]
    page = world.client("inspector").get(f"/hazards/imports/{record.pk}/").content.decode()
    assert f"改为导入“{other}”" in page
    world.client("inspector").post(f"/hazards/imports/{record.pk}/mapping/", {"sheet": other})
    with world.as_("inspector"):
        assert (
            found_import(record.pk).found["rows"][0]["description"] == {"一季度": "第一张", "二季度": "第二张"}[other]
        )
        with pytest.raises(BadInput):
            register.choose_sheet(record.pk, "没有的")


# ---- pages and API


def test_on_the_pages_from_the_upload_to_the_notice(world):
    client = world.client("inspector")
    upload = book(line(), line("谁也不是"), line(隐患描述="联锁旁路", 整改情况="已销号"))
    address = client.post("/hazards/imports/new/", {"workbook": upload}).url
    page = client.get(address).content.decode()
    assert "确认导入" in page
    assert "谁也不是" in client.get(f"{address}?part=refused").content.decode()
    missing = client.post(f"{address}confirm/")
    assert missing.status_code == 400
    assert "请选择写明已销号的隐患是否也导入" in missing.content.decode()
    assert client.post(f"{address}confirm/", {"closed": "no"}).status_code == 302
    done = client.get(address).content.decode()
    assert "导入 1 条" in done
    assert f"/notices/new/?enterprise={world.enterprises['a']}" in done
    assert client.post(f"{address}confirm/", {"closed": "no"}).status_code == 409
    with world.as_("inspector"):
        hazard = Hazard.objects.get()
    assert f'href="{address}"' in client.get(f"/hazards/{hazard.pk}/").content.decode()
    assert address not in world.client("officer").get(f"/hazards/{hazard.pk}/").content.decode()
    assert client.post(f"{address}back/", {"reason": "错"}).status_code == 403
    leader = world.client("leader")
    assert "撤回这一批" in leader.get(address).content.decode()
    assert leader.post(f"{address}back/", {"reason": ""}).status_code == 400
    assert leader.post(f"{address}back/", {"reason": "错"}).status_code == 302
    assert "已撤回" in leader.get("/hazards/imports/").content.decode()


def test_the_rows_left_out_come_back_with_their_reason_and_no_formula(world):
    record = received(world, line("谁也不是", 举报人="=1+1"), line())
    content = world.client("inspector").get(f"/hazards/imports/{record.pk}/rejected/").content
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
    assert any("谁也不是" in str(cell.value) for cell in cells)
    assert any("=1+1" in str(cell.value) for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


def test_the_portals_own_sheet_is_read_back_as_it_was_filled_in(world):
    content = world.client("inspector").get("/hazards/imports/template/").content
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet = workbook["隐患台账"]
    assert [cell.value for cell in sheet[1]] == list(HEADERS)
    offered = {rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert len(offered) == 3
    names = [cell.value for cell in workbook["选项"]["A"] if cell.value]
    assert names == sorted([NAMES["a"], NAMES["b"]])
    told = {
        "企业名称": NAMES["b"],
        "发现日期": date(2026, 9, 3),
        "隐患描述": "呼吸阀堵塞",
        "隐患级别": "重大",
        "可能事故类型": "爆炸",
    }
    for number, header in enumerate(HEADERS, 1):
        sheet.cell(2, number, told.get(header))
    out = io.BytesIO()
    workbook.save(out)
    with world.as_("inspector"):
        record = register.receive(SimpleUploadedFile("填好的.xlsx", out.getvalue()))
        register.confirm(record.pk)
        hazard = Hazard.objects.get()
    assert (hazard.enterprise_id, hazard.level, hazard.accident_type, hazard.found_on) == (
        world.enterprises["b"], "major", "explosion", date(2026, 9, 3),
    )  # fmt: skip


def test_a_page_of_a_thousand_rows_asks_no_more_than_one_of_a_few(world):
    few = received(world, line(), name="少.xlsx")
    many = received(world, *(line("ab"[n % 2], 隐患描述=f"第{n}处渗漏") for n in range(1000)), name="多.xlsx")
    client = world.client("inspector")
    counts = [len(questions(client, f"/hazards/imports/{record.pk}/")) for record in (few, many)]
    assert counts[0] == counts[1] <= 14
    with world.as_("inspector"), CaptureQueriesContext(connection) as asked:
        assert register.confirm(many.pk).written["create"] == 1000
    assert len(asked) <= 30


def test_over_the_api_the_same_verbs_and_refusals(world):
    client = world.client("inspector")
    sent = client.post(
        "/api/v1/hazard-imports/", {"file": book(line(), line("谁也不是"), line(隐患描述="旁路", 整改情况="已销号"))}
    )
    assert sent.status_code == 201, sent.content
    made = sent.json()
    assert made["counts"] == {"create": 1, "closed": 1, "doubts": 1, "repeat": 0, "refused": 1, "ignored": 0}
    assert [one["verdict"] for one in made["lines"]] == ["create", "refused", "closed"]
    address = f"/api/v1/hazard-imports/{made['id']}/"
    undecided = client.post(f"{address}confirm/", {}, "application/json")
    assert (undecided.status_code, undecided.json()["errors"][0]["field"]) == (400, "closed")
    done = client.post(f"{address}confirm/", {"closed": True}, "application/json").json()
    assert (done["state"], done["written"]["create"]) == ("done", 2)
    assert done["lines"][0]["hazard"]
    assert client.post(f"{address}confirm/", {"closed": True}, "application/json").status_code == 409
    assert client.post(f"{address}back/", {"reason": "错"}, "application/json").status_code == 403
    back = world.client("leader").post(f"{address}back/", {"reason": "错"}, "application/json")
    assert back.json()["state"] == "back"
    assert client.post(f"{address}columns/", {"columns": {"nothing": 1}}, "application/json").status_code == 400
    assert world.client("north").get(address).status_code == 404
    assert client.post("/api/v1/hazard-imports/", {"file": SimpleUploadedFile("x.xlsx", b"PK")}).status_code == 400
