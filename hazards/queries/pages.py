"""What the hazard and notice pages read."""

from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.http import Http404

from hazards import rules
from hazards.models import (
    Evidence,
    Extension,
    Hazard,
    HazardStep,
    Notice,
    RectificationPlan,
    Supervision,
    Suspension,
)
from hazards.queries.repeats import earlier as before_it
from portal.permissions import may

# Overdue first, always: with the earliest deadline on top nothing late can hide behind a page (pitfall 39).
HAZARD_SORTS = {"deadline": "deadline", "found": "-found_on", "new": "-pk"}
NOTICE_SORTS = {"new": "-pk", "date": "-issued_on"}


# What stands under 其他办理: the page of each, and the verb that opens it.
ACTS = {
    "hazard_ask": "ask",
    "hazard_withdraw": "withdraw",
    "hazard_correct": "correct",
    "hazard_supervise": "supervise",
    "hazard_unsupervise": "unsupervise",
    "hazard_suspend": "suspend",
    "hazard_transfer": "transfer",
}


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
    plans: list[RectificationPlan]
    askings: list[Extension]
    supervisions: list[Supervision]
    suspensions: list[Suspension]

    @property
    def acts(self) -> list[tuple[str, str]]:
        """(URL name, words) of what else may be done to it now."""
        return [(name, rules.VERBS[verb]) for name, verb in ACTS.items() if verb in self.verbs]

    @property
    def plan(self) -> RectificationPlan | None:
        """The one that stands."""
        return self.plans[-1] if self.plans else None

    @property
    def hand_in(self) -> HazardStep | None:
        """The enterprise's own words to the newest round, whatever has been done to the hazard since."""
        return next((step for step in reversed(self.steps) if step.verb == "submit"), None)

    @property
    def asking(self) -> Extension | None:
        """The one that waits for an answer."""
        return next((one for one in self.askings if one.state == Extension.State.ASKED), None)


def hazard_file(pk: int) -> HazardFile:
    hazard = (
        Hazard.objects.select_related("enterprise", "notice", "district", "found_by", "rechecked_by", "handler")
        .prefetch_related(
            Prefetch("steps", HazardStep.objects.order_by("id")),
            Prefetch("evidence", Evidence.objects.order_by("id")),
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
    # Its history says what there is to ask for: most hazards have none of it.
    done = {step.verb for step in hazard.steps.all()}
    verbs = [verb for verb, move in rules.verbs_from(hazard.status, *hazard.facts) if may(move.action, hazard)]
    return HazardFile(
        hazard,
        list(hazard.steps.all()),
        photos,
        sorted(earlier.items(), reverse=True),
        verbs,
        before_it(hazard),
        list(hazard.rectification_plans.all()) if "plan" in done else [],
        list(hazard.askings.all()) if "ask" in done else [],
        list(hazard.supervisions.all()) if "supervise" in done else [],
        list(hazard.suspensions.select_related("notice")) if "suspend" in done else [],
    )


def notice_with_hazards(pk: int) -> Notice:
    notice = (
        Notice.objects.select_related("enterprise", "organisation", "about", "district", "replaces")
        .prefetch_related("follow_ups", "corrections", Prefetch("hazards", Hazard.objects.order_by("id")))
        .filter(pk=pk)
        .first()
    )
    if notice is None:
        raise Http404(f"notice {pk}")
    return notice


def notice_of_code(code: str) -> Notice | None:
    """For whoever checks a document in hand (portal/documents/verifying.py)."""
    return Notice.objects.filter(verify_code=code).first()


def documents_of(hazard: Hazard) -> list[Notice]:
    """Every document that names it, the ones that were corrected too, and the receipts of its order."""
    if not hazard.notice_id:
        return []
    named = Q(content__items__contains=[{"hazard_id": hazard.pk}])
    served = Q(about=hazard.notice_id, kind=Notice.Kind.RECEIPT)
    plants = Notice.objects.filter(enterprise_id=hazard.enterprise_id)
    return list(plants.filter(named | served).defer("content").order_by("pk"))
