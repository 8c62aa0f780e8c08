"""The person's own saved views of a list, above it."""

from django import template

from enterprises.queries.saved_views import own_views
from portal.permissions import may

register = template.Library()


@register.inclusion_tag("enterprises/_saved_views.html", takes_context=True)
def saved_views(context):
    request, page = context["request"], context["page"]
    if not may("views.save"):
        return {"views": [], "allowed": False}
    key, query = request.resolver_match.url_name, page.query
    views = [(view, view.query == query) for view in own_views(key)]
    return {"views": views, "allowed": True, "list": key, "query": query, "path": request.path}
