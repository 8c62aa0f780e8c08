"""manage.py verify_audit [--tenant 江州市] [--anchor FILE]

Walks each city's chain from its first record to its head. With --anchor, the heads are compared with those the file
kept (each must still be in its chain) and the file is written anew, sealed with a key made from SECRET_KEY: kept on
another machine, it shows a tail that was cut off together with its head.
"""

import json
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from portal.audit.chain import LINKED, first_fault
from portal.audit.models import AuditHead, AuditRecord
from portal.tenancy.queries import all_tenants, tenant_named
from portal.tenancy.scope import tenant_scope


def records():
    """The tenant's chain in order, as it was hashed."""
    last = None
    while rows := list(after(last)):
        for row in rows:
            row["at"] = row["at"].isoformat(timespec="microseconds")
            yield row
        last = rows[-1]["seq"]


def after(seq: int | None):
    found = AuditRecord.objects.order_by("seq").values(*LINKED, "prev", "digest")
    return (found if seq is None else found.filter(seq__gt=seq))[:5000]


@contextmanager
def one_moment(city):
    """Behind the city's wall in one snapshot, so that what is written meanwhile is seen whole or not at all."""
    with transaction.atomic():
        connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with tenant_scope(city.pk, city.name, scope="audit"):
            yield


def head() -> tuple[int, str]:
    found = AuditHead.objects.values_list("seq", "digest").first()
    return found or (0, "")


def seal(heads: dict) -> str:
    return salted_hmac("portal.audit.anchor", json.dumps(heads, sort_keys=True), algorithm="sha256").hexdigest()


def read_anchor(path: Path) -> dict:
    if not path.exists():
        return {}
    try:
        anchor = json.loads(path.read_text("utf-8"))
        heads, sealed = anchor["heads"], anchor["seal"]
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} 不是审计锚点文件。") from error
    if not constant_time_compare(sealed, seal(heads)):
        raise CommandError(f"{path} 的签名不对：文件被改动过，或不是用本系统的密钥签的。")
    return heads


class Command(BaseCommand):
    help = "Prove that the audit trail of every city is whole."

    def add_arguments(self, parser):
        parser.add_argument("--tenant", help="one city only")
        parser.add_argument("--anchor", type=Path, help="compare the heads with this file, then write them to it")

    def handle(self, *args, tenant, anchor, **options):
        kept = read_anchor(anchor) if anchor else {}
        heads, faults = dict(kept), []
        for city in [tenant_named(tenant)] if tenant else all_tenants():
            with one_moment(city):
                fault = self.fault(kept.get(str(city.pk)))
                seq, digest = head()
            if fault:
                faults.append(f"{city.name}: {fault}")
            else:
                heads[str(city.pk)] = {"seq": seq, "digest": digest}
                self.stdout.write(f"{city.name}：{seq} 条审计记录，链条完整。")
        if not tenant and (gone := set(kept) - {str(city.pk) for city in all_tenants()}):
            faults += [f"tenant {number} of the anchor file is gone" for number in sorted(gone)]
        if faults:
            raise CommandError("审计链不完整：\n" + "\n".join(faults))
        if anchor:
            anchor.write_text(json.dumps({"heads": heads, "seal": seal(heads)}, indent=1), "utf-8")

    def fault(self, kept: dict | None) -> str | None:
        seq, digest = head()
        if fault := first_fault(records(), seq, digest):
            return fault
        if kept and not AuditRecord.objects.filter(seq=kept["seq"], digest=kept["digest"]).exists() and kept["seq"]:
            return f"record {kept['seq']} of the anchor file is not in the chain: its tail was cut or rewritten"
        return None
