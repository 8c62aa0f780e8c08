"""make bench [ARGS="--reuse"]: seed, serve with two workers, time each page and its bare SQL in the same run."""

import argparse
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date

import psycopg2

from tools import PYTHON, ROOT, VAR
from tools.console import say, step
from tools.servers import Postgres, free_port, load_secrets, session, wait_until
from tools.signals import stop_on_signals

HOME = VAR / "bench"


def manage(*arguments: str) -> None:
    subprocess.run([PYTHON, "manage.py", *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def server(port: int):
    """gunicorn as in production, two workers."""
    log = (HOME / "gunicorn.log").open("ab")
    command = [PYTHON, "-m", "gunicorn", "tools.bench.wsgi", "--workers", "2", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        import socket

        def answers() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        if not wait_until(answers, 30):
            raise SystemExit(f"gunicorn did not start; see {HOME / 'gunicorn.log'}")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        log.close()


def cookie_of(login: str) -> str:
    from django.test import Client

    from portal.tenancy import gate
    from portal.tenancy.login import GateBackend

    client = Client()
    account = GateBackend().get_user(gate.call("gate_account", login)["id"])
    client.force_login(account, backend="portal.tenancy.login.GateBackend")
    return f"sessionid={client.cookies['sessionid'].value}"


def fill(keep: bool, seeded: bool = True) -> None:
    import django

    owner = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    with owner.cursor() as cursor:
        cursor.execute("SELECT to_regclass('hazards_hazard') IS NOT NULL")
        made = cursor.fetchone()[0]
        if not (keep and made):
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    owner.commit()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
    if keep and made:
        django.setup()
        return
    with step("Tables and catalogs"):
        manage("migrate")
        manage("load_catalogs")
    django.setup()
    if not seeded:
        return
    from tools.bench.seed import seed

    began = time.monotonic()
    with step("Seeding 1,100,000 hazards"):
        seed(owner, date.today())
    say(f"seeded in {time.monotonic() - began:.0f} s")
    owner.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--reuse", action="store_true", help="keep the data of the last run")
    parser.add_argument("--requests", type=int, default=200, help="requests per case and client count")
    parser.add_argument("--no-import", action="store_true", help="leave out the import of 5,000 enterprises")
    parser.add_argument("--reminders", action="store_true", help="the 100,000 overdue hazards alone, on empty tables")
    parser.add_argument("--documents", action="store_true", help="the 1,000 notices alone, on empty tables")
    parser.add_argument("--scores", action="store_true", help="the year's scores alone, on the data of the last run")
    parser.add_argument("--reports", action="store_true", help="the monthly report alone, on the data of the last run")
    parser.add_argument("--only", default="", help="only pages whose name has this in it, and nothing else")
    options = parser.parse_args()
    stop_on_signals()
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    HOME.mkdir(parents=True, exist_ok=True)
    HOME.chmod(0o755)
    os.environ["PORTAL_VAR_DIR"] = str(HOME)
    with session(HOME):
        fill(options.reuse or options.scores or options.reports, seeded=not (options.reminders or options.documents))
        from tools.bench.document_case import document_case
        from tools.bench.reminder_case import reminder_case
        from tools.bench.report_case import report_case
        from tools.bench.score_case import score_case

        if options.reminders or options.documents:
            (reminder_case if options.reminders else document_case)()
            return 0
        if options.scores:
            score_case()
            return 0
        if options.reports:
            report_case()
            return 0
        with step("Static files"):
            manage("collectstatic", "--noinput")
        bare = Postgres(HOME, load_secrets(HOME), False).connect().info.dsn_parameters
        secrets = load_secrets(HOME)
        database = psycopg2.connect(
            host=bare["host"],
            port=bare["port"],
            user="postgres",
            password=secrets["superuser"],
            dbname="portal",
            options="-c random_page_cost=1.1",  # as the portal's own connections have it
        )
        from tools.bench.cases import cases, import_case
        from tools.bench.load import run, time_sql
        from tools.bench.upload_cases import recorded_hazard, upload_case

        port = free_port()
        with server(port):
            print(
                f"\n{'':34}{'bare SQL':>9} {'1 client':>18} {'':>6} {'8 clients':>18} {'':>9} {'':>8}\n"
                f"{'':34}{'ms':>9} {'median':>9}{'p95':>9} {'ratio':>6} {'median':>9}{'p95':>9} {'req/s':>9} {'queries':>8} {'bytes':>8}"
            )
            for case in cases(database, cookie_of):
                if options.only not in case.name:
                    continue
                sql = time_sql(database, case.sql, case.values)
                requests = case.requests or options.requests
                run(port, case.ask, 1, min(10, requests), case.expect)
                one = run(port, case.ask, 1, requests, case.expect)
                eight = run(port, case.ask, 8, requests * 2, case.expect)
                queries = "–".join(str(n) for n in sorted({min(one.queries), max(one.queries)}))
                print(
                    f"{case.name:<34}{sql:9.2f} {one.median:9.1f}{one.ms(0.95):9.1f} {one.median / sql:5.1f}× "
                    f"{eight.median:9.1f}{eight.ms(0.95):9.1f} {len(eight.seconds) / eight.wall:9.0f} {queries:>8} "
                    f"{sum(one.sizes) // len(one.sizes):8}",
                    flush=True,
                )
            if options.only:
                return 0
            hazard, login = recorded_hazard(database)
            say(str(upload_case(port, cookie_of(login), hazard)))
        if not options.no_import:
            import_case(HOME)
        reminder_case()
        document_case()
        score_case()
        report_case()
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
