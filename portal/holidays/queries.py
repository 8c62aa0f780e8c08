"""What the calendar's page reads."""

from django.db.models import QuerySet

from portal.holidays.deadlines import chosen, terms
from portal.holidays.models import CalendarDay, CountingRule
from portal.holidays.rules import Term


def entered_days() -> QuerySet[CalendarDay]:
    return CalendarDay.objects.order_by("-day", "-pk")


def undefined_terms() -> list[tuple[Term, CountingRule | None]]:
    """The deadlines whose 日 the law leaves open, each with what the city has confirmed."""
    return [(term, chosen().get(term.code)) for term in terms().values() if not term.defined]
