"""移交: another unit takes a hazard over. What its enterprise's district cannot see, it cannot handle: see `transfer`."""

from django.db.models import Q

from enterprises.actions.facts import edit_facts
from hazards import rules
from hazards.actions import tidings
from hazards.actions.moves import allow, leave_steps, lock, move
from hazards.models import Hazard
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput
from portal.tenancy.models import Organisation, Posting, Role
from portal.tenancy.scope import in_one_piece

Kind = Organisation.Kind


def receivers(hazard: Hazard) -> list[Organisation]:
    """Who may take it over: the office, the departments of its sector, and every district's bureau."""
    departments = (
        Posting.objects.current().filter(role=Role.DEPARTMENT, sectors__contains=[hazard.sector]).values("organisation")
    )
    return list(
        Organisation.objects.filter(
            Q(kind__in=[Kind.OFFICE, Kind.BUREAU]) | Q(kind=Kind.DEPARTMENT, pk__in=departments)
        )
        .exclude(pk=hazard.handler_id)
        .select_related("district")
        .order_by("kind", "name")
    )


@in_one_piece
def transfer(hazard_id: int, organisation_id: int | None, reason: str, *, revision: int | None = None) -> Hazard:
    """移交 to the office, a department of its sector or a district's bureau, which is told and rechecks from then on.

    To the bureau of another district the enterprise goes along with everything it has (a plant belongs to one district, and the
    wall shows it to that one alone), which only the office may do. Raises BadInput, NotAllowed, IllegalMove.
    """
    hazard = lock(hazard_id, revision, with_others=True)
    allow(hazard, "transfer")
    receiver = next((one for one in receivers(hazard) if one.pk == organisation_id), None)
    if receiver is None:
        raise BadInput("请选择接收单位。", field="organisation")
    if not reason.strip():
        raise BadInput("移交须写明理由。", field="note")
    bureau = receiver.kind == Kind.BUREAU
    if bureau and receiver.district_id != hazard.district_id:
        return to_another_district(hazard, receiver, reason.strip())
    if bureau and hazard.handler_id is None:
        raise BadInput("这条隐患现在就由本区县承办。", field="organisation")
    move(
        hazard,
        "transfer",
        f"移交{receiver.name}承办。{reason.strip()}",
        handler=None if bureau else receiver,
        keeper=None,
    )
    tidings.transferred(hazard, receiver, reason)
    return hazard


def to_another_district(hazard: Hazard, receiver: Organisation, reason: str) -> Hazard:
    demand("enterprises.move", hazard.enterprise)
    said = f"随企业移交{receiver.name}。{reason}"
    move(hazard, "transfer", said, handler=None, keeper=None)
    others = list(Hazard.objects.filter(enterprise=hazard.enterprise_id, status__in=rules.OPEN).exclude(pk=hazard.pk))
    leave_steps(others, "transfer", said)
    Hazard.objects.filter(pk__in=[other.pk for other in others]).update(keeper=None)
    for other in others:
        audit("hazards.transfer", other, {"to": receiver.pk, "with": hazard.pk})
    edit_facts(hazard.enterprise_id, {"district": receiver.district.name})
    moved = Hazard.objects.select_related("enterprise", "notice").get(pk=hazard.pk)
    tidings.transferred(moved, receiver, reason)
    return moved
