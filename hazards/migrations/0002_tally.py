"""The trigger behind the tally: written by the database, so no path to a hazard can forget it."""

from django.db import migrations

KEYS = {
    "deadline": (
        "status, level, late, CASE WHEN status = 'closed' THEN date_trunc('week', deadline)::date ELSE deadline END"
    ),
    "found": "'', level, false, date_trunc('week', found_on)::date",
}
# One row per hazard before (-1) and after (+1); what is alike on both sides cancels out and writes nothing.
SIDES = {
    "INSERT": "SELECT *, 1 AS sign FROM fresh",
    "UPDATE": "SELECT *, 1 AS sign FROM fresh UNION ALL SELECT *, -1 FROM gone",
    "DELETE": "SELECT *, -1 AS sign FROM gone",
}
TABLES = {
    "INSERT": "NEW TABLE AS fresh",
    "UPDATE": "OLD TABLE AS gone NEW TABLE AS fresh",
    "DELETE": "OLD TABLE AS gone",
}


def function(operation: str) -> str:
    inserts = "\n".join(
        f"""
        INSERT INTO hazards_tally (tenant_id, family, district_id, sector, status, level, late, period, n)
        SELECT tenant_id, '{family}', district_id, sector, {key}, sum(sign)
          FROM ({SIDES[operation]}) AS h GROUP BY 1, 3, 4, 5, 6, 7, 8 HAVING sum(sign) <> 0;"""
        for family, key in KEYS.items()
    )
    name = f"hazards_tally_{operation.lower()}"
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $body$ BEGIN {inserts} RETURN NULL; END $body$;
        REVOKE ALL ON FUNCTION {name}() FROM PUBLIC;
        CREATE TRIGGER {name} AFTER {operation} ON hazards_hazard REFERENCING {TABLES[operation]}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}();
        ALTER FUNCTION {name}() OWNER TO portal_gate;"""


def undo(operation: str) -> str:
    name = f"hazards_tally_{operation.lower()}"
    return f"DROP TRIGGER {name} ON hazards_hazard; DROP FUNCTION {name}();"


class Migration(migrations.Migration):
    dependencies = [("hazards", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "GRANT USAGE, CREATE ON SCHEMA public TO portal_gate;"
            + "".join(function(operation) for operation in SIDES)
            + "REVOKE CREATE ON SCHEMA public FROM portal_gate;",
            "".join(undo(operation) for operation in SIDES),
        )
    ]
