"""放假安排公布后请核对: stored deadlines that would come out differently today. None is ever recomputed by itself.

Each floor says once where it keeps deadlines (`register`, in AppConfig.ready). Distinct (start, length, unit) are counted anew,
not rows, so a hundred thousand deadlines cost what the few hundred different ones among them do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Model, QuerySet
from django.db.models.fields.json import KeyTextTransform

from portal import legaldays
from portal.holidays.deadlines import calendar
from portal.legaldays import UNITS, Deadline
from portal.permissions import may

SHOWN = 200


@dataclass(frozen=True)
class Kept:
    """Where one floor keeps deadlines: rows still open, the JSON they are kept in, and each one's page."""

    title: str
    permission: str
    rows: Callable[[], QuerySet]
    column: str
    address: Callable[[Model], str]
    label: Callable[[Model], str]


_kept: list[Kept] = []


def register(kept: Kept) -> None:
    _kept.append(kept)


@dataclass(frozen=True)
class Different:
    """A stored deadline and what it would be if it were made today."""

    title: str
    label: str
    address: str
    stored: date
    now: Deadline


def different() -> list[Different]:
    """Of what the acting person may see, at most SHOWN of each kind, the earliest stored first."""
    return [one for kept in _kept if may(kept.permission) for one in different_of(kept)]


def different_of(kept: Kept) -> list[Different]:
    parts = {name: KeyTextTransform(name, kept.column) for name in ("start", "length", "unit", "due")}
    rows = (
        kept.rows().filter(**{f"{kept.column}__unit__in": UNITS}).annotate(**{f"of_{n}": p for n, p in parts.items()})
    )
    names = [f"of_{name}" for name in parts]
    found = {}
    for start, length, unit, due in rows.order_by().values_list(*names).distinct():
        now = legaldays.make_deadline(date.fromisoformat(start), int(length), unit, "", calendar())
        if now.due != date.fromisoformat(due):
            found[start, length, unit, due] = now
    if not found:
        return []
    dues = {due for *_, due in found}
    listed: list[Different] = []
    for row in rows.filter(of_due__in=dues).order_by("of_due", "pk"):
        now_due = found.get(tuple(getattr(row, name) for name in names))  # type: ignore[arg-type]
        if now_due and len(listed) < SHOWN:
            listed.append(
                Different(kept.title, kept.label(row), kept.address(row), date.fromisoformat(row.of_due), now_due)
            )
    return listed
