"""Summing the tally's deltas up, by the one function that may delete them."""

from django.db import migrations

KEY = "family, district_id, sector, status, level, late, period"

# One statement takes the old rows away and puts their sum in their place, so every reader sees either and the totals
# are the same; writers only add rows, which the statement's snapshot does not see and leaves alone. The tenant comes
# from the scope, so nobody folds another city's.
FOLD = f"""
    CREATE FUNCTION hazards_fold_tally() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $body$
    DECLARE
        here CONSTANT bigint := current_setting('portal.tenant')::bigint;
        folded bigint;
    BEGIN
        IF NOT pg_try_advisory_xact_lock(hashtext('hazards_fold_tally'), here::int) THEN
            RETURN 0;
        END IF;
        WITH gone AS (
            DELETE FROM hazards_tally
             WHERE tenant_id = here AND id IN (
                   SELECT id FROM (SELECT id, count(*) OVER (PARTITION BY {KEY}) AS alike
                                     FROM hazards_tally WHERE tenant_id = here) AS t
                    WHERE alike > 1)
            RETURNING {KEY}, n
        ), kept AS (
            INSERT INTO hazards_tally (tenant_id, {KEY}, n)
            SELECT here, {KEY}, sum(n) FROM gone GROUP BY {KEY} HAVING sum(n) <> 0
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM kept) INTO folded;
        RETURN folded;
    END $body$;
    REVOKE ALL ON FUNCTION hazards_fold_tally() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION hazards_fold_tally() TO portal_city;
    ALTER FUNCTION hazards_fold_tally() OWNER TO portal_gate;"""


class Migration(migrations.Migration):
    dependencies = [("hazards", "0002_tally")]
    operations = [
        migrations.RunSQL(
            "GRANT USAGE, CREATE ON SCHEMA public TO portal_gate;"
            + FOLD
            + "REVOKE CREATE ON SCHEMA public FROM portal_gate;",
            "DROP FUNCTION hazards_fold_tally();",
        )
    ]
