"""How validity, vacancy and the five days of the registration system are written on pages."""

from django import template
from django.utils import timezone

from enterprises.models import Credential
from portal.ui.templatetags.portal_ui import badge, days_left

register = template.Library()

SOON = [(30, "orange"), (60, "yellow"), (90, "blue")]


@register.simple_tag
def due_badge(credential):
    """Whether a licence or certificate is in force, in a word: ended, renewed, expired, expiring, valid, or not known."""
    if credential.ended_on:
        return badge("secondary", f"{credential.ended_on:%Y-%m-%d} 注销或离岗")
    if credential.renewed_on:
        return badge("secondary", "已换证")
    if credential.due is None:
        known = credential.kind == Credential.Kind.LICENCE and credential.from_ledger
        return badge("orange" if known else "secondary", "台账未填有效期" if known else "长期有效或未填")
    left = (credential.due - timezone.localdate()).days
    if left < 0:
        return badge("red", f"已过期 {-left} 天")
    tone = next((tone for days, tone in SOON if left <= days), "green")
    if tone == "green":
        return badge(tone, "有效")
    return badge(tone, f"还有 {left} 天" if left else "今天到期")


@register.simple_tag
def registration_badge(person):
    """登记系统: red once the days are over, nothing for those who have left."""
    if person.registered_on:
        return badge("green", f"{person.registered_on:%Y-%m-%d} 已更新登记")
    return days_left(person.register_by) if person.awaits_registration else ""
