"""What the acting person may do to many enterprises at once."""

from django import template

from enterprises.actions.many import VERBS
from portal.permissions import may

register = template.Library()


@register.simple_tag
def bulk_verbs():
    return [("export", "导出所选"), *((name, verb.label) for name, verb in VERBS.items() if may(verb.permission))]
