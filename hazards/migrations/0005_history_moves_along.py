"""A hazard's steps and evidence carry its enterprise in their key; the keys are raised anew after this."""

import django.db.models.deletion
from django.db import migrations

import hazards.models

OLD = [
    ("hazards_hazardstep", "hazards_hazardstep_hazard_id_wall_fk"),
    ("hazards_evidence", "hazards_evidence_hazard_id_wall_fk"),
]


def key(related_name: str, **more):
    return hazards.models.HazardForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to="hazards.hazard", **more
    )


class Migration(migrations.Migration):
    dependencies = [("hazards", "0004_newest_by_the_wall_key")]

    operations = [
        migrations.AlterField("hazardstep", "hazard", key("steps")),
        migrations.AlterField("evidence", "hazard", key("evidence", null=True, blank=True)),
        migrations.RunSQL(
            "".join(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name};" for table, name in OLD), migrations.RunSQL.noop
        ),
    ]
