"""A city with hazards in every state, on a day of its own."""

from datetime import timedelta

import pytest

from hazards import rules
from tests.dashboard.day import TODAY
from tests.reminders.rows import lay


@pytest.fixture
def that_day(on_day):
    with on_day(TODAY):
        yield


@pytest.fixture
def full(world, that_day):
    """Hazards in every state on both sides of today, in both districts."""
    for enterprise in "abc":
        lay(world, enterprise, days=-30, n=2)
        lay(world, enterprise, days=-3, level="major")
        lay(world, enterprise, days=4, n=2, found_on=TODAY - timedelta(days=9))
        lay(world, enterprise, days=-10, status=rules.SUBMITTED, submitted_after=-12)
        lay(world, enterprise, days=-10, status=rules.SUBMITTED, submitted_after=-2)
        lay(world, enterprise, days=2, status=rules.CONFIRMING, submitted_after=0, level="major")
        lay(world, enterprise, days=-20, status=rules.CLOSED, submitted_after=-25, n=3)
        lay(world, enterprise, days=-20, status=rules.CLOSED, submitted_after=-15)
    lay(world, "a", days=-40, n=4)
    return world
