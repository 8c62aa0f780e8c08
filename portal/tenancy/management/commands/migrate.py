"""`migrate`, as the role that owns the tables; everything else runs as the login role."""

from django.conf import settings
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections


def as_owner(alias: str = "default"):
    """Point a connection at the owner's login for the rest of this process."""
    connection = connections[alias]
    connection.close()
    connection.settings_dict.update({key: settings.OWNER_DATABASE[key] for key in ("USER", "PASSWORD")})
    return connection


class Command(DjangoMigrate):
    def handle(self, *args, **options):
        as_owner(options["database"])
        super().handle(*args, **options)
