"""manage.py import_ledger FILE.xlsx --tenant 临海市 [--dry-run] [--json]: the web's import, from the shell."""

import json
from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from enterprises.actions.ledger import compared, write_ledger
from enterprises.ledger import NoHeader, UnreadableWorkbook, as_truth, find_ledger, judge, open_workbook
from enterprises.queries.duplicates import merged_codes
from portal.audit.record import note as audit
from portal.tenancy.models import District
from portal.tenancy.queries import tenant_named
from portal.tenancy.scope import tenant_scope


class Command(BaseCommand):
    help = "Import a district's ledger workbook into a city."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--tenant", required=True)
        parser.add_argument("--dry-run", action="store_true", help="judge and compare, write nothing")
        parser.add_argument("--json", action="store_true", help="print the verdict on every row")

    def handle(self, *args, file, tenant, dry_run, **options):
        city = tenant_named(tenant)
        try:
            workbook = open_workbook(file.read_bytes(), file.name)
            mapping = find_ledger(workbook)
        except (UnreadableWorkbook, NoHeader, OSError) as fault:
            raise CommandError(str(fault)) from fault
        with tenant_scope(city.pk, city.name):
            districts = list(District.objects.values_list("name", flat=True))
            judgement = judge(
                workbook, mapping, districts, today=timezone.localdate(), city=city.name, merged=merged_codes()
            )
            if not dry_run:
                counts = write_ledger(judgement.accepted, file.name)
                audit("enterprises.import", changes={"file": file.name, **counts, "rejected": len(judgement.rejected)})
            else:
                counts = Counter(comparison.verdict for comparison in compared(judgement.accepted))
        if options["json"]:
            self.stdout.write(as_json(judgement))
        else:
            done = "将新增" if dry_run else "新增"
            self.stdout.write(
                f"{done} {counts['create']} 家，更新 {counts['update']} 家，不变 {counts['same']} 家，"
                f"未导入 {len(judgement.rejected)} 行"
            )


def as_json(judgement) -> str:
    return json.dumps(
        {
            "accept": [as_truth(row) for row in judgement.accepted],
            "reject": [{"excel_row": row.excel_row, "reason": row.reason} for row in judgement.rejected],
        },
        ensure_ascii=False,
        indent=1,
    )
