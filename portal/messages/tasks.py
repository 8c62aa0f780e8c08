from celery import shared_task

from portal.messages import pulse
from portal.messages.actions import BATCH, send_due


@shared_task
def deliver(tenant_id: int) -> None:
    """Send a batch of e-mails; a full one is followed by the next, each in a transaction of its own."""
    done = sum(send_due())
    pulse.note_delivering()
    if done >= BATCH:
        deliver.delay(tenant_id=tenant_id)
