"""A proposal side by side with what the ledger held when it was made and what it holds now."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404

from enterprises.actions import facts, unit_sheets
from enterprises.actions.ledger import plain, with_lists
from enterprises.ledger.told import from_json
from enterprises.models import OWN_TO_CHANGE, Enterprise, FactProposal, Holding
from enterprises.unit_sheet import UnitRow


@dataclass(frozen=True)
class Line:
    """One fact: as the ledger said when it was proposed, as it says now, and as it is proposed."""

    label: str
    old: str
    now: str
    new: str

    @property
    def moved(self) -> bool:
        """The ledger has changed meanwhile, and not to what is proposed."""
        return self.now not in (self.old, self.new)


@dataclass(frozen=True)
class ProposalFile:
    proposal: FactProposal
    enterprise: Enterprise
    lines: list[Line]
    rows: list[dict[str, Any]]


def open_proposal_of(enterprise: Enterprise) -> FactProposal | None:
    return FactProposal.objects.filter(enterprise=enterprise, state=FactProposal.State.OPEN).first()


def with_proposed(enterprises: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
    """Each with the number of its open proposal as `proposed`."""
    waiting = FactProposal.objects.filter(enterprise=OuterRef("pk"), state=FactProposal.State.OPEN)
    return enterprises.annotate(proposed=Subquery(waiting.values("pk")[:1]))


def proposed_row(holding: Holding) -> UnitRow | None:
    """What the open proposal says of this holding of a unit already."""
    proposal = open_proposal_of(holding.enterprise)
    place = (holding.enterprise.code, holding.unit.name, holding.substance, holding.state)
    rows = map(unit_sheets.row_from, proposal.changes["units"] if proposal else [])
    return next((row for row in rows if unit_sheets.place_of(row) == place), None)


def as_proposed(now: dict[str, Any], proposal: FactProposal | None) -> dict[str, Any]:
    """What the ledger holds with the open proposal's values over it: what the officer's form shows."""
    told = proposal.changes["facts"] if proposal else {}
    return now | {name: from_json(name, one["new"]) for name, one in told.items()}


def proposal_file(pk: int) -> ProposalFile:
    proposal = FactProposal.objects.filter(pk=pk).first()
    if proposal is None:
        raise Http404(f"proposal {pk}")
    enterprise = with_lists(Enterprise.objects.filter(pk=proposal.enterprise_id)).get()
    now = facts.known(enterprise)
    lines = [
        Line(
            facts.LABELS[name],
            shown(from_json(name, one["old"])),
            shown(now[name]),
            shown(from_json(name, one["new"])),
        )
        for name, one in proposal.changes["facts"].items()
        if name not in OWN_TO_CHANGE
    ]
    rows = proposal.changes.get("judged")
    if rows is None:
        rows = unit_sheets.judged_rows([unit_sheets.row_from(kept) for kept in proposal.changes["units"]])
    return ProposalFile(proposal, enterprise, lines, rows)


def shown(value: Any) -> str:
    value = plain(value)
    return "、".join(value) if isinstance(value, list) else "" if value is None else str(value)
