from celery import shared_task

from portal.uploads.actions import drop_expired


@shared_task
def drop_expired_uploads(tenant_id: int) -> None:
    drop_expired()
