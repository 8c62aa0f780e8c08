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


class ReservedNumber(TenantModel):
    """预留文号: taken out of its series for a device that issues documents where there is no signal.

    No number is ever on two papers: what a device gives back unused is given out again, what never comes back is declared
    void by a person and with a reason, so the register has no unexplained hole (docs/decisions/0015-field-visits.md).
    """

    class State(models.TextChoices):
        RESERVED = "reserved", "待用"
        RETURNED = "returned", "已归还"
        USED = "used", "已使用"
        VOID = "void", "已作废"

    organisation = TenantForeignKey(Organisation, related_name="+", verbose_name="制发机关")
    kind = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    text = models.CharField("文号", max_length=60)
    verify_code = models.CharField(max_length=32)
    device = models.UUIDField("设备")
    person = TenantForeignKey(Person, related_name="+", verbose_name="预留人")
    state = models.CharField("状态", max_length=8, choices=State, default=State.RESERVED)
    reserved_at = models.DateTimeField("预留时间", auto_now_add=True)
    settled_at = models.DateTimeField("了结时间", null=True, blank=True)
    reason = models.CharField("作废理由", max_length=200, blank=True)

    # Whoever scans a notice before its device has found a signal is told so.
    wall = Wall(by="tenant", city="raw", department="raw", district="raw", audit="r", public="r")

    class Meta:
        verbose_name = verbose_name_plural = "预留文号"
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "organisation", "kind", "year", "number"], name="reserved_number_once"
            )
        ]
        indexes = [models.Index(fields=["verify_code"], name="reserved_by_code")]

    def __str__(self):
        return self.text


def next_number(organisation_id: int, kind: str, year: int) -> int:
    """The next number of the series; taken back with everything else if the transaction fails, so no gap is left.

    A number that a device gave back goes first.
    """
    series = [current_tenant_id(), organisation_id, kind, year]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE documents_reservednumber SET state = 'used', settled_at = now() WHERE id = (SELECT id"
            " FROM documents_reservednumber WHERE tenant_id = %s AND organisation_id = %s AND kind = %s AND year = %s"
            " AND state = 'returned' ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING number",
            series,
        )
        if returned := cursor.fetchone():
            return returned[0]
        return fresh(cursor, series)


def fresh(cursor, series: list) -> int:
    cursor.execute(
        "INSERT INTO documents_numberseries (tenant_id, organisation_id, kind, year, last) VALUES (%s, %s, %s, %s, 1)"
        " ON CONFLICT (tenant_id, organisation_id, kind, year)"
        " DO UPDATE SET last = documents_numberseries.last + 1 RETURNING last",
        series,
    )
    return cursor.fetchone()[0]
