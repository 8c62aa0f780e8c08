"""导出: a person's own request for a list as a workbook, from the queue to the file."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from portal.tenancy.models import Person, Posting, TenantForeignKey, TenantModel
from portal.tenancy.scope import who
from portal.tenancy.wall import Wall

STUCK_AFTER = timedelta(minutes=1)
KEPT_FOR = timedelta(days=7)


class ExportQuerySet(models.QuerySet):
    def mine(self):
        """The wall shows the city scope everybody's, because the portal's own tasks work in it; a person sees their own."""
        return self.filter(person_id=who().person_id)


class ExportJob(TenantModel):
    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "导出中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"

    person = TenantForeignKey(Person, related_name="+")
    # Who they were when they asked; the job sees what they see, and nothing once that posting has ended.
    account_id = models.BigIntegerField()
    posting = TenantForeignKey(Posting, related_name="+")
    words = models.JSONField("筛选条件", default=list)
    list = models.CharField("清单", max_length=40)
    title = models.CharField("名称", max_length=80)
    query = models.TextField("筛选", blank=True)
    chosen = ArrayField(models.BigIntegerField(), null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.QUEUED)
    # Each start has its own number, so that a worker thought dead cannot write into the next one's file.
    attempt = models.PositiveSmallIntegerField(default=1)
    total = models.PositiveIntegerField("总行数", default=0)
    done = models.PositiveIntegerField("已处理", default=0)
    rows = models.PositiveIntegerField("行数", null=True, blank=True)
    as_of = models.DateTimeField("数据时间", null=True, blank=True)
    content = models.BinaryField("文件", null=True, editable=False)
    size = models.PositiveIntegerField("字节", null=True, blank=True)
    fault = models.CharField("失败原因", max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField("最近进展", default=timezone.now)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    expires_at = models.DateTimeField("保留至", null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    wall = Wall(by="person", city="raw", department="raw", district="raw", enterprise="raw", expert="raw", audit="raw")

    class Meta:
        verbose_name = verbose_name_plural = "导出"
        ordering = ["-id"]
        indexes = [models.Index(fields=["tenant", "person", "-id"], name="export_by_person")]

    def __str__(self):
        return self.title

    @property
    def under_way(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def stuck(self) -> bool:
        """Nobody has been at it for a minute: the worker died, or there is none."""
        return self.under_way and timezone.now() - self.moved_at > STUCK_AFTER

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def ending(self) -> str:
        from portal.exports.registry import export_of

        return export_of(self.list).ending

    @property
    def filename(self) -> str:
        day = timezone.localtime(self.as_of or self.created_at)
        return f"{self.title}-{day:%Y%m%d-%H%M}-{self.rows}行.{self.ending}"
