from celery import shared_task

from accountability.actions import leads, measure_reminders, scores
from portal.messages.actions import quiet


@shared_task
def compute_leads(tenant_id: int) -> None:
    """Once a day; run again it says the same."""
    leads.compute()


@shared_task
def remind_replies(tenant_id: int) -> None:
    """Every hour from eight on; nobody hears more than once a day."""
    if not quiet():
        measure_reminders.remind()


@shared_task(no_tenant=True)
def reckon_scores(*, tenant_id: int, year_score_id: int) -> None:
    """Not inside one scope: it reads in a snapshot of its own and writes in another."""
    scores.reckon(tenant_id, year_score_id)
