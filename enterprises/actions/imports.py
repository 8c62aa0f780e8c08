"""A ledger workbook on its way in: read and judged, mapping mended by hand, confirmed once, written in the background."""

import io
import json
from collections import Counter

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from kombu.exceptions import OperationalError

from enterprises.actions.ledger import CHUNK, compared, plain, write_ledger
from enterprises.ledger import (
    FIELDS,
    Comparison,
    Judgement,
    Mapping,
    NoHeader,
    UnreadableWorkbook,
    find_ledger,
    judge,
    open_workbook,
    write_rejected,
)
from enterprises.ledger.vetting import MAX_FILE
from enterprises.models import ColumnMapping, LedgerImport
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused, TooLarge
from portal.sm3 import sm3
from portal.tenancy.models import District
from portal.tenancy.scope import Who, as_seen_by, enter, tenant_scope, who

State = LedgerImport.State


def receive(upload) -> LedgerImport:
    """上传: keep the workbook and judge it; nothing of the ledger changes yet. Raises BadInput, TooLarge."""
    demand("enterprises.import")
    if upload.size > MAX_FILE:
        raise TooLarge(f"文件超过{MAX_FILE // 2**20}MB，请删去无关的工作表和图片后再上传。", field="workbook")
    content = upload.read()
    mapping = mapped(content, upload.name)
    me = who()
    made = LedgerImport(
        filename=upload.name[:200],
        digest=sm3(content),
        content=content,
        sheet=mapping.sheet[:80],
        signature=mapping.signature,
        mapping=mapping.to_json(),
        by_name=me.person_name,
        by_id=me.person_id,
    )
    preview(made)
    made.save()
    audit("enterprises.upload_ledger", changes={"file": made.filename, "digest": made.digest})
    return made


def mapped(content: bytes, filename: str) -> Mapping:
    """The columns as found, or as somebody of this city set them the last time this header came."""
    try:
        mapping = find_ledger(open_workbook(content, filename))
    except (UnreadableWorkbook, NoHeader) as fault:
        raise BadInput(str(fault), field="workbook") from fault
    kept = ColumnMapping.objects.filter(signature=mapping.signature).first()
    return mapping.with_columns(kept.mapping) if kept else mapping


def judged(record: LedgerImport) -> Judgement:
    workbook = open_workbook(bytes(record.content), record.filename)
    districts = list(District.objects.values_list("name", flat=True))
    mapping = Mapping.from_json(record.mapping)
    return judge(workbook, mapping, districts, today=timezone.localdate(), city=who().tenant_name)


def preview(record: LedgerImport) -> None:
    """Judge the rows and say what the import would do with each, by its Excel row number."""
    judgement = judged(record)
    labels = {name: field.label for name, field in FIELDS.items()} | {"chemicals": "化学品", "processes": "工艺"}
    rows = [row_of(comparison, labels) for comparison in compared(judgement.accepted)]
    counts = Counter(row["verdict"] for row in rows)
    record.verdict = {
        "counts": {
            **{verdict: counts.get(verdict, 0) for verdict in ("create", "update", "same")},
            "rejected": len(judgement.rejected),
            "ignored": len(judgement.ignored),
            "warnings": len(judgement.warnings),
        },
        "rows": rows,
        "rejected": [
            {"excel_row": r.excel_row, "reason": r.reason, "sentence": r.sentence, "value": r.value} for r in judgement.rejected
        ],
        "ignored": [{"excel_row": r.excel_row, "text": r.text[:80], "why": r.why} for r in judgement.ignored],
        "warnings": [
            {"excel_row": d.excel_row, "field": labels.get(d.field, d.field), "value": d.value[:80], "sentence": d.sentence}
            for d in judgement.warnings
        ],
    }
    record.total = len(rows)


def row_of(comparison: Comparison, labels: dict[str, str]) -> dict:
    row = comparison.row
    changes = [[labels.get(name, name), shown(old), shown(new)] for name, (old, new) in comparison.changes.items()]
    return {
        "excel_row": row.excel_row,
        "verdict": comparison.verdict,
        "name": row.name,
        "code": row.code,
        "district": row.district,
        "changes": changes,
    }


def shown(value) -> str:
    value = plain(value)
    return "、".join(value) if isinstance(value, list) else "" if value is None else str(value)


def locked(import_id: int) -> LedgerImport:
    record = LedgerImport.objects.select_for_update().filter(pk=import_id).first()
    if record is None:
        raise Http404(f"import {import_id}")
    return record


def map_columns(import_id: int, columns: dict[str, int | None]) -> LedgerImport:
    """改列对应: judge again with the columns as set, and remember them for the next workbook with this header."""
    demand("enterprises.import")
    record = locked(import_id)
    if record.state != State.PREVIEW:
        raise Refused("这份台账已经开始导入，不能再改列对应。")
    try:
        mapping = Mapping.from_json(record.mapping).with_columns(columns)
    except ValueError as fault:
        raise BadInput(str(fault)) from fault
    record.mapping = mapping.to_json()
    preview(record)
    record.save(update_fields=["mapping", "verdict", "total"])
    ColumnMapping.objects.update_or_create(signature=record.signature, defaults={"mapping": mapping.columns})
    audit("enterprises.map_ledger", changes={"file": record.filename, "columns": json.loads(json.dumps(mapping.columns))})
    return record


def confirm(import_id: int) -> LedgerImport:
    """确认导入: once, however often it is pressed. The writing is done in the background after this commits."""
    demand("enterprises.import")
    record = locked(import_id)
    if record.state not in (State.PREVIEW, State.FAILED):
        raise Refused("这份台账已经在导入或已导入完成。")
    record.state, record.done, record.fault = State.RUNNING, 0, ""
    record.save(update_fields=["state", "done", "fault"])
    audit("enterprises.confirm_ledger", changes={"file": record.filename, "digest": record.digest})
    me = who()
    transaction.on_commit(lambda: hand_over(me, record.pk))
    return record


def hand_over(me: Who, import_id: int) -> None:
    from enterprises.tasks import run_import

    try:
        run_import.delay(tenant_id=me.tenant_id, import_id=import_id)
    except OperationalError:
        # The broker is away; the ledger comes in all the same, only the page waits for it.
        run(me.tenant_id, import_id)


def run(tenant_id: int, import_id: int) -> None:
    """Write the ledger in steps that each commit, so that progress shows and a repeat goes on where it stopped."""
    with tenant_scope(tenant_id):
        record = LedgerImport.objects.get(pk=import_id)
        if record.state != State.RUNNING:
            return
        importer = as_seen_by(who(), role="office", person_id=record.by_id, person_name=record.by_name)
    try:
        with enter(importer):
            comparisons = list(compared(judged(record).accepted))
        counts: Counter[str] = Counter()
        for start in range(0, len(comparisons), CHUNK):
            with enter(importer):
                counts.update(write_ledger(comparisons[start : start + CHUNK], record.filename))
                LedgerImport.objects.filter(pk=import_id).update(done=min(start + CHUNK, len(comparisons)))
        finish(importer, import_id, dict(counts))
    except Exception as fault:
        with enter(importer):
            sentence = "导入中断，已导入的行保留；再次确认会从中断处继续。"
            LedgerImport.objects.filter(pk=import_id).update(state=State.FAILED, fault=sentence)
            audit("enterprises.import_failed", changes={"file": record.filename, "fault": type(fault).__name__})
        raise


def finish(importer: Who, import_id: int, counts: dict[str, int]) -> None:
    with enter(importer):
        record = locked(import_id)
        record.state, record.finished_at = State.DONE, timezone.now()
        record.verdict["done"] = counts
        record.save(update_fields=["state", "finished_at", "verdict"])
        rejected = record.verdict["counts"]["rejected"]
        audit("enterprises.import", changes={"file": record.filename, **counts, "rejected": rejected})


def rejected_workbook(record: LedgerImport) -> bytes:
    """未导入的行 as xlsx with the reason beside each, as the last judgement saw them."""
    out = io.BytesIO()
    write_rejected(out, judged(record), Mapping.from_json(record.mapping))
    return out.getvalue()
