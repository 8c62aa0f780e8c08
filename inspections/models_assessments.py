"""专家评估: the pool of experts with their ties, assessments with their team and answers, and the reports."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from enterprises.models import OWNED, DiagnosisSheet, EnterpriseOwned
from hazards.models import AccidentType, Hazard, Level
from inspections.rules_experts import Tie
from portal.tenancy.models import Organisation, Person, TenantForeignKey, TenantModel
from portal.tenancy.scope import who
from portal.tenancy.wall import Wall


class Speciality(models.TextChoices):
    PROCESS = "process", "化工工艺"
    REACTION = "reaction", "反应安全"
    EQUIPMENT = "equipment", "设备与特种设备"
    INSTRUMENTS = "instruments", "仪表与自动控制"
    ELECTRICAL = "electrical", "电气与防爆"
    STORAGE = "storage", "储运"
    WORK_PERMITS = "work_permits", "特殊作业"
    MANAGEMENT = "management", "安全管理"
    EMERGENCY = "emergency", "应急管理"
    FIRE = "fire", "消防"


class Expert(TenantModel):
    """专家: a person the city may ask. Read by the office, the audit and the expert, nobody else."""

    person = TenantForeignKey(Person, related_name="+", verbose_name="人员")
    skills = ArrayField(models.CharField(max_length=16, choices=Speciality), verbose_name="专业")
    employer = models.CharField("工作单位", max_length=120)
    employer_code = models.CharField("工作单位统一社会信用代码", max_length=18, blank=True)
    title = models.CharField("职称或资格", max_length=80, blank=True)
    since = models.DateField("入库日期")
    active = models.BooleanField("在库", default=True)
    note = models.CharField("备注", max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1)

    wall = Wall(by="person", city="raw", expert="r", audit="r", whole=("audit",))

    class Meta:
        verbose_name = verbose_name_plural = "专家"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "person"], name="one_expert_a_person")]

    def __str__(self):
        return self.person.name

    @property
    def skill_names(self) -> str:
        return "、".join(Speciality(skill).label for skill in self.skills)


class ExpertTie(TenantModel):
    """从业经历与关联: what an expert had to do with a company, by name and code, because it may be in no ledger.

    Never changed or deleted: an end is entered once by the office, an entry made in error is set aside with its reason.
    """

    class Kind(models.TextChoices):
        EMPLOYED = "employed", "任职"
        SERVED = "served", "提供技术服务"
        PAID = "paid", "领取报酬或持股"
        KIN = "kin", "有近亲属任职或持股"

    person = TenantForeignKey(Person, related_name="+")
    expert = TenantForeignKey(Expert, related_name="ties")
    kind = models.CharField("关系", max_length=8, choices=Kind)
    name = models.CharField("企业或单位名称", max_length=120)
    code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    group = models.CharField("所属集团", max_length=80, blank=True)
    starts = models.DateField("开始日期", null=True, blank=True)
    ends = models.DateField("结束日期", null=True, blank=True)
    source = models.CharField("来源", max_length=120)
    by_name = models.CharField("申报人", max_length=40)
    at = models.DateTimeField("申报时间", auto_now_add=True)
    set_aside = models.CharField("作废理由", max_length=200, blank=True)

    wall = Wall(by="person", city="raw", expert="ra", audit="r", whole=("audit",))

    class Meta:
        verbose_name = verbose_name_plural = "从业经历与关联"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(starts=None) | Q(ends__gte=models.F("starts")), name="tie_ends_after_start"
            )
        ]
        indexes = [models.Index(fields=["tenant", "expert"], name="tie_by_expert")]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.name}"

    @property
    def as_tie(self) -> Tie:
        return Tie(self.get_kind_display(), self.name, self.code, self.group, self.starts, self.ends)


class AssessmentQuerySet(models.QuerySet):
    def seen(self):
        """An expert sees those in whose team they are, within the term; everybody else what the wall lets through."""
        me = who()
        if me.role != "expert":
            return self
        mine = AssessmentMember.objects.filter(person_id=me.person_id, removed_on=None)
        today = timezone.localdate()
        return self.filter(pk__in=mine.values("assessment_id"), starts__lte=today, ends__gte=today)

    def with_undecided(self):
        """`undecided`: the problems of its report that were neither taken into a notice nor declined."""
        waiting = AssessmentAnswer.objects.undecided().filter(assessment=models.OuterRef("pk")).order_by()
        counted = waiting.values("assessment").annotate(n=models.Count("id")).values("n")
        return self.annotate(undecided=Coalesce(models.Subquery(counted), 0))


class Assessment(EnterpriseOwned):
    """专家评估: one team at one plant for one term, with the sheets as they were on the day it was opened."""

    class State(models.TextChoices):
        UNDER_WAY = "under_way", "进行中"
        FINISHED = "finished", "已出报告"
        ABANDONED = "abandoned", "已终止"

    class Chosen(models.TextChoices):
        DRAWN = "drawn", "随机抽取"
        APPOINTED = "appointed", "指定"

    number = models.CharField("编号", max_length=60)
    organisation = TenantForeignKey(Organisation, related_name="+", verbose_name="组织单位")
    purpose = models.CharField("评估目的", max_length=300)
    group = models.CharField("企业所属集团", max_length=80, blank=True)
    starts = models.DateField("评估起")
    ends = models.DateField("评估止")
    chosen = models.CharField("选派方式", max_length=10, choices=Chosen)
    reason = models.CharField("指定理由", max_length=300, blank=True)
    draw = models.JSONField("抽取记录", default=dict)
    sheets = models.JSONField("评估表")
    schedule = models.JSONField("日程", default=list)
    state = models.CharField("状态", max_length=10, choices=State, default=State.UNDER_WAY)
    diagnosis = TenantForeignKey(DiagnosisSheet, null=True, blank=True, related_name="+", verbose_name="诊断分级表")
    opened_by_name = models.CharField("发起人", max_length=40)
    opened_at = models.DateTimeField("发起时间", auto_now_add=True)
    reported_on = models.DateField("报告日期", null=True, blank=True)
    ended_because = models.CharField("终止理由", max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = AssessmentQuerySet.as_manager()

    wall = Wall(
        by="enterprise",
        columns={
            "expert": ("state", "reported_on", "diagnosis_id", "revision"),
            # Whoever takes its problems holds it meanwhile.
            "district": ("revision",),
            "department": ("revision",),
        },
        **OWNED | {"district": "r", "enterprise": ""},
    )
    wall_keys = [("enterprise_id",)]

    class Meta:
        verbose_name = verbose_name_plural = "专家评估"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="assessment_number_once"),
            models.CheckConstraint(condition=Q(ends__gte=models.F("starts")), name="assessment_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(state="finished") | Q(reported_on__isnull=False), name="a_finished_assessment_has_its_day"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "district", "-id"], name="assessment_by_district"),
            models.Index(fields=["tenant", "enterprise", "reported_on"], name="assessment_by_enterprise"),
        ]

    def __str__(self):
        return self.number


class AssessmentForeignKey(TenantForeignKey):
    """A reference to an assessment of the same enterprise: what hangs on it moves along with it."""

    along = ("enterprise_id",)


class AssessmentMember(EnterpriseOwned):
    """评估组成员, with the posting that gives them access for the term, and their signature."""

    assessment = AssessmentForeignKey(Assessment, related_name="members")
    person = TenantForeignKey(Person, related_name="+")
    leads = models.BooleanField("组长", default=False)
    speciality = models.CharField("专业", max_length=16, choices=Speciality, blank=True)
    posting_id = models.BigIntegerField()
    removed_on = models.DateField("退出日期", null=True, blank=True)
    removed_because = models.CharField("退出理由", max_length=200, blank=True)
    signed_name = models.CharField("签名", max_length=40, blank=True)
    signed_at = models.DateTimeField("签名时间", null=True, blank=True)

    wall_references = {"posting_id": "tenancy_posting"}
    wall = Wall(
        by="enterprise",
        columns={"expert": ("signed_name", "signed_at")},
        **OWNED | {"district": "r", "enterprise": ""},
    )

    class Meta:
        verbose_name = verbose_name_plural = "评估组成员"
        ordering = ["-leads", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "assessment", "person"], condition=Q(removed_on=None), name="member_once"
            )
        ]
        indexes = [models.Index(fields=["tenant", "person"], name="member_by_person")]


class AnswerQuerySet(models.QuerySet):
    def undecided(self):
        return self.filter(verdict=AssessmentAnswer.Verdict.PROBLEM, hazard=None, declined="")


class AssessmentAnswer(EnterpriseOwned):
    """评估结论: one item of a sheet, or a finding beside the sheets; a problem is taken into a notice or declined, never lost."""

    class Verdict(models.TextChoices):
        OK = "ok", "符合"
        PROBLEM = "problem", "存在问题"
        NOT_APPLICABLE = "na", "不涉及"

    assessment = AssessmentForeignKey(Assessment, related_name="answers")
    sheet = models.CharField("评估表", max_length=12)
    code = models.CharField("编号", max_length=60)
    verdict = models.CharField("结论", max_length=8, choices=Verdict)
    words = models.TextField("情况", blank=True)
    place = models.CharField("部位", max_length=120, blank=True)
    level = models.CharField("建议级别", max_length=8, choices=Level, blank=True)
    accident_type = models.CharField("可能事故类型", max_length=12, choices=AccidentType, default=AccidentType.OTHER)
    basis = models.TextField("依据", blank=True)
    # The items of the visits' checklist that this item looks at as well: what a later hazard is compared with.
    covers = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    by_name = models.CharField("填写人", max_length=40)
    at = models.DateTimeField("填写时间", auto_now=True)
    # By number alone: two keys that carry the enterprise along could not move together.
    hazard = TenantForeignKey(Hazard, null=True, blank=True, related_name="+")
    declined = models.CharField("不予立案理由", max_length=300, blank=True)
    decided_by_name = models.CharField("处理人", max_length=40, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)

    objects = AnswerQuerySet.as_manager()

    wall = Wall(
        by="enterprise",
        columns={
            scope: ("hazard_id", "declined", "decided_by_name", "decided_at") for scope in ("department", "district")
        },
        **OWNED | {"district": "r", "expert": "rawd", "enterprise": ""},
    )

    class Meta:
        verbose_name = verbose_name_plural = "评估结论"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "assessment", "code"], name="one_verdict_an_item"),
            models.CheckConstraint(
                condition=Q(hazard=None) | Q(declined="", verdict="problem"), name="a_problem_is_taken_or_declined"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "assessment"],
                condition=Q(verdict="problem", hazard=None, declined=""),
                name="problem_undecided",
            )
        ]


class AssessmentPhoto(EnterpriseOwned):
    """评估照片: kept as received, shown as a clean copy; it becomes proof when its problem becomes a hazard."""

    assessment = AssessmentForeignKey(Assessment, related_name="photos")
    code = models.CharField("编号", max_length=60)
    filename = models.CharField("文件名", max_length=200)
    content_type = models.CharField(max_length=40)
    digest = models.CharField("SM3", max_length=64)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)
    by_name = models.CharField("上传人", max_length=40)
    at = models.DateTimeField("上传时间", auto_now_add=True)

    wall = Wall(by="enterprise", city="r", department="r", district="r", expert="ra", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "评估照片"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "assessment", "code", "digest"], name="assessment_photo_once")
        ]


class AssessmentReport(EnterpriseOwned):
    """评估报告: as it was signed, never changed; a correction is a new one that names the old."""

    assessment = AssessmentForeignKey(Assessment, related_name="reports")
    number = models.CharField("报告编号", max_length=60)
    made_on = models.DateField("报告日期")
    made_at = models.DateTimeField(auto_now_add=True)
    content = models.JSONField("内容")
    digest = models.CharField("SM3", max_length=64)
    pdf = models.CharField(max_length=64)
    corrects = TenantForeignKey("self", null=True, blank=True, related_name="corrections", verbose_name="更正的报告")

    wall = Wall(by="enterprise", city="r", department="r", district="r", enterprise="r", expert="ra", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "评估报告"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="assessment_report_once")]
        indexes = [models.Index(fields=["tenant", "enterprise", "-id"], name="report_by_enterprise")]

    def __str__(self):
        return self.number


class MissedLead(TenantModel):
    """可能漏评（线索）: a hazard found after the report on an item that was answered 符合. A reason to look, not a verdict.

    The expert may no longer see the plant, so the sentence names the assessment and the item and nothing else of it.
    """

    person = TenantForeignKey(Person, related_name="+")
    assessment = TenantForeignKey(Assessment, related_name="+")
    hazard = TenantForeignKey(Hazard, related_name="+")
    code = models.CharField("编号", max_length=60)
    sentence = models.CharField("线索", max_length=300)
    found_on = models.DateField("发现日期")
    comment = models.CharField("专家说明", max_length=500, blank=True)
    commented_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(
        by="person",
        columns={"expert": ("comment", "commented_at")},
        city="raw",
        expert="r",
        audit="r",
        whole=("audit",),
    )

    class Meta:
        verbose_name = verbose_name_plural = "可能漏评线索"
        ordering = ["-found_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "person", "assessment", "hazard"], name="missed_lead_once")
        ]
