"""停产停业 as lists and pages read it."""

from django.db.models import QuerySet

from hazards.models import Suspension

# The one that ends next on top: what nobody decides about stays there.
SUSPENSION_SORTS = {"until": "until", "starts": "-starts", "new": "-pk"}


def suspended() -> QuerySet[Suspension]:
    return Suspension.objects.select_related("enterprise", "district", "unit", "notice")
