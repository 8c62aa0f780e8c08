"""The clock's doors. A task that is lost is no loss: the ledgers are looked at again in ten minutes."""

from celery import current_app, shared_task

from hazards.actions import extensions, grading, reminders, scanning, selfcheck_reminders, suspensions, tally
from portal.messages import pulse
from portal.messages.actions import quiet
from portal.tenancy.queries import all_tenants


@shared_task(no_tenant=True)
def for_each_tenant(task: str) -> None:
    """Hand a task out once a city, each to run in its own scope."""
    pulse.note_beat()
    for tenant in all_tenants():
        current_app.tasks[task].delay(tenant_id=tenant.pk)


@shared_task
def remind(tenant_id: int) -> None:
    if not quiet():
        reminders.remind()
    pulse.note_reminding()


@shared_task
def fold_tally(tenant_id: int) -> None:
    tally.fold_tally()


@shared_task
def propose_grades(tenant_id: int) -> None:
    """Every hour from eight on: whoever decides is told of it."""
    if not quiet():
        grading.propose_grades()


@shared_task
def watch_terms(tenant_id: int) -> None:
    """Extensions nobody answered in time, and suspensions that come to their end."""
    extensions.lapse()
    if not quiet():
        suspensions.warn()


@shared_task
def remind_selfchecks(tenant_id: int) -> None:
    """Every hour from eight on; nobody hears more than once a day."""
    if not quiet():
        selfcheck_reminders.remind()


@shared_task
def scan_waiting(tenant_id: int) -> None:
    scanning.scan_waiting()
