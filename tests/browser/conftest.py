"""A real server, a real Chromium. Without one the browser tests are not collected, unless PORTAL_REQUIRE_BROWSER says so."""

import os
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections

CHROMIUM = os.environ.get("PORTAL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"phone": (390, 844), "desk": (1440, 900)}
AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"

if not CHROMIUM:
    if os.environ.get("PORTAL_REQUIRE_BROWSER") == "1":
        raise RuntimeError("PORTAL_REQUIRE_BROWSER is set and no Chromium was found")
    collect_ignore_glob = ["test_*.py"]


class Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


@pytest.fixture
def server(committed_world, settings):
    """The portal at an address of its own, serving this test's database."""
    settings.DEMO = True
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    httpd = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, connections_override={})
    httpd.daemon_threads = True
    httpd.set_app(get_wsgi_application())
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()
    connections["default"].close()


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import expect, sync_playwright

    # As long as any other wait: half a page of script takes its time on a busy machine.
    expect.set_options(timeout=30_000)
    # Playwright keeps an event loop running in this thread, and Django would refuse the database because of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Person:
    """Somebody at a screen: their own browser context, logged in."""

    def __init__(self, page, server: str):
        self.page, self.server = page, server
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", lambda line: self.faults.append(f"console: {line.text}") if line.type == "error" else None)

    def log_in(self, login: str, password: str) -> None:
        self.go("/login/")
        self.page.fill("[name=username]", login)
        self.page.fill("[name=password]", password)
        self.page.click("form button.btn-primary")
        self.page.wait_for_url(lambda url: "/login/" not in url)

    def go(self, path: str) -> None:
        self.page.goto(self.server + path if path.startswith("/") else path, wait_until="load")

    def looks_right(self, name: str = "") -> None:
        """Nothing sticks out sideways, nothing serious for axe, no script error."""
        page = self.page
        # A click that leads elsewhere returns before the next page stands.
        page.wait_for_load_state("load")
        page.wait_for_function("document.readyState === 'complete' && document.body")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} px too wide"
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        serious = [
            f"{v['id']}: {node['target']} {node['failureSummary'][:200]}"
            for v in found
            if v["impact"] in ("serious", "critical")
            for node in v["nodes"][:3]
        ]
        assert not serious, f"{page.url}:\n" + "\n".join(serious)
        assert not self.faults, f"{page.url}: {self.faults}"
        if folder := os.environ.get("PORTAL_SCREENSHOTS"):
            width = page.viewport_size["width"]
            path = Path(folder) / f"{name or page.url.split('/', 3)[3].replace('/', '_')[:60] or 'home'}-{width}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=path, full_page=True)


@pytest.fixture
def somebody(chromium, server):
    """`with somebody("officer", "phone") as person:`"""
    from tests.world import PASSWORD

    @contextmanager
    def at_screen(login: str | None, screen: str = "desk", password: str = PASSWORD):
        width, height = WIDTHS[screen]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        person = Person(context.new_page(), server)
        if login:
            person.log_in(login, password)
        try:
            yield person
        finally:
            context.close()

    return at_screen
