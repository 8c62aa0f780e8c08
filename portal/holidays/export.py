"""What a city has entered of its calendar, as a workbook."""

from portal.exports.registry import Export, columns, register
from portal.holidays.filters import CalendarDayFilter
from portal.holidays.models import CalendarDay
from portal.holidays.queries import entered_days


def register_lists() -> None:
    headers, line = columns(
        CalendarDay, "day", "working", "name", "source", "whole_year", "by_name", "at", "withdrawn_at", "withdrawn_by"
    )
    register(
        Export("calendar", "放假安排", "calendar.view", entered_days, CalendarDayFilter, {"day": "-day"}, headers, line)
    )
