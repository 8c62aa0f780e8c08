"""台账导入: workbooks on their way into the ledger."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from portal.tenancy.models import Person, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall

STUCK_AFTER = timedelta(minutes=1)


class LedgerImport(TenantModel):
    """台账导入: an uploaded workbook on its way from preview to done, with its verdict on every row."""

    class State(models.TextChoices):
        PREVIEW = "preview", "待确认"
        RUNNING = "running", "导入中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"

    filename = models.CharField("文件名", max_length=200)
    digest = models.CharField("SM3", max_length=64)
    content = models.BinaryField("文件", editable=False)
    sheet = models.CharField("工作表", max_length=80, blank=True)
    signature = models.CharField("表头摘要", max_length=64, blank=True)
    mapping = models.JSONField("列对应", default=dict)
    verdict = models.JSONField("逐行结论", default=dict)
    state = models.CharField("状态", max_length=8, choices=State, default=State.PREVIEW)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总行数", default=0)
    written = models.JSONField("已写入", default=dict)
    moved_at = models.DateTimeField("最近进展", null=True, blank=True)
    fault = models.CharField("失败原因", max_length=300, blank=True)
    by_name = models.CharField("导入人", max_length=40)
    by = TenantForeignKey(Person, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(by="tenant", city="raw", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "台账导入"
        ordering = ["-id"]

    @property
    def stuck(self) -> bool:
        """Running, but nobody has been at it for a minute: the worker died, or there is none."""
        return self.state == self.State.RUNNING and (not self.moved_at or timezone.now() - self.moved_at > STUCK_AFTER)

    @property
    def unchanged(self) -> int:
        return self.total - self.written.get("create", 0) - self.written.get("update", 0)


class ColumnMapping(TenantModel):
    """列对应: how this city's sheet with this header was mapped last time."""

    signature = models.CharField(max_length=64)
    mapping = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    wall = Wall(by="tenant", city="raw", audit="r")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "signature"], name="mapping_once")]
