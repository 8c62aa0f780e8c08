from celery import shared_task

from portal.exports.actions import drop_expired, run


@shared_task(no_tenant=True)
def run_export(*, tenant_id: int, job_id: int, attempt: int) -> None:
    """Not inside one scope: each step enters its owner's, so that its progress can be seen."""
    run(tenant_id, job_id, attempt)


@shared_task
def drop_expired_exports(tenant_id: int) -> None:
    drop_expired()
