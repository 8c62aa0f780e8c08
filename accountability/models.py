"""线索: where the figures look unusual, for a person to check. Never a verdict, and no figure of the campaign."""

from django.db import models
from django.db.models import Q

from accountability.models_measure import (  # noqa: F401 - Django looks for models here
    Measure,
    MeasureDocument,
    MeasureFile,
    MeasureReply,
    MeasureStep,
)
from accountability.models_score import (  # noqa: F401 - Django looks for models here
    ManualFigure,
    Objection,
    PastScore,
    PastYear,
    Score,
    ScoreLine,
    ScoreTemplate,
    SubjectKind,
    YearScore,
)
from enterprises.models import Sector
from portal.tenancy.models import District, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall

CHECKED = ("checked_by", "checked_note", "checked_at", "revision")


class LeadQuerySet(models.QuerySet):
    def standing(self):
        """Found by the last run."""
        return self.filter(current=True)

    def open(self):
        """待核对: found by the last run, and not checked since its facts last changed."""
        return self.standing().filter(checked_at=None)


class Lead(TenantModel):
    """线索: one sentence with what was counted and the way to exactly those records.

    `key` says what it is about, `facts` what was counted: a lead that was checked comes back only with other facts.
    """

    class Kind(models.TextChoices):
        BURST = "burst", "集中填报"
        COPIED = "copied", "文字雷同"
        NOTHING_FOUND = "nothing_found", "多次检查未发现隐患"
        NO_SELFCHECK = "no_selfcheck", "没有自查上报"

    kind = models.CharField("种类", max_length=14, choices=Kind)
    key = models.CharField(max_length=120)
    facts = models.CharField(max_length=64)
    district = TenantForeignKey(District, related_name="+", verbose_name="区县")
    # Blank where it is about an inspector or about plants of several sectors: the departments do not see it.
    sector = models.CharField("行业", max_length=12, choices=Sector, blank=True)
    sentence = models.TextField("线索")
    link = models.CharField("所数的记录", max_length=2000)
    as_of = models.DateField("截至")
    current = models.BooleanField(default=True)
    checked_by = models.CharField("核对人", max_length=40, blank=True)
    checked_note = models.CharField("核对情况", max_length=500, blank=True)
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = LeadQuerySet.as_manager()

    wall = Wall(by="district", city="raw", department="r", district="r", audit="r", columns={"district": CHECKED})

    class Meta:
        verbose_name = verbose_name_plural = "线索"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="lead_once"),
            models.CheckConstraint(
                condition=Q(checked_at=None) | ~Q(checked_by="") & ~Q(checked_note=""), name="checked_by_somebody"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "district", "kind", "-id"], name="lead_by_district")]

    def __str__(self):
        return f"线索{self.pk} {self.get_kind_display()}"
