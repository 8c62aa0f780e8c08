"""What is said of an enterprise is read by its district as well: the ones issued before get it, with all that belongs to them."""

from django.db import migrations

OF_MEASURE = ("accountability_measurestep", "accountability_measurereply", "accountability_measuredocument")
TABLES = ("accountability_measure", *OF_MEASURE)
# Of every city at once: forced, the wall shows the owner nothing.
FREE = "".join(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;" for table in TABLES)
FORCED = "".join(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;" for table in TABLES)
SETTLED = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;"
SHOW = (
    "UPDATE accountability_measure m SET district_id = e.district_id FROM enterprises_enterprise e"
    " WHERE m.tenant_id = e.tenant_id AND m.enterprise_id = e.id AND m.district_id IS NULL;"
    + "".join(
        f"UPDATE {table} o SET district_id = m.district_id FROM accountability_measure m"
        " WHERE o.tenant_id = m.tenant_id AND o.measure_id = m.id AND m.enterprise_id IS NOT NULL AND o.district_id IS NULL;"
        for table in OF_MEASURE
    )
)
HIDE = "".join(f"UPDATE {table} SET district_id = NULL WHERE enterprise_id IS NOT NULL;" for table in TABLES)
PLANTS_FREE = "ALTER TABLE enterprises_enterprise NO FORCE ROW LEVEL SECURITY;"
PLANTS_FORCED = "ALTER TABLE enterprises_enterprise FORCE ROW LEVEL SECURITY;"


class Migration(migrations.Migration):
    dependencies = [("accountability", "0003_measures")]
    operations = [
        migrations.RunSQL(
            FREE + PLANTS_FREE + SHOW + SETTLED + FORCED + PLANTS_FORCED, FREE + HIDE + SETTLED + FORCED
        )
    ]
