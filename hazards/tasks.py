"""The clock's doors. A task that is lost is no loss: the ledgers are looked at again in ten minutes."""

from celery import current_app, shared_task

from hazards.actions import grading, reminders, tally
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
    grading.propose_grades()
