"""What the hazard and notice pages read."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.http import Http404

from hazards import rules
from hazards.models import Evidence, Hazard, HazardStep, Notice
from hazards.queries.repeats import earlier as before_it
from portal.permissions import may


@dataclass
class HazardFile:
    """One hazard with everything its page shows."""

    hazard: Hazard
    steps: list[HazardStep]
    photos: dict[str, list[Evidence]]
    earlier_rounds: list[tuple[int, list[Evidence]]]
    verbs: list[str]
    repeats: list[Hazard]
    """Closed before of the same item, where it is 屡查屡犯."""


def hazard_file(pk: int) -> HazardFile:
    hazard = (
        Hazard.objects.select_related("enterprise", "notice", "district", "found_by", "rechecked_by")
        .prefetch_related(
            Prefetch("steps", HazardStep.objects.order_by("id")), Prefetch("evidence", Evidence.objects.order_by("id"))
        )
        .filter(pk=pk)
        .first()
    )
    if hazard is None:
        raise Http404(f"hazard {pk}")
    photos: dict[str, list[Evidence]] = {"found": [], "before": [], "after": []}
    earlier: dict[int, list[Evidence]] = {}
    for evidence in hazard.evidence.all():
        if evidence.phase == Evidence.Phase.FOUND or evidence.round == hazard.round:
            photos[evidence.phase].append(evidence)
        else:
            earlier.setdefault(evidence.round, []).append(evidence)
    verbs = [verb for verb, move in rules.verbs_from(hazard.status, hazard.level) if may(move.action, hazard)]
    return HazardFile(
        hazard, list(hazard.steps.all()), photos, sorted(earlier.items(), reverse=True), verbs, before_it(hazard)
    )


def notice_with_hazards(pk: int) -> Notice:
    notice = (
        Notice.objects.select_related("enterprise", "organisation", "about", "district")
        .prefetch_related("follow_ups", Prefetch("hazards", Hazard.objects.order_by("id")))
        .filter(pk=pk)
        .first()
    )
    if notice is None:
        raise Http404(f"notice {pk}")
    return notice
