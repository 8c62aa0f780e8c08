import logging

from celery import shared_task
from django.utils import timezone

from portal.files import quarantine, scrub

logger = logging.getLogger(__name__)


@shared_task
def check_files(tenant_id: int) -> None:
    """Each night a seventh of all files, by the day of the week."""
    report = scrub.check(timezone.localdate().weekday())
    for line in report.damaged:
        logger.error("damaged file of tenant %s: %s", tenant_id, line)
    scrub.sweep()


@shared_task
def scan_received(tenant_id: int) -> None:
    quarantine.scan_received()
