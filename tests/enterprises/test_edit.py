"""Facts corrected by hand, and grades decided, on an enterprise's pages."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from enterprises.actions.facts import edit_facts, known
from enterprises.actions.grades import decide_grade
from enterprises.actions.ledger import write_ledger
from enterprises.forms import facts_as_typed
from enterprises.ledger import LedgerRow
from enterprises.models import Enterprise, GradeDecision, Holding
from portal.audit.models import AuditRecord
from portal.refusals import NotAllowed, Refused
from portal.tenancy.scope import tenant_scope
from tests import stories

TWO = {"chemicals": "液氯 12.5\n自制溶剂油 800kg", "processes": "硝化工艺"}


def address(world, key: str = "a") -> str:
    return f"/enterprises/{world.enterprises[key]}/edit/"


def typed(world, login: str, key: str = "a", **changed) -> dict:
    """What the form would send, with some boxes changed."""
    with world.as_(login):
        plant = Enterprise.objects.get(pk=world.enterprises[key])
        boxes = facts_as_typed(known(plant)) | {"revision": plant.revision} | changed
    del boxes["grade"]
    return {name: "" if value is None else value for name, value in boxes.items()}


def trail(world, action: str) -> list[dict]:
    with tenant_scope(world.tenants["江州市"], scope="audit"):
        return list(AuditRecord.objects.filter(action=action).order_by("seq").values_list("changes", flat=True))


def plant(world, login: str = "office", key: str = "a") -> Enterprise:
    with world.as_(login):
        return Enterprise.objects.select_related("district").get(pk=world.enterprises[key])


@pytest.mark.parametrize("login", ["office", "inspector"])
def test_a_changed_fact_carries_what_follows_from_it_and_the_trail_shows_old_and_new(world, login):
    answer = world.client(login).post(address(world), typed(world, login, employees="287", **TWO))
    assert answer.status_code == 302, answer.content.decode()
    with world.as_(login):
        now = Enterprise.objects.get(pk=world.enterprises["a"])
        held = {h.substance: (h.quantity_t, h.key_chemical_seq is not None) for h in now.holdings.all()}
    assert now.employees == 287
    assert held == {"液氯": (Decimal("12.5"), True), "自制溶剂油": (Decimal("0.8"), False)}
    assert (now.has_key_chemical, now.has_key_process, now.key_clause) == (True, True, "1")
    assert now.key_reason == "危险化学品生产企业，涉及重点监管危险化学品（液氯）、重点监管危险化工工艺（硝化工艺）"
    (changes,) = trail(world, "enterprises.update")
    assert changes["fields"]["employees"] == [None, 287]
    assert changes["fields"]["chemicals"] == [[], ["液氯 12.5吨", "自制溶剂油 0.8吨"]]


def test_a_fact_taken_back_takes_back_what_followed_from_it(world):
    office = world.client("office")
    office.post(address(world, "b"), typed(world, "office", "b", **TWO))
    assert plant(world, key="b").key_clause == "2"
    office.post(address(world, "b"), typed(world, "office", "b", licence_no="（闽）WH安许证字〔2026〕1号"))
    assert plant(world, key="b").key_clause == ""
    office.post(address(world, "b"), typed(world, "office", "b", licence_no="", chemicals="", processes=""))
    now = plant(world, key="b")
    assert (now.has_key_chemical, now.has_key_process, now.key_clause, now.key_reason) == (False, False, "", "")
    with world.as_("office"):
        assert not Holding.objects.filter(enterprise=now).exists()


def test_saving_without_a_change_writes_nothing(world):
    world.client("office").post(address(world), typed(world, "office", **TWO))
    before = plant(world)
    world.client("office").post(address(world), typed(world, "office", chemicals="自制溶剂油 0.8\n液氯 12.5"))
    after = plant(world)
    assert (after.revision, after.updated_at) == (before.revision, before.updated_at)
    assert len(trail(world, "enterprises.update")) == 1


def test_a_substance_known_by_its_cas_number_stays_key_when_another_fact_is_edited(world):
    with world.as_("office"):
        here = Enterprise.objects.get(pk=world.enterprises["a"])
        Holding(enterprise=here, substance="乙炔（商品名）甲", quantity_t=Decimal(3), key_chemical_seq=15).save()
    world.client("office").post(address(world), typed(world, "office", employees="5"))
    assert list(trail(world, "enterprises.update")[0]["fields"]) == ["employees"]
    assert plant(world).has_key_chemical


@pytest.mark.parametrize(
    ("box", "text", "sentence"),
    [
        ("chemicals", "液氯12.5吨", "请在名称和存量之间空一格"),
        ("chemicals", "液氯 1\n液氯 2", "写了两次"),
        ("chemicals", "液氯 5-8", "按上限取值"),
        ("latitude", "25.7", "要么都填"),
        ("longitude", "25.7", "73"),
        ("name", "", "请填写这一项"),
    ],
)
def test_what_cannot_be_read_comes_back_with_a_sentence_and_all_that_was_typed(world, box, text, sentence):
    answer = world.client("office").post(address(world), typed(world, "office", remark="特别备注", **{box: text}))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in page
    assert "特别备注" in page
    assert plant(world).revision == 1


def test_of_two_editors_the_second_is_told_what_differs_and_may_insist(world):
    first, second = typed(world, "office", employees="10"), typed(world, "inspector", employees="20")
    assert world.client("office").post(address(world), first).status_code == 302
    answer = world.client("inspector").post(address(world), second)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "其中与台账现值不同的有：从业人数。" in page
    assert 'value="20"' in page
    assert plant(world).employees == 10
    assert world.client("inspector").post(address(world), second | {"revision": 2}).status_code == 302
    assert plant(world).employees == 20


def test_an_inspector_changes_the_sector_and_every_dependent_row_follows(world):
    hazard = stories.issued(world)
    world.client("inspector").post(address(world), typed(world, "inspector", sector="化工"))
    with world.as_("inspector"):
        assert stories.Hazard.objects.get(pk=hazard.pk).sector == "chemical"
    with world.as_("department"):  # 应急管理局, whose sector is hazchem
        assert not stories.Hazard.objects.filter(pk=hazard.pk).exists()


def test_an_inspector_may_not_move_an_enterprise_to_another_district_and_is_told_who_may(world):
    answer = world.client("inspector").post(address(world), typed(world, "inspector", district="江北区", remark="搬迁"))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "由领导小组办公室修改" in page
    assert "搬迁" in page
    with world.as_("inspector"), pytest.raises(NotAllowed, match="须由领导小组办公室修改"):
        edit_facts(world.enterprises["a"], {"district": "江北区"}, revision=1)
    assert plant(world, "inspector").district.name == "江南区"


def test_the_wall_itself_keeps_an_inspector_from_moving_an_enterprise(world):
    north = plant(world, key="c").district_id
    with world.as_("inspector"), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(district_id=north)


def test_the_office_moves_an_enterprise_and_its_rows_go_along(world):
    hazard = stories.issued(world)
    world.client("office").post(address(world), typed(world, "office", district="江北区", **TWO))
    with world.as_("north"):
        assert stories.Hazard.objects.filter(pk=hazard.pk).exists()
        assert Holding.objects.filter(enterprise=world.enterprises["a"]).count() == 2
    with world.as_("inspector"):
        assert not stories.Hazard.objects.filter(pk=hazard.pk).exists()


@pytest.mark.parametrize("login", ["department", "expert", "officer", "auditor", "sysadmin", "secadmin"])
def test_nobody_else_edits_facts(world, login):
    assert world.client(login).get(address(world)).status_code == 403
    assert world.client(login).post(address(world), {}).status_code == 403


def test_another_city_or_district_finds_no_such_enterprise(world):
    assert world.client("office_x").get(address(world)).status_code == 404
    assert world.client("north").get(address(world)).status_code == 404


def test_a_grade_decision_keeps_old_and_new_and_makes_the_enterprise_key_at_once(world):
    with world.as_("office"):
        decide_grade(world.enterprises["a"], "B", source="年度评估", reason="隐患已清")
    assert plant(world).key_clause == ""
    with world.as_("office"):
        decide_grade(world.enterprises["a"], "D", source="诊断表", reason="联锁旁路")
    now = plant(world)
    assert (now.key_clause, now.key_reason) == ("1", "危险化学品企业，风险诊断分级为红色（D级）")
    assert [(c["from"], c["to"]) for c in trail(world, "enterprises.grade")] == [("C", "B"), ("B", "D")]
    with world.as_("inspector"):
        decisions = Enterprise.objects.get(pk=now.pk).gradedecisions.values_list(
            "previous", "grade", "reason", "by_name"
        )
        assert list(decisions[:2]) == [("B", "D", "联锁旁路", "office君"), ("C", "B", "隐患已清", "office君")]


def test_a_grade_is_not_decided_on_a_page_somebody_else_has_overtaken(world):
    with world.as_("office"):
        edit_facts(world.enterprises["a"], {"employees": 3}, revision=1)
    with world.as_("office"), pytest.raises(Refused, match="他人修改"):
        decide_grade(world.enterprises["a"], "D", source="诊断表", reason="得分58", revision=1)


def test_nobody_changes_a_grade_decision_once_made(world):
    with world.as_("office"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        GradeDecision.objects.update(reason="")


BAIDU = {"longitude": "119.061", "latitude": "25.75", "coordinates_in": "BD-09"}


def test_coordinates_are_kept_as_given_with_their_system_and_shown_converted(world):
    office = world.client("office")
    assert office.post(address(world), typed(world, "office", **BAIDU)).status_code == 302
    now = plant(world)
    assert (str(now.longitude), now.coordinates_in) == ("119.061000", "bd09")
    (changes,) = trail(world, "enterprises.update")
    assert changes["fields"]["coordinates_in"] == ["WGS-84", "BD-09"]
    page = office.get(f"/enterprises/{now.pk}/").content.decode()
    assert "119.061000, 25.750000（BD-09，换算为 WGS-84 119.049" in page
    form = office.get(address(world)).content.decode()
    assert "换算为WGS-84是 119.049" in form
    assert '<option value="BD-09" selected>' in form


def test_coordinates_of_gps_are_shown_as_they_are(world):
    office = world.client("office")
    office.post(address(world), typed(world, "office", **BAIDU | {"coordinates_in": "WGS-84"}))
    assert "119.061000, 25.750000（WGS-84）" in office.get(f"/enterprises/{world.enterprises['a']}/").content.decode()
    assert "换算为WGS-84是" not in office.get(address(world)).content.decode()


def test_a_form_that_names_no_system_leaves_it_as_it_was(world):
    office = world.client("office")
    office.post(address(world), typed(world, "office", **BAIDU))
    office.post(address(world), typed(world, "office", employees="9", coordinates_in=""))
    assert (plant(world).employees, plant(world).coordinates_in) == (9, "bd09")


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e400", "甲"])
def test_coordinates_that_are_none_come_back_as_typed(world, text):
    answer = world.client("office").post(address(world), typed(world, "office", **BAIDU | {"longitude": text}))
    assert answer.status_code == 400
    assert f'value="{text}"' in answer.content.decode()


def test_an_import_sets_the_system_its_header_names_and_keeps_it_where_the_header_is_silent(world):
    with world.as_("office"):
        here = Enterprise.objects.get(pk=world.enterprises["a"])
        row = LedgerRow(2, here.name, here.code, "江南区", longitude=Decimal("119.05"), latitude=Decimal("25.75"))
        write_ledger([replace(row, coordinates_in="GCJ-02")], "高德.xlsx")
        assert Enterprise.objects.get(pk=here.pk).coordinates_in == "gcj02"
        write_ledger([replace(row, longitude=Decimal("119.06"))], "无说明.xlsx")
        kept = Enterprise.objects.get(pk=here.pk)
        assert (str(kept.longitude), kept.coordinates_in) == ("119.060000", "gcj02")
        new = replace(row, code="91350121590830166L", name="新厂", sector="化工", kind="生产")
        write_ledger([new], "无说明.xlsx")
        assert Enterprise.objects.get(code=new.code).coordinates_in == "wgs84"
