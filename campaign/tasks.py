"""The clock's doors of this floor."""

import logging

from celery import shared_task

from campaign.actions import reports, task_reminders
from portal.messages.actions import quiet

logger = logging.getLogger(__name__)


@shared_task
def remind_tasks(tenant_id: int) -> None:
    """Every hour from eight on; nobody hears more than once a day."""
    if not quiet():
        task_reminders.remind()


@shared_task(no_tenant=True)
def make_reports(*, tenant_id: int) -> None:
    """Every hour, so that a report is there in the first hour after its period; run again it makes nothing.

    Not inside one scope: each is read in a snapshot of its own and kept in another transaction.
    """
    made = reports.make_missing(tenant_id)
    for report in made.late:
        logger.warning("tenant %s: %s was made %s days late", tenant_id, report, reports.late_days(report))
