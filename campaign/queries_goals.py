"""目标 with their present values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import Http404
from django.utils import timezone

from campaign.goal_figures import FIGURES, Readings
from campaign.models import Goal, GoalValue
from portal.tenancy.scope import who


@dataclass(frozen=True)
class Standing:
    """A goal and how it stands: value None where nothing has been counted or entered yet."""

    goal: Goal
    value: Decimal | None
    on: date | None
    definition: str
    link: str
    entered: GoalValue | None = None

    @property
    def met(self) -> bool | None:
        return None if self.value is None else self.goal.met_by(self.value)


def goal_or_404(pk: int) -> Goal:
    goal = Goal.objects.filter(pk=pk).first()
    if goal is None:
        raise Http404(f"goal {pk}")
    return goal


def standings(on: date | None = None, goals=None) -> list[Standing]:
    """Every goal that is not withdrawn (or `goals`), with its value as of `on` as far as the reader sees."""
    on = on or timezone.localdate()
    goals = list(Goal.objects.filter(withdrawn_on=None) if goals is None else goals)
    newest: dict[int, GoalValue] = {}
    for one in GoalValue.objects.filter(goal__in=goals, on__lte=on).order_by("-on", "-id"):
        newest.setdefault(one.goal_id, one)
    readings = Readings(on)
    return [standing(goal, newest.get(goal.pk), readings) for goal in goals]


def standing(goal: Goal, entered: GoalValue | None, readings: Readings) -> Standing:
    if not goal.figure:
        return Standing(
            goal, entered.value if entered else None, entered.on if entered else None, "人工填报，附依据。", "", entered
        )
    named = FIGURES[goal.figure]
    figure, value = named.figure(readings.on), named.read(readings)
    return Standing(goal, None if value is None else Decimal(str(value)), readings.on, figure.definition, figure.link())


def whose() -> str:
    """Whose records a counted value is of, for the reader."""
    return {"district": "本区县", "department": "本部门主管行业"}.get(who().scope, "全市")
