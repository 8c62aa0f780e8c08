from celery import shared_task

from accountability.actions import leads


@shared_task
def compute_leads(tenant_id: int) -> None:
    """Once a day; run again it says the same."""
    leads.compute()
