"""What the virus scanner said of an upload."""

from django.db import models
from django.db.models import Q

from portal.tenancy.models import TenantModel
from portal.tenancy.wall import Wall


class Scanned(models.Model):
    """A record of a file by its `digest` that waits until the scanner has found it clean."""

    class Scan(models.TextChoices):
        OFF = "off", "未查杀"
        WAITING = "waiting", "待扫描"
        CLEAN = "clean", "干净"
        INFECTED = "infected", "感染"
        FAILED = "failed", "扫描失败"

    scan = models.CharField("病毒查杀", max_length=8, choices=Scan, default=Scan.OFF, db_default="off")
    scanned_at = models.DateTimeField("扫描时间", null=True, blank=True)
    found = models.CharField("查出", max_length=100, blank=True, db_default="")

    class Meta:
        abstract = True

    @property
    def served(self) -> bool:
        """Where a scanner is at work, only what it has found clean is shown to anybody."""
        return self.scan in (self.Scan.OFF, self.Scan.CLEAN)


class Received(Scanned, TenantModel):
    """收到的文件: an upload by its SM3, whichever records name it; there is a row of what came while a scanner was at work.

    Proof of a hazard is not among them: its verdict stands on its own record (hazards.Evidence), where lists and verbs read it.
    """

    digest = models.CharField("SM3", max_length=64)
    came_at = models.DateTimeField("收到时间", auto_now_add=True)

    wall = Wall(by="tenant", city="raw", department="ra", district="ra", enterprise="ra", expert="ra", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "收到的文件"
        constraints = [models.UniqueConstraint(fields=["tenant", "digest"], name="received_once")]
        indexes = [
            models.Index(
                fields=["tenant", "id"], condition=Q(scan__in=["waiting", "failed"]), name="received_unscanned"
            ),
        ]

    def __str__(self):
        return self.digest
