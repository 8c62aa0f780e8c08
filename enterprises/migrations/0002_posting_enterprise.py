"""A posting's enterprise, known to the floor below only as a number, must exist in the same tenant."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0001_initial"), ("tenancy", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE enterprises_enterprise ADD CONSTRAINT enterprises_enterprise_wall_key UNIQUE (tenant_id, id);"
            "ALTER TABLE tenancy_posting ADD CONSTRAINT tenancy_posting_enterprise_id_wall_fk"
            " FOREIGN KEY (tenant_id, enterprise_id) REFERENCES enterprises_enterprise (tenant_id, id);",
            "ALTER TABLE tenancy_posting DROP CONSTRAINT tenancy_posting_enterprise_id_wall_fk;"
            "ALTER TABLE enterprises_enterprise DROP CONSTRAINT enterprises_enterprise_wall_key;",
        )
    ]
