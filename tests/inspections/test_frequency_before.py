"""What a city had set before frequencies had days and reasons is carried over by the migration, and only what was valid."""

from importlib import import_module

from django.db import connections

from tests.conftest import owner_connection

SET_BEFORE = import_module("inspections.migrations.0004_plans").SET_BEFORE


def test_months_between_visits_become_visits_a_year_from_the_day_the_city_joined(django_db_setup, django_db_blocker):
    owner = owner_connection(connections["default"].settings_dict["NAME"])
    owner.autocommit = False
    with owner.cursor() as cursor:
        # As the migration finds it: the new table has no wall yet.
        cursor.execute("ALTER TABLE inspections_frequencysetting NO FORCE ROW LEVEL SECURITY")
        cursor.execute("ALTER TABLE tenancy_tenant NO FORCE ROW LEVEL SECURITY")
        cursor.execute(
            """UPDATE tenancy_tenant SET settings = '{"visit_months": {"B": 1, "A": 12, "D": 5, "Q": 1}}',
                      created_at = '2026-02-28T17:00:00Z' WHERE name = '江州市'"""
        )
        cursor.execute(SET_BEFORE)
        cursor.execute("ALTER TABLE tenancy_tenant NO FORCE ROW LEVEL SECURITY")
        cursor.execute(
            """SELECT t.name, f.grade, f.visits_a_year, f.from_day::text
                 FROM inspections_frequencysetting f JOIN tenancy_tenant t ON t.id = f.tenant_id ORDER BY f.grade"""
        )
        carried = cursor.fetchall()
    owner.rollback()
    owner.close()
    assert carried == [("江州市", "A", 1, "2026-03-01"), ("江州市", "B", 12, "2026-03-01")]
