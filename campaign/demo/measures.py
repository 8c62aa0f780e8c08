"""Extensions, supervision, transfers and suspensions of the demo city: a few of each, by the people who may."""

from datetime import timedelta

from django.utils import timezone

from campaign.demo.history import PLAN, Pair
from hazards import rules
from hazards.actions import extensions, supervision, suspensions, transfers
from hazards.models import Hazard, Level
from portal.tenancy.models import Organisation
from portal.tenancy.scope import Who, enter

WHY = ("关键备件由厂家定制，到货约需三周，期间已停用该管段。", "改造方案须重新审图，已增设便携式报警器并专人值守。")


def take_measures(pairs: dict[int, Pair], officers: dict[int, Who], office: Who) -> None:
    with enter(office):
        today = timezone.localdate()
        open_now = list(
            Hazard.objects.filter(status=rules.RECTIFYING, deadline__gte=today, enterprise__in=officers)
            .select_related("enterprise")
            .order_by("pk")
        )
        majors = list(
            Hazard.objects.filter(status=rules.RECTIFYING, level=Level.MAJOR, enterprise__in=officers)
            .select_related("enterprise")
            .order_by("deadline", "pk")
        )
        department = Organisation.objects.filter(kind=Organisation.Kind.DEPARTMENT).order_by("pk").first()
    general = [hazard for hazard in open_now if hazard.level == Level.GENERAL]
    for number, hazard in enumerate(general[:4]):
        with enter(officers[hazard.enterprise_id]):
            extensions.ask(hazard.pk, hazard.deadline + timedelta(days=20), WHY[number % len(WHY)])
        if number == 2:
            with enter(pairs[hazard.district_id].lead):
                extensions.grant(
                    hazard.pk, hazard.deadline + timedelta(days=15), "情况属实，防范措施到位，同意延期15日。"
                )
        if number == 3:
            with enter(pairs[hazard.district_id].lead):
                extensions.refuse(hazard.pk, "同型号备件本地有货，不具备延期条件。")
    for number, hazard in enumerate(majors[:4]):
        if number % 2 == 0 and hazard.deadline >= today:
            with enter(officers[hazard.enterprise_id]):
                supervision.file_plan(hazard.pk, PLAN, hazard.deadline)
        if number < 2:
            with enter(office):
                leader = supervision.leaders(hazard)[0]
                supervision.supervise(hazard.pk, leader.pk, "每周一报送整改进展；未整改到位前相关装置不得提负荷。")
    if department and len(general) > 5:
        with enter(office):
            if department in transfers.receivers(general[5]):
                transfers.transfer(general[5].pk, department.pk, "涉及行业专业判断，由主管部门承办。")
    for hazard, reach, part in [
        *zip(majors[:1], ["part"], ["硝化装置"], strict=False),
        *zip(majors[-1:], ["whole"], [""], strict=False),
    ]:
        pair = pairs.get(hazard.district_id)
        if pair:
            with enter(pair.lead):
                suspensions.suspend(
                    hazard.enterprise_id,
                    suspensions.Order(
                        reach=reach,
                        part=part,
                        reason=hazard.description,
                        measures="立即停止运行，撤出作业人员，采取安全防范措施。",
                        basis="《中华人民共和国安全生产法》第六十五条第一款第三项",
                        on_the_spot=reach == "part",
                    ),
                    pair.second.pk,
                    hazard_id=hazard.pk,
                )
