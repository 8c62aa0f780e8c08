"""Somebody has lost their phone: the second factor is reset by an administrator and enrolled anew."""

import re
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction
from django.test import Client
from django.utils import timezone
from django_otp import device_classes
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.audit.models import AuditRecord
from portal.messages.models import Message
from portal.refusals import Refused
from portal.tenancy import actions, gate
from portal.tenancy.models import FACTOR_LASTS, Account, Organisation, Posting, Tenant
from portal.tenancy.scope import tenant_scope
from tests.races import race
from tests.world import PASSWORD, SINCE

INBOX, FACTOR = "/messages/", "/account/totp/"
EVERYBODY = ["office", "department", "inspector", "leader", "expert", "officer", "auditor", "sysadmin", "secadmin"]


@pytest.fixture
def asked(world):
    ask(world)
    return world


def ask(world):
    with world.as_("secadmin"):
        Tenant.objects.update(settings={"totp_roles": ["inspector", "sysadmin", "secadmin"]})


def log_in(login) -> Client:
    client = Client()
    assert client.post("/login/", {"username": login, "password": PASSWORD}).status_code == 302
    return client


def code_of(device) -> str:
    return f"{totp(device.bin_key, step=device.step, digits=device.digits):06d}"


def device(world, login="inspector") -> TOTPDevice:
    return TOTPDevice.objects.get(user_id=world.accounts[login])


def enrol(world, client, login="inspector", **more):
    client.get(FACTOR)
    return client.post(FACTOR, {"code": code_of(device(world, login))} | more)


def enrolled(world, login="inspector") -> Client:
    client = log_in(login)
    assert enrol(world, client, login).status_code == 302
    return client


def press(world, by, login="inspector", word="factor"):
    return world.client(by).post(f"/console/tenancy/account/{world.accounts[login]}/{word}/")


def unasked(world):
    """The two administrators need no factor for what follows."""
    with world.as_("secadmin"):
        Tenant.objects.update(settings={"totp_roles": ["inspector"]})


def handed(response) -> str:
    assert response.status_code == 200, response.content.decode()
    return re.search(r'id="one-time-code">([^<]+)<', response.content.decode())[1].replace("&amp;", "&")


def trail(world, *names):
    with world.as_("auditor"):
        return list(AuditRecord.objects.filter(action__in=names).order_by("seq"))


@pytest.fixture
def lost(asked):
    """The inspector has enrolled, and the administrators need no factor."""
    session = enrolled(asked)
    unasked(asked)
    assert session.get(INBOX).status_code == 200
    return session


def test_the_lost_phone_and_every_session_end_at_once_and_the_new_phone_needs_password_and_code(world, lost):
    code = handed(press(world, "secadmin"))
    assert len(code) >= 16
    assert lost.get(INBOX)["Location"].startswith("/login/")
    assert not TOTPDevice.objects.filter(user_id=world.accounts["inspector"]).exists()
    client = log_in("inspector")
    assert client.get(INBOX)["Location"].startswith(FACTOR)
    page = client.get(FACTOR).content.decode()
    assert "动态口令已重置" in page
    assert 'name="handed"' in page
    before = client.session.session_key
    wrong = client.post(FACTOR, {"code": code_of(device(world)), "handed": code[:-1]})
    assert wrong.status_code == 400
    assert f'value="{code[:-1]}"'.replace("&", "&amp;") in wrong.content.decode(), "nothing typed is lost"
    assert client.get(INBOX).status_code == 302
    device(world).throttle_reset()
    assert client.post(FACTOR, {"code": "000000", "handed": code}).status_code == 400
    device(world).throttle_reset()
    assert client.post(FACTOR, {"code": code_of(device(world)), "handed": code}).status_code == 302
    assert client.get(INBOX).status_code == 200
    assert client.session.session_key != before, "a session that has proved more is another session"
    stolen = log_in("inspector")
    assert 'name="handed"' not in stolen.get(FACTOR).content.decode(), "the code is used up"
    assert [one.action for one in trail(world, "accounts.factor", "totp.enrol", "totp.failed")] == [
        "totp.enrol",
        "accounts.factor",
        "totp.failed",
        "totp.failed",
        "totp.enrol",
    ]


def test_the_trail_and_the_person_are_told_and_neither_holds_the_code(world, lost):
    code = handed(press(world, "secadmin"))
    record = trail(world, "accounts.factor")[-1]
    assert (record.person_name, record.object_label, record.changes["devices"]) == ("secadmin君", "inspector", 1)
    assert code not in str(record.changes)
    with tenant_scope(world.tenants["江州市"]):
        told = {one.channel: one for one in Message.objects.filter(person_id=world.people["inspector"])}
    assert set(told) == {"in_app", "email"}
    assert "secadmin君重置了您登录用的动态口令" in told["in_app"].body
    assert all(code not in one.body + one.title for one in told.values())
    with world.as_("secadmin"):
        kept = Account.objects.get(username="inspector")
        assert code not in kept.factor_code
        assert kept.factor_code.startswith("argon2")
    page = world.client("secadmin").get(f"/console/tenancy/account/{world.accounts['inspector']}/change/")
    assert code not in page.content.decode()
    assert "等待本人重新绑定" in page.content.decode()


def test_the_code_runs_out(world, lost):
    code = handed(press(world, "secadmin"))
    client = log_in("inspector")
    with time_machine.travel(timezone.now() + FACTOR_LASTS + timedelta(seconds=1)):
        client = log_in("inspector")
        page = client.get(FACTOR).content.decode()
        assert "已过期" in page
        assert "data:image/svg+xml" not in page
        assert client.post(FACTOR, {"code": code_of(device(world)), "handed": code}).status_code == 400
        assert client.get(INBOX).status_code == 302
        second = handed(press(world, "secadmin"))
        client = log_in("inspector")
        assert enrol(world, client, handed=code).status_code == 400, "the first code is worth nothing any more"
        device(world).throttle_reset()
        assert client.post(FACTOR, {"code": code_of(device(world)), "handed": second}).status_code == 302


def test_an_account_that_never_enrolled_has_nothing_to_reset(world, asked):
    unasked(world)
    answer = press(world, "secadmin")
    assert answer.status_code == 409
    assert "没有绑定动态口令" in answer.content.decode()
    assert trail(world, "accounts.factor") == []


@pytest.mark.parametrize("login", EVERYBODY)
def test_only_the_security_administrator_resets_and_only_administrators_consent(world, lost, login):
    with world.as_("secadmin"):
        Tenant.objects.update(settings={})
    account, client = world.accounts["inspector"], world.client(login)
    status = 200 if login == "secadmin" else 403
    assert client.post(f"/api/v1/accounts/{account}/reset-factor/").status_code == status
    assert press(world, login).status_code == status
    # Nobody need agree where no administrator is concerned; that is said to those who may, as a refusal of the act.
    status = 409 if login in ("secadmin", "sysadmin") else 403
    assert client.post(f"/api/v1/accounts/{account}/consent/").status_code == status
    assert press(world, login, word="consent").status_code == status
    assert client.get("/api/v1/accounts/").status_code == (200 if status == 409 else 403)
    assert TOTPDevice.objects.filter(user_id=account).exists() is (login != "secadmin")


def test_opening_the_buttons_address_changes_nothing(world, lost):
    for word in ("factor", "consent"):
        address = f"/console/tenancy/account/{world.accounts['inspector']}/{word}/"
        assert world.client("secadmin").get(address).status_code == 302
        assert world.client("secadmin").get(f"/console/tenancy/account/987654321/{word}/").status_code == 404
    assert device(world).confirmed


def test_another_citys_account_is_not_there_and_the_database_holds_that_too(world, lost):
    stranger = world.accounts["office_x"]
    TOTPDevice.objects.create(user_id=stranger, confirmed=True)
    assert press(world, "secadmin", "office_x").status_code == 404
    assert world.client("secadmin").post(f"/api/v1/accounts/{stranger}/reset-factor/").status_code == 404
    with world.as_("secadmin"):
        assert gate.call("gate_drop_factors", stranger) == {"dropped": 0}
    assert TOTPDevice.objects.filter(user_id=stranger).exists()
    with world.as_("sysadmin"), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        gate.call("gate_drop_factors", world.accounts["inspector"])
    assert device(world).confirmed


def test_over_the_api_the_code_is_given_once(world, lost):
    client = world.client("secadmin")
    found = client.get("/api/v1/accounts/?username=INSPECTOR").json()["results"]
    assert [one["username"] for one in found] == ["inspector"]
    answer = client.post(f"/api/v1/accounts/{found[0]['id']}/reset-factor/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert enrol(world, log_in("inspector"), handed=answer.json()["code"]).status_code == 302
    shown = client.get(f"/api/v1/accounts/{found[0]['id']}/").json()
    assert shown["factor_until"] is None
    assert not {"factor_code", "password"} & set(shown)


def test_nobody_resets_their_own(world, asked):
    enrolled(world, "secadmin")
    unasked(world)
    for word in ("factor", "consent"):
        answer = press(world, "secadmin", "secadmin", word)
        assert answer.status_code == 403
        assert "不能由自己" in answer.content.decode()
    page = world.client("secadmin").get(f"/console/tenancy/account/{world.accounts['secadmin']}/change/")
    assert "重置动态口令</button>" not in page.content.decode()
    assert device(world, "secadmin").confirmed


def test_an_administrators_needs_another_administrators_word(world, asked):
    with world.as_("sysadmin"):
        second = actions.post(
            actions.add_person("另一位"),
            "secadmin",
            organisation=Organisation.objects.get(kind="administration"),
            starts=SINCE,
        )
        actions.open_account(second.person, "secadmin2", password=PASSWORD, must_change=False)
        world.accounts["secadmin2"] = Account.objects.get(username="secadmin2").pk
    try:
        enrolled(world, "sysadmin")
        unasked(world)
        refused = press(world, "secadmin", "sysadmin")
        assert refused.status_code == 409
        assert "另一位系统管理员或安全管理员" in refused.content.decode()
        assert press(world, "secadmin", "sysadmin", "consent").status_code == 302
        assert press(world, "secadmin", "sysadmin").status_code == 409, "one's own word is no second word"
        with time_machine.travel(timezone.now() - FACTOR_LASTS - timedelta(seconds=1)):
            assert press(world, "secadmin2", "sysadmin", "consent").status_code == 302
        assert press(world, "secadmin", "sysadmin").status_code == 409, "a consent that is a day old has lapsed"
        assert press(world, "secadmin2", "sysadmin", "consent").status_code == 302
        page = world.client("secadmin").get(f"/console/tenancy/account/{world.accounts['sysadmin']}/change/")
        assert "另一位已同意" in page.content.decode()
        code = handed(press(world, "secadmin", "sysadmin"))
        assert press(world, "secadmin", "sysadmin").status_code == 409, "a consent is for one reset"
        assert trail(world, "accounts.factor")[-1].changes["consent"] == second.person_id
        assert trail(world, "accounts.consent")[-1].person_name == "另一位"
        ask(world)
        assert enrol(world, log_in("sysadmin"), "sysadmin", handed=code).status_code == 302
    finally:
        del world.accounts["secadmin2"]


def test_ending_the_posting_does_not_step_round_the_second_word(world, asked):
    enrolled(world, "sysadmin")
    unasked(world)
    with world.as_("secadmin"):
        posting = Posting.objects.get(person_id=world.people["sysadmin"])
        actions.end_posting(posting, timezone.localdate() - timedelta(days=1))
        with pytest.raises(Refused, match="管理员的账号"):
            actions.reset_factor(Account.objects.get(username="sysadmin"))


def test_a_consent_says_nothing_where_no_administrator_is_concerned(world, lost):
    answer = press(world, "sysadmin", "inspector", "consent")
    assert answer.status_code == 409
    assert "直接重置" in answer.content.decode()


def test_the_last_administrator_is_let_in_again_from_the_server(world, asked, capsys):
    session = enrolled(world, "secadmin")
    with pytest.raises(CommandError, match="怎么核实"):
        call_command("reset_factor", "secadmin", reason=" ")
    with pytest.raises(CommandError, match="没有登录名"):
        call_command("reset_factor", "nobody-here", reason="x")
    with pytest.raises(CommandError, match="没有绑定"):
        call_command("reset_factor", "sysadmin", reason="x")
    call_command("reset_factor", "SecAdmin", reason="唯一的安全管理员手机丢失，王主任当面核实")
    code = re.search(r"一次性验证码：(\S+)（", capsys.readouterr().out)[1]
    assert session.get("/console/")["Location"].startswith("/login/")
    assert enrol(world, log_in("secadmin"), "secadmin", handed=code).status_code == 302
    record = trail(world, "accounts.factor")[-1]
    assert (record.role, record.changes["reason"]) == ("system", "唯一的安全管理员手机丢失，王主任当面核实")


def test_a_key_shown_in_one_session_is_not_enrolled_in_another(world, asked):
    thief, owner = log_in("inspector"), log_in("inspector")
    thief.get(FACTOR)
    seen = device(world)
    owner.get(FACTOR)
    assert device(world).key != seen.key
    assert thief.post(FACTOR, {"code": code_of(device(world))}).status_code == 400, "it is enrolled where it was shown"
    assert enrol(world, owner).status_code == 302
    assert device(world).key != seen.key


def test_no_kind_of_second_factor_survives_a_reset():
    assert device_classes()
    for kind in device_classes():
        assert f"DELETE FROM {kind._meta.db_table} " in gate.FUNCTIONS["gate_drop_factors(bigint)"]


def test_who_enrols_while_the_factor_is_reset_is_out(committed_world):
    """They wait for one another at the account's row; what was handed over before the reset enrols nothing after it."""
    world = committed_world
    ask(world)
    enrolled(world)
    unasked(world)
    account = Account(pk=world.accounts["inspector"], person_id=world.people["inspector"])
    with world.as_("secadmin"):
        first = actions.reset_factor(account)
    client, answers = log_in("inspector"), []
    client.get(FACTOR)
    code = code_of(device(world))

    def enrol_now():
        answers.append(client.post(FACTOR, {"code": code, "handed": first}))
        connections["default"].close()

    thread = threading.Thread(target=enrol_now)
    with world.as_("secadmin"):
        actions.reset_factor(account)
        thread.start()
        with connection.cursor() as cursor:
            for _ in range(200):
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    break
                time.sleep(0.05)
    thread.join()
    assert answers[0]["Location"] == "/login/"
    assert client.get(INBOX)["Location"].startswith("/login/")
    assert not TOTPDevice.objects.filter(user_id=account.pk).exists()


def test_two_resets_at_once_leave_one_code_that_works(committed_world):
    world = committed_world
    ask(world)
    enrolled(world)
    unasked(world)
    account = Account(pk=world.accounts["inspector"], person_id=world.people["inspector"])
    codes = []
    act = ("secadmin", lambda: codes.append(actions.reset_factor(account)))
    assert race(world, act, act) == [None, None]
    assert len(trail(world, "accounts.factor")) == 2
    client = log_in("inspector")
    client.get(FACTOR)
    good = []
    for code in codes:
        device(world).throttle_reset()
        good.append(client.post(FACTOR, {"code": code_of(device(world)), "handed": code}).status_code)
        if good[-1] == 302:
            break
    assert good.count(302) == 1
