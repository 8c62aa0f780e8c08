"""Hazards laid down as rows, in the state a test starts from: for tests that need many, or days that have passed."""

from datetime import date, timedelta

from django.utils import timezone

from enterprises.models import Enterprise
from hazards import rules
from hazards.actions import reminders
from hazards.models import Hazard, Notice
from portal.tenancy.models import Organisation
from portal.tenancy.scope import tenant_scope

CITY_OF = {"a": "江州市", "b": "江州市", "c": "江州市", "x": "澄川市"}
numbers = iter(range(1, 10**9))


def lay(
    world,
    enterprise: str = "a",
    *,
    days: int = 20,
    status: str = rules.RECTIFYING,
    submitted_after: int | None = None,
    n: int = 1,
    **more,
) -> list[Hazard]:
    """`n` hazards issued today with `days` to go; handed in `submitted_after` days from now, where that is given."""
    today = timezone.localdate()
    city = CITY_OF[enterprise]
    with tenant_scope(world.tenants[city], city):
        plant = Enterprise.objects.get(pk=world.enterprises[enterprise])
        notice = Notice.objects.create(
            enterprise=plant,
            kind=Notice.Kind.RECTIFICATION,
            number=f"（测试）〔2026〕{next(numbers)}号",
            organisation=Organisation.objects.filter(kind="bureau", district_id=plant.district_id).get(),
            issued_on=today,
            signers=[],
            content={},
            digest="0" * 64,
        )
        deadline: date = today + timedelta(days=days)
        handed_in = None if submitted_after is None else today + timedelta(days=submitted_after)
        made = [
            Hazard(
                enterprise=plant,
                district_id=plant.district_id,
                sector=plant.sector,
                **{"description": f"第{number}条隐患", "found_on": today} | more,
                status=status,
                notice=notice,
                deadline=deadline,
                submitted_on=handed_in,
                late=handed_in is not None and handed_in > deadline,
                closed_on=handed_in if status == rules.CLOSED else None,
                round=1,
            )
            for number in range(n)
        ]
        return Hazard.objects.bulk_create(made)


def fill(as_of: date) -> dict[int, int]:
    """Rows of the steps whose day has come, written and not sent: what people have waiting who had that day's digest
    before, or whose run was cut off. How many rows a step."""
    hearers = reminders.hear(as_of)
    rows = reminders.write(hearers, {(one.person, way): None for one in hearers for way in one.channels})
    reminders.tell_plans(as_of, hearers)
    return rows
