"""The trail: in the transaction of the change, append-only, chained, and found out when anyone has been at it."""

import ast
import json
import random
import re
import threading
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from enterprises.models import Enterprise
from hazards.actions import moves
from hazards.models import Hazard
from hazards.rules import VERBS
from portal.audit import record as trail
from portal.audit.chain import LINKED, link
from portal.audit.models import AuditHead, AuditRecord
from portal.audit.record import note
from portal.audit.words import actions
from portal.tenancy.scope import current_tenant_id, enter, stay, tenant_scope
from portal.tenancy.wall import SCOPES
from tests.stories import closed, issued, recorded

CITY = "江州市"


def records(world, **named):
    with world.as_("auditor"):
        return list(AuditRecord.objects.filter(**named).order_by("seq"))


def sql(statement: str, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def test_every_step_of_a_hazards_life_leaves_exactly_one_record_of_its_kind(world):
    before = len(records(world))
    hazard = closed(world)
    made = [(entry.action, entry.person_name) for entry in records(world)[before:]]
    for action, person in [
        ("hazards.record", "inspector君"),
        ("hazards.issue", "inspector君"),
        ("notices.acknowledge", "officer君"),
        ("evidence.upload", "officer君"),
        ("hazards.submit", "officer君"),
        ("hazards.accept", "inspector君"),
    ]:
        assert made.count((action, person)) == 1, action
    accepted = records(world, action="hazards.accept", object_id=hazard.pk)[0]
    assert (accepted.role, accepted.organisation, accepted.object_kind) == (
        "inspector",
        "江南区应急管理局",
        "hazards.hazard",
    )
    assert (accepted.changes["from"], accepted.changes["to"], accepted.result) == ("submitted", "closed", "done")


def test_a_change_taken_back_takes_its_record_along(world):
    before = len(records(world))
    with pytest.raises(ZeroDivisionError), world.as_("inspector"):
        moves.record_hazard(
            world_enterprise(world), description="阀门渗漏", level="general", found_on="2026-01-01", basis=""
        )
        raise ZeroDivisionError
    assert len(records(world)) == before


def world_enterprise(world):
    return Enterprise.objects.get(pk=world.enterprises["a"])


def test_a_change_that_cannot_be_recorded_does_not_happen(committed_world):
    hazard = issued(committed_world)
    with owners() as cursor:
        cursor.execute("REVOKE INSERT ON audit_auditrecord FROM portal_city")
    client = committed_world.client("office")
    client.raise_request_exception = False
    other = recorded(committed_world)
    assert client.post(f"/hazards/{other.pk}/void/", {"void-note": "重复", "void-revision": "1"}).status_code == 500
    with committed_world.as_("inspector"):
        assert Hazard.objects.get(pk=other.pk).status == "recorded"
        assert Hazard.objects.get(pk=hazard.pk).status == "rectifying"
    with owners() as cursor:
        cursor.execute("GRANT INSERT ON audit_auditrecord TO portal_city")
    assert client.post(f"/hazards/{other.pk}/void/", {"void-note": "重复", "void-revision": "1"}).status_code == 302


@pytest.mark.parametrize("scope", [scope for scope in SCOPES if scope not in ("public", "platform")])
def test_no_scope_may_change_or_delete_a_record(world, scope):
    for statement in (
        "UPDATE audit_auditrecord SET action = 'x'",
        "DELETE FROM audit_auditrecord",
        "TRUNCATE audit_auditrecord",
        "DELETE FROM audit_audithead",
        "TRUNCATE audit_audithead",
    ):
        with (
            tenant_scope(world.tenants[CITY], scope=scope),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
        ):
            sql(statement)


@pytest.mark.parametrize("scope", [scope for scope in SCOPES if scope not in ("public", "platform", "audit")])
def test_the_trail_is_read_by_the_auditor_alone(world, scope):
    with (
        tenant_scope(world.tenants[CITY], scope=scope),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        sql("SELECT 1 FROM audit_auditrecord")


def test_what_is_denied_is_recorded_with_its_reason_while_the_answer_tells_nothing(world):
    hazard = recorded(world, "c")
    client = world.client("inspector")
    probes = [
        (f"/hazards/{hazard.pk}/", 404),
        (f"/api/v1/hazards/{hazard.pk}/", 404),
        ("/audit/", 403),
        ("/api/v1/enterprises/987654321/", 404),
        ("/enterprises/imports/", 403),
        ("/console/", 403),
    ]
    for address, status in probes:
        assert client.get(address).status_code == status
    denied = records(world, result="denied", action="access.denied")
    assert [entry.changes["path"] for entry in denied] == [address for address, _ in probes]
    assert all(entry.changes["reason"] for entry in denied)
    assert {entry.person_name for entry in denied} == {"inspector君"}
    assert all(len(entry.request_id) == 32 and entry.ip == "127.0.0.1" for entry in denied)


def test_control_characters_of_a_denied_address_are_written_out(world):
    client = world.client("inspector")
    assert client.get("/units/template.xlsx?enterprise=%00").status_code == 404
    assert client.get("/enterprises/%00%1b%0a/").status_code == 404
    reasons = [entry.changes for entry in records(world, result="denied", action="access.denied")]
    assert [one["reason"] for one in reasons if "enterprise" in one["reason"]][0] == "enterprise \\x00"
    assert all(one["path"].isprintable() and one["reason"].isprintable() for one in reasons)


def test_what_a_person_writes_stays_one_field_of_one_record(world):
    nasty = 'x"\n2026-01-01 fake\r\n\x1b[31m${jndi}\u2028'
    with world.as_("office"):
        note("tests.nasty", label=nasty, changes={"text": nasty})
    assert records(world, action="tests.nasty")[0].changes["text"] == nasty
    page = world.client("auditor").get("/audit/?person=office君").content.decode()
    assert "共 <strong>1</strong> 条" in page


class owners:
    """The tables' owner at work on this test's own database, able to do what a database administrator can."""

    def __enter__(self):
        spec = settings.OWNER_DATABASE
        self.made = psycopg2.connect(
            host=spec["HOST"],
            port=spec["PORT"],
            user=spec["USER"],
            password=spec["PASSWORD"],
            dbname=connections["default"].settings_dict["NAME"],
        )
        return self.made.cursor()

    def __exit__(self, kind, *rest):
        if kind is None:
            self.made.commit()
        self.made.close()


def long_chain(world, links: int = 40) -> None:
    with world.as_("office"):
        for number in range(links):
            note("tests.act", changes={"n": number, "text": f"第{number}件"}, label=f"对象{number}")


def verify(*, anchor=None):
    call_command("verify_audit", tenant=CITY, anchor=anchor, verbosity=0)


def edit(cursor, dice, seqs):
    column, value = dice.choice(
        [
            ("action", "x"),
            ("person_name", "别人"),
            ("changes", '{"n": -1}'),
            ("result", "denied"),
            ("ip", "10.0.0.1"),
            ("at", "2020-01-01"),
            ("object_label", "y"),
            ("object_id", 7),
            ("role", "office2"),
            ("prev", "0" * 64),
            ("digest", "0" * 64),
            ("account_id", 0),
            ("request_id", "z"),
            ("organisation", "o"),
        ]
    )
    cursor.execute(
        f"UPDATE audit_auditrecord SET {column} = %s WHERE seq = %s AND tenant_id = %s",
        [value, dice.choice(seqs), tenant(cursor)],
    )


def delete(cursor, dice, seqs):
    cursor.execute(
        "DELETE FROM audit_auditrecord WHERE seq = %s AND tenant_id = %s", [dice.choice(seqs), tenant(cursor)]
    )


def insert(cursor, dice, seqs):
    """A forged record at the end, properly linked to the last."""
    cursor.execute("SELECT * FROM audit_auditrecord WHERE seq = %s AND tenant_id = %s", [seqs[-1], tenant(cursor)])
    last = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
    entry = last | {"seq": seqs[-1] + 1, "action": "forged"}
    linked = {name: entry[name] for name in LINKED} | {"at": entry["at"].isoformat(timespec="microseconds")}
    columns = [name for name in entry if name != "id"]
    entry |= {"prev": last["digest"], "digest": link(last["digest"], linked), "changes": json.dumps(entry["changes"])}
    places = ", ".join(["%s"] * len(columns))
    cursor.execute(
        f"INSERT INTO audit_auditrecord ({', '.join(columns)}) VALUES ({places})", [entry[name] for name in columns]
    )


def swap(cursor, dice, seqs):
    one, two = dice.sample(seqs, 2)
    for old, new in ((one, -1), (two, one), (-1, two)):
        cursor.execute(
            "UPDATE audit_auditrecord SET seq = %s WHERE seq = %s AND tenant_id = %s", [new, old, tenant(cursor)]
        )


def tail_cut(cursor, dice, seqs):
    cursor.execute(
        "DELETE FROM audit_auditrecord WHERE seq > %s AND tenant_id = %s", [dice.choice(seqs[:-1]), tenant(cursor)]
    )


def tenant(cursor):
    cursor.execute("SELECT id FROM tenancy_tenant WHERE name = %s", [CITY])
    return cursor.fetchone()[0]


TABLES = ("audit_auditrecord", "audit_audithead", "tenancy_tenant")


def test_a_hundred_random_tampers_are_all_found(committed_world):
    long_chain(committed_world)
    dice = random.Random(20261123)
    with owners() as cursor:
        for name in TABLES:
            cursor.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
        cursor.execute("CREATE TABLE kept AS SELECT * FROM audit_auditrecord")
        cursor.execute("SELECT seq FROM audit_auditrecord WHERE tenant_id = %s ORDER BY seq", [tenant(cursor)])
        seqs = [seq for (seq,) in cursor.fetchall()]
    verify()
    missed = []
    for number in range(100):
        tamper = dice.choice([edit, delete, insert, swap, tail_cut])
        with owners() as cursor:
            tamper(cursor, dice, seqs)
        try:
            verify()
            missed.append((number, tamper.__name__))
        except CommandError:
            pass
        with owners() as cursor:
            cursor.execute(
                "TRUNCATE audit_auditrecord; INSERT INTO audit_auditrecord OVERRIDING SYSTEM VALUE SELECT * FROM kept"
            )
    assert missed == []
    verify()


def test_a_tail_cut_off_with_its_head_is_found_by_the_anchor_alone(committed_world, tmp_path):
    anchor = tmp_path / "anchor.json"
    long_chain(committed_world, 10)
    verify(anchor=anchor)
    long_chain(committed_world, 5)
    verify(anchor=anchor)
    with owners() as cursor:
        for name in TABLES:
            cursor.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
        number = tenant(cursor)
        cursor.execute("DELETE FROM audit_auditrecord WHERE tenant_id = %s AND seq > 8", [number])
        cursor.execute(
            "UPDATE audit_audithead SET seq = 8, digest = (SELECT digest FROM audit_auditrecord WHERE tenant_id = %s AND seq = 8)"
            " WHERE tenant_id = %s",
            [number, number],
        )
    verify()
    kept = anchor.read_text()
    with pytest.raises(CommandError, match="tail was cut"):
        verify(anchor=anchor)
    assert anchor.read_text() == kept, "an anchor that found something is not written over"


def test_an_anchor_file_that_was_changed_is_refused(committed_world, tmp_path):
    anchor = tmp_path / "anchor.json"
    verify(anchor=anchor)
    content = json.loads(anchor.read_text())
    content["heads"][str(committed_world.tenants[CITY])]["seq"] -= 1
    anchor.write_text(json.dumps(content))
    with pytest.raises(CommandError, match="签名不对"):
        verify(anchor=anchor)
    anchor.write_text("[]")
    with pytest.raises(CommandError, match="不是审计锚点"):
        verify(anchor=anchor)


def test_many_writers_at_once_make_one_unbroken_chain(committed_world):
    people = [committed_world.who(login) for login in ("office", "inspector", "officer", "sysadmin")]
    start, faults = threading.Barrier(len(people)), []

    def write(person):
        try:
            start.wait()
            for number in range(15):
                with enter(person):
                    note("tests.race", changes={"n": number})
                    note("tests.race", changes={"n": number, "again": True})
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    before = len(records(committed_world))
    writers = [threading.Thread(target=write, args=(person,)) for person in people]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert faults == []
    assert len(records(committed_world)) == before + 4 * 15 * 2
    verify()


def test_without_the_heads_lock_the_same_race_breaks_the_chain(committed_world, monkeypatch):
    """The positive control: were the head read and not locked, two writers would take one number."""
    monkeypatch.setattr(trail, "write_pending", write_without_lock)
    with pytest.raises(AssertionError):
        test_many_writers_at_once_make_one_unbroken_chain(committed_world)


def write_without_lock():
    pending = stay().notes.pop("audit", [])
    for entry in pending:
        seq, prev = sql("SELECT seq, digest FROM audit_audithead")[0]
        entry |= {"seq": seq + 1, "at": datetime.now(UTC).isoformat(timespec="microseconds")}
        digest = link(prev, entry)
        values = entry | {
            "tenant_id": current_tenant_id(),
            "prev": prev,
            "digest": digest,
            "changes": json.dumps(entry["changes"]),
        }
        places = ", ".join(["%s"] * len(trail.COLUMNS))
        sql(
            f"INSERT INTO audit_auditrecord ({', '.join(trail.COLUMNS)}) VALUES ({places})",
            *[values[n] for n in trail.COLUMNS],
        )
        sql("UPDATE audit_audithead SET seq = %s, digest = %s", seq + 1, digest)


def test_each_city_has_a_chain_of_its_own(world):
    before = {login: head(world, login) for login in ("office", "office_x")}
    with world.as_("office"):
        note("tests.act")
    assert head(world, "office") == before["office"] + 1
    assert head(world, "office_x") == before["office_x"]


def head(world, login) -> int:
    with world.as_(login):
        return AuditHead.objects.get().seq


def test_the_auditor_searches_by_person_action_object_and_day(world):
    hazard = recorded(world, description="阀门渗漏甲")
    client = world.client("auditor")

    def found(query: str) -> int:
        page = client.get(f"/audit/?{query}").content.decode()
        return int(re.search(r"共 <strong>(\d+)\+?</strong> 条", page)[1])

    assert found("action=hazards.record") == 1
    assert found("person=inspector君&action=hazards.record") == 1
    assert found("person=officer君&action=hazards.record") == 0
    assert found(f"kind=hazards.hazard&object={hazard.pk}") == 1
    assert found(f"kind=enterprises.enterprise&object={hazard.pk}") == 0
    assert found("result=denied") == 0
    today = hazard.found_on.isoformat()
    assert found(f"action=hazards.record&day_from={today}&day_to={today}") == 1
    assert found("action=hazards.record&day_to=2020-01-01") == 0


def test_every_action_in_the_code_has_a_chinese_name_on_the_trail():
    root = Path(__file__).parents[2]
    written = set()
    for floor in ("portal", "enterprises", "hazards", "inspections", "accountability", "campaign"):
        for file in (root / floor).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text())):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("note", "audit", "noted"):
                    texts = [node for argument in call.args for node in ast.walk(argument)]
                    written |= {
                        node.value
                        for node in texts
                        if isinstance(node, ast.Constant) and re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", str(node.value))
                    }
    assert {"hazards.record", "login", "accounts.open_again"} <= written
    dotted = {word for word in written if "." in word}
    assert dotted <= actions().keys()
    assert {"login", "logout"} | {f"hazards.{verb}" for verb in VERBS} <= actions().keys()
    assert {
        f"{kind}.{verb}" for kind in ("district", "organisation", "person") for verb in ("add", "change")
    } <= actions().keys()


def test_the_trail_is_paged_and_nothing_on_it_can_be_pressed_to_change_it(world):
    long_chain(world, 60)
    client = world.client("auditor")
    first = client.get("/audit/?size=25").content.decode()
    assert "下一页" in first
    assert "第 1–25 条" in first
    main = first.partition("<main")[2].partition("</main>")[0]
    assert 'method="post"' not in main
    for login in ("office", "inspector", "officer", "sysadmin", "secadmin"):
        assert world.client(login).get("/audit/").status_code == 403
