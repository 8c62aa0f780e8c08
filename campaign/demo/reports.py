"""The demo city's work reports: a quarter, two months and five weeks; issued but for the newest, and something recorded too late."""

from datetime import date, timedelta

from django.utils import timezone

from campaign import report_figures as figures
from campaign import rules_reports as rules
from campaign.actions import reports
from campaign.demo.history import History
from campaign.models import ReportText, WorkReport
from enterprises.models import Enterprise
from hazards.actions import moves
from portal.tenancy.scope import enter

BEFORE = {rules.WEEK: 5, rules.MONTH: 2, rules.QUARTER: 1}
WORK = (
    "领导小组办公室召开调度会1次，约谈整改进度慢的区县；组织两重点一重大企业负责人集中培训1期。\n"
    "各区县按分级频次开展检查，专家组进驻重点企业评估。"
)


def report_on_the_weeks(history: History, tried: Enterprise, today: date) -> None:
    made: list[WorkReport] = []
    for kind, number in BEFORE.items():
        periods = [rules.before(rules.period_of(kind, today))]
        while len(periods) < number:
            periods.append(rules.before(periods[-1]))
        for period in reversed(periods):
            made.append(counted(history, period))
    newest = {kind: max(one.since for one in made if one.kind == kind) for kind in BEFORE}
    for report in made:
        if report.kind == rules.WEEK and report.since == newest[rules.WEEK]:
            continue
        with enter(history.office):
            work = ReportText.objects.get(report=report, place=None, section="work")
            reports.edit(work.pk, f"{work.text}\n{WORK}")
            reports.issue(report.pk)
    found_too_late(history, tried, newest[rules.WEEK])


def counted(history: History, period: rules.Period) -> WorkReport:
    """Now, and not at a moment of the past: the records stand as they do today, and the page says that it came late."""
    with enter(history.office):
        return reports.keep(period, figures.read(period.since, period.until, timezone.now()))


def found_too_late(history: History, tried: Enterprise, monday: date) -> None:
    """What an inspector found in the newest week and put in after it had been counted."""
    with enter(history.pairs[tried.district_id].lead):
        moves.record_hazard(
            tried,
            description="配电室门未设挡鼠板，电缆沟封堵不严",
            level="general",
            found_on=monday + timedelta(days=2),
            basis="《安全生产法》第三十六条",
            place="配电室",
        )
