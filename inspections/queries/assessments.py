"""What the pages about assessments read, and the figure of their coverage."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone

from enterprises.models import Enterprise
from hazards.queries.figures import EVERYTHING, Within
from inspections import frozen_sheets
from inspections.models_assessments import (
    Assessment,
    AssessmentAnswer,
    AssessmentMember,
    AssessmentPhoto,
    AssessmentReport,
)
from inspections.rules_experts import months_on
from portal.tenancy.models import Tenant
from portal.tenancy.scope import current_tenant_id, who

ASSESSMENT_MONTHS = 24
"""The campaign lasts two years; a city may set its own (tenant setting `assessment_months`)."""
COVERAGE_MEANS = (
    "评估覆盖率＝近{months}个月内出具过专家评估报告的两重点一重大企业数÷全部两重点一重大企业数，截至{on:%Y-%m-%d}。"
)
ASSESSED_SORTS = {"name": "name", "district": "district__order", "last": "last_report"}


def assessments() -> QuerySet[Assessment]:
    """Without what fills pages of its own."""
    seen = Assessment.objects.seen().with_undecided()
    return seen.select_related("enterprise", "district").defer("sheets", "draw", "schedule")


@dataclass
class Line:
    """One item of a sheet with its answer, or a finding beside the sheets."""

    code: str
    item: dict[str, Any] | None
    answer: AssessmentAnswer | None
    photos: list[AssessmentPhoto]


@dataclass
class Sheet:
    key: str
    title: str
    edition: str
    lines: list[Line]

    @property
    def answered(self) -> int:
        return sum(line.answer is not None for line in self.lines)

    @property
    def problems(self) -> int:
        return sum(bool(line.answer and line.answer.verdict == "problem") for line in self.lines)


@dataclass
class AssessmentFile:
    assessment: Assessment
    sheets: list[Sheet]
    extras: Sheet
    members: list[AssessmentMember]
    reports: list[AssessmentReport]
    mine: AssessmentMember | None

    @property
    def team(self) -> list[AssessmentMember]:
        return [member for member in self.members if member.removed_on is None]

    @property
    def problems(self) -> list[Line]:
        lines = [line for sheet in (*self.sheets, self.extras) for line in sheet.lines]
        return [line for line in lines if line.answer and line.answer.verdict == "problem"]

    @property
    def undecided(self) -> int:
        return sum(not (line.answer.hazard_id or line.answer.declined) for line in self.problems if line.answer)


def assessment_or_404(pk: int) -> Assessment:
    found = Assessment.objects.seen().select_related("enterprise", "district", "organisation", "diagnosis")
    assessment = found.filter(pk=pk).first()
    if assessment is None:
        raise Http404(f"assessment {pk}")
    return assessment


def assessment_file(pk: int) -> AssessmentFile:
    """Five statements."""
    assessment = assessment_or_404(pk)
    answers = {answer.code: answer for answer in assessment.answers.all()}
    photos: dict[str, list[AssessmentPhoto]] = {}
    for photo in assessment.photos.all():
        photos.setdefault(photo.code, []).append(photo)
    sheets = [
        Sheet(
            sheet["key"],
            sheet["title"],
            sheet["edition"],
            [
                Line(item["code"], item, answers.get(item["code"]), photos.get(item["code"], []))
                for item in sheet["items"]
            ],
        )
        for sheet in assessment.sheets
    ]
    beside = [answer for answer in answers.values() if answer.sheet == frozen_sheets.OTHER]
    extras = [Line(answer.code, None, answer, photos.get(answer.code, [])) for answer in beside]
    members = list(assessment.members.select_related("person"))
    mine = next((one for one in members if one.person_id == who().person_id and one.removed_on is None), None)
    reports = list(assessment.reports.defer("content"))
    other = Sheet(frozen_sheets.OTHER, "表外问题", "", extras)
    return AssessmentFile(assessment, sheets, other, members, reports, mine)


def report_or_404(pk: int) -> AssessmentReport:
    report = AssessmentReport.objects.select_related("enterprise", "corrects").filter(pk=pk).first()
    if report is None or (who().role == "expert" and not Assessment.objects.seen().filter(pk=report.assessment_id)):
        raise Http404(f"report {pk}")
    return report


def reports_of(enterprise: Enterprise) -> list[AssessmentReport]:
    reports = AssessmentReport.objects.filter(enterprise=enterprise).defer("content")
    if who().role == "expert":
        reports = reports.filter(assessment__in=Assessment.objects.seen().values("pk"))
    return list(reports[:10])


def waiting_problems() -> QuerySet[AssessmentAnswer]:
    """待处理的评估问题: of finished assessments, neither taken into a notice nor declined."""
    undecided = AssessmentAnswer.objects.undecided().filter(assessment__state=Assessment.State.FINISHED)
    return undecided.select_related("assessment", "enterprise", "district").defer(
        "assessment__sheets", "assessment__draw", "assessment__schedule"
    )


# --- coverage -------------------------------------------------------------------------------------------------------


def city_months() -> int:
    settings = Tenant.objects.values_list("settings", flat=True).get(pk=current_tenant_id())
    return int((settings or {}).get("assessment_months", ASSESSMENT_MONTHS))


def coverage_means(on: date, months: int) -> str:
    return COVERAGE_MEANS.format(months=months, on=on)


def to_assess(on: date | None = None, months: int | None = None) -> QuerySet[Enterprise]:
    """应评估企业: every 两重点一重大 enterprise, with `assessed` (within the period) and `last_report`."""
    on = on or timezone.localdate()
    since = months_on(on, -(months or city_months()))
    # The report's own row, not the assessment's: a plant's officer and an auditor read it as well.
    made = AssessmentReport.objects.filter(enterprise=OuterRef("pk"), made_on__lte=on).order_by("-made_on")
    return (
        Enterprise.objects.two_keys_one_major()
        .select_related("district")
        .annotate(assessed=Exists(made.filter(made_on__gt=since)), last_report=Subquery(made.values("made_on")[:1]))
    )


@dataclass(frozen=True)
class Coverage:
    district_id: int
    district: str
    all: int
    assessed: int

    @property
    def lacking(self) -> int:
        return self.all - self.assessed

    @property
    def rate(self) -> str:
        return f"{100 * self.assessed / self.all:.1f}" if self.all else "—"


def coverage(on: date, months: int, within: Within = EVERYTHING) -> list[Coverage]:
    """评估覆盖率 per district; its meaning is `coverage_means`, its records `to_assess`."""
    rows = (
        within.among(to_assess(on, months))
        .order_by()
        .values("district_id", "district__name", "district__order")
        .annotate(n=Count("id"), done=Count("id", filter=Q(assessed=True)))
        .order_by("district__order", "district_id")
        .values_list("district_id", "district__name", "n", "done")
    )
    return [Coverage(*row) for row in rows]
