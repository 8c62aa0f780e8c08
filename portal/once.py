"""What a client sends twice over a bad network is kept once: its record carries a key of the client's own."""

from django.db import IntegrityError, transaction


def kept_before(record, constraint: str) -> IntegrityError | None:
    """Save a new record; None where that was done, the refusal where its key is there already (`constraint` keeps it once).

    Whether the first one may be shown is the caller's to say: a key tells nobody of a record that is not theirs.
    """
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as twice:
        if constraint not in str(twice):
            raise
        return twice
    return None
