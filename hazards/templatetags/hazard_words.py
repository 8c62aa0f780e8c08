"""A hazard's state, level and history in words and tones."""

from django import template
from django.urls import reverse

from hazards import rules
from hazards.models import Level
from portal.permissions import may
from portal.ui.templatetags.portal_ui import badge

register = template.Library()

TONES = {
    rules.RECORDED: "secondary",
    rules.RECTIFYING: "orange",
    rules.SUBMITTED: "blue",
    rules.CONFIRMING: "purple",
    rules.CLOSED: "green",
    rules.VOID: "secondary",
}


@register.simple_tag
def status_badge(status):
    return badge(TONES[status], rules.STATES[status])


@register.simple_tag
def level_badge(level):
    return badge("red", Level.MAJOR.label) if level == Level.MAJOR else badge("secondary", Level.GENERAL.label)


@register.filter
def verb_name(verb):
    return rules.HISTORY[verb]


TABS = [
    ("hazards.view", "hazard_list", "隐患"),
    ("suspensions.view", "suspension_list", "停产停业"),
]


@register.inclusion_tag("enterprises/_tabs.html", takes_context=True)
def hazard_tabs(context):
    """The pages about hazards, side by side above each of them."""
    here = context["request"].path
    tabs = [(label, reverse(name)) for action, name, label in TABS if may(action)]
    return {"tabs": [(label, address, address == here) for label, address in tabs]}
