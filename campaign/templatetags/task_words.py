"""How tasks are written on pages, and the pages that stand beside them."""

from django import template
from django.urls import reverse
from django.utils.html import format_html

from campaign import rules_phases
from campaign import rules_tasks as rules
from portal.permissions import may
from portal.ui.templatetags.portal_ui import badge, days_left, overdue_badge

register = template.Library()

TONES = {
    rules.PLANNED: "secondary",
    rules.HANDED: "orange",
    rules.UNDER_WAY: "blue",
    rules.DONE: "purple",
    rules.CONFIRMED: "green",
    rules.CANCELLED: "secondary",
}
PHASE_TONES = {
    rules_phases.PLANNED: "secondary",
    rules_phases.UNDER_WAY: "blue",
    rules_phases.COMPLETED: "green",
}
TABS = [
    ("tasks.view", "task_list", "任务清单"),
    ("tasks.view", "task_gantt", "甘特图"),
    ("phases.view", "phase_list", "阶段"),
    ("goals.view", "goal_list", "目标"),
    ("group.view", "leading_group", "领导小组"),
]


@register.inclusion_tag("campaign/_tabs.html", takes_context=True)
def task_tabs(context):
    here = context["request"].path
    tabs = [(label, reverse(name)) for action, name, label in TABS if may(action)]
    return {"tabs": [(label, url, url == here) for label, url in tabs]}


@register.simple_tag
def task_state(task):
    return badge(TONES[task.state], task.get_state_display())


@register.simple_tag
def phase_state(phase):
    """Its state, and how far it is behind its dates."""
    said = badge(PHASE_TONES[phase.state], phase.get_state_display())
    if late := phase.behind():
        words = "应启动未启动" if phase.state == rules_phases.PLANNED else "应完成未完成"
        said = format_html("{} {}", said, badge("red", f"{words}，晚{late}天"))
    return said


@register.filter
def phase_verb_name(verb: str) -> str:
    return rules_phases.STEPS[verb]


@register.simple_tag
def task_time(task):
    """How long it may still take, or how late it is."""
    if not task.is_open:
        return ""
    return overdue_badge(task.late_days()) or days_left(task.due)


@register.filter
def task_verb_name(verb: str) -> str:
    return rules.VERBS[verb]


@register.filter
def middle(bar) -> float:
    return bar.x + 4
