"""How the confidence of a catalog's line is said on pages; use it wherever such a line decides something."""

from django import template
from django.utils.html import format_html

from portal.reference.definitions import PARTS, label_of
from portal.reference.queries import cites_doubtful_criterion, seen, spoken
from portal.reference.rules import doubt

register = template.Library()

WORDS = "可信度低，待核"


@register.simple_tag
def confidence_badge(confidence, source="", part=""):
    """Nothing unless it is low. `source` says where the line was seen, `part` what of it is doubtful."""
    if confidence != "low":
        return ""
    badge = format_html('<span class="badge tone-orange">{}{}</span>', f"{part}：" if part else "", WORDS)
    if not source:
        return badge
    return format_html('{} <span class="text-secondary small">{}</span>', badge, seen(source))


@register.simple_tag
def line_badge(line):
    """A catalog's line: what of it is doubtful and where that was taken from; otherwise its confidence in a word."""
    part, source = doubt(line.data)
    return confidence_badge(line.confidence, source, PARTS.get(part, part)) or line.get_confidence_display()


@register.simple_tag
def criterion_badge(text):
    """For a basis or criterion in words: marked where it cites an article of low confidence."""
    return confidence_badge("low" if cites_doubtful_criterion(text) else "", part="判定条款")


@register.filter
def cell(line, column):
    return spoken(column, line.data.get(column, ""))


@register.simple_tag
def column_label(key, column):
    return label_of(key, column)
