"""When an entry of the ledger is merged into another, its hazards and notices go on under the other; what was printed stays as it was."""

from collections.abc import Iterator

from django.db.models import Q

from enterprises import merging
from enterprises.models import Enterprise, Merger
from hazards.actions.moves import leave_steps
from hazards.models import (
    BroadcastAddress,
    BroadcastAnswer,
    Evidence,
    Extension,
    Hazard,
    HazardStep,
    Notice,
    RectificationPlan,
    ReminderPlan,
    SampleItem,
    SelfCheck,
    SelfCheckPhoto,
    SelfCheckStep,
    Supervision,
    Suspension,
)


def register_merging() -> None:
    merging.moves(Hazard)
    merging.moves(Notice)
    merging.moves(Suspension)
    merging.moves(SelfCheck)
    # What both were asked the kept one answers.
    merging.moves(BroadcastAddress, once=("broadcast",))
    # A picture that proves no hazard yet is its visit's, and goes with it (inspections).
    merging.follows(
        HazardStep,
        Evidence,
        RectificationPlan,
        Extension,
        Supervision,
        ReminderPlan,
        SelfCheckStep,
        SelfCheckPhoto,
        BroadcastAnswer,
        SampleItem,
    )
    merging.before_undoing.append(notices_made_since)
    merging.afterwards.append(say_so)


def notices_made_since(merger: Merger) -> Iterator[str]:
    """A notice names whom it is addressed to and never changes: what was issued to the kept one stays the kept one's."""
    hazards, notices = (merger.moved["rows"][label] for label in ("hazards.hazard", "hazards.notice"))
    made = Notice.objects.filter(Q(hazards__in=hazards) | Q(about__in=notices)).exclude(pk__in=notices).distinct()
    if numbers := list(made.order_by("pk").values_list("number", flat=True)[:5]):
        yield f"合并之后已就并入企业的隐患制发文书（{'、'.join(numbers)}），不能撤销合并。"


def say_so(source: Enterprise, target: Enterprise, moved: merging.Moved) -> None:
    """Each hazard's history says under whose name it was and is."""
    hazards = list(Hazard.objects.filter(pk__in=moved.get("hazards.hazard", []), enterprise=target))
    leave_steps(hazards, "merge", f"由“{source.name}”（{source.code}）转到“{target.name}”（{target.code}）名下。")
