"""现场检查方案: drawn up, reviewed, approved — by three different people of one body, each by name — and issued."""

from datetime import date
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise
from inspections.actions.visits import two_inspectors
from inspections.models_schemes import KIND, SchemeDocument, VisitScheme
from inspections.queries_schemes import office_mates
from portal.audit.record import note as audit
from portal.documents.issuing import issue
from portal.messages.actions import tell
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.tenancy.models import Organisation
from portal.tenancy.scope import in_one_piece, who

State = VisitScheme.State
TEXTS = {
    "contents": "请写明检查内容。",
    "manner": "请写明检查方式，如查阅资料、现场检查、询问。",
    "lead_task": "请写明主办人员的分工。",
    "second_task": "请写明协办人员的分工。",
    "drafting": "请写明拟制说明：为什么检查这家企业。",
}


@in_one_piece
def draft(enterprise_id: int, told: dict[str, Any]) -> VisitScheme:
    """拟制并报审. `told` as SchemeForm and the API give it. Raises BadInput, NotAllowed."""
    demand("schemes.draft")
    enterprise = Enterprise.objects.filter(pk=enterprise_id).first()
    if enterprise is None:
        raise Http404(f"enterprise {enterprise_id}")
    scheme = VisitScheme(enterprise=enterprise, organisation_id=who().organisation_id, drafter_id=who().person_id)
    write(scheme, told)
    scheme.save()
    audit("schemes.draft", scheme, {"from": scheme.planned_from.isoformat(), "reviewer": scheme.reviewer_id})
    ask_for(scheme, scheme.reviewer_id, "审核")
    return scheme


@in_one_piece
def change(scheme_id: int, told: dict[str, Any], *, revision: int | None = None) -> VisitScheme:
    """修改后再报: by whoever drew it up, once it was returned; both words are asked for again."""
    scheme = locked(scheme_id, revision)
    mine(scheme)
    if scheme.state != State.RETURNED:
        raise IllegalMove(f"方案{scheme.get_state_display()}，不能修改。退回后才能修改。")
    write(scheme, told)
    scheme.state, scheme.revision = State.REVIEWING, scheme.revision + 1
    scheme.reviewed_on, scheme.review = None, ""
    scheme.save()
    audit("schemes.change", scheme, {"from": scheme.planned_from.isoformat(), "reviewer": scheme.reviewer_id})
    ask_for(scheme, scheme.reviewer_id, "审核")
    return scheme


def write(scheme: VisitScheme, told: dict[str, Any]) -> None:
    today = timezone.localdate()
    texts = {name: str(told.get(name) or "").strip() for name in (*TEXTS, "place")}
    for name, sentence in TEXTS.items():
        if not texts[name]:
            raise BadInput(sentence, field=name)
    starts: date | None = told.get("planned_from")
    ends: date | None = told.get("planned_to") or starts
    if starts is None or ends is None or starts < today:
        raise BadInput("检查时间不能早于今天：方案须在检查前制定。", field="planned_from")
    if ends < starts:
        raise BadInput("检查时间的止日不能早于起日。", field="planned_to")
    # 安全生产法第67条: two, each with a certificate.
    try:
        lead, second = two_inspectors(told.get("lead"), told.get("second"))
    except BadInput as refusal:
        raise BadInput(refusal.sentence, field="second") from refusal
    reviewer, approver = told.get("reviewer"), told.get("approver")
    mates = {person.pk for person in office_mates()}
    if reviewer not in mates:
        raise BadInput("请选择本单位的科室负责人审核，不能是拟制人本人。", field="reviewer")
    if approver not in {person.pk for person in office_mates(leads=True)}:
        raise BadInput("请选择本单位的分管领导审批，不能是拟制人本人。", field="approver")
    if reviewer == approver:
        raise BadInput("审核和审批须是两个人。", field="approver")
    scheme.planned_from, scheme.planned_to, scheme.drafted_on = starts, ends, today
    scheme.lead, scheme.second, scheme.reviewer_id, scheme.approver_id = lead, second, reviewer, approver
    for name, text in texts.items():
        setattr(scheme, name, text)


@in_one_piece
def review(scheme_id: int, opinion: str, *, revision: int | None = None) -> VisitScheme:
    """审核同意: the section's head, whom the draft names."""
    scheme = locked(scheme_id, revision)
    demand("schemes.review", scheme)
    expect(scheme, State.REVIEWING)
    scheme.state, scheme.review, scheme.reviewed_on = State.APPROVING, opinion.strip() or "同意", timezone.localdate()
    moved(scheme, "schemes.review", {"opinion": scheme.review})
    ask_for(scheme, scheme.approver_id, "审批")
    return scheme


@in_one_piece
def approve(scheme_id: int, opinion: str, *, revision: int | None = None) -> SchemeDocument:
    """审批同意: the leader in charge, whom the draft names; the plan is numbered and printed. Raises Refused without a 字轨."""
    scheme = locked(scheme_id, revision)
    demand("schemes.approve", scheme)
    expect(scheme, State.APPROVING)
    today = timezone.localdate()
    if scheme.planned_to < today:
        raise Refused("方案所定的检查时间已过，请退回修改。")
    scheme.state, scheme.approval, scheme.approved_on = State.APPROVED, opinion.strip() or "同意", today
    document = issued(scheme)
    moved(scheme, "schemes.approve", {"opinion": scheme.approval, "number": document.number, "digest": document.digest})
    tell_of(scheme, scheme.drafter_id, f"检查方案{document.number}已批准", scheme.approval)
    return document


def issued(scheme: VisitScheme) -> SchemeDocument:
    def said(person, on, opinion) -> dict:
        return {"name": person.name, "on": on.isoformat(), "opinion": opinion}

    organisation = Organisation.objects.get(pk=scheme.organisation_id)
    day = scheme.approved_on or timezone.localdate()
    made = issue(
        KIND,
        organisation,
        day,
        {
            "addressee": scheme.enterprise.name,
            "address": scheme.enterprise.address or "（台账未登记地址）",
            "planned_from": scheme.planned_from.isoformat(),
            "planned_to": scheme.planned_to.isoformat(),
            "place": scheme.place,
            "contents": scheme.contents,
            "manner": scheme.manner,
            "signers": [
                {"person_id": one.pk, "name": one.name, "certificate_no": one.certificate_no}
                for one in (scheme.lead, scheme.second)
            ],
            "tasks": [
                {"name": scheme.lead.name, "task": scheme.lead_task},
                {"name": scheme.second.name, "task": scheme.second_task},
            ],
            "drafted": said(scheme.drafter, scheme.drafted_on, scheme.drafting),
            "reviewed": said(scheme.reviewer, scheme.reviewed_on, scheme.review),
            "approved": said(scheme.approver, scheme.approved_on, scheme.approval),
        },
    )
    document = SchemeDocument(
        enterprise=scheme.enterprise,
        scheme=scheme,
        organisation=organisation,
        number=made.number,
        issued_on=day,
        content=made.content,
        digest=made.digest,
        verify_code=made.verify_code,
    )
    document.save()
    return document


@in_one_piece
def send_back(scheme_id: int, reason: str, *, revision: int | None = None) -> VisitScheme:
    """退回: by whoever has the word, with a reason."""
    scheme = locked(scheme_id, revision)
    demand("schemes.approve" if scheme.state == State.APPROVING else "schemes.review", scheme)
    expect(scheme, State.REVIEWING, State.APPROVING)
    if not reason.strip():
        raise BadInput("退回须写明理由。", field="opinion")
    scheme.state, scheme.returned_because = State.RETURNED, reason.strip()
    moved(scheme, "schemes.return", {"reason": reason.strip()})
    tell_of(scheme, scheme.drafter_id, "检查方案被退回", reason.strip())
    return scheme


@in_one_piece
def withdraw(scheme_id: int, *, revision: int | None = None) -> VisitScheme:
    """撤回: before it is approved, by whoever drew it up. It stays on the record."""
    scheme = locked(scheme_id, revision)
    mine(scheme)
    expect(scheme, State.REVIEWING, State.APPROVING, State.RETURNED)
    scheme.state = State.WITHDRAWN
    moved(scheme, "schemes.withdraw", {})
    return scheme


def locked(scheme_id: int, revision: int | None) -> VisitScheme:
    demand("schemes.draft")
    scheme = (
        VisitScheme.objects.select_for_update(of=("self",))
        .select_related("enterprise", "lead", "second", "drafter", "reviewer", "approver")
        .filter(pk=scheme_id)
        .first()
    )
    if scheme is None:
        raise Http404(f"scheme {scheme_id}")
    if revision is not None and scheme.revision != revision:
        raise Refused(f"方案刚刚被他人办理，现为“{scheme.get_state_display()}”。请按最新情况处理。")
    return scheme


def mine(scheme: VisitScheme) -> None:
    if scheme.drafter_id != who().person_id:
        raise NotAllowed("方案由拟制人修改、撤回。")


def expect(scheme: VisitScheme, *states: str) -> None:
    if scheme.state not in states:
        raise IllegalMove(f"方案{scheme.get_state_display()}，不能办理这一步。请刷新页面查看最新状态。")


def moved(scheme: VisitScheme, action: str, changes: dict) -> None:
    scheme.revision += 1
    scheme.save()
    audit(action, scheme, changes)


def ask_for(scheme: VisitScheme, person_id: int, verb: str) -> None:
    tell_of(scheme, person_id, f"请{verb}检查方案", f"拟于{scheme.planned_from}检查。{scheme.drafting}")


def tell_of(scheme: VisitScheme, person_id: int, title: str, body: str) -> None:
    key = f"scheme:{scheme.pk}:{scheme.revision}:{scheme.state}"
    tell([person_id], key, f"{title}：{scheme.enterprise.name}", body, reverse("scheme", args=[scheme.pk]))
