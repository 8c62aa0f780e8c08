"""The bar over a list from which many records are dealt with at once."""

from django import template

register = template.Library()


@register.inclusion_tag("components/bulk_bar.html", takes_context=True)
def bulk_bar(context, pages):
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "page": context["page"],
        "ask": pages.ask,
        "verbs": pages.verbs(),
        "measure": pages.bulk.measure,
    }
