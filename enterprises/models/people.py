"""包保责任人与证照: who answers for an installation, and the licences and certificates that run out."""

from django.db import models
from django.db.models import F, Q

from enterprises.models.ledger import OWNED, EnterpriseOwned, UnitForeignKey
from portal.tenancy.wall import Wall


class Duty(models.TextChoices):
    """重大危险源包保责任人 (应急厅〔2021〕12号; AQ 3072-2026)."""

    PRINCIPAL = "principal", "主要负责人"
    TECHNICAL = "technical", "技术负责人"
    OPERATIONAL = "operational", "操作负责人"


class ResponsiblePerson(EnterpriseOwned):
    """包保责任人: who answers for one installation in one capacity, from when to when."""

    unit = UnitForeignKey(related_name="responsible", verbose_name="重大危险源")
    duty = models.CharField("责任", max_length=12, choices=Duty)
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("职务", max_length=60)
    phone = models.CharField("联系电话", max_length=20)
    starts = models.DateField("自")
    ends = models.DateField("至", null=True, blank=True)
    registered_on = models.DateField("登记系统更新日期", null=True, blank=True)
    by_name = models.CharField("登记人", max_length=40)

    wall = Wall(by="enterprise", **OWNED | {"enterprise": "raw"})

    class Meta:
        verbose_name = verbose_name_plural = "包保责任人"
        ordering = ["unit_id", "-starts", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "unit", "duty"], condition=Q(ends=None), name="one_responsible_person_at_a_time"
            ),
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("starts")), name="responsible_in_order"),
        ]


class Credential(EnterpriseOwned):
    """证照: a licence of the enterprise or a certificate of one of its people, with its expiry."""

    class Kind(models.TextChoices):
        LICENCE = "licence", "许可证照"
        PRINCIPAL = "principal", "主要负责人考核合格证"
        SAFETY = "safety", "安全管理人员证（含注册安全工程师）"
        SPECIAL = "special", "特种作业操作证"

    kind = models.CharField("种类", max_length=10, choices=Kind)
    title = models.CharField("名称或作业类别", max_length=80)
    holder = models.CharField("持证人", max_length=40, blank=True)
    number = models.CharField("证号", max_length=60)
    issuer = models.CharField("发证机关", max_length=80, blank=True)
    valid_from = models.DateField("有效期自", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    ended_on = models.DateField("注销或离岗日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    by_name = models.CharField("登记人", max_length=40)

    wall = Wall(by="enterprise", **OWNED | {"enterprise": "raw"})

    class Meta:
        verbose_name = verbose_name_plural = "证照"
        ordering = ["valid_until", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "enterprise", "kind", "title", "number"], name="credential_once")
        ]
        indexes = [
            models.Index(fields=["tenant", "valid_until"], condition=Q(ended_on=None), name="credential_expiring"),
        ]
