"""What the pages of the pool of experts read, and who of it may assess a plant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from enterprises.models import Enterprise
from inspections.models_assessments import Assessment, AssessmentMember, Expert, ExpertTie, MissedLead
from inspections.rules_experts import Plant, Tie, conflict
from portal.tenancy.models import Person
from portal.tenancy.scope import who


def experts() -> QuerySet[Expert]:
    """With `served`, the assessments they were in, and `leads`, possible misses."""
    served = AssessmentMember.objects.filter(person_id=OuterRef("person_id"), removed_on=None).order_by()
    leads = MissedLead.objects.filter(person_id=OuterRef("person_id")).order_by()
    counted = lambda rows: Coalesce(Subquery(rows.values("person_id").annotate(n=Count("id")).values("n")), 0)  # noqa: E731
    return Expert.objects.select_related("person").annotate(served=counted(served), leads=counted(leads))


@dataclass
class ExpertFile:
    expert: Expert
    ties: list[ExpertTie]
    assessments: list[Assessment]
    leads: list[MissedLead]


def expert_or_404(pk: int) -> Expert:
    expert = Expert.objects.select_related("person").filter(pk=pk).first()
    if expert is None:
        raise Http404(f"expert {pk}")
    return expert


def own_expert() -> Expert | None:
    return Expert.objects.filter(person_id=who().person_id).first()


def expert_file(pk: int) -> ExpertFile:
    """Four statements."""
    expert = expert_or_404(pk)
    mine = AssessmentMember.objects.filter(person_id=expert.person_id, removed_on=None)
    assessments = Assessment.objects.seen().filter(pk__in=mine.values("assessment_id"))
    # Without its assessment: to the expert that is behind the wall once the term is over.
    leads = MissedLead.objects.filter(person_id=expert.person_id)
    return ExpertFile(
        expert,
        list(expert.ties.all()),
        list(assessments.select_related("enterprise").defer("sheets", "draw")[:100]),
        list(leads[:200]),
    )


def people_like(word: str) -> list[Person]:
    """At most 12 registered people of that name who are not in the pool yet."""
    if not word.strip():
        return []
    pool = Expert.objects.values("person_id")
    found = Person.objects.filter(Q(name__icontains=word.strip()) | Q(phone=word.strip())).exclude(pk__in=pool)
    return list(found.order_by("name", "id")[:12])


def plant_of(enterprise: Enterprise, group: str = "") -> Plant:
    """The plant with every name and code it has had in this ledger."""
    merged = list(Enterprise.everyone.filter(merged_into=enterprise).values_list("name", "code"))
    names, codes = zip((enterprise.name, enterprise.code), *merged, strict=True)
    return Plant(names, codes, tuple(word for word in group.replace("，", "、").split("、") if word.strip()))


def ties_of(people: Iterable[Expert]) -> dict[int, list[Tie]]:
    """Expert's number → their ties, the employer they have now among them."""
    people = list(people)
    made = {expert.pk: [Tie("任职（现工作单位）", expert.employer, expert.employer_code)] for expert in people}
    for tie in ExpertTie.objects.filter(expert__in=made, set_aside=""):
        made[tie.expert_id].append(tie.as_tie)
    return made


@dataclass
class Candidate:
    expert: Expert
    conflict: str
    """The sentence that names the tie in the way; empty where there is none."""


def candidates(enterprise: Enterprise, group: str, starts: date) -> list[Candidate]:
    """Everybody active in the pool, each with what stands in the way at this plant. Three statements."""
    plant = plant_of(enterprise, group)
    pool = list(Expert.objects.filter(active=True).select_related("person").order_by("id"))
    ties = ties_of(pool)
    return [Candidate(expert, conflict(ties[expert.pk], plant, starts)) for expert in pool]
