"""Documents of the demo city: records of visits, receipts of service, a correction, and plans on their way."""

from datetime import date, timedelta

from django.utils import timezone

from campaign.demo.history import Pair, at
from enterprises.models import Enterprise
from hazards.actions import corrections, service
from hazards.models import Notice
from inspections.actions import schemes
from inspections.actions.records import make_record
from inspections.models import Visit
from portal.documents.actions import confirm_code
from portal.tenancy.scope import Who, as_seen_by, enter


def file_documents(
    pairs: dict[int, Pair], leaders: dict[int, Who], office: Who, tried: Enterprise, today: date
) -> None:
    with enter(office):
        confirm_code("inspection_plan", "应急检案", "演示用：省应急管理厅统一执法文书式样（虚构）")
        visits = list(Visit.objects.filter(state="finished").order_by("-visited_on", "-pk")[:12])
        notices = list(Notice.objects.filter(kind=Notice.Kind.RECTIFICATION).order_by("-pk")[:6])
    for visit in reversed(visits):
        with at(visit.visited_on, 11, 55), enter(pairs[visit.district_id].lead):
            make_record(
                visit.pk,
                place="生产装置、罐区、中央控制室",
                situation="查阅特殊作业票证、联锁台账和交接班记录，现场检查装置、罐区和中央控制室，询问当班人员。",
                started_at=timezone.localtime().replace(hour=9, minute=10),
                ended_at=timezone.localtime().replace(hour=11, minute=40),
                met_with=visit.met_with,
            )
    for number, notice in enumerate(reversed(notices)):
        pair = pairs[notice.district_id]
        with at(notice.issued_on, 16, 30), enter(pair.lead):
            served = {
                "served_at": timezone.localtime().replace(hour=16, minute=0),
                "place": "企业办公楼一楼",
                "second_id": pair.second.pk,
            }
            if number == 0:
                refused = "值班负责人拒绝签收，文书留置在企业门卫室"
                service.serve(notice.pk, manner="left", refusal=refused, witness="园区管委会 万事通", **served)
            else:
                service.serve(notice.pk, manner="direct", signed_by="值班负责人", **served)
    with enter(pairs[notices[-1].district_id].lead):
        texts = {"items.0.requirement": "立即停用该设备并更换失效部件，验收合格后方可恢复使用"}
        second = pairs[notices[-1].district_id].second.pk
        corrections.correct(notices[-1].pk, texts, "原整改要求漏写验收条件", second)
    plan(pairs[tried.district_id], leaders.get(tried.district_id), tried, today)


def plan(pair: Pair, leader: Who | None, plant: Enterprise, today: date) -> None:
    """One approved, one waiting for the leader, one for the section's head."""
    if leader is None:
        return
    head = as_seen_by(pair.lead, person_id=pair.second.pk, person_name=pair.second.name)
    told = {
        "place": "甲醇罐区、二车间、中央控制室",
        "contents": "特殊作业票证；联锁投用和变更；罐区紧急切断阀；重大危险源包保履职",
        "manner": "查阅资料、现场检查、询问有关人员",
        "lead": pair.lead.person_id,
        "lead_task": "现场检查，拍照取证",
        "second": pair.second.pk,
        "second_task": "查阅资料，填写现场检查记录",
        "drafting": "该企业为重点企业，本季度应检查一次，上次检查有重大隐患。",
        "reviewer": pair.second.pk,
        "approver": leader.person_id,
    }
    for step, days in enumerate((0, 3, 6)):
        starts = today + timedelta(days=days)
        with enter(pair.lead):
            scheme = schemes.draft(plant.pk, told | {"planned_from": starts, "planned_to": starts + timedelta(days=1)})
        if step < 2:
            with enter(head):
                schemes.review(scheme.pk, "同意，注意作业现场用电安全")
        if step == 0:
            with enter(leader):
                schemes.approve(scheme.pk, "同意")
