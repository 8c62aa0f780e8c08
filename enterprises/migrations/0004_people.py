"""People and certificates get what their pages need; the ledger's licence gets a row among the certificates, kept by a trigger.

What expires is filtered, sorted, paged, exported and reminded of as one table, so the licence has to stand in it. The
database writes it, in the transaction that changes the ledger, so that no path (an import in bulk, a correction by
hand, plain SQL) can forget it, and for whoever may change the enterprise, so that the wall holds for it as well.
"""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import portal.tenancy.models
from django.db import migrations, models


# (operation, its transition tables, which enterprises it concerns)
CASES = [
    ("INSERT", "NEW TABLE AS fresh", "fresh f WHERE f.licence_no <> '' OR f.licence_until IS NOT NULL"),
    (
        "UPDATE",
        "OLD TABLE AS gone NEW TABLE AS fresh",
        "fresh f JOIN gone g ON g.id = f.id"
        " WHERE (f.licence_no, f.licence_until) IS DISTINCT FROM (g.licence_no, g.licence_until)",
    ),
]
KEEP = """
    INSERT INTO enterprises_credential
           (tenant_id, enterprise_id, district_id, sector, kind, title, holder, number, issuer, valid_until, note, by_name,
            from_ledger)
    SELECT f.tenant_id, f.id, f.district_id, f.sector, 'licence', '许可证', '', f.licence_no, '', f.licence_until, '',
           '企业台账', true
      FROM {rows}
        ON CONFLICT (tenant_id, enterprise_id) WHERE from_ledger
        DO UPDATE SET number = EXCLUDED.number, valid_until = EXCLUDED.valid_until,
                      revision = enterprises_credential.revision + 1;"""


def trigger(operation, tables, rows):
    name = f"enterprises_keep_licence_{operation.lower()}"
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
        AS $body$ BEGIN {KEEP.format(rows=rows)} RETURN NULL; END $body$;
        CREATE TRIGGER {name} AFTER {operation} ON enterprises_enterprise REFERENCING {tables}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}();"""


def undo(operation):
    name = f"enterprises_keep_licence_{operation.lower()}"
    return f"DROP TRIGGER {name} ON enterprises_enterprise; DROP FUNCTION {name}();"


# The owner passes its own walls for one statement. A table with checks still to come cannot be altered.
LOWER = "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY;"
RAISE = "ALTER TABLE {} FORCE ROW LEVEL SECURITY;"
TABLES = ("enterprises_enterprise", "enterprises_credential")


def past_the_walls(statement):
    checked = "SET CONSTRAINTS ALL IMMEDIATE;"
    return "".join(map(LOWER.format, TABLES)) + statement + checked + "".join(map(RAISE.format, TABLES))


# The licences of the ledger as it stands.
STANDING = KEEP.format(rows="enterprises_enterprise f WHERE f.licence_no <> '' OR f.licence_until IS NOT NULL")
GONE = "DELETE FROM enterprises_credential WHERE from_ledger;"


class Migration(migrations.Migration):

    dependencies = [
        ('enterprises', '0003_diagnosis_sheet_rules'),
        ('tenancy', '0002_one_administration_on_any_day'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='credential',
            options={'ordering': ['due', 'id'], 'verbose_name': '证照', 'verbose_name_plural': '证照'},
        ),
        migrations.RemoveConstraint(
            model_name='credential',
            name='credential_once',
        ),
        migrations.RemoveIndex(
            model_name='credential',
            name='credential_expiring',
        ),
        migrations.AddField(
            model_name='credential',
            name='renews',
            field=portal.tenancy.models.TenantForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renewals', to='enterprises.credential', verbose_name='换自'),
        ),
        migrations.AddField(
            model_name='credential',
            name='review_due',
            field=models.DateField(blank=True, null=True, verbose_name='应复审日期'),
        ),
        migrations.AddField(
            model_name='credential',
            name='from_ledger',
            field=models.BooleanField(db_default=False, default=False, verbose_name='台账所列'),
        ),
        migrations.AddField(
            model_name='credential',
            name='renewed_on',
            field=models.DateField(blank=True, null=True, verbose_name='换证登记日期'),
        ),
        migrations.AddField(
            model_name='credential',
            name='revision',
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='responsibleperson',
            name='register_by',
            field=models.DateField(null=True, verbose_name='登记系统更新期限'),
        ),
        migrations.AddField(
            model_name='responsibleperson',
            name='register_rule',
            field=models.JSONField(default=dict, verbose_name='期限依据'),
        ),
        migrations.AddField(
            model_name='responsibleperson',
            name='revision',
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='credential',
            name='due',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Least('valid_until', 'review_due'), output_field=models.DateField(null=True, verbose_name='到期日')),
        ),
        migrations.AddIndex(
            model_name='credential',
            index=models.Index(condition=models.Q(('ended_on', None), ('renewed_on', None)), fields=['tenant', 'due', 'id'], name='credential_due'),
        ),
        migrations.AddIndex(
            model_name='responsibleperson',
            index=models.Index(fields=['tenant', 'unit', 'duty', 'starts'], name='responsible_by_unit'),
        ),
        migrations.AddConstraint(
            model_name='credential',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None), ('from_ledger', False), ('renewed_on', None)), fields=('tenant', 'enterprise', 'kind', 'title', 'number'), name='credential_once_in_force'),
        ),
        migrations.AddConstraint(
            model_name='credential',
            constraint=models.UniqueConstraint(condition=models.Q(('from_ledger', True)), fields=('tenant', 'enterprise'), name='one_licence_of_the_ledger'),
        ),
        migrations.AddConstraint(
            model_name='responsibleperson',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('duty', 'principal')), expressions=[(portal.tenancy.models.Span('unit_id', 'unit_id', function='int8range'), '&&'), (portal.tenancy.models.Span('starts', 'ends', function='daterange'), '&&')], name='one_principal_on_any_day'),
        ),
        migrations.AddConstraint(
            model_name='responsibleperson',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('duty', 'technical')), expressions=[(portal.tenancy.models.Span('unit_id', 'unit_id', function='int8range'), '&&'), (portal.tenancy.models.Span('starts', 'ends', function='daterange'), '&&')], name='one_technical_on_any_day'),
        ),
        migrations.AddConstraint(
            model_name='responsibleperson',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('duty', 'operational')), expressions=[(portal.tenancy.models.Span('unit_id', 'unit_id', function='int8range'), '&&'), (portal.tenancy.models.Span('starts', 'ends', function='daterange'), '&&')], name='one_operational_on_any_day'),
        ),
        migrations.RunSQL(
            "".join(trigger(*case) for case in CASES) + past_the_walls(STANDING),
            "".join(undo(operation) for operation, _, _ in CASES) + past_the_walls(GONE),
        ),
    ]
