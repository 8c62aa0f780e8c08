"""专项行动: the campaign's phases and tasks, and the screens that show how it goes. The figures come from the floors below."""

from django.db import models
from django.utils import timezone

from campaign import rules_phases as rules
from campaign.models_reports import (  # noqa: F401 - Django looks for models here
    ReportFigure,
    ReportRecords,
    ReportText,
    WorkReport,
)
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
from portal.tenancy.models import District, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall


class PhaseQuerySet(models.QuerySet):
    def waiting(self):
        """未完成: what the office still has to begin or to complete."""
        return self.exclude(state=rules.COMPLETED)


class Phase(TenantModel):
    """阶段."""

    name = models.CharField("阶段", max_length=40)
    goal = models.CharField("目标", max_length=300, blank=True)
    starts = models.DateField("开始")
    ends = models.DateField("结束")
    state = models.CharField("状态", max_length=9, choices=rules.CHOICES, default=rules.PLANNED)
    started_on = models.DateField("启动日期", null=True, blank=True)
    completed_on = models.DateField("完成日期", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = PhaseQuerySet.as_manager()

    wall = Wall(by="tenant", city="rawd", department="r", district="r", enterprise="r", expert="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "阶段"
        ordering = ["starts"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="phase_once"),
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("starts")), name="phase_ends_after_start"),
            models.CheckConstraint(
                condition=models.Q(state=rules.COMPLETED, completed_on__isnull=False)
                | ~models.Q(state=rules.COMPLETED) & models.Q(completed_on=None),
                name="a_completed_phase_has_a_day",
            ),
        ]

    def __str__(self):
        return self.name

    def behind(self, on=None) -> int:
        """Days it is behind its dates."""
        return rules.behind(self.state, self.starts, self.ends, on or timezone.localdate())


class PhaseStep(TenantModel):
    """阶段办理记录: one verb done to a phase."""

    phase = TenantForeignKey(Phase, related_name="steps")
    verb = models.CharField("动作", max_length=8, choices=list(rules.STEPS.items()))
    note = models.TextField("说明", blank=True)
    # field's name as the page says it → [old, new]
    changes = models.JSONField("改动", default=dict)
    by_name = models.CharField("经办人", max_length=40)
    at = models.DateTimeField("时间", auto_now_add=True)

    wall = Wall(by="tenant", city="ra", department="r", district="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "阶段办理记录"
        ordering = ["id"]
        indexes = [models.Index(fields=["tenant", "phase", "id"], name="step_by_phase")]


class Screen(TenantModel):
    """大屏: an unattended screen on a wall, let in by its own address and no login; it shows figures and nobody's records."""

    name = models.CharField("摆放位置", max_length=40)
    district = TenantForeignKey(District, null=True, blank=True, related_name="+", verbose_name="区县")
    until = models.DateField("有效期至")
    by_name = models.CharField("制作人", max_length=40)
    made_at = models.DateTimeField("制作时间", auto_now_add=True)
    stopped_at = models.DateTimeField("停用时间", null=True, blank=True)

    wall = Wall(by="tenant", city="raw", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "大屏"
        ordering = ["-id"]
