"""The documents of a visit, on its page."""

from django import template

from hazards.models import Notice
from inspections.models import Visit
from inspections.queries_schemes import documents_of
from portal.permissions import may
from portal.tenancy.scope import who

register = template.Library()


@register.inclusion_tag("inspections/_documents.html")
def visit_documents(visit: Visit):
    documents = documents_of(visit)
    recorded = any(isinstance(one, Notice) and one.kind == Notice.Kind.RECORD for one in documents)
    mine = who().person_id in (visit.lead_id, visit.second_id) and may("visits.conduct")
    return {
        "documents": documents,
        "visit": visit,
        "records": mine and not recorded and visit.state == Visit.State.FINISHED,
    }
