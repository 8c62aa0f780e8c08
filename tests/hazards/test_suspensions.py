"""停产停业: by a numbered decision, shown everywhere, no longer than the law allows, and never ended by itself."""

from datetime import date

import pytest
from django.utils import timezone

from enterprises.models import Enterprise, EnterpriseVersion, GradeProposal
from hazards.actions import moves, suspensions
from hazards.actions.grading import propose_grades
from hazards.models import Suspension
from portal.messages.models import Message
from portal.refusals import BadInput, IllegalMove, NotAllowed
from tests import stories
from tests.documents import reading


def order(**changes) -> suspensions.Order:
    told = {"reach": "whole", "reason": "联锁旁路", "measures": "停止运行", "basis": "《安全生产法》第六十五条"}
    return suspensions.Order(**told | changes)


def plant(world, login: str = "office") -> Enterprise:
    with world.as_(login):
        return Enterprise.objects.get(pk=world.enterprises["a"])


def suspend(world, login: str = "inspector", **changes) -> Suspension:
    with world.as_(login):
        return suspensions.suspend(world.enterprises["a"], order(**changes), world.people["inspector2"])


def test_a_suspended_plant_says_so_on_its_page_in_the_lists_and_to_everybody_concerned(world):
    one = suspend(world)
    assert plant(world).suspended_since == timezone.localdate()
    assert one.notice.number == f"（江南）应急现决〔{timezone.localdate().year}〕1号"
    for login in ("office", "inspector", "officer", "expert", "department"):
        assert "停产停业整顿中" in world.client(login).get(f"/enterprises/{one.enterprise_id}/").content.decode(), login
        assert f"/suspensions/{one.pk}/" in world.client(login).get("/suspensions/").content.decode(), login
    assert "停产停业整顿" in world.client("office").get("/enterprises/?suspended=1").content.decode()
    with world.as_("office"):
        heard = set(Message.objects.filter(key=f"suspension:{one.pk}:ordered").values_list("person_id", flat=True))
        assert {world.people[login] for login in ("officer", "inspector", "department", "office")} <= heard
        assert propose_grades_as_system(world) >= 1
        assert EnterpriseVersion.objects.filter(
            enterprise=one.enterprise_id, source__startswith="责令停产停业"
        ).exists()


def propose_grades_as_system(world) -> int:
    propose_grades()
    return GradeProposal.objects.filter(enterprise=world.enterprises["a"], cause="suspension").count()


def test_a_part_that_stands_still_is_named_and_the_plant_is_not_counted_as_closed(world):
    with world.as_("inspector"), pytest.raises(BadInput, match="哪个装置"):
        suspensions.suspend(world.enterprises["a"], order(reach="part"), world.people["inspector2"])
    suspend(world, reach="part", part="一车间硝化装置")
    now = plant(world)
    assert (now.suspended_since, now.suspended_parts) == (None, "一车间硝化装置")
    assert "局部停产中" in world.client("officer").get(f"/enterprises/{now.pk}/").content.decode()
    assert "局部停产" in world.client("office").get("/enterprises/").content.decode()


@pytest.mark.parametrize(
    ("until", "due"),
    [(None, date(2027, 5, 4)), (date(2026, 12, 1), date(2026, 12, 1)), (date(2027, 5, 4), date(2027, 5, 4))],
)
def test_it_lasts_six_months_at_most_and_the_rule_is_kept(world, on_day, until, due):
    with on_day(date(2026, 11, 4)):
        one = suspend(world, until=until)
    assert one.until == due
    assert "令15号第14条" in one.until_rule["rule"]


@pytest.mark.parametrize(("until", "said"), [(date(2027, 5, 5), "不超过6个月"), (date(2026, 11, 4), "须晚于今天")])
def test_longer_than_the_law_allows_or_no_time_at_all_is_refused(world, on_day, until, said):
    with on_day(date(2026, 11, 4)), pytest.raises(BadInput, match=said):
        suspend(world, until=until)


@pytest.mark.parametrize("missing", ["reason", "measures", "basis"])
def test_the_decision_says_why_what_and_by_which_law(world, missing):
    with pytest.raises(BadInput) as refused:
        suspend(world, **{missing: " "})
    assert refused.value.field == missing


def test_two_different_inspectors_sign_it(world):
    with world.as_("inspector"), pytest.raises(BadInput, match="第二名"):
        suspensions.suspend(world.enterprises["a"], order(), world.people["inspector"])


def test_a_suspension_from_a_hazard_waits_for_its_closing_and_then_for_a_leaders_word(world):
    hazard = stories.submitted(world)
    one = stories.suspended(world, hazard=hazard)
    page = world.client("officer").get(f"/hazards/{hazard.pk}/").content.decode()
    assert "全厂停产停业" in " ".join(page.replace("<strong>", "").split())
    with world.as_("leader"), pytest.raises(IllegalMove, match="复查通过并销号后才能恢复"):
        suspensions.resume(one.pk, "已排除")
    stories.accept(world, hazard)
    with world.as_("inspector"), pytest.raises(NotAllowed, match="负责人"):
        suspensions.resume(one.pk, "已排除")
    with world.as_("leader"):
        with pytest.raises(BadInput, match="审查意见"):
            suspensions.resume(one.pk, " ")
        suspensions.resume(one.pk, "现场复核，联锁已投用")
        with pytest.raises(IllegalMove, match="已于"):
            suspensions.resume(one.pk, "再来一次")
    assert plant(world).suspended_since is None
    with world.as_("officer"):
        assert list(hazard.steps.values_list("verb", flat=True))[-3:] == ["suspend", "accept", "resume"]


def test_of_two_suspensions_the_other_stays_when_one_is_lifted(world):
    whole, part = suspend(world), suspend(world, reach="part", part="罐区")
    with world.as_("leader"):
        suspensions.resume(whole.pk, "已排除")
    now = plant(world)
    assert (now.suspended_since, now.suspended_parts) == (None, "罐区")
    with world.as_("leader"):
        suspensions.resume(part.pk, "已排除")
    assert plant(world).suspended_parts == ""


def test_its_end_lifts_nothing_and_is_spoken_of_before_and_for_ever_after(world, on_day, clock):
    with on_day(date(2026, 11, 4)):
        one = suspend(world, until=date(2026, 12, 31))
    keys = set()
    for day in (
        date(2026, 11, 30),
        date(2026, 12, 2),
        date(2026, 12, 25),
        date(2026, 12, 31),
        date(2027, 1, 8),
        date(2027, 6, 1),
    ):
        with on_day(day):
            for _ in range(2):
                clock()
        with world.as_("office"):
            heard = list(
                Message.objects.filter(
                    key__contains=":ending:", person_id=world.people["office"], channel="in_app"
                ).values_list("key", flat=True)
            )
        assert len(heard) == len(set(heard))
        keys |= set(heard)
    assert sorted(int(key.rpartition(":")[2]) for key in keys) == [-30, -7, 0, 7, 147]
    assert plant(world).suspended_since is not None
    with on_day(date(2027, 1, 8)):
        assert f"/suspensions/{one.pk}/" in world.client("office").get("/suspensions/?situation=over").content.decode()


def test_the_printed_decision_says_what_stands_still_until_when_and_what_can_be_done_against_it(world):
    from portal.files import store

    hazard = stories.recorded(world, level="major")
    one = stories.suspended(world, hazard=hazard, reach="part")
    with world.as_("officer"):
        text = reading.text(store.open_kept(one.notice.content["pdf"]))
    for word in (
        "现场处理措施决定书",
        one.notice.number,
        "一车间",
        "立即停止运行，撤出作业人员",
        "〔重大事故隐患〕",
        "60日内",
        "6个月内",
    ):
        assert word in text, word
    assert f"{one.until.year}年{one.until.month}月{one.until.day}日" in text


def test_a_district_suspends_nothing_of_another_and_a_department_what_is_of_its_sector(world):
    from django.http import Http404

    with world.as_("north"), pytest.raises(Http404):
        suspensions.suspend(world.enterprises["a"], order(), world.people["north2"])
    assert suspend(world, "department").by_name == "department君"
    assert plant(world).suspended_since


def test_on_the_spot_from_the_enterprises_page_and_over_the_api(world):
    body = {"reach": "part", "part": "二车间", "reason": "泄漏", "measures": "停车", "basis": "安全生产法第六十五条"}
    body |= {"second": world.people["inspector2"], "on_the_spot": "on"}
    page = world.client("inspector").post(f"/enterprises/{world.enterprises['a']}/suspend/", body)
    assert page.status_code == 302
    assert page.headers["Location"].startswith("/suspensions/")
    body |= {"enterprise": world.enterprises["a"], "on_the_spot": True, "part": "三车间"}
    made = world.client("inspector").post("/api/v1/suspensions/", body, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["number"].endswith("2号")
    bad = world.client("inspector").post(f"/enterprises/{world.enterprises['a']}/suspend/", body | {"measures": ""})
    assert bad.status_code == 400
    assert "三车间" in bad.content.decode(), "what was typed is still there"


def test_a_hazard_void_by_mistake_does_not_hold_its_suspension_for_ever(world):
    hazard = stories.recorded(world)
    one = stories.suspended(world, hazard=hazard)
    with world.as_("leader"):
        moves.void(hazard.pk, "重复")
        suspensions.resume(one.pk, "隐患系误录")
    assert plant(world).suspended_since is None


@pytest.mark.parametrize("from_a_hazard", [True, False])
def test_the_decision_is_read_and_signed_for_like_an_order(world, from_a_hazard):
    one = stories.suspended(world, hazard=stories.recorded(world) if from_a_hazard else None)
    page = world.client("officer").get(f"/notices/{one.notice_id}/").content.decode()
    assert "立即停止运行，撤出作业人员" in page
    assert "我已收到，签收" in page
    world.client("officer").post(f"/notices/{one.notice_id}/acknowledge/", {"signed_by": "方安"})
    assert "已由 方安" in world.client("inspector").get(f"/notices/{one.notice_id}/").content.decode()
