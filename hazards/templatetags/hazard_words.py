"""A hazard's state, level and history in words and tones."""

from django import template

from hazards import rules
from hazards.models import Level
from hazards.queries.pages import documents_of
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


@register.simple_tag
def sample_badge(item):
    tone = {"true": "green", "untrue": "red"}.get(item.result, "orange")
    return badge(tone, item.get_result_display() or "待复核")


@register.filter
def verb_name(verb):
    return rules.HISTORY[verb]


@register.inclusion_tag("hazards/_documents.html")
def hazard_documents(hazard):
    return {"documents": documents_of(hazard)}
