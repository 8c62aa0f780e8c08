"""阶段, as their list and page read them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Avg, Count, Q
from django.http import Http404
from django.utils import timezone

from campaign import rules_phases as rules
from campaign import rules_tasks
from campaign.models import Phase, PhaseStep
from portal.permissions import may


@dataclass(frozen=True)
class Stage:
    """A phase with the tasks of it that the reader sees."""

    phase: Phase
    tasks: int
    unfinished: int
    late: int
    percent: int | None
    """Mean progress of those not cancelled; None where there are none."""
    behind: int

    @property
    def verbs(self) -> list[str]:
        return phase_verbs(self.phase)


def stages(on: date | None = None) -> list[Stage]:
    on = on or timezone.localdate()
    # Named one by one: a negation over many tasks would ask whether the phase has any other.
    standing = Q(tasks__state__in=[state for state in rules_tasks.STATES if state != rules_tasks.CANCELLED])
    found = Phase.objects.order_by("starts", "id").annotate(
        n=Count("tasks", filter=standing),
        unfinished=Count("tasks", filter=Q(tasks__state__in=(rules_tasks.PLANNED, *rules_tasks.OPEN))),
        late=Count("tasks", filter=Q(tasks__state__in=rules_tasks.OPEN, tasks__due__lt=on)),
        mean=Avg("tasks__percent", filter=standing),
    )
    return [
        Stage(one, one.n, one.unfinished, one.late, None if one.mean is None else round(one.mean), one.behind(on))
        for one in found
    ]


def phase_or_404(pk: int) -> Phase:
    found = Phase.objects.filter(pk=pk).first()
    if found is None:
        raise Http404(f"phase {pk}")
    return found


def phase_steps(phase: Phase) -> list[PhaseStep]:
    """The newest first."""
    return list(phase.steps.order_by("-id"))


def phase_verbs(phase: Phase) -> list[str]:
    """What the acting person may do with it now; buttons and API read it here."""
    return rules.verbs_from(phase.state) if may("phases.manage") else []
