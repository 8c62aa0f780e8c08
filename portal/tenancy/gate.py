"""What may be asked before a scope is entered: one account by its login id, one account with its postings.

The login role has no right on accounts, people or postings. It may call these functions, owned by portal_gate, and a
scope role may not, so even injected SQL inside a request cannot read another account. One is the security
administrator's alone (CALLERS).
"""

from django.db import connection

FUNCTIONS = {
    "gate_account(text)": """
        CREATE OR REPLACE FUNCTION gate_account(login text) RETURNS SETOF tenancy_account
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
        $$ SELECT * FROM tenancy_account WHERE username = login $$""",
    "gate_enter(bigint, date)": """
        CREATE OR REPLACE FUNCTION gate_enter(account bigint, today date) RETURNS TABLE (
            id bigint, password varchar, last_login timestamptz, username varchar, is_active bool, is_operator bool,
            must_change_password bool, factor_reset_at timestamptz, factor_code varchar, factor_consent_by_id bigint,
            factor_consent_at timestamptz, tenant_id bigint, person_id bigint, person_name varchar, tenant_name varchar,
            tenant_settings jsonb, postings jsonb)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT a.id, a.password, a.last_login, a.username, a.is_active, a.is_operator, a.must_change_password,
                   a.factor_reset_at, a.factor_code, a.factor_consent_by_id, a.factor_consent_at,
                   a.tenant_id, a.person_id, p.name, t.name, t.settings,
                   (SELECT coalesce(jsonb_agg(to_jsonb(o) || jsonb_build_object('organisation_name', g.name)
                                              ORDER BY o.id), '[]'::jsonb)
                      FROM tenancy_posting o LEFT JOIN tenancy_organisation g ON g.id = o.organisation_id
                     WHERE o.tenant_id = a.tenant_id AND o.person_id = a.person_id
                       AND o.starts <= today AND (o.ends IS NULL OR o.ends >= today))
              FROM tenancy_account a
              LEFT JOIN tenancy_person p ON p.id = a.person_id
              LEFT JOIN tenancy_tenant t ON t.id = a.tenant_id
             WHERE a.id = account $$""",
    "gate_logged_in(bigint)": """
        CREATE OR REPLACE FUNCTION gate_logged_in(account bigint) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
        $$ UPDATE tenancy_account SET last_login = now() WHERE id = account $$""",
    "gate_set_password(bigint, text, bool)": """
        CREATE OR REPLACE FUNCTION gate_set_password(account bigint, hash text, must_change bool) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
        $$ UPDATE tenancy_account SET password = hash, must_change_password = must_change WHERE id = account $$""",
    # The account's row is the lock between somebody who enrols and the administrator who resets.
    "gate_factor(bigint)": """
        CREATE OR REPLACE FUNCTION gate_factor(account bigint) RETURNS TABLE (
            factor_reset_at timestamptz, factor_code varchar)
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
        $$ SELECT a.factor_reset_at, a.factor_code FROM tenancy_account a WHERE a.id = account FOR UPDATE $$""",
    "gate_enrolled(bigint)": """
        CREATE OR REPLACE FUNCTION gate_enrolled(account bigint) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
        $$ UPDATE tenancy_account SET factor_code = '' WHERE id = account $$""",
    # The tables of second factors know no tenant, so it is asked here; how many were in use is answered.
    "gate_drop_factors(bigint)": """
        CREATE OR REPLACE FUNCTION gate_drop_factors(account bigint) RETURNS TABLE (dropped bigint)
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            WITH gone AS (
                DELETE FROM otp_totp_totpdevice WHERE user_id = (
                    SELECT id FROM tenancy_account
                     WHERE id = account AND tenant_id = current_setting('portal.tenant')::bigint)
                RETURNING confirmed)
            SELECT count(*) FILTER (WHERE confirmed) FROM gone $$""",
}
# Who may call one; the login role where nothing is said.
CALLERS = {"gate_drop_factors(bigint)": "portal_secadmin"}


def install_gate(db) -> None:
    with db.cursor() as cursor:
        # Only a role that may create in the schema can be given a function; the right is taken back at once.
        cursor.execute("GRANT CREATE ON SCHEMA public TO portal_gate")
        for signature, body in FUNCTIONS.items():
            cursor.execute("SELECT to_regprocedure(%s) IS NOT NULL", [signature])
            if cursor.fetchone()[0]:
                cursor.execute(f"DROP FUNCTION {signature}")
            cursor.execute(body)
            cursor.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {CALLERS.get(signature, 'portal_login')}")
            cursor.execute(f"ALTER FUNCTION {signature} OWNER TO portal_gate")
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM portal_gate")


def call(function: str, *args) -> dict | None:
    """One row of a gate function as a dictionary, or None."""
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(args))
        cursor.execute(f"SELECT * FROM {function}({places})", args)  # noqa: S608 - a name from FUNCTIONS above
        row = cursor.fetchone()
        return dict(zip([column[0] for column in cursor.description], row, strict=True)) if row else None
