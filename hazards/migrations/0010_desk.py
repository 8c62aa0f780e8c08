"""The review desks' queues as indexes, the sentences a city decides with, and samples of what was closed."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import enterprises.models.ledger
import hazards.models
import portal.tenancy.models

AWAITING = Q(status__in=("submitted", "confirming"))


class Migration(migrations.Migration):
    dependencies = [
        ("hazards", "0009_pictures"),
        ("enterprises", "0006_lists"),
        ("tenancy", "0002_one_administration_on_any_day"),
    ]

    operations = [
        migrations.AddIndex(
            "hazard",
            models.Index(
                fields=["tenant", "status", "submitted_on", "id"], condition=AWAITING, name="hazard_awaiting_by_tenant"
            ),
        ),
        migrations.AddIndex(
            "hazard",
            models.Index(
                fields=["tenant", "district", "status", "submitted_on", "id"],
                condition=AWAITING,
                name="hazard_awaiting_by_district",
            ),
        ),
        migrations.CreateModel(
            "ReasonTemplate",
            [
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                (
                    "kind",
                    models.CharField(
                        choices=[("return", "退回理由"), ("accept", "复查意见")], max_length=8, verbose_name="用于"
                    ),
                ),
                ("text", models.CharField(max_length=200, verbose_name="内容")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="顺序")),
                ("active", models.BooleanField(default=True, verbose_name="使用中")),
            ],
            options={
                "verbose_name": "理由模板",
                "verbose_name_plural": "理由模板",
                "ordering": ["-kind", "order", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "kind", "text"), name="reason_template_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Sample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts", models.DateField(verbose_name="销号日期起")),
                ("ends", models.DateField(verbose_name="销号日期止")),
                ("by_district", models.BooleanField(default=False, verbose_name="按区县分层")),
                ("seed", models.CharField(max_length=100, verbose_name="种子")),
                ("pool", models.JSONField(help_text="the numbers drawn from, by stratum", verbose_name="抽样总体")),
                ("shares", models.JSONField(verbose_name="各层抽取数")),
                ("pool_size", models.PositiveIntegerField(verbose_name="总体条数")),
                ("size", models.PositiveIntegerField(verbose_name="抽取条数")),
                ("digest", models.CharField(max_length=64, verbose_name="总体SM3")),
                ("by_name", models.CharField(max_length=40, verbose_name="抽样人")),
                ("by_unit", models.CharField(blank=True, max_length=120, verbose_name="单位")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="抽样时间")),
                (
                    "district",
                    portal.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.district",
                        verbose_name="区县",
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
                "verbose_name": "抽查",
                "verbose_name_plural": "抽查",
            },
        ),
        migrations.CreateModel(
            name="SampleItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sector",
                    models.CharField(
                        choices=[("hazchem", "危险化学品"), ("chemical", "化工"), ("pharma", "医药")],
                        editable=False,
                        max_length=12,
                    ),
                ),
                ("stratum", models.CharField(max_length=40, verbose_name="分层")),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[("true", "属实"), ("untrue", "不属实")],
                        max_length=8,
                        verbose_name="复核结果",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="复核情况")),
                ("looked_by_name", models.CharField(blank=True, max_length=40, verbose_name="复核人")),
                ("looked_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                (
                    "district",
                    portal.tenancy.models.TenantForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.district",
                    ),
                ),
                (
                    "enterprise",
                    enterprises.models.ledger.EnterpriseForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="enterprises.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "hazard",
                    hazards.models.HazardForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="samplings", to="hazards.hazard"
                    ),
                ),
                (
                    "looked_by",
                    portal.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.person",
                    ),
                ),
                (
                    "sample",
                    portal.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="hazards.sample"
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
                "verbose_name": "抽查复核",
                "verbose_name_plural": "抽查复核",
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="sample",
            index=models.Index(fields=["tenant", "district", "-id"], name="sample_by_district"),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.UniqueConstraint(
                fields=("tenant", "district", "starts", "ends", "by_district", "seed"),
                name="sample_drawn_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="sampleitem",
            index=models.Index(fields=["tenant", "district", "-id"], name="sample_item_by_district"),
        ),
        migrations.AddIndex(
            model_name="sampleitem",
            index=models.Index(fields=["tenant", "hazard"], name="sample_item_by_hazard"),
        ),
        migrations.AddConstraint(
            model_name="sampleitem",
            constraint=models.UniqueConstraint(fields=("tenant", "sample", "hazard"), name="sampled_once"),
        ),
        migrations.AddConstraint(
            model_name="sampleitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("result", ""),
                    models.Q(("looked_at__isnull", False), models.Q(("note", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_result_is_signed",
            ),
        ),
    ]
