"""屡查屡犯 (handbook §4): the same item of the checklist at the same enterprise within 12 months of its closing."""

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from hazards import rules
from hazards.models import Hazard

AGAIN = """EXISTS (SELECT 1 FROM hazards_hazard before
    WHERE before.tenant_id = hazards_hazard.tenant_id AND before.enterprise_id = hazards_hazard.enterprise_id
      AND before.item_code = hazards_hazard.item_code AND before.id <> hazards_hazard.id
      AND before.closed_on BETWEEN (hazards_hazard.found_on - interval '12 months')::date AND hazards_hazard.found_on)"""


def repeated() -> QuerySet[Hazard]:
    """Hazards of an item that was closed there no more than 12 months before they were found; void ones apart."""
    again = RawSQL(AGAIN, [], BooleanField())  # noqa: S611 - a constant; Django has no interval of months
    return Hazard.objects.exclude(item_code="").exclude(status=rules.VOID).filter(again)
