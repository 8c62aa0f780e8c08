"""manage.py remind_expiring [--as-of 2026-12-20] [--tenant 江州市]: tell of licences and certificates as of a day."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from enterprises.actions.expiry import remind
from portal.messages.models import Channel
from portal.tenancy.queries import all_tenants, tenant_named
from portal.tenancy.scope import tenant_scope


class Command(BaseCommand):
    help = "Post what has not been said yet of licences and certificates that run out: one digest a person and day."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", help="a day, YYYY-MM-DD; today by default")
        parser.add_argument("--tenant", help="one city by its name; all of them by default")

    def handle(self, *args, as_of, tenant, **options):
        try:
            day = date.fromisoformat(as_of) if as_of else timezone.localdate()
        except ValueError as error:
            raise CommandError(f"日期“{as_of}”应写作 YYYY-MM-DD。") from error
        for city in [tenant_named(tenant)] if tenant else all_tenants():
            with tenant_scope(city.pk, city.name):
                sent = remind(day)
            told = "，".join(f"{Channel(name).label}{n}份" for name, n in sorted(sent.digests.items()))
            self.stdout.write(
                f"{city.name}（截至{day}）：{told}，涉及证照{sent.told}项"
                if told
                else f"{city.name}（截至{day}）：没有要提醒的证照"
            )
