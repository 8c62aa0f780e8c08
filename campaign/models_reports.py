"""工作报告: a period's figures frozen with the very records behind them, and the words that go with them.

Until it is issued `district` is blank on the figures, records and texts, so the wall keeps them the city's; issuing fills it in
and each district sees its own. `place` says whose a row is from the beginning; blank is what belongs to no district.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from campaign import rules_reports as rules
from portal.tenancy.models import District, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall

# Counted once and never changed; issuing alone says which district may see it.
COUNTED = dict(city="ra", district="r", audit="r", columns={"city": ("district_id",)})


class WorkReport(TenantModel):
    """工作报告 of one week, month or quarter; a later edition is counted afresh, and the earlier ones stay."""

    kind = models.CharField("种类", max_length=8, choices=rules.KIND_CHOICES)
    since = models.DateField("本期第一天")
    until = models.DateField("本期最后一天")
    edition = models.PositiveSmallIntegerField("版次", default=1)
    state = models.CharField("状态", max_length=9, choices=rules.STATE_CHOICES, default=rules.DRAFT)
    # The moment of the snapshot its figures were read in.
    as_of = models.DateTimeField("取数时刻")
    made_at = models.DateTimeField("生成时间", auto_now_add=True)
    # Definitions as they read then, with this city's frequencies and months: key → sentence.
    definitions = models.JSONField("指标说明", default=dict)
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)
    issued_by = models.CharField("印发人", max_length=40, blank=True)
    digest = models.CharField("SM3", max_length=64, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.CharField("撤回人", max_length=40, blank=True)
    withdrawn_because = models.CharField("撤回理由", max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=1)

    wall = Wall(by="tenant", city="raw", district="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "工作报告"
        ordering = ["-until", "kind", "-edition"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "since", "edition"], name="report_edition_once"),
            models.UniqueConstraint(
                fields=["tenant", "kind", "since"],
                condition=~Q(state=rules.WITHDRAWN),
                name="one_standing_report_a_period",
            ),
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="a_report_covers_days"),
            models.CheckConstraint(
                condition=~Q(state=rules.ISSUED) | Q(issued_at__isnull=False) & ~Q(digest=""),
                name="an_issued_report_is_sealed",
            ),
            models.CheckConstraint(
                condition=~Q(state=rules.WITHDRAWN) | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because=""),
                name="a_withdrawn_report_says_why",
            ),
        ]

    def __str__(self):
        edition = f"（第{self.edition}版）" if self.edition > 1 else ""
        return f"{self.period.name}{self.get_kind_display()}{edition}"

    @property
    def period(self) -> rules.Period:
        return rules.Period(self.kind, self.since, self.until)

    @property
    def is_draft(self) -> bool:
        return self.state == rules.DRAFT


class OfAReport(TenantModel):
    """Base of what a report holds for one place."""

    report = TenantForeignKey(WorkReport, related_name="+")
    place = TenantForeignKey(District, null=True, blank=True, related_name="+", verbose_name="区县")
    district = TenantForeignKey(District, null=True, blank=True, related_name="+", editable=False)

    class Meta:
        abstract = True


class ReportFigure(OfAReport):
    """One figure of one place: its number, and the numbers of exactly as many records."""

    key = models.CharField("指标", max_length=24)
    value = models.PositiveIntegerField("数值")
    records = ArrayField(models.BigIntegerField(), default=list)
    # Of the open hazards: when the oldest was found.
    oldest = models.DateField(null=True)

    wall = Wall(by="district", **COUNTED)

    class Meta:
        verbose_name = verbose_name_plural = "报告指标"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "report", "key", "place"], nulls_distinct=False, name="one_figure_a_place"
            ),
            models.CheckConstraint(condition=Q(records__len=F("value")), name="a_figure_counts_its_records"),
        ]


class ReportRecords(OfAReport):
    """How the counted records of one kind stood when they were counted: numbers, and beside each its state as one short line."""

    kind = models.CharField(max_length=12)
    records = ArrayField(models.BigIntegerField(), default=list)
    states = ArrayField(models.TextField(), default=list)

    wall = Wall(by="district", **COUNTED)

    class Meta:
        verbose_name = verbose_name_plural = "报告记录"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "report", "kind", "place"], nulls_distinct=False, name="records_once_a_place"
            )
        ]


class ReportText(OfAReport):
    """One section of the report's words, for the whole city (no place) or for one district."""

    section = models.CharField("章节", max_length=12, choices=rules.SECTION_CHOICES)
    text = models.TextField("内容")
    by_name = models.CharField("最后修改人", max_length=40, blank=True)
    edited_at = models.DateTimeField("最后修改时间", null=True, blank=True)
    # Taken over from the edition before, with that edition's numbers in it.
    carried = models.BooleanField("沿用上一版", default=False)
    revision = models.PositiveIntegerField(default=1)

    wall = Wall(by="district", city="raw", district="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "报告文字"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "report", "section", "place"], nulls_distinct=False, name="one_text_a_section"
            )
        ]
