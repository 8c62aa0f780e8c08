"""Pictures that are the same or nearly so. Whoever asks finds only what they may see: nothing here looks over the wall."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from hazards import leads
from hazards.models import Evidence

MOST = 2000
"""Candidates looked at for one picture; a real one shares a piece of its bits with some thousand among a million."""


def alike(picture: Evidence, among=None) -> list[Evidence]:
    """Others with the same bytes, or a likeness that differs in at most leads.NEAR bits; `among` narrows where to look."""
    found = (Evidence.objects.all() if among is None else among).exclude(pk=picture.pk)
    if picture.likeness is None:
        return list(found.filter(digest=picture.digest)[:MOST])
    shares = [Q(digest=picture.digest)]
    shares += [Q(**{f"band_{n}__in": leads.neighbours(band)}) for n, band in enumerate(leads.bands(picture.likeness))]
    return [
        other
        for other in found.filter(reduce(or_, shares)).only(
            "pk", "digest", "likeness", "phase", "hazard_id", "visit_id", "enterprise_id"
        )[:MOST]
        if other.digest == picture.digest
        or (other.likeness is not None and leads.apart(other.likeness, picture.likeness) <= leads.NEAR)
    ]


def look_elsewhere(pictures: Iterable[Evidence]) -> None:
    """Mark those that another enterprise the acting person may see has too (`seen_with`)."""
    for picture in pictures:
        others = Evidence.objects.exclude(enterprise_id=picture.enterprise_id)
        picture.seen_with = [leads.SEEN_ELSEWHERE] if alike(picture, others) else []  # type: ignore[attr-defined]
