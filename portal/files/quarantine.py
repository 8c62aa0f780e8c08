"""隔离: an upload that the scanner has not found clean is kept and handed out to nobody."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.audit.record import note as audit
from portal.files import clamd, store
from portal.files.models import Received, Scanned
from portal.refusals import Refused

Scan = Scanned.Scan
AT_ONCE = 50
AGAIN_AFTER = timedelta(hours=1)
Row = TypeVar("Row", bound=Scanned)


def take_in(content: bytes) -> store.Kept:
    """Keep an upload for good; where a scanner is configured it waits for its verdict. What waited or was judged before stays so."""
    kept = store.keep([content])
    if clamd.configured():
        Received.objects.bulk_create([Received(digest=kept.digest, scan=Scan.WAITING)], ignore_conflicts=True)
    return kept


def held(digests: Iterable[str]) -> dict[str, str]:
    """Those of these files that are handed out to nobody, and why in a word."""
    rows = Received.objects.filter(digest__in=list(digests)).exclude(scan__in=[Scan.OFF, Scan.CLEAN])
    return {row.digest: row.get_scan_display() for row in rows}


def infected(digests: Iterable[str]) -> set[str]:
    return set(Received.objects.filter(digest__in=list(digests), scan=Scan.INFECTED).values_list("digest", flat=True))


def let_out(verdict: str) -> None:
    """Raises Refused where a file with this verdict, in the word that people read, may not be taken away."""
    if verdict == Scan.INFECTED.label:
        raise Refused("这个文件查出病毒，已经隔离，不能下载。请让上传人重新拍照上传。")
    if verdict not in ("", Scan.OFF.label, Scan.CLEAN.label):
        raise Refused("这个文件还没有通过病毒查杀，请稍后再下载。")


def judged(rows: QuerySet[Row]) -> list[Row]:
    """Each that gets its verdict now: what waits, and once an hour what could not be judged. City scope.

    Where the scanner is away everything goes on waiting: nothing is shown for want of a verdict.
    """
    if not clamd.configured():
        return []
    done = []
    due = Q(scan=Scan.WAITING) | Q(scan=Scan.FAILED, scanned_at__lt=timezone.now() - AGAIN_AFTER)
    for row in rows.select_for_update(skip_locked=True).filter(due).order_by("pk")[:AT_ONCE]:
        try:
            row.found = clamd.infected(store.open_kept(row.digest))[:100]  # type: ignore[attr-defined]
            row.scan = Scan.INFECTED if row.found else Scan.CLEAN
        except clamd.Away:
            break
        except (clamd.NoVerdict, store.Damaged):
            row.scan = Scan.FAILED
        row.scanned_at = timezone.now()
        rows.model.objects.filter(pk=row.pk).update(scan=row.scan, scanned_at=row.scanned_at, found=row.found)  # type: ignore[attr-defined]
        done.append(row)
    return done


def scan_received() -> int:
    """Returns how many were judged."""
    done = judged(Received.objects.all())
    for row in done:
        if row.scan == Scan.INFECTED:
            audit("files.infected", row, {"digest": row.digest, "fault": row.found})
    return len(done)
