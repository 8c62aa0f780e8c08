"""Which of this floor's stored deadlines are looked at again when an arrangement of holidays is published."""

from django.urls import reverse

from hazards import rules
from hazards.models import Hazard
from portal.holidays.review import Kept, register


def page(hazard: Hazard) -> str:
    return reverse("hazard", args=[hazard.pk])


def label(hazard: Hazard) -> str:
    return f"{hazard.enterprise.name}：{hazard.description[:40]}"


def open_hazards(*states: str):
    return Hazard.objects.filter(status__in=states).select_related("enterprise")


def register_deadlines() -> None:
    register(
        Kept(
            "整改期限",
            "hazards.view",
            lambda: open_hazards(*rules.ISSUED_OPEN),
            column="deadline_rule",
            address=page,
            label=label,
        )
    )
    register(
        Kept(
            "复查期限",
            "hazards.view",
            lambda: open_hazards(rules.SUBMITTED, rules.CONFIRMING),
            column="recheck_rule",
            address=page,
            label=label,
        )
    )
