"""The pool of experts, and what stands in the way of assessing a plant."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enterprises.models import Enterprise
from inspections.actions import experts
from inspections.models_assessments import Expert, ExpertTie
from inspections.queries.experts import candidates
from inspections.rules_experts import Plant, Tie, concerns, conflict, in_the_way, missed_until, team_by_lot, years_on
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from tests.inspections.teams import pooled, registered, tied

PLANT = Plant(("江州甲化工有限公司",), ("91350100MA0000A00Q",), ("江州化工集团",))
START = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("ends", "blocks"),
    [
        (None, True),
        (date(2026, 11, 25), True),
        (date(2023, 11, 27), True),
        (date(2023, 11, 26), True),  # the last day of the three years is still within them
        (date(2023, 11, 25), False),
        (date(2020, 1, 1), False),
    ],
)
def test_a_tie_stands_in_the_way_until_three_full_years_after_its_end(ends, blocks):
    assert in_the_way(Tie("任职", "江州甲化工有限公司", ends=ends), START) is blocks
    assert bool(conflict([Tie("任职", "江州甲化工有限公司", ends=ends)], PLANT, START)) is blocks


def test_three_years_from_a_leap_day_end_on_the_last_of_february():
    assert years_on(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert in_the_way(Tie("任职", "x", ends=date(2024, 2, 29)), date(2027, 2, 28))
    assert not in_the_way(Tie("任职", "x", ends=date(2024, 2, 29)), date(2027, 3, 1))


@pytest.mark.parametrize(
    ("tie", "told"),
    [
        (Tie("任职", "江州甲化工有限公司"), True),
        (Tie("任职", " 江州甲化工 有限公司（）"), True),
        (Tie("任职", "江州甲化工（旧名）", code="91350100ma0000a00q"), True),
        (Tie("任职", "江州化工集团"), True),
        (Tie("任职", "江州化工集团储运分公司"), True),
        (Tie("任职", "别的公司", group="江州化工集团"), True),
        (Tie("任职", "别的公司", group="江州甲化工"), True),
        (Tie("任职", "江州乙医药有限公司"), False),
        (Tie("任职", "别的公司", group="江州"), False),
        (Tie("任职", "别的公司", code=""), False),
    ],
)
def test_a_tie_is_to_the_plant_its_group_or_a_company_of_its_group(tie, told):
    assert concerns(tie, PLANT) is told


def test_without_a_code_on_either_side_nothing_is_equal():
    assert not concerns(Tie("任职", "乙", code=""), Plant(("甲",), ("",), ("",)))


def test_the_sentence_names_the_tie():
    tie = Tie("提供技术服务", "江州甲化工有限公司", starts=date(2022, 1, 1), ends=date(2024, 6, 30))
    assert conflict([tie], PLANT, START) == (
        "曾在“江州甲化工有限公司”提供技术服务（2022-01-01—2024-06-30），距评估开始不满3年，应当回避。"
    )


def test_a_team_drawn_by_lot_can_be_drawn_again_and_has_nobody_twice():
    pools = {"process": range(1, 9), "fire": [2, 3], "electrical": [3]}
    wanted = {"process": 2, "fire": 1, "electrical": 1}
    team = team_by_lot("2026年第138期", pools, wanted)
    assert team == team_by_lot("2026年第138期", {k: list(v)[::-1] for k, v in pools.items()}, wanted)
    assert sorted(team.values()) == ["electrical", "fire", "process", "process"]
    assert team[3] == "electrical"  # who alone can serve there is not spent elsewhere
    assert len(team) == 4
    assert any(team != team_by_lot(f"种子{n}", pools, wanted) for n in range(20))
    with pytest.raises(ValueError, match="electrical"):
        team_by_lot("2026年第138期", pools, wanted | {"electrical": 2})


def test_a_year_after_the_report_nothing_is_missed_any_more():
    assert missed_until(date(2026, 2, 28)) == date(2027, 2, 28)
    assert missed_until(date(2028, 2, 29)) == date(2029, 2, 28)


# --- the pool ------------------------------------------------------------------------------------------------------


def plant(world, key="a") -> Enterprise:
    return Enterprise.objects.get(pk=world.enterprises[key])


def test_the_office_puts_a_registered_person_into_the_pool_once(world):
    expert = pooled(world)
    with world.as_("office"):
        with pytest.raises(Refused, match="已经在专家库里"):
            experts.declare_expert(expert.person_id, {"skills": ["fire"], "employer": "x", "since": START})
        with pytest.raises(BadInput, match="专业"):
            experts.declare_expert(registered_elsewhere := expert.person_id, {"skills": [], "employer": "x"})
        with pytest.raises(Http404):
            experts.declare_expert(registered_elsewhere + 987654, {"skills": ["fire"], "employer": "x"})


@pytest.mark.parametrize("login", ["inspector", "department", "expert", "officer", "auditor", "sysadmin"])
def test_nobody_but_the_office_changes_the_pool(world, login):
    expert = pooled(world)
    with world.as_(login), pytest.raises(NotAllowed):
        experts.change_expert(expert.pk, {"employer": "别处"})


def test_an_expert_reads_and_adds_to_their_own_record_alone(world):
    mine, other = pooled(world, login="expert"), pooled(world, name="别人")
    tied(world, other, name="秘密客户")
    with world.as_("expert"):
        assert list(Expert.objects.values_list("pk", flat=True)) == [mine.pk]
        assert not ExpertTie.objects.exists()
        told = {"kind": "paid", "name": "某股份公司", "source": "本人申报"}
        assert experts.declare_tie(mine.pk, told).by_name == "expert君"
        with pytest.raises(Http404):
            experts.declare_tie(other.pk, told)
        with pytest.raises(NotAllowed):
            experts.set_tie_aside(ExpertTie.objects.get().pk, "想参加评估")


def test_the_auditor_reads_the_whole_pool_and_changes_nothing(world):
    expert = pooled(world)
    tied(world, expert, name="某客户")
    auditor = world.client("auditor")
    assert "严谨" in auditor.get("/experts/").content.decode()
    page = auditor.get(f"/experts/{expert.pk}/").content.decode()
    assert "某客户" in page
    assert "申报经历或关联</a>" not in page
    assert auditor.get(f"/experts/{expert.pk}/edit/").status_code == 403
    assert auditor.get("/experts/own/").status_code == 403
    with world.as_("auditor"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Expert.objects.update(employer="别处")


@pytest.mark.parametrize("login", ["inspector", "department", "officer"])
def test_the_database_lets_nobody_else_read_what_ties_an_expert_has(world, login):
    tied(world, pooled(world))
    with world.as_(login), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ExpertTie.objects.first()


def test_another_citys_office_sees_no_expert_of_this_one(world):
    tied(world, pooled(world))
    with world.as_("office_x"):
        assert not ExpertTie.objects.exists()
        assert not Expert.objects.exists()


def test_an_end_is_entered_once_and_a_wrong_entry_is_set_aside_with_its_reason(world):
    expert = pooled(world)
    tie = tied(world, expert, name="江州甲化工有限公司", starts=date(2020, 1, 1))
    today = timezone.localdate()
    with world.as_("office"):
        assert candidates(plant(world), "", today)[0].conflict
        with pytest.raises(BadInput, match="不能晚于今天"):
            experts.end_tie(tie.pk, today + timedelta(days=1))
        experts.end_tie(tie.pk, date(2020, 6, 1))
        assert not candidates(plant(world), "", today)[0].conflict
        with pytest.raises(IllegalMove, match="已有结束日期"):
            experts.end_tie(tie.pk, date(2019, 6, 1))
        again = experts.declare_tie(expert.pk, {"kind": "paid", "name": "江州甲化工有限公司", "source": "误传"})
        assert candidates(plant(world), "", today)[0].conflict
        with pytest.raises(BadInput, match="理由"):
            experts.set_tie_aside(again.pk, " ")
        experts.set_tie_aside(again.pk, "重名")
        assert not candidates(plant(world), "", today)[0].conflict
        assert ExpertTie.objects.count() == 2


def test_the_present_employer_is_a_tie_and_stays_one_for_three_years_after_it_is_left(world):
    expert = pooled(world, employer="江州甲化工有限公司")
    today = timezone.localdate()
    with world.as_("office"):
        assert "现工作单位" in candidates(plant(world), "", today)[0].conflict
        experts.change_expert(expert.pk, {"employer": "退休"}, revision=1)
        assert candidates(plant(world), "", today)[0].conflict
        assert candidates(plant(world), "", years_on(today, 3))[0].conflict
        assert not candidates(plant(world), "", years_on(today, 3) + timedelta(days=1))[0].conflict
        with pytest.raises(Refused, match="刚刚被他人修改"):
            experts.change_expert(expert.pk, {"employer": "x"}, revision=1)


# --- pages ---------------------------------------------------------------------------------------------------------


def test_the_office_enters_an_expert_on_the_pages_and_nothing_typed_is_lost(world):
    client = world.client("office")
    person = registered(world, name="周到")
    assert "周到" in client.get("/experts/new/?q=周到").content.decode()
    address = f"/experts/new/?person={person}"
    bad = client.post(address, {"employer": "江州化工学会", "since": "2026-01-05"})
    assert bad.status_code == 400
    assert "请至少选择一个专业" in bad.content.decode()
    assert "江州化工学会" in bad.content.decode()
    good = {"skills": ["fire"], "employer": "江州化工学会", "since": "2026-01-05", "active": "on"}
    made = client.post(address, good, follow=True)
    assert "请接着登记从业经历" in made.content.decode()
    with world.as_("office"):
        pk = Expert.objects.get(person_id=person).pk
    page = client.post(
        f"/experts/{pk}/ties/new/", {"kind": "served", "name": "甲" * 120, "source": "合同"}, follow=True
    )
    assert "甲" * 120 in page.content.decode()
    assert client.post(f"/experts/{pk}/edit/", good | {"revision": "1", "employer": "退休"}).status_code == 302
    stale = client.post(f"/experts/{pk}/edit/", good | {"revision": "1"})
    assert stale.status_code == 409


def test_an_expert_finds_their_own_record_and_no_other(world):
    mine, other = pooled(world, login="expert"), pooled(world, name="别人")
    client = world.client("expert")
    assert client.get("/experts/own/", follow=True).redirect_chain == [(f"/experts/{mine.pk}/", 302)]
    assert client.get(f"/experts/{other.pk}/").status_code == 404
    assert client.get("/experts/").status_code == 403


def test_an_expert_who_is_not_in_the_pool_is_told_so(world):
    page = world.client("expert").get("/experts/own/")
    assert page.status_code == 409
    assert "还没有登记在专家库里" in page.content.decode()


def test_the_list_of_experts_costs_the_same_for_many(world):
    for n in range(6):
        tied(world, pooled(world, name=f"专家{n}"))
    client = world.client("office")
    with CaptureQueriesContext(
        connection,
    ) as used:
        assert "专家5" in client.get("/experts/?skill=process&q=专家").content.decode()
    assert len(used) <= 12
