"""The trail as a workbook: every record with its place in the chain, so that it can be checked against it."""

import json

from portal.audit.filters import AuditFilter
from portal.audit.models import AuditRecord
from portal.exports.registry import Export, columns, register


def register_lists() -> None:
    headers, line = columns(
        AuditRecord,
        "seq",
        "at",
        "person_name",
        "role",
        "organisation",
        ("IP", "ip"),
        "action",
        "object_kind",
        "object_id",
        "object_label",
        ("内容", lambda row: json.dumps(row.changes, ensure_ascii=False)),
        "result",
        "prev",
        "digest",
    )
    rows = AuditRecord.objects.all
    register(Export("audit", "审计记录", "audit.view", rows, AuditFilter, {"seq": "-seq"}, headers, line))
