"""What the clock does by itself: every city, by day, each behind its own wall."""

from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.utils import timezone

from campaign.celery import app
from enterprises.actions import credentials
from hazards.models import Suspension
from hazards.tasks import fold_tally, for_each_tenant, remind
from portal.messages.actions import BATCH, tell
from portal.messages.models import Message
from portal.messages.tasks import deliver
from portal.tenancy.models import Posting
from portal.tenancy.scope import NoScope, tenant_scope
from tests.hazards.test_selfchecks import reported
from tests.reminders.rows import lay
from tests.stories import suspended


@pytest.fixture(autouse=True)
def at_once():
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    mail.outbox = []
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


def digests(world) -> dict[str, int]:
    found = {}
    for city, pk in world.tenants.items():
        with tenant_scope(pk, city):
            found[city] = Message.objects.filter(key__startswith="reminders:", channel="in_app").count()
    return found


def test_every_task_of_the_schedule_is_known_and_handed_to_each_city():
    app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] == for_each_tenant.name
        assert entry["args"][0] in app.tasks
        # What comes once a day has an hour; the others have an interval.
        every = getattr(entry["schedule"], "total_seconds", timedelta(days=1).total_seconds)
        assert entry["options"]["expires"] == every()


@pytest.mark.parametrize("task", [remind, fold_tally, deliver])
def test_a_task_without_its_city_does_not_run(world, task):
    with pytest.raises(NoScope):
        task()


def test_in_the_morning_every_city_is_reminded_of_what_fell_due_in_the_night(world):
    with time_machine.travel("2026-09-01T12:00:00+08:00"):
        lay(world, "a", days=5)
        lay(world, "x", days=5)
    with time_machine.travel("2026-09-06T00:10:00+08:00"):
        for_each_tenant.delay("hazards.tasks.remind")
        assert digests(world) == {"江州市": 0, "澄川市": 0}
    with time_machine.travel("2026-09-06T08:00:00+08:00"):
        for_each_tenant.delay("hazards.tasks.remind")
        assert digests(world) == {"江州市": 1, "澄川市": 1}


def test_the_day_is_shanghais_even_while_it_is_yesterday_in_utc(world):
    """At 08:30 in Shanghai it is 00:30 UTC; at 07:59 it is still the day before in UTC, and reminders wait anyway."""
    with time_machine.travel("2026-09-01T12:00:00+08:00"):
        lay(world, "a", days=5)
    with time_machine.travel("2026-09-06T08:30:00+08:00"):
        remind.delay(tenant_id=world.tenants["江州市"])
        with tenant_scope(world.tenants["江州市"]):
            assert Message.objects.get(channel="in_app").title == "整改提醒：今日到期1条"


def test_a_full_batch_of_letters_is_followed_by_the_next(world):
    with tenant_scope(world.tenants["江州市"]):
        officer = [Posting.objects.get(person__name="officer君").person_id]
        for number in range(BATCH + 3):
            tell(officer, f"k{number}", f"标题{number}", "内容", "/")
    for_each_tenant.delay("portal.messages.tasks.deliver")
    assert len(mail.outbox) == BATCH + 3


def test_a_round_that_is_missed_for_a_week_only_delays(world):
    with time_machine.travel("2026-09-01T12:00:00+08:00"):
        hazards = lay(world, "a", days=5, n=2)
    late = hazards[0].deadline + timedelta(days=9)
    with time_machine.travel(f"{late}T09:00:00+08:00"):
        remind.delay(tenant_id=world.tenants["江州市"])
        assert digests(world)["江州市"] == 6


def told_within_the_hour(world) -> list[str]:
    with tenant_scope(world.tenants["江州市"], "江州市"):
        fresh = Message.objects.filter(made_at__gte=timezone.now() - timedelta(hours=1), channel="in_app")
        return list(fresh.values_list("title", flat=True))


def test_nothing_that_the_clock_does_by_itself_is_told_before_eight(world):
    with time_machine.travel("2026-09-01T12:00:00+08:00"):
        lay(world, "a", days=5)
        reported(world, planned_on=date(2026, 9, 6))
        with world.as_("office"):
            licence = {"kind": "licence", "title": "排污许可证", "number": "P1", "valid_until": date(2026, 9, 6)}
            credentials.add_credential(world.enterprises["a"], licence)
        suspended(world)
        with tenant_scope(world.tenants["江州市"], "江州市"):
            Suspension.objects.update(until=date(2026, 9, 6))
    app.loader.import_default_modules()
    # A report is read in a snapshot, which a test's transaction cannot give; its own tests say when it is told of.
    tasks = [entry["args"][0] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    tasks.remove("campaign.tasks.make_reports")
    with time_machine.travel("2026-09-06T07:59:00+08:00"):
        for task in tasks:
            for_each_tenant.delay(task)
        assert told_within_the_hour(world) == []
    with time_machine.travel("2026-09-06T08:00:00+08:00"):
        for task in tasks:
            for_each_tenant.delay(task)
        titles = told_within_the_hour(world)
    for word in ("整改提醒", "自查提醒", "证照到期提醒", "停产停业"):
        assert any(word in title for title in titles), word
