"""One template database is built per run (migrations + the world below); each worker clones it, each test rolls back.

Tests log in as the role the portal logs in as, so every test runs behind the wall. `world` is only numbers and names;
whoever wants rows enters a scope like everybody else: `with world.as_("inspector"): …`.
"""

import fcntl
import itertools
import os
import time
from contextlib import contextmanager
from datetime import date

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tests.world import World, build_world

OWNER = ("USER", "PASSWORD")


def owner_connection(name: str = "postgres"):
    spec = settings.OWNER_DATABASE
    connection = psycopg2.connect(
        host=spec["HOST"], port=spec["PORT"], user=spec["USER"], password=spec["PASSWORD"], dbname=name
    )
    connection.autocommit = True
    return connection


def clone(source: str, target: str) -> None:
    connection = owner_connection(settings.OWNER_DATABASE["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{target}"')
        cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    connection.close()


def drop(name: str) -> None:
    """Once nobody is connected: the owner may not throw out the login role's connections, which end by themselves."""
    connection = owner_connection(settings.OWNER_DATABASE["NAME"])
    with connection.cursor() as cursor:
        for _attempt in range(50):
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name])
            if cursor.fetchone()[0] == 0:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
                break
            time.sleep(0.1)
    connection.close()


def use(name: str, *, owner: bool = False) -> None:
    """Point Django at a database of the run, as the login role unless the owner is asked for."""
    connection = connections["default"]
    connection.close()
    spec = settings.OWNER_DATABASE if owner else login
    connection.settings_dict.update({"NAME": name} | {key: spec[key] for key in OWNER})


@contextmanager
def one_at_a_time(path):
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


login = dict(settings.DATABASES["default"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker, tmp_path_factory, worker_id):
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "alone")[:8]
    template = f"portal_test_{run}"
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent
    with django_db_blocker.unblock(), one_at_a_time(shared / "template.lock"):
        if not (shared / "template.done").exists():
            clone("template0", template)
            use(template, owner=True)
            call_command("migrate", verbosity=0)
            use(template)
            call_command("load_catalogs", verbosity=0)
            build_world()
            call_command("collectstatic", interactive=False, verbosity=0)
            connections["default"].close()
            (shared / "template.done").touch()
    mine = f"{template}_{worker_id}"
    clone(template, mine)
    use(mine)
    yield template
    with django_db_blocker.unblock():
        use(mine)
    drop(mine)


@pytest.fixture
def world(db) -> World:
    """Two cities with people of every role and a few enterprises; see tests/world.py."""
    return World.read()


numbers = itertools.count(1)


@pytest.fixture
def committed_world(django_db_setup, django_db_blocker, request):
    """The same world in a database of this test's own, where commits are real: for races, servers and browsers."""
    name = f"{django_db_setup}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{next(numbers)}"
    mine = connections["default"].settings_dict["NAME"]
    clone(django_db_setup, name)
    with django_db_blocker.unblock():
        use(name)
        yield World.read()
        use(mine)
    drop(name)


@pytest.fixture(autouse=True)
def files_of_their_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"


@pytest.fixture(autouse=True)
def figures_counted_at_every_look(settings):
    """The worlds of all tests have the same numbers: what was counted in one may not be shown in the next."""
    settings.DASHBOARD_SECONDS = 0


@pytest.fixture
def on_day(monkeypatch):
    """`with on_day(date(2026, 12, 20)):` — the portal's clock at noon of that day in Asia/Shanghai."""
    import time_machine

    @contextmanager
    def travel(day: date):
        with time_machine.travel(f"{day.isoformat()}T12:00:00+08:00", tick=True):
            yield

    return travel
