"""What the smaller lists of this floor are as workbooks: their fields as they stand."""

from django.utils import timezone

from enterprises.models import Enterprise
from inspections import queries, rules
from inspections.filters import (
    AssessmentFilter,
    CommendationFilter,
    DrawFilter,
    DueFilter,
    ExpertFilter,
    ProblemFilter,
    TemplateFilter,
    VisitFilter,
)
from inspections.filters_field import NumberFilter
from inspections.models import ChecklistTemplate, Draw, Visit
from inspections.models_assessments import Assessment, AssessmentAnswer, Expert
from inspections.models_team import Commendation
from inspections.queries import checklists, team
from inspections.queries.assessments import assessments, waiting_problems
from inspections.queries.draws import draws
from inspections.queries.experts import experts
from portal.documents.models import ReservedNumber
from portal.documents.reserve import in_sight
from portal.exports.registry import Export, columns, register


def due():
    """As the page shows it: by today's frequencies, with the last visit."""
    today = timezone.localdate()
    return queries.with_last_visit(queries.due(today, queries.city_frequency())).select_related("district")


def register_lists() -> None:
    headers, line = columns(
        Visit,
        ("企业", "enterprise.name"),
        ("统一社会信用代码", "enterprise.code"),
        ("区县", "district.name"),
        ("检查单位", "organisation.name"),
        "subject",
        "visited_on",
        "state",
        ("主办人员", "lead.name"),
        ("协办人员", "second.name"),
        "met_with",
        "summary",
        "started_at",
        "finished_at",
    )
    register(
        Export(
            "visit_list",
            "检查",
            "visits.view",
            lambda: Visit.objects.select_related("enterprise", "district", "lead", "second", "organisation"),
            VisitFilter,
            {"date": "-visited_on", "enterprise": "enterprise__name"},
            headers,
            line,
        )
    )
    headers, line = columns(
        Enterprise,
        "name",
        "code",
        ("区县", "district.name"),
        "grade",
        ("频次", lambda row: rules.WORDS[row.months]),
        ("本期起", "period"),
        ("本期已检查", "covered"),
        ("上次检查", "last_visit"),
    )
    register(
        Export(
            "visit_due",
            "应检查企业",
            "visits.view",
            due,
            DueFilter,
            {"grade": "-grade", "name": "name", "district": "district__order"},
            headers,
            line,
        )
    )
    headers, line = columns(
        Assessment,
        "number",
        ("企业", "enterprise.name"),
        ("统一社会信用代码", "enterprise.code"),
        ("区县", "district.name"),
        "purpose",
        "starts",
        "ends",
        "chosen",
        "state",
        "opened_by_name",
        "opened_at",
        "reported_on",
        "ended_because",
    )
    register(
        Export(
            "assessment_list",
            "专家评估",
            "assessments.view",
            assessments,
            AssessmentFilter,
            {"new": "-pk", "ends": "ends", "enterprise": "enterprise__name"},
            headers,
            line,
        )
    )
    headers, line = columns(
        AssessmentAnswer,
        ("企业", "enterprise.name"),
        ("评估编号", "assessment.number"),
        ("报告日期", "assessment.reported_on"),
        "sheet",
        "code",
        "words",
        "place",
        "level",
        "accident_type",
        "basis",
        "by_name",
    )
    register(
        Export(
            "problem_list",
            "待处理的评估问题",
            "assessments.coverage",
            waiting_problems,
            ProblemFilter,
            {"waiting": "assessment__reported_on"},
            headers,
            line,
        )
    )
    headers, line = columns(
        ChecklistTemplate,
        "subject",
        "version",
        ("检查项数", lambda row: len(row.codes)),
        "reason",
        "by_name",
        "made_at",
        "withdrawn_on",
    )
    register(
        Export(
            "checklist_list",
            "检查表模板",
            "visits.view",
            checklists.templates,
            TemplateFilter,
            {"subject": "subject", "new": "-pk"},
            headers,
            line,
        )
    )
    headers, line = columns(
        Draw,
        "title",
        ("检查单位", "organisation.name"),
        ("区县", "district.name"),
        "month",
        "size",
        "scope_words",
        "by_name",
        "published_at",
        "seed",
        "drawn_by",
        "drawn_at",
        "digest",
    )
    register(Export("draw_list", "双随机抽查", "draws.view", draws, DrawFilter, {"new": "-pk"}, headers, line))
    headers, line = columns(
        Expert,
        ("姓名", "person.name"),
        "employer",
        "title",
        ("专业", lambda row: "、".join(row.skill_names)),
        "since",
        "active",
        ("参加评估", "served"),
        ("可能漏检", "leads"),
        "note",
    )
    register(
        Export(
            "expert_list",
            "专家库",
            "experts.list",
            experts,
            ExpertFilter,
            {"new": "-pk", "name": "person__name"},
            headers,
            line,
        )
    )
    headers, line = columns(
        Commendation,
        ("人员", "person.name"),
        ("单位", "organisation.name"),
        "grounds",
        "since",
        "until",
        "state",
        "proposed_by_name",
        "proposed_on",
        "decided_by_name",
        "decided_on",
        "opinion",
    )
    register(
        Export(
            "commendation_list",
            "表彰建议",
            "commendations.view",
            team.commendations,
            CommendationFilter,
            {"new": "-pk"},
            headers,
            line,
        )
    )
    headers, line = columns(
        ReservedNumber,
        "text",
        ("制发机关", "organisation.name"),
        ("预留人", "person.name"),
        "device",
        "state",
        "reserved_at",
        "settled_at",
        "reason",
    )
    register(
        Export(
            "number_list",
            "预留文号",
            "numbers.view",
            in_sight,
            NumberFilter,
            {"number": "-id", "reserved": "-reserved_at"},
            headers,
            line,
        )
    )
