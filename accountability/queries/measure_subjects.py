"""Whom a measure may concern: found by a word, named as they are today, and who of them is told."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accountability.models import Measure
from enterprises.models import Enterprise
from portal.refusals import BadInput
from portal.tenancy.models import District, Organisation, Posting, Role
from portal.tenancy.queries import officers_of, posted

Subject = Measure.Subject
SHOWN = 20
# A bureau's unit is its district and a person's is where they are posted, so neither is scored as itself.
SCORED_AS = {"district": "district", "organisation": "department", "enterprise": "enterprise"}


@dataclass(frozen=True)
class Concerned:
    """A district, body, enterprise or person; `scored` is whose year-end score could count it, as (kind, number)."""

    kind: str
    pk: int
    name: str
    post: str = ""
    posting_id: int | None = None
    scored: tuple[str, int] | None = None

    @property
    def is_scored(self) -> bool:
        """It is itself what the year-end score scores, and needs nobody's word to count."""
        return self.scored is not None and SCORED_AS.get(self.kind) == self.scored[0]

    @property
    def token(self) -> str:
        """How an address and a form name it."""
        return f"{self.kind}-{self.posting_id or self.pk}"

    @property
    def label(self) -> str:
        return Subject(self.kind).label


def of_district(one: District) -> Concerned:
    return Concerned(Subject.DISTRICT, one.pk, one.name, scored=("district", one.pk))


def of_body(one: Organisation) -> Concerned:
    return Concerned(Subject.ORGANISATION, one.pk, one.name, scored=scored_of(one))


def scored_of(body: Organisation | None) -> tuple[str, int] | None:
    """A department is scored itself, a district's bureau within its district, the rest in nothing."""
    if body is None:
        return None
    if body.kind == Organisation.Kind.DEPARTMENT:
        return ("department", body.pk)
    return ("district", body.district_id) if body.district_id else None


def of_plant(one: Enterprise) -> Concerned:
    return Concerned(Subject.ENTERPRISE, one.pk, one.name, scored=("enterprise", one.pk))


def of_posting(one: Posting, plants: dict[int, str]) -> Concerned:
    """A person as posted; an officer's or expert's unit is the enterprise."""
    at_plant = one.role == Role.OFFICER
    unit = plants.get(one.enterprise_id, "") if at_plant else one.organisation.name if one.organisation else ""
    post = f"{unit} {one.get_role_display()}".strip() + ("（负责人）" if one.leads else "")
    if at_plant:
        scored = ("enterprise", one.enterprise_id)
    else:
        scored = ("district", one.district_id) if one.district_id else scored_of(one.organisation)
    return Concerned(Subject.PERSON, one.person_id, one.person.name, post, one.pk, scored)


def concerned_or_bad(kind: str, pk: int, *, ended: bool = False) -> Concerned:
    """The subject by its number; of a person the number of a posting, today's unless `ended`. Raises BadInput."""
    found: Concerned | None = None
    if kind == Subject.DISTRICT:
        found = next((of_district(one) for one in District.objects.filter(pk=pk)), None)
    elif kind == Subject.ORGANISATION:
        bodies = Organisation.objects.exclude(kind=Organisation.Kind.ADMINISTRATION)
        found = next((of_body(one) for one in bodies.filter(pk=pk)), None)
    elif kind == Subject.ENTERPRISE:
        plants = Enterprise.everyone if ended else Enterprise.objects
        found = next((of_plant(one) for one in plants.filter(pk=pk)), None)
    elif kind == Subject.PERSON:
        postings = Posting.objects.all() if ended else Posting.objects.current()
        found = next(iter(people(postings.filter(pk=pk))), None)
    if found is None:
        raise BadInput("请选择对象：区县、部门或单位、企业，或在职人员的任职。", field="subject")
    return found


def people(postings: QuerySet[Posting], most: int | None = None) -> list[Concerned]:
    """Without the administrators, who have no part in business."""
    of_business = postings.exclude(role__in=(Role.AUDITOR, Role.SYSADMIN, Role.SECADMIN))
    those = list(of_business.select_related("person", "organisation")[:most])
    at = {one.enterprise_id for one in those if one.enterprise_id}
    plants = dict(Enterprise.everyone.filter(pk__in=at).values_list("pk", "name"))
    return [of_posting(one, plants) for one in those]


def candidates(word: str) -> list[Concerned]:
    """At most SHOWN of each kind whose name holds the word; without one, the districts and bodies."""
    districts = District.objects.filter(name__icontains=word)[:SHOWN]
    bodies = Organisation.objects.exclude(kind=Organisation.Kind.ADMINISTRATION).filter(name__icontains=word)
    found = [of_district(one) for one in districts]
    found += [of_body(one) for one in bodies.order_by("kind", "name")[:SHOWN]]
    if word:
        plants = Enterprise.objects.filter(Q(name__icontains=word) | Q(code__iexact=word)).order_by("name")
        found += [of_plant(one) for one in plants[:SHOWN]]
        named = Posting.objects.current().filter(person__name__icontains=word).order_by("person__name", "pk")
        found += people(named, SHOWN)
    return found


def people_of(measure: Measure) -> set[int]:
    """Who hears of it: whoever leads the unit, or everybody of it where nobody is registered as its leader."""
    if measure.subject_kind == Subject.PERSON:
        return {measure.subject_id}
    if measure.subject_kind == Subject.ENTERPRISE:
        return officers_of(measure.subject_id)
    if measure.subject_kind == Subject.DISTRICT:
        own = {"role": Role.INSPECTOR, "district_id": measure.subject_id}
    else:
        own = {"organisation_id": measure.subject_id}
    return posted(**own, leads=True) or posted(**own)
