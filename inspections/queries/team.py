"""队伍建设: a body's people with their certificates, training hours, workload and quality figures."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.http import Http404
from django.utils import timezone

from inspections.models_team import Commendation, TrainingRecord
from inspections.queries.handover import Leaver, by_post, leaver_or_404, open_counts
from inspections.queries.quality import Quality, quality
from portal.tenancy.models import Organisation
from portal.tenancy.scope import who

ENDS_SOON_DAYS = 60
HOURS_MEANS = "本年度登记的培训学时之和，不含作废的。"
WORKLOAD_MEANS = (
    "名下未办结的事项：进行中和还没去的检查、待下达和待送达的文书、整改中和待复查的隐患。两人共同办理的，各计一次。"
)


@dataclass
class Member:
    """One person of a body, in the post they have there."""

    leaver: Leaver
    hours: Decimal
    work: Counter[str]
    quality: Quality

    @property
    def person(self):
        return self.leaver.person

    @property
    def to_visit(self) -> int:
        return self.work["visits"] + self.work["planned"]

    @property
    def certificate(self) -> tuple[str, str]:
        """What is said of it, and in which tone."""
        number, until = self.person.certificate_no, self.person.certificate_until
        if not number:
            return "未登记执法证", "red"
        if until is None:
            return number, ""
        days = (until - timezone.localdate()).days
        if days < 0:
            return f"{number}，{until}已过期", "red"
        return f"{number}，至{until}", "orange" if days <= ENDS_SOON_DAYS else ""


@dataclass
class Team:
    body: Organisation
    members: list[Member]
    gone: list[tuple[Leaver, int]]
    """Posted there no longer, with how much is still open in their name."""


def bodies() -> list[Organisation]:
    """Those whose people the acting person may look at: a district's own, everybody else all."""
    kinds = Organisation.objects.filter(kind__in=["bureau", "department", "office"])
    if who().scope == "district":
        kinds = kinds.filter(pk=who().organisation_id)
    return list(kinds.order_by("district__order", "pk"))


def team(body: Organisation, since: date, until: date) -> Team:
    """Eight statements, however many people there are."""
    here, gone = by_post(body.pk)
    here.sort(key=lambda one: (not one.posting.leads, one.person.name, one.person_id))
    people = [leaver.person_id for leaver in here]
    work = open_counts([*here, *gone])
    hours, judged = hours_of(people, until.year), quality(people, since, until)
    return Team(
        body,
        [Member(one, hours[one.person_id], work[one], judged[one.person_id]) for one in here],
        [(one, work[one].total()) for one in gone if work[one]],
    )


def member_or_404(person_id: int, since: date, until: date) -> Member:
    leaver = leaver_or_404(person_id)
    hours, judged = hours_of([person_id], until.year), quality([person_id], since, until)
    return Member(leaver, hours[person_id], open_counts([leaver])[leaver], judged[person_id])


def hours_of(people: list[int], year: int) -> Counter:
    """学时 of a year by person; nobody's are missing."""
    rows = TrainingRecord.objects.filter(person__in=people, on__year=year, set_aside="").order_by()
    return Counter(dict(rows.values_list("person_id").annotate(n=Sum("hours"))))


def hours_asked(settings: dict) -> Decimal | None:
    """How many hours a year the city asks of an inspector (tenant setting `inspector_training_hours`); the law gives no figure."""
    asked = settings.get("inspector_training_hours")
    return Decimal(str(asked)) if asked else None


def trainings_of(person_id: int) -> list[TrainingRecord]:
    return list(TrainingRecord.objects.filter(person=person_id)[:100])


def commendations() -> QuerySet[Commendation]:
    return Commendation.objects.select_related("person", "organisation", "district")


def commendation_or_404(pk: int) -> Commendation:
    found = commendations().filter(pk=pk).first()
    if found is None:
        raise Http404(f"commendation {pk}")
    return found


def training_or_404(pk: int) -> TrainingRecord:
    found = TrainingRecord.objects.select_related("person").filter(pk=pk).first()
    if found is None:
        raise Http404(f"training {pk}")
    return found
