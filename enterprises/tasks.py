from celery import shared_task

from enterprises.actions import expiry
from enterprises.actions.duplicates import run_search
from enterprises.actions.imports import run
from portal.messages.actions import quiet


@shared_task(no_tenant=True)
def run_import(*, tenant_id: int, import_id: int) -> None:
    """Not inside one scope: each step of the import enters its own, so that its progress can be seen."""
    run(tenant_id, import_id)


@shared_task
def remind_expiring(tenant_id: int) -> None:
    """Every hour from eight on; nobody hears more than once a day."""
    if not quiet():
        expiry.remind()


@shared_task
def run_duplicate_search(*, tenant_id: int, search_id: int) -> None:
    run_search(search_id)
