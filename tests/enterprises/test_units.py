"""Units and holdings: judged with every change, in the same transaction, with everything kept."""

import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.http import Http404

from enterprises.actions import units
from enterprises.actions.ledger import compared, write_ledger
from enterprises.ledger import Chemical, LedgerRow, Process
from enterprises.models import Enterprise, Holding, Judgement, ProcessInUse, Unit
from portal.audit.models import AuditRecord
from portal.refusals import BadInput, NotAllowed, Refused

AMMONIA = {"substance": "液氨", "quantity_t": Decimal(50), "table1_seq": 1}


def plant(world, key="a") -> Enterprise:
    return Enterprise.objects.get(pk=world.enterprises[key])


def tank_farm(world, key="a", name="液氨罐区", persons=120) -> Unit:
    units.set_population(world.enterprises[key], persons)
    return units.add_unit(world.enterprises[key], name=name, kind="tanks")


def test_a_unit_of_which_nothing_is_entered_is_not_judged(world):
    with world.as_("office"):
        unit = tank_farm(world)
        assert unit.judged == "missing"
        assert "还没有填写" in Judgement.objects.get(unit=unit, outcome="missing").missing


def test_every_change_of_a_holding_is_judged_and_kept_with_its_inputs(world):
    with world.as_("office"):
        unit = tank_farm(world)
        holding = units.put_holding(unit.pk, AMMONIA)
        unit.refresh_from_db()
        assert (unit.judged, unit.level, unit.s, unit.r) == ("major", 3, 5, 20)
        units.put_holding(unit.pk, {"quantity_t": Decimal("5")}, holding.pk)
        unit.refresh_from_db()
        assert (unit.judged, unit.level, unit.s, unit.r) == ("not_major", None, Decimal("0.5"), None)
        units.remove_holding(holding.pk)
        unit.refresh_from_db()
        assert unit.judged == "missing"
        kept = list(Judgement.objects.filter(unit=unit).order_by("id"))
        assert [(one.outcome, one.s, one.r) for one in kept] == [
            ("missing", "", ""),
            ("major", "5", "20"),
            ("not_major", "0.5", ""),
            ("missing", "", ""),
        ]
        assert kept[1].inputs["holdings"][0]["quantity_t"] == "50"
        assert kept[1].inputs["population_500m"] == 120
        assert kept[1].result["lines"][0]["Q_from"] == "表1序号1 氨"
        assert kept[1].by_name == "office君"


def test_the_enterprise_takes_the_worst_of_its_units_in_use(world):
    with world.as_("office"):
        small = tank_farm(world, name="甲罐区")
        units.put_holding(small.pk, AMMONIA)
        large = tank_farm(world, name="乙罐区")
        units.put_holding(large.pk, AMMONIA | {"quantity_t": Decimal(500)})
        assert (plant(world).judged, plant(world).judged_level) == ("major", 1)
        units.close_unit(large.pk)
        assert (plant(world).judged, plant(world).judged_level) == ("major", 3)


def test_nothing_is_summed_across_units(world):
    with world.as_("office"):
        for name in ("甲罐区", "乙罐区"):
            units.put_holding(tank_farm(world, name=name).pk, AMMONIA | {"quantity_t": Decimal(6)})
        assert plant(world).judged == "not_major"


def test_what_is_missing_is_said_and_the_unit_is_not_called_harmless(world):
    with world.as_("office"):
        unit = tank_farm(world)
        units.put_holding(unit.pk, {"substance": "某中间体", "quantity_t": Decimal(3)})
        unit.refresh_from_db()
        assert unit.judged == "missing"
        assert "某中间体" in unit.judgements.first().missing
        assert plant(world).judged == "missing"


def test_a_level_that_lacks_the_population_is_major_all_the_same(world):
    with world.as_("office"):
        unit = tank_farm(world, persons=None)
        units.put_holding(unit.pk, AMMONIA)
        unit.refresh_from_db()
        assert (unit.judged, unit.level) == ("major", None)
        assert "常住人口" in unit.judgements.first().missing
        units.set_population(world.enterprises["a"], 0)
        unit.refresh_from_db()
        assert unit.level == 4


def test_a_mixture_of_its_own_class_is_judged_by_the_class_and_not_by_its_name(world):
    with world.as_("office"):
        unit = tank_farm(world)
        told = AMMONIA | {"substance": "氨", "mixture": "own", "symbols": ["J5"], "table1_seq": None}
        units.put_holding(unit.pk, told)
        unit.refresh_from_db()
        assert unit.s == Decimal("0.1")
        with pytest.raises(BadInput, match="类别符号"):
            units.put_holding(unit.pk, told | {"state": "乙", "symbols": []})


def test_the_largest_quantity_that_is_believed_can_be_judged_and_kept(world):
    with world.as_("office"):
        unit = tank_farm(world)
        for seq in (1, 12, 39):
            units.put_holding(unit.pk, {"substance": f"物质{seq}", "quantity_t": Decimal(10**8), "table1_seq": seq})
        unit.refresh_from_db()
        assert (unit.judged, unit.level) == ("major", 1)


def test_a_key_chemical_entered_in_a_unit_makes_the_enterprise_key(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(sector="hazchem", kind="production", grade="A")
        unit = tank_farm(world)
        units.put_holding(unit.pk, {"substance": "液氯", "quantity_t": Decimal(1), "table1_seq": 12})
        assert plant(world).has_key_chemical
        assert plant(world).key_clause == "1"


@pytest.mark.parametrize(
    "told",
    [
        {"substance": " ", "quantity_t": Decimal(1)},
        {"substance": "液氨", "quantity_t": Decimal(-1)},
        {"substance": "液氨", "quantity_t": Decimal(10**8 + 1), "table1_seq": 1},
        {"substance": "液氨", "quantity_t": Decimal(1), "table1_seq": 999},
        {"substance": "液氨", "quantity_t": Decimal(1), "symbols": ["W77"]},
    ],
)
def test_what_the_tables_do_not_know_is_refused_and_nothing_changes(world, told):
    with world.as_("office"):
        unit = tank_farm(world)
        judged = Judgement.objects.count()
        with pytest.raises(BadInput):
            units.put_holding(unit.pk, told)
        assert (Holding.objects.filter(unit=unit).count(), Judgement.objects.count()) == (0, judged)


def test_one_substance_in_one_state_stands_once_in_a_unit(world):
    with world.as_("office"):
        unit = tank_farm(world)
        units.put_holding(unit.pk, AMMONIA)
        with pytest.raises(BadInput, match="同名"):
            units.put_holding(unit.pk, AMMONIA)
        units.put_holding(unit.pk, AMMONIA | {"state": "气态"})
        unit.refresh_from_db()
        assert unit.s == 10


def test_trying_a_quantity_writes_nothing(world):
    with world.as_("office"):
        unit = tank_farm(world)
        holding = units.put_holding(unit.pk, AMMONIA)
        before = Judgement.objects.count()
        assert units.what_if(unit, {holding.pk: Decimal(5)}).level is None
        assert units.what_if(unit, {}).level.name == "三级"
        unit.refresh_from_db()
        assert (Judgement.objects.count(), unit.level) == (before, 3)


def test_the_sheets_of_the_site_leave_alone_what_is_entered_by_unit(world):
    with world.as_("office"):
        enterprise = plant(world)
        row = LedgerRow(
            excel_row=5,
            name=enterprise.name,
            code=enterprise.code,
            district=enterprise.district.name,
            chemicals=(Chemical("液氨", Decimal(48), 2), Chemical("甲醇", Decimal(9), 41)),
            processes=(Process("合成氨工艺", 3),),
        )
        write_ledger([row], "甲.xlsx")
        unit = tank_farm(world)
        units.assign_holding(Holding.objects.get(substance="液氨").pk, unit.pk)
        units.put_holding(unit.pk, {"quantity_t": Decimal(50)}, Holding.objects.get(substance="液氨").pk)
        units.put_process(unit.pk, "合成氨工艺")
        assert [one.verdict for one in compared([row])] == ["same"]
        assert write_ledger([row], "甲.xlsx") == {"create": 0, "update": 0, "same": 1}
        emptier = LedgerRow(
            **{**row.__dict__, "chemicals": (Chemical("甲醇", Decimal(8), 41),), "processes": (Process("硝化工艺", 4),)}
        )
        write_ledger([emptier], "乙.xlsx")
        assert set(Holding.objects.filter(enterprise=enterprise).values_list("substance", "quantity_t")) == {
            ("液氨", Decimal(50)),
            ("甲醇", Decimal(8)),
        }
        assert set(ProcessInUse.objects.filter(enterprise=enterprise).values_list("name", flat=True)) == {
            "合成氨工艺",
            "硝化工艺",
        }
        assert "液氨" in plant(world).key_reason or not plant(world).key_clause


def test_who_may_not_is_refused_and_what_is_elsewhere_is_not_there(world):
    with world.as_("office"):
        unit = tank_farm(world)
        other = tank_farm(world, "c")
    for login in ("officer", "expert", "auditor", "department"):
        with world.as_(login), pytest.raises((NotAllowed, Http404)):
            units.put_holding(unit.pk, AMMONIA)
    with world.as_("inspector"):
        units.put_holding(unit.pk, AMMONIA)
        with pytest.raises(Http404):
            units.put_holding(other.pk, AMMONIA)
        holding = Holding.objects.get(unit=unit)
    with world.as_("office"), pytest.raises(Http404):
        units.assign_holding(holding.pk, other.pk)


def test_two_who_change_the_same_unit_do_not_overwrite_each_other(world):
    with world.as_("office"):
        unit = tank_farm(world)
        read = Unit.objects.get(pk=unit.pk).revision
        units.change_unit(unit.pk, {"boundary": "南侧防火堤"}, revision=read)
        with pytest.raises(Refused, match="他人"):
            units.change_unit(unit.pk, {"boundary": "北侧防火堤"}, revision=read)
        holding = units.put_holding(unit.pk, AMMONIA)
        read = Unit.objects.get(pk=unit.pk).revision
        units.put_holding(unit.pk, {"quantity_t": Decimal(60)}, holding.pk, revision=read)
        with pytest.raises(Refused, match="他人"):
            units.put_holding(unit.pk, {"quantity_t": Decimal(40)}, holding.pk, revision=read)
        holding.refresh_from_db()
        assert holding.quantity_t == 60


def test_every_change_leaves_its_record(world):
    with world.as_("office"):
        unit = tank_farm(world)
        holding = units.put_holding(unit.pk, AMMONIA)
        units.remove_holding(holding.pk)
    with world.as_("auditor"):
        acts = list(
            AuditRecord.objects.filter(action__startswith="units.").order_by("seq").values_list("action", flat=True)
        )
    assert acts == ["units.set_population", "units.add", "units.put_holding", "units.remove_holding"]


def test_two_holdings_entered_at_once_are_both_in_the_last_judgement(committed_world):
    world = committed_world
    with world.as_("office"):
        unit = tank_farm(world)
    faults = []

    def enter(substance, seq):
        try:
            with world.as_("office"):
                units.put_holding(unit.pk, {"substance": substance, "quantity_t": Decimal(5), "table1_seq": seq})
        except Exception as fault:  # noqa: BLE001 - reported below
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=enter, args=one) for one in (("液氨", 1), ("氢", 51), ("液氯", 12))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with world.as_("office"):
        last = Judgement.objects.filter(unit=unit).order_by("-id").first()
        assert len(last.inputs["holdings"]) == 3
        assert last.s == "2.5"
