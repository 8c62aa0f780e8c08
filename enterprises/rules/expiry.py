"""When a licence or certificate that runs out is spoken of. Pure."""

from datetime import date, timedelta

WITHIN = (30, 60, 90)
"""Days ahead that the page of what expires counts by."""
HORIZON = max(WITHIN)
# Days after the due date, which is the last day of validity; negative before it.
STEPS = (-90, -60, -30, -7, 0)
AGAIN_EVERY = 30
"""Days between reminders of something that has expired, for as long as it is."""


def newest_step(due: date, as_of: date) -> int | None:
    """The last step whose day has come by `as_of`; None while the first one is still ahead."""
    late = (as_of - due).days
    if late >= 0:
        return late - late % AGAIN_EVERY
    return max((step for step in STEPS if step <= late), default=None)


def last_due(as_of: date) -> date:
    """The latest due date that is spoken of on a day."""
    return as_of + timedelta(days=HORIZON)
