"""Short lines on the console; everything long goes to a log file."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools import ROOT, VAR


def say(line: str) -> None:
    try:
        print(line, flush=True)
    except OSError:  # The terminal is gone (SIGHUP); stopping the servers matters more than telling nobody.
        pass


def fail(message: str) -> SystemExit:
    return SystemExit(f"\n✗ {message}")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what begins and, when it took a second or more, how long it took."""
    say(f"• {title}")
    began = time.monotonic()
    yield
    if (took := time.monotonic() - began) >= 1:
        say(f"    {took:.0f} s")


def log_file(name: str) -> Path:
    path = VAR / "log" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def tail(path: Path, lines: int = 25) -> str:
    return "\n".join("    " + line for line in path.read_text(errors="replace").splitlines()[-lines:])


def run(command: Sequence[str], log: str, *, show: bool = False) -> None:
    """Run to the end with its output in var/log, and on the console if `show`; if it fails, leave with the tail."""
    path = log_file(log)
    with path.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if show else out, stderr=out
        )
        try:
            for line in process.stdout or ():
                out.write(line)
                out.flush()
                say("    " + line.decode(errors="replace").rstrip())
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
    if code:
        print(tail(path), file=sys.stderr)
        raise fail(f"{' '.join(command)} failed ({code}); full output in {path}")
