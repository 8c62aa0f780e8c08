from celery import shared_task

from inspections.actions import assessment_problems, assessment_reports, handover
from portal.messages.actions import quiet


@shared_task
def watch_assessments(tenant_id: int) -> None:
    """Problems that wait, from eight on and once a day a person; and hazards that an assessment may have missed."""
    assessment_reports.note_missed()
    if not quiet():
        assessment_problems.remind()


@shared_task
def watch_handovers(tenant_id: int) -> None:
    """What is open in the name of people whose post is over, told from eight on and once a day."""
    if not quiet():
        handover.tell_leftovers()
