"""What a visit's page shows of the outing it was recorded on."""

from django import template

from inspections.actions.field import PARTS
from inspections.queries_field import field_record

register = template.Library()


@register.inclusion_tag("inspections/_outing.html")
def outing(visit):
    """Signatures, notes, files still on the device; nothing where the visit was recorded at the desk."""
    record = field_record(visit)
    signed = [one | {"part_name": PARTS[one["part"]]} for one in record.signatures] if record else []
    return {"record": record, "visit": visit, "signed": signed}
