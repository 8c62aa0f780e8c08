"""What no keyboard types and no clerk means: refused in words, never with a fault of ours."""

import base64
from urllib.parse import quote

import pytest
from django.test import Client, RequestFactory

from hazards.models import Notice
from portal.audit.models import AuditRecord
from portal.numbers import number_in
from portal.proxy import AskedThroughProxy
from tests.stories import issued
from tests.world import PASSWORD

NUL = quote("\0")


@pytest.fixture
def asking(world):
    """A client that is answered what a person would be, faults included."""

    def client(login=None):
        made = world.client(login)
        made.raise_request_exception = False
        return made

    return client


@pytest.mark.parametrize("junk", ["²", "-1", "1e5", "٣", "9" * 5000, "", None, "9" * 19])
def test_a_number_is_one_the_database_can_hold(junk):
    assert number_in(junk) is None
    assert number_in("007") == 7


@pytest.mark.parametrize(
    ("login", "address"),
    [
        ("inspector", "/visits/new/?q="),
        ("inspector", "/visits/pick/enterprise/?q="),
        ("inspector", "/visits/pick/inspector/?second_q="),
        ("office", "/experts/new/?q="),
        ("office", "/assessments/new/?q="),
    ],
)
def test_a_character_no_text_can_hold_is_refused_in_words(asking, login, address):
    answer = asking(login).get(f"{address}a{NUL}")
    assert answer.status_code == 400, answer.content.decode()[:300]
    assert "不能保存的字符" in answer.content.decode()


@pytest.mark.parametrize("position", ["%00", "abc", "²", "9" * 40])
def test_a_cursor_of_somebodys_own_making_is_none(asking, position):
    made = quote(base64.b64encode(f"p={position}".encode()).decode())
    answer = asking("officer").get(f"/api/v1/hazards/?cursor={made}")
    assert answer.status_code == 404
    assert "游标" in answer.json()["message"]


def test_what_the_api_cannot_read_is_said_in_one_language(asking):
    client = asking("officer")
    answer = client.post("/api/v1/selfchecks/", "{", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
    assert "JSON" in answer.json()["message"]
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    answer = strict.post("/api/v1/selfchecks/", "{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert "校验令牌" in answer.json()["message"]


@pytest.mark.parametrize("address", ["/verify/{}/", "/draws/{}/", "/draws/{}/pool.txt"])
@pytest.mark.parametrize("code", [NUL, "%ED%A0%80", "x" * 300, "甲", "a'--"])
def test_a_public_code_that_can_be_none_is_looked_for_nowhere(asking, address, code):
    answer = asking().get(address.format(code))
    assert answer.status_code == 404


def test_behind_a_proxy_it_is_known_who_asks(world, settings):
    asked = RequestFactory().get
    seen = AskedThroughProxy(lambda request: request.META["REMOTE_ADDR"])
    assert seen(asked("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9")) == "203.0.113.9"
    assert seen(asked("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="2001:db8::1")) == "2001:db8::1"
    for nobody in ("", "203.0.113.9, x'--", "unknown"):
        assert seen(asked("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=nobody)) == "10.0.0.1"
    told = {"username": "inspector", "password": PASSWORD}
    for behind in (False, True):
        settings.MIDDLEWARE = [*(["portal.proxy.AskedThroughProxy"] if behind else []), *settings.MIDDLEWARE]
        Client().post("/login/", told, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9")
        with world.as_("auditor"):
            last = AuditRecord.objects.filter(action="login").order_by("seq").last()
        assert last.ip == ("203.0.113.9" if behind else "10.0.0.1")


def test_a_day_before_all_calendars_is_refused_in_words(world, asking):
    issued(world)
    with world.as_("office"):
        notice = Notice.objects.get().pk
    served = {"manner": "direct", "served_at": "0001-01-01", "place": "门卫室", "signed_by": "方安", "second": 1}
    answer = asking("office").post(f"/api/v1/notices/{notice}/serve/", served, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
    assert "超出了可以计算的范围" in answer.json()["message"]
