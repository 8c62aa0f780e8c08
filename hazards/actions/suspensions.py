"""停产停业整顿 (handbook §4): whole or part, from a hazard or on the spot, by a numbered decision, until an examination lifts it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404
from django.utils import timezone

from enterprises.actions.suspension import mark_suspended
from enterprises.models import Enterprise, Unit
from hazards import rules
from hazards.actions import tidings
from hazards.actions.moves import allow, lock, move
from hazards.actions.notices import decide_measures
from hazards.models import Evidence, Suspension
from portal.audit.record import note as audit
from portal.holidays.deadlines import SUSPENSION, deadline_for_rule, fixed_deadline
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove
from portal.tenancy.scope import in_one_piece, who

WHOLE, PART = Suspension.Reach.WHOLE, Suspension.Reach.PART


@dataclass(frozen=True)
class Order:
    """What is decided: `reach` whole or part, of a unit or of what `part` names; `until` blank means as long as the law allows."""

    reach: str
    reason: str
    measures: str
    basis: str
    unit_id: int | None = None
    part: str = ""
    until: date | None = None
    on_the_spot: bool = False


@in_one_piece
def suspend(
    enterprise_id: int,
    order: Order,
    second_id: int | None,
    *,
    hazard_id: int | None = None,
    revision: int | None = None,
) -> Suspension:
    """责令停产停业: 现场处理措施决定书 is issued, the enterprise shows it everywhere. Raises BadInput, IllegalMove, NotAllowed.

    No longer than six months (令15号第14条); signed by two (安全生产法第67条).
    """
    demand("suspensions.order")
    hazard = lock(hazard_id, revision) if hazard_id else None
    if hazard:
        allow(hazard, "suspend")
        enterprise_id = hazard.enterprise_id
    enterprise = locked(enterprise_id)
    for field, sentence in (
        ("reason", "请写明停产停业的事由。"),
        ("measures", "请写明处理决定：停什么、撤什么人、采取什么措施。"),
        ("basis", "请写明依据。"),
    ):
        if not getattr(order, field).strip():
            raise BadInput(sentence, field=field)
    unit = Unit.objects.filter(pk=order.unit_id, enterprise=enterprise).first() if order.unit_id else None
    if order.unit_id and unit is None:
        raise BadInput("没有这个单元，请重新选择。", field="unit")
    part = order.part.strip() or (unit.name if unit else "")
    if order.reach not in Suspension.Reach.values:
        raise BadInput("请选择全厂停产还是局部停产。", field="reach")
    if order.reach == PART and not part:
        raise BadInput("局部停产须写明停哪个装置、设施或作业。", field="part")
    today = timezone.localdate()
    longest = deadline_for_rule(SUSPENSION, today)
    deadline = fixed_deadline(today, order.until, longest.rule) if order.until and order.until > today else longest
    if order.until and order.until <= today:
        raise BadInput("停产停业的截止日期须晚于今天。", field="until")
    if deadline.due > longest.due:
        raise BadInput(f"停产停业一般不超过6个月（令15号第14条），最迟到{longest.due}。", field="until")
    reach = "全厂" if order.reach == WHOLE else part
    photos = list(hazard.evidence.filter(phase=Evidence.Phase.FOUND).order_by("id")) if hazard else []
    item = (
        {"description": hazard.description, "place": hazard.place, "level": hazard.get_level_display()}
        if hazard
        else {}
    )
    notice = decide_measures(
        enterprise,
        second_id,
        {
            "items": [{"description": order.reason.strip()} | item | {"hazard_id": hazard.pk if hazard else None}],
            "reason": order.reason.strip(),
            "basis": order.basis.strip(),
            "reach": reach,
            "measures": order.measures.strip(),
            "until": deadline.due.isoformat(),
        },
        photos,
    )
    suspension = Suspension(
        enterprise=enterprise,
        hazard=hazard,
        reach=order.reach,
        unit=unit,
        part="" if order.reach == WHOLE else part,
        on_the_spot=order.on_the_spot,
        reason=order.reason.strip(),
        basis=order.basis.strip(),
        measures=order.measures.strip(),
        starts=today,
        until=deadline.due,
        until_rule=deadline.as_json(),
        notice=notice,
        by_name=who().person_name,
    )
    suspension.save()
    if hazard:
        move(hazard, "suspend", f"{notice.number}：{reach}，至{deadline.due}。{order.reason.strip()}")
    mark(enterprise, f"责令停产停业 {notice.number}")
    audit("suspensions.order", suspension, {"notice": notice.number, "reach": reach, "until": deadline.due.isoformat()})
    tidings.suspended(suspension)
    return suspension


@in_one_piece
def resume(suspension_id: int, reason: str) -> Suspension:
    """恢复生产: whoever leads agrees after examining (令15号第14条); what came from a hazard waits until that is closed."""
    suspension = Suspension.objects.filter(pk=suspension_id).first()
    if suspension is None:
        raise Http404(f"suspension {suspension_id}")
    demand("suspensions.lift", suspension)
    # The hazard first and the enterprise after it, as everywhere.
    hazard = lock(suspension.hazard_id) if suspension.hazard_id else None
    enterprise = locked(suspension.enterprise_id)
    suspension = Suspension.objects.select_for_update(of=("self",)).select_related("notice").get(pk=suspension_id)
    if suspension.lifted_on:
        raise IllegalMove(f"已于{suspension.lifted_on}由{suspension.lifted_by_name}同意恢复。")
    if hazard and rules.move_for(hazard.status, "resume", *hazard.facts) is None:
        raise IllegalMove(
            f"引起停产的隐患现为“{hazard.get_status_display()}”，复查通过并销号后才能恢复（令15号第14条：经审查同意，方可恢复）。"
        )
    if not reason.strip():
        raise BadInput("请写明审查意见：查了什么、是否具备恢复条件。", field="note")
    suspension.lifted_on, suspension.lifted_by_name = timezone.localdate(), who().person_name
    suspension.lifted_because = reason.strip()
    suspension.save(update_fields=["lifted_on", "lifted_by_name", "lifted_because"])
    if hazard:
        move(hazard, "resume", f"{suspension.notice.number}：{reason.strip()}")
    mark(enterprise, f"恢复生产 {suspension.notice.number}")
    audit("suspensions.lift", suspension, {"reason": reason.strip()})
    tidings.resumed(suspension)
    return suspension


def locked(enterprise_id: int) -> Enterprise:
    enterprise = Enterprise.objects.select_for_update(of=("self",)).filter(pk=enterprise_id).first()
    if enterprise is None:
        raise Http404(f"enterprise {enterprise_id}")
    return enterprise


def mark(enterprise: Enterprise, source: str) -> None:
    """The enterprise says what is in force now."""
    now = list(Suspension.objects.filter(enterprise=enterprise, lifted_on=None).order_by("pk"))
    whole = min((one.starts for one in now if one.reach == WHOLE), default=None)
    mark_suspended(enterprise, whole, [one.part for one in now if one.reach == PART], source)


def warn() -> int:
    """Thirty, seven and no days before a suspension ends, and every seven after: decide, it must not end by itself unseen."""
    demand("hazards.remind")
    today = timezone.localdate()
    ending = Suspension.objects.filter(lifted_on=None, until__lte=today + timedelta(days=30))
    told = 0
    for one in ending.select_related("enterprise").order_by("pk"):
        step = rules.suspension_step((today - one.until).days)
        if step is not None:
            tidings.suspension_ending(one, step)
            told += 1
    return told
