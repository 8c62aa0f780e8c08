"""manage.py check_files [--tenant 江州市] [--sweep DAYS]

Reads every file a record names and compares its SM3; damage is named and ends the command with an error. With --sweep,
files older than DAYS that no record names are put aside, and deleted once they have lain aside as long.
"""

from django.core.management.base import BaseCommand, CommandError

from portal.files import scrub
from portal.tenancy.queries import all_tenants, tenant_named
from portal.tenancy.scope import tenant_scope


class Command(BaseCommand):
    help = "Prove that every kept file is as it was received."

    def add_arguments(self, parser):
        parser.add_argument("--tenant", help="one city only")
        parser.add_argument("--sweep", type=int, metavar="DAYS", help="put aside what no record names")

    def handle(self, *args, tenant, sweep, **options):
        if sweep is not None and sweep < 1:
            raise CommandError("--sweep 至少为 1 天：刚收到的文件可能还没有写入记录。")
        damaged = []
        for city in [tenant_named(tenant)] if tenant else all_tenants():
            with tenant_scope(city.pk, city.name):
                report = scrub.check()
                damaged += [f"{city.name} {line}" for line in report.damaged]
                self.stdout.write(f"{city.name}：核对 {report.checked} 个文件，损坏 {len(report.damaged)} 个。")
                if sweep is not None:
                    self.stdout.write(f"{city.name}：移出或删除无主文件 {scrub.sweep(sweep)} 个。")
        if damaged:
            raise CommandError("文件损坏：\n" + "\n".join(damaged))
