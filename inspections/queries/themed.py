"""What the pages of 专项行动 read: the actions, their plants, and how far each district is."""

from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from hazards import rules
from hazards.models import Hazard
from inspections.models import ActionTarget, Asked, PlannedVisit, ThemedAction, Visit
from inspections.queries.checklists import checklist
from portal.tenancy.models import District

TARGET_SORTS = {"district": "district__order", "enterprise": "enterprise__name"}

MEANS = (
    "企业：启动时按范围固定下来和之后补充的；已列入计划：为这次行动列了检查计划的企业；已检查：在这次行动中至少完成一次检查的企业；"
    "查出隐患：这些检查发现的隐患（作废的除外），已销号：其中已销号的。只计您能看到的企业。"
)


def actions() -> QuerySet[ThemedAction]:
    return ThemedAction.objects.select_related("edition", "template")


def action_or_404(pk: int) -> ThemedAction:
    action = actions().filter(pk=pk).first()
    if action is None:
        raise Http404(f"themed action {pk}")
    return action


def of_action(action: ThemedAction) -> QuerySet[Visit]:
    return Visit.objects.filter(action=action, state=Visit.State.FINISHED)


def targets() -> QuerySet[ActionTarget]:
    """With `visited`, `planned` (its planned visit that is not cancelled) and `under_way`."""
    visits = Visit.objects.filter(action_id=OuterRef("action_id"), enterprise_id=OuterRef("enterprise_id"))
    planned = PlannedVisit.objects.filter(
        action_id=OuterRef("action_id"), enterprise_id=OuterRef("enterprise_id")
    ).exclude(state=PlannedVisit.State.CANCELLED)
    return ActionTarget.objects.select_related("enterprise", "district", "action").annotate(
        visited=Exists(visits.filter(state=Visit.State.FINISHED)),
        last_visit=Subquery(visits.order_by("-visited_on", "-id").values("id")[:1]),
        planned_id=Subquery(planned.order_by("-id").values("id")[:1]),
        planned_month=Subquery(planned.order_by("-id").values("month")[:1]),
    )


@dataclass
class Progress:
    """One district, or their sum."""

    district: District | None
    plants: int = 0
    planned: int = 0
    visited: int = 0
    found: int = 0
    closed: int = 0

    @property
    def name(self) -> str:
        return self.district.name if self.district else "合计"

    @property
    def query(self) -> str:
        return f"&district={self.district.pk}" if self.district else ""


NUMBERS = ("plants", "planned", "visited", "found", "closed")


@dataclass
class ActionFile:
    action: ThemedAction
    rows: list[Progress]
    chapters: dict[str, list[Asked]] = field(default_factory=dict)


def progress(action: ThemedAction) -> list[Progress]:
    """A district without a plant of it has no row; the last row is their sum. Three statements."""
    rows: dict[int, Progress] = {}
    counted = (
        targets()
        .select_related(None)
        .filter(action=action)
        .order_by()
        .values("district_id")
        .annotate(
            n=Count("id"), done=Count("id", filter=Q(visited=True)), on_plan=Count("id", filter=~Q(planned_id=None))
        )
    )
    districts = {one.pk: one for one in District.objects.all()}
    for row in counted:
        district = districts[row["district_id"]]
        rows[district.pk] = Progress(district, row["n"], row["on_plan"], row["done"])
    hazards = (
        Hazard.objects.filter(source_kind="visit", source_id__in=of_action(action).values("pk"))
        .exclude(status=rules.VOID)
        .order_by()
        .values_list("district_id")
        .annotate(n=Count("id"), closed=Count("id", filter=Q(status=rules.CLOSED)))
    )
    for place, found, closed in hazards:
        row_of = rows.setdefault(place, Progress(districts[place]))
        row_of.found, row_of.closed = found, closed
    each = sorted(rows.values(), key=lambda one: (one.district.order, one.district.pk) if one.district else (0, 0))
    total = Progress(None, **{name: sum(getattr(one, name) for one in each) for name in NUMBERS})
    return [*each, total] if len(each) > 1 else each


def action_file(pk: int) -> ActionFile:
    action = action_or_404(pk)
    frozen = checklist(action.edition, action.template).of_codes(action.codes)
    return ActionFile(action, progress(action), frozen.chapters)
