"""Makes the database agree with the declared walls, and says where it does not.

Runs after every migrate as the tables' owner. It is idempotent: a policy, grant or key that already says the right
thing is left alone, so a second run changes nothing and takes no lock worth naming.
"""

import hashlib
import re
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from portal.tenancy.models import TenantForeignKey
from portal.tenancy.wall import RIGHTS, SCOPES, Reference, Wall

# Tables that belong to no tenant. `login` is the role the web processes log in as, before any scope is entered.
PLAIN_TABLES: dict[str, dict[str, str]] = {
    "django_session": {"login": "rawd"},
    "django_migrations": {"login": "r"},
    "django_content_type": {"login": "r", **{scope: "r" for scope in SCOPES}},
    "auth_permission": {},
    "auth_group": {},
    "auth_group_permissions": {},
    "django_admin_log": {},
    # Moments alone (portal/messages/pulse.py).
    "messaging_pulse": {"login": "raw", "city": "raw", "sysadmin": "r"},
    "axes_accessattempt": {"login": "rawd"},
    "axes_accessattemptexpiration": {"login": "rawd"},
    "axes_accessfailurelog": {"login": "rawd"},
    "axes_accesslog": {"login": "rawd"},
    "otp_totp_totpdevice": {"login": "rawd", "gate": "rd"},
}


@dataclass(frozen=True)
class Policy:
    table: str
    scope: str
    command: str
    predicate: str

    @property
    def name(self) -> str:
        # The digest lets a changed predicate be seen without parsing what PostgreSQL made of the old one.
        digest = hashlib.sha256(self.predicate.encode()).hexdigest()[:8]
        return f"wall_{self.scope}_{self.command.lower()}_{digest}"

    @property
    def sql(self) -> str:
        using = f" USING ({self.predicate})" if self.command != "INSERT" else ""
        check = f" WITH CHECK ({self.predicate})" if self.command in ("INSERT", "UPDATE") else ""
        return f'CREATE POLICY "{self.name}" ON "{self.table}" FOR {self.command} TO portal_{self.scope}{using}{check}'


@dataclass(frozen=True)
class Key:
    """A unique key or a foreign key that holds the wall together."""

    table: str
    name: str
    definition: str

    @property
    def sql(self) -> str:
        return f'ALTER TABLE "{self.table}" ADD CONSTRAINT "{self.name}" {self.definition}'


def walled_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if isinstance(getattr(model, "wall", None), Wall)]


def reference_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if isinstance(getattr(model, "wall", None), Reference)]


def has_column(model: type[models.Model], column: str) -> bool:
    return any(field.column == column for field in model._meta.concrete_fields)


def policies(model) -> list[Policy]:
    commands = [(scope, RIGHTS[letter]) for scope, rights in model.wall.rights.items() for letter in rights]
    commands += [(scope, "UPDATE") for scope in model.wall.columns]
    return [
        Policy(model._meta.db_table, scope, command, model.wall.predicate(scope, command))
        for scope, command in commands
    ]


def grants(model) -> dict[str, set[str]]:
    return {
        f"portal_{scope}": {RIGHTS[letter] for letter in rights}
        for scope, rights in model.wall.rights.items()
        if rights
    }


def column_grants(model) -> dict[str, set[str]]:
    """The columns a scope may change where it may not change the others."""
    return {f"portal_{scope}": set(columns) for scope, columns in getattr(model.wall, "columns", {}).items()}


def short(name: str) -> str:
    if len(name) <= 60:
        return name
    return f"{name[:51]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def keys(model) -> list[Key]:
    """Unique keys first: the foreign keys of other tables rest on them."""
    table = model._meta.db_table
    if not has_column(model, "tenant_id"):
        return []
    return [
        Key(table, short(f"{table}_wall_key"), "UNIQUE (tenant_id, id)"),
        *(
            Key(table, short(f"{table}_{'_'.join(columns)}_wall_key"), f"UNIQUE (tenant_id, {', '.join(columns)}, id)")
            for columns in getattr(model, "wall_keys", [])
        ),
    ]


def foreign_keys(model) -> list[Key]:
    table = model._meta.db_table
    made = []
    for field in model._meta.concrete_fields:
        if not isinstance(field, TenantForeignKey):
            continue
        target = field.related_model
        # An enterprise's district and sector stand in every row that is divided by them; the key keeps all of them
        # true, and moves them along when an enterprise moves.
        along = [c for c in getattr(field, "along", ()) if has_column(model, c) and has_column(target, c)]
        columns = ", ".join(["tenant_id", *along, field.column])
        targets = ", ".join(["tenant_id", *along, "id"])
        cascade = " ON UPDATE CASCADE" if along else ""
        made.append(
            Key(
                table,
                short(f"{table}_{field.column}_wall_fk"),
                f'FOREIGN KEY ({columns}) REFERENCES "{target._meta.db_table}" ({targets}){cascade}',
            )
        )
    for column, target_table in getattr(model, "wall_references", {}).items():
        made.append(
            Key(
                table,
                short(f"{table}_{column}_wall_fk"),
                f'FOREIGN KEY (tenant_id, {column}) REFERENCES "{target_table}" (tenant_id, id)',
            )
        )
    return made


@dataclass(frozen=True)
class Trigger:
    """A rule about every new row that only the database can keep; a changed one has another name, as a policy has."""

    table: str
    word: str
    body: str

    @property
    def name(self) -> str:
        return f"wall_{self.word}_{hashlib.sha256(self.body.encode()).hexdigest()[:8]}"

    @property
    def sql(self) -> str:
        return f'CREATE TRIGGER "{self.name}" ' + self.body.format(table=f'"{self.table}"')


def triggers(model) -> list[Trigger]:
    return [Trigger(model._meta.db_table, word, body) for word, body in getattr(model, "wall_triggers", {}).items()]


class Catalog:
    """What PostgreSQL says stands there now."""

    def __init__(self, cursor):
        self.cursor = cursor
        self.tables = {
            name: (row_security, forced)
            for name, row_security, forced in self.rows(
                "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
                " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
            )
        }
        self.policies = {
            (table, name): tuple(says)
            for table, name, *says in self.rows(
                "SELECT tablename, policyname, permissive, roles::text[], cmd, qual, with_check"
                " FROM pg_policies WHERE schemaname = 'public'"
            )
        }
        self.constraints = dict(
            ((table, name), definition)
            for table, name, definition in self.rows(
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE connamespace = 'public'::regnamespace"
            )
        )
        self.triggers = {
            (table, name): enabled
            for table, name, enabled in self.rows(
                "SELECT tgrelid::regclass::text, tgname, tgenabled <> 'D' FROM pg_trigger WHERE starts_with(tgname, 'wall_')"
            )
        }
        self.grants: dict[tuple[str, str], set[str]] = {}
        for table, grantee, right in self.rows(
            "SELECT relname, CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END, privilege_type"
            " FROM pg_class, aclexplode(relacl) WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        ):
            self.grants.setdefault((table, grantee), set()).add(right)
        self.column_grants: dict[tuple[str, str, str], set[str]] = {}
        for table, column, grantee, right in self.rows(
            "SELECT relname, attname, CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END, privilege_type"
            " FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid, aclexplode(attacl)"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        ):
            self.column_grants.setdefault((table, grantee, right), set()).add(column)

    def rows(self, sql: str, *params):
        self.cursor.execute(sql, params)
        return self.cursor.fetchall()


def wanted_statements(catalog: Catalog) -> list[str]:
    """Every statement that is needed to make the catalog agree with the declarations; empty when it does."""
    statements: list[str] = []
    wanted_policies: set[tuple[str, str]] = set()
    wanted_triggers: set[tuple[str, str]] = set()
    wanted_grants: dict[tuple[str, str], set[str]] = {}
    wanted_columns: dict[tuple[str, str, str], set[str]] = {}
    all_fk: list[Key] = []
    for model in [*walled_models(), *reference_models()]:
        table = model._meta.db_table
        for role, rights in grants(model).items():
            wanted_grants[(table, role)] = rights
        for role, columns in column_grants(model).items():
            wanted_columns[(table, role, "UPDATE")] = columns
        if isinstance(model.wall, Reference):  # type: ignore[attr-defined]
            continue
        if catalog.tables.get(table) != (True, True):
            statements.append(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
        for policy in policies(model):
            wanted_policies.add((table, policy.name))
            if (table, policy.name) not in catalog.policies:
                statements.append(policy.sql)
        for trigger in triggers(model):
            wanted_triggers.add((table, trigger.name))
            if (table, trigger.name) not in catalog.triggers:
                statements.append(trigger.sql)
            elif not catalog.triggers[table, trigger.name]:
                statements.append(f'ALTER TABLE "{table}" ENABLE TRIGGER "{trigger.name}"')
        for key in keys(model):
            if (table, key.name) not in catalog.constraints:
                statements.append(key.sql)
        all_fk += foreign_keys(model)
        for gate in getattr(model, "gate_rights", ()):
            wanted_policies.add((table, f"gate_{gate.lower()}"))
            wanted_grants.setdefault((table, "portal_gate"), set()).add(gate)
            if (table, f"gate_{gate.lower()}") not in catalog.policies:
                clause = "WITH CHECK (true)" if gate == "INSERT" else "USING (true)"
                statements.append(
                    f'CREATE POLICY "gate_{gate.lower()}" ON "{table}" FOR {gate} TO portal_gate {clause}'
                )
    statements += [key.sql for key in all_fk if (key.table, key.name) not in catalog.constraints]
    for table, plain in PLAIN_TABLES.items():
        for scope, letters in plain.items():
            wanted_grants[(table, f"portal_{scope}")] = {RIGHTS[letter] for letter in letters}

    for table, name in sorted(set(catalog.triggers) - wanted_triggers):
        statements.append(f'DROP TRIGGER "{name}" ON "{table}"')
    for table, name in sorted(set(catalog.policies) - wanted_policies):
        statements.append(f'DROP POLICY "{name}" ON "{table}"')
    ours = {f"portal_{scope}" for scope in (*SCOPES, "login", "gate")} | {"public"}
    for table, role in sorted(set(catalog.grants) | set(wanted_grants)):
        if role not in ours or table not in catalog.tables:
            continue
        has, should = catalog.grants.get((table, role), set()), wanted_grants.get((table, role), set())
        if has - should:
            statements.append(f'REVOKE {", ".join(sorted(has - should))} ON "{table}" FROM {role}')
        if should - has:
            statements.append(f'GRANT {", ".join(sorted(should - has))} ON "{table}" TO {role}')
    for table, role, right in sorted(set(catalog.column_grants) | set(wanted_columns)):
        if role not in ours:
            continue
        where = (table, role, right)
        has, should = catalog.column_grants.get(where, set()), wanted_columns.get(where, set())
        if has - should:
            statements.append(f'REVOKE {right} ({", ".join(sorted(has - should))}) ON "{table}" FROM {role}')
        if should - has:
            statements.append(f'GRANT {right} ({", ".join(sorted(should - has))}) ON "{table}" TO {role}')
    return statements


def plain(sql: str | None) -> str:
    """An expression or definition without what PostgreSQL adds when it prints one back."""
    sql = re.sub(r"::\w+(\[\])?| AS current_setting|[\s()\"]", "", sql or "")
    return sql.lower()


def altered(catalog: Catalog) -> list[str]:
    """Policies and keys that stand under the right name and say something else."""
    found = []
    for model in walled_models():
        for policy in policies(model):
            expression = plain(policy.predicate)
            using = "" if policy.command == "INSERT" else expression
            check = expression if policy.command in ("INSERT", "UPDATE") else ""
            if (policy.table, policy.name) not in catalog.policies:
                continue
            permissive, roles, command, *says = catalog.policies[(policy.table, policy.name)]
            if (permissive, roles, command, [plain(said) for said in says]) != (
                "PERMISSIVE",
                [f"portal_{policy.scope}"],
                policy.command,
                [using, check],
            ):
                found.append(f"altered: policy {policy.name} on {policy.table}")
        for key in [*keys(model), *foreign_keys(model)]:
            if plain(catalog.constraints.get((key.table, key.name), key.definition)) != plain(key.definition):
                found.append(f"altered: {key.name} on {key.table}")
    return found


def open_doors(catalog: Catalog) -> list[str]:
    """What would lead round the walls: views, references and unique keys without the tenant, functions, mighty roles."""
    walled = [model._meta.db_table for model in walled_models()]
    found = [
        f"{kind} {name} stands in front of no wall"
        for name, kind in catalog.rows(
            "SELECT relname, CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END"
            " FROM pg_class WHERE relkind IN ('v', 'm', 'f') AND relnamespace = 'public'::regnamespace"
        )
    ]
    found += [
        f"foreign key {name} on {table} may cross tenants"
        for table, name in catalog.rows(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f'"
            " AND conrelid::regclass::text = ANY(%s) AND confrelid::regclass::text = ANY(%s)"
            " AND confrelid <> 'tenancy_tenant'::regclass AND NOT EXISTS (SELECT FROM pg_attribute"
            " WHERE attrelid = conrelid AND attnum = ANY(conkey) AND attname = 'tenant_id')",
            walled,
            walled,
        )
    ]
    found += [
        f"unique index {name} on {table} tells other tenants what exists"
        for table, name in catalog.rows(
            "SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index WHERE indisunique"
            " AND NOT indisprimary AND indrelid::regclass::text = ANY(%s) AND NOT EXISTS (SELECT FROM pg_attribute"
            " WHERE attrelid = indrelid AND attnum = ANY(indkey) AND attname = 'tenant_id')",
            [table for table in walled if table not in ("tenancy_tenant", "tenancy_account")],
        )
    ]
    found += [
        f"function {name} runs with its owner's rights and {why}"
        for name, why in catalog.rows(
            "SELECT oid::regprocedure::text, CASE WHEN proowner <> 'portal_gate'::regrole THEN 'is not the gate''s'"
            " WHEN proconfig IS NULL THEN 'sets no search_path' ELSE 'everyone may call it' END"
            " FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace AND (proowner <> 'portal_gate'::regrole"
            " OR proconfig IS NULL OR proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0))"
        )
    ]
    return found + [
        f"role {name} is above the walls"
        for (name,) in catalog.rows(
            "SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'portal_') AND (rolsuper OR rolbypassrls OR rolcreaterole)"
        )
    ]


def raise_walls(connection) -> list[str]:
    """Bring the database into line; returns what was done."""
    with connection.cursor() as cursor:
        statements = wanted_statements(Catalog(cursor))
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        everyone = ", ".join(f"portal_{scope}" for scope in (*SCOPES, "login", "gate"))
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {everyone}")
    return statements


def faults(connection) -> list[str]:
    """Every way in which the database is weaker than, or unlike, what is declared; the catalog test wants none."""
    with connection.cursor() as cursor:
        catalog = Catalog(cursor)
        found = [f"differs: {statement}" for statement in wanted_statements(catalog)]
        found += altered(catalog) + open_doors(catalog)
    known = {model._meta.db_table for model in [*walled_models(), *reference_models()]} | set(PLAIN_TABLES)
    found += [f"table without a wall: {table}" for table in sorted(set(catalog.tables) - known)]
    for model in walled_models():
        for field in model._meta.concrete_fields:
            target = field.related_model
            if isinstance(field, models.ForeignKey) and not isinstance(field, TenantForeignKey):
                if (
                    target in walled_models()
                    and field.name not in ("tenant",)
                    and model._meta.label != "tenancy.Account"
                ):
                    found.append(f"{model._meta.label}.{field.name} may cross tenants: use TenantForeignKey")
        if model.wall.by != "self":  # type: ignore[attr-defined]
            for constraint in [c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]:
                if "tenant" not in constraint.fields and "tenant_id" not in constraint.fields:
                    found.append(f"{model._meta.label}: unique {constraint.name} tells other tenants what exists")
            for field in model._meta.concrete_fields:
                if field.unique and not field.primary_key and model._meta.label not in UNIQUE_ACROSS_TENANTS:
                    found.append(f"{model._meta.label}.{field.name} is unique across tenants")
    return found


# A login id is typed before the portal knows the city, so it is one name space by nature.
UNIQUE_ACROSS_TENANTS = {"tenancy.Account"}
