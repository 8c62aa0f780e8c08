"""manage.py load_catalogs: the reference tables every city shares, from the CSV files the portal carries."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.reference.actions import Loaded, followers, load
from portal.reference.definitions import BY_KEY, label_of
from portal.reference.files import FOLDER, content
from portal.reference.rules import BadCatalog
from portal.tenancy.scope import platform_scope


class Command(BaseCommand):
    help = (
        "Load new editions of the catalogs and say what changed: + added, ~ changed, - withdrawn. "
        "Loading the same files again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("catalogs", nargs="*", metavar="catalog", help=f"all, or some of: {', '.join(BY_KEY)}")
        parser.add_argument("--dry-run", action="store_true", help="say what would change; write nothing")
        parser.add_argument("--folder", type=Path, help="compare with the files of another folder; implies --dry-run")
        parser.add_argument("--json", action="store_true", help="the report as JSON")

    def handle(self, *, catalogs, dry_run, folder, verbosity, **options):
        if unknown := set(catalogs) - set(BY_KEY):
            raise CommandError(f"没有这个目录：{'、'.join(sorted(unknown))}。有：{'、'.join(BY_KEY)}。")
        # The rules read the portal's own files: what is loaded must be what they judge by.
        dry_run = dry_run or folder is not None
        keys = catalogs or [key for key in BY_KEY if folder is None or (folder / f"{key}.csv").exists()]
        sentences = []
        with platform_scope():
            try:
                loaded = [load(BY_KEY[key], content(key, folder or FOLDER), dry_run=dry_run) for key in keys]
            except (BadCatalog, OSError, UnicodeDecodeError) as fault:
                raise CommandError(f"目录没有载入：{fault}") from fault
            if not dry_run:
                sentences = [followers[key]() for key in keys if key in followers]
        if options["json"]:
            self.stdout.write(
                json.dumps({"dry_run": dry_run, "catalogs": [as_json(one) for one in loaded]}, ensure_ascii=False)
            )
        elif verbosity:
            for one in loaded:
                self.report(one)
            for sentence in sentences:
                self.stdout.write(sentence)
            if dry_run:
                self.stdout.write("只作比较，没有写入。")

    def report(self, one: Loaded) -> None:
        found = one.difference
        if not one.is_new:
            self.stdout.write(f"{one.definition.title}：没有变化，{one.lines} 条")
            return
        self.stdout.write(f"{one.definition.title}：第 {one.edition} 版，{one.lines} 条")
        if one.edition == 1:
            return
        counts = (len(found.added), len(found.changed), len(found.withdrawn))
        self.stdout.write("  新增 {}，修改 {}，删去 {}".format(*counts))
        for line in found.added:
            self.stdout.write(f"  + {line.code} {line.title}")
        for change in found.changed:
            for column, (old, new) in change.fields.items():
                label = label_of(one.definition.key, column)
                self.stdout.write(f"  ~ {change.code} {change.title}：{label} “{old}” → “{new}”")
        for line in found.withdrawn:
            self.stdout.write(f"  - {line.code} {line.title}")


def as_json(one: Loaded) -> dict:
    return {
        "key": one.definition.key,
        "title": one.definition.title,
        "edition": one.edition,
        "lines": one.lines,
        "new_edition": one.is_new,
        "added": [{"code": line.code, "title": line.title} for line in one.difference.added],
        "changed": [
            {"code": change.code, "title": change.title, "fields": change.fields} for change in one.difference.changed
        ],
        "withdrawn": [{"code": line.code, "title": line.title} for line in one.difference.withdrawn],
    }
