"""Cities, their districts and organisations, the people in them and their postings."""

import unicodedata
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.tenancy.scope import current_tenant_id
from portal.tenancy.wall import Wall


class TenantForeignKey(models.ForeignKey):
    """A reference that cannot cross tenants: the database gets (tenant_id, x_id) → (tenant_id, id) instead of x_id → id.

    `portal.tenancy.walls` makes the constraint; Django's own is left out so that nothing is checked twice.
    """

    def __init__(self, to, on_delete=models.PROTECT, **kwargs):
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete=on_delete, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs


# `gate_rights` are what the SECURITY DEFINER functions of portal/tenancy/gate.py need; their owner logs in nowhere.


class Tenant(models.Model):
    """市级租户: one city."""

    name = models.CharField("城市", max_length=40, unique=True)
    settings = models.JSONField("设置", default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    wall = Wall(
        by="self",
        city="r",
        department="r",
        district="r",
        enterprise="r",
        expert="r",
        audit="r",
        sysadmin="rw",
        secadmin="rw",
        platform="raw",
    )
    gate_rights = ("SELECT",)

    class Meta:
        verbose_name = verbose_name_plural = "市级租户"

    def __str__(self):
        return self.name


class OwnTenant(models.ForeignKey):
    """The column the wall stands on; new rows take the tenant of the scope they are made in."""

    def __init__(self, **kwargs):
        kwargs = {"to": Tenant, "on_delete": models.PROTECT, "editable": False, "related_name": "+"} | kwargs
        super().__init__(default=current_tenant_id, **kwargs)

    def deconstruct(self):
        # A migration runs in no scope and must not ask for one.
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        return name, "django.db.models.ForeignKey", args, kwargs


class TenantModel(models.Model):
    """Base of everything that belongs to one city; subclasses add `wall = Wall(...)` and are protected."""

    tenant = OwnTenant()

    class Meta:
        abstract = True


class District(TenantModel):
    name = models.CharField("区县/功能区", max_length=40)
    short_name = models.CharField("简称", max_length=12)
    order = models.PositiveSmallIntegerField(default=0)

    wall = Wall(
        by="tenant",
        city="r",
        department="r",
        district="r",
        enterprise="r",
        expert="r",
        audit="r",
        sysadmin="raw",
        secadmin="r",
    )

    class Meta:
        verbose_name = verbose_name_plural = "区县/功能区"
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="district_name_once")]

    def __str__(self):
        return self.name


class Organisation(TenantModel):
    class Kind(models.TextChoices):
        OFFICE = "office", "领导小组办公室"
        DEPARTMENT = "department", "市级部门"
        BUREAU = "bureau", "区县监管部门"
        INSTITUTE = "institute", "专家机构"
        ADMINISTRATION = "administration", "系统管理"

    name = models.CharField("单位名称", max_length=80)
    short_name = models.CharField("文书简称", max_length=12, help_text="用于文号，如“江南”")
    kind = models.CharField("类别", max_length=16, choices=Kind)
    district = TenantForeignKey(District, null=True, blank=True, related_name="+")

    wall = Wall(
        by="tenant",
        city="r",
        department="r",
        district="r",
        enterprise="r",
        expert="r",
        audit="r",
        sysadmin="raw",
        secadmin="r",
    )
    gate_rights = ("SELECT",)

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="organisation_name_once")]

    def __str__(self):
        return self.name


class Person(TenantModel):
    """人员. Telephone and e-mail are for service messages; certificate_no is the 执法证号 printed on notices."""

    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("手机", max_length=20, blank=True)
    email = models.EmailField("邮箱", blank=True)
    certificate_no = models.CharField("执法证号", max_length=30, blank=True)
    # Blank: whoever registered it did not say; a day gone by means that it certifies nothing any more.
    certificate_until = models.DateField("执法证有效期至", null=True, blank=True)

    wall = Wall(
        by="tenant",
        city="raw",
        department="r",
        district="r",
        enterprise="r",
        expert="r",
        audit="r",
        sysadmin="raw",
        secadmin="r",
    )
    gate_rights = ("SELECT",)

    class Meta:
        verbose_name = verbose_name_plural = "人员"

    def __str__(self):
        return self.name

    @property
    def is_certified(self) -> bool:
        """Holds a 执法证 that is valid today; PostingQuerySet.certified says it to the database."""
        until = self.certificate_until
        return bool(self.certificate_no) and (until is None or until >= timezone.localdate())


def fold_login(username: str) -> str:
    """One person, one login id: width, case and outer spaces do not tell two apart."""
    return unicodedata.normalize("NFKC", username or "").strip().casefold()


# How long the code lasts that is handed over after a second factor was reset, and a second administrator's consent to it.
FACTOR_LASTS = timedelta(hours=24)


class AccountManager(BaseUserManager):
    def get_by_natural_key(self, username):
        return self.get(username=fold_login(username))


class Account(AbstractBaseUser):
    """登录账号. Read at login through database functions only; the login role has no right on the table."""

    username = models.CharField("登录名", max_length=60, unique=True)
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, db_constraint=False, related_name="+", verbose_name="人员"
    )
    is_active = models.BooleanField("启用", default=True)
    is_operator = models.BooleanField("平台运维", default=False)
    must_change_password = models.BooleanField("须改密码", default=True)
    # A second factor that was reset: from then on it is enrolled anew with the code whose hash this is, within its time.
    factor_reset_at = models.DateTimeField("动态口令重置于", null=True, blank=True, editable=False)
    factor_code = models.CharField(
        "一次性验证码（摘要）", max_length=128, blank=True, default="", db_default="", editable=False
    )
    factor_consent_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        editable=False,
        verbose_name="同意重置的管理员",
    )
    factor_consent_at = models.DateTimeField("同意重置于", null=True, blank=True, editable=False)

    # Filled by the gate at each request (portal.tenancy.login.GateBackend.get_user); no column of this table.
    person_name: str
    tenant_name: str
    tenant_settings: dict
    postings: list[dict]

    objects = AccountManager()
    USERNAME_FIELD = "username"
    # Django's admin asks these two; the permission table is the only answer (portal/ui/admin.py).
    is_staff = False
    is_superuser = False

    wall = Wall(by="tenant", sysadmin="raw", secadmin="rw", audit="r")
    wall_references = {"person_id": "tenancy_person", "factor_consent_by_id": "tenancy_person"}
    gate_rights = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        verbose_name = verbose_name_plural = "登录账号"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_operator=True, tenant=None, person=None)
                | Q(is_operator=False, tenant__isnull=False, person__isnull=False),
                name="account_of_a_person_or_the_operator",
            ),
            models.UniqueConstraint(fields=["tenant", "person"], name="one_account_a_person"),
        ]

    def clean(self):
        self.username = fold_login(self.username)

    def save(self, *args, **kwargs):
        self.username = fold_login(self.username)
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret=None):
        """As Django's, of the password; a reset of the second factor ends every session as well."""
        reset = self.factor_reset_at.timestamp() if self.factor_reset_at else ""
        return salted_hmac(
            "portal.tenancy.Account.session", f"{self.password}{reset}", secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def factor_until(self) -> datetime | None:
        """Until when the code handed over after a reset can be used; None where none is awaited."""
        return self.factor_reset_at + FACTOR_LASTS if self.factor_code and self.factor_reset_at else None

    @property
    def factor_consent_until(self) -> datetime | None:
        """Until when a second administrator's consent holds; None where there is none, or none any more."""
        until = self.factor_consent_at and self.factor_consent_at + FACTOR_LASTS
        return until if until and until > timezone.now() else None


class Role(models.TextChoices):
    OFFICE = "office", "领导小组办公室"
    DEPARTMENT = "department", "市级部门"
    INSPECTOR = "inspector", "区县监管执法人员"
    EXPERT = "expert", "专家"
    OFFICER = "officer", "企业安全员"
    AUDITOR = "auditor", "审计管理员"
    SYSADMIN = "sysadmin", "系统管理员"
    SECADMIN = "secadmin", "安全管理员"


ADMINISTRATORS = (Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR)

SCOPE_OF_ROLE = {
    Role.OFFICE: "city",
    Role.DEPARTMENT: "department",
    Role.INSPECTOR: "district",
    Role.EXPERT: "expert",
    Role.OFFICER: "enterprise",
    Role.AUDITOR: "audit",
    Role.SYSADMIN: "sysadmin",
    Role.SECADMIN: "secadmin",
}


class Span(models.Func):
    """A closed range; ranges of both parts let the exclusion do without an extension of PostgreSQL's."""

    def __init__(self, first, last, *, function):
        super().__init__(first, last, models.Value("[]"), function=function, output_field=models.TextField())


class PostingQuerySet(models.QuerySet):
    def current(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(ends=None) | Q(ends__gte=on), starts__lte=on)

    def certified(self):
        """Of people who hold a 执法证 that is valid today."""
        valid = Q(person__certificate_until=None) | Q(person__certificate_until__gte=timezone.localdate())
        return self.exclude(person__certificate_no="").filter(valid)


class Posting(TenantModel):
    """任职: role + organisation + from/to. An expert's posting names the enterprise they are assigned to."""

    person = TenantForeignKey(Person, related_name="postings")
    role = models.CharField("角色", max_length=16, choices=Role)
    organisation = TenantForeignKey(Organisation, null=True, blank=True, related_name="+")
    district = TenantForeignKey(District, null=True, blank=True, related_name="+")
    # The floor above owns enterprises and adds the foreign key (enterprises/migrations).
    enterprise_id = models.BigIntegerField("企业", null=True, blank=True)
    sectors = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name="主管行业")
    leads = models.BooleanField("负责人", default=False)
    starts = models.DateField("任职起")
    ends = models.DateField("任职止", null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    wall = Wall(
        by="tenant",
        city="raw",
        department="r",
        district="r",
        enterprise="r",
        expert="r",
        audit="r",
        sysadmin="raw",
        secadmin="raw",
    )
    gate_rights = ("SELECT",)

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints = [
            models.CheckConstraint(
                condition=~Q(role="inspector") | Q(district__isnull=False), name="an_inspector_has_a_district"
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["officer", "expert"]) | Q(enterprise_id__isnull=False),
                name="an_officer_or_expert_has_an_enterprise",
            ),
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("starts")), name="posting_ends_after_start"),
            # 三权分立: system, security and audit administration exclude one another on every single day.
            ExclusionConstraint(
                name="one_administration_a_person",
                expressions=[
                    (Span("person_id", "person_id", function="int8range"), RangeOperators.OVERLAPS),
                    (Span("starts", "ends", function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(role__in=["sysadmin", "secadmin", "auditor"]),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "enterprise_id"], name="posting_by_enterprise"),
            models.Index(fields=["tenant", "person"], name="posting_by_person"),
        ]
