"""病毒查杀: pictures wait in quarantine until the scanner has found them clean."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from hazards.models import Evidence
from portal.audit.record import note as audit
from portal.files import clamd, store

Scan = Evidence.Scan
AT_ONCE = 50
AGAIN_AFTER = timedelta(hours=1)


def scan_waiting() -> int:
    """Judge what waits, and once an hour what could not be judged. City scope; returns how many were judged.

    Where the scanner is away everything goes on waiting: nothing is shown for want of a verdict.
    """
    if not clamd.configured():
        return 0
    due = Q(scan=Scan.WAITING) | Q(scan=Scan.FAILED, scanned_at__lt=timezone.now() - AGAIN_AFTER)
    judged = 0
    for evidence in Evidence.objects.select_for_update(skip_locked=True).filter(due).order_by("id")[:AT_ONCE]:
        try:
            evidence.found = clamd.infected(store.open_kept(evidence.digest))[:100]
            evidence.scan = Scan.INFECTED if evidence.found else Scan.CLEAN
        except clamd.Away:
            break
        except (clamd.NoVerdict, store.Damaged):
            evidence.scan = Scan.FAILED
        evidence.scanned_at = timezone.now()
        Evidence.objects.filter(pk=evidence.pk).update(
            scan=evidence.scan, scanned_at=evidence.scanned_at, found=evidence.found
        )
        judged += 1
        if evidence.scan == Scan.INFECTED:
            audit("evidence.infected", evidence, {"digest": evidence.digest, "fault": evidence.found})
    return judged
