"""停产停业 as the enterprise's own record shows it. The decisions themselves are made and lifted in hazards/actions/suspensions.py."""

from collections.abc import Sequence
from datetime import date

from enterprises.actions.history import remember_small_things
from enterprises.models import Enterprise


def mark_suspended(enterprise: Enterprise, since: date | None, parts: Sequence[str], source: str) -> None:
    """Say of a locked enterprise since when all of it stands still, and which parts else; `source` for its history."""
    said = "；".join(dict.fromkeys(parts))[:300]
    if (enterprise.suspended_since, enterprise.suspended_parts) == (since, said):
        return
    enterprise.suspended_since, enterprise.suspended_parts = since, said
    enterprise.revision += 1
    enterprise.save(update_fields=["suspended_since", "suspended_parts", "revision", "updated_at"])
    remember_small_things(enterprise.pk, source)
