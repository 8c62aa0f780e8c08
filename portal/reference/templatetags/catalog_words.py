"""How the confidence of a catalog's line is said on pages; use it wherever such a line decides something."""

from django import template
from django.utils.html import format_html

from portal.reference.definitions import label_of
from portal.reference.queries import cites_doubtful_criterion, spoken

register = template.Library()

WORDS = "可信度低，待核"


@register.simple_tag
def confidence_badge(confidence, source="", part=""):
    """Nothing unless it is low. `source` says where the line was seen, `part` what of it is doubtful."""
    if confidence != "low":
        return ""
    badge = format_html('<span class="badge tone-orange">{}{}</span>', f"{part}：" if part else "", WORDS)
    return format_html('{} <span class="text-secondary small">{}</span>', badge, source) if source else badge


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
