"""How units and their numbers are written on pages."""

from decimal import Decimal

from django import template

from enterprises.models import Judged, MajorLevel
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


@register.simple_tag
def major_badge(unit):
    """The level of a 重大危险源, the worse of judged and declared; of any other unit how it was judged."""
    if unit.closed_on:
        return badge("secondary", "已停用")
    if unit.is_major and (worst := unit.worst_level):
        declared = "" if worst == unit.level else "（申报）"
        return badge(TONES[worst], f"{MajorLevel(worst).label}重大危险源{declared}")
    return judged_badge(unit)


@register.filter
def tidy_number(value: Decimal | None, blank: str = "—") -> str:
    return blank if value is None else f"{value.normalize():f}"


@register.filter
def any_low(lines) -> bool:
    return any(line["low_confidence"] for line in lines)
