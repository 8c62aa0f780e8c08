"""The portal's settings for pytest, with servers to run on: those of `make test`, or the embedded ones in a shell."""

import os

if not os.environ.get("DATABASE_URL"):
    from tools.servers import ensure

    ensure()

from campaign.settings import *  # noqa: F403
