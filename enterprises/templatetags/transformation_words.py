"""How an entry of 提升一批、淘汰一批 is written on pages."""

from django import template
from django.utils.html import format_html

from enterprises.models import Transformation
from enterprises.rules.transformation import VERBS
from portal.ui.templatetags.portal_ui import badge, days_left, overdue_badge

register = template.Library()

TONES = {"planned": "secondary", "under_way": "blue", "done": "green", "dropped": "secondary"}
FIELDS = {name: str(Transformation._meta.get_field(name).verbose_name) for name in ("target", "measure", "due_on")}


@register.simple_tag
def list_badge(entry):
    return badge("blue" if entry.list == Transformation.List.UPGRADE else "purple", entry.get_list_display())


@register.simple_tag
def entry_state(entry):
    return badge(TONES[entry.state], entry.get_state_display())


@register.simple_tag
def due_badge(entry):
    """How late it is or was in days, or how long it may still take."""
    if entry.is_open:
        return days_left(entry.due_on)
    return (
        format_html("（{} 完成）{}", entry.finished_on.isoformat(), overdue_badge(entry.late_days()))
        if entry.finished_on
        else ""
    )


@register.filter
def verb_word(verb: str) -> str:
    return VERBS[verb]


@register.filter
def as_changes(step) -> list[tuple[str, str, str]]:
    """What a step changed: the field's name, what it was and what it became; nothing of what was first written."""
    return [(FIELDS[name], old, new) for name, (old, new) in step.changes.items() if old]
