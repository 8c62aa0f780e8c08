"""Fixtures of the hazards' tests."""

import pytest

from campaign.celery import app


@pytest.fixture
def clock(world):
    """`clock()`: one round of the task that watches extensions and suspensions, in 江州市, run at once."""
    from hazards.tasks import watch_terms

    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield lambda: watch_terms.delay(tenant_id=world.tenants["江州市"])
    app.conf.update(task_always_eager=False, task_eager_propagates=False)
