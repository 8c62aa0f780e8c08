"""局部停产; and whoever marks a plant as suspended need not be allowed to write its certificates.

The trigger of 0004_people asked for the right to add a certificate with every change of an enterprise, also where its licence
was not touched: a department that orders a suspension has none.
"""

from importlib import import_module

from django.db import migrations, models

people = import_module("enterprises.migrations.0004_people")
CHANGED = people.CASES[1][2]


def function(body):
    return f"""
        CREATE OR REPLACE FUNCTION enterprises_keep_licence_update() RETURNS trigger LANGUAGE plpgsql
        SET search_path = public, pg_temp AS $body$ BEGIN {body} RETURN NULL; END $body$;"""


KEEP = people.KEEP.format(rows=CHANGED)


class Migration(migrations.Migration):

    dependencies = [
        ('enterprises', '0006_lists'),
    ]

    operations = [
        migrations.AddField(
            model_name='enterprise',
            name='suspended_parts',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='局部停产'),
        ),
        migrations.RunSQL(
            function(f"IF EXISTS (SELECT FROM {CHANGED}) THEN {KEEP} END IF;"), function(KEEP)
        ),
    ]
