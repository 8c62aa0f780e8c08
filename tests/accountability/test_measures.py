"""表彰, 通报批评, 约谈, 问责 from draft to done: who may, who sees, what it counts, and that nothing is lost or undone in silence."""

import json
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.http import Http404
from django.utils import timezone

from accountability import rules_measure as rules
from accountability.actions import measure_reminders, scores
from accountability.actions import measures as verbs
from accountability.models import Measure, MeasureDocument, MeasureFile, MeasureReply, MeasureStep, Score, ScoreLine
from accountability.queries import measures as reads
from accountability.queries.measure_grounds import opened
from accountability.queries.measure_subjects import candidates, concerned_or_bad
from accountability.queries.score_export import exported
from accountability.queries.score_figures import FIGURES, counted
from enterprises.models import Enterprise
from portal.audit.models import AuditRecord
from portal.documents.actions import confirm_code
from portal.documents.issuing import digest_of
from portal.documents.models import NumberSeries
from portal.documents.verifying import verdict_on
from portal.files import scrub, store
from portal.messages.models import Message, Reminder
from portal.permissions import may
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.tenancy.models import District, Organisation, Posting
from portal.tenancy.scope import tenant_scope
from tests.documents import reading
from tests.stories import issued as issued_hazard
from tests.stories import photo
from tools import recompute_score

CITY = "江州市"
TOLD = {
    "kind": "circular",
    "matter": "关于隐患整改迟缓的通报",
    "facts": "三条重大隐患逾期未整改。\n多次提醒仍未落实。",
    "decision": "给予通报批评，限期整改。",
    "basis": "专项整治方案第七条",
}
KINDS = {
    "commendation_decision": "安办表",
    "criticism_circular": "安办通",
    "interview_notice": "安办约",
    "accountability_decision": "安办问",
    "measure_revocation": "安办撤",
}
PLACES = (
    "office",
    "office2",
    "department",
    "inspector",
    "leader",
    "north",
    "expert",
    "officer",
    "officer_b",
    "auditor",
)


@pytest.fixture(autouse=True)
def codes(world):
    with world.as_("office"):
        for kind in KINDS:
            confirm_code(kind, KINDS[kind], "市安委办发文字号规定")


def district(world, name: str = "江南区") -> int:
    with tenant_scope(world.tenants[CITY], CITY):
        return District.objects.get(name=name).pk


def body(world, name: str) -> int:
    with tenant_scope(world.tenants[CITY], CITY):
        return Organisation.objects.get(name=name).pk


def posting(world, login: str) -> int:
    with tenant_scope(world.tenants[CITY], CITY):
        return Posting.objects.get(person_id=world.people[login]).pk


def drafted(world, kind: str, pk: int, /, *, by: str = "office", **told) -> Measure:
    with world.as_(by):
        return verbs.draft(kind, pk, TOLD | told)


def approved(world, kind: str, pk: int, /, **told) -> Measure:
    made = drafted(world, kind, pk, **told)
    with world.as_("office"):
        verbs.submit(made.pk)
    with world.as_("office2"):
        return verbs.approve(made.pk)


def out(world, kind: str, pk: int, /, **told) -> Measure:
    made = approved(world, kind, pk, **told)
    with world.as_("office"):
        return verbs.issue(made.pk)


def on_plant(world, key: str = "a", /, **told) -> Measure:
    return out(world, "enterprise", world.enterprises[key], **told)


def seeing(world, record: Measure, model=Measure, /, **where) -> set[str]:
    """The logins behind whose wall the row stands."""
    where = where or {"pk": record.pk}
    found = set()
    for login in (*PLACES, "office_x"):
        # Without any right on the table at all it is an error, which is as good as not seeing it.
        with world.as_(login), suppress(ProgrammingError), savepoint():
            if model.objects.filter(**where).exists():
                found.add(login)
    return found


@contextmanager
def savepoint():
    with transaction.atomic():
        yield


# the way


def test_from_draft_to_done_each_step_is_kept_and_audited(world):
    made = on_plant(world)
    with world.as_("officer"):
        verbs.reply(made.pk, "已全部整改，附台账。")
    with world.as_("office"):
        done = verbs.close(made.pk, "回复属实，予以办结")
        assert (done.state, done.outcome) == (rules.CLOSED, "回复属实，予以办结")
        assert list(done.steps.values_list("verb", "by_name")) == [
            ("draft", "office君"),
            ("submit", "office君"),
            ("approve", "office2君"),
            ("issue", "office君"),
            ("close", "office君"),
        ]
    with world.as_("auditor"):
        noted = AuditRecord.objects.filter(object_kind="accountability.measure", object_id=made.pk)
        assert set(noted.values_list("action", flat=True)) == {
            f"measures.{verb}" for verb in ("draft", "submit", "approve", "issue", "reply", "close")
        }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "fine"}, "kind"),
        ({"matter": "  "}, "matter"),
        ({"facts": ""}, "facts"),
        ({"decision": ""}, "decision"),
        ({"matter": "长" * 121}, "matter"),
        ({"grounds": "会议 3"}, "grounds"),
        ({"grounds": "隐患 987654321"}, "grounds"),
        ({"kind": "interview"}, "meets_at"),
        ({"meets_where": "三楼会议室"}, "meets_at"),
        ({"reply_days": 91}, "reply_days"),
        ({"reply_days": -1}, "reply_days"),
        ({"publish": True}, "publish"),
    ],
)
def test_what_is_missing_or_does_not_fit_is_said_at_its_field(world, change, field):
    with pytest.raises(BadInput) as fault:
        drafted(world, "enterprise", world.enterprises["a"], **change)
    assert fault.value.field == field


def test_an_interview_says_when_and_where_and_is_not_issued_after_its_hour(world, on_day):
    when = timezone.now() + timedelta(days=3)
    made = approved(
        world, "district", district(world), kind="interview", meets_at=when, meets_where="市应急局三楼会议室"
    )
    later = timezone.localdate() + timedelta(days=5)
    with on_day(later), world.as_("office"), pytest.raises(Refused, match="约谈时间已过"):
        verbs.issue(made.pk)
    with world.as_("office"):
        text = reading.text(store.open_kept(verbs.issue(made.pk).documents.get().content["pdf"]))
    assert "约谈通知书" in text
    assert "市应急局三楼会议室" in text


def test_whom_it_may_concern_is_found_by_name_in_the_own_city_alone(world):
    with world.as_("office"):
        assert {"江南区", "江州市应急管理局"} <= {one.name for one in candidates("")}
        assert "江州市信息中心" not in {one.name for one in candidates("")}
        assert [one.name for one in candidates("甲化工")] == ["江州甲化工有限公司"]
        (leader,) = candidates("leader君")
        assert (leader.post, leader.kind) == ("江南区应急管理局 区县监管执法人员（负责人）", "person")
        assert candidates("澄川丁") == candidates("auditor君") == []
        for kind, pk in (("district", 987654321), ("person", posting(world, "auditor")), ("city", 1)):
            with pytest.raises(BadInput, match="请选择对象"):
                concerned_or_bad(kind, pk)
        with pytest.raises(BadInput):
            concerned_or_bad("enterprise", world.enterprises["x"])


# four eyes


def test_who_wrote_in_it_does_not_approve_it(world):
    made = drafted(world, "enterprise", world.enterprises["a"], by="office2")
    with world.as_("office2"), pytest.raises(Refused, match="没有可以审批的另一位负责人"):
        verbs.submit(made.pk)
    made = drafted(world, "enterprise", world.enterprises["a"])
    with world.as_("office2"):
        verbs.change(made.pk, TOLD | {"facts": "改过"})
        assert not may("measures.approve", Measure.objects.get(pk=made.pk))
    with world.as_("office"), pytest.raises(Refused, match="没有可以审批的另一位负责人"):
        verbs.submit(made.pk)
    made = drafted(world, "enterprise", world.enterprises["a"])
    with world.as_("office"):
        verbs.submit(made.pk)
        with pytest.raises(NotAllowed, match="负责人审批"):
            verbs.approve(made.pk)
    with world.as_("office2"):
        Measure.objects.filter(pk=made.pk).update(authors=[world.people["office"], world.people["office2"]])
        with pytest.raises(NotAllowed, match="负责人审批"):
            verbs.approve(made.pk)


def test_the_database_too_wants_a_second_person_and_an_approval(world):
    made = drafted(world, "enterprise", world.enterprises["a"])
    with world.as_("office"):
        for wrong in (
            {"approver": world.people["office"]},
            {"state": "approved"},
            {"state": "issued", "number": "1号"},
            {"open_to_all": True},
        ):
            with pytest.raises(IntegrityError), savepoint():
                Measure.objects.filter(pk=made.pk).update(**wrong)


def test_nobody_handles_what_concerns_themself(world):
    with world.as_("office2"), pytest.raises(Refused, match="涉及本人"):
        verbs.draft("person", posting(world, "office2"), TOLD)
    made = drafted(world, "person", posting(world, "office2"))
    with world.as_("office"):
        with pytest.raises(IllegalMove):
            verbs.approve(made.pk) if may("measures.approve", made) else verbs.issue(made.pk)
        verbs.submit(made.pk)
    with world.as_("office2"), pytest.raises(Refused, match="涉及本人"):
        verbs.approve(made.pk)
    page = world.client("office2").get(f"/measures/{made.pk}/").content.decode()
    assert "审批</h2>" not in page


def test_returned_it_says_why_is_changed_and_goes_again_and_so_does_what_was_approved_already(world):
    made = drafted(world, "enterprise", world.enterprises["a"])
    with world.as_("office"):
        verbs.submit(made.pk)
        with pytest.raises(IllegalMove, match="待审批"):
            verbs.change(made.pk, TOLD)
    with world.as_("office2"):
        with pytest.raises(BadInput, match="退回须写明理由"):
            verbs.send_back(made.pk, " ")
        verbs.send_back(made.pk, "事实不清")
    with world.as_("office"):
        assert Message.objects.filter(person_id=world.people["office"], body="事实不清").exists()
        verbs.change(made.pk, TOLD | {"facts": "补充核实后"})
        verbs.submit(made.pk)
    with world.as_("office2"):
        verbs.approve(made.pk)
        back = verbs.send_back(made.pk, "暂缓")
        assert (back.state, back.approver_id, back.approved_on) == (rules.RETURNED, None, None)
    with world.as_("office"), pytest.raises(IllegalMove):
        verbs.issue(made.pk)


def test_a_stale_page_is_told_and_changes_nothing(world):
    made = drafted(world, "enterprise", world.enterprises["a"])
    with world.as_("office"):
        verbs.change(made.pk, TOLD, revision=made.revision)
        with pytest.raises(Refused, match="刚刚被别人办理过"):
            verbs.change(made.pk, TOLD | {"facts": "旧页面"}, revision=made.revision)
        assert Measure.objects.get(pk=made.pk).facts == TOLD["facts"]


def test_every_verb_is_refused_in_every_state_that_does_not_list_it(world):
    made = on_plant(world)
    run = {
        "change": lambda: verbs.change(made.pk, TOLD),
        "submit": lambda: verbs.submit(made.pk),
        "approve": lambda: verbs.approve(made.pk),
        "return": lambda: verbs.send_back(made.pk, "退"),
        "issue": lambda: verbs.issue(made.pk),
        "close": lambda: verbs.close(made.pk, "办结"),
        "revoke": lambda: verbs.revoke(made.pk, "撤"),
        "withdraw": lambda: verbs.withdraw(made.pk, "作废"),
    }
    with world.as_("office2"):
        Measure.objects.filter(pk=made.pk).update(revoked_on=date(2026, 1, 1), revoked_because="x")
        for state in rules.STATES:
            Measure.objects.filter(pk=made.pk).update(state=state)
            for verb, act in run.items():
                if (state, verb) not in rules.MOVES:
                    with pytest.raises(IllegalMove):
                        act()
    for state in set(rules.STATES) - {rules.ISSUED}:
        with world.as_("office"):
            Measure.objects.filter(pk=made.pk).update(state=state)
        with world.as_("officer"), pytest.raises(IllegalMove):
            verbs.reply(made.pk, "回复")


@pytest.mark.parametrize("login", ["department", "inspector", "leader", "expert", "officer", "auditor"])
def test_only_the_office_draws_up_issues_closes_and_revokes(world, login):
    made = on_plant(world)
    with world.as_(login):
        for act in (
            lambda: verbs.draft("enterprise", world.enterprises["a"], TOLD),
            lambda: verbs.change(made.pk, TOLD),
            lambda: verbs.submit(made.pk),
            lambda: verbs.issue(made.pk),
            lambda: verbs.close(made.pk, "办结"),
            lambda: verbs.revoke(made.pk, "撤"),
            lambda: verbs.withdraw(made.pk, "作废"),
        ):
            with pytest.raises(NotAllowed):
                act()
    with world.as_("office"), pytest.raises(NotAllowed):
        verbs.revoke(made.pk, "撤")  # leads nobody


# the document


def test_it_is_numbered_printed_and_told_and_stands_under_its_digest(world):
    hazard = issued_hazard(world, "a", description="储罐液位联锁旁路")
    made = on_plant(world, grounds=f"隐患 {hazard.pk}")
    with world.as_("office"):
        document = made.documents.get()
        year = timezone.localdate().year
        assert made.number == document.number
        assert document.number.endswith(f"安办通〔{year}〕1号")
        assert digest_of(document.content) == document.digest
        text = reading.text(store.open_kept(document.content["pdf"]))
        for words in (
            "通报批评",
            "江州甲化工有限公司：",
            "三条重大隐患逾期未整改",
            "储罐液位联锁旁路",
            document.number,
        ):
            assert words in text
        assert "安全生产行政执法文书" not in text
        assert document.content["pdf"] in {digest for digest, _ in scrub.names()}
    verdict = verdict_on(document.verify_code)
    assert (verdict.number, verdict.unchanged, verdict.superseded_on) == (document.number, True, None)
    with world.as_("officer"):
        told = Message.objects.get(person_id=world.people["officer"], channel="in_app", key__startswith="measure:")
        assert document.number in told.title
        assert told.link == f"/measures/{made.pk}/"
    assert on_plant(world, "b").number.endswith("〔%d〕2号" % year)


@pytest.mark.parametrize("kind", ["commendation", "circular", "accountability"])
def test_every_kind_has_its_document_with_what_was_typed_on_it(world, kind):
    made = out(world, "person", posting(world, "leader"), kind=kind, reply_days=3)
    with world.as_("leader"):
        text = reading.text(store.open_kept(made.documents.get().content["pdf"]))
    for words in (
        {"commendation": "表彰决定", "circular": "通报批评", "accountability": "问责决定书"}[kind],
        "leader君（江南区应急管理局区县监管执法人员（负责人））：",
        "多次提醒仍未落实",
        "依据专项整治方案第七条",
        "限期整改",
        "提交书面回复",
        made.number,
    ):
        assert words in text, words


def test_without_a_confirmed_code_nothing_is_issued_and_no_number_lost(world):
    with world.as_("office_x"):
        mine = verbs.draft("enterprise", world.enterprises["x"], TOLD)
        Measure.objects.filter(pk=mine.pk).update(
            state="approved", approver=world.people["officer_x"], approved_on=date(2026, 1, 1)
        )
        with pytest.raises(Refused, match="字轨尚未核实"):
            verbs.issue(mine.pk)
        mine.refresh_from_db()
        assert (mine.state, mine.number, mine.shown_on) == ("approved", "", None)
        assert not NumberSeries.objects.filter(kind="criticism_circular").exists()


def test_two_kinds_under_one_word_never_put_one_number_on_two_papers(world):
    on_plant(world)
    with world.as_("office"):
        confirm_code("commendation_decision", "安办通", "误填")
    made = approved(world, "district", district(world), kind="commendation")
    with world.as_("office"):
        with pytest.raises(Refused, match="已经用在"):
            verbs.issue(made.pk)
        confirm_code("commendation_decision", "安办表", "更正")
        assert verbs.issue(made.pk).number.endswith("1号")


def test_an_issued_document_is_not_changed_even_by_the_office(world):
    made = on_plant(world)
    with world.as_("office"):
        for wrong in ({"digest": "0" * 64}, {"content": {}}, {"number": "2号"}):
            with pytest.raises(Exception, match="permission denied"), savepoint():
                MeasureDocument.objects.filter(measure=made).update(**wrong)
        for table in ("measuredocument", "measurestep", "measurereply", "measure"):
            with pytest.raises(Exception, match="permission denied"), savepoint(), connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM accountability_{table}")


def test_revoked_it_stays_says_so_everywhere_and_has_a_document_of_its_own(world):
    made = on_plant(world)
    with world.as_("office2"):
        with pytest.raises(BadInput, match="撤销理由"):
            verbs.revoke(made.pk, "")
        verbs.revoke(made.pk, "经申辩核实，事实有误")
    with world.as_("officer"):
        first, second = MeasureDocument.objects.filter(measure=made)
        assert first.superseded_on == second.issued_on == timezone.localdate()
        assert second.title == "撤销决定书"
        assert made.number in second.content["revokes"]
        assert "事实有误" in reading.text(store.open_kept(second.content["pdf"]))
        assert Message.objects.filter(person_id=world.people["officer"], title__contains="已撤销").exists()
    assert verdict_on(first.verify_code).superseded_on == timezone.localdate()
    assert verdict_on(first.verify_code).unchanged
    assert "事实有误" in world.client("officer").get(f"/measures/{made.pk}/").content.decode()


# the wall


def test_a_draft_is_the_offices_alone_and_not_even_the_auditors(world):
    made = approved(world, "enterprise", world.enterprises["a"])
    assert seeing(world, made) == {"office", "office2"}
    assert seeing(world, made, MeasureStep, measure=made.pk) == {"office", "office2"}
    for login in ("officer", "auditor", "department", "leader"):
        assert world.client(login).get(f"/measures/{made.pk}/").status_code == 404


def test_a_draft_marked_to_be_published_is_no_more_seen_than_another(world):
    made = approved(world, "district", district(world), kind="commendation", publish=True)
    assert seeing(world, made) == {"office", "office2"}


@pytest.mark.parametrize(
    ("kind", "whose", "own"),
    [
        ("enterprise", lambda w: w.enterprises["a"], {"officer", "inspector", "leader"}),
        ("district", lambda w: district(w), {"inspector", "leader"}),
        ("organisation", lambda w: body(w, "江州市应急管理局"), {"department"}),
        ("organisation", lambda w: body(w, "江北区应急管理局"), {"north"}),
        ("person", lambda w: posting(w, "leader"), {"leader"}),
        ("person", lambda w: posting(w, "expert"), {"expert"}),
        ("person", lambda w: posting(w, "officer_b"), {"officer_b"}),
    ],
)
def test_issued_it_is_seen_by_those_it_concerns_the_office_and_the_auditor_and_by_nobody_else(world, kind, whose, own):
    made = out(world, kind, whose(world))
    assert seeing(world, made) == own | {"office", "office2", "auditor"}
    assert seeing(world, made, MeasureDocument, measure=made.pk) == own | {"office", "office2", "auditor"}
    assert seeing(world, made, MeasureStep, measure=made.pk) == {"office", "office2", "auditor"}
    for login in set(PLACES) - own - {"office", "office2", "auditor"}:
        client = world.client(login)
        assert client.get(f"/measures/{made.pk}/").status_code == 404
        assert client.get(f"/api/v1/measures/{made.pk}/").status_code == 404
        assert TOLD["matter"] not in client.get("/measures/").content.decode()
        with world.as_("office"):
            print_of = made.documents.get().pk
        assert client.get(f"/measures/documents/{print_of}/").status_code == 404


def test_the_district_of_an_enterprise_reads_what_is_said_of_it_is_told_and_does_not_answer_for_it(world):
    made = on_plant(world)
    with world.as_("officer"):
        verbs.reply(made.pk, "企业的说明")
    with world.as_("leader"):
        assert Message.objects.filter(key__startswith=f"measure:{made.pk}:", channel="in_app").exists()
        with pytest.raises(NotAllowed):
            verbs.reply(made.pk, "代企业回复")
    page = world.client("inspector").get(f"/measures/{made.pk}/").content.decode()
    assert "企业的说明" in page
    assert f"/measures/{made.pk}/reply/" not in page


def test_a_district_that_nobody_is_registered_to_lead_replies_by_whoever_is_posted_there(world):
    made = out(world, "district", district(world, "江北区"))
    with world.as_("inspector"), pytest.raises(Http404):
        verbs.reply(made.pk, "别区")
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        Posting.objects.filter(role="inspector", district__name="江北区").update(leads=False)
    with world.as_("north"):
        assert verbs.reply(made.pk, "情况说明").by_name


def test_two_departments_of_one_sector_do_not_see_each_others(world):
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        other = Organisation.objects.create(name="江州市工业和信息化局", short_name="工信", kind="department")
    made = out(world, "organisation", other.pk)
    assert seeing(world, made) == {"office", "office2", "auditor"}


def test_a_reply_is_behind_the_same_wall(world):
    made = out(world, "district", district(world))
    with world.as_("leader"):
        verbs.reply(made.pk, "情况说明")
    own = {"inspector", "leader", "office", "office2", "auditor"}
    assert seeing(world, made, MeasureReply, measure=made.pk) == own
    with world.as_("north"), pytest.raises(Exception, match="row-level security"), savepoint():
        MeasureReply.objects.create(measure_id=made.pk, text="冒充", by_name="x", district_id=made.district_id)


def test_a_published_commendation_is_the_whole_citys_and_its_replies_and_way_are_not(world):
    made = out(world, "district", district(world), kind="commendation", publish=True)
    with world.as_("leader"):
        verbs.reply(made.pk, "感谢")
    everybody = set(PLACES)
    assert seeing(world, made) == everybody
    assert seeing(world, made, MeasureDocument, measure=made.pk) == everybody
    assert seeing(world, made, MeasureReply, measure=made.pk) == {"office", "office2", "auditor", "inspector", "leader"}
    page = world.client("officer").get(f"/measures/{made.pk}/").content.decode()
    assert TOLD["facts"].splitlines()[0] in page
    assert "感谢" not in page
    assert "办理经过" not in page
    with world.as_("north"), pytest.raises(NotAllowed):
        verbs.reply(made.pk, "不是我们")


def test_a_ground_is_opened_only_by_whoever_may_see_that_record(world):
    hazard = issued_hazard(world, "a")
    made = out(world, "person", posting(world, "north"), grounds=f"隐患 {hazard.pk}")
    for login, link in (("office", f"/hazards/{hazard.pk}/"), ("north", "")):
        with world.as_(login):
            (ground,) = opened(Measure.objects.get(pk=made.pk).grounds)
            assert (ground.number, ground.link) == (f"隐患{hazard.pk}", link)
            assert "阀门法兰渗漏" in ground.sentence


def test_a_ground_keeps_the_sentence_it_was_drawn_up_with(world):
    hazard = issued_hazard(world, "a")
    made = drafted(world, "enterprise", world.enterprises["a"], grounds=f"隐患 {hazard.pk}")
    with world.as_("office"):
        type(hazard).objects.filter(pk=hazard.pk).update(description="后来改写")
        verbs.change(made.pk, TOLD | {"grounds": f"隐患 {hazard.pk}"})
        assert "阀门法兰渗漏" in Measure.objects.get(pk=made.pk).grounds[0]["sentence"]


# the reply


def test_those_concerned_reply_in_days_that_are_counted_and_said(world, on_day):
    made = out(world, "district", district(world), reply_days=10)
    assert made.reply_by == timezone.localdate() + timedelta(days=10) or made.reply_rule["explanation"]
    with world.as_("inspector"), pytest.raises(NotAllowed):
        verbs.reply(made.pk, "我不是负责人")
    with world.as_("leader"):
        with pytest.raises(BadInput):
            verbs.reply(made.pk, " ")
        with on_day(made.reply_by):
            assert not verbs.reply(made.pk, "第一次").late
        with on_day(made.reply_by + timedelta(days=1)):
            assert verbs.reply(made.pk, "补充").late
    with world.as_("office"):
        mine = Message.objects.filter(person_id=world.people["office"], channel="in_app")
        assert mine.filter(title__startswith="收到回复").count() == 2


def test_a_reply_carries_its_evidence_seen_by_whoever_sees_the_reply(world):
    made = on_plant(world)
    officer = world.client("officer")
    words = {"text": "已整改，见照片", "files": [photo(30, name="整改.jpg"), SimpleUploadedFile("坏.exe", b"MZ")]}
    page = officer.post(f"/measures/{made.pk}/reply/", words, follow=True).content.decode()
    assert ("佐证：整改.jpg" in page, "佐证“坏.exe”没有保存" in page) == (True, True)
    with world.as_("office"):
        reply = made.replies.get()
        file = MeasureFile.objects.get()
    again = officer.post(
        f"/measures/{made.pk}/replies/{reply.pk}/files/", {"files": photo(200, name="补.jpg")}, follow=True
    )
    assert "佐证已保存" in again.content.decode()
    told = officer.post(f"/api/v1/measures/{made.pk}/files/", {"reply": reply.pk, "file": photo(30, name="整改.jpg")})
    assert (told.status_code, told.json()["id"]) == (201, file.pk)
    assert officer.post(f"/api/v1/measures/{made.pk}/files/", {"reply": reply.pk}).status_code == 400
    for login, code in (("office", 200), ("inspector", 200), ("auditor", 200), ("officer_b", 404), ("department", 404)):
        client = world.client(login)
        for address in (
            f"/measures/{made.pk}/files/{file.pk}/?w=320",
            f"/measures/{made.pk}/files/{file.pk}/original/",
        ):
            assert client.get(address).status_code == code, (login, address)
    assert len(world.client("office").get(f"/api/v1/measures/{made.pk}/").json()["replies"][0]["files"]) == 2
    with world.as_("inspector"), pytest.raises(NotAllowed):
        verbs.add_file(made.pk, reply.pk, photo(100))
    with world.as_("office"):
        verbs.close(made.pk, "采纳")
    with world.as_("officer"), pytest.raises(IllegalMove, match="不能再添加佐证"):
        verbs.add_file(made.pk, reply.pk, photo(100))
    with world.as_("auditor"):
        assert AuditRecord.objects.filter(action="measures.file").count() == 2
    assert "补传佐证" not in officer.get(f"/measures/{made.pk}/").content.decode()


def test_a_revoked_one_says_in_which_years_it_still_counts(world):
    made = on_plant(world)
    assert "可供考核模板使用" in world.client("office").get(f"/measures/{made.pk}/").content.decode()
    with world.as_("office2"):
        verbs.revoke(made.pk, "查无此事")
    page = world.client("office").get(f"/measures/{made.pk}/").content.decode()
    assert ("可供考核模板使用" in page, "其后的不计" in page) == (False, True)


def reminded(world, login: str) -> list[int]:
    with tenant_scope(world.tenants[CITY], CITY):
        rows = Reminder.objects.filter(subject_kind="measure_reply", person_id=world.people[login], channel="in_app")
        return sorted(rows.values_list("step", flat=True))


def test_whom_it_concerns_is_reminded_until_they_reply_and_the_office_once_it_is_late(world):
    measure = on_plant(world)
    with tenant_scope(world.tenants[CITY], CITY):
        for days in range(-5, 16):
            day = measure.reply_by + timedelta(days=days)
            measure_reminders.remind(day)
            assert measure_reminders.remind(day) == 0
    assert reminded(world, "officer") == [-3, 0, 1, 3, 7, 14]
    assert reminded(world, "office") == [1, 3, 7, 14]
    assert reminded(world, "inspector") == reminded(world, "officer_b") == []
    with world.as_("officer"):
        last = Message.objects.filter(key__startswith="measure-replies:", channel="in_app").latest("id")
    assert "逾期未回复1件" in last.title
    assert measure.number in last.body


def test_after_a_reply_or_its_end_nobody_is_reminded(world):
    replied, without = on_plant(world), on_plant(world, "b", reply_days=0)
    with world.as_("officer"):
        verbs.reply(replied.pk, "已整改")
    with tenant_scope(world.tenants[CITY], CITY):
        for days in range(-5, 16):
            assert measure_reminders.remind(replied.reply_by + timedelta(days=days)) == 0
    assert without.reply_by is None


def test_it_is_not_closed_before_the_reply_or_its_deadline(world, on_day):
    made = out(world, "district", district(world))
    with world.as_("office"):
        with pytest.raises(BadInput, match="办结意见"):
            verbs.close(made.pk, "")
        with on_day(made.reply_by), pytest.raises(Refused, match="还没有回复"):
            verbs.close(made.pk, "办结")
        with on_day(made.reply_by + timedelta(days=1)):
            assert list(Measure.objects.unanswered(timezone.localdate())) == [made]
            assert verbs.close(made.pk, "逾期未回复，按期复核").state == rules.CLOSED


def test_where_no_reply_is_asked_for_it_may_be_closed_at_once(world):
    made = out(world, "district", district(world), reply_days=0)
    assert made.reply_by is None
    with world.as_("office"):
        assert verbs.close(made.pk, "办结").state == rules.CLOSED


# what it counts


def having(world, figure: str, kind: str, until: date | None = None) -> dict:
    year = timezone.localdate().year
    with tenant_scope(world.tenants[CITY], CITY):
        rows = counted(FIGURES[figure], kind, date(year, 1, 1), until or date(year, 12, 31))
    return {key: one.counted for key, one in rows.items()}


def test_what_was_issued_counts_for_its_subject_and_for_nobody_else(world):
    on_plant(world)
    assert having(world, "criticised", "enterprise") == {world.enterprises["a"]: 1}
    assert having(world, "criticised", "district") == having(world, "criticised", "department") == {}
    assert having(world, "commended", "enterprise") == {}
    drafted(world, "enterprise", world.enterprises["a"])
    approved(world, "enterprise", world.enterprises["a"])
    assert having(world, "criticised", "enterprise") == {world.enterprises["a"]: 1}


def test_a_department_has_its_own_and_not_its_sectors(world):
    on_plant(world)
    department = body(world, "江州市应急管理局")
    out(world, "organisation", department, kind="commendation")
    assert having(world, "commended", "department") == {department: 1}
    with world.as_("office"):
        reading_ = scores.read("department", {"lines": [{"figure": "commended"}, {"figure": "criticised"}]}, *year())
        assert reading_.figures["commended"][department].counted == 1
        assert reading_.figures["criticised"][department].counted == 0


def year() -> tuple[date, date]:
    now = timezone.localdate().year
    return date(now, 1, 1), date(now, 12, 31)


@pytest.mark.parametrize(
    ("login", "kind", "whose"),
    [
        ("leader", "district", lambda w: district(w)),
        ("department", "department", lambda w: body(w, "江州市应急管理局")),
        ("officer", "enterprise", lambda w: w.enterprises["a"]),
    ],
)
def test_a_persons_counts_for_their_unit_only_where_the_decision_says_so(world, login, kind, whose):
    out(world, "person", posting(world, login))
    assert having(world, "criticised", kind) == {}
    out(world, "person", posting(world, login), for_unit=True)
    assert having(world, "criticised", kind) == {whose(world): 1}


def test_a_bureaus_counts_for_its_district_where_the_decision_says_so_and_the_offices_own_people_for_nobody(world):
    out(world, "organisation", body(world, "江北区应急管理局"), for_unit=True)
    assert having(world, "criticised", "district") == {district(world, "江北区"): 1}
    with pytest.raises(BadInput) as fault:
        drafted(world, "person", posting(world, "office2"), for_unit=True)
    assert fault.value.field == "for_unit"


def test_revoked_by_the_cut_off_it_counts_no_more_and_revoked_after_it_it_did(world, on_day):
    made = on_plant(world)
    today = timezone.localdate()
    with on_day(today + timedelta(days=3)), world.as_("office2"):
        verbs.revoke(made.pk, "有误")
    assert having(world, "criticised", "enterprise", until=today + timedelta(days=2)) == {world.enterprises["a"]: 1}
    assert having(world, "criticised", "enterprise", until=today + timedelta(days=3)) == {}


def test_an_enterprise_merged_since_leaves_its_count_with_the_entry_that_stands(world):
    on_plant(world, "b")
    with world.as_("office"):
        Enterprise.everyone.filter(pk=world.enterprises["b"]).update(merged_into=world.enterprises["a"])
    assert having(world, "criticised", "enterprise") == {world.enterprises["a"]: 1}


def final_year(world, on_day, kind: str = "enterprise"):
    """Last year's assessment, final, reckoned as the default template has it."""
    now = timezone.localdate().year
    with on_day(date(now + 1, 1, 5)), world.as_("office"):
        made = scores.open_year(now, kind)
        scores.keep(made.pk, scores.read(kind, made.template.body, made.since, made.until))
        made = scores.announce(made.pk)
    with on_day(made.objections_until + timedelta(days=1)), world.as_("office"):
        return scores.finish(made.pk)


def test_it_takes_points_opens_to_the_record_and_the_export_recomputes_to_the_last_digit(world, on_day):
    made = on_plant(world)
    out(world, "enterprise", world.enterprises["b"], kind="commendation")
    final = final_year(world, on_day)
    with world.as_("officer"):
        line = ScoreLine.objects.get(score__year_score=final, key="circulars")
        assert (line.points, line.counting, line.records) == (Decimal("-2.00"), [made.pk], "measure")
    page = world.client("officer").get(f"/scores/of/{line.score_id}/circulars/").content.decode()
    assert f"/measures/{made.pk}/" in page
    with world.as_("officer_b"):
        assert ScoreLine.objects.get(score__year_score=final, key="commended").points == Decimal("1.00")
    with world.as_("office"):
        document = json.loads(json.dumps(exported(final)))
    assert list(recompute_score.faults(document)) == []
    subject = next(one for one in document["subjects"] if one["id"] == world.enterprises["a"])
    next(line for line in subject["lines"] if line["key"] == "circulars")["counted"] = "0"
    assert list(recompute_score.faults(document))
    # What is issued after the snapshot changes nothing in it.
    on_plant(world)
    with world.as_("office"):
        assert scores.sealed(exported(final)) == final.digest


# from results


def test_results_are_proposed_for_a_person_to_decide_and_nothing_follows_by_itself(world, on_day):
    hazard = issued_hazard(world, "a")
    final = final_year(world, on_day)
    with world.as_("office"):
        best, worst = (final.template.body["grades"][n][0] for n in (0, -1))
        a, b, c = (Score.objects.get(year_score=final, subject_id=world.enterprises[key]) for key in "abc")
        Score.objects.filter(pk=a.pk).update(grade=best, vetoes=[])
        Score.objects.filter(pk=b.pk).update(grade=worst, vetoes=["accident"])
        Score.objects.filter(pk=c.pk).update(grade="合格", vetoes=[])
        assert {one.pk: reads.suggested(one) for one in reads.proposals()} == {
            a.pk: "commendation",
            b.pk: "interview",
        }
        Score.objects.filter(pk=b.pk).update(vetoes=[])
        assert reads.suggested(Score.objects.select_related("year_score__template").get(pk=b.pk)) == "circular"
        assert not Measure.objects.exists()
    office = world.client("office")
    page = office.get("/measures/proposals/").content.decode()
    assert f"subject=enterprise-{world.enterprises['a']}&amp;kind=commendation&amp;ground=考核得分 {a.pk}" in page
    assert world.client("leader").get("/measures/proposals/").status_code == 403
    assert f"/measures/proposals/?year_score={final.pk}" in office.get(f"/scores/{final.pk}/").content.decode()
    form = office.get(
        f"/measures/new/?subject=enterprise-{world.enterprises['a']}&kind=commendation&ground=考核得分 {a.pk}"
    )
    assert form.context["form"].initial == {"kind": "commendation", "grounds": f"考核得分 {a.pk}"}
    made = drafted(
        world, "enterprise", world.enterprises["a"], kind="commendation", grounds=f"考核得分 {a.pk}\n隐患 {hazard.pk}"
    )
    assert f"第{a.rank}名" in made.grounds[0]["sentence"]
    with world.as_("office"):
        assert reads.resting_on([a, b]) == {a.pk: [made]}
    assert "表彰（拟稿）" in office.get("/measures/proposals/").content.decode()


def test_a_year_that_is_not_final_proposes_nothing(world):
    with world.as_("office"):
        made = scores.open_year(2026, "enterprise")
        scores.keep(made.pk, scores.read("enterprise", made.template.body, made.since, made.until))
        Score.objects.update(vetoes=["accident"])
        assert not reads.proposals().exists()


# pages and API


def test_the_pages_take_it_from_the_search_to_the_reply_and_lose_nothing_typed(world):
    office, leader = world.client("office"), world.client("office2")
    whom = office.get("/measures/new/", {"q": "江南"}).content.decode()
    assert f"?subject=district-{district(world)}" in whom
    address = f"/measures/new/?subject=district-{district(world)}"
    wrong = office.post(address, TOLD | {"decision": ""})
    assert wrong.status_code == 400
    assert "请写明决定" in wrong.content.decode()
    assert "多次提醒仍未落实" in wrong.content.decode()
    page = office.post(address, TOLD | {"reply_days": "5"}, follow=True)
    (pk,) = (page.context["measure"].pk,)
    assert "报批" in page.content.decode()
    office.post(f"/measures/{pk}/submit/", {"revision": "1"})
    assert "批准" in leader.get(f"/measures/{pk}/").content.decode()
    refused = leader.post(f"/measures/{pk}/decide/", {"verdict": "return", "opinion": "", "revision": "2"})
    assert refused.status_code == 400
    leader.post(f"/measures/{pk}/decide/", {"verdict": "agree", "opinion": "同意", "revision": "2"})
    issued = office.post(f"/measures/{pk}/issue/", {"revision": "3"}, follow=True).content.decode()
    assert "已编号印发" in issued
    own = world.client("leader")
    page = own.get(f"/measures/{pk}/").content.decode()
    assert "提交回复" in page
    assert "office君" not in page
    with world.as_("office"):
        print_of = MeasureDocument.objects.get(measure=pk).pk
    assert own.get(f"/measures/documents/{print_of}/")["Content-Type"] == "application/pdf"
    assert own.post(f"/measures/{pk}/reply/", {"text": ""}).status_code == 400
    told = own.post(f"/measures/{pk}/reply/", {"text": "已制定整改方案"}, follow=True).content.decode()
    assert "已制定整改方案" in told
    assert world.client("inspector").get(f"/measures/{pk}/reply/").status_code == 403
    assert world.client("north").get(f"/measures/{pk}/reply/").status_code == 404
    closed = office.post(f"/measures/{pk}/close/", {"note": "属实", "revision": "4"}, follow=True).content.decode()
    assert "已办结" in closed
    stale = leader.post(f"/measures/{pk}/revoke/", {"note": "有误", "revision": "2"})
    assert stale.status_code == 409
    assert "有误" in stale.content.decode()
    assert (
        "已撤销"
        in leader.post(f"/measures/{pk}/revoke/", {"note": "有误", "revision": "5"}, follow=True).content.decode()
    )


def test_the_list_is_filtered_exported_whole_and_stays_within_its_queries(world, django_assert_max_num_queries):
    made = on_plant(world)
    out(world, "district", district(world), kind="commendation", publish=True)
    office = world.client("office")
    listed = office.get("/measures/", {"kind": "circular", "q": "甲化工"}).context["page"]
    assert [one.pk for one in listed.rows] == [made.pk]
    assert office.get("/measures/", {"reply": "come"}).context["page"].rows == []
    assert len(office.get("/measures/", {"export": "xlsx"}).content) > 1000
    assert office.get("/measures/").context["page"].exports
    assert not world.client("leader").get("/measures/").context["page"].exports
    with django_assert_max_num_queries(14):
        office.get("/measures/")
    with django_assert_max_num_queries(24):
        office.get(f"/measures/{made.pk}/")
    with django_assert_max_num_queries(14):
        office.get("/measures/proposals/")


def test_the_api_goes_the_same_way(world):
    def post(client, path, **sent):
        return client.post(f"/api/v1/measures/{path}", sent, content_type="application/json")

    office, leader, officer = world.client("office"), world.client("office2"), world.client("officer")
    subject = {"subject_kind": "enterprise", "subject_id": world.enterprises["a"]}
    assert post(office, "", **TOLD).status_code == 400
    bad = post(office, "", **TOLD | subject | {"grounds": "隐患 987654321"})
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (400, "grounds")
    made = post(office, "", **TOLD | subject)
    assert made.status_code == 201
    pk = made.json()["id"]
    assert post(office, f"{pk}/change/", **TOLD | {"facts": "新的事实", "revision": 1}).json()["facts"] == "新的事实"
    assert post(office, f"{pk}/submit/").json()["state"] == "submitted"
    assert post(office, f"{pk}/approve/").status_code == 403
    assert post(leader, f"{pk}/return/", note="再核").json()["state"] == "returned"
    assert post(office, f"{pk}/submit/").status_code == 200
    assert post(leader, f"{pk}/approve/", opinion="同意").json()["state"] == "approved"
    assert post(office, f"{pk}/issue/").json()["number"]
    assert post(office, f"{pk}/issue/").status_code == 409
    read = officer.get(f"/api/v1/measures/{pk}/").json()
    assert read["documents"][0]["number"] == read["number"]
    assert "authors" not in read
    assert post(officer, f"{pk}/reply/", text="已整改").status_code == 201
    assert post(world.client("officer_b"), f"{pk}/reply/", text="x").status_code == 404
    assert post(office, f"{pk}/close/", note="办结").json()["state"] == "closed"
    assert post(leader, f"{pk}/revoke/", note="有误").json()["state"] == "revoked"
    spare = post(office, "", **TOLD | subject).json()["id"]
    assert post(office, f"{spare}/withdraw/", note="重复").json()["state"] == "withdrawn"


def test_the_number_is_unknown_to_another_city(world):
    made = on_plant(world)
    with world.as_("office_x"):
        with pytest.raises(Http404):
            verbs.close(made.pk, "x")
        assert not Measure.objects.exists()


def test_a_withdrawn_draft_says_why_and_is_not_deleted(world):
    made = drafted(world, "enterprise", world.enterprises["a"])
    with world.as_("office"):
        with pytest.raises(BadInput, match="作废理由"):
            verbs.withdraw(made.pk, "")
        verbs.withdraw(made.pk, "重复拟稿")
        assert Measure.objects.get(pk=made.pk).state == rules.WITHDRAWN
        assert made.steps.get(verb="withdraw").note == "重复拟稿"


def test_an_interviews_hour_is_beijings_on_paper(world, on_day):
    hour = datetime.fromisoformat(f"{timezone.localdate() + timedelta(days=3)}T01:30:00+00:00")
    made = out(world, "enterprise", world.enterprises["a"], kind="interview", meets_at=hour, meets_where="会议室")
    with world.as_("office"):
        assert "T09:30" in made.documents.get().content["meets_at"]
