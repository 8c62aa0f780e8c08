from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0002_unit_sheet")]

    operations = [
        migrations.AddField(
            "transformationstep", "changes", models.JSONField(verbose_name="改动", default=dict, db_default={})
        ),
        migrations.AddField(
            "transformationstep",
            "verb",
            models.CharField(
                verbose_name="动作",
                max_length=10,
                choices=[
                    ("put", "列入名单"),
                    ("progress", "记录进展"),
                    ("finish", "完成"),
                    ("change", "调整"),
                    ("drop", "移出名单"),
                    ("reopen", "重新列入"),
                ],
                db_default="progress",
            ),
        ),
    ]
