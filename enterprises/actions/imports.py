"""A ledger workbook on its way in: read and judged, mapping mended by hand, confirmed once, written in the background."""

import io
import logging
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
    LedgerRow,
    Mapping,
    NoHeader,
    UnreadableWorkbook,
    find_ledger,
    judge,
    ledgers,
    open_workbook,
    write_rejected,
)
from enterprises.ledger.vetting import MAX_FILE
from enterprises.models import ColumnMapping, LedgerImport
from enterprises.queries.duplicates import merged_codes
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused, TooLarge
from portal.sm3 import sm3
from portal.tenancy.models import District, Tenant
from portal.tenancy.scope import Who, as_seen_by, current_tenant_id, enter, tenant_scope, who

State = LedgerImport.State
logger = logging.getLogger(__name__)


def receive(upload) -> LedgerImport:
    """上传: keep the workbook and judge it; nothing of the ledger changes yet. Raises BadInput, TooLarge."""
    demand("enterprises.import")
    if upload.size > MAX_FILE:
        raise TooLarge(f"文件超过{MAX_FILE // 2**20}MB，请删去无关的工作表和图片后再上传。", field="workbook")
    content = upload.read()
    me = who()
    made = LedgerImport(
        filename=upload.name[:200], digest=sm3(content), content=content, by_name=me.person_name, by_id=me.person_id
    )
    lay_out(made)
    made.save()
    audit("enterprises.upload_ledger", changes={"file": made.filename, "digest": made.digest})
    return made


def lay_out(record: LedgerImport, sheet: str = "") -> None:
    """Take one sheet of the workbook, the likeliest unless named, and judge it."""
    mapping, others = mapped(bytes(record.content), record.filename, sheet)
    record.sheet, record.signature, record.mapping = mapping.sheet[:80], mapping.signature, mapping.to_json()
    preview(record)
    record.verdict["other_sheets"] = others


def mapped(content: bytes, filename: str, sheet: str = "") -> tuple[Mapping, list[str]]:
    """The columns as found, or as somebody of this city set them the last time this header came; and the other ledgers' sheets."""
    try:
        workbook = open_workbook(content, filename)
        found = {mapping.sheet: mapping for mapping in ledgers(workbook)} or {"": find_ledger(workbook)}
    except (UnreadableWorkbook, NoHeader) as fault:
        raise BadInput(str(fault), field="workbook") from fault
    mapping = found.get(sheet) or next(iter(found.values()))
    kept = ColumnMapping.objects.filter(signature=mapping.signature).first()
    return mapping.with_columns(kept.mapping) if kept else mapping, [name for name in found if name != mapping.sheet]


def judged(record: LedgerImport) -> Judgement:
    workbook = open_workbook(bytes(record.content), record.filename)
    districts = list(District.objects.values_list("name", flat=True))
    mapping = Mapping.from_json(record.mapping)
    # The name is read, not taken from who is acting: preview and import must judge alike, and a task knows a number only.
    city = Tenant.objects.get(pk=current_tenant_id()).name
    return judge(workbook, mapping, districts, today=timezone.localdate(), city=city, merged=merged_codes())


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
            {"excel_row": r.excel_row, "reason": r.reason, "sentence": r.sentence, "value": r.value}
            for r in judgement.rejected
        ],
        "ignored": [{"excel_row": r.excel_row, "text": r.text[:80], "why": r.why} for r in judgement.ignored],
        "warnings": [
            {
                "excel_row": d.excel_row,
                "field": labels.get(d.field, d.field),
                "value": d.value[:80],
                "sentence": d.sentence,
            }
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
        "line": " / ".join(word for word in (row.sector, row.kind) if word),
        "grade": row.grade or "",
        "chemicals": shown(row.chemicals) if comparison.verdict == "create" else "",
        "changes": changes,
    }


def shown(value) -> str:
    value = plain(value)
    return "、".join(value) if isinstance(value, list) else "" if value is None else str(value)


def locked(import_id: int, *without: str) -> LedgerImport:
    record = LedgerImport.objects.defer("content", *without).select_for_update().filter(pk=import_id).first()
    if record is None:
        raise Http404(f"import {import_id}")
    return record


def still_open(import_id: int) -> LedgerImport:
    demand("enterprises.import")
    record = locked(import_id)
    if record.state != State.PREVIEW:
        raise Refused("这份台账已经开始导入，不能再改工作表和列对应。")
    return record


def map_columns(import_id: int, columns: dict[str, int | None]) -> LedgerImport:
    """改列对应: judge again with the columns as set, and remember them for the next workbook with this header."""
    record = still_open(import_id)
    try:
        mapping = Mapping.from_json(record.mapping).with_columns(columns)
    except ValueError as fault:
        raise BadInput(str(fault)) from fault
    others = record.verdict.get("other_sheets", [])
    record.mapping = mapping.to_json()
    preview(record)
    record.verdict["other_sheets"] = others
    record.save(update_fields=["mapping", "verdict", "total"])
    ColumnMapping.objects.update_or_create(signature=record.signature, defaults={"mapping": mapping.columns})
    audit("enterprises.map_ledger", changes={"file": record.filename, "columns": dict(mapping.columns)})
    return record


def choose_sheet(import_id: int, sheet: str) -> LedgerImport:
    """换工作表: the workbook holds several ledgers, and another one is meant."""
    record = still_open(import_id)
    if sheet not in record.verdict.get("other_sheets", []):
        raise BadInput(f"工作簿里没有名为“{sheet}”的台账。")
    lay_out(record, sheet)
    record.save(update_fields=["sheet", "signature", "mapping", "verdict", "total"])
    return record


def confirm(import_id: int) -> LedgerImport:
    """确认导入: once, however often it is pressed; again only after it failed or got stuck. Written after this commits."""
    demand("enterprises.import")
    record = locked(import_id)
    stuck = record.stuck
    if record.state not in (State.PREVIEW, State.FAILED) and not stuck:
        raise Refused("这份台账正在导入或已导入完成，不用再次确认。")
    record.state, record.done, record.fault, record.moved_at = State.RUNNING, 0, "", timezone.now()
    record.save(update_fields=["state", "done", "fault", "moved_at"])
    audit("enterprises.confirm_ledger", changes={"file": record.filename, "digest": record.digest})
    me = who()
    # What got stuck waited for a worker in vain; this time the page does it itself.
    transaction.on_commit(lambda: run_here(me, record.pk) if stuck else hand_over(me, record.pk))
    return record


def hand_over(me: Who, import_id: int) -> None:
    from enterprises.tasks import run_import

    try:
        run_import.apply_async(kwargs={"tenant_id": me.tenant_id, "import_id": import_id}, retry=False)
    except OperationalError:
        # The broker is away; the ledger comes in all the same, only the page waits for it.
        run_here(me, import_id)


def run_here(me: Who, import_id: int) -> None:
    try:
        run(me.tenant_id, import_id)
    except Exception:
        # The record says so, and the page the person comes back to shows it.
        logger.exception("import %s stopped", import_id)


def run(tenant_id: int | None, import_id: int) -> None:
    """Write the ledger in steps that each commit, so that progress shows and a repeat goes on where it stopped.

    Two runs at once do no harm: each step holds the import's lock and compares with what is there.
    """
    assert tenant_id is not None
    with tenant_scope(tenant_id):
        record = LedgerImport.objects.get(pk=import_id)
        if record.state != State.RUNNING:
            return
        importer = as_seen_by(who(), role="office", person_id=record.by_id, person_name=record.by_name)
    try:
        with enter(importer):
            rows = judged(record).accepted
        for start in range(0, len(rows), CHUNK):
            with enter(importer):
                if not step(import_id, rows[start : start + CHUNK], min(start + CHUNK, len(rows))):
                    return
        with enter(importer):
            finish(import_id)
    except Exception as fault:
        with enter(importer):
            give_up(import_id, fault)
        raise


def step(import_id: int, rows: list[LedgerRow], done: int) -> bool:
    record = locked(import_id, "verdict", "mapping")
    if record.state != State.RUNNING:
        return False
    counts = Counter(record.written)
    counts.update(write_ledger(rows, record.filename))
    # A repeat finds what an earlier run wrote unchanged, so only what was written is summed.
    record.written = {verdict: counts[verdict] for verdict in ("create", "update")}
    record.done, record.moved_at = done, timezone.now()
    record.save(update_fields=["written", "done", "moved_at"])
    return True


def finish(import_id: int) -> None:
    record = locked(import_id)
    if record.state != State.RUNNING:
        return
    record.state, record.finished_at = State.DONE, timezone.now()
    record.save(update_fields=["state", "finished_at"])
    counts = {**record.written, "same": record.unchanged, "rejected": record.verdict["counts"]["rejected"]}
    audit("enterprises.import", changes={"file": record.filename, **counts})


def give_up(import_id: int, fault: Exception) -> None:
    record = locked(import_id)
    if record.state != State.RUNNING:
        return
    record.state = State.FAILED
    record.fault = f"导入中断：已处理 {record.done} 家，其余未写入。点“继续导入”接着导入，已写入的不会重复。"
    record.save(update_fields=["state", "fault"])
    audit("enterprises.import_failed", changes={"file": record.filename, "fault": type(fault).__name__})


def rejected_workbook(record: LedgerImport) -> bytes:
    """未导入的行 as xlsx with the reason beside each, as the last judgement saw them."""
    out = io.BytesIO()
    write_rejected(out, judged(record), Mapping.from_json(record.mapping))
    return out.getvalue()
