"""ClamAV over its own protocol: one file a connection, sent in pieces (INSTREAM), answered in one line."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

PATIENCE_SECONDS = 20
PIECE = 64 * 1024
MOST_ANSWER = 4096


class Away(Exception):
    """The scanner is not there, or too slow."""


class NoVerdict(Exception):
    """The scanner is there and would not judge this file."""


def configured() -> bool:
    return bool(settings.CLAMD)


def infected(content: bytes) -> str:
    """The name of what was found; blank where the file is clean. Raises Away, NoVerdict."""
    with connected() as line:
        line.sendall(b"zINSTREAM\0")
        try:
            for start in range(0, len(content), PIECE):
                piece = content[start : start + PIECE]
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
        except OSError:
            # Over its size limit clamd says so and hangs up while we are still sending; the answer says what it was.
            pass
        said = answer(line)
    if said == "stream: OK":
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    if not said:
        raise Away("no answer")
    raise NoVerdict(said)


def answers() -> bool:
    """Whether a scanner is there at all."""
    try:
        with connected(3) as line:
            line.sendall(b"zPING\0")
            return answer(line) == "PONG"
    except Away:
        return False


@contextmanager
def connected(patience: float = PATIENCE_SECONDS) -> Iterator[socket.socket]:
    """CLAMD is host:port, or the path of a Unix socket."""
    where: str = settings.CLAMD
    local = where.startswith("/")
    try:
        with socket.socket(socket.AF_UNIX if local else socket.AF_INET) as line:
            line.settimeout(patience)
            if local:
                line.connect(where)
            else:
                host, _, port = where.rpartition(":")
                line.connect((host, int(port)))
            yield line
    except (OSError, ValueError) as error:
        raise Away(str(error)) from error


def answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < MOST_ANSWER and (more := line.recv(MOST_ANSWER)):
        said += more
    return said.rstrip(b"\0\n").decode("utf-8", "replace")
