"""病毒查杀: proof waits in quarantine until the scanner has found it clean."""

from hazards.models import Evidence
from portal.audit.record import note as audit
from portal.files.quarantine import judged


def scan_waiting() -> int:
    """City scope; returns how many were judged."""
    number = 0
    for number, evidence in enumerate(judged(Evidence.objects.all()), 1):
        if evidence.scan == Evidence.Scan.INFECTED:
            audit("evidence.infected", evidence, {"digest": evidence.digest, "fault": evidence.found})
    return number
