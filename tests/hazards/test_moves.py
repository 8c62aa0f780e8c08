"""The life of a hazard as its people live it."""

import contextlib
import re
import threading
from datetime import date

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from hazards.actions import moves, notices, supervision
from hazards.models import Hazard, HazardStep, Notice
from portal.audit.models import AuditRecord
from portal.refusals import BadInput, NotAllowed, Refused
from portal.tenancy.models import Organisation
from tests import stories
from tests.races import race


def test_a_hazard_goes_from_finding_to_closed_and_leaves_its_history(world):
    hazard = stories.closed(world)
    assert hazard.status == "closed"
    assert hazard.closed_on == timezone.localdate()
    with world.as_("officer"):
        verbs = list(HazardStep.objects.filter(hazard=hazard).values_list("verb", flat=True))
        opinion = Notice.objects.get(kind="recheck_opinion")
    assert verbs == ["record", "issue", "acknowledge", "submit", "accept"]
    assert opinion.about_id == hazard.notice_id
    with world.as_("auditor"):
        actions = list(
            AuditRecord.objects.filter(object_kind="hazards.hazard", object_id=hazard.pk)
            .order_by("seq")
            .values_list("action", flat=True)
        )
    assert actions == ["hazards.record", "hazards.issue", "hazards.submit", "hazards.accept"]


def test_a_major_hazard_stays_open_until_a_second_person_confirms(world):
    hazard = stories.confirming(world)
    assert hazard.status == "confirming"
    with world.as_("inspector"), pytest.raises(NotAllowed):
        moves.confirm(hazard.pk)
    with world.as_("leader"):
        assert Hazard.objects.open().filter(pk=hazard.pk).exists()
        assert moves.confirm(hazard.pk).status == "closed"


def test_the_one_who_rechecked_cannot_be_the_second_person(world):
    hazard = stories.submitted(world, level="major")
    with world.as_("office"):
        moves.accept(hazard.pk, stories.person_id(world, "office2"))
        with pytest.raises(NotAllowed, match="复查人不能审核自己"):
            moves.confirm(hazard.pk)
    with world.as_("office2"):
        assert moves.confirm(hazard.pk).status == "closed"


def test_handing_in_needs_a_signed_notice_a_note_and_a_photo_of_after(world):
    hazard = stories.issued(world, acknowledged=False)
    with world.as_("officer"), pytest.raises(Refused, match="签收"):
        moves.submit(hazard.pk, "已整改")
    with world.as_("officer"):
        notices.acknowledge(hazard.notice_id, "方安")
        with pytest.raises(BadInput, match="整改说明"):
            moves.submit(hazard.pk, "  ")
        with pytest.raises(BadInput, match="整改后的照片"):
            moves.submit(hazard.pk, "已整改")


def test_a_return_opens_a_new_round_that_asks_for_new_proof(world):
    hazard = stories.submitted(world)
    with world.as_("inspector"):
        moves.send_back(hazard.pk, "照片看不清")
    with world.as_("officer"), pytest.raises(BadInput, match="整改后的照片"):
        moves.submit(hazard.pk, "再次提交")
    stories.hand_in(world, hazard)
    hazard = stories.fresh(world, hazard)
    assert (hazard.status, hazard.round) == ("submitted", 2)
    with world.as_("inspector"):
        assert sorted(hazard.evidence.values_list("round", flat=True)) == [1, 2]


def test_a_reason_is_asked_where_one_is_owed(world):
    hazard = stories.submitted(world)
    with world.as_("inspector"), pytest.raises(BadInput, match="理由"):
        moves.send_back(hazard.pk, " ")


def test_handed_in_on_time_is_not_overdue_and_handed_in_late_is(world, on_day):
    with on_day(date(2026, 11, 2)):
        in_time, too_late, silent = (stories.issued(world, days=5) for _ in range(3))
        stories.hand_in(world, in_time)
    with on_day(date(2026, 11, 9)):
        stories.hand_in(world, too_late)
        with world.as_("inspector"):
            overdue = set(Hazard.objects.overdue().values_list("pk", flat=True))
            still_open = set(Hazard.objects.open().values_list("pk", flat=True))
    assert overdue == {too_late.pk, silent.pk}
    assert still_open == {in_time.pk, too_late.pk, silent.pk}


@pytest.mark.parametrize("moment", ["2026-11-08T00:30:00+08:00", "2026-11-08T07:59:00+08:00"])
def test_today_begins_at_midnight_in_shanghai(world, on_day, moment):
    import time_machine

    with on_day(date(2026, 11, 2)):
        hazard = stories.issued(world, days=5)
    with time_machine.travel(moment, tick=False), world.as_("inspector"):
        assert Hazard.objects.overdue().filter(pk=hazard.pk).exists()
    with time_machine.travel("2026-11-07T23:59:00+08:00", tick=False), world.as_("inspector"):
        assert not Hazard.objects.overdue().filter(pk=hazard.pk).exists()


def test_notices_are_numbered_without_gaps_even_when_one_fails(world):
    first = stories.issued(world)
    broken = stories.recorded(world)
    with world.as_("inspector"), pytest.raises(BadInput, match="晚于今天"):
        notices.issue_notice(
            [notices.Order(broken.pk, notices.deadline_for(due=timezone.localdate()), "整改")],
            stories.person_id(world, "inspector2"),
        )
    second = stories.issued(world)
    with world.as_("inspector"):
        numbers = list(Notice.objects.order_by("id").values_list("number", flat=True))
    assert numbers == [f"（江南）应急责改〔{timezone.localdate().year}〕{n}号" for n in (1, 2)]
    assert first.notice_id != second.notice_id


def test_a_notice_needs_two_different_certified_people(world):
    hazard = stories.recorded(world)
    with world.as_("inspector"):
        orders = [notices.Order(hazard.pk, notices.deadline_for(length=10), "整改")]
        for second in (None, stories.person_id(world, "inspector")):
            with pytest.raises(BadInput, match="第二名"):
                notices.issue_notice(orders, second)


def test_one_notice_cannot_mix_two_enterprises(world):
    mixed = [stories.recorded(world, "a"), stories.recorded(world, "b")]
    with world.as_("inspector"), pytest.raises(BadInput, match="一家企业"):
        notices.issue_notice(
            [notices.Order(h.pk, notices.deadline_for(length=10), "整改") for h in mixed],
            stories.person_id(world, "inspector2"),
        )


def test_signing_twice_is_refused_with_the_first_signature(world):
    hazard = stories.issued(world)
    with world.as_("officer"), pytest.raises(Refused, match="方安签收"):
        notices.acknowledge(hazard.notice_id, "别人")


def test_who_looks_at_an_old_page_is_told_what_changed(world):
    hazard = stories.submitted(world)
    with world.as_("inspector2"):
        moves.send_back(hazard.pk, "照片看不清")
    with world.as_("inspector"), pytest.raises(Refused, match="inspector2君已“退回”"):
        moves.accept(hazard.pk, stories.person_id(world, "inspector2"), revision=hazard.revision)


@pytest.mark.parametrize(
    ("login", "address", "told"),
    [
        ("inspector", "recheck/", {"verdict": "return", "note": "照片看不清"}),
        ("leader", "transfer/", {"note": "行业主管"}),
        (
            "inspector",
            "suspend/",
            {"reach": "part", "part": "一车间", "reason": "泄漏", "basis": "第六十五条", "measures": "停车"},
        ),
    ],
)
def test_what_an_old_page_was_refused_may_be_sent_again_once_it_is_seen_how_things_are(world, login, address, told):
    hazard = stories.submitted(world, level="major")
    with world.as_("office"):
        told |= {"second": world.people["inspector2"]}
        told |= {"organisation": Organisation.objects.get(name="江州市应急管理局").pk}
        supervision.supervise(hazard.pk, supervision.leaders(hazard)[0].pk, "每周报告")
    client, path = world.client(login), f"/hazards/{hazard.pk}/{address}"
    refused = client.post(path, told | {"revision": hazard.revision})
    assert refused.status_code == 409
    assert "刚刚被他人办理" in refused.content.decode()
    now = re.search(r'name="revision" value="(\d+)"', refused.content.decode())[1]
    assert client.post(path, told | {"revision": now}).status_code == 302


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_people_deciding_at_once_one_wins_and_the_other_is_told(committed_world, attempt):
    world = committed_world
    hazard = stories.submitted(world)
    second = stories.person_id(world, "leader")
    met = race(
        world,
        ("inspector", lambda: moves.accept(hazard.pk, second, revision=hazard.revision)),
        ("inspector2", lambda: moves.send_back(hazard.pk, "照片看不清", revision=hazard.revision)),
    )
    assert sum(one is None for one in met) == 1
    assert "刚刚被他人办理" in next(one for one in met if one).sentence
    with world.as_("inspector"):
        assert HazardStep.objects.filter(hazard=hazard, verb__in=["accept", "return"]).count() == 1


@pytest.mark.parametrize("locked", [True, False])
def test_of_two_who_have_read_the_same_hazard_it_is_the_lock_that_lets_one_win(committed_world, monkeypatch, locked):
    """The control: both are held where they have read it. With the lock only one gets there; without it nobody is told."""
    world, gate, permitted = committed_world, threading.Barrier(2), moves.allow
    hazard = stories.submitted(world)

    def wait_for_the_other(*told):
        with contextlib.suppress(threading.BrokenBarrierError):
            gate.wait(1)
        return permitted(*told)

    monkeypatch.setattr(moves, "allow", wait_for_the_other)
    if not locked:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **how: rows)
    met = race(
        world,
        ("inspector", lambda: moves.send_back(hazard.pk, "照片看不清", revision=hazard.revision)),
        ("inspector2", lambda: moves.send_back(hazard.pk, "没有拍全", revision=hazard.revision)),
    )
    told = [one.sentence for one in met if one]
    assert [("刚刚被他人办理" in one, "退回" in one) for one in told] == ([(True, True)] if locked else [])
    with world.as_("inspector"):
        assert HazardStep.objects.filter(hazard=hazard, verb="return").count() == (1 if locked else 2)


def test_numbers_stay_gapless_when_many_issue_at_once(committed_world):
    world = committed_world
    hazards = [stories.recorded(world) for _ in range(6)]
    second = stories.person_id(world, "leader")
    with world.as_("inspector"):
        deadline = notices.deadline_for(length=10)
    met = race(
        world,
        *(
            ("inspector", lambda pk=hazard.pk: notices.issue_notice([notices.Order(pk, deadline, "整改")], second))
            for hazard in hazards
        ),
    )
    assert met == [None] * 6
    with world.as_("inspector"):
        numbers = sorted(int(n.number.split("〕")[1].rstrip("号")) for n in Notice.objects.all())
    assert numbers == [1, 2, 3, 4, 5, 6]
