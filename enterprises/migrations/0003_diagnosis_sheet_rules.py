from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

ONE_DRAFT = """
    CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS one_draft_sheet_an_enterprise
        ON enterprises_diagnosissheet (tenant_id, enterprise_id) WHERE state = 'draft'"""


class Migration(migrations.Migration):
    """Without a lock that would stop people filling in sheets meanwhile."""

    atomic = False

    dependencies = [
        ('enterprises', '0002_unit_sheet'),
        ('tenancy', '0002_one_administration_on_any_day'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='diagnosissheet',
            index=models.Index(fields=['tenant', 'enterprise', '-id'], name='sheet_by_enterprise'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(ONE_DRAFT, 'DROP INDEX CONCURRENTLY IF EXISTS one_draft_sheet_an_enterprise'),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name='diagnosissheet',
                    constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('tenant', 'enterprise'), name='one_draft_sheet_an_enterprise'),
                ),
            ],
        ),
        AddConstraintNotValid(
            model_name='diagnosissheet',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('finished_on__isnull', False), _connector='OR'), name='a_final_sheet_has_a_day'),
        ),
        ValidateConstraint(model_name='diagnosissheet', name='a_final_sheet_has_a_day'),
    ]
