"""The portal's settings for pytest, with servers to run on: those of `make test`, or the embedded ones in a shell."""

import os

if not os.environ.get("DATABASE_URL"):
    from tools.servers import ensure

    ensure()

from campaign.settings import *  # noqa: F403

# A cache of each worker's own: what one test empties is not what another has just kept.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
CACHES["default"]["LOCATION"] = f"{REDIS_URL.rpartition('/')[0]}/{int(_worker) % 8 + 1}"  # noqa: F405
