"""企业台账: the enterprise itself, and the base of everything that belongs to one."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Concat, Lower

from portal.tenancy.models import District, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall


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


class Coordinates(models.TextChoices):
    """坐标系 the longitude and latitude were given in; kept as given, converted where drawn."""

    WGS84 = "wgs84", "WGS-84（GPS）"
    GCJ02 = "gcj02", "GCJ-02（高德、腾讯）"
    BD09 = "bd09", "BD-09（百度）"

    @property
    def word(self) -> str:
        """The name alone, as sheets and people say it."""
        return self.label.partition("（")[0]


class Judged(models.TextChoices):
    """What the judgement of its units by GB 18218 has come to; blank where there is no unit."""

    MISSING = "missing", "缺少数据，不能判定"
    NOT_MAJOR = "not_major", "不构成重大危险源"
    MAJOR = "major", "构成重大危险源"


# What the enterprise's own officer changes without asking.
OWN_TO_CHANGE = ("principal_phone", "safety_officer_phone")
FEW = 1000


TWO_KEYS_ONE_MAJOR = Q(has_key_chemical=True) | Q(has_key_process=True) | Q(major_level__isnull=False)


class EnterpriseQuerySet(models.QuerySet):
    def named(self, word: str):
        """Whose name or 信用代码 has the word in it, whatever its letters' case."""
        return self.filter(sought__contains=word.strip().lower())

    def key(self):
        """重点企业: derived by enterprises.rules.key_clause from the ledger's facts, never ticked by hand."""
        return self.exclude(key_clause="")

    def two_keys_one_major(self):
        """涉及两重点一重大."""
        return self.filter(TWO_KEYS_ONE_MAJOR)

    def called(self, word: str):
        """By name or code, also the name or code of an entry that was merged into it.

        A search that finds no more than FEW is made once, and its rows are then asked for by number: names cannot be
        found by an index behind the wall, because LIKE might tell what it saw (it is not leakproof).
        """
        few = list(Enterprise.everyone.named(word).values_list("pk", "merged_into_id")[: FEW + 1])
        if len(few) > FEW:
            merged = Enterprise.everyone.named(word).filter(merged_into=models.OuterRef("pk"))
            return self.filter(Q(models.Exists(merged)) | Q(sought__contains=word.strip().lower()))
        return self.filter(pk__in=[into or pk for pk, into in few])


class StandingManager(models.Manager.from_queryset(EnterpriseQuerySet)):
    """Those that stand on their own: what was merged into another is counted there and found through it."""

    def get_queryset(self):
        return super().get_queryset().filter(merged_into=None)


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
    coordinates_in = models.CharField("坐标系", max_length=5, choices=Coordinates, default=Coordinates.WGS84)
    population_500m = models.PositiveIntegerField("厂区边界外500米内常住人口", null=True, blank=True)
    licence_no = models.CharField("许可证编号", max_length=60, blank=True)
    licence_until = models.DateField("许可证有效期至", null=True, blank=True)
    # As declared in the ledger.
    major_level = models.PositiveSmallIntegerField("重大危险源等级", choices=MajorLevel, null=True, blank=True)
    # As judged from its units (rules.gb18218): the worst of them.
    judged = models.CharField("辨识结果", max_length=9, choices=Judged, blank=True)
    judged_level = models.PositiveSmallIntegerField("辨识等级", choices=MajorLevel, null=True, blank=True)
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
    # The one fact that would make it key if it were known; blank where there is none or it is key already.
    near_key = models.CharField("差一项成为重点企业", max_length=300, blank=True)
    # Both kept by whoever orders and lifts a suspension (actions.suspension): the whole plant, and what else stands still.
    suspended_since = models.DateField("停产停业整顿起", null=True, blank=True)
    suspended_parts = models.CharField("局部停产", max_length=300, blank=True, default="", db_default="")
    merged_into = TenantForeignKey("self", null=True, blank=True, related_name="merged", verbose_name="并入")
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # Behind the wall no index finds a word inside a name (LIKE might tell what it saw), so every name is looked at: in small
    # letters already, which is several times quicker than ILIKE.
    sought = models.GeneratedField(
        expression=Lower(Concat("name", models.Value(" "), "code")), output_field=models.TextField(), db_persist=True
    )

    objects = StandingManager()
    everyone = EnterpriseQuerySet.as_manager()

    wall = Wall(
        by="enterprise_itself",
        city="raw",
        department="r",
        district="rw",
        enterprise="r",
        expert="r",
        audit="r",
        # Small things take effect at once; every other fact of an enterprise's own is proposed and confirmed.
        # A department that orders a suspension marks the plant with it.
        columns={
            "enterprise": (*OWN_TO_CHANGE, "revision", "updated_at"),
            "department": ("suspended_since", "suspended_parts", "revision", "updated_at"),
        },
    )
    wall_keys = [("district_id", "sector")]

    class Meta:
        verbose_name = verbose_name_plural = "企业"
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="enterprise_code_once")]
        indexes = [
            models.Index(fields=["tenant", "district", "name"], name="enterprise_by_district"),
            models.Index(fields=["tenant", "name"], name="enterprise_by_name"),
            models.Index(fields=["tenant", "-grade", "-id"], name="enterprise_by_grade"),
            models.Index(fields=["tenant", "licence_until", "id"], name="enterprise_by_licence"),
            models.Index(
                fields=["tenant", "name"], condition=Q(suspended_since__isnull=False), name="enterprise_suspended"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def worst_level(self) -> str:
        """The worse of what was declared and what was judged, in words; blank where neither says there is one."""
        levels = [level for level in (self.major_level, self.judged_level) if level]
        return MajorLevel(min(levels)).label if levels else ""


class EnterpriseForeignKey(TenantForeignKey):
    """A reference to an enterprise from a row that repeats its district and sector, which the database keeps true."""

    along = ("district_id", "sector")

    def __init__(self, to="enterprises.Enterprise", on_delete=models.PROTECT, **kwargs):
        super().__init__(to, on_delete=on_delete, **kwargs)


class EnterpriseOwned(TenantModel):
    """Base of everything that belongs to one enterprise; visible by district, sector and enterprise.

    The database refuses a new row for an entry that is merged into another, also where it was merged the moment before.
    """

    enterprise = EnterpriseForeignKey(related_name="%(class)ss", verbose_name="企业")
    district = TenantForeignKey(District, related_name="+", editable=False)
    sector = models.CharField(max_length=12, choices=Sector, editable=False)

    wall_triggers = {
        "standing": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh"
        " FOR EACH STATEMENT EXECUTE FUNCTION enterprises_standing()"
    }

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.stand_with(self.enterprise)
        super().save(*args, **kwargs)

    def stand_with(self, enterprise: Enterprise) -> None:
        self.district_id, self.sector = enterprise.district_id, enterprise.sector


class UnitForeignKey(TenantForeignKey):
    """A reference to a unit of the same enterprise, which the database keeps true."""

    along = ("enterprise_id",)

    def __init__(self, to="enterprises.Unit", on_delete=models.PROTECT, **kwargs):
        super().__init__(to, on_delete=on_delete, **kwargs)


OWNED = dict(city="raw", department="r", district="raw", enterprise="r", expert="r", audit="r")
