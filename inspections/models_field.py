"""外出检查: what a device brought home beside the visit itself, and the files it has yet to send."""

from django.db import models

from enterprises.models import OWNED, EnterpriseOwned
from enterprises.rules.coordinates import Place
from hazards.models import Evidence, Notice
from portal.tenancy.models import Person, TenantForeignKey
from portal.tenancy.wall import Wall


class FieldRecord(EnterpriseOwned):
    """外出检查记录: one a visit that was recorded where there was no signal, as the device sent it."""

    visit = TenantForeignKey("inspections.Visit", related_name="field_records")
    device = models.UUIDField("设备")
    person = TenantForeignKey(Person, related_name="+", verbose_name="主办人员")
    # By the device's own clock.
    began_at = models.DateTimeField("现场开始")
    sealed_at = models.DateTimeField("现场结束")
    received_at = models.DateTimeField("收到时间", auto_now_add=True)
    brought_by = models.CharField("导入人", max_length=40, blank=True, help_text="blank: the device sent it itself")
    digest = models.CharField("SM3", max_length=64, help_text="of the bytes the device sent")
    remark = models.TextField("现场记录", blank=True)
    notice = TenantForeignKey(Notice, null=True, blank=True, related_name="+", verbose_name="当场文书")
    signatures = models.JSONField("签名", default=list, help_text="[{part, name, digest}] of PNG pictures")
    refused = models.CharField("拒签情况", max_length=150, blank=True)
    witness = models.CharField("见证人", max_length=40, blank=True)
    # What had changed here while the device was away, and what the person decided having seen both.
    decided = models.JSONField("冲突处理", default=list, blank=True)

    wall = Wall(by="enterprise", **OWNED | {"department": "raw", "expert": ""})

    class Meta:
        verbose_name = verbose_name_plural = "外出检查记录"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "visit"], name="one_field_record_a_visit")]


class FieldFile(EnterpriseOwned):
    """A picture or a voice note that the record announced by its SM3; it may come after the notice, and only as announced."""

    class Kind(models.TextChoices):
        PHOTO = "photo", "照片"
        VOICE = "voice", "录音"

    kind = models.CharField("种类", max_length=5, choices=Kind, default=Kind.PHOTO, db_default=Kind.PHOTO)
    visit = TenantForeignKey("inspections.Visit", related_name="field_files")
    key = models.UUIDField()
    code = models.CharField("检查项", max_length=60, blank=True)
    digest = models.CharField("SM3", max_length=64)
    taken_at = models.DateTimeField("拍摄时间", help_text="by the device's clock")
    longitude = models.DecimalField("经度", max_digits=10, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    # What became of it: a picture is evidence, a sound is kept under its own SM3.
    evidence = TenantForeignKey(Evidence, null=True, blank=True, related_name="+", verbose_name="佐证材料")
    seconds = models.PositiveSmallIntegerField("时长（秒）", default=0, db_default=0)
    content_type = models.CharField("录音格式", max_length=20, blank=True, default="", db_default="")

    wall = Wall(by="enterprise", **OWNED | {"department": "raw", "expert": ""})

    class Meta:
        verbose_name = verbose_name_plural = "外出检查文件"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="field_file_once")]
        indexes = [models.Index(fields=["tenant", "visit"], name="field_file_by_visit")]

    @property
    def place(self) -> Place | None:
        """Where the device says it was, in WGS-84."""
        if self.longitude is None or self.latitude is None:
            return None
        return float(self.longitude), float(self.latitude)

    @property
    def came(self) -> bool:
        return self.evidence_id is not None or bool(self.content_type)
