"""Keeping the tally small. That it stays exact is the database's work (hazards/migrations/0002_tally.py)."""

from django.db import connection
from django.utils import timezone


def fold_tally() -> int:
    """Sum the deltas up, past weeks by the week; how many rows fewer. 0 where another run is at it. City scope only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hazards_fold_tally(%s)", [timezone.localdate()])
        return cursor.fetchone()[0]
