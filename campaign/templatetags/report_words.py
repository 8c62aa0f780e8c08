"""How a report's numbers are written on its page."""

from django import template
from django.urls import reverse
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def report_number(report, key: str, value, place: str):
    """A number that opens its records; `value` may be a row's numbers by figure. Behind nought there is nothing to open."""
    shown = value.get(key, 0) if isinstance(value, dict) else value
    if not shown:
        return shown
    address = reverse("report_records", args=[report.pk, key]) + (f"?place={place}" if place else "")
    return format_html('<a href="{}">{}</a>', address, shown)
