"""Phases are begun and completed by somebody's word. What was before has none: those already over are completed on their last day,
those that had begun are under way since their first."""

import django.db.models.deletion
import portal.tenancy.models
from django.db import migrations, models

STATES = [("planned", "未开始"), ("under_way", "进行中"), ("completed", "已完成")]
STEPS = [("plan", "设立"), ("start", "启动"), ("complete", "完成"), ("change", "修改"), ("reopen", "重新启动")]
TASK_STEPS = [
    ("plan", "拟定"), ("acknowledge", "签收"), ("report", "报进展"), ("reach", "登记节点完成"), ("finish", "报完成"), ("hand", "下达"),
    ("confirm", "确认完成"), ("send_back", "退回"), ("change", "修改"), ("reassign", "改派"), ("postpone", "延期"), ("cancel", "取消"),
]  # fmt: skip
TODAY = "(now() AT TIME ZONE 'Asia/Shanghai')::date"
# Of every city at once: forced, the wall shows the owner nothing.
BY_THEIR_DATES = f"""
    ALTER TABLE campaign_phase NO FORCE ROW LEVEL SECURITY;
    UPDATE campaign_phase SET state = 'under_way', started_on = starts WHERE starts <= {TODAY};
    UPDATE campaign_phase SET state = 'completed', completed_on = ends WHERE ends < {TODAY};
    SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;
    ALTER TABLE campaign_phase FORCE ROW LEVEL SECURITY;"""


class Migration(migrations.Migration):
    dependencies = [("campaign", "0003_screens"), ("tenancy", "0003_certificate_until")]
    operations = [
        migrations.AlterField("taskstep", "verb", models.CharField("动作", choices=TASK_STEPS, max_length=12)),
        migrations.AddField(
            "phase", "state", models.CharField("状态", choices=STATES, default="planned", max_length=9)
        ),
        migrations.AddField("phase", "started_on", models.DateField("启动日期", blank=True, null=True)),
        migrations.AddField("phase", "completed_on", models.DateField("完成日期", blank=True, null=True)),
        migrations.AddField("phase", "revision", models.PositiveIntegerField(default=1)),
        migrations.RunSQL(BY_THEIR_DATES, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "phase",
            models.CheckConstraint(
                condition=models.Q(("completed_on__isnull", False), ("state", "completed"))
                | models.Q(models.Q(("state", "completed"), _negated=True), ("completed_on", None)),
                name="a_completed_phase_has_a_day",
            ),
        ),
        migrations.CreateModel(
            "PhaseStep",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField("动作", choices=STEPS, max_length=8)),
                ("note", models.TextField("说明", blank=True)),
                ("changes", models.JSONField("改动", default=dict)),
                ("by_name", models.CharField("经办人", max_length=40)),
                ("at", models.DateTimeField("时间", auto_now_add=True)),
                (
                    "phase",
                    portal.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="campaign.phase"
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "阶段办理记录",
                "verbose_name_plural": "阶段办理记录",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["tenant", "phase", "id"], name="step_by_phase")],
            },
        ),
    ]
