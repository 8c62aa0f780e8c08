"""Steps of the lists say their verb; what a merger moved; who may not be written to any more; pairs that look alike."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import enterprises.models.lists
import portal.tenancy.models

# After the row's own foreign key has waited for a merger that was under way, a new statement sees its outcome.
STANDING = """
    CREATE FUNCTION enterprises_standing() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
    BEGIN
        PERFORM FROM fresh JOIN enterprises_enterprise e ON e.tenant_id = fresh.tenant_id AND e.id = fresh.enterprise_id
          WHERE e.merged_into_id IS NOT NULL;
        IF FOUND THEN
            RAISE EXCEPTION '这家企业刚刚并入了另一家，请到并入后的企业名下办理。' USING ERRCODE = 'PT409';
        END IF;
        RETURN NULL;
    END $body$;
    -- Its step's key is raised anew after this, with the enterprise in it.
    ALTER TABLE enterprises_transformationstep DROP CONSTRAINT IF EXISTS
        enterprises_transformationstep_transformation_id_wall_fk;"""


def pair_of() -> list:
    return [
        (
            name,
            portal.tenancy.models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enterprises.enterprise"
            ),
        )
        for name in ("first", "second")
    ]


def tenant():
    return models.ForeignKey(
        editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.tenant"
    )


def number():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0005_ledger_indexes"), ("tenancy", "0002_one_administration_on_any_day")]

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
        migrations.AlterField(
            "transformationstep",
            "transformation",
            enterprises.models.lists.TransformationForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="enterprises.transformation"
            ),
        ),
        migrations.AddField(
            "merger", "gone_name", models.CharField(verbose_name="并入前的名称", max_length=120, db_default="")
        ),
        migrations.AddField(
            "merger", "gone_code", models.CharField(verbose_name="并入前的信用代码", max_length=18, db_default="")
        ),
        migrations.AddField("merger", "moved", models.JSONField(verbose_name="转移的记录", default=dict, db_default={})),
        migrations.AddIndex(
            "merger",
            models.Index(fields=["tenant", "enterprise"], condition=Q(undone_at=None), name="merger_standing"),
        ),
        migrations.CreateModel(
            "DuplicateSearch",
            [
                ("id", number()),
                ("by_name", models.CharField(max_length=40, verbose_name="发起人")),
                ("started_at", models.DateTimeField(auto_now_add=True, verbose_name="开始")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="完成")),
                ("compared", models.PositiveIntegerField(default=0, verbose_name="企业数")),
                ("found", models.PositiveIntegerField(default=0, verbose_name="疑似重复")),
                ("skipped", models.JSONField(default=list, verbose_name="未逐对比较")),
                ("tenant", tenant()),
            ],
            {"verbose_name": "查找疑似重复", "verbose_name_plural": "查找疑似重复", "ordering": ["-id"]},
        ),
        migrations.CreateModel(
            "PossibleDuplicate",
            [
                ("id", number()),
                *pair_of(),
                ("score", models.PositiveSmallIntegerField(verbose_name="相似度")),
                ("reasons", models.JSONField(default=list, verbose_name="依据")),
                ("tenant", tenant()),
            ],
            {
                "verbose_name": "疑似重复",
                "verbose_name_plural": "疑似重复",
                "ordering": ["-score", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=["tenant", "first", "second"], name="possible_duplicate_once")
                ],
            },
        ),
        migrations.RunSQL(STANDING, "DROP FUNCTION enterprises_standing();"),
    ]
