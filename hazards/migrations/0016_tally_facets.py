"""The tally by kind of accident, by source, by month, and of those extended: one insert a statement for all families."""

from django.db import migrations, models

# family → (status, level, late, period, facet), and which hazards count in it.
FAMILIES = {
    "deadline": (
        "status, level, late,"
        " CASE WHEN status = 'closed' THEN date_trunc('week', deadline)::date ELSE deadline END, ''",
        "true",
    ),
    "found": ("'', level, false, date_trunc('week', found_on)::date, ''", "true"),
    "type": ("status, '', false, NULL::date, accident_type", "true"),
    "source": ("status, '', false, NULL::date, source_kind", "true"),
    "extended": ("status, '', false, NULL::date, ''", "extensions > 0"),
    "month": ("'', '', false, date_trunc('month', found_on)::date, ''", "true"),
    "closed": ("'', '', late, date_trunc('month', closed_on)::date, ''", "status = 'closed'"),
}
GROUP = "tenant_id, family, district_id, sector, status, level, late, period, facet"
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
OLD_KEYS = {name: FAMILIES[name][0].removesuffix(", ''") for name in ("deadline", "found")}


def deltas(source: str, families=FAMILIES) -> str:
    parts = " UNION ALL ".join(
        f"SELECT '{family}' AS family, {values} WHERE {which}" for family, (values, which) in families.items()
    )
    return f"""
        INSERT INTO hazards_tally ({GROUP}, n)
        SELECT tenant_id, k.family, district_id, sector, k.status, k.level, k.late, k.period, k.facet, sum(sign)
          FROM ({source}) AS h
         CROSS JOIN LATERAL ({parts}) AS k(family, status, level, late, period, facet)
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 HAVING sum(sign) <> 0;"""


def old_deltas(source: str) -> str:
    return "".join(
        f"""
        INSERT INTO hazards_tally (tenant_id, family, district_id, sector, status, level, late, period, n)
        SELECT tenant_id, '{family}', district_id, sector, {key}, sum(sign)
          FROM ({source}) AS h GROUP BY 1, 3, 4, 5, 6, 7, 8 HAVING sum(sign) <> 0;"""
        for family, key in OLD_KEYS.items()
    )


def triggers(body) -> str:
    made = ""
    for operation in SIDES:
        name = f"hazards_tally_{operation.lower()}"
        made += f"""
        DROP TRIGGER {name} ON hazards_hazard; DROP FUNCTION {name}();
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $body$ BEGIN {body(SIDES[operation])} RETURN NULL; END $body$;
        REVOKE ALL ON FUNCTION {name}() FROM PUBLIC;
        CREATE TRIGGER {name} AFTER {operation} ON hazards_hazard REFERENCING {TABLES[operation]}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}();
        ALTER FUNCTION {name}() OWNER TO portal_gate;"""
    return made


def fold(group: str, coarser: str) -> str:
    return f"""
    DROP FUNCTION hazards_fold_tally(date);
    CREATE FUNCTION hazards_fold_tally(today date) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $body$
    DECLARE
        here CONSTANT bigint := current_setting('portal.tenant')::bigint;
        -- A week is over when the database's own clock says so too, whatever day the caller plays at.
        this_week CONSTANT date := date_trunc('week', least(today, (now() AT TIME ZONE 'Asia/Shanghai')::date))::date;
        folded bigint;
    BEGIN
        IF NOT pg_try_advisory_xact_lock(hashtext('hazards_fold_tally'), here::int) THEN
            RETURN 0;
        END IF;
        WITH gone AS (
            DELETE FROM hazards_tally
             WHERE tenant_id = here AND id IN (
                   SELECT id FROM (SELECT id, period <> {coarser} AS fine,
                                          count(*) OVER (PARTITION BY {group}, {coarser}) AS alike
                                     FROM hazards_tally WHERE tenant_id = here) AS t
                    WHERE fine OR alike > 1)
            RETURNING {group}, {coarser} AS period, n
        ), kept AS (
            INSERT INTO hazards_tally (tenant_id, {group}, period, n)
            SELECT here, {group}, period, sum(n) FROM gone GROUP BY {group}, period HAVING sum(n) <> 0
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM kept) INTO folded;
        RETURN folded;
    END $body$;
    REVOKE ALL ON FUNCTION hazards_fold_tally(date) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION hazards_fold_tally(date) TO portal_city;
    ALTER FUNCTION hazards_fold_tally(date) OWNER TO portal_gate;"""


WEEKLY = "CASE WHEN period < this_week THEN date_trunc('week', period)::date ELSE period END"
# A month's first day is no week's; only deadlines are kept by the day until their week is over.
COARSER = "CASE WHEN family = 'deadline' AND period < this_week THEN date_trunc('week', period)::date ELSE period END"
OLD_GROUP = "family, district_id, sector, status, level, late"
NEW = {name: kept for name, kept in FAMILIES.items() if name not in OLD_KEYS}


def unforced(statement: str) -> str:
    """As the tables' owner, in the migration's own transaction."""
    tables = ("hazards_hazard", "hazards_tally")
    return (
        "".join(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;" for table in tables)
        + statement
        # What the rows refer to is looked up now: a table that waits for that cannot be altered.
        + "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;"
        + "".join(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;" for table in tables)
    )


class Migration(migrations.Migration):
    dependencies = [("hazards", "0015_register")]
    operations = [
        migrations.AddField("tally", "facet", models.CharField(max_length=16, default="", db_default="")),
        migrations.RunSQL(
            "GRANT USAGE, CREATE ON SCHEMA public TO portal_gate;"
            + triggers(deltas)
            + fold(f"{OLD_GROUP}, facet", COARSER)
            + "REVOKE CREATE ON SCHEMA public FROM portal_gate;",
            "GRANT USAGE, CREATE ON SCHEMA public TO portal_gate;"
            + triggers(old_deltas)
            + fold(OLD_GROUP, WEEKLY)
            + "REVOKE CREATE ON SCHEMA public FROM portal_gate;",
        ),
        migrations.AddIndex(
            "hazard",
            models.Index(
                fields=["tenant", "found_on", "id"],
                condition=models.Q(status__in=("recorded", "rectifying", "submitted", "confirming")),
                name="hazard_open_by_found",
            ),
        ),
        # What was there before the new families, of every city at once: forced, the wall shows the owner nothing.
        migrations.RunSQL(
            unforced(deltas("SELECT *, 1 AS sign FROM hazards_hazard", NEW)),
            unforced(f"DELETE FROM hazards_tally WHERE family IN ({', '.join(repr(name) for name in NEW)});"),
        ),
    ]
