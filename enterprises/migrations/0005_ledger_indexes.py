from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Concat, Lower


class Migration(migrations.Migration):
    """The column rewrites one table of some hundred thousand rows (a second or two); the indexes lock nothing."""

    atomic = False

    dependencies = [
        ('enterprises', '0004_people'),
        ('tenancy', '0002_one_administration_on_any_day'),
    ]

    operations = [
        migrations.AddField(
            model_name='enterprise',
            name='sought',
            field=models.GeneratedField(db_persist=True, expression=Lower(Concat('name', models.Value(' '), 'code')), output_field=models.TextField()),
        ),
        AddIndexConcurrently(
            model_name='enterprise',
            index=models.Index(fields=['tenant', '-grade', '-id'], name='enterprise_by_grade'),
        ),
        AddIndexConcurrently(
            model_name='enterprise',
            index=models.Index(fields=['tenant', 'licence_until', 'id'], name='enterprise_by_licence'),
        ),
        AddIndexConcurrently(
            model_name='enterprise',
            index=models.Index(condition=models.Q(('suspended_since__isnull', False)), fields=['tenant', 'name'], name='enterprise_suspended'),
        ),
    ]
