"""An enterprise's grade with everything behind it."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from enterprises.models import DiagnosisSheet, Enterprise, GradeDecision, GradeProposal
from enterprises.queries.diagnosis import due_again, sheets_of

State = GradeProposal.State
SHOWN = 200


@dataclass(frozen=True)
class GradingFile:
    decisions: list[GradeDecision]
    waiting: list[GradeProposal]
    answered: list[GradeProposal]
    sheets: list[DiagnosisSheet]

    @property
    def draft(self) -> DiagnosisSheet | None:
        return next((one for one in self.sheets if one.state == DiagnosisSheet.State.DRAFT), None)

    @property
    def last(self) -> DiagnosisSheet | None:
        return next((one for one in self.sheets if one.finished_on), None)

    @property
    def due(self) -> date | None:
        """When the next diagnosis is due, 3 years after the last; None where there was none."""
        return due_again(self.last.finished_on) if self.last and self.last.finished_on else None

    @property
    def overdue(self) -> bool:
        return self.due is None or self.due < timezone.localdate()


def grading_of(enterprise: Enterprise) -> GradingFile:
    proposals = list(GradeProposal.objects.filter(enterprise=enterprise).select_related("sheet").order_by("-id")[:50])
    return GradingFile(
        list(
            GradeDecision.objects.filter(enterprise=enterprise)
            .select_related("proposal__sheet")
            .order_by("-decided_on", "-id")
        ),
        [one for one in proposals if one.state == State.OPEN],
        [one for one in proposals if one.state != State.OPEN],
        sheets_of(enterprise),
    )


@dataclass(frozen=True)
class Waiting:
    """One enterprise about whose grade something waits to be decided."""

    enterprise: Enterprise
    proposals: list[GradeProposal]

    @property
    def worst(self) -> str:
        return max(one.grade for one in self.proposals)


def proposals_waiting() -> list[Waiting]:
    """The enterprises with open proposals, those for the worst grade first; of more than SHOWN proposals the worst."""
    found: dict[int, Waiting] = {}
    open_ones = GradeProposal.objects.filter(state=State.OPEN).select_related("enterprise__district", "sheet")
    for one in open_ones.order_by("-grade", "-id")[:SHOWN]:
        found.setdefault(one.enterprise_id, Waiting(one.enterprise, [])).proposals.append(one)
    return sorted(found.values(), key=lambda one: one.worst, reverse=True)
