"""理由模板: the list is written as a whole, one sentence a line; what is struck off stays on record, out of use."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from hazards.models import ReasonTemplate
from hazards.queries.desk import reasons, seen
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import in_one_piece

MOST = 20
LONGEST = 200


@in_one_piece
def write_templates(told: Mapping[str, str], before: str | None = None) -> None:
    """Keep these lines, in this order, as the city's templates of each kind.

    `before` is what the person was looking at (queries.desk.seen). Raises BadInput, and Refused where somebody else
    has changed the list meanwhile.
    """
    demand("templates.edit")
    rows = {(row.kind, row.text): row for row in ReasonTemplate.objects.select_for_update().order_by("id")}
    if before is not None and before != seen(reasons()):
        raise Refused("理由模板刚刚被他人修改，请核对最新内容后再保存，您填写的内容仍在下面。")
    keep = [(kind, text, order) for kind in ReasonTemplate.Kind for order, text in enumerate(lines(told, kind))]
    for row in rows.values():
        row.active = False
    for kind, text, order in keep:
        row = rows.setdefault((kind, text), ReasonTemplate(kind=kind, text=text))
        row.order, row.active = order, True
    try:
        with transaction.atomic():
            for row in rows.values():
                row.save()
    except IntegrityError as twice:
        if "reason_template_once" not in str(twice):
            raise
        raise Refused("理由模板刚刚被他人修改，请刷新页面后再保存。") from twice
    audit("templates.write", changes={kind: lines(told, kind) for kind in ReasonTemplate.Kind.values})


def lines(told: Mapping[str, str], kind: str) -> list[str]:
    """The sentences of one kind without blanks and doubles. Raises BadInput."""
    given = list(dict.fromkeys(line.strip() for line in told.get(kind, "").splitlines() if line.strip()))
    if len(given) > MOST:
        raise BadInput(f"最多{MOST}条，现有{len(given)}条。", field=kind)
    if long := next((line for line in given if len(line) > LONGEST), None):
        raise BadInput(f"每条不超过{LONGEST}字：“{long[:20]}…”有{len(long)}字。", field=kind)
    return given
