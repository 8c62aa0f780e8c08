"""证照 as pages and lists read them."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from enterprises.models import Credential, Enterprise
from enterprises.rules.expiry import WITHIN, last_due
from portal.reference.files import rows

EXPIRING_SORTS = {"due": "due", "enterprise": "enterprise__name", "holder": "holder"}


def expiring() -> QuerySet[Credential]:
    """What has expired or does within 90 days, the last day included; of the ledger's licences too."""
    due = Credential.objects.in_force().filter(due__lte=last_due(timezone.localdate()))
    return due.select_related("enterprise", "district")


def expires_within(value: str) -> Q:
    """ "30": today ≤ due ≤ today + 30; "expired": due before today."""
    today = timezone.localdate()
    if value == "expired":
        return Q(due__lt=today)
    return Q(due__gte=today, due__lte=today + timedelta(days=int(value)))


def expiring_counts() -> dict[str, int]:
    """How many have expired, and how many do within 30, 60 and 90 days."""
    return expiring().aggregate(
        expired=Count("pk", filter=expires_within("expired")),
        **{f"within_{days}": Count("pk", filter=expires_within(str(days))) for days in WITHIN},
    )


def credential_or_404(pk: int) -> Credential:
    record = Credential.objects.select_related("enterprise").filter(pk=pk).first()
    if record is None:
        raise Http404(f"credential {pk}")
    return record


@dataclass
class Credentials:
    """An enterprise's licences and certificates: those in force, soonest first, and those that were."""

    standing: list[Credential]
    past: list[Credential]


def credentials_of(enterprise: Enterprise) -> Credentials:
    found = Credential.objects.filter(enterprise=enterprise).exclude(from_ledger=True, number="", valid_until=None)
    standing, past = [], []
    for one in found.order_by("due", "kind", "pk"):
        (past if one.ended_on or one.renewed_on else standing).append(one)
    return Credentials(standing, past)


def known_titles(kind: str = "") -> list[tuple[str, str]]:
    """Titles to choose from, each with the kind it is of, from the catalog; of one kind where it is named."""
    label = dict(Credential.Kind.choices).get(kind)
    return [(row["title"], row["kind"]) for row in rows("certificate_titles") if label in (None, row["kind"])]
