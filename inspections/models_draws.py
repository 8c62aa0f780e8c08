"""双随机公示: what anybody may read of a draw."""

from django.db import models
from django.db.models import Q

from portal.documents.verifying import verification_code
from portal.tenancy.models import District, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall


class DrawNotice(TenantModel):
    """A draw as it is published: whoever has the code reads this row without login, and no other (docs/double-draw.md).

    It holds nothing that is not meant for everybody: no phone, no reason why somebody stays away, no filter that would tell a
    plant's grade; and the seed and what it drew only from the day that is announced, so that no plant is warned of a visit.
    """

    draw = TenantForeignKey("inspections.Draw", related_name="notices", verbose_name="双随机抽查")
    district = TenantForeignKey(District, null=True, blank=True, related_name="+", verbose_name="区县")
    verify_code = models.CharField(max_length=32, default=verification_code)
    organisation_name = models.CharField("检查单位", max_length=120)
    title = models.CharField("抽查名称", max_length=80)
    month = models.DateField("检查月份")
    size = models.PositiveIntegerField("抽取家数")
    plants = models.JSONField("企业名单", help_text="id, code, name")
    people = models.JSONField("检查人员名单", help_text="id, certificate, name")
    avoided = models.JSONField("回避", help_text="person, plant (0 for all)")
    digest = models.CharField("名单SM3", max_length=64)
    published_at = models.DateTimeField("公布时间", auto_now_add=True)
    seed = models.CharField("种子", max_length=100, blank=True)
    result = models.JSONField("结果", default=list, blank=True, help_text="plant, pair; in the order drawn")
    drawn_at = models.DateTimeField("抽取时间", null=True, blank=True)
    announced_at = models.DateTimeField("结果公示时间", null=True, blank=True)
    announced_by = models.CharField("结果公示人", max_length=40, blank=True)

    # Only the result may be added to it, and nothing published is taken away.
    wall = Wall(
        by="district",
        city="ra",
        district="ra",
        audit="r",
        public="r",
        columns={
            scope: ("seed", "result", "drawn_at", "announced_at", "announced_by") for scope in ("city", "district")
        },
    )

    class Meta:
        verbose_name = verbose_name_plural = "双随机公示"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "draw"], name="draw_published_once"),
            models.UniqueConstraint(fields=["tenant", "verify_code"], name="draw_code_once"),
            models.CheckConstraint(
                condition=Q(seed="", announced_at=None) | ~Q(seed="") & Q(announced_at__isnull=False),
                name="draw_result_announced",
            ),
        ]
        indexes = [models.Index(fields=["verify_code"], name="draw_by_code")]

    def __str__(self):
        return self.title
