"""The sections this floor itself puts on an enterprise's page, beside those of the floors above."""

from django.template.loader import render_to_string

from enterprises.panels import register
from enterprises.queries.transformation import entries_of
from portal.permissions import may


def transformation(enterprise) -> str:
    context = {
        "enterprise": enterprise,
        "entries": entries_of(enterprise),
        "edits": may("transformation.edit", enterprise),
    }
    return render_to_string("enterprises/transformation_panel.html", context)


def register_panels() -> None:
    register("提升淘汰", 40, "transformation.view", transformation)
