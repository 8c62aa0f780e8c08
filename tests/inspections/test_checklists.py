"""检查表模板 and the list that fits a plant: frozen into the visit, whatever is made afterwards."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError, transaction
from django.http import Http404

from enterprises.models import Enterprise, Holding, Unit
from hazards.models import Hazard
from inspections.actions import answers, checklists, themed, visits
from inspections.models import Answer, ChecklistEdition, ChecklistTemplate, OwnItem, Visit
from inspections.queries import visit_file
from inspections.queries.checklists import checklist, current, newest_edition
from inspections.scope import Scope
from portal.refusals import BadInput, NotAllowed, Refused
from portal.tenancy.scope import platform_scope
from tests.inspections import walks
from tests.inspections.test_themed import TODAY, running
from tests.stories import person_id

LINE = {
    "text": "储罐区夜间巡检有记录",
    "basis": "江州市储罐区管理规定第8条",
    "suggested_level": "major",
    "subcategory": "仓库与储罐区",
    "accident_type": "leak",
    "criterion": "市级判定第3条",
}
STORES, AMMONIA = "仓库与储罐区", "液氨"


def made(world, subject: str = "储罐区", codes=(walks.SECOND, walks.FIRST), own=(LINE,), **more) -> ChecklistTemplate:
    with world.as_("office"):
        return checklists.make_version(subject=subject, codes=codes, own=own, reason="专项需要", **more)


def begun(world, categories=(), **more) -> Visit:
    with world.as_("inspector"):
        plant = Enterprise.objects.get(pk=world.enterprises["a"])
        second = person_id(world, "inspector2")
        return visits.start_visit(plant, second, "routine", list(categories), uuid4(), **more)


def lines(world, visit) -> list[str]:
    with world.as_("inspector"):
        return [line.code for line in visit_file(visit.pk).lines]


def holds(world, *, tanks: bool = False, **chemicals: int | None) -> None:
    """What the ledger says plant a has; nothing else."""
    with world.as_("office"):
        plant = Enterprise.objects.get(pk=world.enterprises["a"])
        Holding.objects.filter(enterprise=plant).delete()
        for name, seq in chemicals.items():
            Holding(enterprise=plant, substance=name, key_chemical_seq=seq).save()
        Unit(enterprise=plant, name="罐区" if tanks else "一车间", kind="tanks" if tanks else "production").save()


def test_a_template_is_items_of_the_catalog_and_the_citys_own_with_their_clauses(world):
    template = made(world)
    with world.as_("inspector"):
        whole = checklist(template.edition, template)
    assert [item.code for item in whole.items] == [walks.FIRST, walks.SECOND, "Z-0001"]
    own = whole.items[-1]
    assert (own.category, own.basis, own.criterion) == (walks.STORAGE, LINE["basis"], LINE["criterion"])
    assert (template.version, template.subject) == (1, "储罐区")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"codes": ["CK99-999"]}, "codes"),
        ({"codes": [], "own": []}, "codes"),
        ({"own": [LINE | {"basis": " "}]}, "own"),
        ({"own": [LINE | {"subcategory": "没有这一类"}]}, "own"),
        ({"own": [LINE | {"suggested_level": "worst"}]}, "own"),
    ],
)
def test_what_is_no_checklist_is_not_kept(world, wrong, field):
    with pytest.raises(BadInput) as refused:
        made(world, **wrong)
    assert refused.value.field == field
    with world.as_("office"):
        assert not ChecklistTemplate.objects.exists()


@pytest.mark.parametrize("login", ["inspector", "leader", "department", "auditor"])
def test_only_the_office_makes_templates(world, login):
    with world.as_(login), pytest.raises(NotAllowed):
        checklists.make_version(subject="储罐区", codes=[walks.FIRST], reason="需要")


def test_a_change_is_the_next_version_and_only_on_top_of_the_one_that_was_seen(world):
    first = made(world)
    with pytest.raises(Refused):
        made(world)
    second = made(world, codes=[walks.THIRD], own=[LINE | {"code": "Z-0001", "text": "改过的要求"}, LINE], after=1)
    assert second.version == 2
    with pytest.raises(Refused, match="新版本"):
        made(world, after=1)
    with world.as_("inspector"):
        assert [(one.code, one.text) for one in first.own.all()] == [("Z-0001", LINE["text"])]
        assert [(one.code, one.text) for one in second.own.order_by("seq")] == [
            ("Z-0001", "改过的要求"),
            ("Z-0002", LINE["text"]),
        ]
        assert [one.pk for one in current()] == [second.pk]


def test_an_own_code_is_never_used_for_another_subjects_item(world):
    made(world)
    other = made(world, subject="动火作业", own=[LINE | {"code": "Z-0001"}])
    with world.as_("office"):
        assert other.own.get().code == "Z-0002"


def test_the_database_lets_nobody_change_a_version(world):
    template = made(world)
    with world.as_("office"):
        for change in (
            lambda: ChecklistTemplate.objects.filter(pk=template.pk).update(codes=[]),
            lambda: OwnItem.objects.filter(template=template).update(text="改写"),
            lambda: OwnItem.objects.filter(template=template).delete(),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                change()


def test_a_visit_goes_through_its_templates_version_whatever_is_made_afterwards(world):
    visit = begun(world, template_id=made(world).pk)
    before = lines(world, visit)
    assert before == [walks.FIRST, walks.SECOND, "Z-0001"]
    made(world, codes=[walks.THIRD], own=[LINE | {"code": "Z-0001", "text": "改过的要求"}], after=1)
    assert lines(world, visit) == before
    with world.as_("inspector"):
        found = answers.answer(visit.pk, "Z-0001", "not_ok")
        assert LINE["text"] in found.description
        with pytest.raises(Http404):
            answers.answer(visit.pk, walks.THIRD, "ok")
        visits.finish_visit(visit.pk, second_id=None)
        hazard = Hazard.objects.get(source_kind="visit", source_id=visit.pk)
        assert (hazard.item_code, hazard.level) == ("Z-0001", "major")
        assert LINE["basis"] in hazard.basis
        assert LINE["criterion"] in hazard.basis
        assert Answer.objects.get(visit=visit).asked.text == LINE["text"]


def test_a_template_goes_by_the_checklist_it_was_made_from_though_a_newer_one_was_loaded(world):
    template = made(world)
    with platform_scope():
        ChecklistEdition.objects.create(name="新", edition="f" * 64)
    visit = begun(world, template_id=template.pk)
    assert visit.edition_id == template.edition_id
    assert lines(world, visit) == [walks.FIRST, walks.SECOND, "Z-0001"]


def test_nothing_is_begun_with_an_older_or_withdrawn_version(world):
    first, second = made(world), made(world, after=1)
    with pytest.raises(Refused, match="新版本"):
        begun(world, template_id=first.pk)
    with world.as_("office"):
        checklists.withdraw(second.pk)
        with pytest.raises(Refused):
            checklists.withdraw(second.pk)
        assert current() == []
    with pytest.raises(Refused, match="停用"):
        begun(world, template_id=second.pk)


def test_another_citys_template_is_not_there(world):
    with world.as_("office_x"):
        foreign = checklists.make_version(subject="外市", codes=[walks.FIRST], reason="需要")
    with pytest.raises(Http404):
        begun(world, template_id=foreign.pk)


def test_a_list_that_fits_has_what_the_plant_has_and_says_why(world):
    holds(world, 液氨=2)
    with world.as_("inspector"):
        everything = checklist(newest_edition()).categories
    visit = begun(world, everything, fits=True)
    with world.as_("inspector"):
        parts = {line.item.subcategory for line in visit_file(visit.pk).lines}
    assert AMMONIA in parts
    assert not parts & {STORES, "液氯", "硝酸铵", "光气与光气化"}
    assert visit.because[AMMONIA] == "在量有液氨"
    assert set(visit.because) == parts
    # What the plant gets afterwards changes the next visit, not this one.
    before = lines(world, visit)
    holds(world, tanks=True, 硝酸铵=54)
    assert lines(world, visit) == before
    later = begun(world, everything, fits=True)
    with world.as_("inspector"):
        parts = {line.item.subcategory for line in visit_file(later.pk).lines}
    assert {STORES, "硝酸铵"} <= parts
    assert AMMONIA not in parts


def test_a_templates_own_item_is_left_out_where_its_part_does_not_apply(world):
    holds(world, 工业盐=None)
    assert lines(world, begun(world, template_id=made(world).pk, fits=True)) == [walks.FIRST, walks.SECOND]
    with pytest.raises(BadInput, match="没有适用"):
        begun(world, ["9.重点危险化学品特殊管控"], fits=True)


def test_a_themed_action_goes_by_a_template_of_its_time(world, on_day):
    with on_day(TODAY):
        template = made(world)
        action = running(world, codes=[], template=template.pk)
        assert action.codes == [walks.FIRST, walks.SECOND, "Z-0001"]
        made(world, codes=[walks.THIRD], own=[], after=1)
        visit = begun(world, action_id=action.pk)
        assert lines(world, visit) == action.codes
        assert visit.template_id == template.pk
        with world.as_("office"), pytest.raises(Refused, match="新版本"):
            themed.prepare(
                title="泄漏", themes=["leak"], starts=TODAY, ends=TODAY, scope=Scope.of(""), template=template.pk
            )


def test_the_whole_way_on_pages(world):
    office, inspector = world.client("office"), world.client("inspector")
    own = {f"own-0-{name}": value for name, value in LINE.items()}
    form = {"subject": "储罐区", "reason": "专项需要", "after": "0", "codes": [walks.FIRST]} | own
    form |= {"own-TOTAL_FORMS": "3", "own-INITIAL_FORMS": "0"}
    assert inspector.get("/visits/checklists/new/").status_code == 403
    refused = office.post("/visits/checklists/new/", form | {"own-0-basis": ""})
    assert refused.status_code == 400
    assert LINE["text"] in refused.content.decode()
    address = office.post("/visits/checklists/new/", form)["Location"]
    assert len(walks.statements(inspector, address)) <= 12
    assert len(walks.statements(inspector, "/visits/checklists/")) <= 12
    page = inspector.get(address).content.decode()
    for said in (LINE["text"], LINE["basis"], LINE["criterion"], "建议级别：重大", "第1版"):
        assert said in page
    again = office.get(f"/visits/checklists/new/?from={address.split('/')[-2]}").content.decode()
    assert 'value="Z-0001"' in again
    assert again.count("checked") == 1
    begin = f"/visits/new/?enterprise={world.enterprises['a']}"
    assert "储罐区（第1版）" in inspector.get(begin).content.decode()
    assert len(walks.statements(inspector, begin)) <= 12
    told = {"key": str(uuid4()), "enterprise": world.enterprises["a"], "subject": "routine", "fits": "on"}
    with world.as_("inspector"):
        template = ChecklistTemplate.objects.get()
    visit = inspector.post("/visits/new/", told | {"template": template.pk})["Location"]
    page = inspector.get(visit).content.decode()
    for said in (LINE["text"], LINE["basis"], LINE["criterion"], "各类企业都检查"):
        assert said in page
    tapped = inspector.post(f"{visit}answers/Z-0001/", {"verdict": "not_ok"}, HTTP_HX_REQUEST="true").content.decode()
    assert LINE["text"] in tapped
    record = world.client("leader").get(visit).content.decode()
    assert "列入理由" in record
    assert office.post(f"{address}withdraw/").status_code == 302
    assert "已停用" in inspector.get(address).content.decode()


def test_it_goes_over_the_api_by_the_same_verbs(world):
    office, json = world.client("office"), {"content_type": "application/json"}
    told = {"subject": "储罐区", "codes": [walks.FIRST], "own": [LINE], "reason": "专项需要"}
    made = office.post("/api/v1/checklist-templates/", told, **json).json()
    assert [item["code"] for item in made["items"]] == [walks.FIRST, "Z-0001"]
    assert office.post("/api/v1/checklist-templates/", told, **json).status_code == 409
    holds(world, 液氨=2)
    inspector, plant = world.client("inspector"), world.enterprises["a"]
    composed = inspector.get(f"/api/v1/checklist-templates/composed/?enterprise={plant}").json()
    parts = {part["subcategory"]: part for part in composed["parts"]}
    assert parts[AMMONIA] == {"subcategory": AMMONIA, "count": 4, "applies": True, "because": "在量有液氨"}
    assert not parts["硝酸铵"]["applies"]
    assert {item["subcategory"] for item in composed["items"]} == {n for n, part in parts.items() if part["applies"]}
    # A device that was out of signal sends what it walked through, also by a version that is no longer the newest.
    office.post("/api/v1/checklist-templates/", told | {"after": 1}, **json)
    visit = {
        "key": str(uuid4()),
        "enterprise": plant,
        "second": person_id(world, "inspector2"),
        "template": made["id"],
        "hazards": [{"code": "Z-0001", "description": "无记录", "level": "major"}],
    }
    done = inspector.post("/api/v1/visits/", visit, **json).json()
    assert (done["template"], done["codes"], len(done["hazards"])) == (made["id"], ["Z-0001"], 1)
