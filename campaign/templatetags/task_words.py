"""How tasks are written on pages, and the pages that stand beside them."""

from django import template
from django.urls import reverse

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
TABS = [
    ("tasks.view", "task_list", "任务清单"),
    ("tasks.view", "task_gantt", "甘特图"),
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
