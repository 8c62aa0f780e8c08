"""The pages about assessments, side by side above each of them, and their badges."""

from django import template

from enterprises.templatetags.ledger_tabs import beside
from inspections.models_assessments import Assessment, AssessmentAnswer
from portal.ui.templatetags.portal_ui import badge

register = template.Library()

TABS = [
    ("visits.view", "visit_list", "检查记录"),
    ("assessments.view", "assessment_list", "专家评估"),
    ("assessments.coverage", "problem_list", "待处理评估问题"),
    ("assessments.coverage", "assessment_coverage", "评估覆盖率"),
    ("experts.list", "expert_list", "专家库"),
    ("experts.comment", "expert_own", "我的档案"),
]
TONES = {
    Assessment.State.UNDER_WAY: "orange",
    Assessment.State.FINISHED: "green",
    Assessment.State.ABANDONED: "secondary",
}


@register.inclusion_tag("enterprises/_tabs.html", takes_context=True)
def assessment_tabs(context):
    return {"name": "专家评估的各页", "tabs": beside(context["request"].path, TABS)}


@register.simple_tag
def assessment_badge(assessment):
    return badge(TONES[assessment.state], assessment.get_state_display())


@register.inclusion_tag("inspections/_verdicts.html")
def assessment_verdicts(line, fault_at="", typed=None):
    """The three answers of one item; what was typed before what is kept, where it was refused."""
    kept = line.answer.verdict if line.answer else ""
    chosen = typed.get("verdict", "") if typed and fault_at == line.code else kept
    # A finding beside the sheets is a problem or it is nothing.
    choices = AssessmentAnswer.Verdict.choices
    return {"verdicts": choices, "chosen": chosen}
