"""Every fact as of any past day; when an enterprise became key and ceased to be; one fact away from it."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from enterprises.actions import unit_sheets, units
from enterprises.actions.facts import edit_facts
from enterprises.actions.grades import decide_grade
from enterprises.actions.ledger import write_ledger
from enterprises.ledger import Chemical, LedgerRow
from enterprises.models import Enterprise, EnterpriseVersion, KeyChange
from enterprises.queries import history
from enterprises.rules import Facts, key_clause, near_key
from enterprises.rules.key import NO_GRADE, NO_JUDGEMENT, NO_KIND, NO_SECTOR, NO_SUBSTANCE
from enterprises.unit_sheet import UnitRow
from tests.enterprises.test_units import AMMONIA, plant, tank_farm
from tests.world import checked_code

CODE = checked_code("9135010AMA0000H01"[:17])
ROW = LedgerRow(
    excel_row=5, name="江州史记化工有限公司", code=CODE, district="江南区", sector="危险化学品", kind="生产",
    chemicals=(Chemical("液氯", Decimal("12.5"), 41),), grade="B",
)  # fmt: skip


def versions(enterprise: Enterprise) -> list[EnterpriseVersion]:
    return list(EnterpriseVersion.objects.filter(enterprise=enterprise).order_by("id"))


def at(moment: str):
    return time_machine.travel(f"{moment}+08:00", tick=True)


def test_a_fact_is_read_as_it_stood_at_the_end_of_any_past_day(world):
    with world.as_("office"):
        with at("2026-03-01T10:00:00"):
            write_ledger([ROW], "台账.xlsx")
            one = Enterprise.objects.get(code=CODE)
        with at("2026-04-10T23:30:00"):
            edit_facts(one.pk, {"address": "化工路1号", "employees": 20})
        with at("2026-04-11T00:30:00"):
            edit_facts(one.pk, {"address": "化工路2号"})
        told = {
            day: (found.facts["address"], found.facts["employees"]) if found else None
            for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 9), date(2026, 4, 10), date(2026, 4, 11))
            for found in [history.version_on(one, day)]
        }
    assert list(told.values()) == [None, ("", None), ("", None), ("化工路1号", 20), ("化工路2号", 20)]


def kept_equals_the_ledger(enterprise_id: int) -> None:
    """What was kept last is what the tables say now; asked of the tables by other means."""
    one = Enterprise.objects.get(pk=enterprise_id)
    facts = EnterpriseVersion.objects.filter(enterprise=one).latest("id").facts
    for name in ("name", "address", "grade", "key_clause", "key_reason", "population_500m", "judged", "judged_level"):
        assert facts[name] == getattr(one, name), name
    loose = one.holdings.filter(unit=None).order_by("id").values_list("substance", flat=True)
    assert [h["name"] for h in facts["chemicals"]] == list(loose)
    assert {unit["name"] for unit in facts["units"]} == {unit.name for unit in one.units.all()}
    for unit in facts["units"]:
        record = one.units.get(name=unit["name"])
        assert (unit["judged"], unit["level"], unit["closed_on"]) == (
            record.judged,
            record.level,
            record.closed_on and record.closed_on.isoformat(),
        )
        held = {(h["name"], h["quantity_t"]) for h in unit["holdings"]}
        assert held == {(h.substance, units.plain(h.quantity_t)) for h in record.holdings.all()}
        assert {p["name"] for p in unit["processes"]} == {p.name for p in record.processes.all()}


def test_every_verb_that_changes_a_fact_keeps_the_facts_as_they_then_stand(world):
    pk = world.enterprises["a"]
    code = None
    with world.as_("office"):
        code = plant(world).code
        unit = tank_farm(world)

    def loosely_held():
        one = plant(world)
        edit_facts(pk, {"chemicals": (Chemical("甲苯", Decimal(3)),)})
        return units.assign_holding(one.holdings.get(unit=None).pk, unit.pk)

    verbs = [
        lambda: edit_facts(pk, {"address": "改址", "population_500m": 60}),
        lambda: decide_grade(pk, "D", source="评估", reason="隐患多"),
        lambda: units.put_holding(unit.pk, AMMONIA),
        lambda: units.put_process(unit.pk, "硝化工艺"),
        loosely_held,
        lambda: units.change_unit(unit.pk, {"boundary": "防火堤"}),
        lambda: units.remove_holding(unit.holdings.get(substance="甲苯").pk),
        lambda: units.remove_process(unit.processes.get().pk),
        lambda: units.set_population(pk, 5),
        lambda: unit_sheets.write(pk, [UnitRow(2, code, "新库房", {"kind": "warehouse"}, "丙酮")], "表"),
        lambda: units.close_unit(unit.pk),
        lambda: write_ledger([LedgerRow(2, plant(world).name, code, "江南区", address="再改")], "台账.xlsx"),
    ]
    with world.as_("office"):
        for verb in verbs:
            before = EnterpriseVersion.objects.filter(enterprise_id=pk).count()
            verb()
            assert EnterpriseVersion.objects.filter(enterprise_id=pk).count() > before
            kept_equals_the_ledger(pk)


def test_what_changes_nothing_keeps_no_version(world):
    with world.as_("office"):
        write_ledger([ROW], "台账.xlsx")
        one = Enterprise.objects.get(code=CODE)
        write_ledger([ROW], "台账.xlsx")
        edit_facts(one.pk, {"name": ROW.name})
        assert len(versions(one)) == 1


def test_becoming_key_and_ceasing_to_be_are_on_record_with_day_reason_and_cause(world):
    with world.as_("office"):
        with at("2026-03-01T10:00:00"):
            write_ledger([ROW], "三月台账.xlsx")
            one = Enterprise.objects.get(code=CODE)
        with at("2026-05-01T10:00:00"):
            edit_facts(one.pk, {"chemicals": ()})
        with at("2026-06-01T10:00:00"):
            decide_grade(one.pk, "C", source="诊断表", reason="62分")
        with at("2026-07-01T10:00:00"):
            edit_facts(one.pk, {"chemicals": (Chemical("液氯", Decimal(3), 41),)})
        changes = list(
            KeyChange.objects.filter(enterprise=one).order_by("id").values_list("on", "before", "after", "source")
        )
        reasons = list(KeyChange.objects.filter(enterprise=one).order_by("id").values_list("reason_after", flat=True))
    assert changes == [
        (date(2026, 3, 1), "", "1", "台账导入 三月台账.xlsx"),
        (date(2026, 5, 1), "1", "", "网页修改"),
        (date(2026, 6, 1), "", "1", "分级决定：诊断表"),
        # From one ground of clause （一） to another it stays key: a new reason, no change of the list.
    ]
    assert reasons[2] == "危险化学品企业，风险诊断分级为橙色（C级）"


def test_nothing_is_said_of_an_entry_older_than_its_first_version(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(key_clause="1", revision=3)
        edit_facts(world.enterprises["a"], {"address": "改址"})
        assert not KeyChange.objects.filter(enterprise_id=world.enterprises["a"]).exists()


def facts(**told) -> Facts:
    return Facts(**{"sector": "hazchem", "kind": "production", "grade": "B", "licence_no": "x"} | told)


@pytest.mark.parametrize(
    ("told", "gaps"),
    [
        ({}, []),
        ({"grade": ""}, [NO_GRADE]),
        ({"grade": "", "sector": "chemical"}, []),
        ({"kind": "", "key_chemicals": ("氯",)}, [NO_KIND]),
        ({"kind": ""}, []),
        ({"sector": "", "key_chemicals": ("氯",)}, [NO_SECTOR]),
        ({"judgement_missing": True}, [NO_JUDGEMENT]),
        ({"judgement_missing": True, "kind": "trade"}, []),
        ({"judgement_missing": True, "sector": "pharma", "licence_no": ""}, [NO_JUDGEMENT]),
        ({"nothing_recorded": True, "grade": ""}, [NO_GRADE, NO_SUBSTANCE]),
        ({"key_chemicals": ("氯",), "grade": ""}, []),
    ],
)
def test_one_missing_fact_away_from_being_key(told, gaps):
    said = near_key(facts(**told))
    assert [gap for gap in (NO_SECTOR, NO_KIND, NO_GRADE, NO_JUDGEMENT, NO_SUBSTANCE) if gap in said] == gaps


@given(
    st.builds(
        Facts,
        sector=st.sampled_from(["hazchem", "chemical", "pharma", ""]),
        kind=st.sampled_from(["production", "storage", "use", "trade", "transport", "pipeline", ""]),
        grade=st.sampled_from(["A", "B", "C", "D", ""]),
        licence_no=st.sampled_from(["", "x"]),
        key_chemicals=st.sampled_from([(), ("氯",)]),
        key_processes=st.sampled_from([(), ("硝化",)]),
        major_level=st.sampled_from([None, 1, 4]),
        judgement_missing=st.booleans(),
        nothing_recorded=st.booleans(),
    )
)
def test_what_is_key_lacks_nothing_and_what_is_complete_is_not_one_fact_away(one):
    if key_clause(one)[0]:
        assert near_key(one) == ""
    complete = one.sector and one.kind and one.grade and not one.judgement_missing and not one.nothing_recorded
    if complete:
        assert near_key(one) == ""


def test_the_pages_of_key_enterprises_show_reason_change_and_gap(world):
    with world.as_("office"):
        write_ledger([ROW], "台账.xlsx")
        one = Enterprise.objects.get(code=CODE)
        edit_facts(one.pk, {"chemicals": ()})
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(near_key="未评定风险等级：评为橙色即为重点企业。")
    client = world.client("inspector")
    assert ROW.name not in client.get("/enterprises/key/").content.decode()
    page = client.get("/enterprises/key/changes/").content.decode()
    assert page.index("移出（一）") < page.index("列入（一）")
    assert "重点监管危险化学品（液氯）" in page
    assert client.get("/enterprises/key/changes/?way=other").content.decode().count(ROW.name) == 0
    assert "未评定风险等级" in client.get("/enterprises/key/near/?gap=未评定风险等级").content.decode()
    assert "江州乙医药" not in client.get("/enterprises/key/near/?gap=单元缺少数据").content.decode()
    assert ROW.name not in world.client("north").get("/enterprises/key/changes/").content.decode()


def test_the_history_page_shows_the_day_asked_for_and_what_each_change_changed(world):
    with world.as_("office"):
        with at("2026-03-01T10:00:00"):
            write_ledger([ROW], "台账.xlsx")
            one = Enterprise.objects.get(code=CODE)
        with at("2026-04-01T10:00:00"):
            edit_facts(one.pk, {"principal_phone": "13811112222", "address": "新址"})
            unit = units.add_unit(one.pk, name="液氨罐区", kind="tanks")
            holding = units.put_holding(unit.pk, AMMONIA)
        with at("2026-05-01T10:00:00"):
            units.put_holding(unit.pk, {"quantity_t": Decimal(5)}, holding.pk)
    address = f"/enterprises/{one.pk}/history/"
    page = world.client("inspector").get(f"{address}?on=2026-04-15").content.decode()
    assert "2026年4月15日日终的情况" in page
    assert "液氨：50吨，表1序号1，重点监管" in page
    assert "液氨罐区：液氨：50吨，表1序号1，重点监管 → 5吨，表1序号1，重点监管" in page
    assert "13811112222" in page
    seen_by_auditor = world.client("auditor").get(f"{address}?on=2026-04-15").content.decode()
    assert "13811112222" not in seen_by_auditor
    assert "（不显示）" in seen_by_auditor
    assert "这一天还没有记录" in world.client("office").get(f"{address}?on=2026-02-01").content.decode()
    assert world.client("office").get(f"{address}?on=昨天").status_code == 400
    for ahead in ("2099-01-01", "9999-12-31"):
        assert "只能查看今天和以前的情况" in world.client("office").get(f"{address}?on={ahead}").content.decode()
        assert world.client("office").get(f"/api/v1/enterprises/{one.pk}/facts/?on={ahead}").status_code == 400
    assert world.client("north").get(address).status_code == 404


def test_no_change_is_told_in_the_words_it_had_before(world):
    with world.as_("office"):
        unit = tank_farm(world)
        holding = units.put_holding(unit.pk, AMMONIA)
        for told in ({"cas": "7664-41-7"}, {"beta_symbol": "J4"}, {"symbols": ["W2"]}, {"state": "常温"}):
            units.put_holding(unit.pk, told, holding.pk)
        steps, _ = history.steps_of(plant(world), calls=True)
    changes = [change for step in steps for change in step.changes]
    assert changes
    assert [change for change in changes if change.old == change.new] == []


def test_the_history_of_what_has_none_is_an_empty_page(world):
    address = f"/enterprises/{world.enterprises['b']}/history/"
    assert "还没有变更" in world.client("office").get(address).content.decode()
    assert world.client("office").get(f"{address}?before=1").status_code == 200


def test_the_api_gives_the_facts_of_a_day_and_hides_numbers_from_those_who_do_not_call(world):
    with world.as_("office"):
        with at("2026-03-01T10:00:00"):
            write_ledger([ROW], "台账.xlsx")
            one = Enterprise.objects.get(code=CODE)
        with at("2026-04-01T10:00:00"):
            edit_facts(one.pk, {"principal_phone": "13811112222"})
    address = f"/api/v1/enterprises/{one.pk}/"
    then = world.client("office").get(f"{address}facts/?on=2026-03-15").json()
    assert (then["facts"]["principal_phone"], then["facts"]["chemicals"]) == (
        "",
        [{"name": "液氯", "quantity_t": "12.5", "key": 41}],
    )
    assert world.client("office").get(f"{address}facts/").json()["facts"]["principal_phone"] == "13811112222"
    assert "principal_phone" not in world.client("auditor").get(f"{address}facts/").json()["facts"]
    assert [v["revision"] for v in world.client("office").get(f"{address}versions/").json()["results"]] == [2, 1]
    assert world.client("office").get(f"{address}facts/?on=2026-02-01").status_code == 404
    assert world.client("office").get(f"{address}facts/?on=x").status_code == 400


def test_a_long_history_is_read_in_pages_of_few_questions(world):
    pk = world.enterprises["a"]
    with world.as_("office"):
        for number in range(25):
            edit_facts(pk, {"employees": number})
    client = world.client("office")
    client.get(f"/enterprises/{pk}/history/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get(f"/enterprises/{pk}/history/?on=2026-01-01").content.decode()
    assert len(asked) <= 12
    assert page.count("<strong>20") == 20
    further = page.split('href="?before=')[1].split('"')[0]
    rest = client.get(f"/enterprises/{pk}/history/?before={further}").content.decode()
    assert rest.count("<strong>20") == 5
    assert "开始保留版本" in rest
