"""How units and their numbers are written on pages."""

from decimal import Decimal

from django import template

from enterprises.models import Judged
from portal.ui.templatetags.portal_ui import badge

register = template.Library()

TONES = {1: "red", 2: "orange", 3: "yellow", 4: "blue"}


@register.simple_tag
def judged_badge(unit):
    if unit.judged == Judged.MAJOR:
        if unit.level:
            return badge(TONES[unit.level], f"{unit.get_level_display()}重大危险源")
        return badge("red", "构成重大危险源，等级待定")
    if unit.judged == Judged.MISSING:
        return badge("orange", "缺少数据")
    return badge("secondary", "不构成重大危险源") if unit.judged else ""


@register.filter
def tidy_number(value: Decimal | None, blank: str = "—") -> str:
    return blank if value is None else f"{value.normalize():f}"


@register.filter
def any_low(lines) -> bool:
    return any(line["low_confidence"] for line in lines)
