#!/usr/bin/env python3
"""The shell's door to the portal; starts the embedded servers when none is configured."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
    if not os.environ.get("DATABASE_URL"):
        from tools.servers import ensure

        ensure()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
