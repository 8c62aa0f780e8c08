"""manage.py review_deadlines [--tenant 江州市]: stored deadlines that would come out differently by today's calendar."""

from django.core.management.base import BaseCommand

from portal.holidays.review import different
from portal.tenancy.queries import all_tenants, tenant_named
from portal.tenancy.scope import tenant_scope


class Command(BaseCommand):
    help = "List deadlines that a later arrangement of holidays would change. Nothing is recomputed."

    def add_arguments(self, parser):
        parser.add_argument("--tenant", help="one city by its name; all of them by default")

    def handle(self, *args, tenant, **options):
        for city in [tenant_named(tenant)] if tenant else all_tenants():
            with tenant_scope(city.pk, city.name, role="office"):
                found = different()
            self.stdout.write(f"{city.name}：{len(found)}项" if found else f"{city.name}：没有要核对的期限")
            for one in found:
                self.stdout.write(f"  {one.title} {one.label} {one.address}：原为{one.stored}，现为{one.now.due}")
