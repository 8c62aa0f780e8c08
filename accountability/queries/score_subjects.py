"""Who is scored: the districts, the departments or the standing enterprises of a city."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accountability.models import SubjectKind
from accountability.queries.score_figures import Counted
from enterprises.models import Enterprise
from portal.tenancy.models import District, Role
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


def answering(kind: str, those: Iterable[int]) -> set[int]:
    """Who hears of the scores of these subjects, and may object to them: one question however many they are."""
    if kind == SubjectKind.DISTRICT:
        return posted(role=Role.INSPECTOR, leads=True, district_id__in=those)
    if kind == SubjectKind.DEPARTMENT:
        return posted(role=Role.DEPARTMENT, leads=True, organisation_id__in=those)
    return posted(role=Role.OFFICER, enterprise_id__in=those)
