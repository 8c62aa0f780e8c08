"""Every way in goes through the same door: requests, streams, tasks, commands, the shell."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from campaign.celery import app
from enterprises.models import Enterprise
from hazards.actions import moves
from hazards.models import Hazard
from portal.audit.models import AuditRecord
from portal.refusals import BadInput
from portal.tenancy import gate
from portal.tenancy.login import GateBackend
from portal.tenancy.models import Person, Posting
from portal.tenancy.scope import NoScope, Who, enter, in_scope, platform_scope, tenant_scope
from tests.conftest import use
from tests.security.doors import FAULTS
from tests.stories import person_id, submitted
from tests.world import ENTERPRISES


@pytest.fixture
def doors(settings):
    settings.ROOT_URLCONF = "tests.security.doors"


def standing() -> tuple[str, str]:
    """The connection as the next request would find it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, coalesce(current_setting('portal.tenant', true), '')")
        return cursor.fetchone()


OUTSIDE = ("portal_login", "")


def test_a_streamed_answer_is_made_behind_the_wall(world, doors):
    told = b"".join(world.client("inspector").get("/t/stream/").streaming_content).decode()
    assert told.split() == [ENTERPRISES["a"][0], ENTERPRISES["b"][0]]
    assert standing() == OUTSIDE


def test_a_view_that_declares_nothing_is_refused(world, doors):
    with pytest.raises(ImproperlyConfigured, match="says neither"):
        world.client("inspector").get("/t/forgotten/")


@pytest.mark.parametrize("kind", [*sorted(FAULTS), "swallowed", "left_role", "rolled_back", "stream", "broken_stream"])
def test_after_any_answer_the_connection_is_the_login_roles_again(committed_world, doors, kind):
    client = committed_world.client("inspector")
    client.raise_request_exception = False
    try:
        response = client.get(f"/t/{kind}/")
        if response.streaming:
            b"".join(response.streaming_content)
    except (SystemExit, KeyboardInterrupt, ValueError):
        pass
    assert not in_scope()
    assert standing() == OUTSIDE
    assert connection.in_atomic_block is False
    with pytest.raises(ProgrammingError), transaction.atomic():
        Enterprise.objects.first()
    # And the next person on the same connection sees their own rows.
    assert ENTERPRISES["x"][0] in committed_world.client("inspector_x").get("/enterprises/").content.decode()


@pytest.mark.parametrize(
    ("kind", "status"), [("refused", 409), ("bad", 400), ("not_allowed", 403), ("missing", 404), ("denied", 403)]
)
def test_a_refusal_becomes_a_page_with_its_status(world, doors, kind, status):
    response = world.client("inspector").get(f"/t/{kind}/")
    assert response.status_code == status
    assert "no-store" in response["Cache-Control"]


def test_a_stay_inside_another_gives_the_outer_one_its_rights_back(world):
    officer, stranger = world.who("officer"), world.who("officer_x")
    with world.as_("office"):
        with enter(officer):
            assert standing()[0] == "portal_enterprise"
        assert standing() == ("portal_city", str(world.tenants["江州市"]))
        with pytest.raises(ValueError), enter(stranger):
            raise ValueError
        assert standing() == ("portal_city", str(world.tenants["江州市"]))
    assert standing() == OUTSIDE


def test_every_task_is_refused_without_its_tenant():
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert len(ours) >= 4
    for _name, task in ours.items():
        if not task.no_tenant:
            for wrong in ({}, {"tenant_id": None}, {"tenant_id": "1"}):
                with pytest.raises(NoScope):
                    task(**wrong)
    # One only hands out work; the others take their tenant by name and enter a scope for each of their steps.
    assert {name for name, task in ours.items() if task.no_tenant} == {
        "hazards.tasks.for_each_tenant",
        "accountability.tasks.reckon_scores",
        "campaign.tasks.make_reports",
        "enterprises.tasks.run_import",
        "portal.exports.tasks.run_export",
    }
    with pytest.raises(TypeError):
        ours["enterprises.tasks.run_import"](import_id=1)
    with pytest.raises(TypeError):
        ours["portal.exports.tasks.run_export"](job_id=1, attempt=1)


def test_a_task_sees_its_tenant_alone(world):
    @app.task(name="tests.count_plants")
    def count_plants(tenant_id):
        return Enterprise.objects.count()

    try:
        assert count_plants(tenant_id=world.tenants["江州市"]) == 3
        assert count_plants(tenant_id=world.tenants["澄川市"]) == 1
        assert count_plants(tenant_id=987654321) == 0
    finally:
        app.tasks.unregister("tests.count_plants")


SHOW = "from enterprises.models import Enterprise; print(sorted(Enterprise.objects.values_list('name', flat=True)))"


def test_a_shell_as_somebody_sees_what_they_see(world, capsys):
    call_command("shell", login="inspector", command=SHOW, no_imports=True)
    assert capsys.readouterr().out.strip() == str(sorted([ENTERPRISES["a"][0], ENTERPRISES["b"][0]]))
    assert standing() == OUTSIDE
    with world.as_("auditor"):
        assert AuditRecord.objects.filter(action="shell.open", account_id=world.accounts["inspector"]).count() == 1


def test_a_shell_as_nobody_reads_nothing(world):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        call_command("shell", command=SHOW, no_imports=True)
    with pytest.raises(CommandError, match="不是启用的账号"):
        call_command("shell", login="nobody-here", command=SHOW)


def test_what_belongs_to_a_tenant_cannot_be_made_outside_a_scope(world):
    with pytest.raises(NoScope):
        Person(name="甲").save()
    with platform_scope(), pytest.raises(NoScope):
        Person(name="甲").save()


def test_somebody_elses_posting_cannot_be_taken(world):
    client = world.client("officer")
    with world.as_("sysadmin"):
        stranger = Posting.objects.get(person_id=world.people["office"]).pk
    client.post("/account/posting/", {"posting": stranger})
    session = client.session
    assert session.get("posting") is None
    session["posting"] = stranger  # Even a session that says so is not believed.
    session.save()
    assert client.get("/dashboard/").status_code == 403


def test_the_operator_is_made_by_the_owner_and_sees_no_business(committed_world, capsys):
    call_command("create_operator", "yunwei")
    password = re.search(r"一次性密码：(\S+?)（", capsys.readouterr().out)[1]
    use(connection.settings_dict["NAME"])
    client = committed_world.client()
    client.post("/login/", {"username": "yunwei", "password": password})
    assert client.get("/")["Location"] == "/account/password/"
    account = Client()
    operator = GateBackend().get_user(GateBackend().authenticate(None, username="yunwei", password=password).pk)
    gate.call("gate_set_password", operator.pk, operator.password, False)
    account.force_login(operator, backend="portal.tenancy.login.GateBackend")
    assert "江州市" in account.get("/").content.decode()
    for address in (
        "/hazards/",
        f"/enterprises/{committed_world.enterprises['a']}/",
        "/api/v1/hazards/",
        "/dashboard/",
        "/audit/",
        "/console/",
    ):
        for method in ("get", "head", "options", "post", "put", "patch", "delete"):
            assert getattr(account, method)(address).status_code in (403, 405), (method, address)


def test_the_api_notes_what_it_refused_and_takes_back_what_it_began(world):
    hazard = submitted(world, "a", level="major")
    client = world.client("inspector")
    with world.as_("sysadmin"):
        Person.objects.filter(pk=world.people["inspector2"]).update(certificate_no="")
    answer = client.post(
        f"/api/v1/hazards/{hazard.pk}/accept/",
        {"second": person_id(world, "inspector2")},
        content_type="application/json",
    )
    assert answer.status_code == 400
    with world.as_("auditor"):
        assert Hazard.objects.get(pk=hazard.pk).status == "submitted"
        assert not AuditRecord.objects.filter(action="hazards.accept").exists()
    assert world.client("north").get(f"/api/v1/hazards/{hazard.pk}/").status_code == 404
    with world.as_("auditor"):
        denied = AuditRecord.objects.get(action="access.denied")
        assert (denied.result, denied.person_name, denied.changes["path"]) == (
            "denied",
            "north君",
            f"/api/v1/hazards/{hazard.pk}/",
        )


def test_a_verb_that_refuses_halfway_leaves_nothing_behind(world):
    """The page catches the refusal and goes on; the hazard must not be closed without its recheck opinion."""
    hazard = submitted(world, "a")
    with world.as_("sysadmin"):
        Person.objects.filter(pk=world.people["inspector2"]).update(certificate_no="")
    with world.as_("inspector"):
        with pytest.raises(BadInput):
            moves.accept(hazard.pk, person_id(world, "inspector2"))
        assert Hazard.objects.get(pk=hazard.pk).status == "submitted"
    with world.as_("auditor"):
        assert not AuditRecord.objects.filter(action="hazards.accept").exists()


def test_a_scope_may_not_be_entered_halfway(world):
    """`enter` with a role that does not exist fails before anything is seen."""
    with (
        pytest.raises(Exception, match="portal_nobody"),
        transaction.atomic(),
        enter(Who(scope="nobody", role="office")),
    ):
        pass
    assert not in_scope()
    with tenant_scope(world.tenants["江州市"]):
        assert Enterprise.objects.count() == 3


def test_json_nested_without_end_is_refused_and_is_no_fault_of_the_portals(world):
    client = world.client("inspector")
    client.raise_request_exception = False
    deep = "[" * 100_000 + "]" * 100_000
    for address in ("/api/v1/units/", "/api/v1/exports/", "/api/v1/visits/"):
        answer = client.post(address, deep, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_input"), address
