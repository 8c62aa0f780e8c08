"""Nothing lost, nothing doubled: real processes killed in the middle, Redis emptied, the clock stopped and set wrong."""

import os
import random
import signal
import time
import traceback
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
import redis
import time_machine
from django.conf import settings as portal
from django.core import mail
from django.db import connection, connections

from campaign.celery import app
from hazards.actions.reminders import remind, send
from hazards.models import Hazard, ReminderPlan
from hazards.tasks import for_each_tenant
from hazards.tasks import remind as remind_task
from portal.legaldays import SHANGHAI
from portal.messages.actions import send_due, tell
from portal.messages.models import Message, Reminder
from portal.tenancy.scope import tenant_scope
from tests import stories
from tests.conftest import owner_connection
from tests.reminders.rows import fill, lay
from tests.reminders.test_races import beside

CITY = "江州市"
START = date(2026, 9, 1)
HAZARDS = 66
STEPS = (-7, -3, -1, 0, 1, 3, 7, 14)
# How many people hear of each step in tests/world.py: the officer; two inspectors; the office; two leaders.
HEARERS = {-7: 1, -3: 1, -1: 1, 0: 1, 1: 3, 3: 4, 7: 6, 14: 6}


def in_city(world):
    return tenant_scope(world.tenants[CITY], CITY)


@pytest.fixture
def at_once():
    mail.outbox = []
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


def work(world, day: date) -> None:
    """What a worker does on a day: remind, then deliver until nothing is left."""
    with in_city(world):
        remind(day)
    while True:
        with in_city(world):
            if not sum(send_due()):
                return


def killed(world, day: date, after: int, pause: float) -> bool:
    """Start a worker as a process of its own and kill it -9 so many seconds after it began its statement number `after`.

    It may begin so many and no more: counted in statements and waiting for the kill, it dies in the same places however
    slow or busy the machine. Whether it got that far and was still at work.
    """
    connections.close_all()
    counted, count = os.pipe()
    allowed, allow = os.pipe()
    child = os.fork()
    if child == 0:

        def told(execute, *what):
            os.read(allowed, 1)
            os.write(count, b".")
            return execute(*what)

        try:
            with connection.execute_wrapper(told):
                work(world, day)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(count)
    os.write(allow, b"." * after)
    while after and (begun := os.read(counted, after)):
        after -= len(begun)
    time.sleep(pause)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    for end in (counted, allowed, allow):
        os.close(end)
    # The server finishes the statement of the dead before it takes back his transaction; what he holds is skipped till then.
    while transactions():
        time.sleep(0.01)
    assert status in (0, signal.SIGKILL), "the worker failed of itself: its traceback is in what was captured"
    return status == signal.SIGKILL


def transactions() -> int:
    """How many others are at work in this test's database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND xact_start IS NOT NULL"
        )
        return cursor.fetchone()[0]


def doubled(world) -> list[tuple]:
    """People with more than one digest of one day in the portal, and reminders there that were told twice."""
    with in_city(world):
        digests = Message.objects.filter(channel="in_app", key__startswith="reminders:")
        days = Counter(digests.values_list("person_id", "key"))
        told = Counter(
            Reminder.objects.filter(channel="in_app", message__isnull=False).values_list(
                "subject_kind", "subject_id", "subject_round", "step", "person_id"
            )
        )
    return [one for counted in (days, told) for one, n in counted.items() if n > 1]


def test_forty_workers_killed_in_the_middle_of_three_thousand_reminders_lose_and_double_nothing(
    committed_world, settings, tmp_path
):
    world, chance = committed_world, random.Random(20260901)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "letters")
    with time_machine.travel(f"{START}T12:00:00+08:00", tick=False):
        [*hazards] = lay(world, days=20, n=HAZARDS)
    deadline, at_work = hazards[0].deadline, 0
    for step in STEPS:
        day = deadline + timedelta(days=step)
        # Five of a day before their first commit, which leaves all of it to the next; then anywhere up to past their
        # last statement, until one had done it all: that leaves the others of the day nothing to do.
        for furthest in (6, 6, 6, 6, 6, 12, 18, 24):
            if not killed(world, day, chance.randint(1, furthest), chance.uniform(0, 0.005)):
                break
            at_work += 1
        work(world, day)
        assert doubled(world) == []
    assert at_work >= 40, "all but a few were killed at their work, or the test proves nothing"
    with in_city(world):
        rows = Reminder.objects.all()
        assert rows.count() == HAZARDS * 2 * sum(HEARERS.values()) == 3036
        assert Counter(rows.values_list("step", flat=True)) == {s: HAZARDS * 2 * n for s, n in HEARERS.items()}
        assert not rows.filter(message=None).exists()
        assert Message.objects.filter(channel="in_app").count() == sum(HEARERS.values())
        letters = Message.objects.filter(channel="email")
        assert letters.count() == sum(HEARERS.values())
        assert not letters.filter(sent_at=None).exists()
        waiting = ReminderPlan.objects.filter(told_at=None, cancelled_at=None)
        assert waiting.count() == HAZARDS
    # At least once, and what went twice went under one Message-ID.
    gone = [
        line
        for path in (tmp_path / "letters").iterdir()
        for line in path.read_text("utf-8").splitlines()
        if line.startswith("Message-ID: ")
    ]
    assert len(set(gone)) == sum(HEARERS.values())
    assert len(gone) >= len(set(gone))


def meet(world) -> None:
    """Two runs on one day, each with a reminder to the same person that the other does not see."""
    as_of = START + timedelta(days=21)
    with in_city(world):
        fill(as_of)
    with in_city(world):
        send(as_of)  # not committed yet
        beside(lambda: lay(world, days=20))()

        def second():
            with in_city(world):
                fill(as_of)
                return send(as_of).digests

        other = beside(second)
        time.sleep(0.5)  # the second is waiting for the first at the message's key, where there is one
    other()


@pytest.mark.parametrize("key_is_there", [True, False])
def test_it_is_the_unique_key_that_keeps_a_digest_from_being_told_twice(committed_world, key_is_there):
    """The positive control: without the key in this test's own database the same meeting doubles a digest."""
    world = committed_world
    with time_machine.travel(f"{START}T12:00:00+08:00", tick=False):
        lay(world, days=20)
        if not key_is_there:
            with owner_connection(connection.settings_dict["NAME"]) as owner, owner.cursor() as cursor:
                cursor.execute("ALTER TABLE messaging_message DROP CONSTRAINT message_once")
        meet(world)
        assert (doubled(world) == []) is key_is_there
        if key_is_there:
            # What the second run could not say that day is in the next day's digest.
            with in_city(world):
                assert Reminder.objects.filter(sent_at=None).exists()
                send(START + timedelta(days=22))
                assert not Reminder.objects.filter(sent_at=None).exists()


def test_without_the_ledgers_key_the_same_step_could_stand_there_twice(committed_world):
    world = committed_world
    with time_machine.travel(f"{START}T12:00:00+08:00", tick=False):
        lay(world, days=20)
        with in_city(world):
            fill(START + timedelta(days=21))
        again = (
            "INSERT INTO messaging_reminder (tenant_id, subject_kind, subject_id, subject_round, step, person_id, channel,"
            " line, link, due_on) SELECT tenant_id, subject_kind, subject_id, subject_round, step, person_id, channel,"
            " line, link, due_on FROM messaging_reminder ON CONFLICT DO NOTHING"
        )
        for there in (True, False):
            if not there:
                with owner_connection(connection.settings_dict["NAME"]) as owner, owner.cursor() as cursor:
                    cursor.execute("ALTER TABLE messaging_reminder DROP CONSTRAINT reminder_once")
            with in_city(world):
                before = Reminder.objects.count()
                with connection.cursor() as cursor:
                    cursor.execute(again)
                assert (Reminder.objects.count() == before) is there


def test_tasks_lost_with_redis_are_no_loss(committed_world, at_once):
    """Handed to a real broker, which is emptied before a worker comes: the next round does the same work."""
    world = committed_world
    with time_machine.travel(f"{START}T12:00:00+08:00", tick=False):
        lay(world, days=20, n=3)
    address = f"{portal.REDIS_URL.rpartition('/')[0]}/9"
    broker = redis.Redis.from_url(address)
    broker.flushdb()
    with time_machine.travel(f"{START + timedelta(days=21)}T09:00:00+08:00"):
        app.conf.update(task_always_eager=False)
        with app.connection_for_write(address) as wire:
            remind_task.apply_async(kwargs={"tenant_id": world.tenants[CITY]}, connection=wire)
        assert broker.llen("celery") == 1
        broker.flushdb()
        assert broker.llen("celery") == 0
        app.conf.update(task_always_eager=True)
        for_each_tenant.delay("hazards.tasks.remind")
        with in_city(world):
            assert Message.objects.filter(channel="in_app").count() == HEARERS[1]
            assert not Reminder.objects.filter(message=None).exists()


def beats(world, first: str, last: str, every: timedelta = timedelta(hours=2)) -> None:
    """The clock's rounds between two moments of Beijing."""
    moment, end = (datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) for text in (first, last))
    while moment <= end:
        with time_machine.travel(moment, tick=False):
            for_each_tenant.delay("hazards.tasks.remind")
        moment += every


def steps_told(world) -> dict[int, int]:
    """Step → people told of it in the portal."""
    with in_city(world):
        return dict(
            Counter(Reminder.objects.filter(channel="in_app", message__isnull=False).values_list("step", flat=True))
        )


def test_a_clock_that_stood_for_three_days_tells_each_hazard_once_and_everybody_it_missed(world, at_once):
    with time_machine.travel(f"{START}T12:00:00+08:00", tick=False):
        hazards = [lay(world, days=days)[0] for days in (19, 20, 21, 22)]
    beats(world, "2026-09-19T08:00", "2026-09-20T20:00")
    before = steps_told(world)
    # Down from the evening of the 20th to the morning of the 24th: over steps −1, 0, +1 and +3 of one or another.
    beats(world, "2026-09-24T08:00", "2026-09-24T20:00")
    after = steps_told(world)
    missed = {step: after[step] - before.get(step, 0) for step in after if after[step] != before.get(step, 0)}
    assert missed == {3: HEARERS[3] * 2, 1: HEARERS[1] * 2}
    assert doubled(world) == []
    with in_city(world):
        assert ReminderPlan.objects.filter(told_at=None, cancelled_at=None).count() == len(hazards)


@pytest.mark.parametrize("wrong", [-1, 1])
def test_a_clock_that_is_a_day_wrong_and_set_right_loses_and_doubles_nothing(world, at_once, wrong):
    with time_machine.travel(f"{START}T12:00:00+08:00", tick=False):
        lay(world, days=20)
    for day in range(10, 36):
        # From the day before the deadline to the day after it the clock is wrong.
        shown = START + timedelta(days=day + (wrong if 19 <= day <= 21 else 0))
        beats(world, f"{shown}T08:00", f"{shown}T12:00")
    told = steps_told(world)
    # Set forward, no day of the last step before the deadline was ever shown: the deadline's own took its place.
    assert told == {step: n for step, n in HEARERS.items() if not (wrong == 1 and step == -1)}
    assert doubled(world) == []


def test_at_half_past_midnight_and_just_before_eight_in_beijing_nobody_is_told_and_at_eight_everybody(world, at_once):
    """00:30 in Beijing is 16:30 of the day before in UTC, 07:59 is 23:59."""
    with time_machine.travel(f"{START}T12:00:00+08:00", tick=False):
        lay(world, days=20)
    deadline = START + timedelta(days=20)
    for clock, told in (("00:30", {}), ("07:59", {}), ("08:00", {0: 1}), ("23:50", {0: 1})):
        beats(world, f"{deadline}T{clock}", f"{deadline}T{clock}")
        assert steps_told(world) == told, clock
    following = deadline + timedelta(days=1)
    for clock, told in (("00:30", {0: 1}), ("07:59", {0: 1}), ("08:00", {0: 1, 1: HEARERS[1]})):
        beats(world, f"{following}T{clock}", f"{following}T{clock}")
        assert steps_told(world) == told, clock


def test_a_verb_tells_at_half_past_midnight_by_beijings_date(world):
    """What is set at 00:30 starts on that day in Beijing, not on the day before in UTC."""
    with time_machine.travel("2026-09-02T00:30:00+08:00"):
        hazard = stories.submitted(world, days=20)
        assert hazard.recheck_rule["start"] == "2026-09-02"
        with in_city(world):
            tell([world.people["officer"]], "k", "标题", "内容", "/")
            assert Hazard.objects.get(pk=hazard.pk).submitted_on == date(2026, 9, 2)
