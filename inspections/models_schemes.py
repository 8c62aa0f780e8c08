"""现场检查方案: drawn up before a visit, reviewed by the section's head, approved by the leader in charge, and then a document."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from enterprises.models import OWNED, EnterpriseOwned
from portal.documents.contracts import TITLES
from portal.tenancy.models import Organisation, Person, TenantForeignKey
from portal.tenancy.wall import Wall

KIND = "inspection_plan"
# Nobody hears of a visit beforehand who is not of the authorities.
HIDDEN = OWNED | {"department": "raw", "enterprise": "", "expert": ""}


class VisitScheme(EnterpriseOwned):
    """现场检查方案 on its way: three people's words on one text (安全生产法第65条; 执法手册2020版)."""

    class State(models.TextChoices):
        REVIEWING = "reviewing", "待审核"
        APPROVING = "approving", "待审批"
        RETURNED = "returned", "已退回"
        APPROVED = "approved", "已批准"
        WITHDRAWN = "withdrawn", "已撤回"

    organisation = TenantForeignKey(Organisation, related_name="+", verbose_name="检查单位")
    planned_from = models.DateField("检查时间起")
    planned_to = models.DateField("检查时间止")
    place = models.CharField("检查场所", max_length=200, blank=True)
    contents = models.TextField("检查内容")
    manner = models.CharField("检查方式", max_length=300)
    lead = TenantForeignKey(Person, related_name="+", verbose_name="主办人员")
    lead_task = models.CharField("主办人员分工", max_length=200)
    second = TenantForeignKey(Person, related_name="+", verbose_name="协办人员")
    second_task = models.CharField("协办人员分工", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.REVIEWING)
    drafter = TenantForeignKey(Person, related_name="+", verbose_name="拟制人")
    drafted_on = models.DateField("拟制日期")
    drafting = models.CharField("拟制说明", max_length=300)
    reviewer = TenantForeignKey(Person, related_name="+", verbose_name="审核人（科室负责人）")
    reviewed_on = models.DateField("审核日期", null=True, blank=True)
    review = models.CharField("审核意见", max_length=300, blank=True)
    approver = TenantForeignKey(Person, related_name="+", verbose_name="审批人（分管领导）")
    approved_on = models.DateField("审批日期", null=True, blank=True)
    approval = models.CharField("审批意见", max_length=300, blank=True)
    returned_because = models.CharField("退回理由", max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)

    wall = Wall(by="enterprise", **HIDDEN)
    wall_keys = [("enterprise_id",)]

    class Meta:
        verbose_name = verbose_name_plural = "现场检查方案"
        constraints = [
            models.CheckConstraint(
                condition=~Q(drafter=F("reviewer")) & ~Q(drafter=F("approver")) & ~Q(reviewer=F("approver")),
                name="three_people_answer_for_a_scheme",
            ),
            models.CheckConstraint(condition=~Q(lead=F("second")), name="two_inspectors_in_a_scheme"),
            models.CheckConstraint(
                condition=Q(planned_to__gte=F("planned_from")), name="a_scheme_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(reviewed_on__isnull=False, approved_on__isnull=False),
                name="an_approved_scheme_has_both_words",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "district", "-id"], name="scheme_by_district"),
            models.Index(fields=["tenant", "enterprise", "-id"], name="scheme_by_enterprise"),
        ]

    def __str__(self):
        return f"{self.planned_from} 现场检查方案"


class SchemeForeignKey(TenantForeignKey):
    """A reference to a scheme of the same enterprise; its document moves along with it."""

    along = ("enterprise_id",)


class SchemeDocument(EnterpriseOwned):
    """现场检查方案 as it was approved, numbered and printed. Never changed: a changed plan is another plan."""

    scheme = SchemeForeignKey(VisitScheme, related_name="documents")
    organisation = TenantForeignKey(Organisation, related_name="+")
    number = models.CharField("文号", max_length=60)
    issued_on = models.DateField("制发日期")
    content = models.JSONField("内容")
    digest = models.CharField("SM3", max_length=64)
    verify_code = models.CharField("验证码", max_length=32)
    made_at = models.DateTimeField(auto_now_add=True)

    wall = Wall(
        by="enterprise", **{scope: "ra" if "w" in rights else rights for scope, rights in HIDDEN.items()}, public="r"
    )

    class Meta:
        verbose_name = verbose_name_plural = "现场检查方案文书"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="scheme_number_once"),
            models.UniqueConstraint(fields=["tenant", "scheme"], name="one_document_a_scheme"),
            models.UniqueConstraint(fields=["tenant", "verify_code"], name="scheme_code_once"),
        ]
        indexes = [models.Index(fields=["verify_code"], name="scheme_by_code")]

    title = TITLES[KIND]
    # For whoever checks it by its code: no correction takes its place.
    superseded_on = None

    def __str__(self):
        return f"{self.title} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("scheme", args=[self.scheme_id])
