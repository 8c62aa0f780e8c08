"""manage.py shell --as LOGIN: a shell behind the wall, with that person's eyes and rights.

Everything done in it is one transaction, kept when the shell is left. Without --as nothing of a tenant can be read.
"""

from django.core.management.base import CommandError
from django.core.management.commands.shell import Command as DjangoShell

from portal.audit.record import note
from portal.tenancy import gate
from portal.tenancy.login import GateBackend, who_is
from portal.tenancy.models import fold_login
from portal.tenancy.scope import Who, enter


def person_behind(login: str) -> Who:
    row = gate.call("gate_account", fold_login(login))
    account = row and GateBackend().get_user(row["id"])
    who = account and who_is(account, ip="shell")
    if not who:
        raise CommandError(f"“{login}”不是启用的账号，或没有有效的任职。")
    return who


class Command(DjangoShell):
    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--as", dest="login", help="act as this person; everything is audited under their name")

    def handle(self, *, login=None, **options):
        if not login:
            return super().handle(**options)
        who = person_behind(login)
        if who.tenant_id:
            # Kept whatever becomes of the session: what is only read must be known as well.
            with enter(who):
                note("shell.open", label=login)
        with enter(who):
            return super().handle(**options)
