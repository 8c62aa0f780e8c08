"""What the officer's first page reads: what is to be rectified by when, and what already waits for somebody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils import timezone

from hazards import rules
from hazards.models import Hazard, HazardStep, Level, Notice, RectificationPlan, Suspension

SHOWN = 60


@dataclass(frozen=True)
class Task:
    """One hazard the enterprise must do something about, and the step that sent it back, if any."""

    hazard: Hazard
    days: int
    sent_back: HazardStep | None

    @property
    def must_sign(self) -> bool:
        """No proof is taken before the notice is signed for, or its refusal noted (hazards.actions.moves.submit)."""
        notice = self.hazard.notice
        return not (notice.acknowledged_at or notice.refusal)

    @property
    def must_plan(self) -> bool:
        """Nor before a major hazard has its 五落实方案."""
        return self.hazard.level == Level.MAJOR and not self.hazard.planned

    @property
    def may_ask(self) -> bool:
        """An extension can be asked for now."""
        return self.days >= 0 and rules.move_for(self.hazard.status, "ask", *self.hazard.facts) is not None

    @property
    def late_by(self) -> int:
        return max(0, -self.days)


@dataclass(frozen=True)
class OwnWork:
    tasks: list[Task]
    more: bool
    to_sign: list[Notice]
    handed_in: list[Hazard]
    recorded: list[Hazard]
    suspensions: list[Suspension]

    @property
    def late(self) -> int:
        return sum(task.days < 0 for task in self.tasks)


def own_work(on: date | None = None) -> OwnWork:
    """The most urgent first; in four statements, however much there is."""
    on = on or timezone.localdate()
    found = list(
        Hazard.objects.open()
        .annotate(planned=Exists(RectificationPlan.objects.filter(hazard=OuterRef("pk"))))
        .select_related("notice", "district")
        .defer("notice__content", "notice__signers")
        .order_by("deadline", "id")[: 4 * SHOWN]
    )
    rectifying = [hazard for hazard in found if hazard.status == rules.RECTIFYING]
    sent_back = last_sent_back(rectifying[:SHOWN])
    to_sign = Notice.objects.unserved().defer("content", "signers").order_by("id")
    return OwnWork(
        tasks=[Task(hazard, (hazard.deadline - on).days, sent_back.get(hazard.pk)) for hazard in rectifying[:SHOWN]],
        more=len(rectifying) > SHOWN or len(found) == 4 * SHOWN,
        to_sign=list(to_sign[:SHOWN]),
        handed_in=[hazard for hazard in found if hazard.status in (rules.SUBMITTED, rules.CONFIRMING)],
        recorded=[hazard for hazard in found if hazard.status == rules.RECORDED],
        suspensions=list(Suspension.objects.filter(lifted_on=None)),
    )


def last_sent_back(hazards: Iterable[Hazard]) -> dict[int, HazardStep]:
    """Why a hazard is in another round: its newest return or reopening."""
    again = [hazard.pk for hazard in hazards if hazard.round > 1]
    if not again:
        return {}
    steps = HazardStep.objects.filter(hazard_id__in=again, verb__in=("return", "reopen")).order_by("id")
    return {step.hazard_id: step for step in steps}
