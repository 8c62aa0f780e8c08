"""manage.py check_tally [--tenant 江州市]: prove the counts of the dashboard equal to a recount of the hazards."""

from django.core.management.base import BaseCommand, CommandError

from hazards.queries.figures import tally_faults
from portal.tenancy.queries import all_tenants, tenant_named
from portal.tenancy.scope import tenant_scope


class Command(BaseCommand):
    help = "Compare the tally with a full recount; fails and names what differs."

    def add_arguments(self, parser):
        parser.add_argument("--tenant", help="one city by its name; all of them by default")

    def handle(self, *args, tenant, **options):
        wrong = False
        for city in [tenant_named(tenant)] if tenant else all_tenants():
            with tenant_scope(city.pk, city.name):
                faults = tally_faults()
            wrong = wrong or bool(faults)
            self.stdout.write(f"{city.name}：{'一致' if not faults else f'{len(faults)}处不一致'}")
            for fault in faults[:20]:
                self.stdout.write(f"  {fault}")
        if wrong:
            raise CommandError("汇总与明细不一致。")
