"""The working calendar of one city where the library and the national catalog are silent or the place differs."""

from django.db import models
from django.db.models import Q

from portal.legaldays import NATURAL, WORKING
from portal.tenancy.models import TenantModel
from portal.tenancy.wall import Wall

EVERYBODY = {"department": "r", "district": "r", "enterprise": "r", "expert": "r", "audit": "r"}


class CalendarDay(TenantModel):
    """放假或调休上班的一天. Withdrawn, not changed or deleted: a stored deadline may name its source."""

    day = models.DateField("日期")
    working = models.BooleanField("上班")
    name = models.CharField("节日或事由", max_length=20, blank=True)
    source = models.CharField("依据", max_length=200)
    # The arrangement it was entered with is the whole one of its year, so the year counts as published.
    whole_year = models.BooleanField("全年安排", default=False)
    by_name = models.CharField("登记人", max_length=40)
    at = models.DateTimeField("登记时间", auto_now_add=True)
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    withdrawn_by = models.CharField("撤销人", max_length=40, blank=True)

    wall = Wall(by="tenant", city="raw", **EVERYBODY)

    class Meta:
        verbose_name = verbose_name_plural = "放假安排"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "day"], condition=Q(withdrawn_at=None), name="calendar_day_once")
        ]

    def __str__(self):
        return f"{self.day.isoformat()} {'上班' if self.working else '放假'}"


class CountingRule(TenantModel):
    """A legal deadline whose 日 the law leaves undefined, and the days this city's legal office has confirmed for it."""

    class Unit(models.TextChoices):
        NATURAL = NATURAL, NATURAL
        WORKING = WORKING, WORKING

    code = models.CharField("法定期限", max_length=40, help_text="number of the line in the catalog legal_deadlines")
    unit = models.CharField("按", max_length=8, choices=Unit)
    source = models.CharField("依据", max_length=200)
    by_name = models.CharField("确认人", max_length=40)
    at = models.DateTimeField("确认时间", auto_now=True)

    wall = Wall(by="tenant", city="raw", **EVERYBODY)

    class Meta:
        verbose_name = verbose_name_plural = "期限计算口径"
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="counting_rule_once")]

    def __str__(self):
        return f"法定期限第{self.code}条按{self.unit}"
