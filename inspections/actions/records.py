"""现场检查记录 of a finished visit (安全生产法第65、67、68条)."""

from datetime import datetime

from django.utils import timezone

from hazards import rules
from hazards.actions.notices import make, signers_of
from hazards.models import Evidence, Hazard, Notice
from hazards.queries.annex import to_follow
from inspections.actions.answers import own_visit
from inspections.models import Visit
from portal.audit.record import note as audit
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.models import Organisation
from portal.tenancy.scope import in_one_piece, who


@in_one_piece
def make_record(
    visit_id: int,
    *,
    place: str,
    situation: str,
    started_at: datetime,
    ended_at: datetime,
    representative: str = "",
    position: str = "",
    phone: str = "",
    met_with: str = "",
    refusal: str = "",
) -> Notice:
    """制作现场检查记录: once a visit, by one of its two inspectors; both sign, the plant signs or its refusal is noted (第68条).

    What is written wrong is put right by a correction; photos still on a device follow in an annex. Raises BadInput, IllegalMove, NotAllowed, Refused.
    """
    visit = own_visit(visit_id)
    if visit.state != Visit.State.FINISHED:
        raise IllegalMove(f"这次检查{visit.get_state_display()}，完成后才能制作现场检查记录。")
    if made := Notice.objects.filter(visit_id=visit.pk, superseded_on=None).first():
        raise Refused(f"已有现场检查记录{made.number}。写错的，请在记录上办理更正。")
    if not situation.strip():
        raise BadInput("请写明检查情况：查了什么、怎么查的、情况怎样。", field="situation")
    if ended_at <= started_at:
        raise BadInput("检查结束时间须晚于开始时间。", field="ended_at")
    if ended_at > timezone.now():
        raise BadInput("检查结束时间不能晚于现在。", field="ended_at")
    if timezone.localtime(started_at).date() != visit.visited_on:
        raise BadInput(f"检查开始时间须在检查日期{visit.visited_on}当天。", field="started_at")
    hazards = list(
        Hazard.objects.filter(source_kind="visit", source_id=visit.pk).exclude(status=rules.VOID).order_by("pk")
    )
    photos = Evidence.objects.filter(hazard__in=hazards, phase=Evidence.Phase.FOUND).order_by("hazard_id", "pk")
    content = {
        "address": visit.enterprise.address or "（台账未登记地址）",
        "representative": representative.strip(),
        "position": position.strip(),
        "phone": phone.strip(),
        "place": place.strip(),
        "met_with": met_with.strip(),
        "started_at": minute(started_at),
        "ended_at": minute(ended_at),
        "situation": situation.strip(),
        "items": [
            {
                "description": hazard.description,
                "basis": hazard.basis,
                "level": hazard.get_level_display(),
                "place": hazard.place,
                "hazard_id": hazard.pk,
            }
            for hazard in hazards
        ],
        "receipt": {"refusal": refusal.strip()} if refusal.strip() else {},
    }
    record = make(
        Notice.Kind.RECORD,
        visit.enterprise,
        Organisation.objects.get(pk=visit.organisation_id or who().organisation_id),
        signers_of(visit.lead_id, visit.second_id),
        timezone.localdate(),
        list(photos),
        content,
        visit_id=visit.pk,
        awaited=to_follow([hazard.pk for hazard in hazards]),
    )
    audit("visits.record", visit, {"number": record.number}, label=f"{visit.enterprise}{visit}")
    return record


def minute(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="minutes")
