"""企业台账: enterprises with their holdings and processes, and the imports they came from."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.tenancy.models import District, Person, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall

STUCK_AFTER = timedelta(minutes=1)


class Sector(models.TextChoices):
    HAZCHEM = "hazchem", "危险化学品"
    CHEMICAL = "chemical", "化工"
    PHARMA = "pharma", "医药"


class Kind(models.TextChoices):
    PRODUCTION = "production", "生产"
    STORAGE = "storage", "储存"
    USE = "use", "使用"
    TRADE = "trade", "经营"
    TRANSPORT = "transport", "运输"
    PIPELINE = "pipeline", "油气管道"


class Grade(models.TextChoices):
    """安全风险等级. The letters are the portal's; 应急〔2018〕19号 names the colours. No grade = not assessed."""

    A = "A", "A级（蓝色）"
    B = "B", "B级（黄色）"
    C = "C", "C级（橙色）"
    D = "D", "D级（红色）"


class MajorLevel(models.IntegerChoices):
    """重大危险源等级 (GB 18218-2018 表6); 1 is the worst. None = does not constitute one."""

    FIRST = 1, "一级"
    SECOND = 2, "二级"
    THIRD = 3, "三级"
    FOURTH = 4, "四级"


class KeyClause(models.TextChoices):
    FIRST = "1", "（一）"
    SECOND = "2", "（二）"


class EnterpriseQuerySet(models.QuerySet):
    def key(self):
        """重点企业: derived by enterprises.rules.key_clause from the ledger's facts, never ticked by hand."""
        return self.exclude(key_clause="")

    def two_keys_one_major(self):
        """涉及两重点一重大."""
        return self.filter(Q(has_key_chemical=True) | Q(has_key_process=True) | Q(major_level__isnull=False))


class Enterprise(TenantModel):
    """企业. Keyed by its 统一社会信用代码 within the tenant."""

    code = models.CharField("统一社会信用代码", max_length=18)
    name = models.CharField("企业名称", max_length=120)
    district = TenantForeignKey(District, related_name="enterprises")
    sector = models.CharField("行业类别", max_length=12, choices=Sector)
    kind = models.CharField("企业类型", max_length=12, choices=Kind)
    address = models.CharField("详细地址", max_length=200, blank=True)
    longitude = models.DecimalField("经度", max_digits=10, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    licence_no = models.CharField("许可证编号", max_length=60, blank=True)
    licence_until = models.DateField("许可证有效期至", null=True, blank=True)
    # As declared in the ledger.
    major_level = models.PositiveSmallIntegerField("重大危险源等级", choices=MajorLevel, null=True, blank=True)
    grade = models.CharField("风险等级", max_length=1, choices=Grade, blank=True)
    employees = models.PositiveIntegerField("从业人数", null=True, blank=True)
    principal = models.CharField("主要负责人", max_length=40, blank=True)
    principal_phone = models.CharField("主要负责人手机", max_length=20, blank=True)
    safety_officer = models.CharField("安全员", max_length=40, blank=True)
    safety_officer_phone = models.CharField("安全员手机", max_length=20, blank=True)
    remark = models.CharField("备注", max_length=300, blank=True)
    # Derived by rules.key_clause in the same transaction as any fact it rests on (actions.settle).
    has_key_chemical = models.BooleanField("涉及重点监管危险化学品", default=False)
    has_key_process = models.BooleanField("涉及重点监管危险化工工艺", default=False)
    key_clause = models.CharField("重点企业条款", max_length=1, choices=KeyClause, blank=True)
    key_reason = models.CharField("重点企业依据", max_length=300, blank=True)
    suspended_since = models.DateField("停产停业整顿起", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EnterpriseQuerySet.as_manager()

    wall = Wall(
        by="enterprise_itself", city="raw", department="r", district="rw", enterprise="r", expert="r", audit="r"
    )
    wall_keys = [("district_id", "sector")]

    class Meta:
        verbose_name = verbose_name_plural = "企业"
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="enterprise_code_once")]
        indexes = [
            models.Index(fields=["tenant", "district", "name"], name="enterprise_by_district"),
            models.Index(fields=["tenant", "name"], name="enterprise_by_name"),
        ]

    def __str__(self):
        return self.name


class EnterpriseForeignKey(TenantForeignKey):
    """A reference to an enterprise from a row that repeats its district and sector, which the database keeps true."""

    along = ("district_id", "sector")

    def __init__(self, to="enterprises.Enterprise", on_delete=models.PROTECT, **kwargs):
        super().__init__(to, on_delete=on_delete, **kwargs)


class EnterpriseOwned(TenantModel):
    """Base of everything that belongs to one enterprise; visible by district, sector and enterprise."""

    enterprise = EnterpriseForeignKey(related_name="%(class)ss", verbose_name="企业")
    district = TenantForeignKey(District, related_name="+", editable=False)
    sector = models.CharField(max_length=12, choices=Sector, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.stand_with(self.enterprise)
        super().save(*args, **kwargs)

    def stand_with(self, enterprise: Enterprise) -> None:
        self.district_id, self.sector = enterprise.district_id, enterprise.sector


OWNED = dict(city="raw", department="r", district="raw", enterprise="r", expert="r", audit="r")


class Holding(EnterpriseOwned):
    """在量: a substance on the site and its design maximum quantity, t (GB 18218-2018 4.2.2)."""

    substance = models.CharField("名称", max_length=80)
    quantity_t = models.DecimalField("最大存量（吨）", max_digits=14, decimal_places=4, null=True, blank=True)
    key_chemical_seq = models.PositiveSmallIntegerField("重点监管目录序号", null=True, blank=True)

    wall = Wall(by="enterprise", **OWNED | {"city": "rawd", "district": "rawd"})

    class Meta:
        verbose_name = verbose_name_plural = "在量"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "enterprise", "substance"], name="holding_once")]


class ProcessInUse(EnterpriseOwned):
    """涉及的危险化工工艺."""

    name = models.CharField("工艺", max_length=80)
    key_process_seq = models.PositiveSmallIntegerField("重点监管目录序号", null=True, blank=True)

    wall = Wall(by="enterprise", **OWNED | {"city": "rawd", "district": "rawd"})

    class Meta:
        verbose_name = verbose_name_plural = "工艺"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "enterprise", "name"], name="process_once")]


class GradeDecision(EnterpriseOwned):
    """分级决定: who set which grade when and on what ground. The ledger's grade is the last of them."""

    grade = models.CharField("风险等级", max_length=1, choices=Grade)
    previous = models.CharField("原等级", max_length=1, choices=Grade, blank=True)
    decided_on = models.DateField("日期")
    source = models.CharField("来源", max_length=120)
    reason = models.CharField("理由", max_length=300, blank=True)
    by_name = models.CharField("决定人", max_length=40)

    wall = Wall(by="enterprise", **{scope: r.replace("w", "") for scope, r in OWNED.items()})

    class Meta:
        verbose_name = verbose_name_plural = "分级决定"
        ordering = ["-decided_on", "-id"]


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
