"""专项行动: the campaign's phases and tasks. What the leadership sees is read from the floors below."""

from django.db import models

from campaign.models_tasks import (  # noqa: F401 - Django looks for models here
    WORKING,
    Goal,
    GoalValue,
    GroupMember,
    Milestone,
    Task,
    TaskFile,
    TaskReport,
    TaskStep,
)
from portal.tenancy.models import TenantModel
from portal.tenancy.wall import Wall


class Phase(TenantModel):
    """阶段."""

    name = models.CharField("阶段", max_length=40)
    goal = models.CharField("目标", max_length=300, blank=True)
    starts = models.DateField("开始")
    ends = models.DateField("结束")

    wall = Wall(by="tenant", city="rawd", department="r", district="r", enterprise="r", expert="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "阶段"
        ordering = ["starts"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="phase_once"),
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("starts")), name="phase_ends_after_start"),
        ]

    def __str__(self):
        return self.name
