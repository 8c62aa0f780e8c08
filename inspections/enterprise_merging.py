"""When an entry of the ledger is merged into another, its visits count for the other."""

from collections.abc import Iterator

from django.db.models import Q

from enterprises import merging
from enterprises.models import Enterprise, Merger
from hazards.models import Evidence, Hazard
from inspections.actions.assessments import moved_along
from inspections.models import ActionTarget, Answer, PlannedVisit, Visit
from inspections.models_assessments import (
    Assessment,
    AssessmentAnswer,
    AssessmentMember,
    AssessmentPhoto,
    AssessmentReport,
)
from inspections.models_field import FieldFile, FieldRecord
from inspections.models_schemes import SchemeDocument, VisitScheme


def register_merging() -> None:
    merging.moves(Visit)
    merging.moves(PlannedVisit)
    merging.moves(ActionTarget, once=("action",))
    merging.moves(Answer, through={"visit": Visit})
    merging.moves(FieldRecord, through={"visit": Visit})
    merging.moves(FieldFile, through={"visit": Visit})
    merging.moves(Evidence, where=Q(hazard=None), through={"visit_id": Visit})
    merging.moves(Assessment)
    merging.follows(AssessmentMember, AssessmentAnswer, AssessmentPhoto, AssessmentReport)
    merging.moves(VisitScheme)
    merging.follows(SchemeDocument)
    merging.before_undoing.append(found_since)
    merging.afterwards.append(name_new_postings)


def found_since(merger: Merger) -> Iterator[str]:
    visits, hazards = (merger.moved["rows"][label] for label in ("inspections.visit", "hazards.hazard"))
    found = Hazard.objects.filter(source_kind="visit", source_id__in=visits).exclude(pk__in=hazards).count()
    if found:
        yield f"合并之后，并入企业未完成的检查又查出{found}条隐患，不能撤销合并。"


def name_new_postings(source: Enterprise, target: Enterprise, moved: merging.Moved) -> None:
    """A team's postings went along as new ones, which are what ends when somebody leaves the team."""
    members = AssessmentMember.objects.filter(assessment__in=moved.get("inspections.assessment", []), removed_on=None)
    postings = moved_along(members.values_list("person_id", flat=True), target.pk)
    for member in members:
        if member.person_id in postings:
            AssessmentMember.objects.filter(pk=member.pk).update(posting_id=postings[member.person_id])
