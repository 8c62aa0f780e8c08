"""What the pages of 现场检查方案 and of a visit's documents read."""

from django.db.models import Q, QuerySet
from django.http import Http404

from hazards.models import Notice
from inspections.models import Visit
from inspections.models_schemes import SchemeDocument, VisitScheme
from portal.permissions import may
from portal.tenancy.models import Person, Posting
from portal.tenancy.scope import who


def schemes() -> QuerySet[VisitScheme]:
    return VisitScheme.objects.select_related("enterprise", "district", "organisation", "lead", "second", "drafter")


def scheme_or_404(pk: int) -> VisitScheme:
    scheme = schemes().select_related("reviewer", "approver").prefetch_related("documents").filter(pk=pk).first()
    if scheme is None:
        raise Http404(f"scheme {pk}")
    return scheme


def office_mates(*, leads: bool = False) -> list[Person]:
    """Everybody now posted to the acting person's body in the same role, the acting one left out; `leads`: its leaders."""
    me = who()
    postings = Posting.objects.current().filter(organisation_id=me.organisation_id, role=me.role)
    if leads:
        postings = postings.filter(leads=True)
    postings = postings.exclude(person_id=me.person_id).select_related("person").order_by("person__name", "person_id")
    return list({posting.person_id: posting.person for posting in postings}.values())


def scheme_of_code(code: str) -> SchemeDocument | None:
    """For whoever checks a document in hand (portal/documents/verifying.py)."""
    return SchemeDocument.objects.filter(verify_code=code).first()


def documents_of(visit: Visit) -> list[Notice | SchemeDocument]:
    """The plan it was made by, its record, and what was issued over its hazards."""
    plans: list = []
    if may("schemes.view"):
        planned = SchemeDocument.objects.filter(
            enterprise_id=visit.enterprise_id,
            organisation_id=visit.organisation_id,
            scheme__planned_from__lte=visit.visited_on,
            scheme__planned_to__gte=visit.visited_on,
        )
        plans = list(planned.defer("content").order_by("pk"))
    issued = Notice.objects.filter(Q(visit_id=visit.pk) | Q(hazards__source_kind="visit", hazards__source_id=visit.pk))
    return plans + list(issued.defer("content").distinct().order_by("pk"))
