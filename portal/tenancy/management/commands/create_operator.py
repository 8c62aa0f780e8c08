"""manage.py create_operator LOGIN: an account for the platform's operator, who sees nobody's business data.

Run by whoever holds the owner's connection; the portal itself cannot make one.
"""

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, connection, transaction

from portal.tenancy.actions import one_time_password
from portal.tenancy.management.commands.migrate import as_owner
from portal.tenancy.models import fold_login


class Command(BaseCommand):
    help = "Make an account for the operator of the platform; prints a one-time password."

    def add_arguments(self, parser):
        parser.add_argument("login")

    def handle(self, *args, login, **options):
        as_owner()
        password = one_time_password()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL ROLE portal_gate")
                cursor.execute(
                    "INSERT INTO tenancy_account (username, password, is_active, is_operator, must_change_password)"
                    " VALUES (%s, %s, true, true, true)",
                    [fold_login(login), make_password(password)],
                )
        except IntegrityError as error:
            raise CommandError(f"登录名“{login}”不可用，请换一个。") from error
        self.stdout.write(f"平台运维账号 {fold_login(login)}，一次性密码：{password}（首次登录后必须修改）")
