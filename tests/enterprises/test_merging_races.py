"""Mergers at the same instant as other mergers, and as other people's work on the records that move."""

import threading
from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, connections

from enterprises.actions import merging
from enterprises.models import Enterprise, GradeProposal, Merger
from hazards.actions import moves, notices
from hazards.models import Hazard, Notice
from inspections.actions.visits import start_visit
from inspections.models import Visit
from portal.refusals import Refused, said_by_database
from tests import stories
from tests.enterprises.test_merging import WHY, fresh, merge
from tests.inspections import walks
from tests.races import race


def twice(world, *pairs):
    """Two people of the office, each merging a pair (gone, kept)."""
    numbers = [[world.enterprises[key] for key in pair] for pair in pairs]
    logins = ("office", "office2")
    acts = [lambda pair=pair: merging.merge(*pair, officers="end", **WHY) for pair in numbers]
    return race(world, *zip(logins, acts, strict=True))


@pytest.mark.parametrize("pairs", [("ba", "ba"), ("ab", "ba")], ids=["the same way", "each into the other"])
@pytest.mark.parametrize("attempt", range(3))
def test_of_two_who_merge_one_pair_at_once_one_wins_and_the_other_is_told(committed_world, pairs, attempt):
    met = twice(committed_world, *pairs)
    assert sum(one is None for one in met) == 1, met
    assert "刚刚已并入" in next(one for one in met if one).sentence
    with committed_world.as_("office"):
        assert Enterprise.everyone.filter(merged_into__isnull=False).count() == 1
        assert Merger.objects.count() == 1


def test_without_the_lock_the_same_race_merges_twice(committed_world, monkeypatch):
    """The positive control: were the pair read and not locked, both would win."""
    world = committed_world
    together = threading.Barrier(2)

    def unlocked(gone_id, kept_id):
        pair = {one.pk: one for one in Enterprise.objects.filter(pk__in=(gone_id, kept_id))}
        together.wait(10)
        return pair[gone_id], pair[kept_id]

    monkeypatch.setattr(merging, "standing_pair", unlocked)
    assert twice(world, "ba", "ba") == [None, None]
    with world.as_("office"):
        assert Merger.objects.count() == 2


@pytest.mark.parametrize("attempt", range(3))
def test_a_notice_issued_while_its_enterprise_is_merged_is_whole_or_not_there(committed_world, attempt):
    world = committed_world
    hazard = stories.recorded(world, "b")
    with world.as_("inspector"):
        deadline = notices.deadline_for(length=10)
    order = [notices.Order(hazard.pk, deadline, "整改")]
    merged, issued = race(
        world,
        ("office", lambda: merging.merge(world.enterprises["b"], world.enterprises["a"], officers="hand_over", **WHY)),
        ("inspector", lambda: notices.issue_notice(order, world.people["inspector2"])),
    )
    assert all(one is None or isinstance(one, Refused) for one in (merged, issued)), (merged, issued)
    assert merged is None or issued is None
    with world.as_("office"):
        now, notice = fresh(hazard), Notice.objects.filter(hazards=hazard).first()
        assert now.enterprise_id == world.enterprises["b" if merged else "a"]
        assert (now.status == "rectifying") == (issued is None) == (notice is not None)
        assert notice is None or notice.enterprise_id == now.enterprise_id


def hold(world, login, act, until: threading.Event, held: threading.Event):
    """Do `act`, then keep the transaction open until told."""

    def run():
        try:
            with world.as_(login):
                act()
                held.set()
                until.wait(20)
        finally:
            connections["default"].close()

    thread = threading.Thread(target=run)
    thread.start()
    assert held.wait(20)
    return thread


AT_WORK = {
    "a hazard, which moves": (Hazard, "leader"),
    "a proposal, which stays but moves district": (GradeProposal, "office2"),
}


@pytest.mark.parametrize("what", AT_WORK)
def test_whoever_is_at_work_on_a_record_is_not_waited_for(committed_world, what):
    world, (model, login) = committed_world, AT_WORK[what]
    stories.recorded(world, "b")
    with world.as_("office"):
        there = Enterprise.objects.get(pk=world.enterprises["b"])
        GradeProposal(enterprise=there, cause="repeat", key="x", grade="D", state="declined").save()
    until, held = threading.Event(), threading.Event()
    work = hold(world, login, lambda: model.objects.select_for_update().get(), until, held)
    try:
        with pytest.raises(Refused, match="有人正在办理"):
            merge(world)
    finally:
        until.set()
        work.join()
    assert merge(world).pk


LATE = {
    "a hazard": lambda there: moves.record_hazard(
        there, description="晚到", level="general", found_on=date(2026, 11, 1)
    ),
    "a visit": lambda there: start_visit(there, None, "routine", [walks.BASICS], uuid4()),
}


@pytest.mark.parametrize("what", LATE)
@pytest.mark.parametrize("gone", ["b", "c"])
def test_what_arrives_while_its_enterprise_is_being_merged_is_refused_with_a_sentence(committed_world, what, gone):
    world = committed_world
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(sector="hazchem")
    until, held = threading.Event(), threading.Event()
    act = lambda: merging.merge(world.enterprises[gone], world.enterprises["a"], officers="end", **WHY)  # noqa: E731
    work = hold(world, "office", act, until, held)
    threading.Timer(0.5, until.set).start()
    with pytest.raises(DatabaseError) as met, world.as_(stories.INSPECTORS[gone][0]):
        LATE[what](Enterprise.objects.get(pk=world.enterprises[gone]))
    work.join()
    # In another district by now, its own key refuses it before the trigger can.
    assert said_by_database(met.value).sentence.startswith(
        "所涉及的企业" if gone == "c" else "这家企业刚刚并入了另一家"
    )
    with world.as_("office"):
        assert not Hazard.objects.filter(enterprise=world.enterprises[gone]).exists()
        assert not Visit.objects.filter(enterprise=world.enterprises[gone]).exists()
