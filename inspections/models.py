"""检查: checklists as they were on a day, and visits with their answers."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from enterprises.models import OWNED, EnterpriseOwned
from hazards.models import AccidentType, Evidence, Level
from inspections.models_field import FieldFile, FieldRecord
from portal.tenancy.models import Organisation, Person, TenantForeignKey
from portal.tenancy.wall import Reference, Wall

__all__ = ["Answer", "ChecklistEdition", "ChecklistItem", "FieldFile", "FieldRecord", "Visit"]


class ChecklistEdition(models.Model):
    """检查表版本. Never changed once loaded: a change is a new edition, so a past visit reads as it read that day."""

    name = models.CharField("检查表", max_length=80)
    edition = models.CharField("版本", max_length=64, unique=True)
    loaded_at = models.DateTimeField(auto_now_add=True)

    wall = Reference()

    class Meta:
        ordering = ["-id"]


class ChecklistItem(models.Model):
    edition = models.ForeignKey(ChecklistEdition, models.PROTECT, related_name="items")
    seq = models.PositiveSmallIntegerField()
    code = models.CharField("编号", max_length=20)
    category = models.CharField("类别", max_length=60)
    subcategory = models.CharField("小类", max_length=60)
    text = models.TextField("检查内容")
    basis = models.TextField("依据")
    suggested_level = models.CharField("建议级别", max_length=8, choices=Level)
    level_note = models.TextField("级别说明", blank=True)
    accident_type = models.CharField("可能事故类型", max_length=12, choices=AccidentType)
    criterion = models.CharField("重大隐患判定", max_length=60, blank=True)
    verification = models.CharField("核实情况", max_length=200, blank=True)
    confidence = models.CharField(max_length=8, blank=True)

    wall = Reference()

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="item_once_an_edition")]


class Visit(EnterpriseOwned):
    """检查: one inspection visit by at least two certified inspectors (安全生产法第67条)."""

    class State(models.TextChoices):
        UNDER_WAY = "under_way", "进行中"
        FINISHED = "finished", "已完成"
        ABANDONED = "abandoned", "已作废"

    class Subject(models.TextChoices):
        ROUTINE = "routine", "日常检查"
        THEMED = "themed", "专项检查"
        FOLLOW_UP = "follow_up", "跟踪检查"

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    subject = models.CharField("检查类别", max_length=12, choices=Subject, default=Subject.ROUTINE)
    organisation = TenantForeignKey(Organisation, null=True, related_name="+", verbose_name="检查单位")
    visited_on = models.DateField("检查日期")
    started_at = models.DateTimeField("开始", auto_now_add=True)
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.UNDER_WAY)
    lead = TenantForeignKey(Person, related_name="+", verbose_name="主办人员")
    second = TenantForeignKey(Person, null=True, blank=True, related_name="+", verbose_name="协办人员")
    edition = models.ForeignKey(ChecklistEdition, models.PROTECT, related_name="+", verbose_name="检查表")
    categories = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name="检查范围")
    met_with = models.CharField("陪同人员", max_length=60, blank=True)
    summary = models.TextField("检查情况", blank=True)

    wall = Wall(by="enterprise", **OWNED | {"department": "raw", "expert": ""})

    class Meta:
        verbose_name = verbose_name_plural = "检查"
        ordering = ["-visited_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="visit_key_once"),
            models.CheckConstraint(
                condition=~Q(state="finished") | Q(second__isnull=False, finished_at__isnull=False),
                name="a_finished_visit_has_two_inspectors",
            ),
            models.CheckConstraint(condition=~Q(second=F("lead")), name="two_inspectors_are_two_people"),
        ]
        indexes = [
            models.Index(fields=["tenant", "district", "-visited_on"], name="visit_by_district"),
            models.Index(fields=["tenant", "enterprise", "-visited_on"], name="visit_by_enterprise"),
            # Narrow, so that coverage is answered from the index alone.
            models.Index(
                fields=["tenant", "enterprise", "visited_on"], condition=Q(state="finished"), name="visit_finished"
            ),
            models.Index(fields=["tenant", "-visited_on"], name="visit_by_tenant"),
        ]

    def __str__(self):
        return f"{self.visited_on} {self.get_subject_display()}"


# Evidence knows its visit as a number, because its floor lies below; that it is one of the same city is said here.
Evidence.wall_references = {"visit_id": "inspections_visit"}


class Answer(EnterpriseOwned):
    """检查发现: what was found for one item, or beside the list (no item)."""

    class Verdict(models.TextChoices):
        OK = "ok", "符合"
        NOT_OK = "not_ok", "不符合"
        NOT_APPLICABLE = "na", "不涉及"

    visit = TenantForeignKey(Visit, related_name="answers")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, null=True, blank=True, related_name="+")
    # One row a question: the item's code, or for a hazard on no list a key of the client's making.
    code = models.CharField(max_length=60)
    verdict = models.CharField("结论", max_length=8, choices=Verdict)
    description = models.TextField("情况描述", blank=True)
    level = models.CharField("级别", max_length=8, choices=Level, blank=True)
    accident_type = models.CharField("可能事故类型", max_length=12, choices=AccidentType, default=AccidentType.OTHER)
    basis = models.TextField("依据", blank=True)
    place = models.CharField("部位", max_length=120, blank=True)
    hazard_id = models.BigIntegerField(null=True, blank=True)

    wall_references = {"hazard_id": "hazards_hazard"}
    wall = Wall(by="enterprise", **OWNED | {"city": "rawd", "department": "rawd", "district": "rawd", "expert": ""})

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "visit", "code"], name="one_answer_a_question")]
