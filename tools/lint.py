"""`make lint`: every check, all run, then the list of those that failed."""

import os
import subprocess
import sys
from glob import glob

from tools import PYTHON, ROOT
from tools.console import say
from tools.servers import session
from tools.signals import stop_on_signals

# Rules are pure and decide rights and deadlines: there types are checked strictly (pyproject.toml).
TYPED = ["*/rules.py", "*/rules/*.py", "portal/legaldays.py", "portal/sm3.py", "portal/tenancy", "enterprises/ledger*"]


def commands() -> list[list[str]]:
    python = [PYTHON, "-m"]
    manage = [PYTHON, "manage.py"]
    typed = sorted(path for pattern in TYPED for path in glob(pattern, root_dir=ROOT))
    return [
        [*python, "ruff", "check", "--output-format", "concise", "."],
        [*python, "ruff", "format", "--check", "."],
        [*python, "mypy", *typed],
        [*manage, "makemigrations", "--check", "--dry-run"],
        [*manage, "lintmigrations", "--settings", "tools.lint_settings", "--no-cache", "--quiet", "ok", "ignore"],
        [*manage, "check", "--deploy", "--fail-level", "WARNING"],
        [*python, "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
    ]


def main() -> int:
    stop_on_signals()
    failed = []
    with session():
        os.environ["PORTAL_DEMO"] = "0"  # judge the settings of a real deployment
        for command in commands():
            name = " ".join(command[1:]).removeprefix("-m ")
            say(f"• {name if len(name) < 100 else name[:100] + ' …'}")
            if subprocess.run(command, cwd=ROOT).returncode:
                failed.append(name[:100])
    for name in failed:
        say(f"✗ {name}")
    say("All checks passed." if not failed else f"{len(failed)} of {len(commands())} checks failed.")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
