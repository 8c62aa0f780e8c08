"""The ledger's own pages, side by side above each of them."""

from django import template
from django.urls import reverse

from portal.permissions import may

register = template.Library()

TABS = [
    ("enterprises.view", "enterprise_list", "台账"),
    ("enterprises.view", "key_enterprises", "重点企业"),
    ("units.view", "unit_list", "单元与重大危险源"),
    ("diagnosis.view", "sheet_list", "诊断分级"),
    ("facts.view", "proposal_list", "信息变更申请"),
    ("responsible.view", "responsible_list", "包保责任人"),
    ("responsible.view", "expiring", "证照到期"),
    ("map.view", "enterprise_map", "地图"),
    ("transformation.view", "transformations", "提升淘汰"),
    ("enterprises.merge", "duplicates", "疑似重复"),
    ("catalogs.view", "catalog_list", "法规目录"),
]


def beside(path: str, pages: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """(label, address, whether one is there) of those the acting person may open."""
    tabs = [(label, reverse(name)) for action, name, label in pages if may(action)]
    # A page below a tab is in it; every address begins as the list's does, so the longest tells.
    here = max((address for _, address in tabs if path.startswith(address)), key=len, default="")
    where = "page" if here == path else "true"
    return [(label, address, where if address == here else "") for label, address in tabs]


@register.inclusion_tag("enterprises/_tabs.html", takes_context=True)
def ledger_tabs(context):
    return {"tabs": beside(context["request"].path, TABS)}


SHEETS = [
    ("enterprises.view", "enterprise", "概况"),
    ("units.view", "enterprise_units", "单元与在量"),
    ("diagnosis.view", "enterprise_grading", "风险分级"),
    ("responsible.view", "enterprise_people", "包保与证照"),
    ("enterprises.view", "enterprise_history", "历史"),
]


@register.inclusion_tag("enterprises/_tabs.html", takes_context=True)
def enterprise_tabs(context, enterprise):
    """一企一档: the pages about one enterprise, side by side above each of them."""
    here = context["request"].path
    tabs = [(label, reverse(name, args=[enterprise.pk])) for action, name, label in SHEETS if may(action, enterprise)]
    return {"tabs": [(label, address, address == here and "page") for label, address in tabs]}
