"""Telling people: in-app exactly once, e-mail at least once under a key a gateway can drop repeats by.

A message is a row first and a delivery afterwards, so what a transaction takes back was never said, and what a mail
server refuses is still there to be tried again.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils import timezone

from portal.audit.record import note as audit
from portal.messages import pulse
from portal.messages.channels import Letter, Way, quiet_until, ways_of
from portal.messages.models import Channel, Message, Preference
from portal.permissions import demand
from portal.refusals import BadInput
from portal.tenancy.queries import own_city
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
           CASE WHEN c.channel <> 'in_app' THEN %(now)s::timestamptz END, ''
      FROM tenancy_person p CROSS JOIN unnest(%(channels)s) AS c (channel)
     WHERE p.id = ANY (%(people)s)
       AND (c.channel = 'in_app' OR CASE c.channel WHEN 'email' THEN p.email ELSE p.phone END <> '')
        ON CONFLICT DO NOTHING"""


def channels() -> list[str]:
    """In the portal always, and by what the acting city has."""
    return [Channel.IN_APP.value, *ways_of(own_city())]


def tell(person_ids: Iterable[int], key: str, title: str, body: str, link: str, urgent: bool = False) -> None:
    """Tell each person once, in the portal and by the city's other channels where they have an address.

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
                "channels": channels(),
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


@dataclass(frozen=True)
class Heard:
    """One person and what a run has to tell them today: the digest as it reads in the portal, and where else they can be reached."""

    digest: Draft
    has_email: bool
    has_phone: bool

    def drafts(self, among: Iterable[str]) -> list[Draft]:
        reached = {Channel.IN_APP.value: True, Channel.EMAIL.value: self.has_email}
        return [replace(self.digest, channel=channel) for channel in among if reached.get(channel, self.has_phone)]


def tell_digests(key: str, heard: Iterable[Heard]) -> dict[tuple[int, str], int]:
    """Each person's digest by every channel that the city has and that reaches them; answers as `post_digests` does."""
    among = channels()
    return post_digests(key, [draft for one in heard for draft in one.drafts(among)])


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
    """Send what is due by every channel out of the portal, at most BATCH by each; (sent, failed). City scope only.

    The rows stay locked until the scope commits and others skip them, so two senders never send the same one. Should
    the process die between the other side's yes and the commit, the message goes again under the same key.
    """
    now = now or timezone.now()
    city = own_city()
    drop_unwanted(now)
    sent = failed = 0
    for channel, way in ways_of(city).items():
        well, badly = send_by(channel, way, city, now)
        sent, failed = sent + well, failed + badly
    return sent, failed


def due_by(channel: str, now: datetime) -> QuerySet[Message]:
    return Message.objects.filter(channel=channel, sent_at=None, dropped_at=None, next_try_at__lte=now)


def send_by(channel: str, way: Way, city: str, now: datetime) -> tuple[int, int]:
    room = room_left(channel, way, now)
    if room <= 0:
        return 0, 0
    due = list(
        due_by(channel, now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("person")
        .order_by("next_try_at", "id")[: min(BATCH, room)]
    )
    preferences = {one.person_id: one for one in Preference.objects.filter(person__in={m.person_id for m in due})}
    awake, asleep = [], []
    for message in due:
        own = preferences.get(message.person_id)
        until = quiet_until(now, own.quiet_from, own.quiet_until) if own else None
        (asleep if until else awake).append(message)
        if until:
            message.next_try_at = until
    letters = [letter_of(message, city) for message in awake]
    known = [bool(letter.email if channel == Channel.EMAIL else letter.phone) for letter in letters]
    said = iter(way.adapter.deliver([letter for letter, has in zip(letters, known, strict=True) if has]))
    for message, has in zip(awake, known, strict=True):
        message.tries += 1
        message.fault = next(said) if has else NO_ADDRESS[channel]
        message.sent_at = None if message.fault else now
        message.next_try_at = (
            now + min(FIRST_WAIT * 4 ** min(message.tries - 1, 8), LONGEST_WAIT) if message.fault else None
        )
    Message.objects.bulk_update(due, ["tries", "fault", "sent_at", "next_try_at"])
    failed = sum(bool(message.fault) for message in awake)
    if len(awake) > failed:
        pulse.note_sent(channel)
    return len(awake) - failed, failed


NO_ADDRESS = {Channel.EMAIL.value: "没有邮箱地址"} | dict.fromkeys(("sms", "wecom", "dingtalk"), "没有手机号码")


def room_left(channel: str, way: Way, now: datetime) -> int:
    """How many more may go out now: by the minute and by the day. Of a channel with limits only one sender is at work."""
    if way.per_minute is None and way.per_day is None:
        return BATCH
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [current_tenant_id(), channel])
        if not cursor.fetchone()[0]:
            return 0
    gone = Message.objects.filter(channel=channel)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    room = BATCH
    if way.per_minute is not None:
        room = min(room, way.per_minute - gone.filter(sent_at__gt=now - timedelta(minutes=1)).count())
    if way.per_day is not None:
        left = way.per_day - gone.filter(sent_at__gte=midnight).count()
        if left <= 0:
            # What the cap holds back waits for tomorrow where it can be seen.
            tomorrow = midnight + timedelta(days=1, hours=QUIET_UNTIL)
            fault = f"今日{Channel(channel).label}已达上限{way.per_day}条，明日再发"
            due_by(channel, now).update(next_try_at=tomorrow, fault=fault)
        room = min(room, left)
    return room


def drop_unwanted(now: datetime) -> None:
    """Messages by a channel that their reader has switched off; in the portal they have them anyway."""
    unwanted = Preference.objects.filter(person=OuterRef("person"), off__contains=[OuterRef("channel")])
    Message.objects.filter(Exists(unwanted), sent_at=None, dropped_at=None, next_try_at__lte=now).update(
        dropped_at=now, next_try_at=None, dropped_why="本人关闭了这一渠道"
    )


def letter_of(message: Message, city: str) -> Letter:
    person = message.person
    link = f"{settings.PORTAL_URL}{message.link}"
    return Letter(letter_key(message), city, message.title, message.body, link, person.email, person.phone)


def letter_key(message: Message) -> str:
    """The same for every attempt at the same message, and nothing about the person can be read from it."""
    named = f"{message.tenant_id}/{message.person_id}/{message.channel}/{message.key}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def undelivered_or_404(message_id: int) -> Message:
    demand("messages.undelivered")
    waiting = Message.objects.filter(pk=message_id, sent_at=None, dropped_at=None).exclude(channel=Channel.IN_APP)
    message = waiting.select_for_update(of=("self",)).select_related("person").first()
    if message is None:
        raise Http404(f"undelivered message {message_id}")
    return message


def retry_now(message_id: int) -> Message:
    """马上再试: due at once; the next round of the senders takes it."""
    message = undelivered_or_404(message_id)
    message.next_try_at = timezone.now()
    message.save(update_fields=["next_try_at"])
    audit("messages.retry", message, label=message.title)
    return message


def give_up(message_id: int, reason: str) -> Message:
    """不再发送: not tried again by this channel, with the reason; in the portal it stays."""
    message = undelivered_or_404(message_id)
    if not reason.strip():
        raise BadInput("请写明不再发送的原因，如“已电话通知本人”。", field="reason")
    message.dropped_at, message.next_try_at, message.dropped_why = timezone.now(), None, reason.strip()[:200]
    message.save(update_fields=["dropped_at", "next_try_at", "dropped_why"])
    audit("messages.give_up", message, {"channel": message.channel, "reason": message.dropped_why}, label=message.title)
    return message


def prefer(off: Iterable[str], quiet_from: int | None, quiet_until: int | None) -> Preference:
    """接收设置: the acting person's own. In the portal they are always told."""
    demand("messages.view")
    wanted = sorted(set(off))
    if Channel.IN_APP in wanted:
        raise BadInput("站内消息不能关闭。", field="channels")
    if (quiet_from is None) != (quiet_until is None):
        raise BadInput("免打扰的起止时间请一起填写，或都空着。", field="quiet_from")
    person_id = who().person_id
    mine = Preference.objects.filter(person_id=person_id).first() or Preference(person_id=person_id)
    mine.off, mine.quiet_from, mine.quiet_until = wanted, quiet_from, quiet_until
    mine.save()
    audit("messages.prefer", changes={"off": wanted, "quiet": [quiet_from, quiet_until]})
    return mine
