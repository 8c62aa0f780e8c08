"""信息变更申请: the officer proposes, small things take effect at once, the district confirms or returns."""

import io
import threading
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from enterprises.actions import proposals, units
from enterprises.actions.facts import edit_facts, known
from enterprises.forms import facts_as_typed
from enterprises.models import Enterprise, EnterpriseVersion, FactProposal, Holding, Unit
from enterprises.unit_sheet import HEADERS, UnitRow, lines_of, write_template
from portal.messages.models import Message
from portal.refusals import BadInput, NotAllowed, Refused
from tests.enterprises.test_units import AMMONIA, plant, tank_farm


def boxes(world, key="a", **changed) -> dict:
    """What the officer's form would send, with some boxes changed."""
    with world.as_("office"):
        one = plant(world, key)
        typed = facts_as_typed(known(one)) | {"revision": one.revision} | changed
    del typed["grade"]
    return {name: "" if value is None else value for name, value in typed.items()}


def proposed(world, **changed) -> FactProposal:
    world.client("officer").post(f"/enterprises/{world.enterprises['a']}/propose/", boxes(world, **changed))
    with world.as_("office"):
        return FactProposal.objects.latest("id")


def now(world, key="a") -> Enterprise:
    with world.as_("office"):
        return plant(world, key)


def decide(world, proposal, login="inspector", **body):
    return world.client(login).post(f"/enterprises/proposals/{proposal.pk}/decide/", {"revision": ""} | body)


@pytest.mark.parametrize("typed", ["12", "请打厂里", "63211111、63222222"])
def test_what_is_no_telephone_number_takes_no_effect_and_stays_in_its_box(world, typed):
    answer = world.client("officer").post(
        f"/enterprises/{world.enterprises['a']}/propose/", boxes(world, safety_officer_phone=typed)
    )
    assert answer.status_code == 400
    assert "不像一个电话号码" in answer.content.decode()
    assert f'value="{typed}"' in answer.content.decode()
    with world.as_("office"):
        edit_facts(world.enterprises["a"], {"principal_phone": "139-0000 1111"})
        assert (plant(world).safety_officer_phone, plant(world).principal_phone) != (typed, "139-0000 1111")
        assert plant(world).principal_phone == "13900001111"


def test_the_enterprises_page_says_that_a_proposal_waits(world):
    address = f"/enterprises/{world.enterprises['a']}/"
    assert "还没有核实" not in world.client("inspector").get(address).content.decode()
    with world.as_("officer"):
        proposals.propose(world.enterprises["a"], {"address": "新址8号"})
    for login in ("inspector", "officer", "auditor"):
        assert "还没有核实" in world.client(login).get(address).content.decode()
    assert "还没有核实" not in world.client("expert").get(address).content.decode()


def test_a_telephone_number_takes_effect_at_once_and_everything_else_waits(world):
    answer = world.client("officer").post(
        f"/enterprises/{world.enterprises['a']}/propose/",
        boxes(world, safety_officer_phone="13900001111", address="新址8号", chemicals="液氯 30"),
        follow=True,
    )
    page = answer.content.decode()
    assert "已修改：安全员手机" in page
    assert "区县核实后写入台账" in page
    one = now(world)
    assert one.safety_officer_phone == "13900001111"
    assert one.address != "新址8号"
    assert not one.has_key_chemical
    with world.as_("office"):
        assert EnterpriseVersion.objects.filter(enterprise=one).latest("id").source == "企业自行修改"
        proposal = FactProposal.objects.get()
        assert set(proposal.changes["facts"]) == {"address", "chemicals"}


def test_only_a_number_changed_leaves_no_proposal(world):
    world.client("officer").post(
        f"/enterprises/{world.enterprises['a']}/propose/", boxes(world, principal_phone="13900001111")
    )
    with world.as_("office"):
        assert plant(world).principal_phone == "13900001111"
        assert not FactProposal.objects.exists()


def test_the_trail_tells_that_a_number_changed_and_not_the_number(world):
    pk = world.enterprises["a"]
    world.client("officer").post(f"/enterprises/{pk}/propose/", boxes(world, principal_phone="13900001111"))
    with world.as_("office"):
        edit_facts(pk, {"safety_officer_phone": "13900002222", "address": "新址8号"})
    page = world.client("auditor").get("/audit/").content.decode()
    for number in ("13900001111", "13900002222", "13800000000"):
        assert number not in page
    for said in ("principal_phone", "safety_officer_phone", "新址8号"):
        assert said in page


def test_confirmed_it_becomes_the_ledgers_with_all_that_follows(world):
    proposal = proposed(world, address="新址8号", chemicals="液氯 30", population_500m="60", reason="搬迁")
    page = world.client("inspector").get(f"/enterprises/proposals/{proposal.pk}/").content.decode()
    assert "新址8号" in page
    assert "江州市江南区化工路1号" in page
    assert "液氯 30吨" in page
    assert "搬迁" in page
    assert decide(world, proposal, verdict="confirm").status_code == 302
    one = now(world)
    assert (one.address, one.population_500m, one.has_key_chemical, one.key_clause) == ("新址8号", 60, True, "1")
    with world.as_("office"):
        proposal.refresh_from_db()
        assert (proposal.state, proposal.decided_by) == ("confirmed", "inspector君")
        kept = EnterpriseVersion.objects.filter(enterprise=one).latest("id")
        assert kept.source == "企业申请变更（officer君），inspector君核实"
    with world.as_("officer") as officer:
        told = Message.objects.filter(person_id=officer.person_id, channel="in_app").latest("id")
        assert told.title == "信息变更申请已确认"


def test_returned_it_changes_nothing_and_says_why(world):
    proposal = proposed(world, address="新址8号")
    assert decide(world, proposal, verdict="return").status_code == 400
    assert decide(world, proposal, verdict="return", note="请附不动产证明").status_code == 302
    assert now(world).address != "新址8号"
    page = world.client("officer").get(f"/enterprises/proposals/{proposal.pk}/").content.decode()
    assert "请附不动产证明" in page
    assert decide(world, proposal, verdict="confirm").status_code == 409


def test_what_is_proposed_again_replaces_it_and_what_is_taken_back_withdraws_it(world):
    first = proposed(world, address="新址8号")
    page = world.client("officer").get(f"/enterprises/{world.enterprises['a']}/propose/").content.decode()
    assert 'value="新址8号"' in page
    second = proposed(world, address="新址9号", employees="88")
    assert second.pk == first.pk
    assert set(second.changes["facts"]) == {"address", "employees"}
    third = proposed(world)
    assert (third.pk, third.state) == (first.pk, "withdrawn")
    assert proposed(world, employees="90").pk != first.pk


def test_the_officer_withdraws_what_is_not_decided(world):
    proposal = proposed(world, address="新址8号")
    client = world.client("officer")
    assert client.post(f"/enterprises/proposals/{proposal.pk}/withdraw/").status_code == 302
    assert client.post(f"/enterprises/proposals/{proposal.pk}/withdraw/").status_code == 409
    assert decide(world, proposal, verdict="confirm").status_code == 409


def test_who_decides_sees_that_the_ledger_moved_meanwhile_and_decides_on_what_they_saw(world):
    proposal = proposed(world, address="新址8号")
    seen = now(world).revision
    with world.as_("office"):
        edit_facts(world.enterprises["a"], {"address": "别处1号"})
    answer = decide(world, proposal, verdict="confirm", revision=seen, note="已核对")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "台账现值已变为：别处1号" in page
    assert "已核对" in page
    assert now(world).address == "别处1号"
    assert f'name="revision" value="{now(world).revision}"' in page
    assert decide(world, proposal, verdict="confirm", revision=now(world).revision).status_code == 302
    assert now(world).address == "新址8号"


def test_who_decides_does_not_confirm_what_was_put_in_after_they_looked(world):
    proposal = proposed(world, address="新址8号")
    seen = now(world).revision
    proposed(world, address="新址8号", licence_no="换上的号")
    answer = decide(world, proposal, verdict="confirm", revision=seen)
    assert answer.status_code == 409
    assert "换上的号" in answer.content.decode()
    assert now(world).licence_no == ""
    assert decide(world, proposal, verdict="confirm", revision=now(world).revision).status_code == 302


def test_an_old_page_takes_nothing_back_that_was_said_meanwhile(world):
    old, address = boxes(world), f"/enterprises/{world.enterprises['a']}/propose/"
    with world.as_("office"):
        edit_facts(world.enterprises["a"], {"employees": 120, "safety_officer_phone": "13911111111"})
    client = world.client("officer")
    answer = client.post(address, old | {"address": "新址8号"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "与台账现值不同的有：详细地址、从业人数、安全员手机" in page
    assert 'value="新址8号"' in page
    assert now(world).safety_officer_phone == "13911111111"
    with world.as_("office"):
        assert not FactProposal.objects.exists()
    fresh = boxes(world, address="新址8号")
    assert client.post(address, fresh).status_code == 302
    assert client.post(address, fresh).status_code == 302, "pressed twice it is said once"
    assert client.post(address, fresh | {"address": "新址9号"}).status_code == 409


def row(world, **more) -> UnitRow:
    told = {
        "unit": "液氨罐区",
        "substance": "液氨",
        "about_holding": {"quantity_t": Decimal(80), "table1_seq": 1},
    } | more
    return UnitRow(1, now(world).code, **told)


def test_holdings_are_proposed_and_judged_only_once_confirmed(world):
    with world.as_("office"):
        unit = tank_farm(world)
        holding = units.put_holding(unit.pk, AMMONIA)
    client = world.client("officer")
    answer = client.post(f"/holdings/{holding.pk}/propose/", {"quantity_t": "5", "table1_seq": "1"}, follow=True)
    assert "最大存量（吨）：50 → 5" in answer.content.decode()
    page = client.get(f"/holdings/{holding.pk}/propose/").content.decode()
    assert 'name="quantity_t" value="5"' in page, "another change is added to what is proposed already"
    client.post(f"/units/{unit.pk}/propose/", {"substance": "氢", "quantity_t": "1", "table1_seq": "51"})
    with world.as_("office"):
        proposal = FactProposal.objects.get()
        assert len(proposal.changes["units"]) == 2
        assert Unit.objects.get().s == 5
    assert decide(world, proposal, verdict="confirm").status_code == 302
    with world.as_("office"):
        assert Unit.objects.get().s == Decimal("0.7")
    page = client.get(f"/enterprises/proposals/{proposal.pk}/").content.decode()
    assert "最大存量（吨）：50 → 5" in page, "what was decided stays readable"


def test_who_decides_sees_every_substance_of_a_new_unit_in_words(world):
    rows = [
        row(world, about_unit={"kind": "tanks"}),
        row(world, substance="氢", about_holding={"quantity_t": Decimal(999), "table1_seq": 51}, process="加氢工艺"),
    ]
    with world.as_("officer"):
        proposal = proposals.propose_units(world.enterprises["a"], rows)
    page = world.client("inspector").get(f"/enterprises/proposals/{proposal.pk}/").content.decode()
    for words in ("单元类型：空 → 储存单元：罐区", "新增在量“液氨 80吨”", "新增在量“氢 999吨”", "新增工艺“加氢工艺”"):
        assert words in page
    assert "与台账一致" not in page
    with world.as_("office"):
        unit = tank_farm(world, name="旧罐区")
        units.put_holding(unit.pk, AMMONIA)
    otherwise = row(
        world, unit="旧罐区", about_unit={"declared_level": 2}, about_holding={"mixture": "own", "symbols": ["W2"]}
    )
    with world.as_("officer"):
        proposals.propose_units(world.enterprises["a"], [otherwise])
    page = world.client("inspector").get(f"/enterprises/proposals/{proposal.pk}/").content.decode()
    assert "申报等级：空 → 二级" in page
    assert "混合物：空 → 混合物，按其自身危险类别" in page


def test_a_quantity_may_be_proposed_as_not_known(world):
    with world.as_("office"):
        unit = tank_farm(world)
        holding = units.put_holding(unit.pk, AMMONIA)
    answer = world.client("officer").post(
        f"/holdings/{holding.pk}/propose/", {"quantity_t": "", "table1_seq": "1"}, follow=True
    )
    assert "最大存量（吨）：50 → 空" in answer.content.decode()
    with world.as_("office"):
        proposal = FactProposal.objects.get()
    decide(world, proposal, verdict="confirm")
    with world.as_("office"):
        assert Holding.objects.get().quantity_t is None
        assert Unit.objects.get().judged == "missing"


def test_a_substance_no_longer_held_is_taken_away_once_confirmed(world):
    with world.as_("office"):
        unit = tank_farm(world)
        holding = units.put_holding(unit.pk, AMMONIA)
    answer = world.client("officer").post(
        f"/holdings/{holding.pk}/propose/", {"quantity_t": "50", "table1_seq": "1", "gone": "on"}, follow=True
    )
    assert "删除在量“液氨 50吨”" in answer.content.decode()
    with world.as_("office"):
        proposal = FactProposal.objects.get()
    decide(world, proposal, verdict="confirm")
    with world.as_("office"):
        assert not Holding.objects.exists()
        assert Unit.objects.get().judged == "missing"


def workbook(*rows: dict) -> SimpleUploadedFile:
    out = io.BytesIO()
    write_template(out, [[one.get(header, "") for header in HEADERS] for one in rows])
    return SimpleUploadedFile("在量.xlsx", out.getvalue())


def test_a_whole_sheet_is_proposed_but_not_one_that_names_another_plant_or_cannot_be_read(world):
    pk, code = world.enterprises["a"], now(world).code
    tank = {
        "统一社会信用代码": code,
        "单元名称": "液氨罐区",
        "单元类型": "储存单元：罐区（防火堤为界）",
        "物质名称": "液氨",
        "设计最大量（吨）": "50",
        "表1中的物质": "1 氨",
    }
    client = world.client("officer")
    for wrong, told in (
        ({"统一社会信用代码": now(world, "b").code}, "不是本企业的信用代码"),
        ({"设计最大量（吨）": "约50"}, "不是确数"),
        ({"单元类型": ""}, "请填写单元类型"),
    ):
        answer = client.post(f"/enterprises/{pk}/propose/units/", {"workbook": workbook(tank | wrong)})
        assert (answer.status_code, told in answer.content.decode()) == (400, True), told
    answer = client.post(f"/enterprises/{pk}/propose/units/", {"workbook": workbook(tank, tank)})
    assert answer.status_code == 400
    client.post(f"/enterprises/{pk}/propose/units/", {"workbook": workbook(tank)})
    with world.as_("office"):
        assert not Unit.objects.exists()
        proposal = FactProposal.objects.get()
    decide(world, proposal, "office", verdict="confirm")
    with world.as_("office"):
        assert Unit.objects.get().judged == "major"


def test_a_sheet_sent_back_as_it_was_proposes_nothing_and_a_later_one_replaces_what_was_proposed(world):
    with world.as_("office"):
        unit = tank_farm(world)
        holding = units.put_holding(unit.pk, AMMONIA)
        units.put_process(unit.pk, "合成氨工艺")
        same = [dict(zip(HEADERS, line, strict=True)) for line in lines_of([unit])]
    client, address = world.client("officer"), f"/enterprises/{world.enterprises['a']}/propose/units/"
    page = client.post(address, {"workbook": workbook(*same)}, follow=True).content.decode()
    assert "与台账一致，没有提交变更" in page
    client.post(f"/holdings/{holding.pk}/propose/", {"quantity_t": "5", "table1_seq": "1"})
    other = {**same[0], "设计最大量（吨）": "7", "涉及工艺": "加氢工艺"}
    client.post(address, {"workbook": workbook(other, {**same[0], "物质名称": "氢", "涉及工艺": "加氢工艺"})})
    with world.as_("office"):
        proposal = FactProposal.objects.get()
        assert [(one["substance"], one["process"]) for one in proposal.changes["units"]] == [
            ("液氨", ""),
            ("", "加氢工艺"),
            ("氢", ""),
        ]
        assert proposal.changes["units"][0]["about_holding"]["quantity_t"] == "7"
    client.post(address, {"workbook": workbook(*same)})
    with world.as_("office"):
        assert [one["substance"] for one in FactProposal.objects.get().changes["units"]] == ["", "氢"]


def test_what_cannot_be_written_any_more_leaves_everything_as_it_was(world):
    new_unit = row(world, about_unit={"kind": "tanks"})
    with world.as_("officer"):
        proposal = proposals.propose(world.enterprises["a"], {"address": "新址8号"})[1]
        proposals.propose_units(world.enterprises["a"], [new_unit])
    with world.as_("inspector"):
        # The officer could never have sent this; the rows stand in the database all the same.
        there = FactProposal.objects.get()
        there.changes["units"][0]["about_unit"] = {}
        there.save()
        with pytest.raises(Refused, match="请填写单元类型"):
            proposals.confirm(proposal.pk)
    assert now(world).address != "新址8号"


@pytest.mark.parametrize("login", ["north", "officer_b", "officer_x", "inspector_x", "expert"])
def test_nobody_else_sees_or_decides_it(world, login):
    proposal = proposed(world, address="新址8号")
    status = 403 if login == "expert" else 404
    assert world.client(login).get(f"/enterprises/proposals/{proposal.pk}/").status_code == status
    answer = decide(world, proposal, login, verdict="confirm")
    assert answer.status_code in (403, 404)
    with world.as_("office"):
        assert FactProposal.objects.get(pk=proposal.pk).state == "open"


def test_an_officer_cannot_confirm_the_own_proposal_nor_propose_for_another(world):
    proposal = proposed(world, address="新址8号")
    assert decide(world, proposal, "officer", verdict="confirm").status_code == 403
    with world.as_("officer"), pytest.raises(NotAllowed):
        proposals.confirm(proposal.pk)
    with world.as_("officer"), pytest.raises(Http404):
        proposals.propose(world.enterprises["b"], {"address": "x"})
    with world.as_("inspector"), pytest.raises(NotAllowed):
        proposals.propose(world.enterprises["a"], {"address": "x"})


def test_grade_district_and_code_are_not_for_the_officer_to_propose(world):
    with world.as_("officer"):
        assert proposals.propose(world.enterprises["a"], {"grade": "A", "district": "江北区", "code": "x"}) == (
            [],
            None,
        )
    assert now(world).grade == "C"


def test_bad_input_is_shown_with_what_was_typed(world):
    answer = world.client("officer").post(
        f"/enterprises/{world.enterprises['a']}/propose/", boxes(world, address="新址8号", longitude="118.1")
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="新址8号"' in page
    assert "经度和纬度要么都填" in page


def test_the_district_is_told_once_and_without_inspectors_the_office(world):
    proposed(world, address="新址8号")
    proposed(world, address="新址9号")
    with world.as_("inspector") as me:
        mine = Message.objects.filter(person_id=me.person_id, channel="in_app", title__startswith="待核实")
        assert mine.count() == 1


def test_two_deciding_at_once_decide_once(committed_world):
    world = committed_world
    proposal = proposed(world, address="新址8号")
    told, ready = [], threading.Barrier(2)

    def press(login, verdict):
        ready.wait()
        try:
            with world.as_(login):
                if verdict == "confirm":
                    proposals.confirm(proposal.pk)
                else:
                    proposals.send_back(proposal.pk, "请附证明")
            told.append(verdict)
        except Refused as refusal:
            told.append(refusal.status)
        finally:
            connection.close()

    hands = [threading.Thread(target=press, args=pair) for pair in (("inspector", "confirm"), ("inspector2", "return"))]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert 409 in told
    won = next(one for one in told if one != 409)
    with world.as_("office"):
        assert FactProposal.objects.get().state == {"confirm": "confirmed", "return": "returned"}[won]
        assert (plant(world).address == "新址8号") == (won == "confirm")


def test_the_api_proposes_confirms_and_returns_the_same_way(world):
    officer, pk = world.client("officer"), world.enterprises["a"]
    told = {"enterprise": pk, "facts": {"address": "新址8号", "principal_phone": "13900001111"}, "reason": "搬迁"}
    made = officer.post("/api/v1/fact-proposals/", told, content_type="application/json")
    assert (made.status_code, made.json()["at_once"]) == (201, ["主要负责人手机"])
    number = made.json()["proposal"]["id"]
    bad = {"enterprise": pk, "facts": {"employees": "很多"}}
    assert officer.post("/api/v1/fact-proposals/", bad, content_type="application/json").status_code == 400
    unknown = {"enterprise": pk, "facts": {"grade": "A"}}
    assert officer.post("/api/v1/fact-proposals/", unknown, content_type="application/json").status_code == 400
    foreign = told | {"enterprise": world.enterprises["b"]}
    assert officer.post("/api/v1/fact-proposals/", foreign, content_type="application/json").status_code == 404
    address = f"/api/v1/fact-proposals/{number}/"
    assert officer.post(f"{address}confirm/", {}, content_type="application/json").status_code == 403
    inspector = world.client("inspector")
    assert inspector.post(f"{address}return/", {"note": ""}, content_type="application/json").status_code == 400
    stale = inspector.post(f"{address}confirm/", {"revision": 0}, content_type="application/json")
    assert stale.status_code == 409
    done = inspector.post(f"{address}confirm/", {"note": "属实"}, content_type="application/json").json()
    assert (done["state"], done["decision_note"]) == ("confirmed", "属实")
    assert now(world).address == "新址8号"


def test_the_lists_and_pages_ask_few_questions(world):
    proposal = proposed(world, address="新址8号")
    client = world.client("inspector")
    for address in ("/enterprises/proposals/", f"/enterprises/proposals/{proposal.pk}/"):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= 14, address


def test_bad_rows_are_refused_before_anything_is_kept(world):
    rows = (
        row(world, about_holding={"quantity_t": Decimal(-1)}, about_unit={"kind": "tanks"}),
        row(world, about_holding={"symbols": ["W99"]}, about_unit={"kind": "tanks"}),
        row(world, substance="苯"),
    )
    with world.as_("officer"):
        for wrong in rows:
            with pytest.raises(BadInput):
                proposals.propose_units(world.enterprises["a"], [wrong])
        assert not FactProposal.objects.exists()
