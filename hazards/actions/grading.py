"""Hazards that speak for a worse grade: proposed by the clock, once each, decided by people (enterprises/actions/grades.py)."""

from collections.abc import Iterable

from django.utils import timezone

from enterprises.actions.grades import propose_by_event, propose_for_suspended
from enterprises.models import Grade, GradeProposal
from hazards.models import Hazard, Level
from hazards.queries.repeats import repeated
from hazards.rules import ISSUED_OPEN
from portal.permissions import demand

Cause = GradeProposal.Cause


def propose_grades() -> int:
    """Overdue major hazards, open repeats, suspended plants; returns how many proposals were made."""
    demand("grades.propose")
    today = timezone.localdate()
    overdue = Hazard.objects.overdue(today).filter(level=Level.MAJOR)
    made = propose(
        Cause.MAJOR_OVERDUE,
        overdue,
        lambda one: (
            f"重大隐患“{one.description[:80]}”整改期限{one.deadline}，逾期{one.overdue_days(today)}天未整改到位。"
        ),
    )
    made += propose(
        Cause.REPEAT,
        repeated().filter(status__in=ISSUED_OPEN),
        lambda one: f"{one.item_code}“{one.description[:80]}”在销号后12个月内再次发现（{one.found_on}）。",
    )
    return made + propose_for_suspended()


def propose(cause: str, hazards, said) -> int:
    """One proposal a hazard, named by its number and for an overdue one by its deadline: another deadline is another event."""
    graded = hazards.exclude(enterprise__grade__in=["", Grade.D]).select_related("enterprise").order_by("pk")
    keys = {f"{cause}:{one.pk}:{one.deadline if cause == Cause.MAJOR_OVERDUE else ''}": one for one in graded}
    return sum(
        propose_by_event(keys[key].enterprise, cause, key, [said(keys[key])]) is not None for key in unsaid(keys)
    )


def unsaid(keys: Iterable[str]) -> list[str]:
    keys = list(keys)
    known = set(GradeProposal.objects.filter(key__in=keys).values_list("key", flat=True))
    return [key for key in keys if key not in known]
