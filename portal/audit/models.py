"""The audit trail: who did what to which record, hash-chained per tenant with SM3, append-only for every scope."""

from django.db import models

from portal.tenancy.models import TenantModel
from portal.tenancy.wall import Wall

EVERY_SCOPE = ("city", "department", "district", "enterprise", "expert", "audit", "sysadmin", "secadmin")


class AuditRecord(TenantModel):
    """审计记录. Added in the transaction of the change it speaks of; nobody holds the right to change or delete one."""

    class Result(models.TextChoices):
        DONE = "done", "完成"
        DENIED = "denied", "拒绝"

    seq = models.BigIntegerField("序号")
    at = models.DateTimeField("时间")
    account_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    person_name = models.CharField("人员", max_length=40)
    role = models.CharField("角色", max_length=16)
    organisation = models.CharField("单位", max_length=80, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=32, blank=True)
    action = models.CharField("动作", max_length=60)
    object_kind = models.CharField("对象类别", max_length=40, blank=True)
    object_id = models.BigIntegerField("对象号", null=True)
    object_label = models.CharField("对象", max_length=200, blank=True)
    changes = models.JSONField("内容", default=dict)
    result = models.CharField("结果", max_length=8, choices=Result, default=Result.DONE)
    prev = models.CharField("前一记录摘要", max_length=64)
    digest = models.CharField("摘要", max_length=64)

    wall = Wall(by="tenant", **({scope: "a" for scope in EVERY_SCOPE} | {"audit": "ra"}))

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        ordering = ["-seq"]
        constraints = [models.UniqueConstraint(fields=["tenant", "seq"], name="audit_seq_once")]
        indexes = [models.Index(fields=["tenant", "object_kind", "object_id"], name="audit_by_object")]


class AuditHead(TenantModel):
    """The last link of each tenant's chain; the row lock on it puts the links in order."""

    seq = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    wall = Wall(by="tenant", **{scope: "raw" for scope in EVERY_SCOPE})

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="audit_one_head")]
