"""整改文书: issuing, signing for, and the recheck opinion. Once issued a document never changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404
from django.utils import timezone

from enterprises.models import Enterprise
from hazards import rules
from hazards.actions import tidings
from hazards.actions.moves import leave_steps, move
from hazards.models import Evidence, Hazard, Notice
from hazards.queries.annex import caption, named, printable, to_follow
from portal.audit.record import note as audit
from portal.documents.issuing import issue
from portal.files import images
from portal.holidays.deadlines import fixed_deadline, make_deadline
from portal.legaldays import Deadline
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.models import Organisation, Person
from portal.tenancy.scope import in_one_piece, who

NOT_YET = (Evidence.Scan.WAITING, Evidence.Scan.FAILED)
TWO = "须有两名不同的执法人员，请选择第二名。"

# 令15号第17条 leaves the length to the authority; the law gives no number of its own.
RULE = "令15号第17条，由执法机关依实际确定"


def deadline_for(
    *, length: int | None = None, unit: str = "自然日", due: date | None = None, start: date | None = None
) -> Deadline:
    """The deadline an inspector set today (or on `start`): a day, or a length in 自然日, 工作日 or 月. Raises BadInput."""
    start = start or timezone.localdate()
    try:
        return fixed_deadline(start, due, RULE) if due else make_deadline(start, length or 0, unit, RULE)
    except ValueError as error:
        raise BadInput(str(error), field="length") from error


@dataclass(frozen=True)
class Order:
    """What a notice demands of one hazard."""

    hazard_id: int
    deadline: Deadline
    requirement: str


@dataclass(frozen=True)
class Handed:
    """A notice that was handed over in the plant before the portal heard of it, as the paper reads.

    `number` is the reserved number's row.
    """

    number: int
    issued_on: date
    addressee: str
    address: str


@in_one_piece
def issue_notice(orders: list[Order], second_id: int | None, handed: Handed | None = None) -> Notice:
    """下达责令限期整改指令书 over recorded hazards of one enterprise, each with its own deadline.

    Two certified inspectors sign (安全生产法第67条); deadlines lie after today (令15号第17条 leaves their length to the
    authority), or after the day it was handed over. Raises BadInput, IllegalMove.
    """
    demand("hazards.issue")
    if not orders:
        raise BadInput("请至少选择一条隐患。")
    today = handed.issued_on if handed else timezone.localdate()
    if today > timezone.localdate():
        raise BadInput("文书日期不能晚于今天，请核对设备的日期。", field="issued_on")
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
            raise BadInput("整改期限须晚于文书日期。" if handed else "整改期限须晚于今天。", field=f"h{hazard.pk}-due")
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
        handed=handed,
        awaited=to_follow(asked),
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


def issue_recheck_opinion(
    hazard: Hazard, second_id: int | None, opinion: str, *, result: str = "已按要求完成整改", awaits: bool = False
) -> Notice:
    """整改复查意见书 on one hazard that was rechecked, as it stood then; two people sign it (令15号第17条).

    `awaits`: a second person has yet to confirm it.
    """
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
                    "result": result,
                    "hazard_id": hazard.pk,
                }
            ],
            "opinion": opinion or "经复查，上述隐患已整改到位。",
            "awaits_confirmation": awaits,
        },
        about=order,
    )


def two_signers(second_id: int | None) -> list[dict]:
    """The acting person and a second one (安全生产法第67条)."""
    me = who()
    if second_id == me.person_id:
        raise BadInput(TWO, field="second")
    return signers_of(me.person_id, second_id)


def signers_of(first_id: int | None, second_id: int | None) -> list[dict]:
    people = {person.pk: person for person in Person.objects.filter(pk__in=[first_id, second_id])}
    if len(people) < 2:
        raise BadInput(TWO, field="second")
    signers = [people[pk] for pk in (first_id, second_id) if pk is not None]
    for person in signers:
        if not person.is_certified:
            raise BadInput(
                f"{person.name}没有登记执法证号或执法证已过期，不能签发文书。请系统管理员补录。", field="second"
            )
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
        awaited=to_follow([item["hazard_id"] for item in content["items"] if item["hazard_id"]]),
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
    *,
    replaces: Notice | None = None,
    visit_id: int | None = None,
    handed: Handed | None = None,
    awaited: Sequence[dict] = (),
) -> Notice:
    """Number it, freeze its content, print it once and keep the print with its digest.

    `awaited` name the pictures that have not come yet; they, and those still being scanned, are printed in an annex of their
    own once they are here (hazards/queries/annex.py).
    """
    here = [photo for photo in photos if photo.scan not in NOT_YET]
    awaited = [*(named(photo) for photo in photos if photo.scan in NOT_YET), *awaited]
    to_whom = {"addressee": enterprise.name, "address": enterprise.address}
    to_whom |= {name: content[name] for name in to_whom if content.get(name)}
    if handed:
        to_whom = {"addressee": handed.addressee, "address": handed.address}
    issued = issue(
        kind,
        organisation,
        issued_on,
        {
            **content,
            **to_whom,
            "signers": signers,
            "photos": [*map(named, here), *awaited],
        },
        captioned(content, here),
        reserved=handed.number if handed else None,
    )
    notice = Notice(
        enterprise=enterprise,
        kind=kind,
        number=issued.number,
        organisation=organisation,
        about=about,
        replaces=replaces,
        visit_id=visit_id,
        issued_on=issued_on,
        signers=signers,
        content=issued.content,
        photo_ids=[photo.pk for photo in here],
        digest=issued.digest,
        verify_code=issued.verify_code,
    )
    notice.save()
    audit("notices.issue", notice, {"kind": kind, "digest": notice.digest, "pdf": issued.content["pdf"]})
    return notice


def captioned(content: dict, photos: list[Evidence]) -> list[tuple[bytes, str]]:
    """The annex: each picture with the item it shows and when it was taken; PDFs stay on the portal."""
    items = enumerate(content.get("items", []), 1)
    position = {item.get("hazard_id"): f"第{item.get('position', number)}项　" for number, item in items}
    annex = []
    for photo in photos:
        if printable(photo):
            annex.append((images.display_copy(photo.digest, 1280), position.get(photo.hazard_id, "") + caption(photo)))
    return annex


def to_be_signed(notice_id: int) -> Notice:
    """The document under a row lock. Raises IllegalMove where nobody signs for it, or for another in its place."""
    notice = Notice.objects.select_for_update(of=("self",)).filter(pk=notice_id).first()
    if notice is None:
        raise Http404(f"notice {notice_id}")
    if not notice.is_served:
        raise IllegalMove(f"{notice.title}不需要签收。")
    if notice.superseded_on:
        raise IllegalMove(f"{notice.number}已于{notice.superseded_on}更正，请签收更正后的文书。")
    return notice


def acknowledge(notice_id: int, signed_by: str) -> Notice:
    """签收: the enterprise says it has the notice, also after it would not at first. Raises Refused, BadInput, IllegalMove."""
    demand("hazards.acknowledge")
    notice = to_be_signed(notice_id)
    if notice.acknowledged_at:
        raise Refused(
            f"文书已于{timezone.localtime(notice.acknowledged_at):%Y年%m月%d日}由{notice.acknowledged_by}签收。"
        )
    if not signed_by.strip():
        raise BadInput("请填写签收人姓名。", field="signed_by")
    notice.acknowledged_at, notice.acknowledged_by = timezone.now(), signed_by.strip()
    notice.save(update_fields=["acknowledged_at", "acknowledged_by"])
    signed(notice)
    return notice


def signed_on_the_spot(notice_id: int, signed_by: str, at: datetime) -> Notice:
    """当场签收: the enterprise signed on the inspectors' device when the notice was handed over."""
    demand("hazards.issue")
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice_id)
    notice.acknowledged_at, notice.acknowledged_by = at, signed_by.strip()[:40]
    notice.save(update_fields=["acknowledged_at", "acknowledged_by"])
    signed(notice)
    return notice


def signed(notice: Notice) -> None:
    by = notice.acknowledged_by
    leave_steps(list(notice.hazards.order_by("pk")), "acknowledge", f"{notice.number}，签收人{by}")
    audit("notices.acknowledge", notice, {"by": by})


def note_refusal(notice_id: int, refusal: str) -> Notice:
    """拒签: the inspector notes that the enterprise would not sign, where and before whom (安全生产法第68条)."""
    demand("hazards.issue")
    notice = to_be_signed(notice_id)
    if notice.acknowledged_at or notice.refusal:
        raise Refused("文书已签收或已注明拒签。")
    if not refusal.strip():
        raise BadInput("请写明拒签情况。", field="refusal")
    notice.refusal = refusal.strip()
    notice.save(update_fields=["refusal"])
    leave_steps(list(notice.hazards.order_by("pk")), "decline", f"{notice.number}，{notice.refusal}")
    audit("notices.refused", notice, {"note": refusal.strip()})
    return notice
