"""单元与在量: production and storage units as GB 18218-2018 bounds them, what they hold, and how they were judged."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from enterprises.models.ledger import OWNED, EnterpriseOwned, Judged, MajorLevel, UnitForeignKey
from portal.tenancy.models import Person, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall


class UnitKind(models.TextChoices):
    """GB 18218-2018 3.2, 3.3: what bounds it is 切断阀, 防火堤 or the building."""

    PRODUCTION = "production", "生产单元（切断阀为界）"
    TANKS = "tanks", "储存单元：罐区（防火堤为界）"
    WAREHOUSE = "warehouse", "储存单元：独立库房"


class Mixture(models.TextChoices):
    """混合物 as GB 18218-2018 4.2.3 asks: of the pure substance's hazard class, or of a class of its own."""

    PURE = "", "单一品种"
    SAME_CLASS = "same", "混合物，与纯物质危险类别相同（按总量）"
    OWN_CLASS = "own", "混合物，按其自身危险类别"


class UnitQuerySet(models.QuerySet):
    def major(self):
        """重大危险源: judged one or declared as one, in use, of an enterprise that stands on its own."""
        said = Q(judged=Judged.MAJOR) | Q(declared_level__isnull=False)
        return self.filter(said, closed_on=None, enterprise__merged_into=None)


class Unit(EnterpriseOwned):
    """单元. Judged alone: nothing is summed across units."""

    name = models.CharField("单元名称", max_length=80)
    kind = models.CharField("单元类型", max_length=10, choices=UnitKind)
    boundary = models.CharField("边界说明", max_length=300, blank=True)
    declared_level = models.PositiveSmallIntegerField("申报等级", choices=MajorLevel, null=True, blank=True)
    closed_on = models.DateField("停用日期", null=True, blank=True)
    # The last Judgement, repeated for lists; s and r are rounded there and exact in the judgement.
    judged = models.CharField("辨识结果", max_length=9, choices=Judged, blank=True)
    level = models.PositiveSmallIntegerField("辨识等级", choices=MajorLevel, null=True, blank=True)
    s = models.DecimalField("S", max_digits=18, decimal_places=6, null=True, blank=True)
    r = models.DecimalField("R", max_digits=18, decimal_places=6, null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = UnitQuerySet.as_manager()

    wall = Wall(by="enterprise", **OWNED)
    wall_keys = [("enterprise_id",)]

    class Meta:
        verbose_name = verbose_name_plural = "单元"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "enterprise", "name"], name="unit_once")]

    def __str__(self):
        return self.name

    @property
    def worst_level(self) -> int | None:
        """The worse of what was judged and what was declared; 1 is the worst."""
        return min((level for level in (self.level, self.declared_level) if level), default=None)

    @property
    def is_major(self) -> bool:
        return self.closed_on is None and (self.judged == Judged.MAJOR or self.declared_level is not None)


class Holding(EnterpriseOwned):
    """在量: a substance and its design maximum quantity, t (GB 18218-2018 4.2.2).

    Without a unit it is what the ledger's workbook says of the whole site, not yet put where it belongs.
    """

    unit = UnitForeignKey(null=True, blank=True, related_name="holdings", verbose_name="单元")
    substance = models.CharField("名称", max_length=80)
    quantity_t = models.DecimalField("最大存量（吨）", max_digits=14, decimal_places=4, null=True, blank=True)
    state = models.CharField("状态、工况", max_length=60, blank=True)
    cas = models.CharField("CAS 号", max_length=12, blank=True)
    mixture = models.CharField("混合物", max_length=4, choices=Mixture, default=Mixture.PURE, blank=True)
    # GB 18218-2018 表1 row, or the hazard classes of 表2 (W5.3, J2…); one of them, or it cannot be judged.
    table1_seq = models.PositiveSmallIntegerField("表1序号", null=True, blank=True)
    symbols = ArrayField(models.CharField(max_length=6), verbose_name="危险性类别符号", default=list, blank=True)
    # The class β is taken by (表4) where 表1 names the substance and 表3 does not.
    beta_symbol = models.CharField("β 类别符号", max_length=6, blank=True)
    key_chemical_seq = models.PositiveSmallIntegerField("重点监管目录序号", null=True, blank=True)

    wall = Wall(by="enterprise", **OWNED | {"city": "rawd", "district": "rawd"})

    class Meta:
        verbose_name = verbose_name_plural = "在量"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "enterprise", "unit", "substance", "state"], nulls_distinct=False, name="holding_once"
            ),
            models.CheckConstraint(condition=Q(quantity_t=None) | Q(quantity_t__gte=0), name="holding_not_negative"),
        ]


class ProcessInUse(EnterpriseOwned):
    """涉及的危险化工工艺."""

    unit = UnitForeignKey(null=True, blank=True, related_name="processes", verbose_name="单元")
    name = models.CharField("工艺", max_length=80)
    key_process_seq = models.PositiveSmallIntegerField("重点监管目录序号", null=True, blank=True)

    wall = Wall(by="enterprise", **OWNED | {"city": "rawd", "district": "rawd"})

    class Meta:
        verbose_name = verbose_name_plural = "工艺"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "enterprise", "name"], name="process_once")]


class Judgement(EnterpriseOwned):
    """辨识分级: one calculation with everything it rested on; made with every change, never changed."""

    unit = UnitForeignKey(related_name="judgements")
    at = models.DateTimeField("时间", auto_now_add=True)
    edition = models.CharField("标准与目录版本", max_length=120)
    inputs = models.JSONField("输入")
    result = models.JSONField("计算过程")
    outcome = models.CharField("结果", max_length=9, choices=Judged)
    level = models.PositiveSmallIntegerField("等级", choices=MajorLevel, null=True)
    # Exact decimals or fractions as text.
    s = models.CharField("S", max_length=60, blank=True)
    r = models.CharField("R", max_length=60, blank=True)
    missing = models.CharField("缺少的数据", max_length=500, blank=True)
    because = models.CharField("起因", max_length=200)
    by_name = models.CharField("经办人", max_length=40)

    wall = Wall(by="enterprise", **{scope: rights.replace("w", "") for scope, rights in OWNED.items()})

    class Meta:
        verbose_name = verbose_name_plural = "辨识分级记录"
        ordering = ["-id"]
        indexes = [models.Index(fields=["tenant", "unit", "-id"], name="judgement_by_unit")]


class UnitSheet(TenantModel):
    """单元在量表: an uploaded workbook of units and holdings, from preview to written."""

    class State(models.TextChoices):
        PREVIEW = "preview", "待确认"
        DONE = "done", "已写入"

    person = TenantForeignKey(Person, related_name="+")
    filename = models.CharField("文件名", max_length=200)
    digest = models.CharField("SM3", max_length=64)
    # As read: what each row says, and what could not be read with its sentence.
    rows = models.JSONField("各行", default=list)
    refused = models.JSONField("不能读取", default=list)
    written = models.JSONField("已写入", default=dict)
    state = models.CharField("状态", max_length=7, choices=State, default=State.PREVIEW)
    made_at = models.DateTimeField("上传时间", auto_now_add=True)
    finished_at = models.DateTimeField("写入时间", null=True, blank=True)

    wall = Wall(by="person", city="raw", district="raw")

    class Meta:
        verbose_name = verbose_name_plural = "单元在量表"
        ordering = ["-id"]
