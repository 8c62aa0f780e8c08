"""manage.py reset_factor LOGIN --reason 唯一的安全管理员手机丢失

For whoever no administrator is left to reset: above all the only security administrator. Run on the server; on the trail.
"""

from django.core.management.base import BaseCommand, CommandError

from portal.refusals import Refused
from portal.tenancy import gate
from portal.tenancy.actions import reset_factor
from portal.tenancy.models import Account, fold_login
from portal.tenancy.scope import tenant_scope


class Command(BaseCommand):
    help = "End somebody's second factor and sessions; prints the one-time code it is enrolled anew with."

    def add_arguments(self, parser):
        parser.add_argument("login")
        parser.add_argument("--reason", required=True, help="who asked, and how it was made sure; kept on the trail")

    def handle(self, *args, login, reason, **options):
        row = gate.call("gate_account", fold_login(login))
        if row is None or row["tenant_id"] is None:
            raise CommandError(f"没有登录名“{login}”，或者它不是城市的账号。")
        if not reason.strip():
            raise CommandError("请用 --reason 写明是谁要求的、怎么核实的。")
        try:
            with tenant_scope(row["tenant_id"], scope="secadmin"):
                code = reset_factor(Account.objects.get(pk=row["id"]), reason.strip()[:200])
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"{fold_login(login)} 的动态口令已重置。一次性验证码：{code}（24小时内有效，请当面告诉本人）")
