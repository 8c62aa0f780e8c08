"""提升一批、淘汰一批: the verbs of an entry's life, through the table in enterprises/rules/transformation.py."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from enterprises.models import Enterprise, Transformation, TransformationStep
from enterprises.queries.transformation import evidence_since
from enterprises.rules import transformation as rules
from portal.audit.record import note as audit
from portal.files import images, quarantine
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.scope import in_one_piece, who

PLAN = ("target", "measure", "due_on")


@in_one_piece
def put_on_list(enterprise_id: int, *, list: str, target: str, measure: str, due_on: date) -> Transformation:
    """列入名单. Raises BadInput, and Refused where it stands on that list already."""
    demand("transformation.edit")
    enterprise = Enterprise.objects.select_for_update(of=("self",)).filter(pk=enterprise_id).first()
    if enterprise is None:
        raise Http404(f"enterprise {enterprise_id}")
    entry = Transformation(enterprise=enterprise, list=list, by_name=who().person_name)
    plan(entry, {"target": target, "measure": measure, "due_on": due_on})
    store_entry(entry)
    leave_step(entry, "put")
    audit("transformation.put", entry, {"list": list, "target": entry.target, "due_on": due_on.isoformat()})
    return entry


def plan(entry: Transformation, told: Mapping[str, Any]) -> dict[str, list[str]]:
    """Set target, measure and date where they differ; what changed, old and new. A new date is not in the past."""
    changes = {}
    for name in PLAN:
        old, new = getattr(entry, name), told.get(name)
        new = new.strip() if isinstance(new, str) else new
        if not new:
            raise BadInput(f"请填写{Transformation._meta.get_field(name).verbose_name}。", field=name)
        if old != new:
            changes[name] = [str(old or ""), str(new)]
            setattr(entry, name, new)
    if "due_on" in changes and entry.due_on < timezone.localdate():
        raise BadInput("完成期限不能早于今天。", field="due_on")
    return changes


@in_one_piece
def change(entry_id: int, told: Mapping[str, Any], reason: str, *, revision: int | None = None) -> Transformation:
    """调整目标、措施或期限, with a reason; what it was stays in its history."""
    entry = locked(entry_id, "change", revision)
    changes = plan(entry, told)
    if not changes:
        raise BadInput("目标、措施和期限都没有改动。")
    if not reason.strip():
        raise BadInput("请写明为什么调整。", field="note")
    move(entry, "change", reason, changes=changes)
    return entry


@in_one_piece
def progress(entry_id: int, note: str, upload=None, *, revision: int | None = None) -> Transformation:
    """记录进展, with a file where there is one to show."""
    entry = locked(entry_id, "progress", revision)
    if not note.strip():
        raise BadInput("请写明做到了哪一步。", field="note")
    move(entry, "progress", note, upload)
    return entry


@in_one_piece
def finish(
    entry_id: int, note: str, upload=None, *, finished_on: date | None = None, revision: int | None = None
) -> Transformation:
    """完成: needs evidence, with this step or an earlier one since it was put on the list (again)."""
    entry = locked(entry_id, "finish", revision)
    day = finished_on or timezone.localdate()
    if day > timezone.localdate():
        raise BadInput("完成日期不能晚于今天。", field="finished_on")
    if not note.strip():
        raise BadInput("请写明完成情况。", field="note")
    if upload is None and not evidence_since(entry):
        raise BadInput("完成须有佐证材料，请上传验收、关停或拆除的照片或PDF文件。", field="file")
    entry.finished_on = day
    move(entry, "finish", note, upload)
    return entry


@in_one_piece
def drop(entry_id: int, reason: str, *, revision: int | None = None) -> Transformation:
    """移出名单: it is not to happen after all; the entry stays on record."""
    entry = locked(entry_id, "drop", revision)
    if not reason.strip():
        raise BadInput("移出名单须写明理由。", field="note")
    move(entry, "drop", reason)
    return entry


@in_one_piece
def reopen(entry_id: int, reason: str, due_on: date, *, revision: int | None = None) -> Transformation:
    """重新列入, with a reason and a date; evidence of before no longer finishes it."""
    entry = locked(entry_id, "reopen", revision)
    if not reason.strip():
        raise BadInput("重新列入须写明理由。", field="note")
    if due_on < timezone.localdate():
        raise BadInput("完成期限不能早于今天。", field="due_on")
    changes = plan(entry, {"target": entry.target, "measure": entry.measure, "due_on": due_on})
    entry.finished_on = None
    move(entry, "reopen", reason, changes=changes)
    return entry


def locked(entry_id: int, verb: str, revision: int | None) -> Transformation:
    """The entry under a row lock, where the person may and its state allows the verb. Raises IllegalMove, Refused."""
    demand("transformation.edit")
    entry = Transformation.objects.select_for_update(of=("self",)).filter(pk=entry_id).first()
    if entry is None:
        raise Http404(f"transformation {entry_id}")
    if (entry.state, verb) not in rules.TRANSITIONS:
        raise illegal(entry, verb)
    if revision not in (None, entry.revision):
        raise Refused("这一项刚刚被他人办理，请按最新情况处理，您填写的内容仍在下面。")
    return entry


def illegal(entry: Transformation, verb: str) -> IllegalMove:
    return IllegalMove(f"这一项现为“{entry.get_state_display()}”，不能“{rules.VERBS[verb]}”。请刷新页面查看最新状态。")


def move(entry: Transformation, verb: str, note: str, upload=None, *, changes: dict | None = None) -> None:
    """Run one cell of the table on a locked entry: state, history, audit."""
    before, entry.state = entry.state, rules.TRANSITIONS[entry.state, verb]
    entry.revision += 1
    store_entry(entry)
    step = leave_step(entry, verb, note, upload, changes)
    told = {"from": before, "to": entry.state, "note": step.note, "fields": step.changes, "digest": step.digest}
    audit(f"transformation.{verb}", entry, {name: value for name, value in told.items() if value})


def leave_step(
    entry: Transformation, verb: str, note: str = "", upload=None, changes: dict | None = None
) -> TransformationStep:
    """One line in the entry's history; an upload is kept as received before the line names its digest."""
    step = TransformationStep(
        enterprise_id=entry.enterprise_id,
        district_id=entry.district_id,
        sector=entry.sector,
        transformation=entry,
        verb=verb,
        state=entry.state,
        changes=changes or {},
        note=note.strip(),
        by_name=who().person_name,
    )
    if upload is not None:
        content = images.read_upload(upload)
        step.content_type = images.inspect(content).content_type
        step.filename, step.digest = (
            images.file_name(upload.name or "", step.content_type),
            quarantine.take_in(content).digest,
        )
    TransformationStep.objects.bulk_create([step])
    return step


def store_entry(entry: Transformation) -> None:
    """Save, and say in words where the enterprise stands on that list already."""
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as twice:
        if "once_on_each_list" not in str(twice):
            raise
        raise Refused(
            f"“{entry.enterprise.name}”已在{entry.get_list_display()}名单上，还没有完成，不能重复列入。请在原有的一项里办理。",
            field="list",
        ) from twice
