"""隐患, 整改文书, 佐证材料: the unit of rectification, the documents about it, and the proof."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from enterprises.models import OWNED, EnterpriseForeignKey, EnterpriseOwned, UnitForeignKey
from hazards import leads, rules, rules_selfcheck
from portal.documents.verifying import verification_code
from portal.files.models import Scanned
from portal.tenancy.models import District, Organisation, OwnTenant, Person, TenantForeignKey, TenantModel
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


# Where a hazard came from; the number beside it is that record's.
SOURCES = {"visit": "检查", "assessment": "专家评估", "selfcheck": "企业自查转办", "import": "台账导入"}


def is_overdue(on) -> Q:
    return Q(Q(status=rules.RECTIFYING) | Q(late=True), status__in=rules.ISSUED_OPEN, deadline__lt=on)


def is_missed(on) -> Q:
    """Its deadline went by without a hand-in that stood: still overdue, or closed late."""
    return is_overdue(on) | Q(status=rules.CLOSED, late=True)


IS_OPEN, IS_CLOSED = Q(status__in=rules.OPEN), Q(status=rules.CLOSED)
IS_CLOSED_ON_TIME = Q(status=rules.CLOSED, late=False)


class HazardQuerySet(models.QuerySet):
    """The figures' words. Each is the one definition used by pages, API, dashboard, export and reminders."""

    def open(self):
        """未销号: recorded, under rectification, awaiting recheck or awaiting the second person."""
        return self.filter(IS_OPEN)

    def overdue(self, on=None):
        """逾期: issued, not closed, its deadline before `on`, and not handed in for recheck in time.

        Handed in late stays overdue until it is closed; handed in on time is "awaiting recheck", not overdue.
        """
        return self.filter(is_overdue(on or timezone.localdate()))

    def missed(self, on=None):
        """未按期: overdue, or closed after having been so."""
        return self.filter(is_missed(on or timezone.localdate()))

    def awaiting_recheck(self):
        """待复查: handed in by the enterprise and not yet decided, the second person's word included."""
        return self.filter(status__in=(rules.SUBMITTED, rules.CONFIRMING))

    def closed(self):
        """已销号."""
        return self.filter(IS_CLOSED)

    def unplanned(self):
        """重大隐患, issued and not closed, of which no 五落实方案 has been filed yet."""
        plans = RectificationPlan.objects.filter(hazard=models.OuterRef("pk"))
        return self.filter(~models.Exists(plans), level=Level.MAJOR, status__in=rules.ISSUED_OPEN)

    def in_name_of(self, person_id: int):
        """名下: taken over by this person; else signed for in its notice and handed to no other unit, or found and not yet in one."""
        found = Q(status=rules.RECORDED, found_by=person_id)
        signed = Q(handler=None, notice__signers__contains=[{"person_id": person_id}]) & ~Q(status=rules.RECORDED)
        return self.filter(Q(keeper=person_id) | Q(keeper=None) & (found | signed))

    def closed_on_time(self):
        """按期销号: closed, and the accepted hand-in was on or before the deadline."""
        return self.filter(IS_CLOSED_ON_TIME)


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
    # Kept by the verbs with the rows they tell of (Extension, Supervision), so that the table and lists need not join them.
    asked_on = models.DateField("申请延期日期", null=True, blank=True)
    extensions = models.PositiveSmallIntegerField("已延期次数", default=0, db_default=0)
    supervised_since = models.DateField("挂牌督办起", null=True, blank=True)
    # Blank: whoever issued its notice, in its own district.
    handler = TenantForeignKey(Organisation, null=True, blank=True, related_name="+", verbose_name="承办单位")
    # Who took it over from whoever signed its notice (or, before there is one, found it); blank: nobody has left.
    keeper = TenantForeignKey(Person, null=True, blank=True, related_name="+", verbose_name="承办人", db_index=False)
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
            models.CheckConstraint(
                condition=Q(asked_on__isnull=True) | Q(status=rules.RECTIFYING), name="asked_while_rectifying"
            ),
            models.CheckConstraint(
                condition=Q(supervised_since__isnull=True) | Q(level=Level.MAJOR), name="supervised_means_major"
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
            models.Index(
                fields=["tenant", "found_on", "id"], condition=Q(status__in=rules.OPEN), name="hazard_open_by_found"
            ),
            # What the dashboard's numbers of all that stands open to: a kind of accident, a source, an origin.
            models.Index(
                fields=["tenant", "deadline", "id"], condition=~Q(status=rules.VOID), name="hazard_standing_by_deadline"
            ),
            models.Index(fields=["tenant", "district", "-id"], name="hazard_by_district"),
            # With what the figures of every enterprise are counted from, so that they are read from the index alone.
            models.Index(
                fields=["tenant", "enterprise", "-id"],
                include=["district", "sector", "status", "late", "deadline"],
                name="hazard_by_enterprise",
            ),
            models.Index(fields=["tenant", "notice"], name="hazard_by_notice"),
            models.Index(fields=["tenant", "keeper"], condition=Q(keeper__isnull=False), name="hazard_by_keeper"),
            models.Index(fields=["tenant", "source_kind", "source_id"], name="hazard_by_source"),
            models.Index(
                fields=["tenant", "supervised_since", "id"],
                condition=Q(supervised_since__isnull=False),
                name="hazard_supervised",
            ),
            models.Index(
                fields=["tenant", "asked_on", "id"], condition=Q(asked_on__isnull=False), name="hazard_extension_asked"
            ),
            # 屡查屡犯: what of an item was closed there before.
            models.Index(
                fields=["tenant", "enterprise", "item_code", "closed_on"],
                condition=Q(closed_on__isnull=False) & ~Q(item_code=""),
                name="hazard_closed_by_item",
            ),
            # The review desks: what waits for one decision, in the order it was handed in.
            models.Index(
                fields=["tenant", "status", "submitted_on", "id"],
                condition=Q(status__in=(rules.SUBMITTED, rules.CONFIRMING)),
                name="hazard_awaiting_by_tenant",
            ),
            models.Index(
                fields=["tenant", "district", "status", "submitted_on", "id"],
                condition=Q(status__in=(rules.SUBMITTED, rules.CONFIRMING)),
                name="hazard_awaiting_by_district",
            ),
        ]

    def __str__(self):
        return f"隐患{self.pk} {self.description[:30]}"

    @property
    def facts(self) -> tuple[str, ...]:
        """What holds of it, in the words of rules.FACTS."""
        return (
            self.level,
            "supervised" if self.supervised_since else "unsupervised",
            "asked" if self.asked_on else "unasked",
            "extended" if self.extensions else "unextended",
        )

    @property
    def office_answers(self) -> bool:
        """Whether its next extension is the office's to decide."""
        return rules.office_answers(self.extensions, self.supervised_since is not None)

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

    # Tens of thousands of rows a morning: what the keys of several columns serve is not indexed again, and the tenant
    # is checked with the enterprise.
    tenant = OwnTenant(db_constraint=False, db_index=False)
    enterprise = EnterpriseForeignKey(related_name="%(class)ss", verbose_name="企业", db_index=False)
    district = TenantForeignKey(District, related_name="+", editable=False, db_index=False)
    hazard = HazardForeignKey(Hazard, related_name="plans", db_index=False)
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


RECEIVED = ("acknowledged_at", "acknowledged_by")


class NoticeQuerySet(models.QuerySet):
    def unserved(self):
        """待送达: neither signed for by the enterprise nor noted as refused; one that was corrected is signed for in its new text."""
        return self.filter(kind__in=SERVED, acknowledged_at=None, refusal="", superseded_on=None)

    def in_name_of(self, person_id: int):
        return self.filter(Q(keeper=person_id) | Q(keeper=None, signers__contains=[{"person_id": person_id}]))


class Notice(EnterpriseOwned):
    """执法文书. Once issued it never changes, which the database holds; a correction is a new document that names the old one."""

    class Kind(models.TextChoices):
        RECTIFICATION = "rectification_order", "责令限期整改指令书"
        MEASURES = "onsite_measures", "现场处理措施决定书"
        RECHECK = "recheck_opinion", "整改复查意见书"
        RECORD = "inspection_record", "现场检查记录"
        RECEIPT = "delivery_receipt", "送达回执"

    kind = models.CharField("文书种类", max_length=24, choices=Kind)
    number = models.CharField("文号", max_length=60)
    organisation = TenantForeignKey(Organisation, related_name="+", verbose_name="制发机关")
    about = TenantForeignKey("self", null=True, blank=True, related_name="follow_ups", verbose_name="原文书")
    # A correction and what it corrects; the old one says since when it is replaced.
    replaces = TenantForeignKey("self", null=True, blank=True, related_name="corrections", verbose_name="更正的文书")
    superseded_on = models.DateField("被更正日期", null=True, blank=True)
    # The visit it records; the floor above owns visits.
    visit_id = models.BigIntegerField(null=True, blank=True)
    issued_on = models.DateField("制发日期")
    signers = models.JSONField("执法人员")
    content = models.JSONField("内容", help_text="everything printed, as it was printed")
    photo_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    digest = models.CharField("SM3", max_length=64)
    verify_code = models.CharField("验证码", max_length=32, default=verification_code)
    acknowledged_at = models.DateTimeField("签收时间", null=True, blank=True)
    acknowledged_by = models.CharField("签收人", max_length=40, blank=True)
    refusal = models.CharField("拒签说明", max_length=200, blank=True)
    # Who serves it since a signer handed it over; no part of what was printed.
    keeper = TenantForeignKey(Person, null=True, blank=True, related_name="+", verbose_name="送达人", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NoticeQuerySet.as_manager()

    # What may change of a document once it is issued: that it is signed for or refused, that another replaces it, and whose
    # ledger it lies in (a merger). Nothing of what it says.
    wall = Wall(
        by="enterprise",
        **OWNED | {"city": "ra", "department": "ra", "district": "ra", "public": "r"},
        columns={
            "city": (*RECEIVED, "refusal", "superseded_on", "keeper_id", "enterprise_id", "district_id", "sector"),
            "department": (*RECEIVED, "refusal", "superseded_on", "keeper_id"),
            "district": (*RECEIVED, "refusal", "superseded_on", "keeper_id"),
            "enterprise": RECEIVED,
        },
    )

    class Meta:
        verbose_name = verbose_name_plural = "执法文书"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="notice_number_once"),
            models.UniqueConstraint(fields=["tenant", "verify_code"], name="notice_code_once"),
            models.UniqueConstraint(
                fields=["tenant", "replaces"], condition=Q(replaces__isnull=False), name="notice_corrected_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "visit_id"],
                condition=Q(visit_id__isnull=False, replaces__isnull=True),
                name="one_record_a_visit",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "enterprise", "-id"], name="notice_by_enterprise"),
            models.Index(fields=["tenant", "district", "-id"], name="notice_by_district"),
            models.Index(fields=["verify_code"], name="notice_by_code"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("notice", args=[self.pk])

    @property
    def title(self) -> str:
        return self.get_kind_display()

    @property
    def is_served(self) -> bool:
        """Whether the enterprise signs for it; not for what records a recheck."""
        return self.kind in SERVED

    @property
    def is_delivered(self) -> bool:
        """Whether a 送达回执 is made of its service."""
        return self.kind in DELIVERED

    @property
    def printed_items(self) -> list[dict]:
        """The items as printed (`content.items` would be the dictionary's own method in a template)."""
        return self.content.get("items", [])


# What the enterprise signs for: it orders something.
SERVED = (Notice.Kind.RECTIFICATION, Notice.Kind.MEASURES)
DELIVERED = (*SERVED, Notice.Kind.RECHECK)


class Evidence(Scanned, EnterpriseOwned):
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
    # What the picture says about itself, codes of hazards/leads.py; what it shares with other plants is asked when it is
    # looked at, behind the wall of whoever looks.
    leads = ArrayField(models.CharField(max_length=20), default=list, db_default=[], blank=True, verbose_name="待核对")
    likeness = models.BigIntegerField(null=True, blank=True)
    band_0 = models.IntegerField(null=True, blank=True)
    band_1 = models.IntegerField(null=True, blank=True)
    band_2 = models.IntegerField(null=True, blank=True)
    band_3 = models.IntegerField(null=True, blank=True)

    wall = Wall(by="enterprise", **OWNED | {"enterprise": "ra", "department": "raw"})

    class Meta:
        verbose_name = verbose_name_plural = "佐证材料"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="evidence_key_once")]
        indexes = [
            models.Index(fields=["tenant", "hazard", "id"], name="evidence_by_hazard"),
            models.Index(fields=["tenant", "visit_id"], name="evidence_by_visit"),
            models.Index(fields=["tenant", "digest"], name="evidence_by_digest"),
            models.Index(
                fields=["tenant", "id"], condition=Q(scan__in=["waiting", "failed"]), name="evidence_unscanned"
            ),
            *(models.Index(fields=["tenant", f"band_{n}"], name=f"evidence_by_band_{n}") for n in range(4)),
        ]

    @property
    def words(self) -> list[str]:
        """Its leads in words, for whoever reviews it."""
        return [leads.WORDS[code] for code in [*self.leads, *getattr(self, "seen_with", [])]]


class RectificationPlan(EnterpriseOwned):
    """五落实整改方案: who, how, with what money, by when, and what is done meanwhile. Each filing is another row; the last stands."""

    hazard = HazardForeignKey(Hazard, related_name="rectification_plans")
    responsible = models.CharField("责任落实：责任人", max_length=40)
    duty = models.CharField("责任落实：责任部门和职责", max_length=200)
    measures = models.TextField("措施落实：整改措施")
    funds = models.CharField("资金落实：数额和来源", max_length=200)
    ends_on = models.DateField("时限落实：计划完成日期")
    contingency = models.TextField("预案落实：整改期间的防范措施和应急预案")
    by = TenantForeignKey(Person, null=True, related_name="+")
    by_name = models.CharField("填报人", max_length=40)
    at = models.DateTimeField("填报时间", auto_now_add=True)

    wall = Wall(by="enterprise", city="ra", department="r", district="r", enterprise="ra", expert="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "五落实整改方案"
        ordering = ["id"]
        indexes = [models.Index(fields=["tenant", "hazard", "id"], name="plan_by_hazard")]


class Extension(EnterpriseOwned):
    """延期: asked, and what came of it. The old deadline stands until it is granted, and stays to be read afterwards."""

    class State(models.TextChoices):
        ASKED = "asked", "待答复"
        GRANTED = "granted", "同意"
        REFUSED = "refused", "不同意"
        LAPSED = "lapsed", "逾期未答复"
        WITHDRAWN = "withdrawn", "已撤回"
        CORRECTED = "corrected", "同意后已更正"

    hazard = HazardForeignKey(Hazard, related_name="askings")
    state = models.CharField("状态", max_length=10, choices=State, default=State.ASKED)
    reason = models.TextField("延期理由")
    wanted = models.DateField("申请延至")
    asked_on = models.DateField("申请日期")
    asked_by = TenantForeignKey(Person, null=True, related_name="+")
    asked_by_name = models.CharField("申请人", max_length=40)
    answer_due = models.DateField("应答复日期")
    answer_rule = models.JSONField("答复期限依据", default=dict)
    old_deadline = models.DateField("原期限")
    old_rule = models.JSONField("原期限依据", default=dict)
    new_deadline = models.DateField("延至", null=True, blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answered_by = TenantForeignKey(Person, null=True, blank=True, related_name="+")
    answered_by_name = models.CharField("答复人", max_length=40, blank=True)
    answer = models.TextField("答复理由", blank=True)
    corrected_to = models.DateField("更正为", null=True, blank=True)
    corrected_on = models.DateField("更正日期", null=True, blank=True)
    corrected_by_name = models.CharField("更正人", max_length=40, blank=True)
    correction = models.TextField("更正理由", blank=True)

    wall = Wall(by="enterprise", **OWNED | {"enterprise": "raw", "department": "raw"})

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "hazard"], condition=Q(state="asked"), name="one_asking_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(new_deadline__isnull=False) | ~Q(state__in=["granted", "corrected"]),
                name="a_granted_extension_has_its_date",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "hazard", "id"], name="extension_by_hazard"),
            models.Index(fields=["tenant", "answer_due", "id"], condition=Q(state="asked"), name="extension_to_answer"),
        ]


class Supervision(EnterpriseOwned):
    """挂牌督办: from the office's order to its lifting, with the leader who answers for it."""

    hazard = HazardForeignKey(Hazard, related_name="supervisions")
    ordered_on = models.DateField("挂牌日期")
    leader = TenantForeignKey(Person, null=True, related_name="+", verbose_name="督办责任领导")
    leader_name = models.CharField("督办责任领导", max_length=40)
    requirement = models.TextField("督办要求")
    by_name = models.CharField("挂牌人", max_length=40)
    lifted_on = models.DateField("解除日期", null=True, blank=True)
    lifted_by_name = models.CharField("解除人", max_length=40, blank=True)
    lifted_because = models.TextField("解除理由", blank=True)

    wall = Wall(by="enterprise", city="raw", department="r", district="r", enterprise="r", expert="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "挂牌督办"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "hazard"], condition=Q(lifted_on__isnull=True), name="one_supervision_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["tenant", "hazard", "id"], name="supervision_by_hazard")]


class Suspension(EnterpriseOwned):
    """停产停业整顿 of a whole plant or a part of it, by a numbered decision, no longer than the law allows, until it is lifted."""

    class Reach(models.TextChoices):
        WHOLE = "whole", "全厂"
        PART = "part", "局部（装置、设施或作业）"

    # Blank where it was ordered on the spot for what no recorded hazard says.
    hazard = HazardForeignKey(Hazard, null=True, blank=True, related_name="suspensions")
    reach = models.CharField("范围", max_length=5, choices=Reach)
    unit = UnitForeignKey(null=True, blank=True, related_name="+", verbose_name="单元")
    part = models.CharField("停产部位", max_length=120, blank=True)
    on_the_spot = models.BooleanField("现场责令", default=False)
    reason = models.TextField("事由")
    basis = models.CharField("依据", max_length=300)
    measures = models.TextField("处理决定")
    starts = models.DateField("停产停业起")
    until = models.DateField("停产停业止")
    until_rule = models.JSONField("期限依据", default=dict)
    notice = TenantForeignKey(Notice, related_name="suspensions", verbose_name="决定书")
    by_name = models.CharField("决定人", max_length=40)
    lifted_on = models.DateField("恢复日期", null=True, blank=True)
    lifted_by_name = models.CharField("同意恢复人", max_length=40, blank=True)
    lifted_because = models.TextField("审查意见", blank=True)

    wall = Wall(by="enterprise", **OWNED | {"department": "raw"})
    wall_keys = [("enterprise_id",)]

    class Meta:
        verbose_name = verbose_name_plural = "停产停业"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(reach="whole") | ~Q(part=""), name="a_part_is_named"),
            models.CheckConstraint(condition=Q(until__gt=F("starts")), name="a_suspension_takes_time"),
        ]
        indexes = [
            models.Index(fields=["tenant", "enterprise", "-id"], name="suspension_by_enterprise"),
            models.Index(
                fields=["tenant", "until", "id"], condition=Q(lifted_on__isnull=True), name="suspension_in_force"
            ),
            models.Index(fields=["tenant", "hazard", "-id"], name="suspension_by_hazard"),
        ]

    def __str__(self):
        return f"{self.get_reach_display()} {self.part}".strip()

    @property
    def in_force(self) -> bool:
        return self.lifted_on is None


class Tally(TenantModel):
    """隐患计数: deltas a trigger writes with every change of a hazard; their sum is the count, always exact.

    Several families share the table; what a family does not tell apart is blank. In "deadline" `period` is the deadline,
    or for closed hazards the Monday of its week: what can no longer become overdue need not be kept by the day; once its
    week is over, nor need any other. In "found" it is the Monday of the week the hazard was found in, in "month" and
    "closed" the first of the month it was found or closed in. In "type" and "source" `facet` is the kind of accident and
    where it came from; "extended" counts those whose deadline was put off. Rows are only added, so writers never wait for
    each other; the task hazards.tasks.fold_tally sums them up.
    """

    family = models.CharField(max_length=8)
    district_id = models.BigIntegerField()
    sector = models.CharField(max_length=12)
    status = models.CharField(max_length=12)
    level = models.CharField(max_length=8)
    late = models.BooleanField()
    period = models.DateField(null=True)
    facet = models.CharField(max_length=16, default="", db_default="")
    n = models.IntegerField()

    wall = Wall(by="district", city="r", department="r", district="r", audit="r")
    gate_rights = ("SELECT", "INSERT", "DELETE")

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "family", "district_id"], name="tally_by_tenant"),
        ]


class SelfCheckQuerySet(models.QuerySet):
    def open(self):
        """整改中: reported by the enterprise, neither put right nor taken back."""
        return self.filter(state=rules_selfcheck.FOUND)

    def late(self, on=None):
        """逾自定期限: open, and the enterprise's own date lies before `on`."""
        return self.open().filter(planned_on__lt=on or timezone.localdate())


class SelfCheck(EnterpriseOwned):
    """企业自查 (自查自报): what an enterprise found itself and puts right itself.

    A table of its own and no Hazard, so that no official figure can count it. What officials may write is the one
    reference to the hazard it was turned into.
    """

    key = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="the client's own id: the same sent twice is one"
    )
    description = models.TextField("隐患情况")
    place = models.CharField("部位", max_length=120)
    level = models.CharField("企业自评级别", max_length=8, choices=Level, default=Level.GENERAL)
    accident_type = models.CharField("可能事故类型", max_length=12, choices=AccidentType, default=AccidentType.OTHER)
    found_on = models.DateField("发现日期")
    found_by_name = models.CharField("发现人", max_length=40)
    measures = models.TextField("整改措施")
    planned_on = models.DateField("计划完成日期")
    state = models.CharField("状态", max_length=9, choices=rules_selfcheck.CHOICES, default=rules_selfcheck.FOUND)
    done_on = models.DateField("自行整改日期", null=True, blank=True)
    hazard = TenantForeignKey(Hazard, null=True, blank=True, related_name="+", verbose_name="转为执法隐患")
    # The question of a broadcast (举一反三) it answers with 有.
    address = TenantForeignKey(
        "hazards.BroadcastAddress", null=True, blank=True, related_name="+", verbose_name="举一反三"
    )
    question = models.PositiveSmallIntegerField("问题", null=True, blank=True)
    by_name = models.CharField("上报人", max_length=40)
    made_at = models.DateTimeField("上报时间", auto_now_add=True)
    revision = models.PositiveIntegerField(default=1)

    objects = SelfCheckQuerySet.as_manager()

    wall = Wall(
        by="enterprise",
        city="rw",  # a merger moves its rows
        department="r",
        district="r",
        enterprise="raw",
        audit="r",
        columns={"department": ("hazard_id", "revision"), "district": ("hazard_id", "revision")},
    )
    wall_keys = [("enterprise_id",)]

    class Meta:
        verbose_name = verbose_name_plural = "企业自查"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="selfcheck_key_once"),
            models.UniqueConstraint(
                fields=["tenant", "hazard"], condition=Q(hazard__isnull=False), name="a_hazard_of_one_selfcheck"
            ),
            models.CheckConstraint(
                condition=Q(state=rules_selfcheck.DONE, done_on__isnull=False)
                | (~Q(state=rules_selfcheck.DONE) & Q(done_on=None)),
                name="a_done_selfcheck_has_a_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "district", "planned_on", "id"],
                condition=Q(state=rules_selfcheck.FOUND),
                name="selfcheck_open_by_district",
            ),
            models.Index(fields=["tenant", "district", "-id"], name="selfcheck_by_district"),
            models.Index(fields=["tenant", "enterprise", "-id"], name="selfcheck_by_enterprise"),
        ]

    def __str__(self):
        return f"企业自查{self.pk} {self.description[:30]}"

    @property
    def is_open(self) -> bool:
        return self.state == rules_selfcheck.FOUND

    def late_days(self, on=None) -> int:
        """Days past the enterprise's own date by the same definition as SelfCheckQuerySet.late; of a finished one, when it was."""
        if self.state == rules_selfcheck.CANCELLED:
            return 0
        return max(0, ((self.done_on or on or timezone.localdate()) - self.planned_on).days)


class SelfCheckForeignKey(TenantForeignKey):
    """A reference to a self-check of the same enterprise: its history and pictures move along with it."""

    along = ("enterprise_id",)


# Its history and pictures are added to and never changed; only the enterprise shows its own work.
HISTORY = dict(city="ra", department="ra", district="ra", enterprise="ra", audit="r")


class SelfCheckStep(EnterpriseOwned):
    """自查办理记录: one verb done to a self-check."""

    self_check = SelfCheckForeignKey(SelfCheck, related_name="steps")
    verb = models.CharField("动作", max_length=12, choices=list(rules_selfcheck.STEPS.items()))
    note = models.TextField("说明", blank=True)
    # field's name as the page says it → [old, new]
    changes = models.JSONField("改动", default=dict)
    by_name = models.CharField("经办人", max_length=40)
    by_unit = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    wall = Wall(by="enterprise", **HISTORY)

    class Meta:
        verbose_name = verbose_name_plural = "自查办理记录"
        ordering = ["id"]
        indexes = [models.Index(fields=["tenant", "self_check", "id"], name="step_by_selfcheck")]


class SelfCheckPhoto(EnterpriseOwned):
    """自查照片: kept as received, with its digest. Not Evidence: it proves nothing of an official hazard."""

    class Phase(models.TextChoices):
        FOUND = "found", "发现时"
        DONE = "done", "整改后"

    self_check = SelfCheckForeignKey(SelfCheck, related_name="photos")
    phase = models.CharField("阶段", max_length=8, choices=Phase)
    filename = models.CharField("文件名", max_length=200)
    content_type = models.CharField(max_length=40)
    digest = models.CharField("SM3", max_length=64)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)
    by_name = models.CharField("上传人", max_length=40)
    at = models.DateTimeField("上传时间", auto_now_add=True)

    wall = Wall(by="enterprise", city="r", department="r", district="r", enterprise="ra", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "自查照片"
        ordering = ["id"]
        constraints = [
            # A picture sent again over a bad network is the same picture.
            models.UniqueConstraint(fields=["tenant", "self_check", "phase", "digest"], name="selfcheck_photo_once")
        ]


class BroadcastQuerySet(models.QuerySet):
    def seen(self):
        """Those with an enterprise among their addressees that one may see: what the wall leaves of the addresses decides."""
        return self.filter(models.Exists(BroadcastAddress.objects.filter(broadcast=models.OuterRef("pk"))))


class Broadcast(TenantModel):
    """举一反三: one lesson asked of many enterprises, as it was sent; its text never changes.

    The sender's own record, with the hazard it came from and how its addressees were chosen. Enterprises do not read this
    table: each has its own copy of the text in its address.
    """

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    hazard = TenantForeignKey(Hazard, null=True, blank=True, related_name="+", verbose_name="来源隐患")
    organisation = TenantForeignKey(Organisation, related_name="+", verbose_name="下发单位")
    title = models.CharField("标题", max_length=120)
    what = models.TextField("情况和要求")
    questions = models.JSONField("核查问题")
    basis = models.TextField("依据", blank=True)
    answer_by = models.DateField("答复期限")
    deadline_rule = models.JSONField("期限依据", default=dict)
    # Each sending: the criteria as chosen and in words, when, by whom and how many.
    reaches = models.JSONField("下发范围", default=list)
    by_name = models.CharField("下发人", max_length=40)
    sent_at = models.DateTimeField("下发时间", auto_now_add=True)
    pressed_on = models.DateField("最近一次催办", null=True, blank=True)

    objects = BroadcastQuerySet.as_manager()

    wall = Wall(
        by="tenant",
        city="ra",
        department="r",
        district="ra",
        audit="r",
        columns={scope: ("reaches", "pressed_on") for scope in ("city", "district")},
    )

    class Meta:
        verbose_name = verbose_name_plural = "举一反三"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="broadcast_key_once")]

    def __str__(self):
        return f"举一反三{self.pk} {self.title}"


class BroadcastAddressQuerySet(models.QuerySet):
    def unanswered(self):
        """未答复; of an entry that was merged into another nobody is left to answer."""
        return self.filter(answered_on=None, enterprise__merged_into=None)

    def overdue(self, on=None):
        """逾期未答复: not answered, and the date lies before `on`."""
        return self.unanswered().filter(answer_by__lt=on or timezone.localdate())

    def answered(self):
        return self.filter(answered_on__isnull=False)

    def answered_late(self):
        """逾期答复: its first answer came after the date."""
        return self.filter(answered_on__gt=F("answer_by"))


class BroadcastAddress(EnterpriseOwned):
    """举一反三核查: one enterprise a broadcast was sent to, the text as sent, and its answer as it stands."""

    broadcast = TenantForeignKey(Broadcast, related_name="addresses")
    sender = models.CharField("下发单位", max_length=120)
    title = models.CharField("标题", max_length=120)
    what = models.TextField("情况和要求")
    questions = models.JSONField("核查问题")
    basis = models.TextField("依据", blank=True)
    answer_by = models.DateField("答复期限")
    deadline_rule = models.JSONField("期限依据", default=dict)
    sent_at = models.DateTimeField("下发时间", auto_now_add=True)
    answered_on = models.DateField("首次答复日期", null=True, blank=True)
    # The newest answer: for each question {"verdict", "words", "selfcheck", "photo"}.
    items = models.JSONField("答复", default=list)
    revision = models.PositiveIntegerField(default=1)

    objects = BroadcastAddressQuerySet.as_manager()

    wall = Wall(
        by="enterprise",
        city="raw",  # a merger moves its rows
        department="r",
        district="ra",
        enterprise="r",
        audit="r",
        columns={"enterprise": ("answered_on", "items", "revision")},
    )
    wall_keys = [("enterprise_id",)]

    class Meta:
        verbose_name = verbose_name_plural = "举一反三核查"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "broadcast", "enterprise"], name="addressed_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "enterprise", "-id"], name="address_by_enterprise"),
            models.Index(fields=["tenant", "broadcast", "district"], name="address_by_broadcast"),
            models.Index(fields=["tenant", "district", "-id"], name="address_by_district"),
            models.Index(fields=["tenant", "answer_by"], condition=Q(answered_on=None), name="address_unanswered"),
        ]

    def __str__(self):
        return f"举一反三核查{self.pk} {self.title}"

    def late_days(self, on=None) -> int:
        """Days past the date without an answer; of an answered one, how late its first answer came."""
        return max(0, ((self.answered_on or on or timezone.localdate()) - self.answer_by).days)


class BroadcastAddressForeignKey(TenantForeignKey):
    """A reference to an address of the same enterprise; its answers move along with it."""

    along = ("enterprise_id",)


class BroadcastAnswer(EnterpriseOwned):
    """举一反三答复: one answer as it was given; an amended one is another row, and the first stays."""

    address = BroadcastAddressForeignKey(BroadcastAddress, related_name="answers")
    items = models.JSONField("答复")
    by_name = models.CharField("答复人", max_length=40)
    at = models.DateTimeField("答复时间", auto_now_add=True)

    wall = Wall(by="enterprise", city="r", department="r", district="r", enterprise="ra", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "举一反三答复"
        ordering = ["id"]
        indexes = [models.Index(fields=["tenant", "address", "id"], name="answer_by_address")]


class ReasonTemplate(TenantModel):
    """理由模板: a sentence of the city's own that lands, editable, in the note of a decision. None is ever deleted."""

    class Kind(models.TextChoices):
        RETURN = "return", "退回理由"
        ACCEPT = "accept", "复查意见"

    kind = models.CharField("用于", max_length=8, choices=Kind)
    text = models.CharField("内容", max_length=200)
    order = models.PositiveSmallIntegerField("顺序", default=0)
    active = models.BooleanField("使用中", default=True)

    wall = Wall(by="tenant", city="raw", department="r", district="raw", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "理由模板"
        ordering = ["-kind", "order", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "text"], name="reason_template_once")]

    def __str__(self):
        return self.text


class HazardImport(TenantModel):
    """隐患台账导入: an uploaded workbook of hazards, kept with what was read in it and what became of each row.

    One of the whole city has no district and is the city's to see; each district sees its own.
    """

    class State(models.TextChoices):
        PREVIEW = "preview", "待确认"
        DONE = "done", "已导入"
        BACK = "back", "已撤回"

    district = TenantForeignKey(District, null=True, blank=True, related_name="+", verbose_name="区县")
    filename = models.CharField("文件名", max_length=200)
    digest = models.CharField("SM3", max_length=64)
    content = models.BinaryField("文件", editable=False)
    signature = models.CharField("表头摘要", max_length=64)
    mapping = models.JSONField("列对应", help_text="enterprises.ledger.Mapping")
    by_hand = models.BooleanField("列对应由人改过", default=False)
    # As read: hazards.register.Found.
    found = models.JSONField("各行", help_text="rows, refused, ignored")
    answers = models.JSONField("结果", default=list, help_text="what confirming did with each row")
    written = models.JSONField("已写入", default=dict)
    state = models.CharField("状态", max_length=7, choices=State, default=State.PREVIEW)
    by_name = models.CharField("上传人", max_length=40)
    by_unit = models.CharField("单位", max_length=120, blank=True)
    made_at = models.DateTimeField("上传时间", auto_now_add=True)
    finished_at = models.DateTimeField("导入时间", null=True, blank=True)
    finished_by = models.CharField("导入人", max_length=40, blank=True)
    back_at = models.DateTimeField("撤回时间", null=True, blank=True)
    back_why = models.CharField("撤回理由", max_length=300, blank=True)

    wall = Wall(by="district", city="raw", district="raw", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "隐患台账导入"
        ordering = ["-id"]
        constraints = [
            # The same file again is the same import.
            models.UniqueConstraint(
                fields=["tenant", "district", "digest"], nulls_distinct=False, name="hazard_import_once"
            )
        ]
        indexes = [models.Index(fields=["tenant", "district", "-id"], name="hazard_import_by_district")]

    def __str__(self):
        return f"隐患台账导入{self.pk} {self.filename}"

    @property
    def left_out(self) -> int:
        """How many rows with something found in them were not imported."""
        return sum(number for verdict, number in self.written.items() if verdict != "create")


class Sample(TenantModel):
    """抽查: one draw from the hazards closed in a period, with everything needed to repeat it (hazards/rules_sample.py).

    A draw of the whole city has no district and is the city's to see; each district sees what was drawn in it.
    """

    district = TenantForeignKey(District, null=True, blank=True, related_name="+", verbose_name="区县")
    starts = models.DateField("销号日期起")
    ends = models.DateField("销号日期止")
    by_district = models.BooleanField("按区县分层", default=False)
    seed = models.CharField("种子", max_length=100)
    pool = models.JSONField("抽样总体", help_text="the numbers drawn from, by stratum")
    shares = models.JSONField("各层抽取数")
    pool_size = models.PositiveIntegerField("总体条数")
    size = models.PositiveIntegerField("抽取条数")
    digest = models.CharField("总体SM3", max_length=64)
    by_name = models.CharField("抽样人", max_length=40)
    by_unit = models.CharField("单位", max_length=120, blank=True)
    made_at = models.DateTimeField("抽样时间", auto_now_add=True)

    wall = Wall(by="district", city="ra", district="ra", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "抽查"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "district", "starts", "ends", "by_district", "seed"],
                nulls_distinct=False,
                name="sample_drawn_once",
            )
        ]
        indexes = [models.Index(fields=["tenant", "district", "-id"], name="sample_by_district")]

    def __str__(self):
        return f"{self.starts:%Y-%m-%d}至{self.ends:%Y-%m-%d}销号隐患抽查"


class SampleItem(EnterpriseOwned):
    """抽中的一条: to be looked at again. The enterprise is not told beforehand."""

    class Result(models.TextChoices):
        TRUE = "true", "属实"
        UNTRUE = "untrue", "不属实"

    sample = TenantForeignKey(Sample, related_name="items")
    hazard = HazardForeignKey(Hazard, related_name="samplings")
    stratum = models.CharField("分层", max_length=40)
    result = models.CharField("复核结果", max_length=8, choices=Result, blank=True)
    note = models.TextField("复核情况", blank=True)
    looked_by = TenantForeignKey(Person, null=True, blank=True, related_name="+")
    looked_by_name = models.CharField("复核人", max_length=40, blank=True)
    looked_at = models.DateTimeField("复核时间", null=True, blank=True)

    wall = Wall(by="enterprise", city="raw", department="rw", district="raw", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "抽查复核"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "sample", "hazard"], name="sampled_once"),
            models.CheckConstraint(
                condition=Q(result="") | Q(looked_at__isnull=False) & ~Q(note=""), name="a_result_is_signed"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "district", "-id"], name="sample_item_by_district"),
            models.Index(fields=["tenant", "hazard"], name="sample_item_by_hazard"),
        ]

    def __str__(self):
        return f"抽查{self.sample_id} 隐患{self.hazard_id}"
