"""Keeping the tally small. That it stays exact is the database's work (hazards/migrations/0002_tally.py)."""

from django.db import connection


def fold_tally() -> int:
    """Sum the deltas up; how many rows fewer. 0 where another run is at it. City scope only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hazards_fold_tally()")
        return cursor.fetchone()[0]
