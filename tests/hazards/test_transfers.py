"""移交: who takes a hazard over is told, and rechecks it from then on."""

from datetime import date

import pytest

from enterprises.models import Enterprise
from hazards.actions import moves, transfers
from hazards.actions.reminders import remind
from hazards.models import Hazard, HazardStep
from portal.messages.models import Message
from portal.refusals import BadInput, NotAllowed
from portal.tenancy.actions import end_posting
from portal.tenancy.models import Organisation, Posting
from portal.tenancy.scope import tenant_scope
from tests import stories
from tests.races import race


def unit(world, name: str) -> int:
    with world.as_("office"):
        return Organisation.objects.get(name=name).pk


def test_the_department_that_takes_over_is_told_and_rechecks_from_then_on(world):
    hazard = stories.issued(world)
    department, home = unit(world, "江州市应急管理局"), unit(world, "江南区应急管理局")
    with world.as_("leader"):
        transfers.transfer(hazard.pk, department, "涉及危化品专业判断")
    with world.as_("office"):
        assert Message.objects.filter(person_id=world.people["department"], key__contains=":transfer:").exists()
    stories.hand_in(world, hazard)
    with world.as_("office"):
        heard = set(Message.objects.filter(key__contains=":submitted:").values_list("person_id", flat=True))
    assert heard == {world.people["department"]}
    with world.as_("inspector"), pytest.raises(NotAllowed, match="已移交其他单位"):
        moves.accept(hazard.pk, stories.person_id(world, "inspector2"))
    with world.as_("department"):
        assert moves.send_back(hazard.pk, "照片不清").status == "rectifying"
    with world.as_("leader"):
        assert transfers.transfer(hazard.pk, home, "改由属地办理").handler_id is None


@pytest.mark.parametrize("name", ["江州市应急管理局", None])
def test_a_transfer_needs_a_receiver_and_a_reason(world, name):
    hazard, receiver = stories.issued(world), unit(world, name) if name else None
    with world.as_("office"), pytest.raises(BadInput):
        transfers.transfer(hazard.pk, receiver, " " if name else "见说明")


def test_to_its_own_district_there_is_nothing_to_hand_over(world):
    hazard, home = stories.issued(world), unit(world, "江南区应急管理局")
    with world.as_("office"), pytest.raises(BadInput, match="现在就由本区县承办"):
        transfers.transfer(hazard.pk, home, "属地")


def test_a_department_of_another_sector_is_no_receiver(world):
    hazard, department = stories.issued(world, "b"), unit(world, "江州市应急管理局")
    with world.as_("office"), pytest.raises(BadInput, match="接收单位"):
        transfers.transfer(hazard.pk, department, "请主管部门办理")


def test_to_another_district_the_plant_goes_along_with_all_its_open_hazards(world):
    hazard, other, closed = stories.issued(world), stories.recorded(world), stories.closed(world)
    north = unit(world, "江北区应急管理局")
    with world.as_("leader"), pytest.raises(NotAllowed):
        transfers.transfer(hazard.pk, north, "厂址在江北区")
    with world.as_("office"):
        transfers.transfer(hazard.pk, north, "厂址在江北区")
        assert Enterprise.objects.get(pk=hazard.enterprise_id).district.name == "江北区"
        for one, steps in ((hazard, 1), (other, 1), (closed, 0)):
            assert HazardStep.objects.filter(hazard=one.pk, verb="transfer").count() == steps
    with world.as_("north"):
        assert Hazard.objects.filter(pk__in=[hazard.pk, other.pk, closed.pk]).count() == 3
    with world.as_("inspector"):
        assert not Hazard.objects.filter(pk=hazard.pk).exists()
    with world.as_("office"):
        assert Message.objects.filter(person_id=world.people["north"], key__contains=":transfer:").exists()


def test_two_transfers_of_one_plants_hazards_wait_for_each_other_and_do_not_die(committed_world):
    world = committed_world
    hazards = [stories.recorded(world) for _ in range(4)]
    north, department = unit(world, "江北区应急管理局"), unit(world, "江州市应急管理局")
    met = race(
        world,
        ("office", lambda: transfers.transfer(hazards[3].pk, north, "厂址在江北区")),
        ("office2", lambda: transfers.transfer(hazards[0].pk, department, "行业主管")),
    )
    assert met == [None, None]


def test_the_list_shows_what_was_handed_to_whom(world):
    hazard, mine = stories.issued(world), stories.issued(world)
    department = unit(world, "江州市应急管理局")
    with world.as_("office"):
        transfers.transfer(hazard.pk, department, "行业主管")
    page = world.client("department").get(f"/hazards/?handler={department}").content.decode()
    assert f"/hazards/{hazard.pk}/" in page
    assert f"/hazards/{mine.pk}/" not in page


def test_who_took_a_hazard_over_is_reminded_wherever_the_district_is(world, on_day):
    with on_day(date(2026, 11, 2)):
        hazard = stories.issued(world, "a", days=5)
        department = unit(world, "江州市应急管理局")
        with world.as_("office"):
            transfers.transfer(hazard.pk, department, "行业主管")
        page = world.client("department").get(f"/hazards/{hazard.pk}/").content.decode()
    with on_day(date(2026, 11, 8)), tenant_scope(world.tenants["江州市"], "江州市"):
        remind()
        heard = set(Message.objects.filter(key="reminders:2026-11-08").values_list("person_id", flat=True))
    assert {world.people["department"], world.people["inspector"], world.people["officer"]} <= heard
    assert "下一次提醒" in page


def test_whoever_has_left_the_unit_that_took_it_over_is_not_reminded(world, on_day):
    with on_day(date(2026, 11, 2)):
        hazard = stories.issued(world, "a", days=5)
        department = unit(world, "江州市应急管理局")
        with world.as_("office"):
            transfers.transfer(hazard.pk, department, "行业主管")
        with tenant_scope(world.tenants["江州市"], "江州市", scope="sysadmin"):
            end_posting(Posting.objects.get(person__name="department君"), date(2026, 11, 3))
    with on_day(date(2026, 11, 8)), tenant_scope(world.tenants["江州市"], "江州市"):
        remind()
        heard = set(Message.objects.filter(key__startswith="reminders:").values_list("person__name", flat=True))
    assert "inspector君" in heard
    assert "department君" not in heard
