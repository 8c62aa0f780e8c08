"""Numbers of official documents."""

from django.db import connection, models

from portal.tenancy.models import Organisation, TenantForeignKey, TenantModel
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
