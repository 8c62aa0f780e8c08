"""What is spoken of in steps before and after its day: worked out from what has been said, kept in the ledger of reminders.

A run that is missed only delays, a second run says nothing again, and another date starts anew. One digest a person and day.
For what a city has hundreds of; hazards, a hundred thousand, have statements of their own (hazards/actions/reminders.py).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from portal.messages.actions import Draft, Heard, tell_digests
from portal.messages.models import Reminder
from portal.tenancy.models import Person

LINES = 10


@dataclass(frozen=True)
class Rung:
    """One thing at the newest step that has come: `step` days after `due`, negative before."""

    kind: str
    pk: int
    due: date
    step: int
    late: int
    """Days past `due` on the day it is said; negative before."""
    words: str
    link: str

    @property
    def line(self) -> str:
        when = f"已逾期{self.late}天" if self.late > 0 else f"还有{-self.late}天到期" if self.late else "今天到期"
        return f"{when}　{self.words}"


def unsaid(wanted: Mapping[int, Iterable[Rung]]) -> dict[int, list[Rung]]:
    """Person → of what they should hear, what they have not been told yet."""
    every = [rung for rungs in wanted.values() for rung in rungs]
    said = set(
        Reminder.objects.filter(
            subject_kind__in={rung.kind for rung in every}, subject_id__in={rung.pk for rung in every}
        ).values_list("subject_kind", "subject_id", "subject_round", "step", "person_id")
    )
    left = {
        person: [rung for rung in rungs if (rung.kind, rung.pk, rung.due.isoformat(), rung.step, person) not in said]
        for person, rungs in wanted.items()
    }
    return {person: rungs for person, rungs in left.items() if rungs}


def say(key: str, told: Mapping[int, list[Rung]], digest: Callable[[int, list[Rung]], Draft]) -> int:
    """One digest a person by each of the city's channels, and the ledger's rows; how many people were told. City scope only.

    Whoever has had the digest of this key (another run may have been quicker) is told the rest under the next one.
    """
    if not told:
        return 0
    people = Person.objects.filter(pk__in=told).order_by("pk")
    heard = [Heard(digest(one.pk, told[one.pk]), bool(one.email), bool(one.phone)) for one in people]
    posted = tell_digests(key, heard)
    now = timezone.now()
    Reminder.objects.bulk_create(
        [
            Reminder(
                subject_kind=rung.kind,
                subject_id=rung.pk,
                subject_round=rung.due.isoformat(),
                step=rung.step,
                person_id=person,
                channel=channel,
                line=rung.line[:300],
                link=rung.link,
                due_on=rung.due + timedelta(days=rung.step),
                sent_at=now,
                message_id=message,
            )
            for (person, channel), message in posted.items()
            for rung in told[person]
        ],
        ignore_conflicts=True,
    )
    return len({person for person, _ in posted})


def listed(rungs: list[Rung], rest: str) -> str:
    """The lines of a digest; `rest` says where the others are found, with {} for how many."""
    lines = [f"· {rung.line}" for rung in rungs[:LINES]]
    if len(rungs) > LINES:
        lines.append(rest.format(len(rungs) - LINES))
    return "\n".join(lines)
