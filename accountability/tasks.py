from celery import shared_task

from accountability.actions import leads, scores


@shared_task
def compute_leads(tenant_id: int) -> None:
    """Once a day; run again it says the same."""
    leads.compute()


@shared_task(no_tenant=True)
def reckon_scores(*, tenant_id: int, year_score_id: int) -> None:
    """Not inside one scope: it reads in a snapshot of its own and writes in another."""
    scores.reckon(tenant_id, year_score_id)
