"""分级: diagnosis sheets, what they or events propose, and what a person decided."""

from django.db import models
from django.db.models import Q

from enterprises.models.ledger import OWNED, EnterpriseOwned, Grade
from portal.tenancy.models import Person, TenantForeignKey
from portal.tenancy.wall import Wall


class DiagnosisSheet(EnterpriseOwned):
    """安全风险评估诊断分级表 (应急〔2018〕19号), filled in by the ledger and by people."""

    class State(models.TextChoices):
        DRAFT = "draft", "填写中"
        FINAL = "final", "已完成"

    edition = models.CharField("表的版本", max_length=120)
    # code → {"count": n or null where nobody has answered, "note": "", "ledger": n or null, "from": the ledger's sentence}
    answers = models.JSONField("逐项", default=dict)
    result = models.JSONField("得分", default=dict)
    total = models.DecimalField("总分", max_digits=5, decimal_places=1, null=True, blank=True)
    grade = models.CharField("建议等级", max_length=1, choices=Grade, blank=True)
    state = models.CharField("状态", max_length=5, choices=State, default=State.DRAFT)
    made_by = TenantForeignKey(Person, null=True, related_name="+", verbose_name="填表人")
    by_name = models.CharField("填表人", max_length=40)
    made_at = models.DateTimeField("开始", auto_now_add=True)
    finished_on = models.DateField("完成日期", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    wall = Wall(by="enterprise", **OWNED | {"expert": "raw"})

    class Meta:
        verbose_name = verbose_name_plural = "诊断分级表"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "enterprise"], condition=Q(state="draft"), name="one_draft_sheet_an_enterprise"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(finished_on__isnull=False), name="a_final_sheet_has_a_day"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "enterprise", "-id"], name="sheet_by_enterprise")]

    def __str__(self):
        return f"诊断分级表 {self.finished_on or self.made_at:%Y-%m-%d}"


class GradeProposal(EnterpriseOwned):
    """分级建议: what a sheet or an event speaks for; a person confirms it or declines it, with a reason."""

    class Cause(models.TextChoices):
        SHEET = "sheet", "诊断分级表"
        MAJOR_OVERDUE = "major_overdue", "重大隐患逾期"
        REPEAT = "repeat", "屡查屡犯"
        ACCIDENT = "accident", "发生事故"
        SUSPENSION = "suspension", "停产停业整顿"
        JUDGEMENT = "judgement", "重大危险源等级变化"

    class State(models.TextChoices):
        OPEN = "open", "待决定"
        CONFIRMED = "confirmed", "已采纳"
        DECLINED = "declined", "未采纳"
        OVERTAKEN = "overtaken", "已被新的建议取代"

    cause = models.CharField("起因", max_length=16, choices=Cause)
    key = models.CharField(max_length=80, help_text="names the event, so that it proposes once")
    grade = models.CharField("建议等级", max_length=1, choices=Grade)
    previous = models.CharField("当时等级", max_length=1, choices=Grade, blank=True)
    factors = models.JSONField("理由", default=list)
    sheet = TenantForeignKey(DiagnosisSheet, null=True, blank=True, related_name="proposals")
    state = models.CharField("状态", max_length=9, choices=State, default=State.OPEN)
    made_at = models.DateTimeField("提出时间", auto_now_add=True)
    decided_by = models.CharField("决定人", max_length=40, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decision_reason = models.CharField("决定理由", max_length=300, blank=True)

    wall = Wall(by="enterprise", **OWNED | {"expert": "ra"})

    class Meta:
        verbose_name = verbose_name_plural = "分级建议"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "enterprise", "key"], name="grade_proposal_once"),
        ]
        indexes = [models.Index(fields=["tenant", "-id"], condition=Q(state="open"), name="grade_proposal_open")]


class GradeDecision(EnterpriseOwned):
    """分级决定: who set which grade when and on what ground. The ledger's grade is the last of them."""

    grade = models.CharField("风险等级", max_length=1, choices=Grade)
    previous = models.CharField("原等级", max_length=1, choices=Grade, blank=True)
    decided_on = models.DateField("日期")
    source = models.CharField("来源", max_length=120)
    reason = models.CharField("理由", max_length=300, blank=True)
    by_name = models.CharField("决定人", max_length=40)
    proposal = TenantForeignKey(GradeProposal, null=True, blank=True, related_name="decisions", verbose_name="分级建议")

    wall = Wall(by="enterprise", **{scope: r.replace("w", "") for scope, r in OWNED.items()})

    class Meta:
        verbose_name = verbose_name_plural = "分级决定"
        ordering = ["-decided_on", "-id"]
