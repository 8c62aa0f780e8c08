"""Whether what runs by itself still runs: the last beat of the clock, of each city's rounds, and of each channel's deliveries.

Moments alone, and numbers of cities; nothing of anybody's business. Kept in PostgreSQL, so that an emptied Redis cannot
make a silent portal look well.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal.legaldays import SHANGHAI
from portal.messages.models import Channel, Message, Pulse, Reminder
from portal.tenancy.scope import current_tenant_id

BEAT, REMIND, DELIVER, SENT = "beat", "remind", "deliver", "sent"

NOTE = """
    INSERT INTO messaging_pulse (name, at, oldest) VALUES (%s, %s, %s)
        ON CONFLICT (name) DO UPDATE SET at = excluded.at, oldest = excluded.oldest"""


def note(name: str, oldest: datetime | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [name, timezone.now(), oldest])


def note_beat() -> None:
    """The clock has handed out work; said outside any scope."""
    note(BEAT)


def note_reminding() -> None:
    """A city's reminders have been looked at; with the day of the oldest that still waits for its digest."""
    waiting = Reminder.objects.filter(sent_at=None, cancelled_at=None).order_by("due_on")
    oldest = waiting.values_list("due_on", flat=True).first()
    note(f"{REMIND}:{current_tenant_id()}", morning(oldest) if oldest else None)


def note_delivering() -> None:
    """A city's letters have been looked at; with the moment since when the oldest that nobody has tried is due."""
    untried = Message.objects.filter(sent_at=None, dropped_at=None, tries=0, next_try_at__lte=timezone.now())
    oldest = (
        untried.exclude(channel=Channel.IN_APP).order_by("next_try_at").values_list("next_try_at", flat=True).first()
    )
    note(f"{DELIVER}:{current_tenant_id()}", oldest)


def note_sent(channel: str) -> None:
    note(f"{SENT}:{channel}:{current_tenant_id()}")


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Sign:
    """One thing that is watched: when it was last seen, since when something waits for it, and whether that is too long."""

    name: str
    label: str
    at: datetime | None
    oldest: datetime | None
    stale: bool

    def as_json(self) -> dict:
        said = {"at": self.at and self.at.isoformat(), "stale": self.stale}
        return said | ({"oldest": self.oldest.isoformat()} if self.oldest else {})


LABELS = {BEAT: "定时任务", REMIND: "提醒", DELIVER: "消息投递"}


def signs(now: datetime | None = None) -> list[Sign]:
    """The clock, the rounds (of the city whose last one is longest ago), and the last delivery by each channel.

    A channel that has had nothing to deliver is not stale; what it holds up shows in the age of the oldest letter.
    """
    now = now or timezone.now()
    found: dict[str, list[Pulse]] = {}
    for pulse in Pulse.objects.order_by("name"):
        kind, _, rest = pulse.name.partition(":")
        name = f"{SENT}:{rest.partition(':')[0]}" if kind == SENT else kind
        found.setdefault(name, []).append(pulse)
    made = []
    for name, label in LABELS.items():
        pulses = found.get(name, [])
        at = min((pulse.at for pulse in pulses), default=None)
        oldest = min((pulse.oldest for pulse in pulses if pulse.oldest), default=None)
        limit, wait = settings.PULSE_LIMITS[name], settings.PULSE_WAITS.get(name, timedelta.max)
        stale = at is None or now - at > limit or (oldest is not None and now - oldest > wait)
        made.append(Sign(name, label, at, oldest, stale))
    for channel, label in Channel.choices:
        if pulses := found.get(f"{SENT}:{channel}"):
            made.append(Sign(f"{SENT}:{channel}", f"{label}最近送达", max(pulse.at for pulse in pulses), None, False))
    return made
