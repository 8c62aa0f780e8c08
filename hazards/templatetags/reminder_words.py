"""A hazard's reminders, and how far along each is, in words."""

from django import template

from hazards.models import ReminderPlan
from hazards.queries.reminders import STATES, circle_names, ladder_of
from hazards.rules import step_name
from portal.ui.templatetags.portal_ui import badge

register = template.Library()

TONES = {
    "waiting": "blue",
    "sent": "green",
    "seen": "green",
    "under_way": "blue",
    "undelivered": "red",
    "dropped": "secondary",
    "cancelled": "secondary",
}

register.filter("circle_names", circle_names)
register.filter("step_name", step_name)


@register.inclusion_tag("hazards/_reminders.html")
def reminders_of(hazard):
    return {"hazard": hazard, "ladder": ladder_of(hazard)}


@register.simple_tag
def reminder_state(row):
    return badge(TONES[row.state], STATES[row.state])


@register.filter
def kind_name(kind):
    return ReminderPlan.Kind(kind).label
