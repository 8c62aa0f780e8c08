"""The pages about a body's people, side by side above each of them."""

from django import template

from enterprises.templatetags.ledger_tabs import beside

register = template.Library()

TABS = [
    ("team.view", "team", "队伍建设"),
    ("commendations.view", "commendation_list", "表彰建议"),
]


@register.inclusion_tag("enterprises/_tabs.html", takes_context=True)
def team_tabs(context):
    return {"name": "队伍建设的各页", "tabs": beside(context["request"].path, TABS)}
