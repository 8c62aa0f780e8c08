"""屡查屡犯 (handbook §4): the same item of the checklist at the same enterprise within 12 months of its closing."""

from datetime import date

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from hazards.models import Hazard
from portal.legaldays import add_months

MONTHS = 12
SENTENCE = f"同一企业同一检查项的隐患，销号后{MONTHS}个月内再次发现；作废的和不在检查表上的不算。"

AGAIN = f"""(hazards_hazard.item_code <> '' AND hazards_hazard.status <> 'void' AND EXISTS (SELECT 1 FROM hazards_hazard before
    WHERE before.tenant_id = hazards_hazard.tenant_id AND before.enterprise_id = hazards_hazard.enterprise_id
      AND before.item_code = hazards_hazard.item_code AND before.id <> hazards_hazard.id
      AND before.closed_on BETWEEN (hazards_hazard.found_on - interval '{MONTHS} months')::date AND hazards_hazard.found_on))"""  # noqa: S608 - constants alone


def again() -> RawSQL:
    """Whether a hazard is one, as an expression over hazards_hazard itself (not over an alias of it)."""
    return RawSQL(AGAIN, [], BooleanField())  # noqa: S611 - a constant; Django has no interval of months


def repeated(among: QuerySet[Hazard] | None = None) -> QuerySet[Hazard]:
    """Hazards of an item that was closed there no more than 12 months before they were found; void ones apart."""
    return (Hazard.objects.all() if among is None else among).filter(again())


def marked(hazards: list[Hazard]) -> set[int]:
    """Which of these are; one statement."""
    return set(repeated().filter(pk__in=[one.pk for one in hazards]).values_list("pk", flat=True)) if hazards else set()


def earlier(hazard: Hazard) -> list[Hazard]:
    """What makes it one: those closed before, the newest first; none where it is not."""
    if not hazard.item_code or hazard.status == "void":
        return []
    same = Hazard.objects.filter(enterprise_id=hazard.enterprise_id, item_code=hazard.item_code).exclude(pk=hazard.pk)
    return list(same.filter(closed_on__range=(since(hazard.found_on), hazard.found_on)).order_by("-closed_on", "-pk"))


def since(day: date) -> date:
    """As PostgreSQL takes months from a date: the same day, or the month's last."""
    return add_months(day, -MONTHS)
