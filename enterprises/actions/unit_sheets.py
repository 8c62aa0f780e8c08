"""单元在量表: a workbook of units and holdings received, shown row by row, and written once confirmed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.http import Http404
from django.utils import timezone

from enterprises.actions import units
from enterprises.ledger import UnreadableWorkbook, open_workbook
from enterprises.ledger.vetting import MAX_FILE
from enterprises.models import Enterprise, Holding, Unit, UnitSheet
from enterprises.queries.duplicates import merged_codes
from enterprises.unit_sheet import Refusal, UnitRow, read_rows
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused, TooLarge
from portal.sm3 import sm3
from portal.tenancy.scope import in_one_piece, who

NOT_HERE = "台账中没有这个信用代码的企业，或者它不在您的管辖范围内。"


def receive(upload) -> UnitSheet:
    """上传: read and keep what the rows say; nothing of the ledger changes yet. Raises BadInput, TooLarge."""
    demand("units.edit")
    rows, refused, digest = read_upload(upload)
    made = UnitSheet(
        person_id=who().person_id,
        filename=upload.name[:200],
        digest=digest,
        rows=[as_kept(row) for row in rows],
        refused=[asdict(one) for one in refused],
    )
    made.save()
    audit("units.upload_sheet", changes={"file": made.filename, "digest": made.digest})
    return made


def read_upload(upload) -> tuple[list[UnitRow], list[Refusal], str]:
    """What an uploaded workbook says, what in it cannot be read, and its SM3. Raises BadInput, TooLarge."""
    if upload.size > MAX_FILE:
        raise TooLarge(f"文件超过{MAX_FILE // 2**20}MB，请只保留单元在量表后再上传。", field="workbook")
    content = upload.read()
    try:
        rows, refused = read_rows(open_workbook(content, upload.name))
    except UnreadableWorkbook as fault:
        raise BadInput(str(fault), field="workbook") from fault
    return rows, refused, sm3(content)


def as_kept(row: UnitRow) -> dict[str, Any]:
    kept = asdict(row)
    if (quantity := row.about_holding.get("quantity_t")) is not None:
        kept["about_holding"]["quantity_t"] = str(quantity)
    return kept


def row_from(kept: dict[str, Any]) -> UnitRow:
    row = UnitRow(**kept)
    if (quantity := row.about_holding.get("quantity_t")) is not None:
        row.about_holding = row.about_holding | {"quantity_t": Decimal(quantity)}
    return row


def judged(sheet: UnitSheet) -> list[dict[str, Any]]:
    """What writing would do with each row of the sheet now, those that could not be read among them."""
    told = judged_rows([row_from(kept) for kept in sheet.rows])
    told += [
        {"excel_row": one["excel_row"], "verdict": "refused", "sentence": one["sentence"]} for one in sheet.refused
    ]
    return sorted(told, key=lambda one: one["excel_row"])


def judged_rows(rows: list[UnitRow]) -> list[dict[str, Any]]:
    """What writing would do with each row now: create, update, same or refused, with what changes. Three questions for all."""
    plants = {plant.code: plant for plant in Enterprise.objects.filter(code__in={row.code for row in rows})}
    known = {
        (unit.enterprise_id, unit.name): unit
        for unit in Unit.objects.filter(enterprise__in=plants.values()).prefetch_related("holdings", "processes")
    }
    merged = merged_codes() if rows else {}
    twice = Counter(place_of(row) for row in rows if row.substance)
    return [
        refused_twice(row)
        if twice[place_of(row)] > 1
        else judged_row(row, plants.get(row.code), known, merged.get(row.code, ""))
        for row in rows
    ]


def place_of(row: UnitRow) -> tuple[str, ...]:
    return row.code, row.unit, row.substance, row.about_holding.get("state", "")


def refused_twice(row: UnitRow) -> dict[str, Any]:
    """Two tanks of one substance are not one of them: neither row is written, because the other's tonnes would be lost."""
    sentence = f"“{row.unit}”的“{row.substance}”写了不止一行。请把数量合成一行，或在“状态、工况”里写明区别。"
    return about(row) | {"verdict": "refused", "sentence": sentence}


def about(row: UnitRow) -> dict[str, Any]:
    return {"excel_row": row.excel_row, "unit": row.unit, "substance": row.substance, "process": row.process}


def judged_row(
    row: UnitRow, plant: Enterprise | None, known: dict[tuple[int, str], Unit], into: str = ""
) -> dict[str, Any]:
    answer = about(row)
    if plant is None:
        sentence = f"这个信用代码的企业已并入{into}，请改填并入后的企业。" if into else NOT_HERE
        return answer | {"verdict": "refused", "sentence": sentence}
    answer |= {"enterprise": plant.name, "enterprise_id": plant.pk}
    unit = known.get((plant.pk, row.unit))
    if unit is None:
        if "kind" not in row.about_unit or row.remove:
            return answer | {"verdict": "refused", "sentence": "这是新单元，请填写单元类型。"}
        # Later rows of the same new unit need not say its kind again.
        known[plant.pk, row.unit] = Unit(enterprise=plant, name=row.unit, **row.about_unit)
        new = ["新单元", *changed_words(Unit(), row.about_unit)]
        return answer | {"verdict": "create", "changes": new + changed_inside(None, row)}
    changes = changed_words(unit, row.about_unit)
    if unit.pk is None:
        return answer | {"verdict": "create", "changes": changes + changed_inside(None, row)}
    changes += changed_inside(unit, row)
    return answer | {"verdict": "update" if changes else "same", "changes": changes}


def changed_inside(unit: Unit | None, row: UnitRow) -> list[str]:
    """What the row changes of what the unit holds and runs; None for a unit that is not there yet."""
    changes = []
    if row.substance:
        holding = held_in(unit, row) if unit else None
        if row.remove:
            changes += [f"删除在量“{units.described(holding)}”"] if holding else []
        elif holding:
            changes += changed_words(holding, row.about_holding)
        else:
            shown = {name: value for name, value in row.about_holding.items() if name not in ("quantity_t", "state")}
            changes += [f"新增在量“{described(row)}”", *changed_words(Holding(), shown)]
    runs = unit is not None and row.process in [one.name for one in unit.processes.all()]
    if row.process and runs == row.remove:
        changes.append(f"{'删除' if row.remove else '新增'}工艺“{row.process}”")
    return changes


def held_in(unit: Unit, row: UnitRow) -> Holding | None:
    """The holding a row speaks of: the same substance in the same state. The unit's holdings are read already."""
    state = row.about_holding.get("state", "")
    return next((one for one in unit.holdings.all() if (one.substance, one.state) == (row.substance, state)), None)


def described(row: UnitRow) -> str:
    return units.described(Holding(substance=row.substance, **row.about_holding))


def changed_words(record: Unit | Holding, told: dict[str, Any]) -> list[str]:
    return [
        f"{record._meta.get_field(name).verbose_name}：{said(record, name, getattr(record, name))} → {said(record, name, value)}"
        for name, value in told.items()
        if getattr(record, name) != value
    ]


def said(record: Unit | Holding, name: str, value: Any) -> str:
    """A value in the words of the page: 一级 and 储存单元, not 1 and tanks."""
    if isinstance(value, list):
        return "、".join(value) or "空"
    words = dict(record._meta.get_field(name).flatchoices)
    return str(words.get(value, units.plain(value))) if value not in (None, "") else "空"


@in_one_piece
def confirm(sheet_id: int) -> UnitSheet:
    """确认写入: once; every enterprise of the sheet at once, each of its units judged once with all its rows in.

    Raises Refused where a row can no longer be written: then nothing is.
    """
    demand("units.edit")
    sheet = UnitSheet.objects.select_for_update().filter(pk=sheet_id).first()
    if sheet is None:
        raise Http404(f"unit sheet {sheet_id}")
    if sheet.state == UnitSheet.State.DONE:
        raise Refused("这份单元在量表已经写入，不用再次确认。")
    rows = [row_from(kept) for kept in sheet.rows]
    told = judged_rows(rows)
    wanted: dict[int, list[UnitRow]] = {}
    for row, one in zip(rows, told, strict=True):
        if one["verdict"] in ("create", "update"):
            wanted.setdefault(one["enterprise_id"], []).append(row)
    for enterprise_id in sorted(wanted):  # always in this order, so that two sheets cannot wait for each other
        write(enterprise_id, wanted[enterprise_id], f"导入单元在量表“{sheet.filename}”")
    verdicts = [one["verdict"] for one in told] + ["refused"] * len(sheet.refused)
    sheet.written = {verdict: verdicts.count(verdict) for verdict in ("create", "update", "same", "refused")}
    sheet.state, sheet.finished_at = UnitSheet.State.DONE, timezone.now()
    sheet.save(update_fields=["written", "state", "finished_at"])
    audit("units.confirm_sheet", changes={"file": sheet.filename, "digest": sheet.digest, **sheet.written})
    return sheet


def write(enterprise_id: int, rows: Iterable[UnitRow], because: str) -> None:
    """Write these rows of one enterprise and judge each unit once. Raises Refused where one cannot be written."""
    enterprise = units.locked(enterprise_id)
    touched: dict[str, Unit] = {unit.name: unit for unit in Unit.objects.filter(enterprise=enterprise)}
    judge: dict[int, Unit] = {}
    for row in rows:
        try:
            unit = put_unit(enterprise, touched.get(row.unit), row)
            touched[row.unit] = judge[unit.pk] = unit
            if row.remove:
                take_away(enterprise, unit, row)
                continue
            if row.substance:
                put_holding(enterprise, unit, row)
            if row.process:
                units.write_process(enterprise, unit, row.process)
        except BadInput as fault:
            raise Refused(f"第{row.excel_row}行：{fault.sentence}整份表格都没有写入，请改正后重新上传。") from fault
    units.judge_and_settle(enterprise, judge.values(), because[:120])


def put_unit(enterprise: Enterprise, unit: Unit | None, row: UnitRow) -> Unit:
    new = unit is None
    unit = unit or Unit(enterprise=enterprise, name=row.unit)
    changes = {name: (getattr(unit, name), value) for name, value in row.about_unit.items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    for name, (_, value) in changes.items():
        setattr(unit, name, value)
    if new:
        units.store(unit)
        audit("units.add", unit, {"name": unit.name, "kind": unit.kind})
    elif changes:
        units.store(unit)
        audit("units.change", unit, {name: [str(old), str(value)] for name, (old, value) in changes.items()})
    return unit


def put_holding(enterprise: Enterprise, unit: Unit, row: UnitRow) -> None:
    holding = Holding.objects.filter(
        unit=unit, substance=row.substance, state=row.about_holding.get("state", "")
    ).first() or Holding(enterprise=enterprise, unit=unit, substance=row.substance)
    units.write_holding(holding, row.about_holding)


def take_away(enterprise: Enterprise, unit: Unit, row: UnitRow) -> None:
    gone = Holding.objects.filter(unit=unit, substance=row.substance, state=row.about_holding.get("state", "")).first()
    if gone:
        audit("units.remove_holding", unit, {"from": units.described(gone)})
        gone.delete()
    for process in unit.processes.filter(name=row.process) if row.process else ():
        audit("units.remove_process", enterprise, {"from": process.name})
        process.delete()


def found(sheet_id: int) -> UnitSheet:
    sheet = UnitSheet.objects.filter(pk=sheet_id).first()
    if sheet is None:
        raise Http404(f"unit sheet {sheet_id}")
    return sheet
