"""Which of this floor's stored deadlines are looked at again when an arrangement of holidays is published."""

from django.urls import reverse

from enterprises.models import ResponsiblePerson
from portal.holidays.review import Kept, register


def register_deadlines() -> None:
    register(
        Kept(
            "包保责任人登记期限",
            "responsible.view",
            lambda: ResponsiblePerson.objects.filter(registered_on=None).select_related("enterprise", "unit"),
            column="register_rule",
            address=lambda person: reverse("responsible", args=[person.unit_id]),
            label=lambda person: f"{person.enterprise.name}：{person.unit.name}，{person.name}",
        )
    )
