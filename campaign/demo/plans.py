"""The demo city's plan: one district's year, a pair for its first visits, a department at the same plant, one draw."""

from datetime import timedelta

from django.utils import timezone

from campaign.demo.history import acting
from enterprises.models import Enterprise
from inspections.actions import draws, plans
from inspections.models import PlannedVisit
from inspections.queries.plans import inspectors_of
from portal.tenancy.models import Posting
from portal.tenancy.scope import Who, enter

ASSIGNED = 6


def plan_visits(leader: Who) -> None:
    today = timezone.localdate()
    with enter(leader):
        plans.generate(today.year)
        if today.month == 12:
            plans.generate(today.year + 1)
        made = list(PlannedVisit.objects.select_related("enterprise").order_by("month", "-grade", "id")[: ASSIGNED + 1])
        for one in made[:ASSIGNED]:
            able = [who.person.pk for who in inspectors_of([one.organisation_id], one.month)]
            if len(able) >= 2:
                plans.assign(one.pk, able[0], able[1])
        if len(made) > ASSIGNED:
            plans.move(made[ASSIGNED].pk, (today.replace(day=1) + timedelta(days=32)), "企业本月停车检修。")
        drawn = draws.publish(
            Enterprise.objects.filter(grade__in=["C", "D"]),
            None,
            title=f"{today:%Y}年第四季度双随机检查" if today.month >= 10 else f"{today:%Y}年双随机检查",
            month=today,
            size=3,
            scope_words="风险等级 C级（橙色）、D级（红色）",
        )
        draws.draw(drawn.pk, "双色球第2026138期 03 07 11 19 22 30")
        department = (
            Posting.objects.current().filter(role="department").select_related("person", "organisation").first()
        )
    if department and made:
        with enter(acting(department, leader.tenant_name)):
            plans.add_planned(Enterprise.objects.get(pk=made[0].enterprise_id), today)
