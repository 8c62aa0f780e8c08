"""名单: 提升一批、淘汰一批, saved views, merged duplicates, and the city's own map."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from enterprises.models.ledger import OWNED, Coordinates, EnterpriseOwned
from enterprises.rules import transformation as rules
from portal.tenancy.models import Person, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall


class TransformationForeignKey(TenantForeignKey):
    """A reference to an entry of the same enterprise: its history, which nobody changes, moves along with it."""

    along = ("enterprise_id",)


class TransformationQuerySet(models.QuerySet):
    def open(self):
        """未完成: planned or under way."""
        return self.filter(state__in=rules.OPEN)

    def late(self, on=None):
        """逾期: not finished and not dropped, and due before `on`."""
        return self.open().filter(due_on__lt=on or timezone.localdate())


class Transformation(EnterpriseOwned):
    """提升一批、淘汰一批 (action plan, goals): what one enterprise is to become, by when, and how far it is."""

    class List(models.TextChoices):
        UPGRADE = "upgrade", "提升"
        PHASE_OUT = "phase_out", "淘汰"

    class State(models.TextChoices):
        PLANNED = "planned", "未开始"
        UNDER_WAY = "under_way", "进行中"
        DONE = "done", "已完成"
        DROPPED = "dropped", "已移出"

    list = models.CharField("名单", max_length=10, choices=List)
    target = models.CharField("目标", max_length=200)
    measure = models.CharField("措施", max_length=300)
    due_on = models.DateField("完成期限")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PLANNED)
    finished_on = models.DateField("完成日期", null=True, blank=True)
    by_name = models.CharField("列入人", max_length=40)
    made_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=1)

    objects = TransformationQuerySet.as_manager()

    wall = Wall(by="enterprise", **OWNED)
    wall_keys = [("enterprise_id",)]

    class Meta:
        verbose_name = verbose_name_plural = "提升淘汰名单"
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "enterprise", "list"],
                condition=Q(state__in=["planned", "under_way"]),
                name="once_on_each_list",
            ),
            models.CheckConstraint(condition=~Q(state="done") | Q(finished_on__isnull=False), name="done_has_a_day"),
        ]
        indexes = [models.Index(fields=["tenant", "list", "due_on", "id"], name="transformation_by_list")]

    def __str__(self):
        return f"{self.get_list_display()}：{self.target}"

    @property
    def is_open(self) -> bool:
        return self.state in rules.OPEN

    def late_days(self, on=None) -> int:
        """Days past its date by the same definition as TransformationQuerySet.late; of a finished one, when it was."""
        until = self.finished_on or on or timezone.localdate()
        return max(0, (until - self.due_on).days) if self.state != self.State.DROPPED else 0


class TransformationStep(EnterpriseOwned):
    """名单进展: one recorded step with its evidence."""

    transformation = TransformationForeignKey(Transformation, related_name="steps")
    verb = models.CharField("动作", max_length=10, choices=list(rules.STEPS.items()), db_default="progress")
    state = models.CharField("状态", max_length=10, choices=Transformation.State)
    # field → [old, new], as the page says them
    changes = models.JSONField("改动", default=dict, db_default={})
    note = models.CharField("说明", max_length=500)
    filename = models.CharField("材料", max_length=200, blank=True)
    digest = models.CharField("SM3", max_length=64, blank=True)
    content_type = models.CharField(max_length=60, blank=True)
    by_name = models.CharField("经办人", max_length=40)
    at = models.DateTimeField("时间", auto_now_add=True)

    wall = Wall(by="enterprise", **{scope: rights.replace("w", "") for scope, rights in OWNED.items()})

    class Meta:
        verbose_name = verbose_name_plural = "名单进展"
        ordering = ["id"]
        indexes = [models.Index(fields=["tenant", "transformation", "id"], name="transformation_steps")]


class SavedView(TenantModel):
    """保存的视图: a person's own filter and order of a list, under a name."""

    person = TenantForeignKey(Person, related_name="+")
    list = models.CharField(max_length=40)
    name = models.CharField("名称", max_length=40)
    query = models.CharField(max_length=1000)
    made_at = models.DateTimeField(auto_now_add=True)

    wall = Wall(
        by="person", city="rawd", department="rawd", district="rawd", enterprise="rawd", expert="rawd", audit="rawd"
    )

    class Meta:
        verbose_name = verbose_name_plural = "保存的视图"
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "person", "list", "name"], name="view_name_once")]


class DuplicateSearch(TenantModel):
    """查找疑似重复: one run over the whole ledger, by whom, and what could not be compared."""

    by_name = models.CharField("发起人", max_length=40)
    started_at = models.DateTimeField("开始", auto_now_add=True)
    finished_at = models.DateTimeField("完成", null=True, blank=True)
    compared = models.PositiveIntegerField("企业数", default=0)
    found = models.PositiveIntegerField("疑似重复", default=0)
    # what too many share to be compared, and how many they are
    skipped = models.JSONField("未逐对比较", default=list)

    wall = Wall(by="tenant", city="raw", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "查找疑似重复"
        ordering = ["-id"]


class PossibleDuplicateQuerySet(models.QuerySet):
    def open(self):
        """Neither merged away since, nor found by somebody to be two."""
        seen = NotTheSame.objects.filter(first=models.OuterRef("first"), second=models.OuterRef("second"))
        return self.filter(~models.Exists(seen), first__merged_into=None, second__merged_into=None)


class PossibleDuplicate(TenantModel):
    """疑似重复: two enterprises the last search found alike. A proposal, never acted on by itself. The smaller number first."""

    first = TenantForeignKey("enterprises.Enterprise", related_name="+")
    second = TenantForeignKey("enterprises.Enterprise", related_name="+")
    score = models.PositiveSmallIntegerField("相似度")
    reasons = models.JSONField("依据", default=list)

    objects = PossibleDuplicateQuerySet.as_manager()

    wall = Wall(by="tenant", city="rad", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "疑似重复"
        ordering = ["-score", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "first", "second"], name="possible_duplicate_once")]


class NotTheSame(TenantModel):
    """不是重复: two enterprises somebody looked at and found to be two. The smaller number first."""

    first = TenantForeignKey("enterprises.Enterprise", related_name="+")
    second = TenantForeignKey("enterprises.Enterprise", related_name="+")
    reason = models.CharField("说明", max_length=200, blank=True)
    by_name = models.CharField("核对人", max_length=40)
    at = models.DateTimeField(auto_now_add=True)

    wall = Wall(by="tenant", city="ra", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "不是重复"
        constraints = [models.UniqueConstraint(fields=["tenant", "first", "second"], name="not_the_same_once")]


class Merger(EnterpriseOwned):
    """企业合并: which entry was merged into this one, when and why; `undone_at` where it was a mistake."""

    gone = TenantForeignKey("enterprises.Enterprise", related_name="mergers_away", verbose_name="并入前的企业")
    # As it was known by then; its officer, now the kept one's, may not see its own row any more.
    gone_name = models.CharField("并入前的名称", max_length=120, db_default="")
    gone_code = models.CharField("并入前的信用代码", max_length=18, db_default="")
    reason = models.CharField("理由", max_length=300)
    by_name = models.CharField("经办人", max_length=40)
    at = models.DateTimeField("时间", auto_now_add=True)
    # Everything that was changed by it and how it was before, so that it can be undone (enterprises/actions/merging.py).
    moved = models.JSONField("转移的记录", default=dict, db_default={})
    undone_by = models.CharField("撤销人", max_length=40, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    wall = Wall(by="enterprise", **OWNED | {"district": "r"})

    class Meta:
        verbose_name = verbose_name_plural = "企业合并"
        ordering = ["-id"]
        indexes = [models.Index(fields=["tenant", "enterprise"], condition=Q(undone_at=None), name="merger_standing")]


class CityMap(TenantModel):
    """本市地图: the city's own district boundaries as GeoJSON. The last one counts."""

    name = models.CharField("文件名", max_length=200)
    geojson = models.JSONField("边界")
    coordinates_in = models.CharField("坐标系", max_length=5, choices=Coordinates, default=Coordinates.WGS84)
    by_name = models.CharField("上传人", max_length=40)
    at = models.DateTimeField("时间", auto_now_add=True)

    wall = Wall(by="tenant", city="ra", department="r", district="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "本市地图"
        ordering = ["-id"]
