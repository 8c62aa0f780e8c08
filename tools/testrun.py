"""`make test`: pytest in parallel against a PostgreSQL and Redis made for this run and deleted after it."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

from psycopg2.sql import SQL, Identifier

from tools import PYTHON, ROOT, VAR
from tools.console import step
from tools.provision import connect
from tools.servers import session, stop
from tools.signals import Stop, stop_on_signals, uninterrupted

RUNS = VAR / "test"


def remove_leftovers() -> None:
    """Servers and files of a run that was killed: nobody holds its lock any more."""
    for home in RUNS.iterdir():
        try:
            with (home / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop(home, fast=True)
                shutil.rmtree(home, ignore_errors=True)
        except (BlockingIOError, FileNotFoundError):
            continue


def drop_databases(run: str) -> None:
    """What this run made on a server that stays."""
    owner = connect(os.environ["DATABASE_OWNER_URL"])
    with owner.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"portal_test_{run}"])
        for (name,) in cursor.fetchall():
            cursor.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
    owner.close()


def main() -> int:
    stop_on_signals()
    RUNS.mkdir(parents=True, exist_ok=True)
    remove_leftovers()
    home = Path(tempfile.mkdtemp(dir=RUNS))
    home.chmod(0o755)  # PostgreSQL may have to pass through as nobody
    workers = min(8, max(2, len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 2))
    with (home / "lock").open("w") as lock, ExitStack() as servers:
        fcntl.flock(lock, fcntl.LOCK_EX)
        servers.callback(shutil.rmtree, home, ignore_errors=True)
        with step("PostgreSQL and Redis for this run"), uninterrupted():
            servers.enter_context(session(home, fast=True))
        run = uuid4().hex[:8]
        servers.callback(drop_databases, run)
        os.environ["PORTAL_VAR_DIR"] = str(home)
        # Whoever is done takes from the other's pile: shared out once, the slow ones kept one worker alone for a third of the run.
        how = ["-n", str(workers), "--dist", "worksteal", "--testrunuid", run]
        command = [PYTHON, "-m", "pytest", *how, *sys.argv[1:]]
        pytest = subprocess.Popen(command, cwd=ROOT)
        try:
            return pytest.wait()
        except Stop:
            pytest.terminate()
            try:
                pytest.wait(10)
            except subprocess.TimeoutExpired:
                pytest.kill()
            return 130


if __name__ == "__main__":
    sys.exit(main())
