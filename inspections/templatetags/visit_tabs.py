"""The pages about visits, side by side above each of them."""

from django import template

from enterprises.templatetags.ledger_tabs import beside

register = template.Library()

TABS = [
    ("visits.view", "visit_list", "检查记录"),
    ("plans.view", "planned_list", "检查计划"),
    ("visits.view", "visit_coverage", "覆盖率"),
    ("visits.view", "visit_due", "未检查企业"),
    ("draws.view", "draw_list", "双随机"),
    ("actions.view", "action_list", "专项行动"),
    ("visits.view", "checklist_list", "检查表"),
    ("plans.view", "visit_frequency", "检查频次"),
    ("assessments.view", "assessment_list", "专家评估"),
]


@register.inclusion_tag("enterprises/_tabs.html", takes_context=True)
def visit_tabs(context):
    return {"name": "检查的各页", "tabs": beside(context["request"].path, TABS)}


@register.filter
def of(words: dict, name: str) -> str:
    """What a dictionary says of a name; blank where it says nothing."""
    return words.get(name, "")
