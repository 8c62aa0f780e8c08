"""The clock's door of this floor."""

from celery import shared_task

from campaign.actions import task_reminders
from portal.messages.actions import quiet


@shared_task
def remind_tasks(tenant_id: int) -> None:
    """Every hour from eight on; nobody hears more than once a day."""
    if not quiet():
        task_reminders.remind()
