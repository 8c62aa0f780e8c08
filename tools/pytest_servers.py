"""Pytest plugin: `.venv/bin/pytest …` in a shell finds servers too. `make test` has set its own by then."""

import os

if not os.environ.get("DATABASE_URL"):
    from tools.servers import ensure

    ensure()
