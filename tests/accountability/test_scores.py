"""年度考核 from draft to final: what is counted, who sees it when, what may be done by whom, and that it can be recomputed."""

import io
import json
import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.models import Q
from django.http import Http404

from accountability import views_scores
from accountability.actions import scores as verbs
from accountability.models import ManualFigure, Score, ScoreLine, ScoreTemplate, YearScore
from accountability.queries.score_export import exported, sealed
from accountability.queries.score_figures import FIGURES, counted
from accountability.queries.score_subjects import unheard
from accountability.score_templates import DEFAULTS
from enterprises.models import Enterprise
from hazards.models import Hazard, HazardStep, Supervision
from inspections.models import Visit
from portal.audit.models import AuditRecord
from portal.messages.models import Message
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.tenancy.models import District, Organisation
from portal.tenancy.scope import tenant_scope
from tests.inspections import walks
from tests.stories import closed, issued, recorded, submitted
from tools import recompute_score

CITY = "江州市"
YEAR = 2026
SINCE, UNTIL = date(2026, 1, 1), date(2026, 12, 31)
AFTER = date(2027, 1, 8)


@pytest.fixture(autouse=True)
def after_the_year(on_day):
    with on_day(AFTER):
        yield


def found(world, figure: str, kind: str = "enterprise", until: date = UNTIL) -> dict:
    """Subject → (counted, of)."""
    with tenant_scope(world.tenants[CITY], CITY):
        return {key: (one.counted, one.of) for key, one in counted(FIGURES[figure], kind, SINCE, until).items()}


def at_a(world, figure: str, until: date = UNTIL):
    return found(world, figure, until=until).get(world.enterprises["a"])


def hazards(world, *rows: dict) -> None:
    """Hazards of a with these dates and states, as a year leaves them behind."""
    sample = issued(world, "a")
    with world.as_("office"):
        for n, row in enumerate(rows):
            hazard = Hazard.objects.get(pk=sample.pk)
            hazard.pk, hazard.key = None, f"00000000-0000-4000-8000-{n:012x}"
            for name, value in {"found_on": date(2026, 3, 1), "deadline": date(2026, 4, 1)}.items():
                setattr(hazard, name, value)
            for name, value in row.items():
                setattr(hazard, name, value)
            hazard.save()
        Hazard.objects.filter(pk=sample.pk).update(deadline=date(2028, 1, 1), found_on=date(2028, 1, 1))


def done(on: date, *, late: bool = False, **more) -> dict:
    return {"status": "closed", "submitted_on": on, "closed_on": on, "late": late} | more


LATE = date(2026, 5, 1)


def test_on_time_is_a_share_of_what_was_decided_and_what_waits_for_a_recheck_is_not(world):
    hazards(
        world,
        done(date(2026, 3, 20)),
        done(LATE, late=True),
        {},  # overdue
        {"status": "submitted", "submitted_on": date(2026, 3, 30)},  # in time, waiting
        {"status": "submitted", "submitted_on": LATE, "late": True},  # overdue
        {"deadline": date(2027, 2, 1)},  # of next year
    )
    assert at_a(world, "on_time") == (1, 4)


def test_the_cut_off_day_decides_and_not_what_was_closed_after_it(world):
    hazards(world, done(date(2027, 1, 5), late=True, deadline=date(2026, 12, 20)))
    assert at_a(world, "on_time") == (0, 1)
    assert at_a(world, "major_closed") is None
    hazards_later = found(world, "on_time", until=date(2026, 12, 20))
    assert world.enterprises["a"] not in hazards_later  # due that very day: not yet late


def test_days_late_run_to_the_hand_in_or_to_the_cut_off(world):
    hazards(world, done(LATE, late=True), {}, done(date(2026, 3, 20)))
    assert at_a(world, "overdue_days", until=date(2026, 4, 11)) == (10 + 10, 3)
    assert at_a(world, "overdue_days") == (30 + (UNTIL - date(2026, 4, 1)).days, 3)


def test_major_hazards_count_apart(world):
    hazards(world, done(date(2026, 3, 20), level="major"), {"level": "major"}, {})
    assert at_a(world, "major_closed") == (1, 2)
    assert at_a(world, "major_overdue") == (1, None)


def test_void_and_unissued_hazards_are_in_no_share(world):
    hazards(world, {"status": "void"}, {"status": "recorded"})
    assert at_a(world, "on_time") is None
    assert at_a(world, "repeats") == (0, 1)


def test_a_supervised_hazard_still_open_at_the_cut_off_is_counted_until_it_is_lifted(world):
    hazards(world, {"level": "major", "supervised_since": date(2026, 3, 5)})
    with world.as_("office"):
        hazard = Hazard.objects.get(supervised_since=date(2026, 3, 5))
        order = Supervision(
            enterprise=hazard.enterprise, hazard=hazard, ordered_on=date(2026, 3, 5), leader_name="某", by_name="某"
        )
        order.save()
    assert at_a(world, "supervised_overdue") == (1, None)
    assert at_a(world, "supervised") == (0, 1)
    with world.as_("office"):
        Supervision.objects.filter(pk=order.pk).update(lifted_on=date(2026, 12, 30))
    assert at_a(world, "supervised_overdue") is None


def test_returns_are_a_share_of_the_hand_ins_of_the_year_in_beijings_days(world):
    hazard = submitted(world, "a")
    with world.as_("office"):
        step = HazardStep.objects.filter(hazard=hazard, verb="submit").get()
        for verb in ("return", "submit"):
            step.pk, step.verb = None, verb
            step.save()
    # Made on 8 January 2027 by the clock of this test.
    assert at_a(world, "returned") is None
    assert at_a(world, "returned", until=date(2027, 1, 8)) == (1, 2)


def test_what_was_found_is_held_against_the_whole_citys_visits(world):
    visit = walks.finished(world, "a")
    with world.as_("office"):
        Visit.objects.filter(pk=visit.pk).update(visited_on=date(2026, 6, 1))
        raised = Hazard.objects.filter(source_kind="visit", source_id=visit.pk).count()
    assert raised
    assert at_a(world, "found") == (raised, 1)


def test_coverage_asks_for_a_visit_in_every_whole_period_since_the_plant_came_to_the_ledger(world):
    visit = walks.finished(world, "a")  # a is C: every two months
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(created_at="2026-07-15T00:00:00Z")
        Visit.objects.filter(pk=visit.pk).update(visited_on=date(2026, 9, 3))
        for n, day in enumerate((date(2026, 10, 30), date(2026, 12, 31))):
            visit.pk, visit.key, visit.visited_on, visit.state = (
                None,
                f"00000000-0000-4000-8000-{n:012x}",
                day,
                "finished",
            )
            visit.save()
    # September-October twice, November-December once.
    assert at_a(world, "coverage") == (1, 1)
    assert at_a(world, "coverage", until=date(2026, 12, 30)) == (1, 1)
    with world.as_("office"):
        Visit.objects.filter(visited_on=date(2026, 12, 31)).update(state="abandoned")
    assert at_a(world, "coverage") == (0, 1)
    # By the end of August no whole period had passed.
    assert at_a(world, "coverage", until=date(2026, 8, 31)) is None


def test_a_complete_ledger_entry_lacks_nothing(world):
    assert at_a(world, "ledger") == (0, 1)
    whole = dict(
        address="化工路1号", longitude="119.1", latitude="25.1", employees=30, principal="赵建", principal_phone="13800000001",
        safety_officer="方安", safety_officer_phone="13800000002",
    )  # fmt: skip
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(**whole)
    assert at_a(world, "ledger") == (1, 1)
    for name in whole:
        with world.as_("office"):
            kept = Enterprise.objects.filter(pk=world.enterprises["a"])
            kept.update(**{name: None if name in ("longitude", "latitude", "employees") else ""})
        assert at_a(world, "ledger") == (0, 1), name
        with world.as_("office"):
            kept.update(**whole)


def test_a_hazard_without_a_notice_for_three_days_was_not_issued_in_time(world):
    made = recorded(world, "a")
    with world.as_("office"):
        Hazard.objects.filter(pk=made.pk).update(found_on=date(2026, 12, 27))
    assert at_a(world, "noticed") == (0, 1)
    assert at_a(world, "noticed", until=date(2026, 12, 30)) is None


@pytest.mark.parametrize("figure", FIGURES)
def test_districts_departments_and_enterprises_add_up_to_the_same(world, figure):
    hazards(world, done(date(2026, 3, 20)), {}, {"level": "major"})
    closed(world, "c")
    sums = [
        (sum(n for n, _ in rows.values()), sum(of or 0 for _, of in rows.values()))
        for rows in (found(world, figure, kind) for kind in ("district", "department", "enterprise"))
    ]
    assert sums[0] == sums[1] == sums[2]


# --- the verbs ---


def opened(world, kind: str = "enterprise", *, reckon: bool = True) -> YearScore:
    with world.as_("office"):
        made = verbs.open_year(YEAR, kind)
        return reckoned(made) if reckon else made


def reckoned(made: YearScore) -> YearScore:
    return verbs.keep(made.pk, verbs.read(made.subject_kind, made.template.body, made.since, made.until))


def announced(world, kind: str = "enterprise") -> YearScore:
    made = opened(world, kind)
    with world.as_("office"):
        return verbs.announce(made.pk)


def own(world, login: str = "officer") -> Score:
    with world.as_(login):
        return Score.objects.get()


def test_a_draft_is_the_citys_alone_and_announced_everybody_sees_his_own(world):
    made = opened(world)
    for login in ("inspector", "department", "officer", "officer_x", "office_x"):
        with world.as_(login):
            assert not Score.objects.exists(), login
            assert not ScoreLine.objects.exists(), login
    with world.as_("office"):
        verbs.announce(made.pk)
    names = {"officer": "a", "officer_b": "b", "inspector": "ab", "north": "c", "department": "ac", "auditor": "abc"}
    for login, keys in names.items():
        with world.as_(login):
            assert set(Score.objects.values_list("subject_id", flat=True)) == {world.enterprises[key] for key in keys}
    for login in ("officer_x", "office_x", "expert", "sysadmin"):
        with world.as_(login):
            seen = Score.objects if login not in ("expert", "sysadmin") else None
            assert seen is None or not seen.exists(), login


def test_a_district_sees_its_own_score_and_not_its_neighbours(world):
    made = opened(world, "district", reckon=False)
    fill_in(world, made)
    with world.as_("office"):
        verbs.announce(made.pk)
        assert Score.objects.count() == 2
    for login, name in (("inspector", "江南区"), ("north", "江北区")):
        with world.as_(login):
            assert [one.name for one in Score.objects.all()] == [name]
    with world.as_("officer"):
        assert not Score.objects.exists()


def fill_in(world, made: YearScore) -> None:
    """Every manual indicator of every district, by one person and another."""
    with world.as_("office"):
        manual = [one for one in made.template.body["lines"] if one["kind"] == "indicator" and not one.get("figure")]
        entries = [
            verbs.enter(
                made.pk,
                one["key"],
                district.pk,
                Decimal(1),
                Decimal(1) if one.get("share") else None,
                "安委办〔2026〕9号",
            )
            for one in manual
            for district in District.objects.all()
        ]
    with world.as_("office2"):
        for entry in entries:
            verbs.second(entry.pk, True)
    with world.as_("office"):
        reckoned(made)


def test_a_year_is_announced_only_when_it_is_over_reckoned_and_complete(world, on_day):
    made = opened(world, "district", reckon=False)
    with world.as_("office"), pytest.raises(Refused, match="还没有取数计分"):
        verbs.announce(made.pk)
    with world.as_("office"):
        reckoned(made)
        with pytest.raises(Refused, match="还有2个对象没有数"):
            verbs.announce(made.pk)
        with on_day(date(2026, 12, 31)), pytest.raises(Refused, match="2026-12-31才结束"):
            verbs.announce(made.pk)


def test_a_manual_figure_counts_only_on_a_second_persons_word(world):
    made = opened(world)
    plant = world.enterprises["a"]
    with world.as_("office"):
        entry = verbs.enter(made.pk, "honours", plant, Decimal(2), None, "市政府表彰决定")
        with pytest.raises(Refused, match="不能复核自己"):
            verbs.second(entry.pk, True)
        with pytest.raises(Refused, match="1条人工指标待复核"):
            verbs.announce(made.pk)
        reckoned(made)
        assert ScoreLine.objects.get(score__subject_id=plant, key="honours").points == 0
    with world.as_("office2"):
        verbs.second(entry.pk, True)
        with pytest.raises(IllegalMove, match="已复核"):
            verbs.second(entry.pk, True)
    with world.as_("office"):
        with pytest.raises(Refused, match="请重新取数计分"):
            verbs.announce(made.pk)
        reckoned(made)
        assert ScoreLine.objects.get(score__subject_id=plant, key="honours").points == Decimal("2.00")


def test_what_the_portal_counts_itself_nobody_types(world):
    made = opened(world)
    with world.as_("office"):
        for key, subject, numbers, words in (
            ("on_time", world.enterprises["a"], (1, None), "自动计算"),
            ("honours", 987654321, (1, None), "选择考核对象"),
            ("honours", world.enterprises["a"], (1, 2), "应计数请留空"),
            ("honours", world.enterprises["a"], (-1, None), "不能小于0"),
            ("nosuch", world.enterprises["a"], (1, None), "没有这一项"),
        ):
            with pytest.raises(BadInput, match=words):
                verbs.enter(made.pk, key, subject, Decimal(numbers[0]), numbers[1] and Decimal(numbers[1]), "依据")
        with pytest.raises(BadInput, match="请写明依据"):
            verbs.enter(made.pk, "honours", world.enterprises["a"], Decimal(1), None, " ")


def test_a_veto_entered_by_hand_takes_the_best_to_the_ceiling(world):
    made = opened(world)
    with world.as_("office"):
        entry = verbs.enter(made.pk, "accident", world.enterprises["a"], Decimal(1), None, "事故调查报告批复")
    with world.as_("office2"):
        verbs.second(entry.pk, True)
    with world.as_("office"):
        reckoned(made)
        score = Score.objects.get(subject_id=world.enterprises["a"])
        assert (score.total <= Decimal("59.99"), score.grade, score.vetoes) == (True, "不合格", ["accident"])


def test_an_objection_is_the_own_subjects_within_the_window_and_decided_with_a_reason(world, on_day):
    made = announced(world)
    score = own(world)
    with world.as_("inspector"), pytest.raises(NotAllowed):
        verbs.object_to(score.pk, "on_time", "不同意")
    with world.as_("leader"), pytest.raises(Http404):
        verbs.object_to(score.pk, "on_time", "不同意")  # may see it, does not answer for it
    with world.as_("officer_b"), pytest.raises(Http404):
        verbs.object_to(score.pk, "on_time", "不同意")
    with world.as_("officer"):
        with on_day(made.objections_until + timedelta(days=1)), pytest.raises(Refused, match="异议期已于"):
            verbs.object_to(score.pk, "on_time", "不同意")
        with on_day(made.objections_until):
            objection = verbs.object_to(score.pk, "on_time", "第3条系误录")
        with pytest.raises(NotAllowed):
            verbs.decide(objection.pk, True, Decimal(2), "同意")
    with world.as_("office"):
        for told, words in (
            ((True, Decimal(2), " "), "请写明处理意见"),
            ((True, Decimal(0), "属实"), "填写更正的分数"),
            ((False, Decimal(2), "不属实"), "应为0"),
        ):
            with pytest.raises(BadInput, match=words):
                verbs.decide(objection.pk, *told)
        with on_day(made.objections_until + timedelta(days=1)), pytest.raises(Refused, match="1条异议没有处理"):
            verbs.finish(made.pk)
        with pytest.raises(Refused, match="不能撤回公示"):
            verbs.recall(made.pk, "重算")
        verbs.decide(objection.pk, True, Decimal("-2.50"), "经核实应再扣分")
        with pytest.raises(IllegalMove, match="已由office君处理"):
            verbs.decide(objection.pk, True, Decimal(1), "再改")
        with pytest.raises(Refused, match="之后才能定稿"):
            verbs.finish(made.pk)
        before = score.total
        with on_day(made.objections_until + timedelta(days=1)):
            final = verbs.finish(made.pk)
        assert Score.objects.get(pk=score.pk).total == before - Decimal("2.50")
        assert final.digest == sealed(exported(final))
        assert list(recompute_score.faults(json.loads(json.dumps(exported(final))))) == []


def told_of_scores(world, login: str) -> list[str]:
    with world.as_("office"):
        mine = Message.objects.filter(person_id=world.people[login], channel="in_app")
        return list(
            mine.filter(Q(key__startswith="score:") | Q(key__startswith="objection:"))
            .order_by("id")
            .values_list("title", flat=True)
        )


def test_who_answers_for_a_score_and_the_office_hear_of_every_move_that_waits_for_them(world, on_day):
    made = opened(world)
    with world.as_("office"):
        verbs.announce(made.pk)
        verbs.recall(made.pk, "指标有误")
        made = verbs.announce(made.pk)
    with world.as_("officer"):
        objection = verbs.object_to(Score.objects.get().pk, "on_time", "第3条系误录")
    with world.as_("office"):
        verbs.decide(objection.pk, True, Decimal("1.50"), "经核实，予以更正")
        with on_day(made.objections_until + timedelta(days=1)):
            verbs.finish(made.pk)
    assert [one.removeprefix("2026年度企业考核") for one in told_of_scores(world, "officer")] == [
        "已公示",
        "撤回公示",
        "已公示",
        "考核异议予以采纳：江州甲化工有限公司",
        "已定稿",
    ]
    assert told_of_scores(world, "office") == ["考核异议待处理：江州甲化工有限公司"]
    assert told_of_scores(world, "officer_b") == [
        f"2026年度企业考核{one}" for one in ("已公示", "撤回公示", "已公示", "已定稿")
    ]
    assert told_of_scores(world, "inspector") == told_of_scores(world, "officer_x") == []
    with world.as_("officer"):
        answer = Message.objects.get(key=f"objection:{objection.pk}:decided", channel="in_app")
    assert ("更正+1.50分" in answer.body, "经核实，予以更正" in answer.body, answer.link) == (
        True,
        True,
        f"/scores/of/{objection.score_id}/",
    )


def test_what_is_final_takes_no_verb_at_all(world, on_day):
    made = announced(world)
    score = own(world)
    with on_day(made.objections_until + timedelta(days=1)):
        with world.as_("office"):
            verbs.finish(made.pk)
            for act in (
                lambda: verbs.finish(made.pk),
                lambda: verbs.announce(made.pk),
                lambda: verbs.recall(made.pk, "重算"),
                lambda: verbs.ask(made.pk),
                lambda: reckoned(made),
                lambda: verbs.enter(made.pk, "honours", world.enterprises["a"], Decimal(1), None, "依据"),
            ):
                with pytest.raises(IllegalMove, match="已定稿"):
                    act()
        with world.as_("officer"), pytest.raises(IllegalMove, match="公示期间"):
            verbs.object_to(score.pk, "on_time", "不同意")


def test_a_recalled_announcement_hides_every_row_again(world):
    made = announced(world)
    with world.as_("office"):
        with pytest.raises(BadInput, match="撤回公示的理由"):
            verbs.recall(made.pk, "")
        verbs.recall(made.pk, "指标有误")
    with world.as_("officer"):
        assert not Score.objects.exists()
        assert not ScoreLine.objects.exists()


def test_two_of_the_office_at_once_one_wins_and_the_other_is_told(world):
    made = opened(world)
    with world.as_("office"):
        old = made.revision
        verbs.announce(made.pk, revision=old)
        with pytest.raises(Refused, match="刚刚被别人办理过"):
            verbs.recall(made.pk, "重算", revision=old)


def test_a_template_is_never_changed_and_a_year_keeps_its_own(world):
    made = opened(world)
    body = json.loads(json.dumps(DEFAULTS["enterprise"]))
    body["lines"][0]["weight"], body["lines"][1]["weight"] = "5", "35"
    with world.as_("office"):
        with pytest.raises(BadInput, match="须为100分"):
            verbs.make_template("enterprise", "新版", body | {"lines": body["lines"][1:]}, "市安委办〔2027〕1号")
        with pytest.raises(BadInput, match="依据哪份文件"):
            verbs.make_template("enterprise", "新版", body, " ")
        newer = verbs.make_template("enterprise", "新版", body, "市安委办〔2027〕1号")
        assert newer.edition == 2
        assert YearScore.objects.get(pk=made.pk).template.edition == 1
        assert verbs.open_year(2027, "enterprise").template == newer
    with world.as_("office"), pytest.raises(Exception, match="permission denied"), transaction.atomic():
        ScoreTemplate.objects.filter(pk=newer.pk).update(name="改名")


def test_there_is_one_assessment_a_year_and_kind(world):
    opened(world)
    with world.as_("office"):
        with pytest.raises(Refused, match="已经建立"):
            verbs.open_year(YEAR, "enterprise")
        with pytest.raises(BadInput, match="截止日不能早于"):
            verbs.open_year(2025, "enterprise", since=date(2025, 2, 1), until=date(2025, 1, 1))


def test_every_verb_leaves_its_record(world, on_day):
    made = announced(world)
    with world.as_("officer"):
        objection = verbs.object_to(Score.objects.get().pk, "on_time", "误录")
    with world.as_("office"):
        verbs.decide(objection.pk, False, Decimal(0), "不属实")
        with on_day(made.objections_until + timedelta(days=1)):
            verbs.finish(made.pk)
    with world.as_("auditor"):
        kept = set(AuditRecord.objects.filter(action__startswith="scores.").values_list("action", flat=True))
    assert kept == {f"scores.{verb}" for verb in ("open", "reckon", "announce", "object", "decide", "finish")}


def test_a_department_answers_for_its_sectors_together(world):
    hazards(world, done(date(2026, 3, 20)))
    made = opened(world, "department")
    with world.as_("office"):
        department = Organisation.objects.get(kind="department")
        line = ScoreLine.objects.get(score__subject_id=department.pk, key="on_time")
        assert (line.counted, line.of) == (1, 1)
        assert line.counting
        assert not line.others
        # A plant of another line is nobody's here.
        assert ScoreLine.objects.get(score__subject_id=department.pk, key="ledger").of == 2
        assert made.city["ledger"][1] == "3"


def test_the_export_holds_the_very_records_and_recomputes(world):
    hazards(world, done(date(2026, 3, 20)), done(LATE, late=True), {})
    made = opened(world)
    with world.as_("office"):
        document = json.loads(json.dumps(exported(made)))
    subject = next(one for one in document["subjects"] if one["id"] == world.enterprises["a"])
    line = next(one for one in subject["lines"] if one["key"] == "on_time")
    assert (line["counted"], line["of"], len(line["counting"]), len(line["others"])) == ("1", "3", 1, 2)
    # A number is no share, also where there is nothing to count.
    plain = [one for subject in document["subjects"] for one in subject["lines"] if one["key"] == "major_overdue"]
    assert [one["of"] for one in plain] == [None] * len(document["subjects"])
    assert list(recompute_score.faults(document)) == []
    line["others"].append(line["counting"][0])
    assert any("listed twice" in fault for fault in recompute_score.faults(document))


def test_the_command_prints_the_same_and_keeps_nothing(committed_world):
    out = io.StringIO()
    call_command("score", tenant=CITY, year=YEAR, kind="district", json=True, stdout=out)
    document = json.loads(out.getvalue())
    assert {one["name"] for one in document["subjects"]} == {"江南区", "江北区"}
    assert list(recompute_score.faults(document)) == []
    with committed_world.as_("office"):
        assert not YearScore.objects.exists()
        assert not Score.objects.exists()


def test_what_is_edited_while_it_is_read_changes_nothing_in_it(committed_world):
    world = committed_world
    hazards(world, {}, {})
    with world.as_("office"):
        made = verbs.open_year(YEAR, "enterprise")
    read = []

    def meanwhile():
        """Another person closes everything, and it is committed."""
        with world.as_("office"):
            Hazard.objects.filter(deadline=date(2026, 4, 1)).update(**done(LATE, late=False, deadline=date(2026, 6, 1)))
        connections.close_all()

    def count(execute, sql, *rest):
        if "accountability" not in sql and "hazards_hazard" in sql and not read:
            read.append(sql)
            other = threading.Thread(target=meanwhile)
            other.start()
            other.join()
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        reading = verbs.read_in_snapshot(world.tenants[CITY], made.pk)
    assert read
    seen = reading.figures["on_time"][world.enterprises["a"]]
    assert (seen.counted, seen.of) == (0, 2)
    later = verbs.read_in_snapshot(world.tenants[CITY], made.pk).figures["on_time"][world.enterprises["a"]]
    assert (later.counted, later.of) == (2, 2)


def test_asked_for_on_the_page_it_is_reckoned_after_the_request(committed_world):
    world = committed_world
    made = opened(world, reckon=False)
    client = world.client("office")
    page = client.post(f"/scores/{made.pk}/reckon/", {"revision": made.revision}, follow=True)
    assert page.status_code == 200
    with world.as_("office"):
        kept = YearScore.objects.get(pk=made.pk)
    assert kept.asked_at or kept.as_of  # a worker takes it, or where there is no broker the request did it itself
    verbs.reckon(world.tenants[CITY], made.pk)
    with world.as_("office"):
        kept.refresh_from_db()
        assert (kept.asked_at, kept.scores.count()) == (None, 3)


def test_its_pages_show_the_points_the_records_behind_and_what_to_do(world):
    hazards(world, done(date(2026, 3, 20)), {"description": "围堰开裂"})
    made = announced(world)
    score = own(world)
    officer = world.client("officer")
    page = officer.get(f"/scores/of/{score.pk}/").content.decode()
    assert "隐患按期整改" in page
    assert "1 ÷ 2" in page
    assert "提出异议" in page
    behind = officer.get(f"/scores/of/{score.pk}/on_time/?part=others").content.decode()
    assert "围堰开裂" in behind
    assert officer.get(f"/scores/{made.pk}/").content.decode().count("/scores/of/") == 1
    wrong = officer.post(f"/scores/of/{score.pk}/object/", {"key": "on_time", "text": ""})
    assert wrong.status_code == 400
    told = officer.post(f"/scores/of/{score.pk}/object/", {"key": "on_time", "text": "已整改"}, follow=True)
    assert "已整改" in told.content.decode()
    office = world.client("office")
    assert "处理" in office.get(f"/scores/{made.pk}/").content.decode()
    assert office.get(f"/scores/{made.pk}/export/").json()["form"] == "campaign-score/1"
    assert world.client("officer").get(f"/scores/{made.pk}/export/").status_code == 403


def test_among_a_years_scores_one_is_found_by_name_and_band_over_all_pages(world, monkeypatch):
    monkeypatch.setattr(views_scores, "PAGE", 1)
    made = opened(world)
    with world.as_("office"):
        last = Score.objects.order_by("rank", "name", "id").last()
        Score.objects.filter(pk=last.pk).update(grade="不合格", vetoes=["accident"])
    office = world.client("office")

    def listed(query: str) -> list[str]:
        return [one.name for one in office.get(f"/scores/{made.pk}/?{query}").context["scores"]]

    assert listed(f"q={last.name}") == listed("grade=不合格") == listed("veto=on") == [last.name] != listed("")
    assert "q=%E6%B1%9F%E5%B7%9E&amp;page=2" in office.get(f"/scores/{made.pk}/?q=江州").content.decode()
    assert "没有符合条件的考核对象" in office.get(f"/scores/{made.pk}/?q=没有").content.decode()


def test_points_for_what_never_fell_due_are_said_beside_the_total(world):
    hazards(world, done(date(2026, 3, 20)))
    made = opened(world)
    scores = {one.name: one.for_nothing for one in world.client("office").get(f"/scores/{made.pk}/").context["scores"]}
    with world.as_("office"):
        c = Score.objects.get(subject_id=world.enterprises["c"])
        lines = c.lines.filter(of=0).values_list("points", flat=True)
        assert scores[c.name] == sum(lines) > 0
    assert scores["江州甲化工有限公司"] < scores[c.name]
    assert f"其中 {scores[c.name]} 分没有应计事项" in world.client("office").get(f"/scores/{made.pk}/").content.decode()


def test_the_office_is_told_for_whom_nobody_answers_before_it_announces(world):
    made = opened(world, "district")
    page = world.client("office").get(f"/scores/{made.pk}/").content.decode()
    assert "1 个考核对象没有登记负责人：江北区。" in page
    with world.as_("office"):
        assert (unheard("enterprise"), unheard("department")) == ((0, []), (1, ["江州市应急管理局"]))


def test_of_thousands_of_enterprises_one_is_named_and_not_chosen_from_a_list(world):
    made = opened(world)
    office = world.client("office")
    told = {"key": "honours", "subject_id": "江州甲化工", "counted": "1", "grounds": "表彰决定"}
    page = office.post(f"/scores/{made.pk}/manual/", told)
    assert (page.status_code, "台账里没有这家企业" in page.content.decode()) == (400, True)
    assert office.post(f"/scores/{made.pk}/manual/", told | {"subject_id": "江州甲化工有限公司"}).status_code == 302
    with world.as_("office"):
        assert ManualFigure.objects.get().subject_id == world.enterprises["a"]


def test_a_new_edition_is_typed_line_by_line(world):
    office = world.client("office")
    page = office.get("/scores/templates/new/district/")
    form = page.context["form"], page.context["lines"]
    body = {name: form[0].initial.get(name, "") for name in form[0].fields} | {"note": "市安委办〔2026〕12号"}
    for n, one in enumerate(form[1].initial):
        body |= {f"lines-{n}-{name}": value for name, value in one.items()}
    body |= {"lines-TOTAL_FORMS": len(form[1].initial), "lines-INITIAL_FORMS": len(form[1].initial)}
    wrong = office.post("/scores/templates/new/district/", body | {"lines-0-weight": "6"})
    assert wrong.status_code == 400
    assert "须为100分，现在是101分" in wrong.content.decode()
    assert "市安委办〔2026〕12号" in wrong.content.decode()
    done_page = office.post("/scores/templates/new/district/", body, follow=True)
    assert "第1版" in done_page.content.decode()
    with world.as_("office"):
        typed = ScoreTemplate.objects.get().body["lines"]
    # What happens where there is nothing to do has no field: it follows from the figure.
    assert [line | {"empty": ""} for line in typed] == [line | {"empty": ""} for line in DEFAULTS["district"]["lines"]]


def test_the_api_goes_the_same_way(world, on_day):
    office, officer = world.client("office"), world.client("officer")
    made = office.post(
        "/api/v1/year-scores/", {"year": YEAR, "subject_kind": "enterprise"}, content_type="application/json"
    )
    assert made.status_code == 201
    pk = made.json()["id"]
    assert officer.get(f"/api/v1/year-scores/{pk}/").status_code == 404
    refused = office.post(f"/api/v1/year-scores/{pk}/announce/", {}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")
    entry = {
        "year_score": pk,
        "key": "honours",
        "subject_id": world.enterprises["a"],
        "counted": "1",
        "grounds": "表彰决定",
    }
    entry = office.post("/api/v1/score-figures/", entry, content_type="application/json").json()
    seconded = world.client("office2").post(
        f"/api/v1/score-figures/{entry['id']}/second/", {"agree": True}, content_type="application/json"
    )
    assert seconded.json()["state"] == ManualFigure.State.CONFIRMED
    with world.as_("office"):
        reckoned(YearScore.objects.select_related("template").get(pk=pk))
    assert office.post(f"/api/v1/year-scores/{pk}/announce/", {}, content_type="application/json").status_code == 200
    (score,) = officer.get(f"/api/v1/scores/?year_score={pk}").json()["results"]
    lines = officer.get(f"/api/v1/scores/{score['id']}/").json()["lines"]
    assert next(one for one in lines if one["key"] == "honours")["points"] == "1.00"
    objection = officer.post(
        f"/api/v1/scores/{score['id']}/object/", {"key": "on_time", "text": "误录"}, content_type="application/json"
    )
    assert objection.status_code == 201
    decided = office.post(
        f"/api/v1/score-objections/{objection.json()['id']}/decide/",
        {"upheld": False, "answer": "不属实"},
        content_type="application/json",
    )
    assert decided.json()["state"] == "dismissed"
    assert officer.get("/api/v1/score-figures/").status_code == 403
