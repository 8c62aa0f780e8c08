"""表彰问责 of the demo city: one published, one that waits for the plant's reply, one replied to, one revoked, one to be approved."""

from datetime import date, timedelta

from django.db.models import F
from django.utils import timezone

from accountability.actions import measures
from accountability.models import Measure
from campaign.demo.history import acting, at
from enterprises.models import Enterprise
from hazards.models import Hazard
from portal.documents.actions import confirm_code
from portal.tenancy.models import District, Organisation, Posting
from portal.tenancy.scope import Who, enter

CODES = {
    "commendation_decision": "专治办表",
    "criticism_circular": "专治办通",
    "interview_notice": "专治办约",
    "accountability_decision": "专治办问",
    "measure_revocation": "专治办撤",
}


def said_and_done(
    office: Who, leader: Who, subject: tuple[str, int], day: date, *, issued: bool = True, **told
) -> Measure:
    """Drawn up, approved by the other and issued on a day."""
    with at(day, 9), enter(office):
        made = measures.draft(*subject, told)
        measures.submit(made.pk)
    if issued:
        with at(day, 10), enter(leader):
            measures.approve(made.pk)
        with at(day, 11), enter(office):
            made = measures.issue(made.pk)
    return made


def commend_and_censure(office: Who, chief: Who, tried: Enterprise, today: date) -> None:
    """`chief` leads the district of the tried plant."""
    with enter(office):
        for kind, word in CODES.items():
            confirm_code(kind, word, "演示用：市安委办发文字号规定（虚构）")
        own = Hazard.objects.filter(enterprise=tried).exclude(status__in=("recorded", "void"))
        records = "\n".join(
            f"隐患 {pk}"
            for pk in own.order_by(F("closed_on").asc(nulls_first=True), "pk").values_list("pk", flat=True)[:2]
        )
        bureau = Organisation.objects.get(pk=chief.organisation_id)
        department = Organisation.objects.filter(kind=Organisation.Kind.DEPARTMENT).order_by("pk").first()
        other = District.objects.exclude(pk=chief.district_id).first()
        second = Posting.objects.current().filter(role="office", leads=True).select_related("person", "organisation")
        leader = acting(second.get(), office.tenant_name)
        mistaken = Enterprise.objects.exclude(pk=tried.pk).filter(district=tried.district).order_by("pk")[0]
    month = today - timedelta(days=30)
    said_and_done(
        office, leader, ("district", other.pk), month,
        kind="commendation", matter=f"关于表彰{other.name}专项整治工作的决定", publish=True, reply_days=0,
        facts="该区率先完成两重点一重大企业专家评估，隐患按期整改率居全市前列。",
        decision="授予“专项整治先进单位”，予以全市公开表彰。",
    )  # fmt: skip
    talk = said_and_done(
        office, leader, ("person", chief.posting_id or 0), month + timedelta(days=3),
        kind="interview", matter="关于检查覆盖率偏低的约谈", for_unit=True,
        facts=f"{bureau.name}第三季度应检查企业中尚有多家未按频次检查。",
        decision="请说明原因，并提出补查安排。",
        meets_at=timezone.localtime().replace(hour=15, minute=0, second=0, microsecond=0) - timedelta(days=20),
        meets_where="市应急指挥中心三楼会议室",
    )  # fmt: skip
    with at(month + timedelta(days=6), 16), enter(chief):
        measures.reply(talk.pk, "已逐家列出补查时间，本月底前全部完成；增派两名执法人员。")
    said_and_done(
        office, leader, ("enterprise", tried.pk), today - timedelta(days=2),
        kind="circular", matter="关于隐患整改迟缓的通报", grounds=records,
        facts="经多次提醒，下列隐患整改进展迟缓，责任人未按方案落实措施。",
        decision="给予通报批评。请逐条说明原因，明确责任人和完成时间。",
    )  # fmt: skip
    wrong = said_and_done(
        office, leader, ("enterprise", mistaken.pk), month,
        kind="circular", matter="关于未按期报送自查情况的通报", reply_days=3,
        facts="截至上月底未见自查上报。", decision="给予通报批评。",
    )  # fmt: skip
    with at(month + timedelta(days=5), 9), enter(leader):
        measures.revoke(wrong.pk, "经核实，企业已按期报送，因统计口径误列。")
    said_and_done(
        office, leader, ("organisation", department.pk), today - timedelta(days=1), issued=False,
        kind="accountability", matter="关于专项资金执行迟缓的问责", basis="专项整治方案第六、七条",
        facts="专项资金执行进度低于序时进度。", decision="责令作出书面检查，限期整改。",
    )  # fmt: skip
