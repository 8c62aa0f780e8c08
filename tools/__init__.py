"""Development tooling: what `make` calls. The portal itself imports nothing from here."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("PORTAL_VAR_DIR", ROOT / "var"))
PYTHON = str(ROOT / ".venv/bin/python")
