"""A bad line between a device and the portal: of each hundred requests some are lost before they arrive, some answers after."""

import http.client
import random
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP = {"transfer-encoding", "connection", "keep-alive"}


class Line(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, portal: str, loss: float, seed: int):
        super().__init__(("127.0.0.1", 0), Carrier)
        self.portal, self.loss, self.dice = portal.removeprefix("http://"), loss, random.Random(seed)
        self.down = False
        self.lost = {"before": 0, "after": 0}

    def fate(self) -> str:
        roll = self.dice.random()
        return "before" if self.down or roll < self.loss / 2 else "after" if roll < self.loss else ""


class Carrier(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def carry(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        # Only what the queue sends is at stake; pages and scripts come through.
        fate = self.server.fate() if self.path.startswith("/api/") else ""
        if fate == "before":
            return self.hang_up(fate)
        portal = http.client.HTTPConnection(self.server.portal, timeout=60)
        portal.request(self.command, self.path, body, dict(self.headers))
        answer = portal.getresponse()
        content = answer.read()
        portal.close()
        if fate == "after":
            return self.hang_up(fate)
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if self.command != "HEAD" else 0))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        return None

    do_GET = do_POST = do_PATCH = do_HEAD = do_DELETE = do_OPTIONS = carry

    def hang_up(self, fate: str) -> None:
        self.server.lost[fate] += 1
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *args):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True


@contextmanager
def bad_line(portal: str, loss: float, seed: int = 1):
    line = Line(portal, loss, seed)
    threading.Thread(target=line.serve_forever, daemon=True).start()
    try:
        yield line, f"http://127.0.0.1:{line.server_port}"
    finally:
        line.shutdown()
        line.server_close()
