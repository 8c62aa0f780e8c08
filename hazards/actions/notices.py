"""整改文书: issuing, signing for, and the recheck opinion. Once issued a document never changes."""

import json
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise
from hazards import rules
from hazards.actions import tidings
from hazards.actions.moves import leave_steps, move
from hazards.models import Evidence, Hazard, Notice, verification_code
from portal.audit.record import note as audit
from portal.documents import pdf
from portal.documents.models import next_number
from portal.files import images, store
from portal.holidays.deadlines import fixed_deadline, make_deadline
from portal.legaldays import Deadline
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.sm3 import sm3
from portal.tenancy.models import Organisation, Person
from portal.tenancy.scope import in_one_piece, who

# 字轨 as verified in portal/reference/catalogs/enforcement_documents.csv; the unverified ones there are not used.
CODE_CHARS = {
    Notice.Kind.RECTIFICATION: "应急责改",
    Notice.Kind.MEASURES: "应急现决",
    Notice.Kind.RECHECK: "应急复查",
}


# 令15号第17条 leaves the length to the authority; the law gives no number of its own.
RULE = "令15号第17条，由执法机关依实际确定"


def deadline_for(*, length: int | None = None, unit: str = "自然日", due: date | None = None) -> Deadline:
    """The deadline an inspector set today: a day, or a length in 自然日, 工作日 or 月. Raises BadInput."""
    today = timezone.localdate()
    try:
        return fixed_deadline(today, due, RULE) if due else make_deadline(today, length or 0, unit, RULE)
    except ValueError as error:
        raise BadInput(str(error), field="length") from error


@dataclass(frozen=True)
class Order:
    """What a notice demands of one hazard."""

    hazard_id: int
    deadline: Deadline
    requirement: str


@in_one_piece
def issue_notice(orders: list[Order], second_id: int | None) -> Notice:
    """下达责令限期整改指令书 over recorded hazards of one enterprise, each with its own deadline.

    Two certified inspectors sign (安全生产法第67条); deadlines lie after today (令15号第17条 leaves their length to the
    authority). Raises BadInput, IllegalMove.
    """
    demand("hazards.issue")
    if not orders:
        raise BadInput("请至少选择一条隐患。")
    today = timezone.localdate()
    asked = {order.hazard_id: order for order in orders}
    hazards = list(
        Hazard.objects.select_for_update(of=("self",), no_key=True)
        .select_related("enterprise")
        .filter(pk__in=asked)
        .order_by("pk")
    )
    if len(hazards) != len(asked):
        raise BadInput("有隐患已不存在，请返回重新选择。")
    if len({hazard.enterprise_id for hazard in hazards}) != 1:
        raise BadInput("一份指令书只能针对一家企业的隐患。")
    for hazard in hazards:
        if rules.move_for(hazard.status, "issue", *hazard.facts) is None:
            raise IllegalMove(f"“{hazard.description[:20]}”已是“{hazard.get_status_display()}”，不能再次下达。")
        if asked[hazard.pk].deadline.due <= today:
            raise BadInput("整改期限须晚于今天。", field=f"h{hazard.pk}-due")
    signers = two_signers(second_id)
    organisation = Organisation.objects.get(pk=who().organisation_id)
    photos = list(Evidence.objects.filter(hazard__in=asked, phase=Evidence.Phase.FOUND).order_by("hazard_id", "id"))
    notice = make(
        Notice.Kind.RECTIFICATION,
        hazards[0].enterprise,
        organisation,
        signers,
        today,
        photos,
        {
            "found_on": min(hazard.found_on for hazard in hazards).isoformat(),
            "items": [
                {
                    "description": hazard.description,
                    "basis": hazard.basis,
                    "requirement": asked[hazard.pk].requirement,
                    "level": hazard.get_level_display(),
                    "place": hazard.place,
                    "deadline": asked[hazard.pk].deadline.due.isoformat(),
                    "hazard_id": hazard.pk,
                }
                for hazard in hazards
            ],
        },
    )
    for hazard in hazards:
        order = asked[hazard.pk]
        move(
            hazard,
            "issue",
            notice.number,
            notice=notice,
            deadline=order.deadline.due,
            deadline_rule=order.deadline.as_json(),
            requirement=order.requirement,
            round=1,
        )
    tidings.notice_issued(notice)
    return notice


def issue_recheck_opinion(hazard: Hazard, second_id: int | None, opinion: str) -> Notice:
    """整改复查意见书 on one hazard that passed its recheck; two people sign it (令15号第17条)."""
    order = hazard.notice
    photos = list(hazard.evidence.filter(round=hazard.round).exclude(phase=Evidence.Phase.FOUND).order_by("id"))
    position = next((n for n, item in enumerate(order.content["items"], 1) if item["hazard_id"] == hazard.pk), 1)
    return make(
        Notice.Kind.RECHECK,
        hazard.enterprise,
        order.organisation,
        two_signers(second_id),
        timezone.localdate(),
        photos,
        {
            "order_number": order.number,
            "order_issued_on": order.issued_on.isoformat(),
            "items": [
                {
                    "position": position,
                    "description": hazard.description,
                    "requirement": hazard.requirement,
                    "deadline": hazard.deadline.isoformat(),
                    "submitted_on": hazard.submitted_on.isoformat(),
                    "late": hazard.late,
                    "result": "已按要求完成整改",
                    "hazard_id": hazard.pk,
                }
            ],
            "opinion": opinion or "经复查，上述隐患已整改到位。",
            "awaits_confirmation": hazard.status == rules.CONFIRMING,
        },
        about=order,
    )


def two_signers(second_id: int | None) -> list[dict]:
    me = who()
    people = {person.pk: person for person in Person.objects.filter(pk__in=[me.person_id, second_id])}
    if second_id not in people or second_id == me.person_id:
        raise BadInput("须有两名不同的执法人员，请选择第二名。", field="second")
    signers = [people[me.person_id], people[second_id]]
    for person in signers:
        if not person.certificate_no:
            raise BadInput(f"{person.name}没有登记执法证号，不能签发文书。请系统管理员补录。", field="second")
    return [
        {"person_id": person.pk, "name": person.name, "certificate_no": person.certificate_no} for person in signers
    ]


def decide_measures(enterprise: Enterprise, second_id: int | None, content: dict, photos: list[Evidence]) -> Notice:
    """现场处理措施决定书 (安全生产法第65、70条; 令15号第14条); `content` as its contract asks (portal/documents/contracts.py)."""
    organisation = Organisation.objects.get(pk=who().organisation_id)
    return make(
        Notice.Kind.MEASURES,
        enterprise,
        organisation,
        two_signers(second_id),
        timezone.localdate(),
        photos,
        content,
    )


def make(
    kind: str,
    enterprise: Enterprise,
    organisation: Organisation,
    signers: list[dict],
    issued_on: date,
    photos: list[Evidence],
    content: dict,
    about: Notice | None = None,
) -> Notice:
    """Number it, freeze its content, print it once and keep the print with its digest."""
    number = next_number(organisation.pk, kind, issued_on.year)
    numbered = f"（{organisation.short_name}）{CODE_CHARS[kind]}〔{issued_on.year}〕{number}号"
    code = verification_code()
    content = {
        **content,
        "organisation": organisation.name,
        "number": numbered,
        "addressee": enterprise.name,
        "address": enterprise.address,
        "issued_on": issued_on.isoformat(),
        "signers": signers,
        "photos": [{"hazard_id": p.hazard_id, "phase": p.phase, "digest": p.digest} for p in photos],
        "verify_code": code,
        "verify_url": settings.PORTAL_URL + reverse("verify", args=[code]),
    }
    printed = pdf.render(kind, content, captioned(content, photos))
    kept = store.keep([printed])
    notice = Notice(
        enterprise=enterprise,
        kind=kind,
        number=numbered,
        organisation=organisation,
        about=about,
        issued_on=issued_on,
        signers=signers,
        content=content | {"pdf": kept.digest},
        photo_ids=[photo.pk for photo in photos],
        digest=sm3(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()),
        verify_code=code,
    )
    notice.save()
    audit("notices.issue", notice, {"kind": kind, "digest": notice.digest, "pdf": kept.digest})
    return notice


def captioned(content: dict, photos: list[Evidence]) -> list[tuple[bytes, str]]:
    """The annex: each picture with the item it shows and when it was taken; PDFs stay on the portal."""
    position = {item.get("hazard_id"): item.get("position", number) for number, item in enumerate(content["items"], 1)}
    annex = []
    for photo in photos:
        if photo.content_type != "application/pdf" and photo.served:
            taken = timezone.localtime(photo.taken_at or photo.uploaded_at)
            when = f"{'拍摄' if photo.taken_at else '上传'}于{taken:%Y-%m-%d %H:%M}"
            caption = f"第{position[photo.hazard_id]}项　{photo.get_phase_display()}　{when}"
            annex.append((images.display_copy(photo.digest, 1280), caption))
    return annex


def acknowledge(notice_id: int, signed_by: str) -> Notice:
    """签收: the enterprise says it has the notice. Saying so twice changes nothing."""
    demand("hazards.acknowledge")
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice_id)
    if notice.acknowledged_at:
        raise Refused(
            f"文书已于{timezone.localtime(notice.acknowledged_at):%Y年%m月%d日}由{notice.acknowledged_by}签收。"
        )
    if not signed_by.strip():
        raise BadInput("请填写签收人姓名。", field="signed_by")
    notice.acknowledged_at, notice.acknowledged_by = timezone.now(), signed_by.strip()
    notice.save(update_fields=["acknowledged_at", "acknowledged_by"])
    leave_steps(list(notice.hazards.order_by("pk")), "acknowledge", f"{notice.number}，签收人{signed_by.strip()}")
    audit("notices.acknowledge", notice, {"by": signed_by.strip()})
    return notice


def note_refusal(notice_id: int, refusal: str) -> Notice:
    """拒签: the inspector notes that the enterprise would not sign, where and before whom (安全生产法第68条)."""
    demand("hazards.issue")
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice_id)
    if notice.acknowledged_at or notice.refusal:
        raise Refused("文书已签收或已注明拒签。")
    if not refusal.strip():
        raise BadInput("请写明拒签情况。", field="refusal")
    notice.refusal = refusal.strip()
    notice.save(update_fields=["refusal"])
    audit("notices.refused", notice, {"note": refusal.strip()})
    return notice
