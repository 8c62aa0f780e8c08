"""A grade by letter and word as well as by colour."""

from django import template

from enterprises.models import Grade
from portal.ui.templatetags.portal_ui import badge

register = template.Library()

TONES = {Grade.A: "blue", Grade.B: "yellow", Grade.C: "orange", Grade.D: "red"}


@register.simple_tag
def grade_badge(grade):
    return badge(TONES[grade], Grade(grade).label) if grade else badge("secondary", "未评定")
