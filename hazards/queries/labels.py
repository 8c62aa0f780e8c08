"""What is printed for the workshop door: where it hangs and the address it opens, and nothing of what is wrong there."""

from collections.abc import Iterable
from dataclasses import dataclass

import segno
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from enterprises.models import Unit
from hazards.models import Hazard

SHOWN = 60


@dataclass(frozen=True)
class Label:
    """One label. No person, no finding and no deadline stands on it: whoever passes the door learns nothing by
    reading it, and a deadline that was extended would be wrong on paper."""

    number: str
    place: str
    plant: str
    day: str
    page: str

    @property
    def code(self) -> str:
        """The QR code as an image that needs no request of its own; of medium redundancy, as it hangs in a workshop."""
        return segno.make(settings.PORTAL_URL + self.page, error="m", micro=False).svg_data_uri(border=2)


def hazard_labels(hazards: QuerySet[Hazard]) -> list[Label]:
    rows = hazards.select_related("enterprise").order_by("deadline", "id")[:SHOWN]
    return [
        Label(
            f"隐患 {row.pk}", row.place, row.enterprise.name, f"发现于 {row.found_on}", reverse("hazard", args=[row.pk])
        )
        for row in rows
    ]


def unit_labels(units: Iterable[Unit]) -> list[Label]:
    return [
        Label(f"单元 {unit.pk}", unit.name, unit.enterprise.name, "", reverse("unit", args=[unit.pk])) for unit in units
    ]
