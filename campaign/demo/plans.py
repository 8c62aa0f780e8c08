"""The demo city's plan: one district's year and its pairs, two bodies at one plant, a joint visit, a draw, a themed action with
its checklist.
"""

from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone

from campaign.demo.history import Pair, acting
from enterprises.models import Enterprise
from inspections.actions import answers, checklists, draws, plans, themed, visits
from inspections.models import ActionTarget, ChecklistItem, PlannedVisit
from inspections.queries.checklists import newest_edition
from inspections.queries.plans import inspectors_of
from inspections.scope import Scope
from portal.tenancy.models import Posting
from portal.tenancy.scope import Who, enter

ASSIGNED = 6
OWN_LINES = [
    {
        "text": "储罐区每两小时巡检一次，夜间巡检有记录、有照片",
        "basis": "《江州市化工储罐区安全管理规定》第八条（演示）",
        "suggested_level": "general",
        "subcategory": "仓库与储罐区",
        "accident_type": "leak",
    }
]
KEY = UUID("2b1f6c1e-6c0a-4a35-9d0a-1a5f0c9d2026")


def plan_visits(leader: Who, office: Who, pair: Pair) -> None:
    today = timezone.localdate()
    with enter(leader):
        plans.generate(today.year)
        if today.month == 12:
            plans.generate(today.year + 1)
        made = list(PlannedVisit.objects.order_by("month", "-grade", "id")[: ASSIGNED + 2])
        for one in made[:ASSIGNED]:
            able = [who.person.pk for who in inspectors_of([one.organisation_id], one.month)]
            plans.assign(one.pk, able[0], able[1])
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
        posted = Posting.objects.current().filter(role="department").select_related("person", "organisation").first()
    if posted:
        department = acting(posted, leader.tenant_name)
        meet_twice(department, made[0])
        go_together(leader, department, made[1], pair)
    press_on_leaks(office, leader, pair, today)


def meet_twice(department: Who, planned: PlannedVisit) -> None:
    """Both bodies are warned, and neither has answered yet."""
    with enter(department):
        plans.add_planned(Enterprise.objects.get(pk=planned.enterprise_id), planned.month)


def go_together(leader: Who, department: Who, planned: PlannedVisit, pair: Pair) -> None:
    with enter(department):
        theirs = plans.add_planned(Enterprise.objects.get(pk=planned.enterprise_id), planned.month)
    with enter(leader):
        plans.offer(planned.pk, theirs.pk)
    with enter(department):
        plans.answer_offer(theirs.pk, planned.pk, accepts=True)
    with enter(leader):
        plans.assign(planned.pk, pair.lead.person_id or 0, department.person_id or 0)


def press_on_leaks(office: Who, leader: Who, pair: Pair, today: date) -> None:
    with enter(office):
        leaks = ChecklistItem.objects.filter(edition=newest_edition(), accident_type="leak")
        template = checklists.make_version(
            subject="储罐区防泄漏",
            codes=leaks.values_list("code", flat=True),
            own=OWN_LINES,
            reason="泄漏专项治理使用。",
        )
        action = themed.prepare(
            title="储罐区泄漏专项治理",
            themes=["leak"],
            starts=today.replace(day=1),
            ends=today.replace(day=1) + timedelta(days=120),
            scope=Scope.of("grade=C"),
            template=template.pk,
        )
        themed.start(action.pk)
    with enter(leader):
        themed.plan_targets(action.pk, today)
    with enter(pair.lead):
        target = ActionTarget.objects.filter(action=action).select_related("enterprise").order_by("pk").first()
        if target is None:
            return
        visit = visits.start_visit(target.enterprise, pair.second.pk, "", [], KEY, action_id=action.pk)
        for number, code in enumerate(action.codes):
            answers.answer(visit.pk, code, "not_ok" if number == 2 else "ok")
        visits.finish_visit(
            visit.pk, second_id=pair.second.pk, met_with="值班负责人", summary="按专项行动的检查项逐项检查。"
        )
