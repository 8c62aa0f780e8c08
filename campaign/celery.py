"""Celery carries work; what must not be lost lives in PostgreSQL ledgers and is looked for again."""

import os
from datetime import timedelta

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")

app = Celery("campaign", task_cls="portal.tenancy.tasks:ScopedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def first_round(**_) -> None:
    """A clock that starts does its rounds now: one that is started again often would else never come to the hourly ones."""
    for entry in app.conf.beat_schedule.values():
        if isinstance(entry["schedule"], timedelta):
            app.tasks[entry["task"]].apply_async(entry["args"], **entry["options"])
