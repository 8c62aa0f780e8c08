"""合并企业: what is open goes on under the kept one, what was signed stays as it was, and a mistake is taken back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from enterprises import merging as registry
from enterprises.actions import merging, transformation, units
from enterprises.actions.facts import edit_facts
from enterprises.actions.grades import decide_grade, decline_proposals
from enterprises.actions.ledger import write_ledger
from enterprises.ledger import LedgerRow
from enterprises.models import (
    Credential,
    Enterprise,
    EnterpriseForeignKey,
    EnterpriseOwned,
    FactProposal,
    GradeDecision,
    GradeProposal,
    Holding,
    Judgement,
    Merger,
    ProcessInUse,
    Unit,
)
from enterprises.rules.merging import FACTS, carried
from hazards.actions import moves
from hazards.actions.evidence import add_evidence
from hazards.actions.reminders import remind
from hazards.models import Evidence, Hazard, HazardStep, Notice
from hazards.queries.figures import tally_faults
from inspections.models import Answer
from portal.audit.models import AuditRecord
from portal.messages.models import Message
from portal.refusals import BadInput, NotAllowed, Refused
from portal.tenancy.models import Posting
from tests import stories
from tests.inspections import walks
from tests.stories import photo

WHY = {"reason": "经核对营业执照为同一家"}
# Every story merges b or c of the world into a: b stands in a's district, c in another.
OWN = pytest.mark.parametrize("gone", ["b", "c"])


def merge(world, gone="b", kept="a", officers="hand_over", login="office", **more) -> Merger:
    with world.as_(login):
        return merging.merge(world.enterprises[gone], world.enterprises[kept], officers=officers, **WHY | more)


def undo(world, merger: Merger, reason="并错了"):
    with world.as_("office"):
        return merging.undo(merger.pk, reason)


def plant(world, key, login="office") -> Enterprise:
    with world.as_(login):
        return Enterprise.everyone.select_related("district").get(pk=world.enterprises[key])


def everything(world) -> dict[str, dict]:
    """Every row of every enterprise, by model: number → (enterprise, district, sector)."""
    with world.as_("office"):
        return {
            model._meta.label_lower: {
                pk: owner for pk, *owner in model.objects.values_list("pk", "enterprise_id", "district_id", "sector")
            }
            for model in owned()
        }


def owned() -> list[type[EnterpriseOwned]]:
    return [model for model in apps.get_models() if issubclass(model, EnterpriseOwned)]


def lived_in(world, key: str) -> dict:
    """An entry with something of everything: hazards in every state, notices, visits, units, lists, licences."""
    made = {state: story(world, key) for state, story in stories.IN_STATE.items()}
    walks.finished(world, key)
    walk = walks.walked(world, key)
    with world.as_(stories.INSPECTORS[key][0]):
        hazard = Hazard.objects.select_related("enterprise").get(pk=made["recorded"].pk)
        add_evidence(photo(33), enterprise=hazard.enterprise, phase="found", hazard=hazard)
        add_evidence(photo(34), enterprise=hazard.enterprise, phase="found", visit_id=walk.pk, item_code="x")
    with world.as_("office"):
        unit = units.add_unit(world.enterprises[key], name="液氨罐区", kind="tanks")
        units.put_holding(unit.pk, {"substance": "液氨", "quantity_t": Decimal(50), "table1_seq": 1})
        units.put_process(unit.pk, "合成氨工艺")
        owner = Enterprise.objects.get(pk=world.enterprises[key])
        Holding(enterprise=owner, substance=f"甲醇{key}", quantity_t=Decimal(9)).save()
        Holding(enterprise=owner, substance="乙醇", quantity_t=Decimal(3)).save()
        ProcessInUse(enterprise=owner, name="硝化工艺", key_process_seq=4).save()
        for number in ("共同-1", f"自有-{key}"):
            Credential(enterprise=owner, kind="licence", title="安全生产许可证", number=number, by_name="测").save()
        entry = transformation.put_on_list(
            owner.pk,
            list="upgrade" if key == "a" else "phase_out",
            target="改造",
            measure="措施",
            due_on=date(2027, 12, 1),
        )
        transformation.progress(entry.pk, "已动工", photo(35))
        decide_grade(owner.pk, "A", source="诊断表", reason="得分92")
    return made


# --- declarations --------------------------------------------------------------------------------------------------


def test_every_model_of_an_enterprise_says_what_becomes_of_its_rows():
    """A new model with an enterprise joins one of the three in its floor's AppConfig.ready (enterprises/merging.py)."""
    said = [moving.model for moving in registry.moving]
    for model in apps.get_models():
        if any(isinstance(field, EnterpriseForeignKey) for field in model._meta.concrete_fields):
            assert model in {*said, *registry.following, *registry.staying}, model._meta.label
            assert not (model in registry.staying and model in {*said, *registry.following}), model._meta.label


def test_what_follows_hangs_on_something_that_moves_by_a_key_that_carries_the_enterprise():
    moving = {one.model for one in registry.moving}
    for model in registry.following:
        keys = [field for field in model._meta.concrete_fields if "enterprise_id" in getattr(field, "along", ())]
        assert any(field.related_model in moving for field in keys), model._meta.label


# --- what goes along -----------------------------------------------------------------------------------------------


@OWN
def test_all_work_goes_along_and_all_history_of_the_entry_stays(world, gone):
    lived_in(world, gone)
    lived_in(world, "a")
    before = everything(world)
    kept, source = plant(world, "a"), plant(world, gone)
    merge(world, gone)
    after = everything(world)
    here = [kept.pk, kept.district_id, kept.sector]
    staying = {model._meta.label_lower for model in registry.staying}
    twins = {"enterprises.holding": 1, "enterprises.processinuse": 2, "enterprises.credential": 1}
    for label, rows in before.items():
        left = 0
        for pk, owner in rows.items():
            if owner[0] != source.pk:
                assert after[label][pk] == owner, (label, pk)
            elif after[label][pk] != here:
                # What stays stands in the kept one's district and line all the same, so that the same people read it.
                assert after[label][pk] == [source.pk, *here[1:]], (label, pk)
                left += 1
        assert left == (
            sum(owner[0] == source.pk for owner in rows.values()) if label in staying else twins.get(label, 0)
        )
    with world.as_("office"):
        assert tally_faults() == []


@OWN
def test_every_open_hazard_of_the_gone_one_is_found_overdue_reminded_of_and_closed_under_the_kept_one(
    world, on_day, gone
):
    with on_day(date(2026, 11, 2)):
        hazard = stories.issued(world, gone, days=5)
        merge(world, gone)
    with on_day(date(2026, 11, 9)):
        with world.as_("inspector"):
            assert hazard.pk in Hazard.objects.overdue().values_list("pk", flat=True)
        page = world.client("inspector").get(f"/hazards/?enterprise={world.enterprises['a']}").content.decode()
        assert f"/hazards/{hazard.pk}/" in page
        with world.as_("office"):
            remind()
        with world.as_("officer"):
            assert Message.objects.filter(title__contains="逾期1条").exists()
            add_evidence(photo(80), enterprise=plant_of(hazard), phase="after", hazard=fresh(hazard))
            moves.submit(hazard.pk, "已更换垫片")
            assert list(HazardStep.objects.filter(hazard=hazard).values_list("verb", flat=True)) == [
                "record",
                "issue",
                "acknowledge",
                "merge",
                "submit",
            ]
        with world.as_("inspector"):
            assert moves.accept(hazard.pk, world.people["inspector2"]).status == "closed"
            opinion = Notice.objects.get(kind="recheck_opinion")
            assert (opinion.content["addressee"], opinion.about_id) == ("江州甲化工有限公司", hazard.notice_id)


def fresh(hazard) -> Hazard:
    return Hazard.objects.select_related("enterprise").get(pk=hazard.pk)


def plant_of(hazard) -> Enterprise:
    return fresh(hazard).enterprise


def test_a_notice_reads_and_verifies_as_it_was_signed(world):
    hazard = stories.issued(world, "b")
    with world.as_("inspector"):
        before = Notice.objects.filter(pk=hazard.notice_id).values().get()
    merge(world)
    with world.as_("inspector"):
        after = Notice.objects.filter(pk=hazard.notice_id).values().get()
    assert {name for name in before if before[name] != after[name]} == {"enterprise_id", "sector"}
    page = world.client().get(f"/verify/{before['verify_code']}/").content.decode()
    assert "文书真实，未被改动" in page
    assert before["number"] in page
    shown = world.client("officer").get(f"/notices/{hazard.notice_id}/").content.decode()
    assert "文书载明：江州乙医药有限公司" in shown


def test_what_was_recorded_before_is_ordered_of_the_kept_one_after(world):
    hazard = stories.recorded(world, "b")
    merge(world)
    notice = stories.order(world, [hazard], "a")
    assert notice.content["addressee"] == "江州甲化工有限公司"


def test_a_hazards_history_says_from_whom_it_came(world):
    hazard = stories.recorded(world, "b")
    merge(world)
    page = world.client("inspector").get(f"/hazards/{hazard.pk}/").content.decode()
    assert "企业合并" in page
    assert "由“江州乙医药有限公司”" in page


def test_visits_of_both_count_for_the_kept_one(world):
    visit = walks.finished(world, "b")
    merge(world)
    page = world.client("inspector").get(f"/enterprises/{world.enterprises['a']}/").content.decode()
    assert f"/visits/{visit.pk}/" in page


# --- what cannot stand twice ---------------------------------------------------------------------------------------


def test_units_of_one_name_both_stay_and_the_worse_level_stands(world):
    with world.as_("office"):
        for key, tonnes in (("a", 50), ("b", 500)):
            units.set_population(world.enterprises[key], 120)
            unit = units.add_unit(world.enterprises[key], name="液氨罐区", kind="tanks")
            units.put_holding(unit.pk, {"substance": "液氨", "quantity_t": Decimal(tonnes), "table1_seq": 1})
        assert plant_now(world, "a").judged_level == 3
        decline_proposals(world.enterprises["b"], "合并后一并评定")
    merger = merge(world)
    with world.as_("office"):
        names = list(Unit.objects.order_by("id").values_list("name", "enterprise_id", "level"))
        code = plant_now(world, "b").code
        here = world.enterprises["a"]
        assert names == [("液氨罐区", here, 3), (f"液氨罐区（原{code[-6:]}）", here, 1)]
        assert Judgement.objects.exclude(enterprise=here).count() == 0
        assert plant_now(world, "a").judged_level == 1
    undo(world, merger)
    with world.as_("office"):
        assert list(Unit.objects.order_by("id").values_list("name", "enterprise_id")) == [
            ("液氨罐区", here),
            ("液氨罐区", world.enterprises["b"]),
        ]
        assert [plant_now(world, key).judged_level for key in "ab"] == [3, 1]


def plant_now(world, key) -> Enterprise:
    return Enterprise.everyone.get(pk=world.enterprises[key])


def test_a_unit_of_a_long_name_still_has_one_of_eighty_characters(world):
    with world.as_("office"):
        for key in "ab":
            units.add_unit(world.enterprises[key], name="罐" * 80, kind="tanks")
    merge(world)
    with world.as_("office"):
        assert sorted(len(name) for name in Unit.objects.values_list("name", flat=True)) == [80, 80]


def test_what_both_say_of_their_site_stands_once_and_comes_back(world):
    with world.as_("office"):
        for key in "ab":
            owner = plant_now(world, key)
            Holding(enterprise=owner, substance="液氯", quantity_t=Decimal(key == "a"), key_chemical_seq=3).save()
            unit = units.add_unit(owner.pk, name=f"装置{key}", kind="production")
            units.put_process(unit.pk, "硝化工艺")
            Credential(enterprise=owner, kind="licence", title="许可证", number="同号", by_name="测").save()
    merger = merge(world)
    with world.as_("office"):
        kept, gone = plant_now(world, "a"), plant_now(world, "b")
        assert list(kept.holdings.values_list("substance", "quantity_t")) == [("液氯", 1)]
        assert list(gone.holdings.values_list("substance", "quantity_t")) == [("液氯", 0)]
        assert list(kept.processinuses.values_list("name", "unit__name")) == [("硝化工艺", "装置a")]
        assert list(gone.processinuses.values_list("name", "unit__name")) == [("硝化工艺", None)]
        assert list(Credential.objects.filter(ended_on=None).values_list("enterprise_id", flat=True)) == [kept.pk]
    undo(world, merger)
    with world.as_("office"):
        assert list(gone.processinuses.values_list("name", "unit__name")) == [("硝化工艺", "装置b")]
        assert Credential.objects.filter(ended_on=None).count() == 2


@pytest.mark.parametrize("question", ["facts", "grade", "list"])
def test_an_open_question_of_the_entry_is_answered_first(world, question):
    with world.as_("office") as me:
        gone = plant_now(world, "b")
        if question == "facts":
            told = {"changes": {}, "made_by_id": me.person_id, "by_name": "测", "base_revision": 1}
            FactProposal(enterprise=gone, **told).save()
        elif question == "grade":
            GradeProposal(enterprise=gone, cause="repeat", key="x", grade="D").save()
        else:
            for key in "ab":
                transformation.put_on_list(
                    world.enterprises[key], list="upgrade", target="改造", measure="措施", due_on=date(2027, 12, 1)
                )
    with pytest.raises(Refused, match="请先"):
        merge(world)
    page = world.client("office").get(merge_page(world)).content.decode()
    assert "请先" in page
    with world.as_("office"):
        assert not Merger.objects.exists()
        assert plant_now(world, "b").merged_into_id is None


def merge_page(world, gone="b", kept="a") -> str:
    return f"/enterprises/{world.enterprises[gone]}/merge/{world.enterprises[kept]}/"


# --- facts ---------------------------------------------------------------------------------------------------------

NOTHING = dict.fromkeys(FACTS)


@pytest.mark.parametrize(
    ("kept", "gone", "new"),
    [
        ({}, {}, {}),
        ({"address": "甲路1号"}, {"address": "乙路2号"}, {}),
        ({"address": ""}, {"address": "乙路2号"}, {"address": "乙路2号"}),
        ({"principal": "王一", "principal_phone": "1"}, {"principal": "李二", "principal_phone": "2"}, {}),
        ({"principal": "王一", "principal_phone": ""}, {"principal": "李二", "principal_phone": "2"}, {}),
        ({"principal": "王一", "principal_phone": ""}, {"principal": "王一", "principal_phone": "2"}, {"principal_phone": "2"}),
        ({"principal_phone": "9"}, {"principal": "李二", "principal_phone": "2"}, {"principal": "李二", "principal_phone": "2"}),
        ({"coordinates_in": "wgs84"}, {"longitude": 1, "latitude": 2, "coordinates_in": "bd09"}, {"longitude": 1, "latitude": 2, "coordinates_in": "bd09"}),
        ({"coordinates_in": "wgs84"}, {"coordinates_in": "bd09"}, {}),
        ({"grade": "B"}, {"grade": "D"}, {"grade": "D"}),
        ({"grade": "D"}, {"grade": "B"}, {}),
        ({"grade": ""}, {"grade": "B"}, {"grade": "B"}),
        ({"grade": "B"}, {"grade": ""}, {}),
        ({"major_level": 3}, {"major_level": 1}, {"major_level": 1}),
        ({"major_level": None}, {"major_level": 4}, {"major_level": 4}),
        ({"suspended_since": None}, {"suspended_since": date(2026, 11, 1)}, {"suspended_since": date(2026, 11, 1)}),
        ({"suspended_since": date(2026, 10, 1)}, {"suspended_since": date(2026, 11, 1)}, {}),
        ({"population_500m": 0}, {"population_500m": 120}, {}),
    ],
)  # fmt: skip
def test_the_kept_one_takes_what_it_lacks_and_what_is_worse(kept, gone, new):
    assert carried(NOTHING | kept, NOTHING | gone) == new


def test_a_worse_grade_and_a_suspension_stand_after_the_merger_with_their_decision(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["c"]).update(
            suspended_since=date(2026, 11, 1), licence_no="WH-9"
        )
    merger = merge(world, "c")
    now = plant(world, "a")
    assert (now.grade, now.suspended_since, now.licence_no, now.key_clause) == ("D", date(2026, 11, 1), "WH-9", "1")
    with world.as_("inspector"):
        last = GradeDecision.objects.filter(enterprise=now.pk).first()
    assert (last.grade, last.previous, last.reason) == ("D", "C", "两家的风险等级不同，从严确定，可另行评定。")
    undo(world, merger)
    now = plant(world, "a")
    assert (now.grade, now.suspended_since, now.licence_no) == ("C", None, "")


def test_a_fact_changed_since_is_left_alone_by_undoing(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(licence_no="WH-9", employees=30)
    merger = merge(world)
    with world.as_("office"):
        edit_facts(world.enterprises["a"], {"employees": 50})
    undo(world, merger)
    now = plant(world, "a")
    assert (now.licence_no, now.employees) == ("", 50)


# --- people --------------------------------------------------------------------------------------------------------


def test_the_person_who_merges_is_asked_what_becomes_of_the_officer(world):
    with pytest.raises(BadInput) as refused:
        merge(world, officers="")
    assert refused.value.field == "officers"
    with world.as_("office"):
        assert plant_now(world, "b").merged_into_id is None
        # Where nobody is posted there is nothing to ask.
        Posting.objects.filter(enterprise_id=world.enterprises["b"]).update(ends=date(2026, 1, 2))
    assert merge(world, officers="").pk


def test_an_officer_handed_over_works_on_for_the_kept_one_at_once(world):
    hazard = stories.issued(world, "b")
    client = world.client("officer_b")
    merge(world)
    assert client.get(f"/hazards/{hazard.pk}/").status_code == 200
    page = client.get("/enterprises/").content.decode()
    assert "江州甲化工有限公司" in page
    assert client.get(f"/enterprises/{world.enterprises['b']}/").status_code == 404
    with world.as_("officer_b"):
        assert Message.objects.filter(title="“江州乙医药有限公司”已并入“江州甲化工有限公司”").exists()


def test_an_officer_whose_posting_is_ended_sees_nothing_from_the_next_request_on(world):
    hazard = stories.issued(world, "b")
    client = world.client("officer_b")
    merger = merge(world, officers="end")
    assert client.get(f"/hazards/{hazard.pk}/").status_code == 403
    assert world.client("officer").get(f"/hazards/{hazard.pk}/").status_code == 200
    undo(world, merger)
    assert client.get(f"/hazards/{hazard.pk}/").status_code == 200
    assert world.client("officer").get(f"/hazards/{hazard.pk}/").status_code == 404


def test_undoing_posts_the_officer_back_unless_somebody_has_taken_them_off_since(world):
    client = world.client("officer_b")
    undo(world, merge(world))
    assert "江州乙医药有限公司" in client.get("/enterprises/").content.decode()
    merger = merge(world)
    with world.as_("office"):
        there = Posting.objects.current().filter(person_id=world.people["officer_b"])
        there.update(starts=date(2026, 1, 1), ends=date(2026, 1, 2))
    undo(world, merger)
    assert client.get("/enterprises/").status_code == 403


def test_the_old_districts_inspectors_are_told_and_see_it_no_more(world):
    hazard = stories.issued(world, "c")
    assert world.client("north").get(f"/hazards/{hazard.pk}/").status_code == 200
    merge(world, "c")
    assert world.client("north").get(f"/hazards/{hazard.pk}/").status_code == 404
    assert world.client("inspector").get(f"/hazards/{hazard.pk}/").status_code == 200
    with world.as_("north"):
        told = Message.objects.filter(title="“江州丙仓储有限公司”已并入其他区县的企业", channel="in_app").get()
        assert "江南区" in told.body


# --- finding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["乙医药", "code"])
def test_the_old_name_and_the_old_code_find_the_kept_one_and_say_so(world, word):
    merge(world)
    word = plant(world, "b").code if word == "code" else word
    for login in ("office", "inspector"):
        client = world.client(login)
        page = client.get(f"/enterprises/?q={word}").content.decode()
        assert f"/enterprises/{world.enterprises['a']}/" in page
        assert "含已并入的 江州乙医药有限公司" in page
        told = client.get(f"/api/v1/enterprises/?q={word}").json()["results"]
        assert [one["id"] for one in told] == [world.enterprises["a"]]
        assert told[0]["took_over"][0]["gone_name"] == "江州乙医药有限公司"
        assert "江州甲化工有限公司" in client.get(f"{reverse('pick_enterprise')}?q={word}").content.decode()
    assert "没有符合条件" in world.client("north").get(f"/enterprises/?q={word}").content.decode()


def test_many_hits_find_merged_ones_too(world, monkeypatch):
    from enterprises.models import ledger

    monkeypatch.setattr(ledger, "FEW", 0)
    merge(world)
    with world.as_("office"):
        assert list(Enterprise.objects.called("乙医药").values_list("pk", flat=True)) == [world.enterprises["a"]]


def test_the_gone_entrys_page_says_where_it_went_and_what_it_was(world):
    merge(world)
    page = world.client("inspector").get(f"/enterprises/{world.enterprises['b']}/").content.decode()
    assert "已并入" in page
    assert f'href="/enterprises/{world.enterprises["a"]}/"' in page
    assert "B级（黄色）" in page
    kept = world.client("inspector").get(f"/enterprises/{world.enterprises['a']}/").content.decode()
    assert "并入的企业" in kept
    assert f'href="/enterprises/{world.enterprises["b"]}/"' in kept
    assert WHY["reason"] in kept
    # Its officer reads of it by name and has no way to a page that is not theirs.
    own = world.client("officer").get(f"/enterprises/{world.enterprises['a']}/").content.decode()
    assert "江州乙医药有限公司" in own
    assert f'href="/enterprises/{world.enterprises["b"]}/"' not in own
    assert world.client("inspector").get("/enterprises/").content.decode().count("江州乙医药有限公司") == 1


def test_the_gone_entrys_page_names_the_district_it_stood_in(world):
    merge(world, "c")
    page = world.client("office").get(f"/enterprises/{world.enterprises['c']}/").content.decode()
    assert "<dd>江北区</dd>" in page


def test_a_sheets_row_of_the_gone_code_is_refused_with_where_to_go_and_never_makes_it_anew(world):
    merge(world)
    gone = plant(world, "b")
    row = LedgerRow(excel_row=5, name=gone.name, code=gone.code, district="江南区")
    with world.as_("office"):
        assert write_ledger([row], "甲.xlsx") == {"create": 0, "update": 0, "same": 0}
        assert Enterprise.everyone.filter(code=gone.code).count() == 1
    from tests.security.objects import workbook

    upload = workbook("又报", "b")
    assert preview_of(world, upload) == []
    upload = book_of(gone)
    rejected = preview_of(world, upload)
    assert [one["reason"] for one in rejected] == ["merged"]
    assert "已并入江州甲化工有限公司" in rejected[0]["sentence"]


def test_a_unit_sheet_for_the_gone_code_says_where_to_go(world):
    from enterprises.actions import unit_sheets
    from tests.security.objects import sheet_of

    gone = plant(world, "b")
    merge(world)
    with world.as_("inspector"):
        (told,) = unit_sheets.judged(unit_sheets.receive(sheet_of(gone, "晚到")))
    assert told["verdict"] == "refused"
    assert told["sentence"].startswith("这个信用代码的企业已并入江州甲化工有限公司")


def preview_of(world, upload) -> list[dict]:
    from enterprises.actions import imports

    with world.as_("office"):
        return imports.receive(upload).verdict["rejected"]


def book_of(enterprise: Enterprise):
    import io

    from django.core.files.uploadedfile import SimpleUploadedFile
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    book.active.append(["企业名称", "统一社会信用代码", "所属区县", "行业类别", "企业类型"])
    book.active.append([enterprise.name, enterprise.code, "江南区", "医药", "生产"])
    book.save(out)
    return SimpleUploadedFile("甲.xlsx", out.getvalue())


# --- undoing -------------------------------------------------------------------------------------------------------


@OWN
def test_undoing_puts_every_row_back_where_it_was(world, gone):
    lived_in(world, gone)
    lived_in(world, "a")
    before = everything(world)
    facts = {key: plant(world, key) for key in (gone, "a")}
    undo(world, merge(world, gone))
    after = everything(world)
    assert {label: {pk: rows[pk] for pk in before[label]} for label, rows in after.items()} == before
    for key, was in facts.items():
        now = plant(world, key)
        for field in Enterprise._meta.concrete_fields:
            if field.attname not in ("revision", "updated_at"):
                assert getattr(now, field.attname) == getattr(was, field.attname), (key, field.attname)
    with world.as_("office"):
        assert tally_faults() == []


def test_what_was_done_since_goes_back_with_what_it_was_done_to(world):
    hazard = stories.issued(world, "b")
    merger = merge(world)
    stories.hand_in(world, stories.fresh(world, hazard), "a")
    own = stories.recorded(world, "a")
    undo(world, merger)
    with world.as_("office"):
        assert fresh(hazard).status == "submitted"
        assert {fresh(hazard).enterprise_id, *hazard.steps.values_list("enterprise_id", flat=True)} == {
            world.enterprises["b"]
        }
        assert set(Evidence.objects.filter(hazard=hazard).values_list("enterprise_id", flat=True)) == {
            world.enterprises["b"]
        }
        assert fresh(own).enterprise_id == world.enterprises["a"]
    with world.as_("officer_b"):
        assert HazardStep.objects.filter(hazard=hazard, verb="submit").exists()


def test_a_notice_issued_since_makes_undoing_impossible_and_is_named(world):
    hazard = stories.recorded(world, "b")
    merger = merge(world)
    notice = stories.order(world, [hazard], "a")
    with pytest.raises(Refused, match="制发文书") as refused:
        undo(world, merger)
    assert notice.number in refused.value.sentence
    with world.as_("office"):
        assert plant_now(world, "b").merged_into_id == world.enterprises["a"]
        assert fresh(hazard).enterprise_id == world.enterprises["a"]


def test_a_recheck_since_makes_undoing_impossible(world):
    hazard = stories.submitted(world, "b")
    merger = merge(world)
    stories.accept(world, hazard, "a")
    with pytest.raises(Refused, match="制发文书"):
        undo(world, merger)


def test_a_visit_that_found_more_since_makes_undoing_impossible(world):
    from inspections.actions.answers import add_extra
    from inspections.actions.visits import finish_visit

    visit = walks.walked(world, "b")
    merger = merge(world)
    with world.as_("inspector"):
        add_extra(visit.pk, description="围堰开裂", level="general")
        finish_visit(visit.pk, second_id=world.people["inspector2"], met_with="方安")
        assert Hazard.objects.get(description="围堰开裂").enterprise_id == world.enterprises["a"]
    with pytest.raises(Refused, match="又查出2条隐患"):
        undo(world, merger)


def test_an_answer_given_since_goes_back_with_its_visit(world):
    from inspections.actions.answers import add_photo, answer

    visit = walks.walked(world, "b")
    merger = merge(world)
    with world.as_("inspector"):
        answer(visit.pk, walks.THIRD, "not_ok")
        add_photo(visit.pk, walks.THIRD, photo(61))
    undo(world, merger)
    with world.as_("office"):
        owners = {*Answer.objects.filter(visit=visit).values_list("enterprise_id", flat=True)}
        owners |= {*Evidence.objects.filter(visit_id=visit.pk).values_list("enterprise_id", flat=True)}
        assert owners == {world.enterprises["b"]}


def test_what_the_kept_one_put_into_a_unit_that_would_leave_makes_undoing_impossible(world):
    with world.as_("office"):
        unit = units.add_unit(world.enterprises["b"], name="乙装置", kind="production")
        loose = Holding(enterprise=plant_now(world, "a"), substance="液氯")
        loose.save()
    merger = merge(world)
    with world.as_("office"):
        units.assign_holding(loose.pk, unit.pk)
    with pytest.raises(Refused, match="“液氯”归入了并入企业的单元"):
        undo(world, merger)


def test_what_would_stand_twice_there_makes_undoing_impossible_and_nothing_is_half_done(world):
    with world.as_("office"):
        for key, numbers in (("a", "1"), ("b", "12")):
            for number in numbers:
                Credential(
                    enterprise=plant_now(world, key), kind="licence", title="证", number=number, by_name="测"
                ).save()
    hazard = stories.recorded(world, "b")
    merger = merge(world)  # licence 1 of b stays behind, 2 goes along
    with world.as_("office"):
        here = Credential.objects.filter(enterprise=world.enterprises["a"])
        here.filter(number="1").update(number="9")
        here.filter(number="2").update(number="1")
    with pytest.raises(Refused, match="冲突"):
        undo(world, merger)
    with world.as_("office"):
        assert fresh(hazard).enterprise_id == world.enterprises["a"]
        assert plant_now(world, "b").merged_into_id == world.enterprises["a"]
        assert Merger.objects.get().undone_at is None


def test_a_chain_is_taken_back_from_its_end(world):
    hazard = stories.recorded(world, "b")
    first = merge(world, "b", "a")
    second = merge(world, "a", "c")
    for key in "ab":
        assert plant(world, key).merged_into_id == world.enterprises["c"]
    with world.as_("office"):
        assert list(Enterprise.objects.called("乙医药").values_list("pk", flat=True)) == [world.enterprises["c"]]
        assert fresh(hazard).enterprise_id == world.enterprises["c"]
    with pytest.raises(Refused, match="请先撤销那一次合并"):
        undo(world, first)
    undo(world, second)
    assert plant(world, "b").merged_into_id == world.enterprises["a"]
    undo(world, first)
    with world.as_("office"):
        assert fresh(hazard).enterprise_id == world.enterprises["b"]
        assert Enterprise.objects.count() == 3


def test_a_merger_is_undone_once_and_with_a_reason(world):
    merger = merge(world)
    with pytest.raises(BadInput, match="理由"):
        undo(world, merger, "  ")
    undo(world, merger)
    with pytest.raises(Refused, match="已由office君撤销"):
        undo(world, merger)


# --- who, and what is refused --------------------------------------------------------------------------------------


def test_only_the_office_merges_and_only_what_is_its_own(world):
    for login in ("inspector", "leader", "department", "officer", "expert", "auditor", "sysadmin", "secadmin"):
        with pytest.raises(NotAllowed):
            merge(world, login=login)
    merger = merge(world)
    with world.as_("office_x"):
        for act in (
            lambda: merging.merge(world.enterprises["b"], world.enterprises["x"], **WHY),
            lambda: merging.merge(world.enterprises["x"], world.enterprises["a"], **WHY),
            lambda: merging.undo(merger.pk, "并错了"),
        ):
            with pytest.raises(Http404):
                act()
    with world.as_("inspector"), pytest.raises(NotAllowed):
        merging.undo(merger.pk, "并错了")


def test_nothing_is_merged_without_a_reason_or_into_itself(world):
    with pytest.raises(BadInput, match="同一家"):
        merge(world, reason=" ")
    with pytest.raises(BadInput, match="它自己"):
        merge(world, "a", "a")
    merge(world)
    with pytest.raises(Refused, match="已并入“江州甲化工有限公司”"):
        merge(world)
    with pytest.raises(Refused, match="已并入"):
        merge(world, "c", "b")


def test_a_merger_leaves_its_records_on_the_trail_of_both(world):
    stories.recorded(world, "b")
    merger = merge(world)
    undo(world, merger)
    with world.as_("auditor"):
        trail = {
            (one.action, one.object_id): one.changes
            for one in AuditRecord.objects.filter(action__startswith="enterprises.").exclude(
                action="enterprises.update"
            )
        }
    kept, gone = world.enterprises["a"], world.enterprises["b"]
    assert set(trail) == {
        ("enterprises.merge", kept),
        ("enterprises.merged_away", gone),
        ("enterprises.unmerge", kept),
    }
    assert trail["enterprises.merge", kept]["rows"] == {"隐患": 1}
    assert "江州乙医药有限公司" in trail["enterprises.merge", kept]["from"]


def test_it_is_merged_and_undone_on_its_pages(world):
    office = world.client("office")
    page = office.get(merge_page(world)).content.decode()
    assert "江州乙医药有限公司" in page
    assert "officer_b君（企业安全员）" in page
    empty = office.post(merge_page(world), {"reason": "更名", "officers": ""})
    assert empty.status_code == 400
    assert "更名" in empty.content.decode()
    assert "今后怎么办" in empty.content.decode()
    done = office.post(merge_page(world), {"reason": "更名", "officers": "hand_over"}, follow=True)
    assert done.redirect_chain == [(f"/enterprises/{world.enterprises['a']}/", 302)]
    assert "已并入“江州甲化工有限公司”" in done.content.decode()
    assert office.get(merge_page(world)).status_code == 404
    with world.as_("office"):
        number = Merger.objects.get().pk
    assert office.post(f"/mergers/{number}/undo/", {"reason": ""}).status_code == 400
    back = office.post(f"/mergers/{number}/undo/", {"reason": "并错了"}, follow=True)
    assert back.redirect_chain == [(f"/enterprises/{world.enterprises['b']}/", 302)]
    again = office.post(f"/mergers/{number}/undo/", {"reason": "再撤"})
    assert again.status_code == 409
    assert "再撤" in again.content.decode()


def test_it_is_merged_and_undone_over_the_api(world):
    office = world.client("office")
    told = {"gone": world.enterprises["b"], "kept": world.enterprises["a"], "reason": "更名"}
    asked = office.post("/api/v1/mergers/", told, "application/json")
    assert (asked.status_code, asked.json()["errors"][0]["field"]) == (400, "officers")
    made = office.post("/api/v1/mergers/", told | {"officers": "end"}, "application/json")
    assert made.status_code == 201, made.content
    assert made.json()["gone_name"] == "江州乙医药有限公司"
    twice = office.post("/api/v1/mergers/", told | {"officers": "end"}, "application/json")
    assert twice.status_code == 409
    number = made.json()["id"]
    done = office.post(f"/api/v1/mergers/{number}/undo/", {"reason": "并错了"}, "application/json")
    assert (done.status_code, done.json()["undone_by"]) == (200, "office君")
    assert world.client("inspector").post("/api/v1/mergers/", told, "application/json").status_code == 403
    foreign = office.post("/api/v1/mergers/", told | {"gone": world.enterprises["x"]}, "application/json")
    assert foreign.status_code == 404


# --- what the database itself refuses ---------------------------------------------------------------------


def test_the_sentence_reaches_page_and_api(world, monkeypatch):
    """What the database refuses with a sentence is a 409 like any other refusal."""
    from enterprises.views import transformation as views

    merge(world)
    gone = plant(world, "b")
    monkeypatch.setattr(views, "enterprise_or_404", lambda pk: gone)
    monkeypatch.setattr(Enterprise, "objects", Enterprise.everyone)
    told = {"list": "upgrade", "target": "改造", "measure": "措施", "due_on": "2027-12-01"}
    page = world.client("inspector").post(f"/enterprises/{gone.pk}/transformations/new/", told)
    assert page.status_code == 409
    assert "并入了另一家" in page.content.decode()
    answer = world.client("inspector").post(
        "/api/v1/transformations/", told | {"enterprise": gone.pk}, "application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    assert "并入了另一家" in answer.json()["message"]


def test_a_row_cannot_be_added_to_a_merged_entry_by_any_way(world):
    from django.db import DatabaseError, transaction

    merge(world)
    gone = plant(world, "b")
    for login in ("office", "inspector"):
        with world.as_(login), pytest.raises(DatabaseError, match="并入了另一家"), transaction.atomic():
            Unit(enterprise=gone, name="晚到", kind="tanks").save()
    with world.as_("office"), pytest.raises(DatabaseError, match="并入了另一家"), transaction.atomic():
        Holding.objects.bulk_create(
            Holding(enterprise=there, district=there.district, sector=there.sector, substance="晚到")
            for there in (plant_now(world, "a"), gone)
        )


def test_yesterdays_reminder_of_the_gone_ones_officer_is_not_sent_to_who_left(world, on_day):
    today = timezone.localdate()
    with on_day(today - timedelta(days=20)):
        hazard = stories.issued(world, "b", days=5)
        merge(world, officers="end")
    with on_day(today), world.as_("office"):
        remind()
    with world.as_("officer"):
        assert Message.objects.filter(body__contains=hazard.description).exists()
    with world.as_("office"):
        assert not Message.objects.filter(person_id=world.people["officer_b"], title__contains="逾期").exists()
