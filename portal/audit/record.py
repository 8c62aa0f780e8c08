"""Writing the trail. Records gather during a stay in scope and are chained just before it commits.

So the lock on the chain's head is held only for the last moment of each transaction, and a change cannot commit
without its record: if the insert fails, everything fails.
"""

import json
from datetime import UTC, datetime

from django.db import connection

from portal.audit.chain import LINKED, link
from portal.audit.models import AuditRecord
from portal.tenancy.scope import current_tenant_id, stay

COLUMNS = ["tenant_id", *LINKED, "prev", "digest"]


def note(action: str, record=None, changes: dict | None = None, *, result: str = "done", label: str = "") -> None:
    """Remember one act for the trail. `record` is the model instance acted on; `changes` must be JSON-able."""
    here = stay()
    pending = here.notes.setdefault("audit", [])
    if not pending:
        here.before_leaving.append(write_pending)
    who = here.who
    pending.append(
        {
            "account_id": who.account_id,
            "person_id": who.person_id,
            "person_name": who.person_name,
            "role": who.role,
            "organisation": who.organisation_name,
            "ip": who.ip,
            "request_id": who.request_id,
            "action": action,
            "object_kind": record._meta.label_lower if record is not None else "",
            "object_id": record.pk if record is not None else None,
            "object_label": (label or (str(record) if record is not None else ""))[:200],
            "changes": changes or {},
            "result": result,
        }
    )


def denied(method: str, path: str, reason: str) -> None:
    note(
        "access.denied",
        changes={"method": method, "path": visible(path[:300]), "reason": visible(reason[:300])},
        result=AuditRecord.Result.DENIED,
    )


def visible(text: str) -> str:
    """Control characters as they would be written in a program: the database takes no NUL, and no line may forge another."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def write_pending() -> None:
    here = stay()
    pending = here.notes.pop("audit", [])
    if not pending:
        return
    tenant_id = current_tenant_id()
    with connection.cursor() as cursor:
        # Whoever inserts the head takes its lock as well, so the first two writers of a tenant queue like any others.
        cursor.execute(
            "INSERT INTO audit_audithead (tenant_id, seq, digest) VALUES (%s, %s, '')"
            " ON CONFLICT (tenant_id) DO UPDATE SET seq = audit_audithead.seq + %s RETURNING seq, digest",
            [tenant_id, len(pending), len(pending)],
        )
        last, prev = cursor.fetchone()
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        rows = []
        for offset, entry in enumerate(pending):
            entry |= {"seq": last - len(pending) + 1 + offset, "at": at}
            digest = link(prev, entry)
            values = entry | {"tenant_id": tenant_id, "prev": prev, "digest": digest}
            values["changes"] = json.dumps(entry["changes"], ensure_ascii=False)
            rows.append([values[name] for name in COLUMNS])
            prev = digest
        places = ", ".join(["(" + ", ".join(["%s"] * len(COLUMNS)) + ")"] * len(rows))
        cursor.execute(
            f"WITH links AS (INSERT INTO audit_auditrecord ({', '.join(COLUMNS)}) VALUES {places})"  # noqa: S608
            " UPDATE audit_audithead SET digest = %s WHERE tenant_id = %s",
            [value for row in rows for value in row] + [prev, tenant_id],
        )
