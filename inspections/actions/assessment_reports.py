"""评估报告: signing, the numbered report as PDF, its correction, and what was possibly missed."""

import json
from typing import Any

from django.db.models import Q
from django.utils import timezone

from enterprises.models import DiagnosisSheet
from hazards.models import Hazard
from hazards.rules import VOID
from inspections.actions.assessments import EXTRA, State, change_term, held, own_work
from inspections.frozen_sheets import OTHER
from inspections.models_assessments import (
    Assessment,
    AssessmentAnswer,
    AssessmentMember,
    AssessmentPhoto,
    AssessmentReport,
    MissedLead,
    Speciality,
)
from inspections.rules_experts import missed_until
from portal.audit.record import note as audit
from portal.documents import pdf
from portal.files import images, quarantine, store
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.sm3 import sm3
from portal.tenancy.scope import in_one_piece, who

TOLD = 10


def lacking(assessment: Assessment) -> list[str]:
    """What keeps the report from being signed, as sentences."""
    answers = {answer.code: answer for answer in assessment.answers.all()}
    told = []
    for sheet in assessment.sheets:
        open_items = [item["code"] for item in sheet["items"] if item["code"] not in answers]
        if open_items:
            named = "、".join(open_items[:TOLD]) + ("等" if len(open_items) > TOLD else "")
            told.append(f"“{sheet['title']}”还有{len(open_items)}项没有填写：{named}。")
    for answer in answers.values():
        if answer.verdict == AssessmentAnswer.Verdict.PROBLEM and not answer.words:
            told.append(f"{answer.code}：请写明存在的问题。")
    if assessment.diagnosis_id is None:
        told.append("还没有填写安全风险评估诊断分级表。")
    elif assessment.diagnosis.state != DiagnosisSheet.State.FINAL:
        told.append("安全风险评估诊断分级表还没有完成。")
    return told


def sign(assessment_id: int, name: str) -> AssessmentMember:
    """签名: one's own name, typed; it stands for what is written now and falls when that is changed."""
    assessment, member = own_work(assessment_id)
    if faults := lacking(assessment):
        raise BadInput("还不能签名：" + "".join(faults))
    if name.strip() != who().person_name:
        raise BadInput(f"请输入您本人的姓名“{who().person_name}”作为签名。", field="name")
    member.signed_name, member.signed_at = name.strip(), timezone.now()
    member.save(update_fields=["signed_name", "signed_at"])
    audit("assessments.sign", assessment, {"person": member.person_id})
    return member


@in_one_piece
def finish(assessment_id: int) -> AssessmentReport:
    """出具报告: by the leader, once every sheet is complete and every member has signed. From here on nothing is changed.

    Raises BadInput for what is lacking, Refused for a signature that is.
    """
    assessment, member = own_work(assessment_id)
    if not member.leads:
        raise NotAllowed("报告由评估组组长出具。")
    if faults := lacking(assessment):
        raise BadInput("还不能出具报告：" + "".join(faults))
    team = list(assessment.members.filter(removed_on=None).select_related("person"))
    if unsigned := [one.person.name for one in team if one.signed_at is None]:
        raise Refused(f"还有成员没有签名：{'、'.join(unsigned)}。")
    last = assessment.reports.first()
    today = timezone.localdate()
    content = content_of(assessment, team, last)
    digest = sm3(json.dumps(content, ensure_ascii=False, sort_keys=True).encode())
    printed = pdf.render("assessment_report", content | {"digest": digest}, pictures(assessment, content))
    report = AssessmentReport(
        enterprise=assessment.enterprise,
        assessment=assessment,
        number=content["number"],
        made_on=today,
        content=content,
        digest=digest,
        pdf=store.keep([printed]).digest,
        corrects=last,
    )
    report.save()
    assessment.state = State.FINISHED
    # What a later report corrects was found when the first one was made.
    assessment.reported_on = assessment.reported_on or today
    assessment.revision += 1
    assessment.save(update_fields=["state", "reported_on", "revision"])
    audit("assessments.report", report, {"digest": digest, "pdf": report.pdf, "corrects": last.number if last else ""})
    return report


def content_of(assessment: Assessment, team: list[AssessmentMember], last: AssessmentReport | None) -> dict[str, Any]:
    """All the report says: kept with it, printed from it, and what its digest is of."""
    answers = list(assessment.answers.order_by("sheet", "code"))
    by_code = {answer.code: answer for answer in answers}
    count = lambda codes, verdict: sum(by_code[code].verdict == verdict for code in codes)  # noqa: E731
    sheets = []
    for sheet in assessment.sheets:
        codes = [item["code"] for item in sheet["items"]]
        sheets.append(
            {
                "title": sheet["title"],
                "edition": sheet["edition"],
                "items": len(codes),
                **{verdict: count(codes, verdict) for verdict in AssessmentAnswer.Verdict.values},
            }
        )
    titles = {sheet["key"]: sheet["title"] for sheet in assessment.sheets} | {OTHER: "表外问题"}
    order = [item["code"] for sheet in assessment.sheets for item in sheet["items"]]
    problems = [answer for answer in answers if answer.verdict == AssessmentAnswer.Verdict.PROBLEM]
    problems.sort(key=lambda one: (order.index(one.code) if one.code in order else len(order), one.pk))
    digests: dict[str, list[str]] = {}
    for photo in assessment.photos.all():
        digests.setdefault(photo.code, []).append(photo.digest)
    sheet = assessment.diagnosis
    content = {
        "organisation": assessment.organisation.name,
        "number": f"{assessment.number}报告" + (f"（更正{assessment.reports.count()}）" if last else ""),
        "issued_on": timezone.localdate().isoformat(),
        "enterprise": assessment.enterprise.name,
        "address": assessment.enterprise.address or "未登记",
        "purpose": assessment.purpose,
        "starts": assessment.starts.isoformat(),
        "ends": assessment.ends.isoformat(),
        "chosen": f"{assessment.get_chosen_display()}{'：' + assessment.reason if assessment.reason else ''}",
        "team": [
            {
                "name": one.person.name,
                "speciality": Speciality(one.speciality).label if one.speciality else "—",
                "leads": one.leads,
                "signed": timezone.localtime(one.signed_at).isoformat(timespec="minutes"),
            }
            for one in team
        ],
        "sheets": sheets,
        "diagnosis": f"得{sheet.result['total']}分，建议{sheet.result['colour']}（{sheet.grade}级），{sheet.finished_on}完成。",
        "answers": [[one.code, one.verdict, one.words] for one in answers],
        "problems": [
            {
                "sheet": titles[one.sheet],
                "code": "" if one.code.startswith(EXTRA) else one.code,
                "description": one.words,
                "place": one.place,
                "level": one.get_level_display(),
                "basis": one.basis,
                "photos": digests.get(one.code, []),
            }
            for one in problems
        ],
    }
    return content | ({"replaces": last.number} if last else {})


def pictures(assessment: Assessment, content: dict[str, Any]) -> list[tuple[bytes, str]]:
    annex = []
    kinds = dict(AssessmentPhoto.objects.filter(assessment=assessment).values_list("digest", "content_type"))
    held = quarantine.held(kinds)
    for number, problem in enumerate(content["problems"], 1):
        for digest in problem["photos"]:
            if kinds[digest] != images.PDF and digest not in held:
                annex.append((images.display_copy(digest, 1280), f"问题{number}　{problem['code'] or '表外问题'}"))
    return annex


@in_one_piece
def reopen(assessment_id: int, ends: Any, reason: str) -> Assessment:
    """更正: the office gives a finished assessment back to its team until a day; the correction is a new report that names the old.

    What was taken into a notice or declined stays decided.
    """
    assessment = held(assessment_id)
    if assessment.state != State.FINISHED:
        raise IllegalMove("只有已出报告的评估可以更正。")
    if not reason.strip():
        raise BadInput("请写明更正的理由。", field="reason")
    assessment.state = State.UNDER_WAY
    assessment.revision += 1
    assessment.save(update_fields=["state", "revision"])
    AssessmentMember.objects.filter(assessment=assessment).update(signed_at=None, signed_name="")
    audit("assessments.reopen", assessment, {"reason": reason.strip()})
    return change_term(assessment_id, ends, reason)


def note_missed() -> int:
    """可能漏评: note hazards found within the year after a report on what its sheets covered and answered 符合. City scope only.

    A hazard that is void says nothing; what the assessment itself raised was not missed. Returns how many are new.
    """
    demand("assessments.remind")
    since = missed_until(timezone.localdate()).replace(year=timezone.localdate().year - 1)
    recent = Assessment.objects.filter(state=State.FINISHED, reported_on__gte=since).defer("sheets", "draw")
    assessments = {one.pk: one for one in recent}
    covered: dict[int, dict[str, str]] = {}
    fine = AssessmentAnswer.objects.filter(assessment__in=assessments, verdict=AssessmentAnswer.Verdict.OK)
    for assessment, code, covers in fine.values_list("assessment_id", "code", "covers"):
        covered.setdefault(assessment, {}).update(dict.fromkeys(covers, code))
    found = Hazard.objects.exclude(Q(item_code="") | Q(source_kind="assessment") | Q(status=VOID)).filter(
        enterprise__in={one.enterprise_id for one in recent}
    )
    members: dict[int, list[int]] = {}
    for assessment, person in AssessmentMember.objects.filter(assessment__in=assessments, removed_on=None).values_list(
        "assessment_id", "person_id"
    ):
        members.setdefault(assessment, []).append(person)
    leads = []
    for hazard in found.only("pk", "enterprise_id", "item_code", "found_on"):
        for one in recent:
            code = covered.get(one.pk, {}).get(hazard.item_code)
            same = one.enterprise_id == hazard.enterprise_id
            if code and same and one.reported_on < hazard.found_on <= missed_until(one.reported_on):
                sentence = f"{one.number}评估中“{code}”答为符合，之后查出检查表“{hazard.item_code}”的隐患。"
                leads += [
                    MissedLead(
                        person_id=person,
                        assessment=one,
                        hazard=hazard,
                        code=code,
                        sentence=sentence,
                        found_on=hazard.found_on,
                    )
                    for person in members.get(one.pk, [])
                ]
    before = MissedLead.objects.count()
    MissedLead.objects.bulk_create(leads, ignore_conflicts=True)
    return MissedLead.objects.count() - before
