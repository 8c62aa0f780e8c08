"""病毒查杀: proof waits in quarantine until the scanner has found it clean."""

from hazards.models import Evidence
from portal.audit.record import note as audit
from portal.files.quarantine import judged


def scan_waiting() -> int:
    """City scope; returns how many were judged."""
    done = judged(Evidence.objects.all())
    for evidence in done:
        if evidence.scan == Evidence.Scan.INFECTED:
            audit("evidence.infected", evidence, {"digest": evidence.digest, "fault": evidence.found})
    return len(done)
