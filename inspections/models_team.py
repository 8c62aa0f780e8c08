"""队伍建设: what inspectors were trained in, and who is proposed for a commendation."""

from django.db import models
from django.db.models import Q

from portal.tenancy.models import District, Organisation, Person, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall


class TrainingRecord(TenantModel):
    """执法人员培训: never changed; an entry made in error is set aside with its reason. A city body's has no district."""

    person = TenantForeignKey(Person, related_name="+", verbose_name="人员")
    organisation = TenantForeignKey(Organisation, related_name="+", verbose_name="单位")
    district = TenantForeignKey(District, null=True, blank=True, related_name="+", verbose_name="区县")
    on = models.DateField("培训日期")
    subject = models.CharField("培训内容", max_length=120)
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1)
    source = models.CharField("主办单位或证明材料", max_length=120, blank=True)
    by_name = models.CharField("登记人", max_length=40)
    at = models.DateTimeField("登记时间", auto_now_add=True)
    set_aside = models.CharField("作废理由", max_length=200, blank=True)

    wall = Wall(by="district", city="raw", district="ra", audit="r", columns={"district": ("set_aside",)})

    class Meta:
        verbose_name = verbose_name_plural = "执法人员培训"
        ordering = ["-on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(hours__gt=0), name="training_takes_time")]
        indexes = [models.Index(fields=["tenant", "organisation", "on"], name="training_by_body")]

    def __str__(self):
        return f"{self.on} {self.subject}"


class Commendation(TenantModel):
    """表彰建议: proposed by whoever leads a district, with the figures as they stood, and decided by the office."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待决定"
        GRANTED = "granted", "同意表彰"
        REFUSED = "refused", "不同意"

    person = TenantForeignKey(Person, related_name="+", verbose_name="人员")
    organisation = TenantForeignKey(Organisation, related_name="+", verbose_name="单位")
    district = TenantForeignKey(District, null=True, blank=True, related_name="+", verbose_name="区县")
    grounds = models.TextField("事迹和理由")
    since = models.DateField("数字起")
    until = models.DateField("数字止")
    figures = models.JSONField("建议时的数字", help_text="label, value, definition")
    state = models.CharField("状态", max_length=8, choices=State, default=State.PROPOSED)
    proposed_by = TenantForeignKey(Person, related_name="+", verbose_name="建议人")
    proposed_by_name = models.CharField("建议人", max_length=40)
    proposed_on = models.DateField("建议日期")
    decided_by_name = models.CharField("决定人", max_length=40, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    opinion = models.CharField("决定意见", max_length=500, blank=True)

    wall = Wall(by="district", city="raw", district="ra", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "表彰建议"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person"], condition=Q(state="proposed"), name="one_commendation_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(decided_on__isnull=False) & ~Q(opinion=""),
                name="a_decided_commendation_says_why",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "district", "-id"], name="commendation_by_district")]

    def __str__(self):
        return f"表彰建议{self.pk}"
