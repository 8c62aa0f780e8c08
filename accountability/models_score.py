"""年度考核: templates as data, a year's scores with what each point rests on, grounds entered by hand, and objections."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from enterprises.models import EnterpriseForeignKey, Sector
from portal.tenancy.models import District, Person, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall


class SubjectKind(models.TextChoices):
    DISTRICT = "district", "区县"
    DEPARTMENT = "department", "市级部门"
    ENTERPRISE = "enterprise", "企业"


class ScoreTemplate(TenantModel):
    """考核模板: never changed once made; a change is a new edition, so a past year reads as it was scored."""

    subject_kind = models.CharField("考核对象", max_length=10, choices=SubjectKind)
    edition = models.PositiveSmallIntegerField("版次")
    name = models.CharField("名称", max_length=80)
    # As accountability.rules_score understands it: lines, grades, bonus_cap, veto_ceiling, all numbers as strings.
    body = models.JSONField("内容")
    note = models.CharField("修改说明", max_length=300)
    by_name = models.CharField("制定人", max_length=40)
    made_at = models.DateTimeField("制定时间", auto_now_add=True)

    wall = Wall(by="tenant", city="ra", department="r", district="r", enterprise="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "考核模板"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "subject_kind", "edition"], name="template_edition_once")
        ]

    def __str__(self):
        return f"{self.name}（第{self.edition}版）"


class YearScore(TenantModel):
    """年度考核: one year of one kind of subject, from draft to final."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        ANNOUNCED = "announced", "公示中"
        FINAL = "final", "已定稿"

    year = models.PositiveSmallIntegerField("年度")
    subject_kind = models.CharField("考核对象", max_length=10, choices=SubjectKind)
    template = TenantForeignKey(ScoreTemplate, related_name="+", verbose_name="模板")
    since = models.DateField("考核期起")
    until = models.DateField("截止日")
    state = models.CharField("状态", max_length=9, choices=State, default=State.DRAFT)
    # Asked for and not yet done, since then.
    asked_at = models.DateTimeField("取数计分开始", null=True, blank=True)
    # The moment of the snapshot its figures were read in; None = not reckoned yet.
    as_of = models.DateTimeField("取数时刻", null=True, blank=True)
    # When its points were reckoned with the manual figures confirmed by then.
    reckoned_at = models.DateTimeField("计分时刻", null=True, blank=True)
    # Sums of the whole city by figure, that a value held against peers is reckoned with.
    city = models.JSONField("全市合计", default=dict)
    announced_on = models.DateField("公示日期", null=True, blank=True)
    objections_until = models.DateField("异议截止", null=True, blank=True)
    window_rule = models.JSONField("异议期限依据", default=dict)
    final_at = models.DateTimeField("定稿时间", null=True, blank=True)
    digest = models.CharField("SM3", max_length=64, blank=True)
    by_name = models.CharField("经办人", max_length=40)
    revision = models.PositiveIntegerField(default=1)

    outside = False

    wall = Wall(by="tenant", city="raw", department="r", district="r", enterprise="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "年度考核"
        ordering = ["-year", "subject_kind"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "year", "subject_kind"], name="one_score_a_year_and_kind"),
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="a_score_covers_days"),
            models.CheckConstraint(
                condition=~Q(state="final") | Q(final_at__isnull=False) & ~Q(digest=""), name="final_scores_are_sealed"
            ),
        ]

    def __str__(self):
        return f"{self.year}年度{self.get_subject_kind_display()}考核"


class Announced(TenantModel):
    """Base of what its subject sees once it is announced: until then these columns are blank and only the city sees it."""

    district = TenantForeignKey(District, null=True, blank=True, related_name="+", editable=False)
    sector = models.CharField(max_length=12, choices=Sector, blank=True, default="", editable=False)
    enterprise = EnterpriseForeignKey(null=True, blank=True, related_name="+", editable=False)

    class Meta:
        abstract = True


# Its own alone: a district its own and its enterprises', a department those of its sectors, an enterprise its own.
SEEN = dict(department="r", district="r", enterprise="r", audit="r")


class Result(Announced):
    """Base of one subject's total, grade and place, wherever they were reckoned."""

    subject_id = models.BigIntegerField()
    name = models.CharField("考核对象", max_length=120)
    total = models.DecimalField("总分", max_digits=7, decimal_places=2)
    grade = models.CharField("等次", max_length=20)
    rank = models.PositiveIntegerField("名次")

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.name} {self.total}分"


class Score(Result):
    """考核得分: one subject's total, grade and place."""

    year_score = TenantForeignKey(YearScore, related_name="scores")
    vetoes = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name="一票否决")

    outside = False

    wall = Wall(by="enterprise", city="rawd", **SEEN)

    class Meta:
        verbose_name = verbose_name_plural = "考核得分"
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "year_score", "subject_id"], name="one_score_a_subject")
        ]
        indexes = [
            models.Index(fields=["tenant", "year_score", "rank", "id"], name="score_by_rank"),
            models.Index(fields=["tenant", "enterprise"], name="score_by_enterprise"),
        ]


class ScoreLine(Announced):
    """考核项得分: what was counted, the points, and the very records, as they were in the snapshot."""

    score = TenantForeignKey(Score, related_name="lines")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    counted = models.DecimalField(max_digits=20, decimal_places=4)
    of = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    points = models.DecimalField(max_digits=7, decimal_places=2)
    vetoed = models.BooleanField(default=False)
    records = models.CharField(max_length=12, blank=True)
    counting = ArrayField(models.BigIntegerField(), default=list)
    others = ArrayField(models.BigIntegerField(), default=list)

    wall = Wall(by="enterprise", city="rawd", **SEEN)

    class Meta:
        verbose_name = verbose_name_plural = "考核项得分"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["tenant", "score", "key"], name="one_line_a_key")]


class ManualFigure(TenantModel):
    """人工指标: a number for one line and subject with its grounds, counted once a second person has confirmed it."""

    class State(models.TextChoices):
        ENTERED = "entered", "待复核"
        CONFIRMED = "confirmed", "已复核"
        REFUSED = "refused", "复核不同意"
        REPLACED = "replaced", "已被新数替代"

    year_score = TenantForeignKey(YearScore, related_name="manual")
    key = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    counted = models.DecimalField("数值", max_digits=16, decimal_places=4)
    of = models.DecimalField("其中应计", max_digits=16, decimal_places=4, null=True, blank=True)
    grounds = models.TextField("依据")
    state = models.CharField("状态", max_length=9, choices=State, default=State.ENTERED)
    by = TenantForeignKey(Person, null=True, related_name="+")
    by_name = models.CharField("填报人", max_length=40)
    at = models.DateTimeField("填报时间", auto_now_add=True)
    second = TenantForeignKey(Person, null=True, blank=True, related_name="+")
    second_name = models.CharField("复核人", max_length=40, blank=True)
    second_at = models.DateTimeField("复核时间", null=True, blank=True)
    second_note = models.CharField("复核意见", max_length=300, blank=True)

    wall = Wall(by="tenant", city="raw", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "人工指标"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "year_score", "key", "subject_id"],
                condition=Q(state__in=["entered", "confirmed"]),
                name="one_standing_manual_figure",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(second__isnull=False) & ~Q(second=F("by")),
                name="a_manual_figure_has_two_people",
            ),
        ]


class Objection(Announced):
    """异议: raised by the one concerned while the scores are announced, decided by the office with a reason."""

    class State(models.TextChoices):
        RAISED = "raised", "待处理"
        UPHELD = "upheld", "予以采纳"
        DISMISSED = "dismissed", "不予采纳"

    score = TenantForeignKey(Score, related_name="objections")
    key = models.CharField(max_length=40)
    text = models.TextField("异议内容")
    state = models.CharField("状态", max_length=9, choices=State, default=State.RAISED)
    raised_by = models.CharField("提出人", max_length=40)
    raised_by_unit = models.CharField("提出单位", max_length=120, blank=True)
    raised_at = models.DateTimeField("提出时间", auto_now_add=True)
    answer = models.TextField("处理意见", blank=True)
    # Points added to (or taken from) the total by the decision.
    correction = models.DecimalField("更正分", max_digits=7, decimal_places=2, default=0)
    decided_by = models.CharField("处理人", max_length=40, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    wall = Wall(by="enterprise", city="rw", department="ra", district="ra", enterprise="ra", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "考核异议"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="raised") | ~Q(answer="") & Q(decided_at__isnull=False), name="decided_with_a_reason"
            )
        ]
        indexes = [models.Index(fields=["tenant", "score", "-id"], name="objection_by_score")]


class PastYear(TenantModel):
    """系统外录入的往年考核: the results of a year that was not scored here, as they were entered. Entered anew, the newest stands."""

    year = models.PositiveSmallIntegerField("年度")
    subject_kind = models.CharField("考核对象", max_length=10, choices=SubjectKind)
    basis = models.CharField("依据", max_length=300)
    # Whether everybody of its kind is among them: a place among a part says nothing beside a place among all.
    whole = models.BooleanField("全部对象")
    by_name = models.CharField("录入人", max_length=40)
    at = models.DateTimeField("录入时间", auto_now_add=True)

    outside = True

    wall = Wall(by="tenant", city="ra", department="r", district="r", enterprise="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "系统外年度考核"
        ordering = ["-id"]
        indexes = [models.Index(fields=["tenant", "subject_kind", "year", "-id"], name="past_year_newest")]

    def __str__(self):
        return f"{self.year}年度{self.get_subject_kind_display()}考核（系统外录入）"


class PastScore(Result):
    """系统外录入的得分: one subject's total and grade as entered; its place follows from the totals."""

    past = TenantForeignKey(PastYear, related_name="scores")

    outside = True

    wall = Wall(by="enterprise", city="ra", **SEEN)

    class Meta:
        verbose_name = verbose_name_plural = "系统外得分"
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "past", "subject_id"], name="one_past_score_a_subject")
        ]
        indexes = [models.Index(fields=["tenant", "enterprise"], name="past_score_by_enterprise")]
