"""How an enterprise's own findings are written on pages, and the pages that stand beside the hazards."""

from django import template
from django.urls import reverse
from django.utils.html import format_html

from hazards import rules_selfcheck as rules
from portal.permissions import may
from portal.ui.templatetags.portal_ui import badge, days_left, overdue_badge

register = template.Library()

TONES = {rules.FOUND: "orange", rules.DONE: "green", rules.CANCELLED: "secondary"}
TABS = [
    ("hazards.view", "hazard_list", "隐患"),
    ("suspensions.view", "suspension_list", "停产停业"),
    ("selfchecks.view", "selfcheck_list", "企业自查"),
    ("selfchecks.view", "selfcheck_districts", "自查统计"),
    ("broadcasts.follow", "broadcast_list", "举一反三"),
    # A name is all this floor knows of it.
    ("leads.view", "lead_list", "线索"),
]


@register.inclusion_tag("hazards/_tabs.html", takes_context=True)
def hazard_tabs(context):
    """Official hazards and what stands beside them. An enterprise has them in its menu instead."""
    here = context["request"].path
    tabs = [(label, reverse(name)) for action, name, label in TABS if may(action)]
    return {"tabs": [] if may("selfchecks.report") else [(label, url, url == here) for label, url in tabs]}


@register.simple_tag
def selfcheck_state(check):
    return badge(TONES[check.state], check.get_state_display())


@register.simple_tag
def own_date(check):
    """How long it may still take by the enterprise's own date, or how late it is or was."""
    if check.is_open:
        return days_left(check.planned_on)
    if check.done_on:
        return format_html("（{} 自行整改）{}", check.done_on.isoformat(), overdue_badge(check.late_days()))
    return ""


@register.filter
def selfcheck_verb(verb: str) -> str:
    return rules.VERBS[verb]


@register.simple_tag
def address_state(address):
    """未答复 or 已答复, and how late it is or was."""
    if address.answered_on:
        return format_html("{}{}", badge("green", "已答复"), overdue_badge(address.late_days()))
    return format_html("{} {}", badge("orange", "未答复"), days_left(address.answer_by))


@register.filter
def found_for(counts: list[int], number: int) -> int:
    """How many say 有 to the question of this number."""
    return counts[number - 1]
