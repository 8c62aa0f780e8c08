from django import template

from portal.audit.filters import kind_name
from portal.audit.words import action_name, part_name

register = template.Library()
register.filter("kind_name", kind_name)
register.filter("action_name", action_name)
register.filter("part_name", part_name)


@register.filter
def parts(changes: dict) -> list:
    """In a template `changes.items` is a part of that name, where a record has one."""
    return list(changes.items())
