"""现场检查方案: three people of one body, each by name; then a numbered document that no enterprise sees."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from hazards.models import Notice
from inspections.actions import schemes
from inspections.models_schemes import SchemeDocument, VisitScheme
from portal.audit.models import AuditRecord
from portal.documents.actions import confirm_code
from portal.documents.verifying import verdict_on
from portal.files import store
from portal.messages.models import Message
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from tests.documents import reading
from tests.inspections import walks


@pytest.fixture
def confirmed(world):
    with world.as_("office"):
        confirm_code("inspection_plan", "应急检案", "省应急管理厅2026版执法文书式样")


def told(world, **changes) -> dict:
    return {
        "planned_from": timezone.localdate(),
        "planned_to": timezone.localdate() + timedelta(days=1),
        "place": "甲醇罐区",
        "contents": "特殊作业票证；联锁投用",
        "manner": "查阅资料、现场检查",
        "lead": world.people["inspector"],
        "lead_task": "现场检查",
        "second": world.people["inspector2"],
        "second_task": "查阅资料",
        "drafting": "年度计划第12项",
        "reviewer": world.people["inspector2"],
        "approver": world.people["leader"],
    } | changes


def drafted(world, **changes) -> VisitScheme:
    with world.as_("inspector"):
        return schemes.draft(world.enterprises["a"], told(world, **changes))


def reviewed(world) -> VisitScheme:
    scheme = drafted(world)
    with world.as_("inspector2"):
        return schemes.review(scheme.pk, "同意，注意用电安全")


def approved(world) -> SchemeDocument:
    scheme = reviewed(world)
    with world.as_("leader"):
        return schemes.approve(scheme.pk, "同意")


def test_reviewed_and_approved_by_name_it_becomes_a_numbered_document(world, confirmed):
    document = approved(world)
    assert document.number == f"（江南）应急检案〔{timezone.localdate().year}〕1号"
    with world.as_("office"):
        text = reading.text(store.open_kept(document.content["pdf"]))
    for word in (
        "江州甲化工有限公司",
        "甲醇罐区",
        "特殊作业票证；联锁投用。",
        "inspector君：现场检查。",
        "年度计划第12项",
    ):
        assert word in text
    for label, name in (("拟制", "inspector君"), ("科室负责人审核", "inspector2君"), ("分管领导审批", "leader君")):
        assert label in text
        assert name in text
    assert "同意，注意用电安全。" in text
    assert verdict_on(document.verify_code).unchanged


def test_without_a_confirmed_code_nothing_is_approved_and_no_number_is_taken(world):
    scheme = reviewed(world)
    with world.as_("leader"), pytest.raises(Refused, match="字轨尚未核实"):
        schemes.approve(scheme.pk, "同意")
    with world.as_("office"):
        assert VisitScheme.objects.get(pk=scheme.pk).state == "approving"
        confirm_code("inspection_plan", "应急检案", "省厅式样")
    with world.as_("leader"):
        assert schemes.approve(scheme.pk, "同意").number.endswith("〕1号")


def test_only_whom_the_draft_names_may_review_and_approve_and_in_that_order(world, confirmed):
    scheme = drafted(world)
    for login in ("inspector", "leader", "office"):
        with world.as_(login), pytest.raises(NotAllowed, match="科室负责人"):
            schemes.review(scheme.pk, "同意")
    with world.as_("leader"), pytest.raises(IllegalMove):
        schemes.approve(scheme.pk, "同意")
    with world.as_("inspector2"):
        schemes.review(scheme.pk, "")
        with pytest.raises(NotAllowed, match="分管领导"):
            schemes.approve(scheme.pk, "同意")
        with pytest.raises(IllegalMove):
            schemes.review(scheme.pk, "")
    with world.as_("north"), pytest.raises(Http404):
        schemes.review(scheme.pk, "同意")


def test_an_approver_who_leads_no_longer_does_not_approve(world, confirmed):
    scheme = reviewed(world)
    with world.as_("office") as _:
        VisitScheme.objects.filter(pk=scheme.pk).update(approver=world.people["office"])
    with world.as_("office"), pytest.raises(NotAllowed):
        schemes.approve(scheme.pk, "同意")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reviewer": "inspector"}, "reviewer"),
        ({"reviewer": "north"}, "reviewer"),
        ({"approver": "inspector2"}, "approver"),
        ({"approver": None}, "approver"),
        ({"reviewer": "leader"}, "approver"),
        ({"second": "inspector"}, "second"),
        ({"second": None}, "second"),
        ({"contents": " "}, "contents"),
        ({"second_task": ""}, "second_task"),
        ({"planned_from": -1}, "planned_from"),
        ({"planned_to": -1}, "planned_to"),
    ],
)
def test_what_is_missing_or_one_person_twice_is_refused_at_its_field(world, change, field):
    [(name, value)] = change.items()
    if isinstance(value, int):
        value = timezone.localdate() + timedelta(days=value)
    elif value in world.people:
        value = world.people[value]
    with pytest.raises(BadInput) as refusal:
        drafted(world, **{name: value})
    assert refusal.value.field == field


def test_the_database_too_wants_three_people(world):
    scheme = drafted(world)
    with (
        world.as_("office"),
        pytest.raises(IntegrityError, match="three_people_answer_for_a_scheme"),
        transaction.atomic(),
    ):
        VisitScheme.objects.filter(pk=scheme.pk).update(approver=scheme.drafter_id)


def test_returned_with_a_reason_it_is_changed_by_its_drafter_and_goes_all_the_way_again(world, confirmed):
    scheme = reviewed(world)
    with world.as_("leader"):
        with pytest.raises(BadInput, match="理由"):
            schemes.send_back(scheme.pk, " ")
        schemes.send_back(scheme.pk, "内容太窄")
    with world.as_("inspector2"), pytest.raises(NotAllowed, match="拟制人"):
        schemes.change(scheme.pk, told(world))
    with world.as_("inspector"):
        changed = schemes.change(scheme.pk, told(world, contents="加查重大危险源包保"))
        assert (changed.state, changed.reviewed_on) == ("reviewing", None)
    with world.as_("leader"), pytest.raises(IllegalMove):
        schemes.approve(scheme.pk, "同意")


def test_what_was_approved_changes_no_more(world, confirmed):
    document = approved(world)
    with world.as_("inspector"):
        for verb in (schemes.withdraw, lambda pk: schemes.change(pk, told(world))):
            with pytest.raises(IllegalMove):
                verb(document.scheme_id)
    for login in ("office", "inspector", "leader"):
        with world.as_(login), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            SchemeDocument.objects.update(content={})


def test_a_plan_whose_days_are_over_is_not_approved(world, confirmed):
    scheme = reviewed(world)
    yesterday = timezone.localdate() - timedelta(days=1)
    with world.as_("office"):
        VisitScheme.objects.filter(pk=scheme.pk).update(planned_from=yesterday, planned_to=yesterday)
    with world.as_("leader"), pytest.raises(Refused, match="已过"):
        schemes.approve(scheme.pk, "同意")


def test_the_plant_and_its_expert_never_hear_of_it(world, confirmed):
    document = approved(world)
    for login in ("officer", "expert"):
        with world.as_(login):
            for model in (VisitScheme, SchemeDocument):
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    model.objects.count()
        client = world.client(login)
        assert client.get(f"/visits/schemes/{document.scheme_id}/").status_code == 403
        assert document.number not in client.get(f"/enterprises/{world.enterprises['a']}/").content.decode()
    with world.as_("officer"):
        assert not Notice.objects.exists()
        assert not Message.objects.filter(title__contains="方案").exists()
    text = world.client().get(f"/verify/{document.verify_code}/").content.decode()
    assert document.number in text
    assert "江州甲化工有限公司" not in text


def test_each_is_told_when_it_is_their_turn(world, confirmed):
    approved(world)
    for login, title in (("inspector2", "请审核检查方案"), ("leader", "请审批检查方案"), ("inspector", "已批准")):
        with world.as_(login):
            assert Message.objects.filter(person_id=world.people[login], title__contains=title).exists(), login


def test_every_step_is_on_the_record(world, confirmed):
    approved(world)
    with world.as_("auditor"):
        steps = AuditRecord.objects.filter(action__startswith="schemes.").order_by("seq")
        assert [(one.action, one.person_name) for one in steps] == [
            ("schemes.draft", "inspector君"),
            ("schemes.review", "inspector2君"),
            ("schemes.approve", "leader君"),
        ]


def test_a_visit_within_its_days_shows_the_plan_it_was_made_by(world, confirmed):
    document = approved(world)
    visit = walks.finished(world)
    assert document.number in world.client("inspector").get(f"/visits/{visit.pk}/").content.decode()
    other = walks.finished(world, "b")
    assert document.number not in world.client("inspector").get(f"/visits/{other.pk}/").content.decode()


def posted(world, **changes) -> dict:
    return {name: str(value or "") for name, value in told(world, **changes).items()}


def test_the_pages_carry_it_from_draft_to_document(world, confirmed):
    inspector, plant = world.client("inspector"), world.enterprises["a"]
    assert f"/enterprises/{plant}/schemes/new/" in inspector.get(f"/enterprises/{plant}/").content.decode()
    address = f"/enterprises/{plant}/schemes/new/"
    assert inspector.get(address).status_code == 200
    refused = inspector.post(address, posted(world, contents="", place="只写了场所"))
    assert refused.status_code == 400
    assert "只写了场所" in refused.content.decode()
    page = inspector.post(address, posted(world), follow=True)
    assert "待审核" in page.content.decode()
    with world.as_("office"):
        scheme = VisitScheme.objects.get()
    one = f"/visits/schemes/{scheme.pk}/"
    assert 'name="verdict"' not in page.content.decode()
    assert world.client("inspector2").get("/visits/schemes/?mine=due").context["page"].rows
    revision = {"opinion": "", "revision": "1"}
    world.client("inspector2").post(f"{one}decide/", revision | {"verdict": "agree"})
    stale = world.client("leader").post(f"{one}decide/", revision | {"verdict": "agree"})
    assert stale.status_code == 409
    done = world.client("leader").post(
        f"{one}decide/", {"opinion": "", "revision": "2", "verdict": "agree"}, follow=True
    )
    assert "应急检案" in done.content.decode()
    assert world.client("department").get(f"{one}pdf/").content.startswith(b"%PDF")
    assert inspector.get(f"{one}edit/").status_code == 409


def test_the_api_carries_it_by_the_same_rules(world, confirmed):
    client = world.client("inspector")
    body = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in told(world).items()}
    made = client.post(
        "/api/v1/visit-schemes/", body | {"enterprise": world.enterprises["a"]}, content_type="application/json"
    )
    assert made.status_code == 201
    one = f"/api/v1/visit-schemes/{made.json()['id']}/"
    assert client.post(f"{one}review/", {}, content_type="application/json").status_code == 403
    assert world.client("inspector2").post(f"{one}review/", {}, content_type="application/json").status_code == 200
    done = world.client("leader").post(f"{one}approve/", {"opinion": "同意"}, content_type="application/json")
    assert done.json()["number"].endswith("1号")
    assert client.get(f"{one}pdf/").content.startswith(b"%PDF")


def test_the_list_and_a_page_cost_few_statements(world, confirmed, django_assert_max_num_queries):
    document = approved(world)
    client = world.client("inspector")
    for address in ("/visits/schemes/", f"/visits/schemes/{document.scheme_id}/"):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200
