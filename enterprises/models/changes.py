"""变更: what an enterprise's own officer asks to change, and every state its facts have been in."""

from django.db import models
from django.db.models import Q

from enterprises.models.ledger import OWNED, EnterpriseOwned, KeyClause
from portal.tenancy.models import Person, TenantForeignKey
from portal.tenancy.wall import Wall

UNCHANGING = {scope: rights.replace("w", "") for scope, rights in OWNED.items()}
# The history of an entry goes on to the very change that merges it away.
HISTORY: dict[str, str] = {}


class FactProposal(EnterpriseOwned):
    """信息变更申请: facts the officer says are otherwise; the district confirms or returns them."""

    class State(models.TextChoices):
        OPEN = "open", "待核实"
        CONFIRMED = "confirmed", "已确认"
        RETURNED = "returned", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"

    # {"facts": {field of the ledger: {"old": …, "new": …}}, "units": [row of a 单元在量表, …]}, see enterprises/ledger/told.py
    changes = models.JSONField("变更")
    reason = models.CharField("说明", max_length=300, blank=True)
    state = models.CharField("状态", max_length=9, choices=State, default=State.OPEN)
    made_by = TenantForeignKey(Person, related_name="+", verbose_name="申请人")
    by_name = models.CharField("申请人", max_length=40)
    made_at = models.DateTimeField("申请时间", auto_now_add=True)
    base_revision = models.PositiveIntegerField()
    decided_by = models.CharField("核实人", max_length=40, blank=True)
    decided_at = models.DateTimeField("核实时间", null=True, blank=True)
    decision_note = models.CharField("核实意见", max_length=300, blank=True)

    wall = Wall(by="enterprise", **OWNED | {"enterprise": "raw"})

    class Meta:
        verbose_name = verbose_name_plural = "信息变更申请"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "enterprise"], condition=Q(state="open"), name="one_open_proposal_an_enterprise"
            )
        ]
        indexes = [models.Index(fields=["tenant", "-id"], condition=Q(state="open"), name="fact_proposal_open")]


class EnterpriseVersion(EnterpriseOwned):
    """企业信息的历次版本: all the facts as they stood after one change, so that any past day can be read."""

    revision = models.PositiveIntegerField("版本")
    at = models.DateTimeField("时间", auto_now_add=True)
    facts = models.JSONField("事实")
    source = models.CharField("来源", max_length=120)
    by_name = models.CharField("经办人", max_length=40)

    wall = Wall(by="enterprise", **UNCHANGING | {"enterprise": "ra", "department": "ra"})
    wall_triggers = HISTORY

    class Meta:
        verbose_name = verbose_name_plural = "企业信息版本"
        ordering = ["-id"]
        indexes = [models.Index(fields=["tenant", "enterprise", "-id"], name="version_by_enterprise")]


class KeyChange(EnterpriseOwned):
    """重点企业变动: when an enterprise became key, ceased to be, or became so by another clause, and why."""

    on = models.DateField("日期")
    before = models.CharField("原条款", max_length=1, choices=KeyClause, blank=True)
    after = models.CharField("现条款", max_length=1, choices=KeyClause, blank=True)
    reason_before = models.CharField("原依据", max_length=300, blank=True)
    reason_after = models.CharField("现依据", max_length=300, blank=True)
    source = models.CharField("来源", max_length=120)
    by_name = models.CharField("经办人", max_length=40)

    wall = Wall(by="enterprise", **UNCHANGING)
    wall_triggers = HISTORY

    class Meta:
        verbose_name = verbose_name_plural = "重点企业变动"
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["tenant", "-on", "-id"], name="key_change_by_day")]
