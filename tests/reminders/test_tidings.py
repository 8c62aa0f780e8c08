"""What people are told at once: the right people, once, with a link that lands."""

import pytest

from hazards.actions import moves, notices
from portal.messages.models import Message
from portal.tenancy.actions import cut_short
from portal.tenancy.models import Posting
from portal.tenancy.scope import tenant_scope
from tests import stories

CITY = "江州市"


def heard(world, start: str) -> set[str]:
    """Who has a message whose title begins so; everybody has it once a channel."""
    with tenant_scope(world.tenants[CITY], CITY):
        rows = list(Message.objects.filter(title__startswith=start).values_list("person__name", "channel"))
    assert len(rows) == len(set(rows))
    return {name.removesuffix("君") for name, _ in rows}


def links(world) -> set[str]:
    with tenant_scope(world.tenants[CITY], CITY):
        return set(Message.objects.values_list("link", flat=True))


def test_a_notice_tells_the_officers_of_its_enterprise_alone(world):
    hazard = stories.issued(world)
    assert heard(world, "收到责令限期整改指令书") == {"officer"}
    assert links(world) == {f"/notices/{hazard.notice_id}/"}
    assert world.client("officer").get(f"/notices/{hazard.notice_id}/").status_code == 200


def test_handing_in_tells_the_two_inspectors_who_signed(world):
    hazard = stories.submitted(world)
    assert heard(world, "待复查") == {"inspector", "inspector2"}
    assert f"/hazards/{hazard.pk}/" in links(world)


def test_when_both_signers_have_left_the_whole_district_is_told(world):
    hazard = stories.issued(world)
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        for login in ("inspector", "inspector2"):
            posting = Posting.objects.get(person__name=f"{login}君")
            cut_short(posting, posting.starts)
    stories.hand_in(world, hazard)
    assert heard(world, "待复查") == {"leader"}


def test_sending_back_tells_the_officer_why(world):
    hazard = stories.submitted(world)
    with world.as_("inspector"):
        moves.send_back(hazard.pk, "垫片型号不符")
    assert heard(world, "隐患须继续整改") == {"officer"}
    with world.as_("officer"):
        assert "垫片型号不符" in Message.objects.get(title__startswith="隐患须继续整改", channel="in_app").body


def test_closing_tells_the_officer_and_closing_again_after_reopening_tells_again(world):
    hazard = stories.closed(world)
    assert heard(world, "隐患已销号") == {"officer"}
    with world.as_("office"):
        moves.reopen(hazard.pk, "复查后又渗漏", notices.deadline_for(length=20))
    stories.hand_in(world, hazard)
    stories.accept(world, hazard)
    with tenant_scope(world.tenants[CITY], CITY):
        assert Message.objects.filter(title="隐患已销号", channel="in_app").count() == 2


def test_a_major_hazard_asks_for_a_second_person_and_not_the_one_who_rechecked(world):
    stories.confirming(world)
    assert heard(world, "待审核销号") == {"office", "office2", "leader"}


def test_a_leader_who_rechecked_is_not_asked_for_the_second_word(world):
    hazard = stories.submitted(world, level="major")
    second = world.who("inspector").person_id
    with world.as_("leader"):
        moves.accept(hazard.pk, second)
    assert heard(world, "待审核销号") == {"office", "office2"}


@pytest.mark.parametrize("login", ["officer_b", "officer_c", "north", "office_x"])
def test_nobody_else_hears_of_it(world, login):
    stories.confirming(world)
    with world.as_(login) as me:
        assert not Message.objects.filter(person_id=me.person_id).exists()
