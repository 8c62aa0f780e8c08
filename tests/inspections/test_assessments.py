"""Assessments: who is chosen, who sees what for how long, what is answered and signed, and what becomes of each problem."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enterprises.models import Enterprise
from hazards.actions.notices import deadline_for
from hazards.models import Evidence, Hazard, Notice
from inspections import frozen_sheets
from inspections.actions import assessment_problems as problems
from inspections.actions import assessment_reports as reports
from inspections.actions import assessments as verbs
from inspections.models_assessments import Assessment, AssessmentAnswer, AssessmentReport, MissedLead
from inspections.queries.assessments import coverage, to_assess, waiting_problems
from inspections.rules_experts import team_by_lot
from portal.files import store
from portal.messages.models import Message
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.sm3 import sm3
from tests.documents import reading
from tests.inspections.teams import (
    PROBLEM,
    answered,
    as_expert,
    opened,
    pooled,
    reported,
    signed,
    team_of,
    tied,
)
from tests.stories import person_id, photo, recorded


def taking(days: int = 10, level: str = "general") -> problems.Taking:
    return problems.Taking(deadline_for(due=timezone.localdate() + timedelta(days=days)), "立即整改", level)


def of(assessment, *codes) -> list[int]:
    return [AssessmentAnswer.objects.get(assessment=assessment, code=code).pk for code in codes]


# --- the sheets -----------------------------------------------------------------------------------------------------


def test_each_sheet_has_items_with_law_level_and_the_checklist_they_cover(world):
    from inspections.models import ChecklistItem

    with world.as_("office"):
        known = set(ChecklistItem.objects.values_list("code", flat=True))
    codes = []
    for sheet in frozen_sheets.present_sheets():
        assert len(sheet["items"]) >= 12
        for item in sheet["items"]:
            codes.append(item["code"])
            assert item["item"]
            assert item["look_at"]
            assert item["basis"]
            assert item["level"] in ("general", "major")
            assert item["covers"]
            assert set(item["covers"]) <= known
    assert len(codes) == len(set(codes))


# --- opening --------------------------------------------------------------------------------------------------------


def test_an_expert_with_a_tie_to_the_plant_cannot_be_appointed(world):
    fit, tied_one = pooled(world), pooled(world, name="周到")
    tied(world, tied_one, name="江州甲化工有限公司", ends=date(2026, 1, 1))
    with pytest.raises(Refused, match=r"周到曾在“江州甲化工有限公司”提供技术服务"):
        opened(world, team=[fit, tied_one])
    with world.as_("office"):
        assert not Assessment.objects.exists()


def test_an_expert_with_a_tie_is_in_no_pool_and_the_record_says_why(world):
    people = [pooled(world, name=f"专家{n}") for n in range(6)]
    tied(world, people[0], name="江州甲化工有限公司")
    with world.as_("office"):
        by = verbs.Lot("2026年第138期", {"process": 2, "management": 1})
        today = timezone.localdate()
        made = verbs.open_assessment(world.enterprises["a"], purpose="评估", starts=today, ends=today, by=by)
        draw = made.draw
        assert people[0].pk not in draw["pool"]["process"]
        assert [row[0] for row in draw["left_out"]] == [people[0].pk]
        assert "江州甲化工有限公司" in draw["left_out"][0][2]
        again = team_by_lot(draw["seed"], draw["pool"], draw["wanted"])
        assert list(again) == draw["drawn"]
        drawn = {person.person_id: person.pk for person in people}
        assert [drawn[m.person_id] for m in made.members.order_by("id")] == draw["drawn"]
        with pytest.raises(BadInput, match="没有足够的可抽专家"):
            verbs.open_assessment(
                world.enterprises["a"],
                purpose="x",
                starts=today,
                ends=today,
                by=verbs.Lot("第138期开奖", {"process": 6}),
            )


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"purpose": " "}, "评估目的"),
        ({"ends": date(2020, 1, 1)}, "不能早于"),
        ({"days": 500}, "最长一年"),
        ({"starts": date(2020, 1, 1), "ends": date(2020, 1, 2)}, "过去的日期"),
    ],
)
def test_an_assessment_needs_a_purpose_and_a_term_that_lies_ahead(world, more, sentence):
    with pytest.raises(BadInput, match=sentence):
        opened(world, **more)


def test_appointing_needs_a_reason_and_two_people(world):
    one = pooled(world)
    today = timezone.localdate()
    with world.as_("office"):
        for by in (verbs.Appointed([one.pk], "熟悉"), verbs.Appointed([one.pk, one.pk], "熟悉")):
            with pytest.raises(BadInput, match="至少2人"):
                verbs.open_assessment(world.enterprises["a"], purpose="x", starts=today, ends=today, by=by)
        with pytest.raises(BadInput, match="须写明理由"):
            verbs.open_assessment(
                world.enterprises["a"], purpose="x", starts=today, ends=today, by=verbs.Appointed([one.pk, 1], " ")
            )


def test_assessments_are_numbered_without_gaps_and_freeze_the_sheets_of_the_day(world):
    team = [pooled(world), pooled(world, name="周到")]
    with pytest.raises(BadInput):
        opened(world, team=team, purpose="")
    first, second = opened(world, team=team), opened(world, team=team)
    assert first.number == f"（江州）安评〔{timezone.localdate().year}〕1号"
    assert second.number.endswith("2号")
    assert first.sheets == list(frozen_sheets.present_sheets())


@pytest.mark.parametrize("login", ["inspector", "department", "expert", "officer", "auditor"])
def test_nobody_but_the_office_opens_an_assessment(world, login):
    team = [pooled(world), pooled(world, name="周到")]
    today = timezone.localdate()
    by = verbs.Appointed([one.pk for one in team], "熟悉")
    with world.as_(login), pytest.raises(NotAllowed):
        verbs.open_assessment(world.enterprises["a"], purpose="x", starts=today, ends=today, by=by)


# --- who sees what, and how long ------------------------------------------------------------------------------------


def statuses(world, assessment) -> list[int]:
    """The page, the API's record and the plant itself, as the expert of that login is answered."""
    client = world.client("expert_only")
    addresses = [
        f"/assessments/{assessment.pk}/",
        f"/assessments/{assessment.pk}/sheets/rules/",
        f"/api/v1/assessments/{assessment.pk}/",
        f"/enterprises/{assessment.enterprise_id}/",
    ]
    return [client.get(address).status_code for address in addresses]


@pytest.fixture
def only(world):
    """An expert with a login and no other posting than those an assessment gives."""
    from django.contrib.auth.hashers import make_password

    from portal.tenancy.actions import open_account
    from portal.tenancy.models import Person
    from portal.tenancy.scope import tenant_scope

    expert = pooled(world, name="独行")
    with tenant_scope(world.tenants["江州市"], "江州市", scope="sysadmin"):
        person = Person.objects.get(pk=expert.person_id)
        account = open_account(person, "expert_only", hashed=make_password("x"), must_change=False)
    world.accounts["expert_only"], world.people["expert_only"] = account.pk, person.pk
    yield expert
    del world.accounts["expert_only"], world.people["expert_only"]


def test_an_expert_sees_the_plant_from_the_first_to_the_last_day_of_the_term_and_no_other_plant(world, only, on_day):
    today = timezone.localdate()
    starts, ends = today + timedelta(days=5), today + timedelta(days=9)
    made = opened(world, team=[only, pooled(world, name="周到")], starts=starts, ends=ends)
    other = opened(world, "b", team=[pooled(world, name="甲"), pooled(world, name="乙")], starts=starts, ends=ends)
    for day, seen in [(starts - timedelta(days=1), 403), (starts, 200), (ends, 200), (ends + timedelta(days=1), 403)]:
        with on_day(day):
            assert statuses(world, made) == [seen] * 4, day
    with on_day(starts):
        assert statuses(world, other) == [404] * 4
        client = world.client("expert_only")
        listed = client.get("/assessments/").content.decode()
        assert made.number in listed
        assert other.number not in listed
        assert [row["id"] for row in client.get("/api/v1/assessments/").json()["results"]] == [made.pk]


def test_who_leaves_the_team_loses_access_with_the_next_request(world, only):
    made = opened(world, team=[only, pooled(world, name="周到")])
    assert statuses(world, made) == [200] * 4
    with world.as_("office"):
        member = made.members.get(person_id=only.person_id)
        with pytest.raises(BadInput, match="退出理由"):
            verbs.remove_member(made.pk, member.pk, "")
        verbs.remove_member(made.pk, member.pk, "临时有事")
        assert list(made.members.filter(leads=True).values_list("person__name", flat=True)) == ["周到"]
    assert statuses(world, made) == [403] * 4


def test_an_expert_with_another_assignment_at_the_plant_still_does_not_see_an_assessment_of_others(world, only):
    opened(world, team=[only, pooled(world, name="周到")])
    others = opened(world, team=[pooled(world, name="甲"), pooled(world, name="乙")])
    assert statuses(world, others)[:3] == [404] * 3
    with as_expert(world, only.person_id), pytest.raises(Http404):
        verbs.answer(others.pk, "GZ-01", "ok")


def test_an_abandoned_assessment_ends_access_and_a_longer_term_gives_it(world, only, on_day):
    today = timezone.localdate()
    made = opened(world, team=[only, pooled(world, name="周到")], days=2)
    with world.as_("office"):
        verbs.change_term(made.pk, today + timedelta(days=5), "资料不齐")
    with on_day(today + timedelta(days=5)):
        assert statuses(world, made) == [200] * 4
    with on_day(today + timedelta(days=6)):
        assert statuses(world, made) == [403] * 4, "the longer term has a last day too"
    with world.as_("office"):
        verbs.abandon(made.pk, "企业停产")
    assert statuses(world, made) == [403] * 4


def test_the_officer_of_the_plant_reads_its_reports_and_not_what_is_being_written(world):
    report = reported(world)
    client = world.client("officer")
    assert client.get(f"/assessments/{report.assessment_id}/").status_code == 403
    assert client.get("/api/v1/assessments/").status_code == 403
    page = client.get(f"/assessments/reports/{report.pk}/")
    assert PROBLEM["words"] in page.content.decode()
    assert client.get(f"/assessments/reports/{report.pk}/pdf/").content.startswith(b"%PDF")
    assert world.client("officer_b").get(f"/assessments/reports/{report.pk}/").status_code == 404
    with world.as_("officer"):
        assert AssessmentReport.objects.count() == 1


# --- answering, signing, reporting ----------------------------------------------------------------------------------


def test_the_schedule_lies_within_the_term_says_what_is_done_and_the_team_reads_it(world):
    made = opened(world, login="expert")
    today = timezone.localdate()
    with world.as_("office"):
        for day in (today - timedelta(days=1), made.ends + timedelta(days=1)):
            with pytest.raises(BadInput, match="不在评估期限内"):
                verbs.set_schedule(made.pk, [(day, "查台账")])
        with pytest.raises(BadInput, match="请写明"):
            verbs.set_schedule(made.pk, [(today, "  ")])
        verbs.set_schedule(made.pk, [(made.ends, "总结"), (today, "查管理制度")])
    address = f"/assessments/{made.pk}/"
    page = world.client("expert").get(address).content.decode()
    assert page.index("查管理制度") < page.index("总结")
    client = world.client("office")
    typed = {"schedule": f"{today.isoformat()} 查罐区\n不是日期 查档案"}
    refused = client.post(f"{address}schedule/", typed)
    assert refused.status_code == 400
    assert "不是日期 查档案" in refused.content.decode(), "nothing typed is lost"
    assert world.client("expert").post(f"{address}schedule/", typed).status_code == 403


def test_a_problem_takes_what_the_sheet_suggests_where_the_expert_writes_nothing(world):
    made = opened(world)
    with as_expert(world, team_of(world, made)[0]):
        answer = verbs.answer(made.pk, "GZ-04", "problem", words="没有通报记录")
        assert (answer.level, answer.sheet) == ("major", "rules")
        assert "第四十一条" in answer.basis
        assert answer.covers[0] == "CK01-025"
        assert verbs.answer(made.pk, "GZ-04", "problem", words="x", level="general").level == "general"
        with pytest.raises(Http404):
            verbs.answer(made.pk, "GZ-99", "ok")
        with pytest.raises(BadInput):
            verbs.answer(made.pk, "GZ-04", "perhaps")
        with pytest.raises(BadInput, match="存在问题"):
            verbs.add_photo(made.pk, "GZ-05", photo())
        first, again = (verbs.add_photo(made.pk, "GZ-04", photo(7)) for _ in range(2))
        assert first.pk == again.pk


def test_a_report_needs_every_sheet_every_signature_and_its_leader(world):
    made = opened(world)
    leader, second = team_of(world, made)
    with as_expert(world, leader) as me, pytest.raises(BadInput, match=r"“管理制度”还有16项没有填写"):
        reports.sign(made.pk, me.person_name)
    answered(world, made)
    with as_expert(world, leader) as me:
        with pytest.raises(BadInput, match="本人的姓名"):
            reports.sign(made.pk, "别人")
        reports.sign(made.pk, me.person_name)
        with pytest.raises(Refused, match="还有成员没有签名：周到"):
            reports.finish(made.pk)
    with as_expert(world, second) as me:
        reports.sign(made.pk, me.person_name)
        with pytest.raises(NotAllowed, match="组长"):
            reports.finish(made.pk)
    with as_expert(world, leader):
        assert reports.finish(made.pk).number == f"{made.number}报告"
        with pytest.raises(IllegalMove):
            verbs.answer(made.pk, "GZ-01", "na")


def test_a_report_needs_the_diagnosis_sheet_finished(world):
    made = opened(world)
    with as_expert(world, team_of(world, made)[0]) as me:
        for sheet in made.sheets:
            for item in sheet["items"]:
                verbs.answer(made.pk, item["code"], "ok")
        with pytest.raises(BadInput, match="还没有填写安全风险评估诊断分级表"):
            reports.sign(made.pk, me.person_name)
        verbs.link_diagnosis(made.pk)
        with pytest.raises(BadInput, match="诊断分级表还没有完成"):
            reports.sign(made.pk, me.person_name)


def test_a_change_after_signing_takes_all_signatures_back(world):
    made = opened(world)
    answered(world, made)
    signed(world, made)
    with as_expert(world, team_of(world, made)[1]):
        verbs.answer(made.pk, "GZ-01", "na")
    with world.as_("office"):
        assert not made.members.filter(signed_at__isnull=False).exists()
    with as_expert(world, team_of(world, made)[0]), pytest.raises(Refused, match="没有签名"):
        reports.finish(made.pk)


def test_the_report_is_frozen_with_its_digest_and_printed_with_every_problem(world):
    report = reported(world, problems=("CZ-02", "GZ-07"))
    with world.as_("office"):
        kept = AssessmentReport.objects.get(pk=report.pk)
        assert kept.digest == sm3(json.dumps(kept.content, ensure_ascii=False, sort_keys=True).encode())
        printed = store.open_kept(kept.pdf)
    said = reading.text(printed)
    for words in (PROBLEM["words"], report.number, "江州甲化工有限公司", kept.digest, "GB30871-2022", "严谨", "周到"):
        assert "".join(words.split()) in said, words
    assert "行政执法文书" not in said


def test_a_correction_is_a_new_report_that_names_the_old(world):
    report = reported(world)
    made = report.assessment
    with world.as_("office"):
        reports.reopen(made.pk, timezone.localdate() + timedelta(days=20), "部位写错")
    signed(world, made)
    with as_expert(world, team_of(world, made)[0]):
        new = reports.finish(made.pk)
    assert new.corrects_id == report.pk
    assert new.content["replaces"] == report.number
    assert new.number == f"{made.number}报告（更正1）"
    with world.as_("office"):
        assert AssessmentReport.objects.get(pk=report.pk).digest == report.digest
        assert made.reports.count() == 2


# --- problems -------------------------------------------------------------------------------------------------------


def test_each_problem_becomes_a_hazard_and_goes_into_one_notice_in_the_same_act(world):
    made = opened(world)
    answered(world, made, problems=("CZ-02", "GZ-07"))
    with as_expert(world, team_of(world, made)[0]):
        verbs.add_photo(made.pk, "CZ-02", photo(9))
    report = reported(world, assessment=made, problems=("CZ-02", "GZ-07"))
    with world.as_("inspector"):
        one, two = of(made, "CZ-02", "GZ-07")
        notice = problems.take_problems(
            made.pk, {one: taking(), two: taking(level="major")}, {}, person_id(world, "inspector2")
        )
        hazards = list(Hazard.objects.filter(source_kind="assessment", source_id=made.pk).order_by("id"))
        assert [(h.description, h.level, h.status, h.notice_id) for h in hazards] == [
            (PROBLEM["words"], level, "rectifying", notice.pk) for level in ("major", "general")
        ]
        assert {answer.hazard_id for answer in made.answers.filter(pk__in=[one, two])} == {h.pk for h in hazards}
        assert list(Evidence.objects.filter(phase="found").values_list("hazard_id", flat=True)) == [hazards[1].pk]
        assert hazards[0].found_on == report.made_on
        with pytest.raises(Refused, match="已经处理过"):
            problems.take_problems(made.pk, {one: taking()}, {}, person_id(world, "inspector2"))


def test_no_problem_is_lost_each_is_taken_or_declined_with_a_reason(world):
    made = reported(world, problems=("CZ-02", "GZ-07")).assessment
    second = person_id(world, "inspector2")
    with world.as_("inspector"):
        one, two = of(made, "CZ-02", "GZ-07")
        for declined in ({}, {two: "  "}):
            with pytest.raises(BadInput, match="一个问题也不能遗漏"):
                problems.take_problems(made.pk, {one: taking()}, declined, second)
        assert not Hazard.objects.filter(source_kind="assessment").exists()
        assert waiting_problems().count() == 2
        problems.take_problems(made.pk, {one: taking()}, {two: "现场核查不属实"}, second)
        assert waiting_problems().count() == 0
        assert made.answers.get(pk=two).declined == "现场核查不属实"


def test_where_the_notice_fails_no_hazard_is_left_behind(world):
    made = reported(world).assessment
    with world.as_("inspector"):
        (one,) = of(made, "CZ-02")
        before = Notice.objects.count()
        with pytest.raises(BadInput, match="第二名"):
            problems.take_problems(made.pk, {one: taking()}, {}, None)
        assert not Hazard.objects.filter(source_kind="assessment").exists()
        assert Notice.objects.count() == before
        assert waiting_problems().count() == 1


def test_before_the_report_and_from_another_district_nothing_is_taken(world):
    made = opened(world)
    answered(world, made)
    with world.as_("inspector"), pytest.raises(IllegalMove, match="报告出具之后"):
        problems.take_problems(made.pk, {}, {}, None)
    with world.as_("north"), pytest.raises(Http404):
        problems.take_problems(made.pk, {}, {}, None)
    with world.as_("officer"), pytest.raises(NotAllowed):
        problems.take_problems(made.pk, {}, {}, None)


def test_a_department_takes_the_problems_of_its_own_line(world):
    made = reported(world).assessment
    with world.as_("department"):
        (one,) = of(made, "CZ-02")
        assert problems.take_problems(made.pk, {}, {one: "另案处理"}, None) is None


def test_waiting_problems_are_told_once_a_step_and_no_more_once_they_are_decided(world):
    made = reported(world).assessment
    today = timezone.localdate()
    with world.as_("office"):
        assert problems.remind(today) > 0
        assert problems.remind(today) == 0
        told = Message.objects.filter(key=f"assessments:{today}", channel="in_app")
        assert {m.person_id for m in told} == {world.people["inspector"], world.people["inspector2"]}
        assert "评估问题待处理1个" in told[0].title
        problems.remind(today + timedelta(days=2))
        later = Message.objects.filter(key=f"assessments:{today + timedelta(days=2)}", channel="in_app")
        assert world.people["office"] in {m.person_id for m in later}
    with world.as_("inspector"):
        problems.take_problems(made.pk, {}, {of(made, "CZ-02")[0]: "不属实"}, None)
    with world.as_("office"):
        assert problems.remind(today + timedelta(days=7)) == 0


# --- coverage and misses --------------------------------------------------------------------------------------------


def test_coverage_counts_every_enterprise_with_two_keys_or_a_major_hazard_and_its_records_are_those(world, on_day):
    with world.as_("office"):
        Enterprise.objects.filter(pk__in=[world.enterprises["a"], world.enterprises["c"]]).update(has_key_chemical=True)
        today = timezone.localdate()
        assert [(row.all, row.assessed) for row in coverage(today, 24)] == [(1, 0), (1, 0)]
    reported(world)
    with world.as_("office"):
        rows = {row.district: (row.all, row.assessed, row.rate) for row in coverage(today, 24)}
        assert rows == {"江南区": (1, 1, "100.0"), "江北区": (1, 0, "0.0")}
        assert [e.pk for e in to_assess(today).filter(assessed=False)] == [world.enterprises["c"]]
        assert sum(row.assessed for row in coverage(today.replace(year=today.year + 2), 24)) == 0
        assert sum(row.assessed for row in coverage(today.replace(year=today.year + 2) - timedelta(days=1), 24)) == 1
    with world.as_("inspector"):
        assert len(coverage(today, 24)) == 1
    page = world.client("office").get("/assessments/coverage/").content.decode()
    assert "50.0" in page
    assert "江州丙仓储有限公司" in page
    assert world.client("office").get("/assessments/coverage/?export=xlsx").content.startswith(b"PK")


def test_a_hazard_found_within_the_year_on_what_was_answered_fine_is_a_lead_and_others_are_not(world, on_day):
    report = reported(world)
    made, day = report.assessment, report.made_on
    with on_day(day + timedelta(days=30)):
        missed = recorded(world, item_code="CK01-025", source_kind="visit")
        recorded(world, item_code="CK04-007")  # CZ-02 was told as a problem
        recorded(world, item_code="CK13-001")  # on no sheet
        recorded(world, "b", item_code="CK01-025")  # another plant
        recorded(world, item_code="CK01-025", source_kind="assessment")
    with world.as_("inspector"):
        Hazard.objects.filter(pk=missed.pk).update(found_on=day + timedelta(days=30))
        late = recorded_on(world, day.replace(year=day.year + 1) + timedelta(days=1))
        last = recorded_on(world, day.replace(year=day.year + 1))
        same_day = recorded_on(world, day)
    with world.as_("office"), on_day(day.replace(year=day.year + 1)):
        assert reports.note_missed() == 4, list(MissedLead.objects.values_list("hazard_id", "sentence", "found_on"))
        assert reports.note_missed() == 0
        leads = MissedLead.objects.all()
        assert {lead.hazard_id for lead in leads} == {missed.pk, last}
        assert late not in {lead.hazard_id for lead in leads}
        assert same_day not in {lead.hazard_id for lead in leads}
        assert "GZ-04" in leads[0].sentence
        assert missed.description not in leads[0].sentence
    person = team_of(world, made)[0]
    with as_expert(world, person):
        from inspections.actions.experts import comment_on_lead

        own = MissedLead.objects.all()
        assert {lead.person_id for lead in own} == {person}
        assert comment_on_lead(own[0].pk, "评估时记录齐全").comment == "评估时记录齐全"


def recorded_on(world, day: date) -> int:
    from hazards.actions.moves import record_hazard

    plant = Enterprise.objects.get(pk=world.enterprises["a"])
    return record_hazard(plant, description="x", level="general", found_on=day, item_code="CK01-025").pk


# --- pages ----------------------------------------------------------------------------------------------------------


def test_the_office_opens_one_on_the_pages_and_is_shown_who_must_keep_out(world):
    fit, tied_one = pooled(world), pooled(world, name="周到")
    third = pooled(world, name="吴明")
    tied(world, tied_one, name="江州甲化工有限公司")
    client = world.client("office")
    address = f"/assessments/new/?enterprise={world.enterprises['a']}"
    page = client.get(address).content.decode()
    assert "须回避的专家 1 人" in page
    today = timezone.localdate().isoformat()
    typed = {"purpose": "很长的目的" * 20, "starts": today, "ends": today, "chosen": "appointed"}
    bad = client.post(address, typed | {"experts": [fit.pk]})
    assert bad.status_code == 400
    assert "至少2人" in bad.content.decode()
    assert "很长的目的" in bad.content.decode()
    good = typed | {"experts": [fit.pk, third.pk], "reason": "熟悉工艺"}
    assert "已发起" in client.post(address, good, follow=True).content.decode()
    by_lot = typed | {"chosen": "drawn", "seed": "2026年第138期", "n-process": "2"}
    assert "抽取记录" in client.post(address, by_lot, follow=True).content.decode()


def test_an_expert_works_through_a_sheet_on_the_pages(world, only):
    made = opened(world, team=[only, pooled(world, name="周到")])
    client = world.client("expert_only")
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/assessments/"
    answer = f"/assessments/{made.pk}/answers/GZ-01/"
    assert client.post(answer, {"verdict": "problem", "words": "责任制缺岗位"}).status_code == 302
    assert client.post(answer + "photos/", {"photos": photo(5)}).status_code == 302
    sheet = client.get(f"/assessments/{made.pk}/sheets/rules/").content.decode()
    assert "责任制缺岗位" in sheet
    assert "photo-grid" in sheet
    bad = client.post(answer, {"words": "没选结论"})
    assert bad.status_code == 400
    assert "没选结论" in bad.content.decode()
    other = client.post(
        f"/assessments/{made.pk}/findings/", {"words": "表外", "level": "general", "accident_type": "leak"}
    )
    assert other.status_code == 302
    refused = client.post(f"/assessments/{made.pk}/sign/", {"name": "独行"})
    assert refused.status_code == 400
    assert "还不能签名" in refused.content.decode()


def test_an_inspector_takes_a_report_on_one_page_and_nothing_typed_is_lost(world):
    made = reported(world, problems=("CZ-02", "GZ-07")).assessment
    with world.as_("inspector"):
        one, two = of(made, "CZ-02", "GZ-07")
    client = world.client("inspector")
    address = f"/assessments/{made.pk}/take/"
    assert PROBLEM["words"] in client.get("/assessments/problems/").content.decode()
    body = {f"p{one}-take": "on", f"p{one}-level": "general", f"p{one}-length": "10", f"p{one}-unit": "自然日"}
    body |= {
        f"p{one}-requirement": "重写步骤并培训",
        f"p{two}-level": "major",
        "second": person_id(world, "inspector2"),
    }
    bad = client.post(address, body)
    assert bad.status_code == 400
    assert "一个问题也不能遗漏" in bad.content.decode()
    assert "重写步骤并培训" in bad.content.decode()
    done = client.post(address, body | {f"p{two}-reason": "另案处理"}, follow=True)
    assert "已下达" in done.content.decode()
    assert "另案处理" in client.get(f"/assessments/{made.pk}/").content.decode()


@pytest.mark.parametrize(
    ("login", "address"),
    [
        ("office", "/assessments/"),
        ("office", "/assessments/{a}/"),
        ("office", "/assessments/{a}/sheets/rules/"),
        ("inspector", "/assessments/{a}/take/"),
        ("inspector", "/assessments/problems/"),
        ("office", "/assessments/coverage/"),
        ("officer", "/assessments/reports/{r}/"),
    ],
)
def test_a_page_costs_few_statements(world, login, address):
    report = reported(world, problems=("CZ-02", "GZ-07", "YA-01"))
    client = world.client(login)
    with CaptureQueriesContext(connection) as used:
        assert client.get(address.format(a=report.assessment_id, r=report.pk)).status_code == 200
    # What every page asks: the session, the gate, the scope and its savepoint.
    house = ("django_session", "gate_enter", "set_config", "SAVEPOINT")
    asked = [query["sql"][:90] for query in used if not any(word in query["sql"][:200] for word in house)]
    assert len(asked) <= 12, asked
