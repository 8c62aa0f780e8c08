"""`make lock`: pin what requirements*.in and package.json ask for, with hashes and without any registry's name."""

import os
import shutil
import subprocess

from tools import PYTHON, ROOT
from tools.console import fail, step

COMPILE = [
    *(PYTHON, "-m", "uv", "pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links"),
]


def main() -> None:
    # Development pins the same versions of the runtime packages as production.
    for name, constraint in (
        ("requirements", []),
        ("requirements-dev", ["--constraints", "requirements.txt"]),
        ("requirements-node", []),
    ):
        with step(f"{name}.txt"):
            subprocess.run([*COMPILE, f"{name}.in", *constraint, "--output-file", f"{name}.txt"], cwd=ROOT, check=True)
    npm = shutil.which("npm", path=f"{os.environ['PATH']}{os.pathsep}{ROOT / '.venv/bin'}")
    if not npm:
        raise fail("npm is needed to lock the front-end packages")
    with step("package-lock.json"):
        subprocess.run([npm, "update", "--package-lock-only", "--ignore-scripts"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
