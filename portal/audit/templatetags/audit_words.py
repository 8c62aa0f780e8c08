from django import template

from portal.audit.filters import kind_name

register = template.Library()
register.filter("kind_name", kind_name)
