"""The index by enterprise carries what is counted of every one of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hazards", "0016_tally_facets")]
    operations = [
        migrations.RemoveIndex("hazard", "hazard_by_enterprise"),
        migrations.AddIndex(
            "hazard",
            models.Index(
                fields=["tenant", "enterprise", "-id"],
                include=["district", "sector", "status", "late", "deadline"],
                name="hazard_by_enterprise",
            ),
        ),
    ]
