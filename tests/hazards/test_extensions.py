"""延期: the old date stands until a new one is granted, and nothing of what was asked and answered is lost."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from hazards import rules
from hazards.actions import extensions, moves, supervision
from hazards.models import Extension, Hazard, HazardStep
from portal.messages.models import Message
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from tests import stories
from tests.races import race

FAR = timedelta(days=60)


def extension(world, hazard: Hazard) -> Extension:
    with world.as_("officer"):
        return Extension.objects.filter(hazard=hazard.pk).latest("id")


def told(world, login: str, prefix: str) -> list[str]:
    with world.as_("office"):
        return list(
            Message.objects.filter(person_id=world.people[login], key__startswith=prefix, channel="in_app").values_list(
                "title", flat=True
            )
        )


def test_the_old_deadline_stands_until_the_extension_is_granted_and_stays_to_be_read(world):
    hazard = stories.asked(world)
    old = hazard.deadline
    assert hazard.asked_on == timezone.localdate()
    assert told(world, "inspector", "extension:")
    assert not told(world, "office", "extension:")
    with world.as_("inspector"):
        extensions.grant(hazard.pk, old + timedelta(days=7), "属实")
    now, one = stories.fresh(world, hazard), extension(world, hazard)
    assert (now.deadline, now.extensions, now.asked_on, now.status) == (old + timedelta(days=7), 1, None, "rectifying")
    assert (one.state, one.old_deadline, one.new_deadline, one.answer) == ("granted", old, now.deadline, "属实")
    assert one.old_rule["due"] == old.isoformat()
    assert "第1次延期" in now.deadline_rule["rule"]
    assert told(world, "officer", f"extension:{one.pk}:granted")


def test_the_answer_is_due_in_five_days_and_says_by_what_rule(world, on_day):
    with on_day(date(2026, 11, 2)):
        one = extension(world, stories.asked(world))
    assert one.answer_due == date(2026, 11, 9), "the fifth day is a Saturday"
    assert "令15号第17条" in one.answer_rule["rule"]


def test_it_is_asked_for_before_the_deadline_is_over(world, on_day):
    with on_day(date(2026, 11, 2)):
        hazard = stories.issued(world, days=5)
    with on_day(date(2026, 11, 7)), world.as_("officer"):
        extensions.ask(hazard.pk, date(2026, 12, 1), "到货晚")
        extensions.withdraw(hazard.pk)
    with on_day(date(2026, 11, 8)), world.as_("officer"), pytest.raises(Refused, match="整改期限2026-11-07已过"):
        extensions.ask(hazard.pk, date(2026, 12, 1), "到货晚")


@pytest.mark.parametrize(("days", "reason", "said"), [(0, "到货晚", "须晚于"), (30, "  ", "为什么")])
def test_asking_for_no_more_time_or_without_a_reason_is_refused(world, days, reason, said):
    hazard = stories.issued(world)
    with world.as_("officer"), pytest.raises(BadInput, match=said):
        extensions.ask(hazard.pk, hazard.deadline + timedelta(days=days), reason)


def test_a_refusal_leaves_the_date_and_needs_a_reason(world):
    hazard = stories.asked(world)
    with world.as_("inspector"):
        with pytest.raises(BadInput, match="理由"):
            extensions.refuse(hazard.pk, " ")
        extensions.refuse(hazard.pk, "备件本地有货")
    now = stories.fresh(world, hazard)
    assert (now.deadline, now.extensions, now.asked_on) == (hazard.deadline, 0, None)
    assert extension(world, hazard).state == "refused"
    with world.as_("officer"):
        extensions.ask(hazard.pk, hazard.deadline + FAR, "再次申请")


def test_a_second_extension_is_the_offices_to_decide_and_a_fourth_is_not_to_be_had(world):
    hazard = stories.extended(world)
    for number in (2, 3):
        wanted = stories.fresh(world, hazard).deadline + timedelta(days=9)
        with world.as_("officer"):
            extensions.ask(hazard.pk, wanted, "仍未到货")
        with world.as_("inspector"), pytest.raises(NotAllowed, match="由领导小组办公室答复"):
            extensions.grant(hazard.pk, timezone.localdate() + FAR, "属实")
        assert told(world, "office", "extension:")
        until = stories.fresh(world, hazard).deadline + timedelta(days=5)
        with world.as_("office"):
            extensions.grant(hazard.pk, until, "属实")
        assert stories.fresh(world, hazard).extensions == number
    with world.as_("officer"), pytest.raises(Refused, match="已延期3次"):
        extensions.ask(hazard.pk, timezone.localdate() + 3 * FAR, "仍未到货")


def test_any_extension_of_a_supervised_hazard_is_the_offices(world):
    hazard = stories.supervised(world)
    with world.as_("officer"):
        extensions.ask(hazard.pk, hazard.deadline + FAR, "到货晚")
    with world.as_("inspector"), pytest.raises(NotAllowed):
        extensions.refuse(hazard.pk, "不同意")
    with world.as_("office"):
        extensions.grant(hazard.pk, hazard.deadline + FAR, "同意")
    assert stories.fresh(world, hazard).extensions == 1


def test_what_nobody_answers_in_time_lapses_and_everybody_above_hears_of_it(world, on_day, clock):
    with on_day(date(2026, 11, 2)):
        hazard = stories.asked(world, days=20)
        one = extension(world, hazard)
    with on_day(one.answer_due):
        clock()
        assert extension(world, hazard).state == "asked"
    with on_day(one.answer_due + timedelta(days=1)):
        for _ in range(2):
            clock()
        now = stories.fresh(world, hazard)
        assert (extension(world, hazard).state, now.asked_on, now.deadline) == ("lapsed", None, hazard.deadline)
        for login in ("officer", "inspector", "leader", "office"):
            assert len(told(world, login, f"extension:{one.pk}:lapsed")) == 1, login
        with world.as_("officer"):
            assert HazardStep.objects.filter(hazard=hazard, verb="lapse").count() == 1
            extensions.ask(hazard.pk, date(2026, 12, 20), "再次申请")


def test_a_wrong_grant_is_put_right_on_the_record_and_never_to_a_day_that_has_begun(world):
    hazard = stories.extended(world)
    today = timezone.localdate()
    with world.as_("office"):
        for until, said in ((today, "须晚于今天"), (hazard.deadline, "相同")):
            with pytest.raises(BadInput, match=said):
                extensions.correct(hazard.pk, until, "多写了一个月")
        extensions.correct(hazard.pk, today + timedelta(days=3), "多写了一个月")
    now, one = stories.fresh(world, hazard), extension(world, hazard)
    assert (now.deadline, now.extensions) == (today + timedelta(days=3), 1)
    assert (one.state, one.new_deadline, one.corrected_to) == ("corrected", hazard.deadline, now.deadline)
    assert told(world, "officer", f"extension:{one.pk}:corrected")


def test_handing_in_makes_an_open_asking_unnecessary(world):
    hazard = stories.asked(world)
    stories.hand_in(world, hazard)
    now = stories.fresh(world, hazard)
    assert (now.status, now.asked_on, extension(world, hazard).state) == ("submitted", None, "withdrawn")


def test_an_extended_hazard_is_late_by_its_new_date_only(world, on_day):
    with on_day(date(2026, 11, 2)):
        hazard = stories.extended(world, days=15)
    with on_day(hazard.deadline), world.as_("inspector"):
        assert not Hazard.objects.overdue().filter(pk=hazard.pk).exists()
    with on_day(hazard.deadline + timedelta(days=1)), world.as_("inspector"):
        assert Hazard.objects.overdue().filter(pk=hazard.pk).exists()


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_who_answer_at_once_one_wins_and_the_other_is_told_what_happened(committed_world, attempt):
    world = committed_world
    hazard = stories.asked(world)
    met = race(
        world,
        ("inspector", lambda: extensions.grant(hazard.pk, hazard.deadline + FAR, "属实", revision=hazard.revision)),
        ("inspector2", lambda: extensions.refuse(hazard.pk, "不属实", revision=hazard.revision)),
    )
    assert sum(one is None for one in met) == 1
    assert "刚刚被他人办理" in next(one for one in met if one).sentence
    now, one = stories.fresh(world, hazard), extension(world, hazard)
    assert (now.extensions == 1) == (one.state == "granted") == (now.deadline != hazard.deadline)


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_who_ask_at_once_there_is_one_asking(committed_world, attempt):
    world = committed_world
    hazard = stories.issued(world)
    met = race(world, *[("officer", lambda: extensions.ask(hazard.pk, hazard.deadline + FAR, "到货晚"))] * 2)
    assert sum(one is None for one in met) == 1
    assert isinstance(next(one for one in met if one), IllegalMove)
    with world.as_("officer"):
        assert Extension.objects.filter(hazard=hazard.pk).count() == 1


def test_an_answer_and_the_lapse_of_the_asking_do_not_both_happen(world, on_day, clock):
    with on_day(date(2026, 11, 2)):
        hazard = stories.asked(world)
        one = extension(world, hazard)
    with on_day(one.answer_due + timedelta(days=1)):
        with world.as_("inspector"):
            extensions.refuse(hazard.pk, "备件有货")
        clock()
    assert extension(world, hazard).state == "refused"


def test_a_hazard_reopened_begins_its_extensions_anew(world):
    hazard = stories.extended(world)
    stories.hand_in(world, hazard)
    stories.accept(world, hazard)
    with world.as_("office"):
        from hazards.actions.notices import deadline_for

        moves.reopen(hazard.pk, "复发", deadline_for(due=timezone.localdate() + timedelta(days=5)))
    assert stories.fresh(world, hazard).extensions == 0
    assert rules.MOST_EXTENSIONS == 3


def test_supervision_needs_a_leader_in_office_and_words(world):
    hazard = stories.issued(world, level="major")
    with world.as_("office"):
        for leader, words, said in (
            (None, "每周报告", "责任领导"),
            (world.people["inspector"], "每周报告", "责任领导"),
        ):
            with pytest.raises(BadInput, match=said):
                supervision.supervise(hazard.pk, leader, words)
        with pytest.raises(BadInput, match="督办要求"):
            supervision.supervise(hazard.pk, world.people["leader"], " ")
        supervision.supervise(hazard.pk, world.people["leader"], "每周报告")
    assert told(world, "leader", "supervision:")
    assert told(world, "officer", "supervision:")
    with world.as_("office"), pytest.raises(IllegalMove, match="已在挂牌督办"):
        supervision.supervise(hazard.pk, world.people["leader"], "再挂一次")


def test_nobody_answers_for_a_supervised_hazard_who_may_not_see_it(world):
    hazard = stories.issued(world, "c", level="major")
    with world.as_("office"):
        with pytest.raises(BadInput, match="责任领导"):
            supervision.supervise(hazard.pk, world.people["leader"], "每周报告")
        assert world.people["leader"] not in {one.pk for one in supervision.leaders(hazard)}


def test_a_general_hazard_is_not_put_under_supervision(world):
    hazard = stories.issued(world)
    with world.as_("office"), pytest.raises(IllegalMove, match="不是重大隐患"):
        supervision.supervise(hazard.pk, world.people["leader"], "每周报告")


def test_lifting_a_supervision_is_an_act_with_a_reason_and_can_be_followed_by_another(world):
    hazard = stories.supervised(world)
    with world.as_("office"):
        with pytest.raises(BadInput, match="理由"):
            supervision.unsupervise(hazard.pk, "")
        one = supervision.unsupervise(hazard.pk, "主要措施已落实")
        assert (one.lifted_on, one.lifted_because) == (timezone.localdate(), "主要措施已落实")
        assert Hazard.objects.get(pk=hazard.pk).supervised_since is None
        supervision.supervise(hazard.pk, world.people["leader"], "反弹，重新挂牌")
        assert Hazard.objects.get(pk=hazard.pk).supervisions.count() == 2


def test_a_major_hazard_is_handed_in_only_with_all_five_settled(world):
    hazard = stories.issued(world, level="major")
    with world.as_("officer"):
        from hazards.actions.evidence import add_evidence

        add_evidence(stories.photo(5), enterprise=hazard.enterprise, phase="after", hazard=hazard)
        with pytest.raises(Refused, match="五落实"):
            moves.submit(hazard.pk, "已整改")
        for missing in supervision.WORDS:
            with pytest.raises(BadInput) as refused:
                supervision.file_plan(hazard.pk, stories.PLAN | {missing: " "}, hazard.deadline)
            assert refused.value.field == missing
        with pytest.raises(BadInput, match="不能晚于整改期限"):
            supervision.file_plan(hazard.pk, stories.PLAN, hazard.deadline + timedelta(days=1))
        supervision.file_plan(hazard.pk, stories.PLAN, hazard.deadline)
        supervision.file_plan(hazard.pk, stories.PLAN | {"funds": "5万元"}, hazard.deadline)
        assert [plan.funds for plan in hazard.rectification_plans.all()] == [stories.PLAN["funds"], "5万元"], (
            "the old one stays"
        )
        assert moves.submit(hazard.pk, "已整改").status == "submitted"


def test_what_lacks_its_plan_can_be_found(world):
    without, planned = (stories.issued(world, level="major") for _ in range(2))
    stories.issued(world)
    stories.file_plan(world, planned)
    page = world.client("inspector").get("/hazards/?situation=unplanned").content.decode()
    assert f"/hazards/{without.pk}/" in page
    assert f"/hazards/{planned.pk}/" not in page


def test_over_the_api_a_hazard_tells_its_plans_its_supervision_and_its_history(world):
    hazard = stories.supervised(world)
    stories.file_plan(world, hazard)
    for login in ("inspector", "officer"):
        told = world.client(login).get(f"/api/v1/hazards/{hazard.pk}/").json()
        assert [plan["funds"] for plan in told["plans"]] == [stories.PLAN["funds"]]
        assert [one["requirement"] for one in told["supervisions"]] == ["每周报告进展"]
        assert [step["verb"] for step in told["steps"]] == ["record", "issue", "acknowledge", "supervise", "plan"]
