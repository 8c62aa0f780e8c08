"""A grade by letter and word as well as by colour."""

from django import template

from enterprises.models import Grade
from portal.ui.templatetags.portal_ui import badge

register = template.Library()

TONES = {Grade.A: "blue", Grade.B: "yellow", Grade.C: "orange", Grade.D: "red"}


@register.simple_tag
def grade_badge(grade):
    return badge(TONES[grade], Grade(grade).label) if grade else badge("secondary", "未评定")


# A shape for each grade, so that colour is never the only sign; drawn in a square of 20, on pages and on the map alike.
SHAPES = {
    Grade.A: "M10 2a8 8 0 1 0 0 16a8 8 0 1 0 0-16z",
    Grade.B: "M10 1L19.5 18H.5z",
    Grade.C: "M10 0L20 10L10 20L0 10z",
    Grade.D: "M1.5 1.5h17v17h-17z",
    "": "M10 2a8 8 0 1 0 0 16a8 8 0 1 0 0-16zM10 6a4 4 0 1 0 0 8a4 4 0 1 0 0-8z",
}


@register.inclusion_tag("enterprises/_grade_sign.html")
def grade_sign(grade):
    return {"grade": grade, "path": SHAPES[grade]}


@register.filter
def grade_name(grade):
    return Grade(grade).label if grade else "未评定"
