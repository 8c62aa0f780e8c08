"""断点续传: a file on its way in, piece by piece, over as many connections as it takes."""

from datetime import timedelta
from pathlib import Path

from django.db import models

from portal.files import store
from portal.tenancy.models import Person, TenantForeignKey, TenantModel
from portal.tenancy.scope import who
from portal.tenancy.wall import Wall

KEPT_FOR = timedelta(days=3)


class UploadQuerySet(models.QuerySet):
    def mine(self):
        """The wall shows the city scope everybody's, because the portal's own tasks work in it; a person sees their own."""
        return self.filter(person_id=who().person_id)


class Upload(TenantModel):
    """Bytes [0, received) of the file are on the disk for good; what lies behind them counts for nothing."""

    person = TenantForeignKey(Person, related_name="+")
    # Chosen by the client, so that asking twice for the same file begins one upload, and makes one record of it.
    key = models.UUIDField()
    filename = models.CharField("文件名", max_length=200)
    metadata = models.CharField(max_length=1000, blank=True)
    size = models.PositiveIntegerField("字节")
    received = models.PositiveIntegerField("已收到", default=0)
    promised = models.CharField("发送方的SM3", max_length=64, blank=True)
    digest = models.CharField("SM3", max_length=64, blank=True)
    used_at = models.DateTimeField("取用时间", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField("保留至")

    objects = UploadQuerySet.as_manager()

    wall = Wall(by="person", city="rawd", department="rawd", district="rawd", enterprise="rawd")

    class Meta:
        verbose_name = verbose_name_plural = "断点续传"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "person", "key"], name="upload_key_once")]
        indexes = [
            models.Index(fields=["tenant", "person", "created_at"], name="upload_by_day"),
            models.Index(fields=["tenant", "expires_at"], name="upload_by_expiry"),
        ]

    @property
    def complete(self) -> bool:
        return self.received == self.size

    @property
    def path(self) -> Path:
        return waiting_room() / f"{self.person_id}-{self.key.hex}"

    # What a verb that takes an uploaded file asks of it: the same as of Django's own.
    @property
    def name(self) -> str:
        return self.filename

    def chunks(self):
        """The whole content; from the store where a record has taken it already."""
        try:
            yield self.path.read_bytes()[: self.size]
        except FileNotFoundError:
            yield store.open_kept(self.digest)


def waiting_room() -> Path:
    return store.own_room() / "uploads"
