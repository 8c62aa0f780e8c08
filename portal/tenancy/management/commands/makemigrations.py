"""`makemigrations` compares the files with what has been applied, which only the owner can always read."""

from django.core.management.commands.makemigrations import Command as DjangoMakeMigrations

from portal.tenancy.management.commands.migrate import as_owner


class Command(DjangoMakeMigrations):
    def handle(self, *args, **options):
        as_owner()
        super().handle(*args, **options)
