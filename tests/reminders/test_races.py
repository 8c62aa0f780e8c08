"""Two at once: nothing is sent twice, and nobody waits for a sender that is slow."""

import threading
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection, connections

from hazards.actions.reminders import remind, send
from hazards.actions.tally import fold_tally
from hazards.models import Hazard, Tally
from hazards.queries.figures import hazard_counts, tally_faults, total
from portal.messages.actions import send_due, tell
from portal.messages.models import Message, Reminder
from portal.tenancy.models import Posting
from portal.tenancy.scope import tenant_scope
from tests.conftest import owner_connection
from tests.reminders.rows import fill, lay

CITY = "江州市"


def beside(work):
    """Run `work` on a connection of its own, as another process would; its result, or its exception."""
    said = {}

    def run():
        try:
            said["result"] = work()
        except Exception as error:
            said["error"] = error
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()

    def result():
        thread.join(30)
        assert not thread.is_alive(), "it waits"
        if "error" in said:
            raise said["error"]
        return said["result"]

    return result


def in_city(world):
    return tenant_scope(world.tenants[CITY], CITY)


def impatient():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")


def test_two_senders_at_once_send_one_digest_and_the_second_does_not_wait(committed_world):
    deadline = lay(committed_world, n=3)[0].deadline
    as_of = deadline + timedelta(days=1)
    with in_city(committed_world):
        fill(as_of)

    def second():
        with in_city(committed_world):
            impatient()
            return send(as_of).digests

    with in_city(committed_world):
        assert send(as_of).digests == {"in_app": 3, "email": 3}
        # The first has not committed: its rows are locked, and the second must pass them by.
        assert beside(second)() == {}
    with in_city(committed_world):
        assert Message.objects.filter(channel="in_app").count() == 3
        assert not Reminder.objects.filter(message=None).exists()


def test_two_whole_runs_at_once_fill_and_send_everything_once(committed_world):
    deadline = lay(committed_world, n=20)[0].deadline
    as_of = deadline + timedelta(days=7)
    start = threading.Barrier(4)

    def run():
        with in_city(committed_world):
            start.wait(10)
            remind(as_of)

    for result in [beside(run) for _ in range(4)]:
        result()
    with in_city(committed_world):
        people = 6
        assert Reminder.objects.count() == 20 * people * 2
        assert not Reminder.objects.filter(message=None).exists()
        assert Message.objects.count() == people * 2
        bodies = Message.objects.filter(channel="in_app").values_list("title", flat=True)
        assert set(bodies) == {"整改提醒：逾期20条"}


def test_two_mailers_at_once_send_each_letter_once(committed_world):
    mail.outbox = []
    with in_city(committed_world):
        tell([Posting.objects.get(person__name="officer君").person_id], "k", "标题", "内容", "/")

    def second():
        with in_city(committed_world):
            impatient()
            return send_due()

    with in_city(committed_world):
        assert send_due() == (1, 0)
        assert beside(second)() == (0, 0)
    assert len(mail.outbox) == 1


def test_folding_while_others_write_never_changes_a_total(committed_world):
    lay(committed_world, n=5)
    stop = threading.Event()

    def write():
        try:
            for n in range(40):
                lay(committed_world, "abc"[n % 3], n=2, days=n % 3)
        finally:
            stop.set()

    def watch():
        """Hazards are only added here, so a reading that falls has seen rows taken away and not yet put back."""
        readings = []
        while not stop.is_set():
            with in_city(committed_world):
                readings.append(total(hazard_counts(date(2030, 1, 1))[0].values()).open)
        return readings

    writing, watching = beside(write), beside(watch)
    folded = 0
    while not stop.is_set():
        with in_city(committed_world):
            folded += fold_tally()
    writing()
    readings = watching()
    assert folded > 0
    assert readings == sorted(readings)
    with in_city(committed_world):
        assert tally_faults() == []
        assert total(hazard_counts()[0].values()).open == Hazard.objects.count() == 2 * 40 + 5
        fold_tally()
        keys = list(Tally.objects.values_list("family", "district_id", "sector", "status", "level", "late", "period"))
        assert len(keys) == len(set(keys))
        assert fold_tally() == 0


def test_only_one_folds_at_a_time_and_the_other_does_not_wait(committed_world):
    lay(committed_world)
    lay(committed_world)

    def second():
        with in_city(committed_world):
            impatient()
            return fold_tally()

    with in_city(committed_world):
        assert fold_tally() > 0
        assert beside(second)() == 0


def test_closing_many_writes_few_rows_to_the_tally(committed_world):
    lay(committed_world, n=30)
    with in_city(committed_world):
        before = Tally.objects.count()
        Hazard.objects.update(status="closed", submitted_on=date(2026, 9, 1), closed_on=date(2026, 9, 1))
        # Of each family one taken away and one put in its place, whatever their number.
        assert Tally.objects.count() - before <= 7
        assert tally_faults() == []


def test_check_tally_says_yes_and_names_what_differs(committed_world, capsys):
    lay(committed_world, n=3)
    call_command("check_tally")
    assert "江州市：一致" in capsys.readouterr().out
    with owner_connection(connection.settings_dict["NAME"]) as owner, owner.cursor() as cursor:
        cursor.execute("ALTER TABLE hazards_hazard DISABLE TRIGGER hazards_tally_update")
    with in_city(committed_world):
        Hazard.objects.update(status="closed", submitted_on=date(2026, 9, 1), closed_on=date(2026, 9, 1))
    with pytest.raises(CommandError, match="不一致"):
        call_command("check_tally", tenant=CITY)
    assert "rectifying" in capsys.readouterr().out
