"""表彰, 通报批评, 约谈, 问责: what is said of a unit or a person, on which grounds, by whose word, and what they reply."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.functional import cached_property

from accountability import rules_measure as rules
from enterprises.models import Enterprise
from portal.documents.contracts import TITLES
from portal.tenancy.models import District, Organisation, Person, Posting, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall


class Concerning(TenantModel):
    """Base of what the one concerned sees from the day it is issued: until then these columns are blank and it is the city's alone."""

    district = TenantForeignKey(District, null=True, blank=True, related_name="+", editable=False)
    organisation = TenantForeignKey(Organisation, null=True, blank=True, related_name="+", editable=False)
    enterprise = TenantForeignKey(Enterprise, null=True, blank=True, related_name="+", editable=False)
    person = TenantForeignKey(Person, null=True, blank=True, related_name="+", editable=False)
    shown_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


READ = dict(department="r", district="r", enterprise="r", expert="r", audit="r")


class MeasureQuerySet(models.QuerySet):
    def out(self):
        """Issued, whatever became of it since."""
        return self.filter(state__in=rules.OUT)

    def unanswered(self, on):
        """逾期未回复: issued, its reply due before this day, and none come."""
        replies = MeasureReply.objects.filter(measure=OuterRef("pk"))
        return self.filter(~Exists(replies), state=rules.ISSUED, reply_by__lt=on)


class Measure(Concerning):
    """表彰问责: one act towards one district, body, enterprise or person. Never deleted; a wrong one is revoked by a document."""

    class Kind(models.TextChoices):
        COMMENDATION = "commendation", "表彰"
        CIRCULAR = "circular", "通报批评"
        INTERVIEW = "interview", "约谈"
        ACCOUNTABILITY = "accountability", "问责"

    class Subject(models.TextChoices):
        DISTRICT = "district", "区县"
        ORGANISATION = "organisation", "部门、单位"
        ENTERPRISE = "enterprise", "企业"
        PERSON = "person", "个人"

    kind = models.CharField("种类", max_length=14, choices=Kind)
    subject_kind = models.CharField("对象类别", max_length=12, choices=Subject)
    subject_id = models.BigIntegerField()
    subject_name = models.CharField("对象", max_length=120)
    # Of a person: where they were posted then, and the words that say it.
    posting = TenantForeignKey(Posting, null=True, blank=True, related_name="+")
    post = models.CharField("任职", max_length=160, blank=True)
    matter = models.CharField("事由", max_length=120)
    facts = models.TextField("事实和理由")
    basis = models.CharField("依据的文件", max_length=300, blank=True)
    decision = models.TextField("决定")
    grounds = models.JSONField("依据的记录", default=list, help_text="kind, id, number, sentence, as they stood")
    meets_at = models.DateTimeField("约谈时间", null=True, blank=True)
    meets_where = models.CharField("约谈地点", max_length=120, blank=True)
    reply_days = models.PositiveSmallIntegerField("回复期（日）", default=0)
    reply_by = models.DateField("回复期限", null=True, blank=True)
    reply_rule = models.JSONField("回复期限依据", default=dict)
    # Whose year-end score it counts in; a person's or a bureau's where the draft says so. Blank: in nobody's.
    for_unit = models.BooleanField("计入所在单位的年度考核", default=False)
    scored_kind = models.CharField(max_length=10, blank=True)
    scored_id = models.BigIntegerField(null=True, blank=True)
    publish = models.BooleanField("印发后向全市公开", default=False)
    # Published: from the day it is issued, for the wall to go by.
    open_to_all = models.BooleanField(default=False, editable=False)
    state = models.CharField("状态", max_length=9, choices=rules.CHOICES, default=rules.DRAFT)
    body = TenantForeignKey(Organisation, related_name="+", verbose_name="制发机关")
    drafter = TenantForeignKey(Person, related_name="+", verbose_name="拟稿人")
    drafter_name = models.CharField("拟稿人", max_length=40)
    # Everybody who wrote in it: none of them approves it.
    authors = ArrayField(models.BigIntegerField(), default=list)
    approver = TenantForeignKey(Person, null=True, blank=True, related_name="+", verbose_name="审批人")
    approver_name = models.CharField("审批人", max_length=40, blank=True)
    approved_on = models.DateField("审批日期", null=True, blank=True)
    number = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("印发日期", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    outcome = models.TextField("办结意见", blank=True)
    revoked_on = models.DateField("撤销日期", null=True, blank=True)
    revoked_because = models.TextField("撤销理由", blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=1)

    objects = MeasureQuerySet.as_manager()

    wall = Wall(by="concerned_or_all", city="raw", **READ)

    class Meta:
        verbose_name = verbose_name_plural = "表彰问责"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approver=None) | ~Q(approver=F("drafter")), name="a_measure_has_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[rules.APPROVED, *rules.OUT])
                | Q(approver__isnull=False, approved_on__isnull=False),
                name="no_measure_without_approval",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=rules.OUT) | Q(issued_on__isnull=False, shown_on__isnull=False) & ~Q(number=""),
                name="an_issued_measure_is_numbered",
            ),
            models.CheckConstraint(
                condition=~Q(state=rules.REVOKED) | Q(revoked_on__isnull=False) & ~Q(revoked_because=""),
                name="a_revoked_measure_says_why",
            ),
            models.CheckConstraint(
                condition=Q(open_to_all=False) | Q(kind="commendation", state__in=rules.OUT),
                name="only_commendations_are_published",
            ),
            models.UniqueConstraint(fields=["tenant", "number"], condition=~Q(number=""), name="measure_number_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "-id"], name="measure_newest"),
            models.Index(fields=["tenant", "scored_kind", "issued_on"], name="measure_scored"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.subject_name}"

    @cached_property
    def leaderless(self) -> bool:
        """Whether nobody is registered today as leading the district or body it is about."""
        unit = {"district": "district_id", "organisation": "organisation_id"}.get(self.subject_kind)
        if unit is None:
            return False
        return not Posting.objects.current().filter(**{unit: self.subject_id}, leads=True).exists()

    def get_absolute_url(self) -> str:
        return reverse("measure", args=[self.pk])


class MeasureStep(Concerning):
    """经过: who did what when, with the words that went with it; the office's and the auditor's to read."""

    measure = TenantForeignKey(Measure, related_name="steps")
    verb = models.CharField(max_length=8)
    by_name = models.CharField("办理人", max_length=40)
    note = models.TextField("意见", blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    wall = Wall(by="concerned", city="raw", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "表彰问责经过"
        ordering = ["id"]
        indexes = [models.Index(fields=["tenant", "measure", "id"], name="step_of_a_measure")]

    @property
    def said(self) -> str:
        return "拟稿" if self.verb == "draft" else rules.VERBS[self.verb]


class MeasureReply(Concerning):
    """回复、申辩 of the one concerned; added to, never changed."""

    measure = TenantForeignKey(Measure, related_name="replies")
    text = models.TextField("回复")
    by_name = models.CharField("回复人", max_length=40)
    by_unit = models.CharField("单位", max_length=120, blank=True)
    at = models.DateTimeField("回复时间", auto_now_add=True)
    late = models.BooleanField("逾期", default=False)

    wall = Wall(by="concerned", city="ra", department="ra", district="ra", enterprise="ra", expert="ra", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "表彰问责回复"
        ordering = ["id"]
        indexes = [models.Index(fields=["tenant", "measure", "id"], name="reply_of_a_measure")]


class MeasureFile(Concerning):
    """回复佐证: a photo or PDF that goes with a reply, kept as received, with its digest."""

    measure = TenantForeignKey(Measure, related_name="files")
    reply = TenantForeignKey(MeasureReply, related_name="files")
    filename = models.CharField("文件名", max_length=200)
    content_type = models.CharField(max_length=40)
    digest = models.CharField("SM3", max_length=64)
    by_name = models.CharField("上传人", max_length=40)
    at = models.DateTimeField("上传时间", auto_now_add=True)

    wall = Wall(by="concerned", city="ra", department="ra", district="ra", enterprise="ra", expert="ra", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "表彰问责佐证"
        ordering = ["id"]
        constraints = [
            # A file sent again over a bad network is the same file.
            models.UniqueConstraint(fields=["tenant", "reply", "digest"], name="measure_file_once")
        ]
        indexes = [models.Index(fields=["tenant", "measure", "id"], name="file_of_a_measure")]


class MeasureDocument(Concerning):
    """The document as it was issued, or the one that revokes it. Only that it is superseded may be added."""

    measure = TenantForeignKey(Measure, related_name="documents")
    kind = models.CharField("文书种类", max_length=24)
    number = models.CharField("文号", max_length=60)
    issued_on = models.DateField("制发日期")
    content = models.JSONField("内容", help_text="everything printed, as it was printed")
    digest = models.CharField("SM3", max_length=64)
    verify_code = models.CharField("验证码", max_length=32)
    superseded_on = models.DateField("被撤销日期", null=True, blank=True)
    open_to_all = models.BooleanField(default=False)

    wall = Wall(by="concerned_or_all", city="ra", public="r", columns={"city": ("superseded_on",)}, **READ)

    class Meta:
        verbose_name = verbose_name_plural = "表彰问责文书"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="measure_document_number_once"),
            models.UniqueConstraint(fields=["tenant", "verify_code"], name="measure_document_code_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "measure", "id"], name="document_of_a_measure"),
            models.Index(fields=["verify_code"], name="measure_document_by_code"),
        ]

    @property
    def title(self) -> str:
        return TITLES[self.kind]

    def __str__(self):
        return f"{self.title} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("measure", args=[self.measure_id])
