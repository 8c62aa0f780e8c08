"""All that stands, by deadline: what the dashboard's numbers open to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hazards", "0017_figures_by_enterprise")]
    operations = [
        migrations.AddIndex(
            "hazard",
            models.Index(
                fields=["tenant", "deadline", "id"],
                condition=~models.Q(status="void"),
                name="hazard_standing_by_deadline",
            ),
        ),
    ]
