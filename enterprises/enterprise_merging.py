"""What of this floor's records goes along when an entry is merged into another, and what must be settled before."""

from collections.abc import Iterator

from django.db.models import Q

from enterprises import merging
from enterprises.models import (
    Credential,
    DiagnosisSheet,
    Enterprise,
    EnterpriseVersion,
    FactProposal,
    GradeDecision,
    GradeProposal,
    Holding,
    Judgement,
    KeyChange,
    Merger,
    ProcessInUse,
    ResponsiblePerson,
    Transformation,
    TransformationStep,
    Unit,
)


def register_merging() -> None:
    merging.moves(Unit)
    # What its units hold follows them; of what the sheet says of the whole site, what the kept one does not name.
    merging.moves(Holding, where=Q(unit=None), once=("substance", "state"))
    merging.moves(ProcessInUse, where=Q(unit=None), once=("name",))
    # The ledger's own licence is a fact of the entry, kept by the database; what it says the kept one takes over or knows better.
    merging.moves(
        Credential,
        where=Q(from_ledger=False),
        once=("kind", "title", "number"),
        alive=Q(ended_on=None, renewed_on=None),
    )
    merging.moves(Transformation)
    merging.moves(Merger)
    merging.follows(Judgement, ResponsiblePerson, TransformationStep)
    merging.stays(GradeDecision, GradeProposal, DiagnosisSheet, FactProposal, EnterpriseVersion, KeyChange)
    merging.before_merging.append(open_questions)
    merging.before_undoing.append(now_in_its_units)


def open_questions(gone: Enterprise, kept: Enterprise) -> Iterator[str]:
    """Questions about the entry's own facts are answered while it still stands."""
    if FactProposal.objects.filter(enterprise=gone, state=FactProposal.State.OPEN).exists():
        yield f"“{gone.name}”还有待核实的信息变更申请，请先确认或退回。"
    if GradeProposal.objects.filter(enterprise=gone, state=GradeProposal.State.OPEN).exists():
        yield f"“{gone.name}”还有待决定的分级建议，请先采纳或不采纳。"
    both = Transformation.objects.open().filter(enterprise=gone).values("list")
    for entry in Transformation.objects.open().filter(enterprise=kept, list__in=both):
        yield f"两家企业都在{entry.get_list_display()}名单上，请先把其中一项移出名单或办结。"


def now_in_its_units(merger: Merger) -> Iterator[str]:
    """What the kept one said of its whole site and has since been put into a unit that would leave."""
    units = merger.moved["rows"]["enterprises.unit"]
    own = merger.moved["own"]
    names = [
        *Holding.objects.filter(pk__in=own["enterprises.holding"], unit__in=units).values_list("substance", flat=True),
        *ProcessInUse.objects.filter(pk__in=own["enterprises.processinuse"], unit__in=units).values_list(
            "name", flat=True
        ),
    ]
    if names:
        yield f"合并之后，“{'、'.join(names[:5])}”归入了并入企业的单元，请先移出再撤销合并。"
