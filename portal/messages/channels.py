"""The ways out of the portal: one small class a channel, each with one method that hands letters on.

`deliver(letters)` answers with one fault a letter, an empty string where it was taken. What is delivered twice carries the
same key, so that a gateway can drop the repeat. Which channels a city has, and their addresses and secrets, come from the
file named by PORTAL_CHANNELS (campaign/settings.py): no secret is ever in the database.

Only e-mail carries the text of a message. A gateway or a group gets its title and the link, nothing about people or plants.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import quote_plus, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone

from portal.messages.models import Channel

TIMEOUT = 10
LONGEST_ANSWER = 65536


@dataclass(frozen=True)
class Letter:
    """One message on its way: to whom, what, and the key that stays the same for every attempt."""

    key: str
    city: str
    title: str
    body: str
    link: str
    email: str = ""
    phone: str = ""


class Adapter(Protocol):
    def deliver(self, letters: list[Letter]) -> list[str]: ...


def fault_of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def each(letters: list[Letter], hand_on: Callable[[Letter], None]) -> list[str]:
    """One that cannot be handed on does not hold up the others."""
    faults = []
    for letter in letters:
        try:
            hand_on(letter)
            faults.append("")
        except Exception as error:  # whatever the other side's fault is, it is kept and shown
            faults.append(fault_of(error))
    return faults


class Email:
    """One connection a batch; where there is none, every letter has the same fault."""

    def deliver(self, letters: list[Letter]) -> list[str]:
        server = get_connection()
        try:
            server.open()
        except Exception as error:
            return [fault_of(error)] * len(letters)
        try:
            return each(letters, lambda letter: self.hand_on(letter, server))
        finally:
            server.close()

    def hand_on(self, letter: Letter, server) -> None:
        EmailMessage(
            subject=f"【{letter.city}】{letter.title}",
            body=f"{letter.body}\n\n{letter.link}\n",
            to=[letter.email],
            connection=server,
            headers={
                "Message-ID": f"<{letter.key}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>",
                "Auto-Submitted": "auto-generated",
            },
        ).send()


class NoRedirects(HTTPRedirectHandler):
    """A gateway that sends us elsewhere would be given the secret there."""

    def redirect_request(self, *args):
        return None


class Refusal(Exception):
    """The other side answered, and said no."""


def post(url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """JSON there and back. Raises Refusal or OSError; no fault repeats the address, which may carry a token."""
    if urlsplit(url).scheme not in ("https", "http"):
        raise Refusal("渠道地址应以 https:// 开头")
    data = json.dumps(body, ensure_ascii=False).encode()
    request = Request(url, data, {"Content-Type": "application/json; charset=utf-8", **headers})  # noqa: S310 - checked
    try:
        with build_opener(NoRedirects).open(request, timeout=TIMEOUT) as answer:
            said = answer.read(LONGEST_ANSWER)
    except HTTPError as error:
        raise Refusal(f"HTTP {error.code}") from None
    try:
        parsed = json.loads(said or b"{}")
    except ValueError:
        raise Refusal("答复不是 JSON") from None
    return parsed if isinstance(parsed, dict) else {}


@dataclass(frozen=True)
class SmsGateway:
    """A generic HTTP gateway: a registered template with its signature, title and link as parameters, the key in a header."""

    url: str
    template: str
    signature: str
    secret: str
    header: str = "X-Api-Key"
    code_field: str = "code"
    code_ok: str = "0"

    def deliver(self, letters: list[Letter]) -> list[str]:
        return each(letters, self.hand_on)

    def hand_on(self, letter: Letter) -> None:
        body = {
            "phone": letter.phone,
            "template_id": self.template,
            "signature": self.signature,
            "params": {"title": letter.title, "link": letter.link},
            "idempotency_key": letter.key,
        }
        said = post(self.url, body, {self.header: self.secret, "Idempotency-Key": letter.key})
        if self.code_field in said and str(said[self.code_field]) != self.code_ok:
            raise Refusal(f"短信网关答复 {said[self.code_field]}")


@dataclass(frozen=True)
class GroupRobot:
    """企业微信 or 钉钉 group robot: a text that names whom it is for by their telephone number.

    钉钉 signs the moment with the robot's secret; both answer errcode 0 where it was taken.
    """

    url: str
    mention: str
    secret: str = ""

    def deliver(self, letters: list[Letter]) -> list[str]:
        return each(letters, self.hand_on)

    def hand_on(self, letter: Letter) -> None:
        text = f"【{letter.city}】{letter.title}\n{letter.link}"
        named: dict[str, Any] = (
            {"text": {"content": text, "mentioned_mobile_list": [letter.phone]}}
            if self.mention == "wecom"
            else {"text": {"content": f"{text} @{letter.phone}"}, "at": {"atMobiles": [letter.phone]}}
        )
        said = post(self.url + self.signed(), {"msgtype": "text", **named}, {"Idempotency-Key": letter.key})
        if said.get("errcode", 0) != 0:
            raise Refusal(f"群机器人答复 {said['errcode']}")

    def signed(self) -> str:
        if not self.secret:
            return ""
        moment = str(round(time.time() * 1000))
        digest = hmac.new(self.secret.encode(), f"{moment}\n{self.secret}".encode(), hashlib.sha256).digest()
        return f"&timestamp={moment}&sign={quote_plus(base64.b64encode(digest).decode())}"


@dataclass(frozen=True)
class Sandbox:
    """Writes what would go out to a log, one JSON object a line: for demonstrations and trials."""

    channel: str

    def deliver(self, letters: list[Letter]) -> list[str]:
        return each(letters, self.hand_on)

    def hand_on(self, letter: Letter) -> None:
        path = Path(settings.CHANNEL_LOG)
        path.parent.mkdir(parents=True, exist_ok=True)
        line = {"at": timezone.localtime().isoformat(timespec="seconds"), "channel": self.channel, "key": letter.key}
        line |= {"to": letter.phone or letter.email, "city": letter.city, "title": letter.title, "link": letter.link}
        with path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")


@dataclass(frozen=True)
class Way:
    """A channel as one city has it: its adapter, and how much of it may be used."""

    adapter: Adapter
    per_minute: int | None = None
    per_day: int | None = None


KINDS: dict[str, Callable[..., Adapter]] = {
    "gateway": SmsGateway,
    "wecom": lambda **more: GroupRobot(mention="wecom", **more),
    "dingtalk": lambda **more: GroupRobot(mention="dingtalk", **more),
}
LIMITS = ("per_minute", "per_day")


def ways_of(city: str) -> dict[str, Way]:
    """The channels out of the portal that a city has; e-mail always, the others as PORTAL_CHANNELS says."""
    ways = {Channel.EMAIL.value: Way(Email())}
    for channel, told in {**settings.CHANNELS.get("*", {}), **settings.CHANNELS.get(city, {})}.items():
        more = {name: value for name, value in told.items() if name not in ("kind", *LIMITS)}
        adapter = Sandbox(channel) if told["kind"] == "sandbox" else KINDS[told["kind"]](**more)
        ways[channel] = Way(adapter, told.get("per_minute"), told.get("per_day"))
    return ways


def quiet_until(now: datetime, start: int | None, end: int | None) -> datetime | None:
    """When a person's quiet hours that hold now are over, in Asia/Shanghai; None where none hold. 22–7 goes over midnight."""
    if start is None or end is None or start == end:
        return None
    local = timezone.localtime(now)
    hours = (local.hour - start) % 24
    if hours >= (end - start) % 24:
        return None
    return local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=(end - start) % 24 - hours)
