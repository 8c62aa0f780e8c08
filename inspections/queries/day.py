"""今日工作: what an inspector's first page reads — their own visits, rechecks, what came back, and what is late."""

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from hazards import rules
from hazards.models import Extension, Hazard, HazardStep, Notice
from hazards.queries.desk import waiting
from hazards.queries.work import last_sent_back
from inspections.models import PlannedVisit, Visit
from inspections.queries.assessments import waiting_problems
from inspections.rules import month_end
from portal.permissions import may
from portal.tenancy.scope import who

SHOWN = 30


@dataclass(frozen=True)
class Returned:
    """A hazard in another round, and the step that sent it there."""

    hazard: Hazard
    step: HazardStep | None


@dataclass(frozen=True)
class Day:
    on: date
    under_way: list[Visit]
    planned: list[PlannedVisit]
    rechecks: list[Hazard]
    at_desk: int
    """What waits for a recheck at the whole unit, one's own included."""
    recorded: list[Hazard]
    unserved: list[Notice]
    asked: list[Hazard]
    returned: list[Returned]
    overdue: list[Hazard]
    problems: int
    more: frozenset[str]
    """Of which lists only the first are shown."""

    @property
    def late_visits(self) -> list[PlannedVisit]:
        return [one for one in self.planned if one.is_late]

    @property
    def late_rechecks(self) -> list[Hazard]:
        return [one for one in self.rechecks if one.recheck_by and one.recheck_by < self.on]

    @property
    def late(self) -> list[tuple[str, str, str]]:
        """What is late already: said, how many, and where on the page it stands."""
        counted = [
            ("计划检查已过期", len(self.late_visits), "planned", "planned"),
            ("复查超过期限", len(self.late_rechecks), "rechecks", "rechecks"),
            ("企业逾期未整改", len(self.overdue), "overdue", "rectifying"),
        ]
        return [(said, f"{n}+" if of in self.more else str(n), place) for said, n, place, of in counted if n]

    @property
    def is_empty(self) -> bool:
        lists = (self.under_way, self.planned, self.rechecks, self.recorded, self.unserved, self.asked, self.returned)
        return not (any(lists) or self.overdue)


def own_day(on: date | None = None) -> Day:
    """In ten statements, however much there is."""
    on = on or timezone.localdate()
    me = who().person_id
    mine = Hazard.objects.in_name_of(me).select_related("enterprise").order_by("deadline", "id")
    cut: dict[str, list] = {
        "under_way": first(
            Visit.objects.filter(Q(lead_id=me) | Q(second_id=me), state=Visit.State.UNDER_WAY)
            .select_related("enterprise")
            .order_by("visited_on", "id")
        ),
        "planned": first(come_up(me, on).select_related("enterprise", "first", "second")),
        "rechecks": first(mine.filter(status=rules.SUBMITTED).order_by("recheck_by", "id")),
        "recorded": first(mine.filter(status=rules.RECORDED).order_by("found_on", "id")),
        "unserved": first(
            Notice.objects.unserved().in_name_of(me).select_related("enterprise").defer("content").order_by("id")
        ),
        "rectifying": first(
            mine.filter(status=rules.RECTIFYING)
            .filter(Q(deadline__lt=on) | Q(round__gt=1) | Q(asked_on__isnull=False))
            .annotate(
                answer_due=Subquery(
                    Extension.objects.filter(hazard=OuterRef("pk"), state=Extension.State.ASKED).values("answer_due")
                )
            )
        ),
    }
    rectifying = cut.pop("rectifying")
    again = [hazard for hazard in rectifying if hazard.round > 1]
    steps = last_sent_back(again)
    return Day(
        on,
        at_desk=waiting(rules.SUBMITTED).count(),
        returned=[Returned(hazard, steps.get(hazard.pk)) for hazard in again],
        overdue=[hazard for hazard in rectifying if hazard.deadline < on],
        asked=[hazard for hazard in rectifying if hazard.asked_on and not hazard.office_answers],
        problems=waiting_problems().order_by().count() if may("assessments.take") else 0,
        more=frozenset(name for name, rows in (*cut.items(), ("rectifying", rectifying)) if len(rows) > SHOWN),
        **{name: rows[:SHOWN] for name, rows in cut.items()},
    )


def come_up(person_id: int | None, on: date) -> QuerySet[PlannedVisit]:
    """Somebody's planned visits whose day or whole month has come and that are not begun; what lies ahead is in the plan."""
    come = Q(day__lte=on) | Q(day=None, month__lte=month_end(on))
    planned = PlannedVisit.objects.filter(come, state=PlannedVisit.State.PLANNED, visit=None)
    return planned.filter(Q(first_id=person_id) | Q(second_id=person_id)).order_by("month", "day", "id")


def first(rows) -> list:
    return list(rows[: SHOWN + 1])
