"""风险分级: the sheet begins with the ledger's answers, people fill the rest, it proposes; events propose too; a person decides."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enterprises.actions import diagnosis, grades, units
from enterprises.actions.diagnosis import Answer
from enterprises.actions.facts import edit_facts
from enterprises.actions.grades import decide_grade
from enterprises.diagnosis_sheet import sheet as present_sheet
from enterprises.ledger import Chemical, Process
from enterprises.ledger.catalog import chemical
from enterprises.models import Credential, DiagnosisSheet, Enterprise, GradeDecision, GradeProposal
from enterprises.queries import grading
from enterprises.queries.diagnosis import told_by_ledger
from enterprises.rules.grade_events import grade_for
from hazards.actions.grading import propose_grades
from hazards.models import Hazard
from inspections.queries import lacking
from portal.messages.models import Message
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.tenancy.scope import tenant_scope
from tests import stories
from tests.enterprises.test_units import AMMONIA, plant, tank_farm


def told(enterprise) -> dict[str, tuple[int | None, str]]:
    return {code: (one.count, one.sentence) for code, one in told_by_ledger(enterprise).items()}


def test_the_ledger_answers_what_its_facts_decide_and_says_from_what(world):
    with world.as_("office"):
        unit = tank_farm(world)
        units.put_holding(unit.pk, AMMONIA)
        units.put_holding(unit.pk, {"substance": "液氯", "quantity_t": Decimal(1), "table1_seq": 12})
        units.put_holding(unit.pk, {"substance": "雷汞", "quantity_t": Decimal("0.1"), "table1_seq": 33})
        other = units.add_unit(plant(world).pk, name="合成", kind="production")
        units.put_holding(other.pk, {"substance": "液氨", "quantity_t": Decimal(1), "table1_seq": 1})
        edit_facts(plant(world).pk, {"processes": (Process("硝化工艺", 5), Process("自用工艺"))})
        said = told(plant(world))
    assert said["1.1.3"] == (1, "单元“液氨罐区”辨识为三级。")
    assert [said[code][0] for code in ("1.1.1", "1.1.2", "1.1.4")] == [0, 0, 0]
    assert said["1.2.1"] == (1, "登记的归为爆炸物的有1种：雷汞。")
    assert said["1.2.2"][0] == 1
    assert "液氯" in said["1.2.2"][1]
    assert said["1.2.3"] == (1, "登记的其他重点监管危险化学品有1种：液氨。"), "one kind, however many tanks"
    assert said["1.3.1"] == (1, "登记的重点监管危险化工工艺有1种：硝化工艺。")
    assert said["2.1.1"][0] is None


def test_a_key_chemical_under_its_name_in_the_standard_is_counted(world):
    with world.as_("office"):
        unit = tank_farm(world)
        units.put_holding(unit.pk, {"substance": "1,2-环氧丙烷", "quantity_t": Decimal(90), "table1_seq": 63})
        assert told(plant(world))["1.2.3"][0] == 1
        assert plant(world).has_key_chemical


def test_missing_data_is_never_an_answer_of_zero(world):
    with world.as_("office"):
        nothing_known = told(plant(world, "b"))
        tank_farm(world)  # a unit of which nothing is entered
        not_judged = told(plant(world))
        tank_farm(world, "c", persons=None)
        units.put_holding(plant(world, "c").units.get().pk, AMMONIA)
        no_level = told(plant(world, "c"))
    assert nothing_known["1.1.1"][0] is None
    assert nothing_known["1.2.2"][0] is None
    assert not_judged["1.1.1"] == (None, "单元“液氨罐区”缺少数据，不能判定。")
    assert no_level["1.1.1"][0] is None, "a major hazard whose level is not known is not “no first level”"
    assert nothing_known["1.3.1"][0] is None


def test_what_is_not_judged_or_classed_leaves_the_answer_open(world):
    with world.as_("office"):
        unit = tank_farm(world)
        units.put_holding(unit.pk, AMMONIA)
        units.add_unit(plant(world).pk, name="二区", kind="tanks")
        third_level_and_open = told(plant(world))
        edit_facts(
            plant(world, "b").pk,
            {"chemicals": (Chemical("硝化甘油", Decimal(3)), Chemical("液氯", Decimal(9), chemical("液氯").seq))},
        )
        other = units.add_unit(plant(world, "b").pk, name="库房", kind="warehouse")
        units.put_holding(other.pk, {"substance": "丙酮", "quantity_t": Decimal(1), "table1_seq": 71})
        loose = told(plant(world, "b"))
    assert [third_level_and_open[code][0] for code in ("1.1.1", "1.1.2", "1.1.3", "1.1.4")] == [None, None, 1, 0]
    assert loose["1.1.1"] == (None, "所填单元均不构成重大危险源；硝化甘油、液氯没有归入单元，未经辨识。")
    assert loose["1.2.1"] == (None, "登记的归为爆炸物的有0种。硝化甘油、液氯没有填写危险性类别，由填表人判断。")
    assert loose["1.2.2"][0] is None
    assert "硝化甘油没有填写危险性类别" in loose["1.2.2"][1], "液氯 counts by its name"


def test_a_closed_unit_answers_nothing_any_more(world):
    with world.as_("office"):
        unit = tank_farm(world)
        units.put_holding(unit.pk, AMMONIA)
        units.close_unit(unit.pk)
        other = units.add_unit(plant(world).pk, name="库房", kind="warehouse")
        units.put_holding(other.pk, {"substance": "丙酮", "quantity_t": Decimal(1), "table1_seq": 71})
        said = told(plant(world))
    assert said["1.1.3"][0] == 0
    assert said["1.2.3"][0] == 0


def test_expired_certificates_are_a_hint_and_not_an_answer(world):
    with world.as_("office"):
        Credential(
            enterprise=plant(world), kind="special", title="焊接与热切割作业", holder="李四", number="T1",
            valid_until=date(2026, 1, 1), by_name="测",
        ).save()  # fmt: skip
        said = told(plant(world))
    assert said["X.3"][0] is None
    assert "李四（焊接与热切割作业）" in said["X.3"][1]


def all_no(record: DiagnosisSheet, **counts) -> dict[str, Answer]:
    """Every open question answered with none, some otherwise."""
    known = {code: one["count"] for code, one in record.answers.items()}
    return {
        code: Answer(counts.get(code, known.get(code) if known.get(code) is not None else 0))
        for code in present_sheet().rows
    }


def finished(world, login="expert", **counts) -> DiagnosisSheet:
    with world.as_(login):
        record = diagnosis.start_sheet(world.enterprises["a"])
        record = diagnosis.fill_sheet(record.pk, all_no(record, **counts))
        diagnosis.finish_sheet(record.pk)
    with world.as_("office"):
        return DiagnosisSheet.objects.get(pk=record.pk)


def test_a_sheet_with_an_open_question_is_not_finished(world):
    with world.as_("expert"):
        record = diagnosis.start_sheet(world.enterprises["a"])
        answers = all_no(record)
        left_out = answers.pop("7.1.2")
        diagnosis.fill_sheet(record.pk, answers)
        with pytest.raises(BadInput, match="1项没有填好：7\\.1\\.2"):
            diagnosis.finish_sheet(record.pk)
        diagnosis.fill_sheet(record.pk, {"7.1.2": left_out})
        assert diagnosis.finish_sheet(record.pk) is not None
        with pytest.raises(IllegalMove):
            diagnosis.fill_sheet(record.pk, {"7.1.2": Answer(1)})


def test_a_sheet_is_not_finished_on_what_the_ledger_said_once(world):
    with world.as_("office"):
        edit_facts(plant(world).pk, {"chemicals": (Chemical("丙酮", Decimal(1)),)})
        record = diagnosis.start_sheet(world.enterprises["a"])
        diagnosis.fill_sheet(record.pk, all_no(record))
        edit_facts(plant(world).pk, {"processes": (Process("硝化工艺", 5),)})
        with pytest.raises(Refused, match="涉及1\\.3\\.1。请点“保存并重新读取台账”"):
            diagnosis.finish_sheet(record.pk)
        record = diagnosis.read_ledger_again(record.pk)
        assert record.answers["1.3.1"]["count"] == 1
        diagnosis.finish_sheet(record.pk)


def test_a_draft_says_that_it_is_one_wherever_its_score_stands(world):
    with world.as_("office"):
        record = diagnosis.start_sheet(world.enterprises["a"])
    assert "项未填" in world.client("auditor").get(f"/diagnoses/{record.pk}/").content.decode()
    assert "100.0" not in world.client("auditor").get("/diagnoses/").content.decode()


def test_who_contradicts_the_ledger_says_why(world):
    with world.as_("office"):
        edit_facts(plant(world).pk, {"processes": (Process("硝化工艺", 5),)})
    with world.as_("expert"):
        record = diagnosis.start_sheet(world.enterprises["a"])
        diagnosis.fill_sheet(record.pk, all_no(record, **{"1.3.1": 2}))
        with pytest.raises(BadInput, match="1项没有填好：1\\.3\\.1"):
            diagnosis.finish_sheet(record.pk)
        diagnosis.fill_sheet(record.pk, {"1.3.1": Answer(2, "另有在建氯化装置")})
        diagnosis.finish_sheet(record.pk)


def test_a_finished_sheet_proposes_and_changes_no_grade(world):
    record = finished(world, **{"7.1.2": 1, "6.1.1": 3, "2.1.2": 1})
    assert (record.total, record.grade, record.state) == (Decimal("65.0"), "C", "final")
    with world.as_("office"):
        proposal = GradeProposal.objects.get()
        assert (proposal.cause, proposal.grade, proposal.state) == ("sheet", "C", "open")
        assert proposal.factors[0] == "诊断分级表得65分，橙色（C级）。"
        assert any("特殊作业管理制度" in factor for factor in proposal.factors)
        assert plant(world).grade == "C"
        assert not GradeDecision.objects.filter(source="诊断分级表").exists()
    with world.as_("leader") as leader:
        assert (
            Message.objects.filter(person_id=leader.person_id, channel="in_app", title__startswith="分级建议").count()
            == 1
        )


def test_a_direct_condition_makes_it_red_whatever_the_points(world):
    record = finished(world, **{"X.2": 1})
    assert (record.total, record.grade) == (Decimal("100.0"), "D")


def test_a_named_person_decides_with_a_reason_on_the_sheet_and_the_quota_follows_that_day(world):
    record = finished(world, **{"X.2": 1})
    with world.as_("inspector"), pytest.raises(NotAllowed):
        decide_grade(world.enterprises["a"], "D", source="诊断分级表", reason="直接判红")
    with world.as_("leader"):
        with pytest.raises(BadInput):
            decide_grade(world.enterprises["a"], "D", source="诊断分级表", reason=" ")
        decide_grade(world.enterprises["a"], "D", source="诊断分级表", reason="在役装置未经正规设计")
        decision = GradeDecision.objects.filter(enterprise_id=world.enterprises["a"]).latest("id")
        assert (decision.by_name, decision.previous, decision.proposal.sheet_id) == ("leader君", "C", record.pk)
        assert GradeProposal.objects.get().state == "confirmed"
        due = lacking(timezone.localdate()).get(pk=world.enterprises["a"])
        assert due.period == timezone.localdate().replace(day=1), "red is visited every month from today on"


def test_the_grade_there_is_may_be_confirmed_by_a_new_sheet_and_by_nothing_else(world):
    with world.as_("office"), pytest.raises(BadInput, match="相同"):
        decide_grade(world.enterprises["a"], "C", source="年度评估", reason="维持")
    finished(world, **{"7.1.2": 1, "6.1.1": 3, "2.1.2": 1})
    with world.as_("office"):
        decide_grade(world.enterprises["a"], "C", source="诊断分级表", reason="维持橙色")
        assert GradeDecision.objects.latest("id").previous == "C"


def test_declined_proposals_keep_the_reason_and_the_grade(world):
    finished(world, **{"X.2": 1})
    with world.as_("office"):
        with pytest.raises(BadInput):
            grades.decline_proposals(world.enterprises["a"], "")
        grades.decline_proposals(world.enterprises["a"], "设计诊断报告已补齐")
        assert GradeProposal.objects.get().decision_reason == "设计诊断报告已补齐"
        assert plant(world).grade == "C"
        with pytest.raises(Refused):
            grades.decline_proposals(world.enterprises["a"], "再来一次")


def test_a_proposal_nobody_looked_at_is_not_answered(world):
    finished(world, **{"7.1.2": 1})
    leader, pk = world.client("leader"), world.enterprises["a"]
    page = leader.get(f"/enterprises/{pk}/grade/").content.decode()
    with world.as_("office"):
        seen = GradeProposal.objects.get().pk
        assert page.count(f'name="seen" value="{seen}"') == 2
        grades.report_event(pk, "accident", on=timezone.localdate(), grave=True, text="爆炸，3人死亡")
        newest = GradeProposal.objects.latest("id").pk
    told_so = {"grade": "A", "source": "诊断分级表", "reason": "90分", "seen": seen}
    for verb in ("grade/", "grade/decline/"):
        answer = leader.post(f"/enterprises/{pk}/{verb}", told_so)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "爆炸，3人死亡" in page
        assert "90分" in page
        assert f'name="seen" value="{newest}"' in page
    with world.as_("office"):
        assert set(GradeProposal.objects.values_list("state", flat=True)) == {"open"}
    assert leader.post(f"/enterprises/{pk}/grade/decline/", told_so | {"seen": newest}).status_code == 302


def test_what_cannot_be_kept_as_a_reason_is_asked_for_again(world):
    finished(world, **{"X.2": 1})
    for reason in ("", "甲\x00乙", "长" * 301):
        answer = world.client("office").post(
            f"/enterprises/{world.enterprises['a']}/grade/decline/", {"reason": reason}
        )
        assert answer.status_code == 400
    with world.as_("office"):
        assert GradeProposal.objects.get().state == "open"


def test_no_grade_is_chosen_for_an_enterprise_that_has_none(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(grade="")
    address = f"/enterprises/{world.enterprises['b']}/grade/"
    page = world.client("office").get(address).content.decode()
    assert '<option value="" selected>请选择</option>' in page
    answer = world.client("office").post(address, {"grade": "", "source": "评估", "reason": "首次评定"})
    assert (answer.status_code, "请选择风险等级" in answer.content.decode()) == (400, True)


def test_of_two_sheets_the_newer_one_is_decided_and_the_older_is_overtaken(world):
    finished(world, **{"X.2": 1})
    finished(world, **{"7.1.2": 1})
    with world.as_("office"):
        decide_grade(world.enterprises["a"], "A", source="诊断分级表", reason="整改完成")
        assert list(GradeProposal.objects.order_by("id").values_list("state", flat=True)) == ["overtaken", "confirmed"]


def test_reading_the_ledger_again_keeps_what_a_person_said_otherwise(world):
    with world.as_("office"):
        record = diagnosis.start_sheet(world.enterprises["a"])
        diagnosis.fill_sheet(record.pk, {"1.2.3": Answer(4, "另有三种在建"), "2.1.1": Answer(1)})
        edit_facts(
            plant(world).pk, {"chemicals": (Chemical("液氨", Decimal(3)),), "processes": (Process("硝化工艺", 5),)}
        )
        record = diagnosis.read_ledger_again(record.pk)
    assert (record.answers["1.2.3"]["count"], record.answers["1.2.3"]["ledger"]) == (4, 0)
    assert (record.answers["1.3.1"]["count"], record.answers["1.3.1"]["ledger"]) == (1, 1)
    assert record.answers["2.1.1"]["count"] == 1


def test_an_enterprise_has_one_draft_at_a_time(world):
    with world.as_("office"):
        one = diagnosis.start_sheet(world.enterprises["a"])
    with world.as_("expert"):
        assert diagnosis.start_sheet(world.enterprises["a"]).pk == one.pk


def test_a_stale_save_is_refused_and_loses_nothing(world):
    with world.as_("office"):
        record = diagnosis.start_sheet(world.enterprises["a"])
        diagnosis.fill_sheet(record.pk, {"2.1.1": Answer(1)}, revision=1)
    answer = world.client("expert").post(
        f"/diagnoses/{record.pk}/fill/", {"revision": "1", "n_7.1.2": "1", "note_7.1.2": "动火票缺分析"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "动火票缺分析" in page
    with world.as_("office"):
        assert DiagnosisSheet.objects.get().answers.get("7.1.2", {}).get("count") is None
    assert 'name="revision" value="2"' in page, "told so, one may save it after all"


def test_the_sheet_is_filled_scored_and_finished_on_the_screen(world):
    client = world.client("expert")
    answer = client.post(f"/enterprises/{world.enterprises['a']}/diagnoses/new/", follow=True)
    address = answer.redirect_chain[-1][0]
    assert "还有" in answer.content.decode()
    body = {f"n_{code}": "0" for code in present_sheet().rows} | {"n_6.1.1": "2", "n_7.1.2": "1"}
    score = client.post(f"{address}score/", body).content.decode()
    assert "现得 80 分，黄色（B级）" in score
    assert "还有" not in score
    with world.as_("office"):
        assert DiagnosisSheet.objects.get().answers.get("6.1.1", {}).get("count") is None, "a score writes nothing"
    answer = client.post(f"{address}fill/", body | {"revision": "1", "then": "finish"}, follow=True)
    page = answer.content.decode()
    assert "诊断分级表得80分，黄色（B级）。" in page
    bad = client.post(f"{address}fill/", {"n_6.1.1": "很多"})
    assert bad.status_code == 400
    assert "现得 80 分" in client.get(address).content.decode()


def test_who_may_read_fill_and_decide(world):
    with world.as_("office"):
        record = diagnosis.start_sheet(world.enterprises["a"])
    assert world.client("officer").get(f"/diagnoses/{record.pk}/").status_code == 200
    assert world.client("officer").post(f"/diagnoses/{record.pk}/fill/", {}).status_code == 403
    assert world.client("department").post(f"/diagnoses/{record.pk}/fill/", {}).status_code == 403
    assert world.client("north").get(f"/diagnoses/{record.pk}/").status_code == 404
    assert world.client("officer_b").get(f"/diagnoses/{record.pk}/").status_code == 404
    assert world.client("expert").get(f"/enterprises/{world.enterprises['a']}/grade/").status_code == 403


@pytest.mark.parametrize(
    ("cause", "now", "grave", "proposed"),
    [
        ("major_overdue", "A", False, "B"),
        ("repeat", "C", False, "D"),
        ("repeat", "D", False, ""),
        ("suspension", "A", False, "D"),
        ("suspension", "D", False, ""),
        ("accident", "B", False, "C"),
        ("accident", "A", True, "D"),
        ("judgement", "", False, ""),
        ("suspension", "", False, "D"),
    ],
)
def test_what_an_event_speaks_for(cause, now, grave, proposed):
    assert grade_for(cause, now, grave=grave) == proposed


def by_the_clock(world) -> int:
    with tenant_scope(world.tenants["江州市"]):
        return propose_grades()


def test_an_overdue_major_hazard_proposes_once_a_deadline_however_often_the_clock_looks(world):
    hazard = stories.issued(world, "a", level="major", days=10)
    assert by_the_clock(world) == 0
    with world.as_("office"):
        Hazard.objects.filter(pk=hazard.pk).update(deadline=timezone.localdate() - timedelta(days=3))
    assert by_the_clock(world) == 1
    assert by_the_clock(world) == 0
    with world.as_("office"):
        proposal = GradeProposal.objects.get()
        assert (proposal.cause, proposal.grade) == ("major_overdue", "D")
        assert "逾期3天" in proposal.factors[0]
        Hazard.objects.filter(pk=hazard.pk).update(deadline=timezone.localdate() - timedelta(days=1))
    assert by_the_clock(world) == 1, "a new deadline that passes is a new event"


def test_a_hazard_found_again_within_twelve_months_of_its_closing_proposes(world):
    stories.closed(world, "b", item_code="CK01-001")
    stories.issued(world, "b", item_code="CK01-002")
    assert by_the_clock(world) == 0
    stories.issued(world, "b", item_code="CK01-001")
    assert by_the_clock(world) == 1
    with world.as_("office"):
        assert (GradeProposal.objects.get().cause, GradeProposal.objects.get().grade) == ("repeat", "C")
        Hazard.objects.filter(item_code="CK01-001", closed_on=None).update(
            deadline=timezone.localdate() + timedelta(days=60)
        )
    assert by_the_clock(world) == 0, "an extension does not make it found again"


def test_a_year_later_it_is_no_repeat(world):
    old = stories.closed(world, "b", item_code="CK01-001")
    with world.as_("office"):
        Hazard.objects.filter(pk=old.pk).update(closed_on=timezone.localdate() - timedelta(days=367))
    stories.issued(world, "b", item_code="CK01-001")
    assert by_the_clock(world) == 0


def test_a_suspended_plant_is_proposed_for_red(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(suspended_since=timezone.localdate())
    assert (by_the_clock(world), by_the_clock(world)) == (1, 0)


def test_a_worse_level_of_major_hazard_proposes_a_better_one_does_not(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(grade="B")
        unit = tank_farm(world)
        holding = units.put_holding(unit.pk, AMMONIA)
        assert GradeProposal.objects.get().factors == ["重大危险源等级由不构成变为三级（新增在量“液氨”）。"]
        units.put_holding(unit.pk, {"quantity_t": Decimal(25)}, holding.pk)
        assert GradeProposal.objects.count() == 1


def test_an_accident_is_reported_by_a_person_and_only_proposes(world):
    address = f"/enterprises/{world.enterprises['b']}/events/new/"
    client = world.client("inspector")
    today = timezone.localdate()
    ahead = {"cause": "accident", "on": today + timedelta(days=1), "text": "泄漏着火"}
    assert client.post(address, ahead).status_code == 400
    assert client.post(address, {"cause": "accident", "on": today, "text": " "}).status_code == 400
    told_so = {"cause": "accident", "on": today, "text": "泄漏着火，一人死亡", "grave": "on"}
    assert client.post(address, told_so).status_code == 302
    assert client.post(address, told_so).status_code == 409, "the same event once"
    with world.as_("office"):
        assert (GradeProposal.objects.get().grade, plant(world, "b").grade) == ("D", "B")
    assert world.client("officer_b").get(address).status_code == 403


def test_an_accident_that_turns_out_graver_is_reported_again(world):
    client, address = world.client("inspector"), f"/enterprises/{world.enterprises['b']}/events/new/"
    today = timezone.localdate()
    assert client.post(address, {"cause": "accident", "on": today, "text": "泄漏着火，两人受伤"}).status_code == 302
    worse = {"cause": "accident", "on": today, "text": "其中一人抢救无效死亡", "grave": "on"}
    assert client.post(address, worse).status_code == 302
    assert client.post(address, worse).status_code == 409
    with world.as_("office"):
        assert list(GradeProposal.objects.order_by("id").values_list("grade", flat=True)) == ["C", "D"]


def test_where_more_waits_than_is_shown_the_worst_is_shown(world, monkeypatch):
    monkeypatch.setattr(grading, "SHOWN", 1)
    with world.as_("office"):
        grades.report_event(world.enterprises["a"], "suspension", on=timezone.localdate(), grave=False, text="停产令")
        grades.report_event(world.enterprises["b"], "accident", on=timezone.localdate(), grave=False, text="着火")
        assert [one.worst for one in grading.proposals_waiting()] == ["D"]


def test_everything_waiting_stands_on_one_page_and_behind_one_filter(world):
    finished(world, **{"X.2": 1})
    page = world.client("leader").get("/grades/waiting/").content.decode()
    assert "江州甲化工" in page
    listed = world.client("leader").get("/enterprises/?diagnosed=open").content.decode()
    assert "江州甲化工" in listed
    assert "江州乙医药" not in listed
    due = world.client("leader").get("/enterprises/?diagnosed=due").content.decode()
    assert "江州乙医药" in due
    assert "江州甲化工" not in due
    assert world.client("inspector").get("/grades/waiting/").status_code == 403


def test_two_deciding_at_once_leave_one_decision(committed_world):
    world = committed_world
    finished(world, **{"X.2": 1})
    with world.as_("office"):
        revision = plant(world).revision
    told_to, ready = [], threading.Barrier(2)

    def press(login, grade):
        ready.wait()
        try:
            with world.as_(login):
                decide_grade(world.enterprises["a"], grade, source="诊断分级表", reason="决定", revision=revision)
            told_to.append(grade)
        except Refused as refusal:
            told_to.append(refusal.status)
        finally:
            connection.close()

    hands = [threading.Thread(target=press, args=pair) for pair in (("leader", "D"), ("office", "B"))]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(map(str, told_to))[0] == "409"
    with world.as_("office"):
        assert GradeDecision.objects.filter(source="诊断分级表").count() == 1


def test_the_api_goes_the_same_way(world):
    expert = world.client("expert")
    pk = world.enterprises["a"]

    def post(client, address, body):
        return client.post(address, body, content_type="application/json")

    made = post(expert, "/api/v1/diagnoses/", {"enterprise": pk})
    assert made.status_code == 201
    number = made.json()["id"]
    known = made.json()["answers"]
    answers = [
        {"code": code, "count": known.get(code, {}).get("count") or 0} for code in present_sheet().rows if code != "X.2"
    ]
    address = f"/api/v1/diagnoses/{number}/"
    filled = expert.patch(address, {"answers": answers, "revision": 1}, content_type="application/json")
    assert filled.status_code == 200
    stale = expert.patch(address, {"answers": answers, "revision": 1}, content_type="application/json")
    assert stale.status_code == 409
    assert post(expert, f"{address}finish/", {}).status_code == 400
    expert.patch(address, {"answers": [{"code": "X.2", "count": 1}]}, content_type="application/json")
    assert post(expert, f"{address}finish/", {}).json()["grade"] == "D"
    assert [one["state"] for one in expert.get("/api/v1/grade-proposals/").json()["results"]] == ["open"]
    assert post(expert, f"/api/v1/enterprises/{pk}/grade/", {"grade": "D"}).status_code == 403
    leader = world.client("leader")
    assert post(leader, f"/api/v1/enterprises/{pk}/grade/", {"grade": "D", "source": "表"}).status_code == 400
    done = post(
        leader, f"/api/v1/enterprises/{pk}/grade/", {"grade": "D", "source": "诊断分级表", "reason": "直接判红"}
    )
    assert done.json()["grade"] == "D"
    decisions = leader.get(f"/api/v1/enterprises/{pk}/grade-decisions/").json()["results"]
    assert (decisions[0]["sheet"], decisions[0]["by_name"]) == (number, "leader君")


def test_the_pages_ask_few_questions(world):
    finished(world, **{"X.2": 1})
    with world.as_("office"):
        record = diagnosis.start_sheet(world.enterprises["a"])
    client = world.client("leader")
    for address in (
        "/diagnoses/",
        f"/diagnoses/{record.pk}/",
        f"/enterprises/{world.enterprises['a']}/grading/",
        "/grades/waiting/",
    ):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= 14, (address, len(asked))
