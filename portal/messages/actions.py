"""Telling people: in-app exactly once, e-mail at least once under a key a gateway can drop repeats by.

A message is a row first and a delivery afterwards, so what a transaction takes back was never said, and what a mail
server refuses is still there to be tried again.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.utils import timezone

from portal.messages.models import Channel, Message
from portal.tenancy.scope import current_tenant_id, who

BATCH = 50
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
# Nobody wants to be told at midnight; what falls due in the night is told in the morning.
QUIET_UNTIL = 8

# No RETURNING and no conflict target: both would need the right to read the row, and a message to somebody else may
# be written by people who must not read it.
TELL = """
    INSERT INTO messaging_message
           (tenant_id, person_id, channel, key, title, body, link, urgent, made_at, sent_at, tries, next_try_at, fault)
    SELECT p.tenant_id, p.id, c.channel, %(key)s, %(title)s, %(body)s, %(link)s, %(urgent)s, %(now)s,
           CASE WHEN c.channel = 'in_app' THEN %(now)s::timestamptz END, 0,
           CASE WHEN c.channel = 'email' THEN %(now)s::timestamptz END, ''
      FROM tenancy_person p CROSS JOIN (VALUES ('in_app'), ('email')) AS c (channel)
     WHERE p.id = ANY (%(people)s) AND (c.channel = 'in_app' OR p.email <> '')
        ON CONFLICT DO NOTHING"""


def tell(person_ids: Iterable[int], key: str, title: str, body: str, link: str, urgent: bool = False) -> None:
    """Tell each person once, in the portal and by e-mail where they have an address.

    `key` names the event: the same key to the same person is the same message, however often it is said.
    """
    people = sorted(set(person_ids))
    if not people:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            TELL,
            {
                "people": people,
                "key": key,
                "title": one_line(title),
                "body": body,
                "link": link,
                "urgent": urgent,
                "now": timezone.now(),
            },
        )


@dataclass(frozen=True)
class Draft:
    """A message made for one person and one channel."""

    person_id: int
    channel: str
    title: str
    body: str
    link: str
    urgent: bool = False


def post_digests(key: str, drafts: list[Draft]) -> dict[tuple[int, str], int]:
    """Write drafts that share a key; (person, channel) → number for those that were not there before. City scope only."""
    if not drafts:
        return {}
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messaging_message (tenant_id, person_id, channel, key, title, body, link, urgent, made_at,"
            " sent_at, tries, next_try_at, fault)"
            " SELECT %s, d.person, d.channel, %s, d.title, d.body, d.link, d.urgent, %s,"
            "        CASE WHEN d.channel = 'in_app' THEN %s::timestamptz END, 0,"
            "        CASE WHEN d.channel <> 'in_app' THEN %s::timestamptz END, ''"
            "   FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bool[])"
            "     AS d (person, channel, title, body, link, urgent)"
            " ON CONFLICT DO NOTHING RETURNING person_id, channel, id",
            [
                current_tenant_id(),
                key,
                *[now] * 3,
                [draft.person_id for draft in drafts],
                [draft.channel for draft in drafts],
                [one_line(draft.title) for draft in drafts],
                [draft.body for draft in drafts],
                [draft.link for draft in drafts],
                [draft.urgent for draft in drafts],
            ],
        )
        return {(person, channel): number for person, channel, number in cursor.fetchall()}


def one_line(title: str) -> str:
    """A title is also an e-mail's subject, which must not break into a second header."""
    return " ".join(title.split())[:120]


def quiet() -> bool:
    """Whether it is too early in the day, in Asia/Shanghai, for a reminder."""
    return timezone.localtime().hour < QUIET_UNTIL


when_seen: list[Callable[[list[int]], None]] = []
"""Told which messages their reader has just opened, in that reader's scope; upper floors keep it with what they told of."""


def mark_seen(message_id: int | None = None) -> int:
    """The reader has seen one of their messages, or all of them."""
    mine = Message.objects.filter(person_id=who().person_id, channel=Channel.IN_APP, seen_at=None)
    fresh = list((mine.filter(pk=message_id) if message_id else mine).values_list("pk", flat=True))
    if fresh:
        Message.objects.filter(pk__in=fresh).update(seen_at=timezone.now())
        for listener in when_seen:
            listener(fresh)
    return len(fresh)


def send_due(now: datetime | None = None) -> tuple[int, int]:
    """Send the e-mails that are due, at most BATCH of them; (sent, failed).

    The rows stay locked until the scope commits and others skip them, so two senders never send the same one. Should
    the process die between the mail server's yes and the commit, the message goes again with the same Message-ID.
    """
    now = now or timezone.now()
    due = list(
        Message.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("person", "tenant")
        .filter(channel=Channel.EMAIL, sent_at=None, next_try_at__lte=now)
        .order_by("next_try_at", "id")[:BATCH]
    )
    if not due:
        return 0, 0
    server, down = get_connection(), ""
    try:
        server.open()
    except Exception as error:  # whatever the server's fault is, it is kept and shown
        down = fault_of(error)
    for message in due:
        message.tries += 1
        message.fault = down or deliver(message, server)
        message.sent_at = None if message.fault else now
        message.next_try_at = (
            now + min(FIRST_WAIT * 4 ** min(message.tries - 1, 8), LONGEST_WAIT) if message.fault else None
        )
    if not down:
        server.close()
    Message.objects.bulk_update(due, ["tries", "fault", "sent_at", "next_try_at"])
    failed = sum(bool(message.fault) for message in due)
    return len(due) - failed, failed


def deliver(message: Message, server) -> str:
    """Hand one message to the mail server; the fault, or an empty string."""
    address = message.person.email
    if not address:
        return "没有邮箱地址"
    mail = EmailMessage(
        subject=f"【{message.tenant.name}】{message.title}",
        body=f"{message.body}\n\n{settings.PORTAL_URL}{message.link}\n",
        to=[address],
        connection=server,
        headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
    )
    try:
        mail.send()
    except Exception as error:
        return fault_of(error)
    return ""


def message_id(message: Message) -> str:
    """The same for every attempt at the same message, and nothing about the person can be read from it."""
    digest = hashlib.sha256(f"{message.tenant_id}/{message.person_id}/{message.key}".encode()).hexdigest()[:32]
    return f"<{digest}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"


def fault_of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
