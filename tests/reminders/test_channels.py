"""The ways out of the portal, against a real HTTP server: what is sent, under which key, how much, and when not."""

import base64
import hmac
import json
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from campaign.settings import channels_of
from enterprises.actions import credentials, expiry
from hazards.actions import selfcheck_reminders
from hazards.actions.reminders import remind
from portal.legaldays import SHANGHAI
from portal.messages.actions import BATCH, channels, give_up, prefer, retry_now, send_due, tell
from portal.messages.channels import quiet_until
from portal.messages.models import Message, Reminder
from portal.messages.queries import undelivered
from portal.permissions import TABLE
from portal.refusals import BadInput, NotAllowed
from portal.tenancy.models import Person
from portal.tenancy.scope import tenant_scope
from tests.hazards.test_selfchecks import reported
from tests.reminders.rows import lay

CITY = "江州市"
SECRET = "sms-secret-of-jiangzhou"


class Gateway:
    """Keeps what it is sent and answers as told."""

    def __init__(self):
        self.got: list[SimpleNamespace] = []
        self.status, self.answer, self.headers = 200, {"code": "0", "errcode": 0}, {}
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                gateway.got.append(SimpleNamespace(path=self.path, headers=dict(self.headers), body=body))
                self.send_response(gateway.status)
                for name, value in gateway.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(json.dumps(gateway.answer).encode())

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def gateway():
    made = Gateway()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(autouse=True)
def quiet_mail(settings):
    mail.outbox = []
    settings.CHANNELS = {}


def sms(gateway, **more) -> dict:
    return {
        CITY: {
            "sms": {
                "kind": "gateway",
                "url": f"{gateway.url}/send",
                "template": "T100",
                "signature": "江州安委办",
                "secret": SECRET,
                **more,
            }
        }
    }


def in_city(world):
    return tenant_scope(world.tenants[CITY], CITY)


def say(world, *logins: str, key="k"):
    with in_city(world):
        Person.objects.filter(pk__in=[world.people[login] for login in logins]).update(phone="13800000000")
        tell([world.people[login] for login in logins], key, "收到文书", "江州甲化工：罐区法兰渗漏", "/hazards/7/")


def sent(world, **more) -> tuple[int, int]:
    with in_city(world):
        return send_due(**more)


def messages(world, channel: str) -> list[Message]:
    with in_city(world):
        return list(Message.objects.filter(channel=channel).order_by("pk"))


def test_a_city_has_e_mail_and_what_is_set_up_for_it(world, settings, gateway):
    settings.CHANNELS = sms(gateway)
    with in_city(world):
        assert channels() == ["in_app", "email", "sms"]
    with world.as_("office_x"):
        assert channels() == ["in_app", "email"]


def test_a_text_message_is_a_template_with_title_and_link_and_nothing_of_the_plant(world, settings, gateway):
    settings.CHANNELS = sms(gateway)
    say(world, "officer")
    assert sent(world) == (2, 0)
    [got] = gateway.got
    assert got.body["phone"] == "13800000000"
    assert got.body["template_id"] == "T100"
    assert got.body["signature"] == "江州安委办"
    assert got.body["params"] == {"title": "收到文书", "link": f"{settings.PORTAL_URL}/hazards/7/"}
    assert got.headers["X-Api-Key"] == SECRET
    assert got.headers["Idempotency-Key"] == got.body["idempotency_key"]
    assert "甲化工" not in json.dumps(got.body, ensure_ascii=False)
    assert "officer" not in json.dumps(got.body, ensure_ascii=False)


def test_the_same_message_tried_again_has_the_same_key_and_another_one_another(world, settings, gateway):
    settings.CHANNELS = sms(gateway)
    gateway.status = 503
    say(world, "officer")
    now = timezone.now()
    assert sent(world, now=now) == (1, 1)
    assert sent(world, now=now) == (0, 0)
    gateway.status = 200
    assert sent(world, now=now + timedelta(minutes=2)) == (1, 0)
    say(world, "officer", key="other")
    sent(world, now=now + timedelta(minutes=3))
    first, again, other = (got.body["idempotency_key"] for got in gateway.got)
    assert first == again != other


@pytest.mark.parametrize(
    ("status", "answer", "fault"),
    [
        (500, {}, "HTTP 500"),
        (200, {"code": "31007"}, "短信网关答复 31007"),
        (302, {}, "HTTP 302"),
    ],
)
def test_what_the_gateway_refuses_is_kept_without_its_secret(world, settings, gateway, status, answer, fault):
    settings.CHANNELS = sms(gateway)
    gateway.status, gateway.answer, gateway.headers = status, answer, {"Location": f"{gateway.url}/elsewhere"}
    say(world, "officer")
    assert sent(world) == (1, 1)
    with in_city(world):
        [message] = undelivered()
    assert fault in message.fault
    assert SECRET not in message.fault
    assert gateway.url not in message.fault
    assert len(gateway.got) == 1  # a redirect is not followed: the secret would go along


def test_a_gateway_that_is_not_there_is_a_fault_and_mail_goes_on(world, settings, gateway):
    settings.CHANNELS = sms(gateway, url="http://127.0.0.1:9/nobody")
    say(world, "officer")
    assert sent(world) == (1, 1)
    assert len(mail.outbox) == 1


def test_a_wecom_robot_names_whom_it_is_for(world, settings, gateway):
    settings.CHANNELS = {"*": {"wecom": {"kind": "wecom", "url": f"{gateway.url}/cgi-bin/webhook/send?key=x"}}}
    say(world, "officer")
    assert sent(world) == (2, 0)
    [got] = gateway.got
    assert got.body["msgtype"] == "text"
    assert got.body["text"]["mentioned_mobile_list"] == ["13800000000"]
    assert got.body["text"]["content"] == f"【江州市】收到文书\n{settings.PORTAL_URL}/hazards/7/"


def test_a_dingtalk_robot_is_signed_with_its_secret(world, settings, gateway):
    url = f"{gateway.url}/robot/send?access_token=x"
    settings.CHANNELS = {"*": {"dingtalk": {"kind": "dingtalk", "url": url, "secret": "SEC1"}}}
    with time_machine.travel("2026-11-26T09:00:00+08:00", tick=False):
        say(world, "officer")
        assert sent(world) == (2, 0)
    [got] = gateway.got
    query = parse_qs(urlsplit(got.path).query)
    moment = str(int(datetime(2026, 11, 26, 9, tzinfo=SHANGHAI).timestamp() * 1000))
    digest = hmac.digest(b"SEC1", f"{moment}\nSEC1".encode(), "sha256")
    assert (query["timestamp"], query["sign"]) == ([moment], [base64.b64encode(digest).decode()])
    assert got.body["at"] == {"atMobiles": ["13800000000"]}


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_a_robot_that_answers_with_an_error_code_has_not_taken_it(world, settings, gateway, kind):
    settings.CHANNELS = {"*": {kind: {"kind": kind, "url": f"{gateway.url}/?key=x"}}}
    gateway.answer = {"errcode": 93000, "errmsg": "invalid webhook url"}
    say(world, "officer")
    assert sent(world) == (1, 1)
    assert "93000" in messages(world, kind)[0].fault


def test_the_sandbox_writes_what_would_go_out(world, settings, tmp_path):
    settings.CHANNEL_LOG = tmp_path / "out" / "channels.log"
    settings.CHANNELS = {"*": {"sms": {"kind": "sandbox"}}}
    say(world, "officer")
    sent(world)
    [line] = settings.CHANNEL_LOG.read_text("utf-8").splitlines()
    said = json.loads(line)
    assert (said["channel"], said["to"], said["title"]) == ("sms", "13800000000", "收到文书")
    assert said["key"]


def test_every_reminder_goes_by_every_channel_the_city_has_and_the_person_can_be_reached_by(world, settings, tmp_path):
    settings.CHANNEL_LOG = tmp_path / "channels.log"
    settings.CHANNELS = {CITY: {"wecom": {"kind": "sandbox"}, "sms": {"kind": "sandbox"}}}
    today = timezone.localdate()
    reported(world, planned_on=today + timedelta(days=3))
    with world.as_("office"):
        credentials.add_credential(
            world.enterprises["a"],
            {"kind": "licence", "title": "排污许可证", "number": "P1", "valid_until": today + timedelta(days=5)},
        )
    with in_city(world):
        officer = Person.objects.filter(pk=world.people["officer"])
        officer.update(email="")
        assert selfcheck_reminders.remind(today + timedelta(days=3)).digests == {"in_app": 1}
        officer.update(phone="13800000000", email="o@example.invalid")
        ways = {"in_app": 1, "email": 1, "wecom": 1, "sms": 1}
        assert selfcheck_reminders.remind(today + timedelta(days=4)).digests == ways
        assert expiry.remind(today + timedelta(days=5)).digests == ways
        spoken = Reminder.objects.filter(subject_kind="selfcheck", step=1)
        assert set(spoken.values_list("channel", flat=True)) == set(ways)
    assert sent(world) == (6, 0)
    said = [json.loads(line) for line in settings.CHANNEL_LOG.read_text("utf-8").splitlines()]
    assert sorted(one["channel"] for one in said) == ["sms", "sms", "wecom", "wecom"]


def test_secrets_come_from_the_environment(tmp_path, monkeypatch):
    path = tmp_path / "channels.json"
    path.write_text(json.dumps({"江州市": {"sms": {"kind": "gateway", "secret": "env:SMS_KEY"}}}), "utf-8")
    monkeypatch.setenv("SMS_KEY", SECRET)
    assert channels_of(str(path))["江州市"]["sms"]["secret"] == SECRET
    monkeypatch.delenv("SMS_KEY")
    with pytest.raises(KeyError):
        channels_of(str(path))


def test_no_more_goes_out_in_a_minute_than_the_channel_allows(world, settings, gateway):
    settings.CHANNELS = sms(gateway, per_minute=2)
    say(world, "officer", "inspector", "inspector2", "office", "leader")
    now = timezone.now()
    for minute, total in ((0, 2), (0, 2), (2, 4), (4, 5)):
        sent(world, now=now + timedelta(minutes=minute))
        assert len(gateway.got) == total


def test_no_more_goes_out_in_a_day_than_the_cap_and_the_rest_is_seen_to_wait_for_tomorrow(world, settings, gateway):
    settings.CHANNELS = sms(gateway, per_day=3)
    with time_machine.travel("2026-11-26T09:00:00+08:00", tick=False):
        say(world, "officer", "inspector", "inspector2", "office", "leader")
        for _ in range(3):
            sent(world)
        assert len(gateway.got) == 3
        with in_city(world):
            assert {one.fault for one in undelivered()} == {"今日短信已达上限3条，明日再发"}
    with time_machine.travel("2026-11-27T07:59:00+08:00", tick=False):
        sent(world)
        assert len(gateway.got) == 3
    with time_machine.travel("2026-11-27T08:00:00+08:00", tick=False):
        sent(world)
        assert len(gateway.got) == 5


def test_of_a_channel_with_a_cap_two_senders_at_once_send_no_more_than_it(committed_world, settings, gateway):
    from tests.reminders.test_races import beside

    world = committed_world
    settings.CHANNELS = sms(gateway, per_day=2)
    say(world, "officer", "inspector", "inspector2", "office", "leader")
    with in_city(world):
        send_due()
        beside(lambda: sent(world))()
    sent(world)
    assert len(gateway.got) == 2


def test_whoever_switches_a_channel_off_is_told_in_the_portal_alone(world, settings, gateway):
    settings.CHANNELS = sms(gateway)
    with world.as_("officer"):
        prefer(["sms", "email"], None, None)
    say(world, "officer")
    assert sent(world) == (0, 0)
    assert gateway.got == mail.outbox == []
    assert {one.dropped_why for one in messages(world, "sms")} == {"本人关闭了这一渠道"}
    assert len(messages(world, "in_app")) == 1
    [hazard] = lay(world, days=0)
    with in_city(world):
        remind(hazard.deadline + timedelta(days=1))
        channels_told = Reminder.objects.filter(person_id=world.people["officer"]).values_list("channel", flat=True)
        assert list(channels_told) == ["in_app"]


def test_the_portal_itself_cannot_be_switched_off(world):
    with world.as_("officer"), pytest.raises(BadInput, match="不能关闭"):
        prefer(["in_app"], None, None)


def test_in_quiet_hours_nothing_leaves_and_nothing_is_lost(world, settings, gateway):
    settings.CHANNELS = sms(gateway)
    with world.as_("officer"):
        prefer([], 12, 14)
    with time_machine.travel("2026-11-26T12:30:00+08:00", tick=False):
        say(world, "officer", "inspector")
        sent(world)
        assert len(gateway.got) == 1  # the inspector's
        with in_city(world):
            assert not undelivered().exists()
    with time_machine.travel("2026-11-26T14:00:00+08:00", tick=False):
        sent(world)
        assert len(gateway.got) == 2


@pytest.mark.parametrize(
    ("clock", "start", "end", "until"),
    [
        ("23:30", 22, 7, "07:00"),
        ("06:59", 22, 7, "07:00"),
        ("07:00", 22, 7, None),
        ("21:59", 22, 7, None),
        ("12:00", 12, 14, "14:00"),
        ("12:00", 12, 12, None),
        ("12:00", None, None, None),
    ],
)
def test_quiet_hours_are_beijings_and_may_go_over_midnight(clock, start, end, until):
    hour, minute = map(int, clock.split(":"))
    found = quiet_until(datetime(2026, 11, 26, hour, minute, tzinfo=SHANGHAI), start, end)
    assert (found and f"{found:%H:%M}") == until
    assert found is None or found > datetime(2026, 11, 26, hour, minute, tzinfo=SHANGHAI)


def test_the_office_tries_again_or_gives_up_with_a_reason(world, settings, gateway):
    settings.CHANNELS = sms(gateway)
    gateway.status = 500
    say(world, "officer", "inspector")
    sent(world)
    first, second = (one.pk for one in messages(world, "sms"))
    client = world.client("office")
    page = client.get("/messages/undelivered/").content.decode()
    assert "HTTP 500" in page
    assert "短信" in page
    gateway.status = 200
    client.post(f"/messages/{first}/retry/")
    sent(world)
    assert messages(world, "sms")[0].sent_at
    assert client.post(f"/messages/{second}/give-up/", {"reason": " "}).status_code == 400
    client.post(f"/messages/{second}/give-up/", {"reason": "已电话通知本人"})
    assert messages(world, "sms")[1].dropped_why == "已电话通知本人"
    with in_city(world):
        assert not undelivered().exists()
    sent(world, now=timezone.now() + timedelta(days=2))
    assert len(gateway.got) == 3
    assert client.post(f"/messages/{first}/retry/").status_code == 404  # delivered already


def test_only_the_office_does_that(world):
    assert [role for role in TABLE["messages.undelivered"]] == ["office"]
    for login in ("inspector", "officer", "sysadmin"):
        with world.as_(login), pytest.raises(NotAllowed):
            retry_now(1)
        with world.as_(login), pytest.raises(NotAllowed):
            give_up(1, "x")


def test_a_full_batch_by_every_channel_goes_on_to_the_next(world, settings, gateway):
    settings.CHANNELS = sms(gateway)
    for number in range(BATCH + 1):
        say(world, "officer", key=f"k{number}")
    assert sent(world) == (2 * BATCH, 0)
    assert sent(world) == (2, 0)


def test_ones_own_settings_are_kept_on_a_page(world, settings):
    client = world.client("officer")
    page = client.get("/messages/settings/").content.decode()
    assert page.count("checked") == 4
    answer = client.post("/messages/settings/", {"channels": ["email"], "quiet_from": "22", "quiet_until": "7"})
    assert answer.status_code == 302
    assert client.get("/messages/settings/").content.decode().count("checked") == 1
    half = client.post("/messages/settings/", {"channels": ["email"], "quiet_from": "22"})
    assert half.status_code == 400
    assert "一起填写" in half.content.decode()
    assert client.post("/messages/settings/", {}).status_code == 302
    assert "checked" not in client.get("/messages/settings/").content.decode()


def test_another_persons_settings_are_behind_the_wall(world):
    with world.as_("officer"):
        prefer(["email"], None, None)
    with world.as_("inspector"):
        from portal.messages.models import Preference

        assert not Preference.objects.exists()


def test_a_citys_own_gateway_goes_before_the_one_for_all(world, settings, gateway):
    settings.CHANNELS = sms(gateway) | {
        "*": {"sms": {"kind": "gateway", **sms(gateway)[CITY]["sms"], "template": "T0"}}
    }
    say(world, "officer")
    sent(world)
    assert [got.body["template_id"] for got in gateway.got] == ["T100"]


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/x"])
def test_an_address_that_is_no_web_address_is_not_opened(world, settings, gateway, url):
    settings.CHANNELS = sms(gateway, url=url)
    say(world, "officer")
    assert sent(world) == (1, 1)
    assert "https://" in messages(world, "sms")[0].fault


def test_over_the_api_the_office_sees_what_could_not_be_delivered_and_tries_again_or_gives_up(world, settings, gateway):
    settings.CHANNELS = sms(gateway)
    gateway.status = 500
    say(world, "officer", "inspector")
    sent(world)
    client = world.client("office")
    first, second = sorted(one["id"] for one in client.get("/api/v1/undelivered/").json()["results"])
    gateway.status = 200
    assert client.post(f"/api/v1/undelivered/{first}/retry/").status_code == 200
    sent(world)
    assert client.post(f"/api/v1/undelivered/{first}/retry/").status_code == 404  # delivered already
    give_up = f"/api/v1/undelivered/{second}/give-up/"
    assert client.post(give_up, {"reason": " "}, content_type="application/json").status_code == 400
    told = client.post(give_up, {"reason": "已电话通知"}, content_type="application/json").json()
    assert (told["channel"], told["dropped_why"]) == ("sms", "已电话通知")
    assert client.get("/api/v1/undelivered/").json()["results"] == []
    assert world.client("inspector").get("/api/v1/undelivered/").status_code == 403


def test_over_the_api_everybody_reads_their_own_messages_and_sets_how_they_are_told(world):
    say(world, "officer", "inspector")
    client = world.client("officer")
    (one,) = client.get("/api/v1/messages/?seen=0").json()["results"]
    assert client.post(f"/api/v1/messages/{one['id']}/seen/").json()["seen_at"]
    assert client.post("/api/v1/messages/all-seen/").json() == {"seen": 0}
    assert world.client("inspector").get(f"/api/v1/messages/{one['id']}/").status_code == 404
    wanted = {"off": ["email"], "quiet_from": 22, "quiet_until": 7}
    at = "/api/v1/messages/settings/"
    assert client.post(at, wanted, content_type="application/json").json() == wanted
    assert client.get(at).json() == wanted
    for wrong in ({"off": ["in_app"]}, {"quiet_until": None}, {"quiet_from": 24}):
        assert client.post(at, wanted | wrong, content_type="application/json").status_code == 400
