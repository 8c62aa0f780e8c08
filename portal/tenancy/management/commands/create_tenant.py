"""manage.py create_tenant 临海市 --districts 东港区,西岭区,南屏县,北仓开发区"""

import re

from django.core.management.base import BaseCommand, CommandError

from portal.refusals import Refused
from portal.tenancy.actions import create_tenant


class Command(BaseCommand):
    help = "Make a city with its districts."

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("--districts", required=True, help="names separated by commas")

    def handle(self, *args, name, districts, **options):
        try:
            tenant = create_tenant(name, re.split(r"[,，、]", districts))
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"已创建租户 {tenant.name}（编号 {tenant.pk}）")
