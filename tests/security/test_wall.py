"""The wall, attacked in plain SQL by the role the portal logs in as; nothing of Django's stands in between."""

from datetime import date, timedelta

import psycopg2
import pytest
from django.conf import settings
from django.db import connection, connections, models, transaction
from django.db.utils import DatabaseError, IntegrityError, ProgrammingError

from enterprises.models import Enterprise
from hazards.models import Hazard
from portal.tenancy import walls
from portal.tenancy.models import Account, Person, Posting, TenantForeignKey
from portal.tenancy.scope import Who, enter, tenant_scope
from portal.tenancy.wall import RIGHTS, SCOPES, Wall
from tests.security.objects import everybodys_records
from tests.stories import issued

WALLED = [model for model in walls.walled_models() if model.wall.by != "self"]
READABLE = {scope: [model for model in WALLED if "r" in model.wall.rights.get(scope, "")] for scope in SCOPES}


def sql(statement: str, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def refused(statement: str, *params, match: str = "permission denied|row-level security|foreign key"):
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        sql(statement, *params)


def table(model) -> str:
    return f'"{model._meta.db_table}"'


def whoever(world, scope: str, city: str = "江州市", **more) -> Who:
    """That scope with everything of the city open to it, so that only the tenant can be what keeps a row away."""
    tenant = world.tenants[city]
    return Who(scope=scope, role="system", tenant_id=tenant, **more)


@pytest.fixture
def two_cities(world):
    return {"a": issued(world, "a"), "c": issued(world, "c"), "x": issued(world, "x")}


def test_outside_any_scope_nothing_can_be_read_or_written(db):
    plain = [table(model) for model in (*walls.walled_models(), *walls.reference_models())]
    for name in plain:
        for statement in (
            f"SELECT 1 FROM {name}",
            f"DELETE FROM {name}",
            f"UPDATE {name} SET id = id",
            f"TRUNCATE {name}",
        ):
            refused(statement, match="permission denied")


def test_outside_any_scope_the_login_role_reads_sessions_and_locks_and_nothing_else(db):
    readable = {
        name
        for (name,) in sql(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
            " AND has_table_privilege(current_user, oid, 'SELECT')"
        )
    }
    assert readable == {name for name, rights in walls.PLAIN_TABLES.items() if "r" in rights.get("login", "")}


@pytest.mark.parametrize("scope", [scope for scope in SCOPES if scope not in ("public", "platform")])
def test_each_scope_sees_only_its_own_citys_rows(world, two_cities, scope):
    """Every other setting names the other city's plant, district and people: the tenant alone must hold."""
    foreign = {"district_id": district_of(world, "x"), "enterprise_id": world.enterprises["x"]}
    lists = {"enterprise_ids": (world.enterprises["x"],), "sectors": ("hazchem", "chemical", "pharma")}
    other = world.tenants["澄川市"]
    with enter(whoever(world, scope, **foreign, **lists, person_id=world.people["officer_x"])):
        for model in READABLE[scope]:
            found = sql(f"SELECT count(*) FROM {table(model)} WHERE tenant_id = %s", other)[0][0]
            assert found == 0, model
    with enter(whoever(world, scope, "澄川市", **foreign, **lists, person_id=world.people["officer_x"])):
        seen = [model for model in READABLE[scope] if sql(f"SELECT count(*) FROM {table(model)}")[0][0]]
    assert Person in seen or scope in ("sysadmin", "secadmin", "audit"), "with its own city's settings it does see rows"


def district_of(world, key: str) -> int:
    with world.as_({"x": "office_x"}.get(key, "office")):
        return Enterprise.objects.get(pk=world.enterprises[key]).district_id


@pytest.mark.parametrize(
    ("login", "others"),
    [
        ("inspector", "cx"),
        ("department", "bx"),
        ("expert", "bcx"),
        ("officer", "bcx"),
        ("auditor", "x"),
        ("office", "x"),
    ],
)
def test_within_the_city_district_sector_and_plant_narrow_every_table(world, two_cities, login, others):
    numbers = [world.enterprises[key] for key in others]
    with world.as_(login) as who:
        for model in READABLE[who.scope]:
            column = "id" if model is Enterprise else "enterprise_id"
            if model.wall.by in ("enterprise", "enterprise_itself"):
                assert sql(f"SELECT count(*) FROM {table(model)} WHERE {column} = ANY(%s)", numbers)[0][0] == 0, model


@pytest.mark.parametrize("scope", [scope for scope in SCOPES if scope not in ("public", "platform")])
def test_a_scope_without_a_tenant_gets_an_error_and_never_everything(world, scope):
    for model in READABLE[scope]:
        with pytest.raises(DatabaseError, match="invalid input syntax"), enter(Who(scope=scope, role="system")):
            sql(f"SELECT count(*) FROM {table(model)}")


def test_the_platform_and_the_public_see_no_business(world, two_cities):
    with enter(Who(scope="platform", role="operator")):
        assert READABLE["platform"] == []
        refused("SELECT 1 FROM hazards_hazard", match="permission denied")
        refused("SELECT 1 FROM audit_audithead", match="permission denied")
    with enter(Who(scope="public", role="public", code="")):
        assert sql("SELECT count(*) FROM hazards_notice")[0][0] == 0
        refused("SELECT 1 FROM hazards_hazard", match="permission denied")
    with enter(Who(scope="public", role="public", code=two_cities["x"].notice.verify_code)):
        assert sql("SELECT id FROM hazards_notice") == [(two_cities["x"].notice_id,)]


@pytest.mark.parametrize(
    ("scope", "model"), [pytest.param(s, m, id=f"{s}-{m._meta.label}") for m in WALLED for s in SCOPES]
)
def test_a_scope_has_the_rights_its_declaration_names_and_no_others(db, scope, model):
    declared = {RIGHTS[letter] for letter in model.wall.rights.get(scope, "")}
    for right in (*RIGHTS.values(), "TRUNCATE", "REFERENCES", "TRIGGER"):
        held = sql("SELECT has_table_privilege(%s, %s, %s)", f"portal_{scope}", model._meta.db_table, right)[0][0]
        assert held == (right in declared), right


def test_an_officer_may_change_the_telephone_numbers_of_the_own_enterprise_and_nothing_else_of_it(world):
    own, other = world.enterprises["a"], world.enterprises["b"]
    with world.as_("officer"):
        assert sql("UPDATE enterprises_enterprise SET principal_phone = '13900000000' WHERE id = %s", own) == 1
        assert sql("UPDATE enterprises_enterprise SET principal_phone = '13900000000' WHERE id = %s", other) == 0
        for column in ("licence_no", "grade", "key_clause", "district_id", "population_500m", "name"):
            refused(f"UPDATE enterprises_enterprise SET {column} = {column} WHERE id = %s", own)


def test_a_row_cannot_be_made_in_or_moved_to_another_city(world, two_cities):
    other = world.tenants["澄川市"]
    with world.as_("office"):
        refused("UPDATE hazards_hazard SET tenant_id = %s", other, match="row-level security")
        refused(
            "INSERT INTO campaign_phase (tenant_id, name, goal, starts, ends) VALUES (%s, '甲', '', now(), now())",
            other,
        )
        assert sql("UPDATE hazards_hazard SET place = 'x' WHERE tenant_id = %s", other) == 0
        assert sql("DELETE FROM enterprises_holding WHERE tenant_id = %s", other) == 0


def test_a_row_cannot_be_moved_to_a_sibling_district_or_another_plant(world, two_cities):
    with world.as_("inspector"):
        refused("UPDATE hazards_hazard SET district_id = %s", district_of_inside(world), match="row-level security")
        refused("UPDATE hazards_hazard SET enterprise_id = %s", world.enterprises["c"], match="foreign key")
    with world.as_("officer"):
        refused("UPDATE hazards_hazard SET enterprise_id = %s", world.enterprises["b"], match="row-level security")


def district_of_inside(world) -> int:
    return sql("SELECT id FROM tenancy_district WHERE name = '江北区'")[0][0]


def test_a_copied_district_and_sector_cannot_lie(world, two_cities):
    """The columns the policies read are held to the plant's own by the foreign key."""
    with world.as_("office"):
        refused(
            "UPDATE hazards_hazard SET sector = 'pharma' WHERE enterprise_id = %s",
            world.enterprises["a"],
            match="foreign key",
        )
        moved = sql("UPDATE enterprises_enterprise SET sector = 'pharma' WHERE id = %s", world.enterprises["a"])
        assert moved == 1
        assert sql("SELECT DISTINCT sector FROM hazards_hazard WHERE enterprise_id = %s", world.enterprises["a"]) == [
            ("pharma",)
        ]


@pytest.fixture
def owner(django_db_setup, django_db_blocker):
    """The owner's own connection to this worker's database; never committed."""
    spec = settings.OWNER_DATABASE
    made = psycopg2.connect(
        host=spec["HOST"],
        port=spec["PORT"],
        user=spec["USER"],
        password=spec["PASSWORD"],
        dbname=connections["default"].settings_dict["NAME"],
    )
    yield made
    made.rollback()
    made.close()


class Owner:
    """What `faults` and `raise_walls` need of a Django connection."""

    def __init__(self, raw):
        self.raw, self.cursor = raw, raw.cursor


CATALOG_KEYS = """
    SELECT conrelid::regclass::text, conname, confrelid::regclass::text,
           (SELECT array_agg(attname ORDER BY ord) FROM unnest(conkey) WITH ORDINALITY AS k(num, ord)
              JOIN pg_attribute ON attrelid = conrelid AND attnum = num),
           convalidated, conenforced
      FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"""


def test_every_foreign_key_between_tenant_tables_carries_the_tenant_and_is_enforced(db):
    tables = {model._meta.db_table for model in walls.walled_models()}
    keys = [key for key in sql(CATALOG_KEYS) if key[0] in tables and key[2] in tables - {"tenancy_tenant"}]
    assert len(keys) >= 30
    for source, name, target, columns, valid, enforced in keys:
        assert "tenant_id" in columns, (source, name, target)
        assert (valid, enforced) == (True, True), name


def test_every_number_that_names_a_record_is_held_by_a_key_or_known_not_to_be(db):
    """A bare bigint called something_id is how a reference slips past the composite keys."""
    tables = {model._meta.db_table for model in walls.walled_models()}
    held = {(source, column) for source, _, _, columns, _, _ in sql(CATALOG_KEYS) for column in columns}
    loose = {
        (name, column)
        for name, column in sql(
            "SELECT relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE attnum > 0"
            " AND relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND attname ~ '_id$'"
            " AND atttypid IN ('bigint'::regtype, 'integer'::regtype)"
        )
        if name in tables and (name, column) not in held
    }
    assert loose == KNOWN_LOOSE


# What an audit record or a count speaks of may be gone or of any kind; source and subject name their kind beside them;
# accounts stand outside the tenants, behind the login gate.
KNOWN_LOOSE = {
    ("audit_auditrecord", "account_id"),
    ("audit_auditrecord", "person_id"),
    ("audit_auditrecord", "object_id"),
    ("exports_exportjob", "account_id"),
    ("hazards_hazard", "source_id"),
    ("hazards_tally", "district_id"),
    ("messaging_reminder", "subject_id"),
    # A district, department or enterprise, as its year says; who may see the row stands beside it in keys of its own.
    ("accountability_score", "subject_id"),
    ("accountability_pastscore", "subject_id"),
    ("accountability_manualfigure", "subject_id"),
    ("accountability_measure", "subject_id"),
    ("accountability_measure", "scored_id"),
}


def test_no_foreign_key_accepts_another_citys_row(committed_world, owner):
    """Tried for each key of the catalog that has a row to try it on; the wall is lowered so that the key stands alone."""
    everybodys_records(committed_world)
    cursor = owner.cursor()
    tried = set()
    for source, name, target, columns, _, _ in sql(CATALOG_KEYS):
        if "tenant_id" not in columns or target == "tenancy_tenant":
            continue
        column = columns[-1]
        cursor.execute(f'ALTER TABLE "{source}" NO FORCE ROW LEVEL SECURITY')
        cursor.execute(f'ALTER TABLE "{target}" NO FORCE ROW LEVEL SECURITY')
        cursor.execute(f'SELECT s.id, t.id FROM "{source}" s, "{target}" t WHERE s.tenant_id <> t.tenant_id LIMIT 1')
        if found := cursor.fetchone():
            tried.add((source, column))
            cursor.execute("SAVEPOINT here")
            with pytest.raises(psycopg2.Error) as fault:
                cursor.execute(f'UPDATE "{source}" SET "{column}" = %s WHERE id = %s', [found[1], found[0]])
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            assert fault.value.diag.constraint_name, name
            cursor.execute("ROLLBACK TO here")
    assert len(tried) >= 35, sorted(tried)


def test_unique_keys_of_tenant_tables_begin_with_the_tenant(db):
    loose = sql(
        "SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index WHERE indisunique AND NOT indisprimary"
        " AND indrelid::regclass::text = ANY(%s) AND 'tenant_id' <>"
        " (SELECT attname FROM pg_attribute WHERE attrelid = indrelid AND attnum = indkey[0])",
        [model._meta.db_table for model in WALLED],
    )
    # A login name is typed before the city is known.
    assert {name for name, _ in loose} <= {"tenancy_account"}
    assert len(loose) == 1


def test_two_cities_may_use_the_same_words(world):
    with world.as_("office_x"):
        from campaign.models import Phase

        Phase.objects.create(name="动员部署", starts=date(2026, 1, 1), ends=date(2026, 3, 1))
    with world.as_("office"):
        Phase.objects.create(name="动员部署", starts=date(2026, 1, 1), ends=date(2026, 3, 1))


@pytest.mark.parametrize("role", ["portal_owner", "portal_gate", "postgres"])
@pytest.mark.parametrize("login", [None, "office", "sysadmin"])
def test_nobody_becomes_the_owner_or_the_gate(world, role, login):
    attempts = (
        f"SET ROLE {role}",
        f"SET LOCAL ROLE {role}",
        f"SET SESSION AUTHORIZATION {role}",
        f"SELECT set_config('role', '{role}', true)",
    )
    for statement in attempts:
        if login:
            with world.as_(login):
                refused(statement, match="permission denied|does not exist")
        else:
            refused(statement, match="permission denied|does not exist")


@pytest.mark.parametrize(
    "call",
    ["gate_account('office')", "gate_enter(1, current_date)", "gate_logged_in(1)", "gate_set_password(1, 'x', false)"],
)
@pytest.mark.parametrize("login", ["office", "inspector", "officer", "auditor", "sysadmin", "secadmin"])
def test_inside_a_scope_the_gates_functions_cannot_be_called(world, call, login):
    with world.as_(login):
        refused(f"SELECT * FROM {call}", match="permission denied for function")


def test_resetting_the_role_gives_the_login_role_which_reads_nothing(world, two_cities):
    with world.as_("office"):
        with transaction.atomic():
            sql("RESET ROLE")
            assert sql("SELECT current_user") == [("portal_login",)]
            refused("SELECT 1 FROM hazards_hazard", match="permission denied")
            transaction.set_rollback(True)
        assert sql("SELECT current_user") == [("portal_city",)]


def test_the_tables_belong_to_a_plain_owner_and_no_role_of_ours_is_above_the_walls(db):
    owners = sql(
        "SELECT DISTINCT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_class JOIN pg_roles r ON r.oid = relowner"
        " WHERE relnamespace = 'public'::regnamespace"
    )
    assert owners == [("portal_owner", False, False, False)]
    mighty = sql(
        "SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'portal_')"
        " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication)"
    )
    assert mighty == []
    inheriting = sql("SELECT rolname FROM pg_roles WHERE rolname = 'portal_login' AND rolinherit")
    assert inheriting == []
    assert sql("SELECT has_schema_privilege('portal_login', 'public', 'CREATE')") == [(False,)]


def test_the_owner_itself_sees_nothing_through_forced_walls(two_cities, owner):
    cursor = owner.cursor()
    for model in WALLED:
        cursor.execute(f"SELECT count(*) FROM {table(model)}")
        assert cursor.fetchone() == (0,), model


def test_security_definer_functions_belong_to_the_gate_and_are_not_for_everybody(db):
    functions = sql(
        "SELECT p.oid::regprocedure::text, proowner::regrole::text, proconfig,"
        " ARRAY(SELECT CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END FROM aclexplode(proacl)"
        " WHERE grantee <> proowner ORDER BY 1) FROM pg_proc p WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    callers = {name.partition("(")[0]: set(grantees) for name, _, _, grantees in functions}
    assert {owner for _, owner, _, _ in functions} == {"portal_gate"}
    assert all(path == ["search_path=public, pg_temp"] for _, _, path, _ in functions)
    assert {name for name, who in callers.items() if who == {"portal_login"}} == {
        "gate_account",
        "gate_enrolled",
        "gate_enter",
        "gate_factor",
        "gate_logged_in",
        "gate_set_password",
    }
    assert callers["gate_drop_factors"] == {"portal_secadmin"}
    assert callers["hazards_fold_tally"] == {"portal_city"}
    assert all(who <= {"portal_owner"} for name, who in callers.items() if name.startswith("hazards_tally"))


SABOTAGE = {
    "policy dropped": 'DROP POLICY "{policy}" ON hazards_hazard',
    "policy opened": 'ALTER POLICY "{policy}" ON hazards_hazard USING (true)',
    "policy for everybody": 'ALTER POLICY "{policy}" ON hazards_hazard TO PUBLIC',
    "policy added": "CREATE POLICY extra ON hazards_hazard FOR SELECT TO portal_district USING (true)",
    "grant added": "GRANT DELETE ON hazards_hazard TO portal_city",
    "grant to everybody": "GRANT SELECT ON inspections_checklistitem TO PUBLIC",
    "grant to the login role": "GRANT SELECT ON hazards_hazard TO portal_login",
    "grant of a column": "GRANT UPDATE (status) ON hazards_hazard TO portal_expert",
    "trigger dropped": "DROP TRIGGER {standing} ON hazards_hazard",
    "trigger off": "ALTER TABLE hazards_hazard DISABLE TRIGGER {standing}",
    "trigger added": "CREATE TRIGGER wall_x BEFORE INSERT ON hazards_hazard EXECUTE FUNCTION enterprises_standing()",
    "grant taken": "REVOKE SELECT ON hazards_hazard FROM portal_city",
    "force taken": "ALTER TABLE hazards_hazard NO FORCE ROW LEVEL SECURITY",
    "security off": "ALTER TABLE hazards_hazard DISABLE ROW LEVEL SECURITY",
    "foreign key dropped": "ALTER TABLE hazards_hazard DROP CONSTRAINT hazards_hazard_notice_id_wall_fk",
    "foreign key simplified": "ALTER TABLE hazards_hazard DROP CONSTRAINT hazards_hazard_notice_id_wall_fk;"
    " ALTER TABLE hazards_hazard ADD CONSTRAINT hazards_hazard_notice_id_wall_fk FOREIGN KEY (notice_id)"
    " REFERENCES hazards_notice (id)",
    "unique key across cities": "CREATE UNIQUE INDEX told ON hazards_hazard (key)",
    "view": "CREATE VIEW window_on_all AS SELECT * FROM hazards_hazard",
    "function": "CREATE FUNCTION round_about() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'",
    "table without a wall": "CREATE TABLE hazards_forgotten (id bigint, tenant_id bigint)",
}


@pytest.mark.parametrize("what", SABOTAGE)
def test_the_catalog_test_names_each_weakness(db, owner, what):
    policy = next(p for p in walls.policies(Hazard) if (p.scope, p.command) == ("district", "SELECT"))
    assert walls.faults(Owner(owner)) == []
    standing = walls.triggers(Hazard)[0].name
    owner.cursor().execute(SABOTAGE[what].format(policy=policy.name, standing=standing))
    named = " ".join(walls.faults(Owner(owner)))
    thing = {"view": "window_on_all", "function": "round_about", "table without a wall": "hazards_forgotten"}
    assert (
        thing.get(what, "inspections_checklistitem" if "everybody" in what and "grant" in what else "hazards_hazard")
        in named
    )


def test_raising_the_walls_mends_what_was_weakened(db, owner):
    policy = walls.policies(Hazard)[0]
    for statement in (
        f'DROP POLICY "{policy.name}" ON hazards_hazard',
        SABOTAGE["grant added"],
        SABOTAGE["force taken"],
    ):
        owner.cursor().execute(statement)
    assert len(walls.raise_walls(Owner(owner))) == 3
    assert walls.faults(Owner(owner)) == []


@pytest.fixture
def new_model():
    """A model of the next programmer's, with one line of declaration; gone from the registry afterwards."""
    from django.apps import apps

    from portal.tenancy.models import TenantModel

    class Drill(TenantModel):
        name = models.CharField(max_length=20)
        person = TenantForeignKey(Person)
        wall = Wall(by="tenant", city="raw", audit="r")

        class Meta:
            app_label = "campaign"

    yield Drill
    del apps.all_models["campaign"]["drill"]
    apps.clear_cache()


def test_a_new_model_gets_its_wall_by_one_declaration(world, owner, new_model):
    cursor = owner.cursor()
    cursor.execute(
        "CREATE TABLE campaign_drill (id bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, name text,"
        " person_id bigint, tenant_id bigint REFERENCES tenancy_tenant)"
    )
    assert any("campaign_drill" in fault for fault in walls.faults(Owner(owner)))
    walls.raise_walls(Owner(owner))
    assert walls.faults(Owner(owner)) == []
    cursor.execute("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = 'campaign_drill'")
    assert cursor.fetchone() == (True,)
    cursor.execute("SELECT count(*) FROM pg_policies WHERE tablename = 'campaign_drill'")
    assert cursor.fetchone() == (4,)
    cursor.execute("SET LOCAL ROLE portal_city")
    cursor.execute("SELECT set_config('portal.tenant', %s, true)", [str(world.tenants["江州市"])])
    mine, foreign = world.people["office"], world.people["office_x"]
    insert = "INSERT INTO campaign_drill (tenant_id, name, person_id) VALUES (%s, '演练', %s)"
    cursor.execute(insert, [world.tenants["江州市"], mine])
    for values in ([world.tenants["江州市"], foreign], [world.tenants["澄川市"], foreign]):
        cursor.execute("SAVEPOINT here")
        with pytest.raises(psycopg2.Error, match="foreign key|row-level security"):
            cursor.execute(insert, values)
        cursor.execute("ROLLBACK TO here")
    cursor.execute("SELECT set_config('portal.tenant', %s, true)", [str(world.tenants["澄川市"])])
    cursor.execute("SELECT count(*) FROM campaign_drill")
    assert cursor.fetchone() == (0,)


def test_a_scope_that_cannot_be_narrowed_is_refused_when_it_is_declared():
    with pytest.raises(ValueError, match="narrowed"):
        Wall(by="district", enterprise="r")
    with pytest.raises(ValueError, match="no such scope"):
        Wall(by="tenant", everybody="r")


def test_the_open_overdue_list_of_a_district_reads_an_index_behind_the_wall(committed_world, owner):
    notices = {hazard.enterprise_id: hazard.notice for hazard in (issued(committed_world, key) for key in "abc")}
    with committed_world.as_("office"):
        Hazard.objects.bulk_create(
            Hazard(
                enterprise=plant,
                district_id=plant.district_id,
                sector=plant.sector,
                description="阀门渗漏",
                found_on=date(2026, 1, 1),
                status="rectifying",
                notice=notices[plant.pk],
                deadline=date(2026, 6, 1) + timedelta(days=number % 400),
            )
            for plant in Enterprise.objects.all()
            for number in range(1500)
        )
    owner.cursor().execute("ANALYZE hazards_hazard")
    owner.commit()
    with committed_world.as_("north"):
        for query in (Hazard.objects.open(), Hazard.objects.overdue()):
            plan = "\n".join(line for (line,) in sql(explained(query.order_by("deadline", "pk")[:50])))
            assert "Index Scan using hazard_open_by_district" in plan
            assert "Seq Scan" not in plan


def explained(query) -> str:
    statement, params = query.query.sql_with_params()
    with connection.cursor() as cursor:
        return "EXPLAIN " + cursor.mogrify(statement, params).decode()


def test_an_account_names_a_person_of_its_own_city_only(world):
    with world.as_("sysadmin"):
        refused(
            "UPDATE tenancy_account SET person_id = %s WHERE username = 'office'",
            world.people["office_x"],
            match="foreign key",
        )
        refused("UPDATE tenancy_account SET is_operator = true WHERE username = 'office'", match="account_of_a_person")
        refused(
            "UPDATE tenancy_account SET is_operator = true, tenant_id = NULL, person_id = NULL WHERE username = 'office'",
            match="row-level security",
        )


def test_look_alike_login_names_are_one(world):
    with world.as_("sysadmin"), pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(
            username=" ＯＦＦＩＣＥ ", tenant_id=world.tenants["江州市"], person_id=world.people["auditor"]
        )


@pytest.mark.parametrize("ends", [None, date(2027, 12, 31)])
def test_one_person_cannot_hold_two_administrations_even_by_sql(world, ends):
    with tenant_scope(world.tenants["江州市"], scope="sysadmin"):
        with pytest.raises(IntegrityError, match="one_administration_a_person"), transaction.atomic():
            Posting.objects.create(
                person_id=world.people["auditor"], role="secadmin", starts=date(2026, 6, 1), ends=ends
            )
        Posting.objects.filter(person_id=world.people["auditor"]).update(ends=date(2026, 5, 31))
        Posting.objects.create(person_id=world.people["auditor"], role="secadmin", starts=date(2026, 6, 1), ends=ends)


def test_the_catalog_tables_are_read_by_all_and_written_by_the_platform_alone(world):
    with world.as_("office"):
        for model in walls.reference_models():
            sql(f"SELECT count(*) FROM {table(model)}")
            refused(f"DELETE FROM {table(model)}", match="permission denied")
            with pytest.raises(ProgrammingError), transaction.atomic():
                sql(f"INSERT INTO {table(model)} DEFAULT VALUES")
