"""`make demo`: servers, database, demo city, then web, worker and beat until Ctrl-C; leaves nothing running."""

import ctypes
import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from psycopg2.sql import SQL, Identifier

from tools import PYTHON, ROOT, VAR
from tools.console import fail, log_file, run, say, step, tail
from tools.provision import connect
from tools.servers import session
from tools.signals import Stop, ignore_signals, stop_on_signals, uninterrupted

HOST, PORT = "127.0.0.1", int(os.environ.get("PORT") or 8000)
ADDRESS = f"http://{HOST}:{PORT}"
PROCESSES = {
    "web": ["gunicorn", "campaign.wsgi", "--bind", f"{HOST}:{PORT}"],
    "worker": ["celery", "-A", "campaign", "worker", "--loglevel", "INFO", "--concurrency", "1"],
    "beat": ["celery", "-A", "campaign", "beat", "--loglevel", "INFO"],
}
APPS = ("portal", "enterprises", "hazards", "inspections", "accountability", "campaign")
LOCK = VAR / "run/demo.lock"
PR_SET_PDEATHSIG = 1


def running_demo() -> int | None:
    """The process id of this clone's demo."""
    try:
        with LOCK.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int(LOCK.read_text().split()[0])
    return None


@contextmanager
def only_demo() -> Iterator[None]:
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, address = LOCK.read_text().split()
            raise fail(
                f"The demo of this clone runs already, at {address} (process {pid}). `make stop` ends it."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()} {ADDRESS}")
        lock.flush()
        yield


def check_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as error:
            raise fail(f"Port {PORT} cannot be used ({error.strerror}). Take another: make demo PORT=8001") from None


def digest_of(*patterns: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def manage(*arguments: str, show: bool = False) -> None:
    run([PYTHON, "-u", "manage.py", *arguments], arguments[0], show=show)


def collect_static() -> None:
    ours = ("static/**/*", *(f"{app}/**/static/**/*" for app in APPS))
    digest = digest_of("package-lock.json", "requirements.txt", "campaign/settings.py", *ours)
    stamp = VAR / "static/.stamp"
    if stamp.exists() and stamp.read_text() == digest:
        return
    with step("Static files"):
        manage("collectstatic", "--noinput", "--clear", "--verbosity", "0")
        stamp.write_text(digest)


def fill_database() -> None:
    """Migrate, load the catalogs and build the demo city, unless this very code did it to this very database.

    The stamp is the database's own comment, so it lives and dies with the data.
    """
    digest = digest_of(
        "requirements.txt", *(f"{app}/**/*{end}" for app in APPS for end in (".py", ".csv", ".xlsx", ".json"))
    )
    owner = connect(os.environ["DATABASE_OWNER_URL"])
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        name, stamp = cursor.fetchone()
        if stamp != digest:
            with step("Tables (migrate)"):
                manage("migrate", "--noinput")
            with step("Catalogs (load_catalogs)"):
                manage("load_catalogs", show=True)
            with step("Demo city (demo_city)"):
                manage("demo_city", show=True)
            cursor.execute(SQL("COMMENT ON DATABASE {} IS %s").format(Identifier(name)), [digest])
    owner.close()


def start(name: str) -> subprocess.Popen:
    def die_with_the_demo() -> None:
        if sys.platform == "linux":  # even if it is killed without a chance to clean up
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    # A session of its own, so that the terminal's Ctrl-C reaches this program alone and it ends the rest in order.
    with log_file(name).open("wb") as out:
        return subprocess.Popen(
            [PYTHON, "-m", *PROCESSES[name]],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            preexec_fn=die_with_the_demo,
        )


def end(processes: dict[str, subprocess.Popen]) -> None:
    for process in processes.values():
        process.terminate()
    deadline = time.monotonic() + 8
    for process in processes.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        try:  # whatever of its group is left
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


def check_alive(processes: dict[str, subprocess.Popen]) -> None:
    for name, process in processes.items():
        if process.poll() is not None:
            log = log_file(name)
            raise fail(f"{name} stopped by itself ({process.returncode}):\n{tail(log)}\n  full log: {log}")


def wait_for_web(processes: dict[str, subprocess.Popen]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        check_alive(processes)
        try:
            opener.open(f"{ADDRESS}/livez", timeout=10).close()
            return
        except urllib.error.HTTPError as error:
            raise fail(f"{ADDRESS}/livez answers {error.code}:\n{tail(log_file('web'))}") from error
        except OSError:
            time.sleep(0.1)


def serve() -> None:
    processes: dict[str, subprocess.Popen] = {}
    try:
        with step("Web, worker and beat"):
            for name in PROCESSES:
                processes[name] = start(name)
            accounts = subprocess.run([PYTHON, "manage.py", "demo_accounts"], cwd=ROOT, capture_output=True, text=True)
            wait_for_web(processes)
        say(f"\n{accounts.stdout or accounts.stderr}")
        say(f"The portal is at {ADDRESS}   (logs in {VAR / 'log'}, data in {VAR}; Ctrl-C stops everything)")
        make, terminal = os.getppid(), sys.stdin.isatty()
        # `make` passes neither its own death nor the terminal's on to us.
        while os.getppid() == make and os.isatty(0) == terminal:
            check_alive(processes)
            time.sleep(0.5)
    finally:
        ignore_signals()
        say("\nStopping …")
        end(processes)


def main() -> None:
    os.environ["PORTAL_DEMO"] = "1"
    stop_on_signals()
    names = "nothing"
    try:
        with only_demo(), ExitStack() as servers:
            check_port()
            with step("PostgreSQL and Redis"), uninterrupted():
                names = " and ".join(type(server).__name__ for server in servers.enter_context(session()))
            fill_database()
            collect_static()
            serve()
    except Stop:
        running_on = "" if names else " what it started; PostgreSQL and Redis ran before and run on"
        say(f"Stopped{running_on}. The data stays in {VAR}.")


if __name__ == "__main__":
    main()
