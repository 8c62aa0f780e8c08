"""Who is scored: the districts, the departments or the standing enterprises of a city."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from accountability.models import SubjectKind
from accountability.queries.score_figures import Counted
from enterprises.models import Enterprise
from portal.tenancy.models import District, Posting, Role
from portal.tenancy.queries import department_sectors, departments, posted


@dataclass(frozen=True)
class Subject:
    kind: str
    pk: int
    name: str
    sectors: tuple[str, ...] = ()

    def of(self, rows: Mapping, *, share: bool, own: bool = False) -> Counted:
        """What is this subject's among a figure's rows; a department's are those of its sectors together, or its `own`."""
        keys: tuple[int | str, ...] = (self.pk,)
        if self.kind == SubjectKind.DEPARTMENT and not own:
            keys = self.sectors
        mine = Counted(0, 0 if share else None)
        for key in keys:
            if key in rows:
                mine.add(rows[key])
        return mine


def subjects(kind: str) -> list[Subject]:
    """In the order they are listed. A department answers for the sectors its people are posted for today."""
    if kind == SubjectKind.DISTRICT:
        return [Subject(kind, one.pk, one.name) for one in District.objects.all()]
    if kind == SubjectKind.ENTERPRISE:
        return [Subject(kind, pk, name) for pk, name in Enterprise.objects.order_by("name").values_list("pk", "name")]
    sectors = department_sectors()
    return [Subject(kind, one.pk, one.name, sectors.get(one.pk, ())) for one in departments()]


NAMED = 5
# By which post somebody answers for a subject: hears of its score, and may object to it.
ANSWERS: dict[str, tuple[str, dict[str, Any]]] = {
    SubjectKind.DISTRICT: ("district_id", {"role": Role.INSPECTOR, "leads": True}),
    SubjectKind.DEPARTMENT: ("organisation_id", {"role": Role.DEPARTMENT, "leads": True}),
    SubjectKind.ENTERPRISE: ("enterprise_id", {"role": Role.OFFICER}),
}


def answering(kind: str, those: Iterable[int]) -> set[int]:
    """Who answers for these subjects: one question however many they are."""
    named, post = ANSWERS[kind]
    return posted(**post, **{f"{named}__in": those})


def unheard(kind: str) -> tuple[int, list[str]]:
    """How many there are for whom nobody answers today, and the names of the first of them."""
    named, post = ANSWERS[kind]
    answered = Posting.objects.current().filter(**post, **{f"{named}__isnull": False}).values(named)
    everybody = {SubjectKind.DISTRICT: District.objects.all(), SubjectKind.DEPARTMENT: departments()}
    those = everybody.get(kind, Enterprise.objects.all()).exclude(pk__in=answered).order_by("name")
    return those.count(), list(those.values_list("name", flat=True)[:NAMED])
