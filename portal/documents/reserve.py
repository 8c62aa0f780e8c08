"""预留文号: numbers a device takes along, uses, gives back, or never brings home."""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.db import connection
from django.http import Http404
from django.utils import timezone

from portal.audit.record import note as audit
from portal.documents.models import ReservedNumber, fresh
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import current_tenant_id, who

MOST = 20


def reserve(
    kind: str, year: int, device: UUID, hold: int, *, text: Callable[[int], str], code: Callable[[], str]
) -> list[ReservedNumber]:
    """See to it that this person's device holds `hold` unused numbers, and answer with all it holds; asking twice is asking once.

    Numbers given back by others go out again first, each under a new code. Raises BadInput.
    """
    me = who()
    if not 0 <= hold <= MOST:
        raise BadInput(f"一台设备最多预留{MOST}个文号。", field="hold")
    series = [current_tenant_id(), me.organisation_id, kind, year]
    with connection.cursor() as cursor:
        # The same device asking twice at once waits for itself.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('numbers'), hashtext(%s))", [str(device)])
        same = ReservedNumber.objects.filter(organisation_id=me.organisation_id, kind=kind, year=year)
        held = list(same.filter(person_id=me.person_id, device=device, state="reserved").order_by("number"))
        again = same.filter(state="returned").select_for_update(skip_locked=True).order_by("number")
        for row in again[: max(0, hold - len(held))]:
            row.device, row.person_id, row.state, row.verify_code = device, me.person_id, "reserved", code()
            row.reserved_at, row.settled_at = timezone.now(), None
            row.save()
            held.append(row)
        while len(held) < hold:
            number = fresh(cursor, series)
            row = ReservedNumber(
                organisation_id=me.organisation_id, kind=kind, year=year, number=number, text=text(number),
                verify_code=code(), device=device, person_id=me.person_id,
            )  # fmt: skip
            row.save()
            audit("numbers.reserve", row, {"device": str(device)})
            held.append(row)
    return held


def give_back(device: UUID, ids: Iterable[int]) -> int:
    """归还: the device has forgotten these; what it used meanwhile, or never held, stays as it is. Returns how many."""
    mine = ReservedNumber.objects.filter(person_id=who().person_id, device=device, state="reserved", pk__in=list(ids))
    rows = list(mine.select_for_update().order_by("pk"))
    for row in rows:
        row.state, row.settled_at = ReservedNumber.State.RETURNED, timezone.now()
        row.save(update_fields=["state", "settled_at"])
        audit("numbers.give_back", row, {"device": str(device)})
    return len(rows)


def redeem(reserved_id: int, organisation_id: int, kind: str, year: int) -> ReservedNumber:
    """The number a paper was handed over under. One declared void in the meantime counts again: no other paper has it.

    Raises Refused where it is another person's or unit's, of another year, or already on a paper.
    """
    row = ReservedNumber.objects.select_for_update().filter(pk=reserved_id, person_id=who().person_id).first()
    if row is None or (row.organisation_id, row.kind, row.year) != (organisation_id, kind, year):
        raise Refused("这个文号不是为您的这台设备预留的，不能用于这份文书。")
    if row.state not in (ReservedNumber.State.RESERVED, ReservedNumber.State.VOID):
        raise Refused(f"文号{row.text}{row.get_state_display()}，不能再用于另一份文书。")
    row.state, row.settled_at = ReservedNumber.State.USED, timezone.now()
    row.save(update_fields=["state", "settled_at"])
    return row


def declare_void(reserved_id: int, reason: str) -> ReservedNumber:
    """声明作废: a number whose device is lost or wiped. Never given out again. Raises BadInput, Refused."""
    demand("numbers.void")
    row = in_sight().select_for_update(of=("self",)).filter(pk=reserved_id).first()
    if row is None:
        raise Http404(f"number {reserved_id}")
    if row.state != ReservedNumber.State.RESERVED:
        raise Refused(f"文号{row.text}{row.get_state_display()}，不用声明作废。")
    if not reason.strip():
        raise BadInput("请写明作废理由，例如“设备损坏，该文号未使用”。", field="reason")
    row.state, row.settled_at, row.reason = ReservedNumber.State.VOID, timezone.now(), reason.strip()[:200]
    row.save(update_fields=["state", "settled_at", "reason"])
    audit("numbers.void", row, {"reason": row.reason})
    return row


def in_sight():
    """A unit reads its own register, the office and the auditor everybody's."""
    rows = ReservedNumber.objects.select_related("organisation", "person")
    return rows if who().role in ("office", "auditor") else rows.filter(organisation_id=who().organisation_id)
