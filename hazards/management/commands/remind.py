"""manage.py remind [--as-of 2026-12-20] [--tenant 江州市]: fill and send the reminder ledger as of a day."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hazards.actions.reminders import remind
from hazards.rules import step_name
from portal.messages.actions import send_due
from portal.messages.models import Channel
from portal.tenancy.queries import all_tenants, tenant_named
from portal.tenancy.scope import tenant_scope


class Command(BaseCommand):
    help = "Send what is due by a day and was not sent: one digest a person, and e-mails that still wait."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", help="a day, YYYY-MM-DD; today by default. Moves the reminders' clock forward.")
        parser.add_argument("--tenant", help="one city by its name; all of them by default")

    def handle(self, *args, as_of, tenant, **options):
        try:
            day = date.fromisoformat(as_of) if as_of else timezone.localdate()
        except ValueError as error:
            raise CommandError(f"日期“{as_of}”应写作 YYYY-MM-DD。") from error
        for city in [tenant_named(tenant)] if tenant else all_tenants():
            with tenant_scope(city.pk, city.name):
                sent = remind(day)
            delivered = failed = 0
            while True:
                with tenant_scope(city.pk, city.name):
                    well, badly = send_due()
                delivered, failed = delivered + well, failed + badly
                if not well + badly:
                    break
            digests = (
                "，".join(f"{Channel(name).label}{n}份" for name, n in sorted(sent.digests.items()))
                or "没有到期未发的提醒"
            )
            self.stdout.write(f"{city.name}（截至{day}）：{digests}；送出邮件{delivered}封，失败{failed}封")
            for step, n in sorted(sent.steps.items()):
                self.stdout.write(f"  {step_name(step)}　{n}条")
