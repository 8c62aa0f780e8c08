"""Numbers of official documents."""

from django.db import connection, models

from portal.tenancy.models import Organisation, Person, TenantForeignKey, TenantModel
from portal.tenancy.scope import current_tenant_id
from portal.tenancy.wall import Wall


class NumberSeries(TenantModel):
    """文号序列: gapless per organisation, kind and year, because the row lock lasts until the document commits."""

    organisation = TenantForeignKey(Organisation, related_name="+")
    kind = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    wall = Wall(by="tenant", city="raw", department="raw", district="raw")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "organisation", "kind", "year"], name="one_series_a_year")
        ]


class DocumentCode(TenantModel):
    """字轨 of one kind of document, as a named person of the city confirmed it; a new word is another row, and the last holds."""

    kind = models.CharField("文书种类", max_length=24)
    characters = models.CharField("字轨", max_length=10)
    source = models.CharField("依据", max_length=300)
    by = TenantForeignKey(Person, null=True, related_name="+")
    by_name = models.CharField("确认人", max_length=40)
    by_unit = models.CharField("单位", max_length=120, blank=True)
    at = models.DateTimeField("确认时间", auto_now_add=True)

    wall = Wall(by="tenant", city="ra", department="r", district="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "文书字轨"
        ordering = ["-id"]
        indexes = [models.Index(fields=["tenant", "kind", "-id"], name="code_by_kind")]

    def __str__(self):
        return f"{self.kind} {self.characters}"


def next_number(organisation_id: int, kind: str, year: int) -> int:
    """The next number of the series; taken back with everything else if the transaction fails, so no gap is left."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO documents_numberseries (tenant_id, organisation_id, kind, year, last) VALUES (%s, %s, %s, %s, 1)"
            " ON CONFLICT (tenant_id, organisation_id, kind, year)"
            " DO UPDATE SET last = documents_numberseries.last + 1 RETURNING last",
            [current_tenant_id(), organisation_id, kind, year],
        )
        return cursor.fetchone()[0]
