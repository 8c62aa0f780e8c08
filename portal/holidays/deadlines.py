"""Every legal deadline is made here: the pure counting of portal.legaldays with the calendar of the acting city.

Overrides are the days of the national catalog (`holidays.csv`, for years the library lacks), and over them the city's own.
A city's are read once a stay in scope, in one statement. What is stored is never recomputed: what a later arrangement
would change is listed for people to look at (portal/holidays/review.py).
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

from portal import legaldays
from portal.holidays.models import CalendarDay, CountingRule
from portal.holidays.rules import Term, term_of
from portal.legaldays import Deadline, Override, Overrides
from portal.reference import files
from portal.tenancy.scope import stay, who

# Lines of the catalog legal_deadlines that the portal counts by.
RECHECK = "14"
EXTENSION_REQUEST = "15"
EXTENSION_ANSWER = "16"
SUSPENSION = "17"
REGISTRATION = "41"


@cache
def national() -> Overrides:
    """What the portal carries for years the library does not know; read once a process."""
    return {
        date.fromisoformat(row["date"]): Override(
            row["kind"] != "放假", row["source"], row["name"], row["whole_year"] == "是"
        )
        for row in files.rows("holidays")
    }


@cache
def terms() -> Mapping[str, Term]:
    return {row["seq"]: term for row in files.rows("legal_deadlines") if (term := term_of(row))}


def calendar() -> Overrides:
    """The overrides of the acting city; outside any city the national ones."""
    if who().tenant_id is None:
        return national()
    known = stay().known
    if "calendar" not in known:
        own = CalendarDay.objects.filter(withdrawn_at=None)
        known["calendar"] = {
            **national(),
            **{one.day: Override(one.working, one.source, one.name, one.whole_year) for one in own},
        }
    return known["calendar"]


def forget_calendar() -> None:
    """After the city's days or rules have been changed in this very stay."""
    for name in ("calendar", "counting"):
        stay().known.pop(name, None)


def chosen() -> Mapping[str, CountingRule]:
    """For which undefined deadlines the city has confirmed its days."""
    known = stay().known
    if "counting" not in known:
        known["counting"] = {} if who().tenant_id is None else {one.code: one for one in CountingRule.objects.all()}
    return known["counting"]


def make_deadline(start: date, length: int, unit: str, rule: str) -> Deadline:
    """`length` 自然日, 工作日 or 月 after `start` by the acting city's calendar. Raises ValueError in Chinese."""
    return legaldays.make_deadline(start, length, unit, rule, calendar())


def fixed_deadline(start: date, due: date, rule: str) -> Deadline:
    """A day the authority set; by the acting city's calendar it is said where that is a day off. Raises ValueError."""
    return legaldays.fixed_deadline(start, due, rule, calendar())


def deadline_for_rule(code: str, start: date) -> Deadline:
    """The deadline by a line of the catalog of legal deadlines: its length, its kind of day, its clause.

    Where the law does not say which days, natural ones count (the strict reading) unless the city has confirmed
    otherwise; the rule says which it was. Raises KeyError for a line that is no length of days or months.
    """
    term = terms()[code]
    if term.defined or code not in chosen():
        return make_deadline(start, term.length, term.unit, term.counted_as())
    own = chosen()[code]
    return make_deadline(start, term.length, own.unit, term.counted_as(own.unit, own.source))
