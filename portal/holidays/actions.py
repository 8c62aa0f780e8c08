"""放假安排: entering a year's arrangement or a place's own days, taking one back, and confirming how undefined days count.

The office does it and not the system administrator: a day off moves legal deadlines, and which stored ones deserve a second
look is business the administrator does not see (三权分立, handbook §2).
"""

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from portal.audit.record import note as audit
from portal.holidays.deadlines import forget_calendar, terms
from portal.holidays.models import CalendarDay, CountingRule
from portal.holidays.rules import days_of
from portal.permissions import demand
from portal.refusals import BadInput
from portal.tenancy.scope import in_one_piece, who


@in_one_piece
def enter_days(text: str, source: str, *, whole_year: bool = False) -> list[CalendarDay]:
    """登记放假安排: one period a line. `whole_year` says that it is the complete arrangement of its one year.

    A day that has been entered before is refused: it is to be withdrawn first, so that nothing is overwritten unseen.
    """
    demand("calendar.edit")
    try:
        days = days_of(text)
    except ValueError as fault:
        raise BadInput(str(fault), field="days") from fault
    if not source.strip():
        raise BadInput("请写明依据，如“国办发明电〔2026〕×号”或本地通知的文号。", field="source")
    if whole_year and len({day.day.year for day in days}) != 1:
        raise BadInput("全年安排请只填一个年份的日期。", field="days")
    taken = CalendarDay.objects.filter(withdrawn_at=None, day__in=[day.day for day in days]).order_by("day")
    if found := [f"{day:%Y-%m-%d}" for day in taken.values_list("day", flat=True)]:
        raise BadInput(f"{'、'.join(found[:5])}已经登记过。要改，请先撤销原来的。", field="days")
    rows = [
        CalendarDay(
            day=day.day,
            working=day.working,
            name=day.name,
            source=source.strip(),
            whole_year=whole_year,
            by_name=who().person_name,
        )
        for day in days
    ]
    try:
        with transaction.atomic():
            made = CalendarDay.objects.bulk_create(rows)
    except IntegrityError as fault:
        raise BadInput("刚刚有人登记了其中的日期，请刷新后核对。", field="days") from fault
    told = {"days": [str(row) for row in made], "source": source.strip(), "whole_year": whole_year}
    audit("calendar.enter", changes=told, label=f"{source.strip()[:80]}，{len(made)}天")
    forget_calendar()
    return made


def withdraw_day(day_id: int) -> CalendarDay:
    """撤销: from now on the day counts as the library has it; deadlines made meanwhile stay as they were made."""
    demand("calendar.edit")
    day = CalendarDay.objects.select_for_update().filter(pk=day_id).first()
    if day is None:
        raise Http404(f"calendar day {day_id}")
    if day.withdrawn_at is None:
        day.withdrawn_at, day.withdrawn_by = timezone.now(), who().person_name
        day.save(update_fields=["withdrawn_at", "withdrawn_by"])
        audit("calendar.withdraw", day, {"source": day.source})
        forget_calendar()
    return day


def confirm_counting(code: str, unit: str, source: str) -> CountingRule:
    """确认口径: which days a deadline counts where the law does not say. Raises BadInput where the law does say."""
    demand("calendar.edit")
    term = terms().get(code)
    if term is None or term.defined:
        raise BadInput("这一条的期限法律已经写明，不能另行确定。", field="code")
    if unit not in CountingRule.Unit.values:
        raise BadInput("请选择自然日或工作日。", field="unit")
    if not source.strip():
        raise BadInput("请写明由谁、以什么文件确认。", field="source")
    before = CountingRule.objects.select_for_update().filter(code=code).first()
    rule = before or CountingRule(code=code)
    was = before.unit if before else ""
    rule.unit, rule.source, rule.by_name = unit, source.strip(), who().person_name
    rule.save()
    audit("calendar.count", rule, {"item": term.item, "from": was, "to": unit, "source": rule.source})
    forget_calendar()
    return rule
