"""Logging in, and everything that ends or bars a login."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.audit.models import AuditRecord
from portal.tenancy.models import Account, Organisation, Posting, Tenant
from tests.world import PASSWORD

INBOX = "/messages/"
NEW = "Neues-Wort-2026"


def log_in(client, login, password=PASSWORD, **more):
    return client.post("/login/", {"username": login, "password": password, **more})


def is_in(client) -> bool:
    return client.get(INBOX).status_code == 200


def trail(world, login) -> list[tuple[str, str]]:
    with world.as_("auditor"):
        return list(
            AuditRecord.objects.filter(account_id=world.accounts[login]).order_by("seq").values_list("action", "result")
        )


def change_account(world, login, **changes):
    with world.as_("sysadmin"):
        assert Account.objects.filter(username=login).update(**changes) == 1


def text_of(response) -> str:
    """The page without what differs at every request anyway."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def test_a_person_logs_in_and_lands_where_they_wanted_to_go(world):
    client = Client()
    asked = client.get(INBOX)
    assert asked.url == "/login/?next=%2Fmessages%2F"
    assert 'name="next" value="/messages/"' in client.get(asked.url).content.decode()
    answer = log_in(client, "inspector", next=INBOX)
    assert (answer.status_code, answer.url) == (302, INBOX)
    assert is_in(client)
    assert trail(world, "inspector")[-1] == ("login", "done")


def test_a_login_that_ran_out_over_a_form_leads_back_to_the_page_it_stood_on(world):
    client = Client()
    page = "http://testserver/hazards/7/submit/?step=3"
    asked = client.post("/hazards/7/submit/?step=3", {"note": "x"}, headers={"Referer": page})
    assert asked.url == "/login/?next=%2Fhazards%2F7%2Fsubmit%2F%3Fstep%3D3&why=expired"
    assert "登录已过期" in client.get(asked.url).content.decode()
    boosted = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/?at=7"}
    assert client.post("/desk/7/", headers=boosted)["HX-Redirect"] == "/login/?next=%2Fdesk%2F%3Fat%3D7&why=expired"
    # Another site's page is not gone back to.
    assert client.post("/hazards/7/submit/", headers={"Referer": "https://evil.example/"}).url == "/login/?why=expired"


def test_the_login_name_may_be_typed_in_any_width_and_case(world):
    assert log_in(Client(), " ＩＮＳＰＥＣＴＯＲ ").status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_logging_in_never_leads_to_another_site(world, target):
    assert log_in(Client(), "inspector", next=target).url == "/"


def test_an_unknown_name_a_wrong_password_and_a_closed_account_get_the_same_answer(world):
    change_account(world, "north", is_active=False)
    answers = [log_in(Client(), "nobody", "x"), log_in(Client(), "inspector", "x"), log_in(Client(), "north")]
    assert {answer.status_code for answer in answers} == {401}
    pages = [
        text_of(answer).replace(name, "")
        for answer, name in zip(answers, ["nobody", "inspector", "north"], strict=True)
    ]
    assert pages[0] == pages[1] == pages[2]
    assert "登录名或密码不对" in pages[0]
    assert trail(world, "inspector")[-1] == ("login.failed", "denied")


def test_what_was_typed_stays_but_the_password_does_not(world):
    page = log_in(Client(), "inspector", "wrong-word").content.decode()
    assert 'value="inspector"' in page
    assert "wrong-word" not in page


def test_twenty_wrong_passwords_lock_the_account_and_nobody_else_at_the_same_address(world):
    client = Client()
    for _ in range(20):
        answer = log_in(client, "inspector", "wrong")
    assert answer.status_code == 429
    assert "已暂时锁定" in answer.content.decode()
    assert log_in(client, "inspector").status_code == 429
    assert log_in(client, "inspector2").status_code == 302
    assert trail(world, "inspector")[-1] == ("login.locked", "denied")


def test_a_name_that_does_not_exist_is_locked_like_any_other(world):
    answers = [log_in(Client(), "nobody", "wrong").status_code for _ in range(settings.AXES_FAILURE_LIMIT + 1)]
    assert answers[-1] == 429


def test_the_lock_opens_by_itself(world):
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        log_in(client, "inspector", "wrong")
    assert log_in(client, "inspector").status_code == 429
    with time_machine.travel(timezone.now() + settings.AXES_COOLOFF_TIME + timedelta(seconds=1)):
        assert log_in(client, "inspector").status_code == 302


def test_logging_in_gives_a_new_session_and_the_old_one_is_dead(world):
    client = Client()
    log_in(client, "inspector")
    first = client.cookies[settings.SESSION_COOKIE_NAME].value
    log_in(client, "inspector")
    second = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert first != second
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = first
    assert not is_in(thief)
    assert is_in(client)


def test_logging_out_ends_the_session_on_the_server_and_clears_the_browser(world):
    client = Client()
    log_in(client, "inspector")
    client.get(INBOX)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/logout/").status_code == 405
    answer = client.post("/logout/")
    assert answer.url == "/login/"
    assert "storage" in answer["Clear-Site-Data"]
    assert answer.cookies["list_inbox"].value == ""
    assert not Session.objects.filter(session_key=key).exists()
    assert trail(world, "inspector")[-1] == ("logout", "done")


def test_what_is_unsent_on_the_device_is_not_cleared_away_by_logging_out(world):
    client = Client()
    log_in(client, "officer")
    client.cookies["unsent_field"] = "1"
    assert client.post("/logout/")["Clear-Site-Data"] == '"cache"'


@pytest.mark.parametrize(("after", "inside"), [(-2, True), (2, False)])
def test_an_idle_session_ends_exactly_at_the_limit(world, after, inside):
    client = Client()
    with time_machine.travel("2026-06-01T09:00:00+08:00", tick=False) as clock:
        log_in(client, "inspector")
        assert is_in(client)
        clock.shift(settings.SESSION_IDLE_SECONDS + after)
        answer = client.get(INBOX)
        assert (answer.status_code == 200) is inside
        if not inside:
            assert "why=idle" in answer.url
            assert "长时间没有操作" in client.get(answer.url).content.decode()


def test_the_account_pages_end_idle_sessions_too(world):
    client = Client()
    with time_machine.travel("2026-06-01T09:00:00+08:00", tick=False) as clock:
        log_in(client, "inspector")
        assert is_in(client)
        clock.shift(settings.SESSION_IDLE_SECONDS + 1)
        assert client.get("/account/password/").url == "/login/?why=idle"


def test_clicking_keeps_a_session_alive_but_not_beyond_its_whole_length(world):
    client = Client()
    with time_machine.travel("2026-06-01T09:00:00+08:00", tick=False) as clock:
        log_in(client, "inspector")
        for _ in range(5):
            clock.shift(2 * 3600)
            assert is_in(client)
    assert settings.SESSION_COOKIE_AGE == 12 * 3600


def test_a_first_password_must_be_changed_before_anything_else_is_shown(world):
    change_account(world, "inspector", must_change_password=True)
    client = Client()
    log_in(client, "inspector")
    assert client.get(INBOX).url == "/account/password/?next=%2Fmessages%2F"
    assert client.get("/").url == "/account/password/"
    assert "须先改成自己的密码" in client.get("/account/password/").content.decode()
    answer = client.post("/account/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert answer.url == "/"
    assert is_in(client)
    assert trail(world, "inspector")[-1] == ("password.change", "done")
    assert log_in(Client(), "inspector").status_code == 401
    assert log_in(Client(), "inspector", NEW).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "fault"),
    [
        ("wrong", NEW, NEW, "现在的密码不对"),
        (PASSWORD, PASSWORD, PASSWORD, "不能与现在的密码相同"),
        (PASSWORD, "Kurz-1", "Kurz-1", "密码太短"),
        (PASSWORD, "alllowercaseword", "alllowercaseword", "中的三种"),
        (PASSWORD, NEW, NEW + "x", "不一致"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_the_reason(world, old, new, again, fault):
    client = Client()
    log_in(client, "inspector")
    answer = client.post("/account/password/", {"old": old, "new": new, "again": again})
    assert answer.status_code == 400
    assert fault in answer.content.decode()
    assert log_in(Client(), "inspector").status_code == 302


def test_an_open_session_gives_no_more_tries_at_the_password_than_the_login(world):
    client = Client()
    log_in(client, "inspector")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post("/account/password/", {"old": "wrong", "new": NEW, "again": NEW})
    assert answer.status_code == 429
    assert client.post("/account/password/", {"old": PASSWORD, "new": NEW, "again": NEW}).status_code == 429
    assert log_in(Client(), "inspector").status_code == 429


def test_changing_the_password_ends_every_other_session_of_the_account(world):
    here, elsewhere = Client(), Client()
    log_in(here, "inspector")
    log_in(elsewhere, "inspector")
    here.post("/account/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert is_in(here)
    assert not is_in(elsewhere)


def test_a_closed_account_is_out_with_its_next_request(world):
    client = Client()
    log_in(client, "inspector")
    assert is_in(client)
    change_account(world, "inspector", is_active=False)
    assert not is_in(client)


def test_an_ended_posting_loses_access_with_the_next_request(world):
    client = Client()
    log_in(client, "inspector")
    assert is_in(client)
    with world.as_("sysadmin"):
        person = Account.objects.get(username="inspector").person_id
        Posting.objects.filter(person_id=person).update(ends=date(2026, 1, 31))
    answer = client.get(INBOX)
    assert answer.status_code == 403
    assert "没有有效的任职" in answer.content.decode()


def test_a_person_with_two_postings_switches_between_them_and_into_no_other(world):
    with world.as_("sysadmin"):
        account = Account.objects.get(username="inspector")
        office = Organisation.objects.get(kind="office")
        second = Posting.objects.create(
            person_id=account.person_id, role="office", organisation=office, starts=date(2026, 1, 1)
        )
        foreign = Posting.objects.exclude(person_id=account.person_id).first()
    client = Client()
    log_in(client, "inspector")
    assert "区县监管执法人员" in client.get(INBOX).content.decode()
    client.post("/account/posting/", {"posting": foreign.pk})
    assert trail(world, "inspector")[-1] == ("login", "done")
    assert "区县监管执法人员</span>" in client.get(INBOX).content.decode()
    client.post("/account/posting/", {"posting": second.pk})
    assert "领导小组办公室</span>" in client.get(INBOX).content.decode()
    assert trail(world, "inspector")[-1] == ("posting.switch", "done")


@pytest.fixture
def second_factor(world):
    with world.as_("sysadmin"):
        Tenant.objects.filter(pk=world.tenants["江州市"]).update(settings={"totp_roles": ["inspector"]})


def code_of(device) -> str:
    return f"{totp(device.bin_key, step=device.step, digits=device.digits):06d}"


def test_the_second_factor_is_asked_of_the_roles_the_tenant_names(world, second_factor):
    client = Client()
    log_in(client, "inspector")
    assert client.get(INBOX).url == "/account/totp/?next=%2Fmessages%2F"
    assert client.get("/api/v1/hazards/").status_code == 403
    page = client.get("/account/totp/").content.decode()
    assert 'src="data:image/svg+xml' in page
    device = TOTPDevice.objects.get(user_id=world.accounts["inspector"])
    assert client.post("/account/totp/", {"code": "000000"}).status_code == 400
    assert not is_in(client)
    device.throttle_reset()
    assert client.post("/account/totp/", {"code": code_of(device)}).url == "/"
    assert is_in(client)
    assert [action for action, _ in trail(world, "inspector")][-2:] == ["totp.failed", "totp.enrol"]
    office = Client()
    log_in(office, "office")
    assert is_in(office)


def test_where_two_factors_are_asked_the_password_is_not_changed_with_one(world, second_factor):
    client = Client()
    log_in(client, "inspector")
    answer = client.post("/account/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert answer.url == "/account/totp/?next=%2Faccount%2Fpassword%2F"
    assert log_in(Client(), "inspector", NEW).status_code == 401


def test_a_link_from_a_letter_lands_on_the_thing_after_password_and_second_factor(world, second_factor):
    client, thing = Client(), "/hazards/?situation=overdue&deadline_to=2026-11-25"
    asked = client.get(thing)
    assert asked.status_code == 302
    after_password = client.post(asked.url, {"username": "inspector", "password": PASSWORD, "next": thing})
    assert after_password.url == thing
    factor = client.get(thing)
    assert factor.url.startswith("/account/totp/?next=")
    client.get(factor.url)
    device = TOTPDevice.objects.get(user_id=world.accounts["inspector"])
    landed = client.post(factor.url, {"code": code_of(device)})
    assert landed.url == thing
    assert client.get(landed.url).status_code == 200


def test_the_second_factor_leads_nowhere_outside_the_portal(world, second_factor):
    client = Client()
    log_in(client, "inspector")
    client.get("/account/totp/")
    device = TOTPDevice.objects.get(user_id=world.accounts["inspector"])
    assert client.post("/account/totp/?next=https://evil.example/", {"code": code_of(device)}).url == "/"


def test_a_code_is_good_once_and_the_key_is_never_shown_again(world, second_factor):
    first, second = Client(), Client()
    for client in (first, second):
        log_in(client, "inspector")
    first.get("/account/totp/")
    code = code_of(TOTPDevice.objects.get(user_id=world.accounts["inspector"]))
    assert first.post("/account/totp/", {"code": code}).status_code == 302
    assert "data:image/svg+xml" not in second.get("/account/totp/").content.decode()
    assert second.post("/account/totp/", {"code": code}).status_code == 400
    assert not is_in(second)


def test_the_login_page_shows_demo_accounts_in_the_demo_only(world, settings):
    settings.DEMO = False
    assert "演示账号" not in Client().get("/login/").content.decode()
    settings.DEMO = True
    assert "演示账号" in Client().get("/login/").content.decode()


def test_the_login_and_error_pages_ask_the_database_for_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/login/").status_code == 200
        assert client.get("/nowhere/").status_code == 404
        assert client.get("/livez").content == b"ok"


def test_readiness_is_told_from_behind_the_wall(client, db):
    assert client.get("/readyz").json()["database"] is True


def test_every_page_forbids_framing_and_scripts_of_others(world):
    answer = world.client("inspector").get(INBOX)
    assert answer["X-Frame-Options"] == "DENY"
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe-eval" not in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
