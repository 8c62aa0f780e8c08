"""隐患台账导入: a workbook of hazards received, judged row by row, and recorded once confirmed.

What is recorded awaits its notice like any finding (moves.record_found); nothing the sheet says of an order, a
rectification or a closing moves it: these are acts of persons (docs/decisions/0017-importing-hazards.md).
"""

from collections import Counter
from collections.abc import Mapping as Table
from dataclasses import asdict
from typing import Any

from django.db import connection
from django.http import Http404
from django.utils import timezone

from enterprises.ledger import Mapping, UnreadableWorkbook, ledgers, open_workbook
from enterprises.ledger.vetting import MAX_FILE
from hazards.actions.moves import record_found, void_recorded
from hazards.models import HazardImport
from hazards.queries.register import SOURCE, Judged, judged, rows_of
from hazards.register import HAZARDS, RegisterRow, read_rows
from portal.audit.record import note as audit
from portal.once import kept_before
from portal.permissions import demand
from portal.refusals import BadInput, Refused, TooLarge
from portal.sm3 import sm3
from portal.tenancy.scope import current_tenant_id, in_one_piece, who

State = HazardImport.State
NO_HEADER = (
    "没有找到表头：工作簿里没有一张表的表头同时有企业（名称或统一社会信用代码）和隐患内容。"
    "请检查后再上传，或下载门户生成的表格填写。"
)


@in_one_piece
def receive(upload) -> HazardImport:
    """上传: keep the workbook and read it; nothing is recorded yet. The same file again is the same import.

    Raises BadInput, TooLarge.
    """
    demand("hazards.import")
    if upload.size > MAX_FILE:
        raise TooLarge(f"文件超过{MAX_FILE // 2**20}MB，请删去图片和无关的工作表后再上传。", field="workbook")
    content = upload.read()
    me = who()
    made = HazardImport(
        district_id=me.district_id if me.scope == "district" else None,
        filename=upload.name[:200],
        digest=sm3(content),
        content=content,
        by_name=me.person_name,
        by_unit=me.organisation_name,
    )
    if first := sent_before(made):
        return first
    lay_out(made, mapped(made))
    if twice := kept_before(made, "hazard_import_once"):
        if first := sent_before(made):
            return first
        raise Refused("这份文件刚刚有人上传，请刷新页面查看。") from twice
    audit("hazards.upload_register", made, {"file": made.filename, "digest": made.digest})
    return made


def sent_before(record: HazardImport) -> HazardImport | None:
    return HazardImport.objects.filter(digest=record.digest, district_id=record.district_id).first()


def mapped(record: HazardImport, sheet: str = "") -> Mapping:
    """The columns as found, or as somebody here set them the last time this header came. Raises BadInput."""
    try:
        found = ledgers(open_workbook(bytes(record.content), record.filename), HAZARDS)
    except UnreadableWorkbook as fault:
        raise BadInput(str(fault), field="workbook") from fault
    mapping = next((one for one in found if not sheet or one.sheet == sheet), None)
    if mapping is None:
        raise BadInput(NO_HEADER, field="workbook")
    before = HazardImport.objects.filter(signature=mapping.signature, by_hand=True).order_by("-id").first()
    return mapping.with_columns(before.mapping["columns"], HAZARDS) if before else mapping


def lay_out(record: HazardImport, mapping: Mapping) -> None:
    """Read the rows by these columns. Raises BadInput."""
    workbook = open_workbook(bytes(record.content), record.filename)
    try:
        found = read_rows(workbook, mapping, today=timezone.localdate())
    except UnreadableWorkbook as fault:
        raise BadInput(str(fault), field="workbook") from fault
    record.mapping, record.signature = mapping.to_json(), mapping.signature
    others = [one.sheet for one in ledgers(workbook, HAZARDS) if one.sheet != mapping.sheet]
    rows = [asdict(row) | {"found_on": row.found_on.isoformat()} for row in found.rows]
    record.found = {
        "rows": rows,
        "refused": [asdict(one) for one in found.refused],
        "ignored": [asdict(one) for one in found.ignored],
        "other_sheets": others,
    }


def locked(import_id: int) -> HazardImport:
    record = HazardImport.objects.select_for_update(of=("self",)).filter(pk=import_id).first()
    if record is None:
        raise Http404(f"hazard import {import_id}")
    return record


def still_open(import_id: int) -> HazardImport:
    demand("hazards.import")
    record = locked(import_id)
    if record.state == State.DONE:
        raise Refused("这份隐患台账已经导入，不能再改，也不用再次确认。")
    return record


@in_one_piece
def map_columns(import_id: int, columns: Table[str, int | None]) -> HazardImport:
    """改列对应: read again with the columns as set; the next workbook with this header is read the same way."""
    record = still_open(import_id)
    try:
        mapping = Mapping.from_json(record.mapping).with_columns(columns, HAZARDS)
    except ValueError as fault:
        raise BadInput(str(fault)) from fault
    if not HAZARDS.knows(mapping.columns):
        raise BadInput("请至少指定隐患描述一列，以及企业名称或统一社会信用代码一列。")
    lay_out(record, mapping)
    record.by_hand = True
    record.save(update_fields=["mapping", "signature", "found", "by_hand"])
    audit("hazards.map_register", record, {"file": record.filename, "columns": dict(mapping.columns)})
    return record


@in_one_piece
def choose_sheet(import_id: int, sheet: str) -> HazardImport:
    """换工作表: the workbook holds several registers, and another one is meant."""
    record = still_open(import_id)
    if sheet not in record.found["other_sheets"]:
        raise BadInput(f"工作簿里没有名为“{sheet[:40]}”的隐患台账。")
    lay_out(record, mapped(record, sheet))
    record.by_hand = False
    record.save(update_fields=["mapping", "signature", "found", "by_hand"])
    return record


@in_one_piece
def confirm(import_id: int, *, closed: bool | None = None) -> HazardImport:
    """确认导入: every row that can be is recorded, once, in one transaction.

    `closed`: whether those are recorded as well that the sheet says were closed outside; somebody must have decided
    where there are any. Raises BadInput, Refused.
    """
    record = still_open(import_id)
    # Two imports of one city with the same rows: the second one sees what the first has recorded.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext('hazards.import'))", [current_tenant_id()])
    told = judged(rows_of(record))
    if closed is None and any(one.verdict == "closed" for one in told):
        raise BadInput("表中有写明已销号的隐患，请选择这些隐患是否也导入。", field="closed")
    wanted = [one for one in told if one.verdict == "create" or (one.verdict == "closed" and closed)]
    if not wanted:
        raise BadInput("没有可以导入的隐患，请看各行的说明。")
    hazards = record_found(
        ((one.enterprise, as_finding(one.row, record)) for one in wanted if one.enterprise),
        source_kind=SOURCE,
        source_id=record.pk,
    )
    made = {one.row.excel_row: hazard.pk for one, hazard in zip(wanted, hazards, strict=True)}
    record.answers = [answer_of(one, made.get(one.row.excel_row)) for one in told]
    record.written = dict(Counter(one["verdict"] for one in record.answers)) | {"refused": refused_count(record)}
    record.state, record.finished_at, record.finished_by = State.DONE, timezone.now(), who().person_name
    record.save(update_fields=["answers", "written", "state", "finished_at", "finished_by"])
    audit("hazards.import", record, {"file": record.filename, "digest": record.digest, **record.written})
    return record


def refused_count(record: HazardImport) -> int:
    return len(record.found["refused"]) + sum(one["verdict"] == "refused" for one in record.answers)


def answer_of(one: Judged, made: int | None) -> dict[str, Any]:
    """A row as it stays on record."""
    left = "表中写明已销号，未导入；原文留在本页。" if one.verdict == "closed" and made is None else one.sentence
    return {
        "excel_row": one.row.excel_row,
        "verdict": "create" if made else one.verdict,
        "sentence": left,
        "enterprise": one.enterprise.name if one.enterprise else one.row.name,
        "hazard": made or one.hazard,
        "doubts": list(one.doubts),
    }


def as_finding(row: RegisterRow, record: HazardImport) -> dict[str, Any]:
    """The row as `record_found` takes it; who found it stands in words, for the sheet's people are not the portal's."""
    facts = ("description", "level", "found_on", "accident_type", "basis", "requirement", "place")
    return {name: getattr(row, name) for name in facts} | {"found_by_id": None, "note": in_words(row, record.filename)}


def in_words(row: RegisterRow, filename: str) -> str:
    """What the history of an imported hazard begins with."""
    begins = f"由隐患台账“{filename}”第{row.excel_row}行导入。"
    if not row.afterwards:
        return begins
    said = "\n".join(f"{header}：{text}" for header, text in row.afterwards)
    return f"{begins}台账原文如下，仅供核实，不作为整改或销号的结论：\n{said}"


@in_one_piece
def take_back(import_id: int, reason: str) -> tuple[HazardImport, int]:
    """撤回这一批: what it recorded and nobody has taken further is 作废; returns how many. The file may be confirmed again.

    Needs the right to void (hazards.void). Raises BadInput, Refused.
    """
    demand("hazards.import")
    demand("hazards.void")
    record = locked(import_id)
    if record.state != State.DONE:
        raise Refused("这份隐患台账没有导入，或者已经撤回。")
    if not reason.strip():
        raise BadInput("请写明撤回理由。", field="reason")
    gone = void_recorded(SOURCE, record.pk, f"撤回导入：{reason.strip()[:280]}")
    if not gone:
        raise Refused("这一批隐患都已下达、移交或作废，没有可以撤回的。")
    record.state, record.back_at, record.back_why = State.BACK, timezone.now(), reason.strip()[:300]
    record.save(update_fields=["state", "back_at", "back_why"])
    audit("hazards.import_back", record, {"file": record.filename, "hazards": len(gone), "reason": record.back_why})
    return record, len(gone)
