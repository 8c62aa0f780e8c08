"""诊断分级表: begun with what the ledger knows, filled in by people, finished as a proposal of a grade (应急〔2018〕19号)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from enterprises.actions.grades import propose_grade
from enterprises.diagnosis_sheet import sheet as present_sheet
from enterprises.models import DiagnosisSheet, Enterprise, GradeProposal
from enterprises.queries.diagnosis import questions_of, told_by_ledger
from enterprises.rules.diagnosis import Diagnosis, WrongAnswer, as_json, diagnose
from enterprises.rules.gb18218 import exact
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.scope import in_one_piece, who

State = DiagnosisSheet.State
MOST = 999
TOLD = 10


@dataclass(frozen=True)
class Answer:
    """How many, or nothing where nobody has answered yet; blank is not zero."""

    count: int | None
    note: str = ""


def start_sheet(enterprise_id: int) -> DiagnosisSheet:
    """开始填表: the one draft of the enterprise, new with the ledger's answers, or the one that is there."""
    enterprise = Enterprise.objects.select_related("district").filter(pk=enterprise_id).first()
    if enterprise is None:
        raise Http404(f"enterprise {enterprise_id}")
    demand("diagnosis.fill", enterprise)
    drafts = DiagnosisSheet.objects.filter(enterprise=enterprise, state=State.DRAFT)
    if there := drafts.first():
        return there
    made = DiagnosisSheet(
        enterprise=enterprise,
        edition=present_sheet().edition,
        answers=with_ledger({}, enterprise),
        made_by_id=who().person_id,
        by_name=who().person_name,
    )
    score(made)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        return drafts.get()
    audit("diagnosis.start", enterprise, {"sheet": made.pk, "edition": made.edition})
    return made


def with_ledger(answers: Mapping[str, dict[str, Any]], enterprise: Enterprise) -> dict[str, dict[str, Any]]:
    """Put the ledger's answers in; what a person said otherwise stays said, beside what the ledger says now."""
    made = {code: dict(one) for code, one in answers.items()}
    for code, told in told_by_ledger(enterprise).items():
        one = made.setdefault(code, {"count": None, "note": ""})
        if one.get("count") == one.get("ledger"):
            one["count"] = told.count
        one |= {"ledger": told.count, "from": told.sentence}
    return made


def draft(sheet_id: int, revision: int | None) -> DiagnosisSheet:
    record = DiagnosisSheet.objects.select_for_update(of=("self",)).filter(pk=sheet_id).first()
    if record is None:
        raise Http404(f"sheet {sheet_id}")
    demand("diagnosis.fill", record)
    if record.state != State.DRAFT:
        raise IllegalMove("这份诊断分级表已经完成，不能再改。需要更正时请重新开始一份。")
    if revision not in (None, record.revision):
        raise Refused("这份诊断分级表刚刚被他人保存过，请核对后再保存，您填写的内容仍在下面。")
    return record


def fill_sheet(sheet_id: int, told: Mapping[str, Answer], *, revision: int | None = None) -> DiagnosisSheet:
    """保存: answers by code, those not named left alone. Raises BadInput for a code or number the sheet does not know."""
    record = draft(sheet_id, revision)
    before = record.answers
    record.answers = answered(before, told)
    score(record)
    record.edition = present_sheet().edition
    record.revision += 1
    record.save(update_fields=["answers", "result", "total", "grade", "edition", "revision"])
    changed = {
        code: [before.get(code, {}).get("count"), one["count"]]
        for code, one in record.answers.items()
        if before.get(code, {}).get("count") != one["count"]
    }
    audit("diagnosis.fill", record.enterprise, {"sheet": record.pk, "counts": changed})
    return record


def answered(answers: Mapping[str, dict[str, Any]], told: Mapping[str, Answer]) -> dict[str, dict[str, Any]]:
    made = {code: dict(one) for code, one in answers.items()}
    for code, answer in told.items():
        if code not in present_sheet().rows:
            raise BadInput(f"诊断分级表没有“{code}”这一项。")
        if answer.count is not None and not 0 <= answer.count <= MOST:
            raise BadInput(f"“{code}”的数量须在0到{MOST}之间。", field=f"n_{code}")
        made[code] = made.get(code, {}) | {"count": answer.count, "note": answer.note.strip()[:300]}
    return made


def read_ledger_again(sheet_id: int, *, revision: int | None = None) -> DiagnosisSheet:
    """重新读取台账: what the ledger says has changed since the sheet was begun."""
    record = draft(sheet_id, revision)
    enterprise = Enterprise.objects.select_related("district").get(pk=record.enterprise_id)
    record.answers = with_ledger(record.answers, enterprise)
    score(record)
    record.revision += 1
    record.save(update_fields=["answers", "result", "total", "grade", "revision"])
    audit("diagnosis.fill", enterprise, {"sheet": record.pk, "ledger": "read again"})
    return record


def diagnosed(answers: Mapping[str, dict[str, Any]]) -> Diagnosis:
    counts = {code: one["count"] for code, one in answers.items() if one.get("count")}
    try:
        return diagnose(counts, present_sheet())
    except WrongAnswer as fault:
        raise BadInput(str(fault)) from fault


def outcome_of(record: DiagnosisSheet, told: Mapping[str, Answer]) -> dict[str, Any]:
    """What the sheet would come to with these answers; nothing is written."""
    return as_json(diagnosed(answered(record.answers, told)))


def score(record: DiagnosisSheet) -> None:
    diagnosis = diagnosed(record.answers)
    record.result = as_json(diagnosis)
    record.total, record.grade = Decimal(exact(diagnosis.total)), diagnosis.grade


def faults_of(record: DiagnosisSheet) -> list[tuple[str, str]]:
    """(field, sentence) for everything that keeps a sheet from being finished."""
    faults = []
    for question in questions_of(record.answers):
        code = question.row.code
        if question.count is None:
            faults.append((f"n_{code}", "还没有填写：没有这种情况请填0或选“否”。"))
        elif question.otherwise and not question.note:
            faults.append(
                (
                    f"note_{code}",
                    f"填写的{question.count}与台账的{question.ledger}不同，请写明依据，或先更正台账。",
                )
            )
    return faults


@in_one_piece
def finish_sheet(sheet_id: int, *, revision: int | None = None) -> GradeProposal | None:
    """完成: the score is final and proposes a grade; who decides it is another matter.

    Raises BadInput for what is unanswered, Refused where the ledger says something else by now than the sheet took from it.
    """
    record = draft(sheet_id, revision)
    enterprise = Enterprise.objects.select_related("district").get(pk=record.enterprise_id)
    moved = [
        code
        for code, told in told_by_ledger(enterprise).items()
        if told.count != record.answers.get(code, {}).get("ledger")
    ]
    if moved:
        raise Refused(f"开始填表以后台账有变化，涉及{'、'.join(moved)}。请点“保存并重新读取台账”，核对这些项后再完成。")
    if faults := faults_of(record):
        codes = "、".join(field.partition("_")[2] for field, _ in faults[:TOLD])
        raise BadInput(
            f"还有{len(faults)}项没有填好：{codes}{'等' if len(faults) > TOLD else ''}。", field=faults[0][0]
        )
    score(record)
    record.state, record.finished_on = State.FINAL, timezone.localdate()
    record.result = record.result | {"finished_by": who().person_name}
    record.edition = present_sheet().edition
    record.revision += 1
    record.save(update_fields=["state", "finished_on", "result", "total", "grade", "edition", "revision"])
    audit("diagnosis.finish", enterprise, {"sheet": record.pk, "total": str(record.total), "grade": record.grade})
    colour = record.result["colour"]
    factors = [f"诊断分级表得{record.result['total']}分，{colour}（{record.grade}级）。", *record.result["reasons"]]
    return propose_grade(
        enterprise, GradeProposal.Cause.SHEET, f"sheet:{record.pk}", record.grade, factors, sheet=record
    )
