"""Roles and the database, made by the cluster's administrator, once or again (idempotent).

`portal_owner` owns the tables and runs migrations; `portal_login` is what the running portal logs in as. Neither is
a superuser. Each scope is a role of its own that cannot log in and that `portal_login` may only *become*, for one
transaction (SET LOCAL ROLE); it inherits none of them, so without a scope it can read next to nothing.

By hand, for a PostgreSQL 15 or newer of your own:
    make provision DATABASE_ADMIN_URL=postgres://postgres:secret@db.example/postgres
"""

import os
import secrets as random
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg2
from psycopg2.extensions import connection, encrypt_password
from psycopg2.sql import SQL, Identifier

from tools import VAR
from tools.console import fail, say

OWNER, LOGIN = "portal_owner", "portal_login"
SCOPES = (
    "portal_city",
    "portal_district",
    "portal_department",
    "portal_enterprise",
    "portal_expert",
    "portal_audit",
    "portal_sysadmin",
    "portal_secadmin",
    "portal_platform",
    "portal_public",
)
# Owns the SECURITY DEFINER functions behind login and behind the summary tables; nobody logs in as it or becomes it.
GATE = "portal_gate"
# CREATEDB lets the tests clone databases. NOINHERIT is what keeps a scope's rights out until it is entered; the owner
# inherits, because PostgreSQL 15 gives a database's owner its schema by inheritance. From 16 on a membership can say
# for itself that it is not inherited; before, the owner is simply not made a member of the scopes.
ATTRIBUTES = {
    OWNER: "LOGIN INHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE CREATEDB",
    LOGIN: "LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB",
} | dict.fromkeys((*SCOPES, GATE), "NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB")


def url_for(role: str, password: str, admin_url: str, database: str = "portal") -> str:
    """The same server as `admin_url`, another role and database."""
    parts = urlsplit(admin_url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, f"{role}:{quote(password)}@{host}", f"/{database}", parts.query, ""))


def connect(url: str) -> connection:
    """A connection in autocommit mode: CREATE DATABASE allows no transaction."""
    made = psycopg2.connect(url, connect_timeout=10)
    made.autocommit = True
    return made


def is_provisioned(admin: connection, database: str) -> bool:
    with admin.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) = %s AND EXISTS (SELECT FROM pg_database WHERE datname = %s)"
            " FROM pg_roles WHERE rolname = ANY(%s)",
            [len(ATTRIBUTES), database, list(ATTRIBUTES)],
        )
        return cursor.fetchone()[0]


def provision(admin: connection, login_url: str, owner_url: str, *, set_passwords: bool) -> None:
    """Create roles, memberships and database. The passwords and the database's name are those of the two URLs.

    With `set_passwords` off, only roles created here get one: a running portal must not lose its password because
    someone tries the demo against its server.
    """
    for url, role in ((login_url, LOGIN), (owner_url, OWNER)):
        if urlsplit(url).username != role:
            raise fail(f"This database URL must log in as {role}, not as {urlsplit(url).username}.")
    if admin.server_version < 150000:
        raise fail(f"PostgreSQL 15 or newer is needed; this server is {admin.server_version // 10000}.")
    database = urlsplit(login_url).path.lstrip("/")
    with admin.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('portal provisioning'))")
        cursor.execute("SELECT rolname FROM pg_roles")
        existing = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        superuser = cursor.fetchone()[0]

        for role, attributes in ATTRIBUTES.items():
            if role not in existing:
                cursor.execute(SQL("CREATE ROLE {} " + attributes).format(Identifier(role)))
            elif superuser:
                cursor.execute(SQL("ALTER ROLE {} " + attributes).format(Identifier(role)))
        for url, role in ((login_url, LOGIN), (owner_url, OWNER)):
            if set_passwords or role not in existing:
                # Hashed on this side: the server's log never sees the password.
                hashed = encrypt_password(unquote(urlsplit(url).password or ""), role, admin, "scram-sha-256")
                cursor.execute(SQL("ALTER ROLE {} PASSWORD %s").format(Identifier(role)), [hashed])

        # On solid state an index is worth a jump. At the default of 4 the planner rather walks the primary key past every
        # other city's rows to the newest of one's own.
        cursor.execute(SQL("ALTER ROLE {} SET random_page_cost = 1.1").format(Identifier(LOGIN)))

        memberships = {LOGIN: SCOPES, OWNER: (GATE, *SCOPES)}
        options = "WITH INHERIT FALSE, SET TRUE"
        if admin.server_version < 160000:
            memberships[OWNER], options = (GATE,), ""
        for member, roles in memberships.items():
            names = SQL(", ").join(map(Identifier, roles))
            cursor.execute(SQL("GRANT {} TO {} " + options).format(names, Identifier(member)))

        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if not cursor.fetchone():
            if not superuser:  # Only a member may give a database away.
                cursor.execute(SQL("GRANT {} TO CURRENT_USER").format(Identifier(OWNER)))
            # Code-point order everywhere, the same on every machine. PostgreSQL 17 brings it itself.
            locale = (
                "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'"
                if admin.server_version >= 170000
                else "LOCALE 'C.UTF-8'"
            )
            cursor.execute(
                SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' " + locale).format(
                    Identifier(database), Identifier(OWNER)
                )
            )
        cursor.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(database)))
        cursor.execute(SQL("GRANT CONNECT ON DATABASE {} TO {}").format(Identifier(database), Identifier(LOGIN)))
        cursor.execute("SELECT pg_advisory_unlock(hashtext('portal provisioning'))")


def main() -> None:
    """Provision DATABASE_ADMIN_URL; without the two portal URLs in the environment, invent passwords and save them."""
    admin_url = os.environ.get("DATABASE_ADMIN_URL")
    if not admin_url:
        raise fail(
            "Say which server: make provision DATABASE_ADMIN_URL=postgres://postgres:secret@127.0.0.1:5432/postgres"
        )
    login_url = os.environ.get("DATABASE_URL") or url_for(LOGIN, random.token_urlsafe(24), admin_url)
    owner_url = os.environ.get("DATABASE_OWNER_URL") or url_for(OWNER, random.token_urlsafe(24), admin_url)
    admin = connect(admin_url)
    provision(admin, login_url, owner_url, set_passwords=True)
    admin.close()
    say("Roles and database are there.")
    if not (os.environ.get("DATABASE_URL") and os.environ.get("DATABASE_OWNER_URL")):
        path = VAR / "provisioned.env"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(f"DATABASE_URL={login_url}\nDATABASE_OWNER_URL={owner_url}\n")
        say(f"The portal's two addresses, with new passwords, are in {path}: set -a; . {path}; set +a")


if __name__ == "__main__":
    main()
