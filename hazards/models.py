"""隐患, 整改文书, 佐证材料: the unit of rectification, the documents about it, and the proof."""

import secrets
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from enterprises.models import OWNED, EnterpriseOwned
from hazards import rules
from portal.tenancy.models import Organisation, Person, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall


class Level(models.TextChoices):
    GENERAL = "general", "一般"
    MAJOR = "major", "重大"


class AccidentType(models.TextChoices):
    FIRE = "fire", "火灾"
    EXPLOSION = "explosion", "爆炸"
    LEAK = "leak", "泄漏"
    POISONING = "poisoning", "中毒"
    OTHER = "other", "其他"


class HazardQuerySet(models.QuerySet):
    """The figures' words. Each is the one definition used by pages, API, dashboard, export and reminders."""

    def open(self):
        """未销号: recorded, under rectification, awaiting recheck or awaiting the second person."""
        return self.filter(status__in=rules.OPEN)

    def overdue(self, on=None):
        """逾期: issued, not closed, its deadline before `on`, and not handed in for recheck in time.

        Handed in late stays overdue until it is closed; handed in on time is "awaiting recheck", not overdue.
        """
        on = on or timezone.localdate()
        return self.filter(Q(status=rules.RECTIFYING) | Q(late=True), status__in=rules.ISSUED_OPEN, deadline__lt=on)

    def awaiting_recheck(self):
        """待复查: handed in by the enterprise and not yet decided, the second person's word included."""
        return self.filter(status__in=(rules.SUBMITTED, rules.CONFIRMING))

    def closed(self):
        """已销号."""
        return self.filter(status=rules.CLOSED)

    def closed_on_time(self):
        """按期销号: closed, and the accepted hand-in was on or before the deadline."""
        return self.filter(status=rules.CLOSED, late=False)


class HazardForeignKey(TenantForeignKey):
    """A reference to a hazard of the same enterprise: its history and its proof move along with it."""

    along = ("enterprise_id",)


class Hazard(EnterpriseOwned):
    """隐患."""

    key = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="the client's own id: the same sent twice is one"
    )
    source_kind = models.CharField("来源", max_length=16, default="visit")
    source_id = models.BigIntegerField("来源号", null=True, blank=True)
    item_code = models.CharField("检查项", max_length=20, blank=True)
    description = models.TextField("隐患描述")
    basis = models.TextField("依据", blank=True)
    requirement = models.TextField("整改要求", blank=True)
    level = models.CharField("级别", max_length=8, choices=Level, default=Level.GENERAL)
    accident_type = models.CharField("可能事故类型", max_length=12, choices=AccidentType, default=AccidentType.OTHER)
    place = models.CharField("部位", max_length=120, blank=True)
    status = models.CharField("状态", max_length=12, choices=list(rules.STATES.items()), default=rules.RECORDED)
    found_on = models.DateField("发现日期")
    found_by = TenantForeignKey(Person, null=True, related_name="+", verbose_name="发现人")
    notice = TenantForeignKey("hazards.Notice", null=True, blank=True, related_name="hazards", verbose_name="整改文书")
    deadline = models.DateField("整改期限", null=True, blank=True)
    # The Deadline that set it: start, length, unit, rule, calendar edition, explanation (handbook §5).
    deadline_rule = models.JSONField("期限依据", default=dict, blank=True)
    round = models.PositiveSmallIntegerField("轮次", default=0)
    submitted_on = models.DateField("提交日期", null=True, blank=True)
    # Kept with submitted_on by the verb that sets it, so that "handed in late" can be indexed and tallied.
    late = models.BooleanField("逾期提交", default=False)
    rechecked_by = TenantForeignKey(Person, null=True, blank=True, related_name="+", verbose_name="复查人")
    closed_on = models.DateField("销号日期", null=True, blank=True)
    # 令15号第17条: recheck within ten days of the hand-in; the Deadline that says so, kept by the verb that hands in.
    recheck_by = models.DateField("复查期限", null=True, blank=True)
    recheck_rule = models.JSONField("复查期限依据", default=dict, db_default={}, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = HazardQuerySet.as_manager()

    wall = Wall(by="enterprise", **OWNED | {"enterprise": "rw", "department": "raw"})
    wall_keys = [("enterprise_id",)]

    class Meta:
        verbose_name = verbose_name_plural = "隐患"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="hazard_key_once"),
            models.CheckConstraint(
                condition=Q(status__in=[rules.RECORDED, rules.VOID]) | Q(deadline__isnull=False, notice__isnull=False),
                name="an_issued_hazard_has_a_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[rules.SUBMITTED, rules.CONFIRMING, rules.CLOSED])
                | Q(submitted_on__isnull=False),
                name="a_submitted_hazard_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(late=False) | Q(submitted_on__gt=F("deadline")), name="late_means_after_the_deadline"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "district", "deadline", "id"],
                condition=Q(status__in=rules.OPEN),
                name="hazard_open_by_district",
            ),
            models.Index(
                fields=["tenant", "deadline", "id"], condition=Q(status__in=rules.OPEN), name="hazard_open_by_tenant"
            ),
            models.Index(fields=["tenant", "district", "-id"], name="hazard_by_district"),
            models.Index(fields=["tenant", "enterprise", "-id"], name="hazard_by_enterprise"),
            models.Index(fields=["tenant", "notice"], name="hazard_by_notice"),
            models.Index(fields=["tenant", "source_kind", "source_id"], name="hazard_by_source"),
        ]

    def __str__(self):
        return f"隐患{self.pk} {self.description[:30]}"

    @property
    def is_open(self) -> bool:
        return self.status in rules.OPEN

    @property
    def is_awaiting_recheck(self) -> bool:
        return self.status in (rules.SUBMITTED, rules.CONFIRMING)

    def overdue_days(self, on=None) -> int:
        """Days past the deadline by the same definition as HazardQuerySet.overdue; 0 where it is not overdue."""
        on = on or timezone.localdate()
        if self.status not in rules.ISSUED_OPEN or (self.status != rules.RECTIFYING and not self.late):
            return 0
        return max(0, (on - self.deadline).days)


class HazardStep(EnterpriseOwned):
    """办理记录: one verb done to a hazard, with its note; what people read as its history."""

    hazard = HazardForeignKey(Hazard, related_name="steps")
    verb = models.CharField("动作", max_length=12)
    round = models.PositiveSmallIntegerField(default=0)
    note = models.TextField("说明", blank=True)
    by = TenantForeignKey(Person, null=True, related_name="+")
    by_name = models.CharField(max_length=40)
    by_unit = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    wall = Wall(by="enterprise", city="ra", department="ra", district="ra", enterprise="ra", expert="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ["id"]
        indexes = [models.Index(fields=["tenant", "hazard", "id"], name="step_by_hazard")]


class ReminderPlan(EnterpriseOwned):
    """提醒计划: one step of one hazard's ladder — what will be told next, was told, or is told no more and why.

    Written in the transaction that sets, moves or ends a deadline (hazards/actions/reminders.py: follow). Which people it
    means is found when its day has come; `told` then keeps whom it reached and how, `seen` who has opened it.
    """

    class Kind(models.TextChoices):
        HAZARD = "hazard", "整改"
        RECHECK = "recheck", "复查"
        NOTICE = "notice", "下达文书"

    hazard = HazardForeignKey(Hazard, related_name="plans")
    kind = models.CharField("事项", max_length=8, choices=Kind)
    # The date the ladder hangs on: the deadline, the day it was handed in, or the day it was found.
    round = models.DateField("所依日期")
    step = models.SmallIntegerField("步", help_text="days after the due day; negative before")
    due_on = models.DateField("应发日")
    circles = ArrayField(models.CharField(max_length=12), verbose_name="对象")
    made_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField("已发", null=True, blank=True)
    told = models.JSONField(default=list, blank=True, help_text="[{person, name, channels}]")
    seen = models.JSONField(default=dict, blank=True, help_text="person → when they opened it")
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)
    why = models.CharField("取消原因", max_length=60, blank=True)

    wall = Wall(by="enterprise", city="raw", department="raw", district="raw", enterprise="raw", expert="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "提醒计划"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "hazard", "kind", "round", "step"], name="plan_step_once")
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due_on"], condition=Q(told_at=None, cancelled_at=None), name="plan_waiting"
            ),
            models.Index(fields=["tenant", "due_on"], name="plan_by_day"),
            models.Index(fields=["tenant", "district", "-id"], name="plan_by_district"),
            models.Index(fields=["tenant", "enterprise", "-id"], name="plan_by_enterprise"),
        ]


def verification_code() -> str:
    return secrets.token_urlsafe(16)


class Notice(EnterpriseOwned):
    """整改文书. Once issued it never changes; a correction is a new document that names the old one."""

    class Kind(models.TextChoices):
        RECTIFICATION = "rectification_order", "责令限期整改指令书"
        RECHECK = "recheck_opinion", "整改复查意见书"

    kind = models.CharField("文书种类", max_length=24, choices=Kind)
    number = models.CharField("文号", max_length=60)
    organisation = TenantForeignKey(Organisation, related_name="+", verbose_name="制发机关")
    about = TenantForeignKey("self", null=True, blank=True, related_name="follow_ups", verbose_name="原文书")
    issued_on = models.DateField("制发日期")
    signers = models.JSONField("执法人员")
    content = models.JSONField("内容", help_text="everything printed, as it was printed")
    photo_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    digest = models.CharField("SM3", max_length=64)
    verify_code = models.CharField("验证码", max_length=32, default=verification_code)
    acknowledged_at = models.DateTimeField("签收时间", null=True, blank=True)
    acknowledged_by = models.CharField("签收人", max_length=40, blank=True)
    refusal = models.CharField("拒签说明", max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    wall = Wall(by="enterprise", **OWNED | {"enterprise": "rw", "department": "raw", "public": "r"})

    class Meta:
        verbose_name = verbose_name_plural = "整改文书"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="notice_number_once"),
            models.UniqueConstraint(fields=["tenant", "verify_code"], name="notice_code_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "enterprise", "-id"], name="notice_by_enterprise"),
            models.Index(fields=["tenant", "district", "-id"], name="notice_by_district"),
            models.Index(fields=["verify_code"], name="notice_by_code"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.number}"

    @property
    def printed_items(self) -> list[dict]:
        """The items as printed (`content.items` would be the dictionary's own method in a template)."""
        return self.content["items"]


class Evidence(EnterpriseOwned):
    """佐证材料: a file kept as it was received, and what it is proof of."""

    class Phase(models.TextChoices):
        FOUND = "found", "发现时"
        BEFORE = "before", "整改前"
        AFTER = "after", "整改后"

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    hazard = HazardForeignKey(Hazard, null=True, blank=True, related_name="evidence")
    # A visit's photo before its hazard is recorded; the floor above owns visits.
    visit_id = models.BigIntegerField(null=True, blank=True)
    item_code = models.CharField(max_length=60, blank=True)
    phase = models.CharField("阶段", max_length=8, choices=Phase)
    round = models.PositiveSmallIntegerField("轮次", default=0)
    filename = models.CharField("文件名", max_length=200)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField("字节")
    digest = models.CharField("SM3", max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)
    exif = models.JSONField(default=dict, blank=True)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    by = TenantForeignKey(Person, null=True, related_name="+")
    by_name = models.CharField("上传人", max_length=40)

    wall = Wall(by="enterprise", **OWNED | {"enterprise": "ra", "department": "raw"})

    class Meta:
        verbose_name = verbose_name_plural = "佐证材料"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="evidence_key_once")]
        indexes = [
            models.Index(fields=["tenant", "hazard", "id"], name="evidence_by_hazard"),
            models.Index(fields=["tenant", "visit_id"], name="evidence_by_visit"),
        ]


class Tally(TenantModel):
    """隐患计数: deltas a trigger writes with every change of a hazard; their sum is the count, always exact.

    Two families share the table. In "deadline" `period` is the deadline, or for closed hazards the Monday of its week:
    what can no longer become overdue need not be kept by the day; once its week is over, nor need any other. In "found" it is the Monday of the week the hazard
    was found in, and status and late are blank. Rows are only added, so writers never wait for each other; the task
    hazards.tasks.fold_tally sums them up.
    """

    family = models.CharField(max_length=8)
    district_id = models.BigIntegerField()
    sector = models.CharField(max_length=12)
    status = models.CharField(max_length=12)
    level = models.CharField(max_length=8)
    late = models.BooleanField()
    period = models.DateField(null=True)
    n = models.IntegerField()

    wall = Wall(by="district", city="r", department="r", district="r", audit="r")
    gate_rights = ("SELECT", "INSERT", "DELETE")

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "family", "district_id"], name="tally_by_tenant"),
        ]
