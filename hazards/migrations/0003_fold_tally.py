"""Summing the tally's deltas up, by the one function that may delete them."""

from django.db import migrations

GROUP = "family, district_id, sector, status, level, late"
KEY = f"{GROUP}, period"
# In a week gone by it is settled who is overdue, so its deadlines need no longer be kept by the day.
COARSER = "CASE WHEN period < this_week THEN date_trunc('week', period)::date ELSE period END"

# One statement takes the old rows away and puts their sum in their place, so every reader sees either and the totals
# are the same; writers only add rows, which the statement's snapshot does not see and leaves alone. The tenant comes
# from the scope, so nobody folds another city's.
FOLD = f"""
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
                   SELECT id FROM (SELECT id, period <> {COARSER} AS fine,
                                          count(*) OVER (PARTITION BY {GROUP}, {COARSER}) AS alike
                                     FROM hazards_tally WHERE tenant_id = here) AS t
                    WHERE fine OR alike > 1)
            RETURNING {GROUP}, {COARSER} AS period, n
        ), kept AS (
            INSERT INTO hazards_tally (tenant_id, {KEY}, n)
            SELECT here, {KEY}, sum(n) FROM gone GROUP BY {KEY} HAVING sum(n) <> 0
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM kept) INTO folded;
        RETURN folded;
    END $body$;
    REVOKE ALL ON FUNCTION hazards_fold_tally(date) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION hazards_fold_tally(date) TO portal_city;
    ALTER FUNCTION hazards_fold_tally(date) OWNER TO portal_gate;"""


class Migration(migrations.Migration):
    dependencies = [("hazards", "0002_tally")]
    operations = [
        migrations.RunSQL(
            "GRANT USAGE, CREATE ON SCHEMA public TO portal_gate;"
            + FOLD
            + "REVOKE CREATE ON SCHEMA public FROM portal_gate;",
            "DROP FUNCTION hazards_fold_tally(date);",
        )
    ]
