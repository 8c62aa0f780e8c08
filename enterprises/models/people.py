"""包保责任人与证照: who answers for an installation, and the licences and certificates that run out."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils import timezone

from enterprises.models.ledger import OWNED, EnterpriseOwned, UnitForeignKey
from portal.tenancy.models import Span, TenantForeignKey
from portal.tenancy.wall import Wall


class Duty(models.TextChoices):
    """重大危险源包保责任人 (应急厅〔2021〕12号; AQ 3072-2026)."""

    PRINCIPAL = "principal", "主要负责人"
    TECHNICAL = "technical", "技术负责人"
    OPERATIONAL = "operational", "操作负责人"


class ResponsibleQuerySet(models.QuerySet):
    def current(self, on=None):
        """In office on a day."""
        on = on or timezone.localdate()
        return self.filter(Q(ends=None) | Q(ends__gte=on), starts__lte=on)

    def unregistered(self, on=None):
        """登记系统逾期未更新: their change is not in the registration system and its five days are over."""
        on = on or timezone.localdate()
        return self.filter(Q(ends=None) | Q(ends__gte=on), registered_on=None, register_by__lt=on)


class ResponsiblePerson(EnterpriseOwned):
    """包保责任人: who answers for one installation in one capacity, from when to when (both days included)."""

    unit = UnitForeignKey(related_name="responsible", verbose_name="重大危险源")
    duty = models.CharField("责任", max_length=12, choices=Duty)
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("职务", max_length=60)
    phone = models.CharField("联系电话", max_length=20)
    starts = models.DateField("自")
    ends = models.DateField("至", null=True, blank=True)
    # The registration system is to know of the change by then; `register_rule` says how the day came about.
    register_by = models.DateField("登记系统更新期限", null=True)
    register_rule = models.JSONField("期限依据", default=dict)
    registered_on = models.DateField("登记系统更新日期", null=True, blank=True)
    by_name = models.CharField("登记人", max_length=40)
    revision = models.PositiveIntegerField(default=1, db_default=1)

    objects = ResponsibleQuerySet.as_manager()

    wall = Wall(by="enterprise", **OWNED | {"enterprise": "raw"})

    class Meta:
        verbose_name = verbose_name_plural = "包保责任人"
        ordering = ["unit_id", "-starts", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "unit", "duty"], condition=Q(ends=None), name="one_responsible_person_at_a_time"
            ),
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("starts")), name="responsible_in_order"),
            # On no day two of them: ranges of unit and days, one constraint a capacity, need no extension of PostgreSQL's.
            *(
                ExclusionConstraint(
                    name=f"one_{duty}_on_any_day",
                    expressions=[
                        (Span("unit_id", "unit_id", function="int8range"), RangeOperators.OVERLAPS),
                        (Span("starts", "ends", function="daterange"), RangeOperators.OVERLAPS),
                    ],
                    condition=Q(duty=duty),
                )
                for duty in Duty.values
            ),
        ]
        indexes = [models.Index(fields=["tenant", "unit", "duty", "starts"], name="responsible_by_unit")]

    def __str__(self):
        return f"{self.get_duty_display()} {self.name}"

    def in_office(self, on) -> bool:
        return self.starts <= on and (self.ends is None or self.ends >= on)

    @property
    def awaits_registration(self) -> bool:
        return self.registered_on is None and (self.ends is None or self.ends >= timezone.localdate())


class CredentialQuerySet(models.QuerySet):
    def in_force(self):
        """Neither ended nor renewed, of an enterprise that stands on its own; whether it has expired is another question."""
        return self.filter(ended_on=None, renewed_on=None, enterprise__merged_into=None)


class Credential(EnterpriseOwned):
    """证照: a licence of the enterprise or a certificate of one of its people, with its expiry.

    One validity is one row. A renewal is a new row that names the old one, so that every validity stays on record.
    """

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
    # 特种作业操作证: valid six years and reviewed every three; unreviewed it counts for nothing (training_rules 13, 14).
    review_due = models.DateField("应复审日期", null=True, blank=True)
    due = models.GeneratedField(
        expression=Least("valid_until", "review_due"),
        output_field=models.DateField("到期日", null=True),
        db_persist=True,
    )
    ended_on = models.DateField("注销或离岗日期", null=True, blank=True)
    renewed_on = models.DateField("换证登记日期", null=True, blank=True)
    renews = TenantForeignKey("self", null=True, blank=True, related_name="renewals", verbose_name="换自")
    # The ledger's own 许可证, kept by the database (enterprises/migrations): nobody enters it a second time.
    from_ledger = models.BooleanField("台账所列", default=False, db_default=False)
    note = models.CharField("备注", max_length=200, blank=True)
    by_name = models.CharField("登记人", max_length=40)
    revision = models.PositiveIntegerField(default=1, db_default=1)

    objects = CredentialQuerySet.as_manager()

    wall = Wall(by="enterprise", **OWNED | {"enterprise": "raw"})

    class Meta:
        verbose_name = verbose_name_plural = "证照"
        ordering = ["due", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "enterprise", "kind", "title", "number"],
                condition=Q(ended_on=None, renewed_on=None, from_ledger=False),
                name="credential_once_in_force",
            ),
            models.UniqueConstraint(
                fields=["tenant", "enterprise"], condition=Q(from_ledger=True), name="one_licence_of_the_ledger"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due", "id"], condition=Q(ended_on=None, renewed_on=None), name="credential_due"
            ),
        ]

    def __str__(self):
        return " ".join(word for word in (self.title, self.holder) if word)
