"""信息变更申请: the officer says what is otherwise; small things take effect at once, the rest when the district confirms it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from enterprises.actions import facts, unit_sheets, units
from enterprises.actions.history import remember_small_things
from enterprises.actions.ledger import PLAIN, Changes, on_record, plain
from enterprises.ledger.told import from_json, to_json
from enterprises.models import OWN_TO_CHANGE, Enterprise, FactProposal, Holding
from enterprises.unit_sheet import UnitRow
from portal.audit.record import note as audit
from portal.messages.actions import tell
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.models import Role
from portal.tenancy.queries import officers_of, posted
from portal.tenancy.scope import in_one_piece, who

State = FactProposal.State
TOLD = 5
# What an officer may say is otherwise: which district it belongs to and its grade are for others to decide.
PROPOSABLE = frozenset({*PLAIN, *facts.LISTS, "coordinates_in", "sector", "kind", "major_level", facts.POPULATION})


@in_one_piece
def propose(
    enterprise_id: int, told: dict[str, Any], *, reason: str = "", revision: int | None = None
) -> tuple[list[str], FactProposal | None]:
    """提出变更: labels of what took effect at once, and the open proposal of the rest (None where nothing else differs).

    `told` is field of the ledger → value in the sheet's words. What is proposed again replaces what was proposed before.
    Raises Refused where the ledger or the proposal has changed since it was read (`revision`): a whole form sent from
    an old page would take back, telephone numbers at once, what somebody else has said meanwhile.
    """
    enterprise = facts.locked(enterprise_id)
    demand("facts.propose", enterprise)
    changes = facts.changes_by(enterprise, {name: value for name, value in told.items() if name in PROPOSABLE})
    small = {name: change for name, change in changes.items() if name in OWN_TO_CHANGE}
    rest = {
        name: {"old": to_json(old), "new": to_json(new)} for name, (old, new) in changes.items() if name not in small
    }
    there = open_proposal(enterprise)
    if revision not in (None, enterprise.revision) and (small or rest != (there.changes["facts"] if there else {})):
        labels = "、".join(facts.LABELS[name] for name in changes) or "无"
        raise Refused(
            f"这家企业的资料或申请刚刚有变化。您填写的内容仍在下面，其中与台账现值不同的有：{labels}。"
            "请核对，再次提交将以您填写的为准。"
        )
    change_small_things(enterprise, small)
    proposal = keep(enterprise, {"facts": rest}, reason)
    return [facts.LABELS[name] for name in small], proposal


def change_small_things(enterprise: Enterprise, changes: Changes) -> None:
    if not changes:
        return
    for name, (_, new) in changes.items():
        setattr(enterprise, name, new)
    enterprise.revision += 1
    enterprise.save(update_fields=[*changes, "revision", "updated_at"])
    remember_small_things(enterprise.pk, "企业自行修改")
    audit("facts.small", enterprise, {"fields": on_record(changes)})


@in_one_piece
def propose_units(enterprise_id: int, rows: Iterable[UnitRow], *, reason: str = "") -> FactProposal | None:
    """提出单元在量变更: rows of the own enterprise, added to what is proposed already. Raises BadInput naming the row.

    What a row says as the ledger does is not proposed: it would take back what the ledger learns before the decision.
    """
    enterprise = facts.locked(enterprise_id)
    demand("facts.propose", enterprise)
    new: dict[tuple[str, ...], UnitRow] = {}
    for row in rows:
        if row.code != enterprise.code:
            raise BadInput(f"第{row.excel_row}行不是本企业的信用代码，请删去这一行。")
        if row.substance and not row.remove:
            units.check(Holding(enterprise=enterprise, substance=row.substance, **row.about_holding))
        for part in parts(row):
            if part.substance and spot(part) in new:
                raise BadInput("同一单元的同一种物质写了不止一行。请把数量合成一行，或写明不同的状态、工况。")
            new[spot(part)] = part
    there = open_proposal(enterprise)
    placed = {spot(row): row for row in map(unit_sheets.row_from, there.changes["units"] if there else [])} | new
    told = unit_sheets.judged_rows(list(placed.values()))
    merged = [row for row, one in zip(placed.values(), told, strict=True) if one["verdict"] != "same"]
    for number, row in enumerate(merged, 1):
        row.excel_row = number
    for one in told:
        if one["verdict"] == "refused":
            raise BadInput(f"“{one['unit']}”{one['substance']}：{one['sentence']}")
    return keep(enterprise, {"units": [unit_sheets.as_kept(row) for row in merged]}, reason)


def parts(row: UnitRow) -> list[UnitRow]:
    """A substance and a process of one line are two things, of which each may be proposed otherwise."""
    if not row.substance or not row.process:
        return [row]
    return [replace(row, process=""), replace(row, about_unit={}, substance="", about_holding={})]


def propose_sheet(enterprise_id: int, upload, *, reason: str = "") -> FactProposal | None:
    """提出整张单元在量表. Raises BadInput where a row cannot be read: half a sheet is not proposed."""
    demand("facts.propose")
    rows, refused, _ = unit_sheets.read_upload(upload)
    if refused:
        told = "".join(f"第{one.excel_row}行：{one.sentence}" for one in refused[:TOLD])
        more = f"另有{len(refused) - TOLD}行也有问题。" if len(refused) > TOLD else ""
        raise BadInput(f"{told}{more}请改正后重新上传。", field="workbook")
    return propose_units(enterprise_id, rows, reason=reason)


def spot(row: UnitRow) -> tuple[str, ...]:
    return (*unit_sheets.place_of(row), row.process)


def open_proposal(enterprise: Enterprise) -> FactProposal | None:
    return FactProposal.objects.select_for_update(of=("self",)).filter(enterprise=enterprise, state=State.OPEN).first()


def keep(enterprise: Enterprise, changes: dict[str, Any], reason: str) -> FactProposal | None:
    """Put one part into the open proposal, or make one; a proposal in which nothing is left is withdrawn."""
    proposal = open_proposal(enterprise)
    me = who()
    if proposal is None:
        if not any(changes.values()):
            return None
        proposal = FactProposal(enterprise=enterprise, changes={"facts": {}, "units": []})
    said = (proposal.changes | changes, reason.strip() or proposal.reason)
    if proposal.pk and said == (proposal.changes, proposal.reason):
        return proposal
    proposal.changes, proposal.reason = said
    proposal.made_by_id, proposal.by_name, proposal.base_revision = me.person_id, me.person_name, enterprise.revision
    if not any(proposal.changes.values()):
        end(proposal, State.WITHDRAWN, "申请人改回了台账现值")
        return proposal
    proposal.save()
    # Who has the page of it open decides about what it said then, not about this.
    enterprise.revision += 1
    enterprise.save(update_fields=["revision", "updated_at"])
    audit("facts.propose", enterprise, spoken(proposal))
    tell(
        posted(role=Role.INSPECTOR, district_id=enterprise.district_id) or posted(role=Role.OFFICE),
        f"facts:{proposal.pk}",
        f"待核实：{enterprise.name}申请变更企业信息",
        f"{'、'.join(labels_of(proposal))}。请核对后确认或退回。",
        reverse("proposal", args=[proposal.pk]),
    )
    return proposal


def labels_of(proposal: FactProposal) -> list[str]:
    units_told = [f"单元在量{len(proposal.changes['units'])}项"] if proposal.changes["units"] else []
    return [facts.LABELS[name] for name in proposal.changes["facts"]] + units_told


def spoken(proposal: FactProposal) -> dict[str, Any]:
    return {
        name: [plain(from_json(name, one["old"])), plain(from_json(name, one["new"]))]
        for name, one in proposal.changes["facts"].items()
    } | ({"units": len(proposal.changes["units"])} if proposal.changes["units"] else {})


def withdraw(proposal_id: int) -> FactProposal:
    """撤回, by the enterprise itself, as long as it is not decided."""
    _, proposal = held(proposal_id, "facts.propose")
    end(proposal, State.WITHDRAWN)
    return proposal


def send_back(proposal_id: int, note: str) -> FactProposal:
    """退回 with what is wrong. Raises BadInput without it."""
    _, proposal = held(proposal_id, "facts.decide")
    if not note.strip():
        raise BadInput("请写明退回的原因，企业要据此修改。", field="note")
    end(proposal, State.RETURNED, note)
    tell(
        officers_of(proposal.enterprise_id),
        f"facts:{proposal.pk}:returned",
        "信息变更申请已退回",
        f"{'、'.join(labels_of(proposal))}。意见：{note.strip()}",
        reverse("proposal", args=[proposal.pk]),
    )
    return proposal


@in_one_piece
def confirm(proposal_id: int, note: str = "", *, revision: int | None = None) -> FactProposal:
    """确认: the changes become the ledger's, with everything that follows from them.

    Raises Refused where the ledger or the proposal has changed since it was looked at (`revision`, the enterprise's), or a
    row can no longer be written.
    """
    enterprise, proposal = held(proposal_id, "facts.decide")
    if revision not in (None, enterprise.revision):
        raise Refused("这家企业的资料或这份申请刚刚有变化，下面显示的是现在的内容，请重新核对后再确认。")
    source = f"企业申请变更（{proposal.by_name}），{who().person_name}核实"
    told = {name: from_json(name, one["new"]) for name, one in proposal.changes["facts"].items()}
    keep_as_judged(proposal)
    facts.write(enterprise, facts.changes_by(enterprise, told), source)
    if rows := still_to_write(proposal):
        unit_sheets.write(enterprise.pk, rows, source)
    end(proposal, State.CONFIRMED, note)
    tell(
        officers_of(enterprise.pk),
        f"facts:{proposal.pk}:confirmed",
        "信息变更申请已确认",
        f"{'、'.join(labels_of(proposal))}，已写入台账。",
        reverse("proposal", args=[proposal.pk]),
    )
    return proposal


def still_to_write(proposal: FactProposal) -> list[UnitRow]:
    """The rows that still change something. Raises Refused for one that cannot be written any more."""
    rows = [unit_sheets.row_from(kept) for kept in proposal.changes["units"]]
    told = unit_sheets.judged_rows(rows)
    for one in told:
        if one["verdict"] == "refused":
            raise Refused(f"第{one['excel_row']}项（{one['unit']}）：{one['sentence']}请退回企业修改。")
    return [row for row, one in zip(rows, told, strict=True) if one["verdict"] != "same"]


def held(proposal_id: int, action: str) -> tuple[Enterprise, FactProposal]:
    """The enterprise, then its proposal, locked in this order, still open. Raises Http404, NotAllowed, IllegalMove."""
    there = FactProposal.objects.filter(pk=proposal_id).values_list("enterprise_id", flat=True).first()
    if there is None:
        raise Http404(f"proposal {proposal_id}")
    enterprise = facts.locked(there)
    demand(action, enterprise)
    proposal = FactProposal.objects.select_for_update(of=("self",)).get(pk=proposal_id)
    if proposal.state != State.OPEN:
        raise IllegalMove(f"这份申请{proposal.get_state_display()}，不能再办理。")
    return enterprise, proposal


def keep_as_judged(proposal: FactProposal) -> None:
    """What the rows would have changed at the moment of the decision: once written they change nothing."""
    if "judged" not in proposal.changes:
        rows = [unit_sheets.row_from(kept) for kept in proposal.changes["units"]]
        proposal.changes = proposal.changes | {"judged": unit_sheets.judged_rows(rows)}


def end(proposal: FactProposal, state: str, note: str = "") -> None:
    keep_as_judged(proposal)
    proposal.state, proposal.decided_by, proposal.decided_at = state, who().person_name, timezone.now()
    proposal.decision_note = note.strip()[:300]
    proposal.save(update_fields=["changes", "state", "decided_by", "decided_at", "decision_note"])
    audit(f"facts.{state}", proposal.enterprise, {"proposal": proposal.pk, "note": proposal.decision_note})
