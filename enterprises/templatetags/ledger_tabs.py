"""The ledger's own pages, side by side above each of them."""

from django import template
from django.urls import reverse

from portal.permissions import may

register = template.Library()

TABS = [
    ("enterprises.view", "enterprise_list", "台账"),
]


@register.inclusion_tag("enterprises/_tabs.html", takes_context=True)
def ledger_tabs(context):
    here = context["request"].path
    tabs = [(label, reverse(name)) for action, name, label in TABS if may(action)]
    return {"tabs": [(label, address, address == here) for label, address in tabs]}
