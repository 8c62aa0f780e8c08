"""专家评估: opening one with its team, who joins and leaves, its term, and what the team answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

from django.db.models import F
from django.http import Http404
from django.utils import timezone

from enterprises.actions import diagnosis
from enterprises.models import Enterprise
from hazards.models import AccidentType, Level
from hazards.rules_sample import pool_text
from inspections import frozen_sheets
from inspections.models_assessments import (
    Assessment,
    AssessmentAnswer,
    AssessmentMember,
    AssessmentPhoto,
    Expert,
    Speciality,
)
from inspections.queries.experts import Candidate, candidates
from inspections.rules_experts import team_by_lot
from portal.audit.record import note as audit
from portal.documents.models import next_number
from portal.files import images, quarantine
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.sm3 import sm3
from portal.tenancy.actions import assign_expert, end_assignment
from portal.tenancy.models import Organisation, Posting
from portal.tenancy.scope import in_one_piece, who

State = Assessment.State
LONGEST_DAYS = 366
SMALLEST_TEAM = 2
EXTRA = "X-"
NUMBERED = "assessment"


@dataclass(frozen=True)
class Appointed:
    """指定: these experts (the first one leads), for this reason."""

    experts: list[int]
    reason: str


@dataclass(frozen=True)
class Lot:
    """随机抽取: so many of each speciality by this seed; who is drawn first leads."""

    seed: str
    wanted: Mapping[str, int] = field(default_factory=dict)


@in_one_piece
def open_assessment(
    enterprise_id: int, *, purpose: str, starts: date, ends: date, by: Appointed | Lot, group: str = ""
) -> Assessment:
    """发起评估: number it, freeze today's sheets, choose the team and post each of them for the term.

    Who has a tie to the plant that stands in the way (inspections/rules_experts.py) can neither be drawn nor appointed.
    Raises BadInput, Refused.
    """
    demand("assessments.open")
    enterprise = Enterprise.objects.select_related("district").filter(pk=enterprise_id).first()
    if enterprise is None:
        raise Http404(f"enterprise {enterprise_id}")
    if not purpose.strip():
        raise BadInput("请写明评估目的。", field="purpose")
    check_term(starts, ends)
    if starts < timezone.localdate():
        raise BadInput("评估不能从过去的日期开始。", field="starts")
    pool = candidates(enterprise, group, starts)
    team, drawn = (drawn_team if isinstance(by, Lot) else appointed_team)(by, pool)  # type: ignore[arg-type]
    organisation = Organisation.objects.get(pk=who().organisation_id)
    year = timezone.localdate().year
    assessment = Assessment(
        enterprise=enterprise,
        number=f"（{organisation.short_name}）安评〔{year}〕{next_number(organisation.pk, NUMBERED, year)}号",
        organisation=organisation,
        purpose=purpose.strip(),
        group=group.strip(),
        starts=starts,
        ends=ends,
        chosen=Assessment.Chosen.DRAWN if isinstance(by, Lot) else Assessment.Chosen.APPOINTED,
        reason="" if isinstance(by, Lot) else by.reason.strip(),
        draw=drawn,
        sheets=list(frozen_sheets.present_sheets()),
        opened_by_name=who().person_name,
    )
    assessment.save()
    for number, (expert, speciality) in enumerate(team):
        join(assessment, expert, speciality, leads=number == 0)
    told = {"term": [starts.isoformat(), ends.isoformat()], "team": [expert.pk for expert, _ in team]}
    audit("assessments.open", assessment, told | {"chosen": assessment.chosen, "digest": drawn.get("digest", "")})
    return assessment


def check_term(starts: date, ends: date) -> None:
    if ends < starts:
        raise BadInput("截止日期不能早于开始日期。", field="ends")
    if (ends - starts).days >= LONGEST_DAYS:
        raise BadInput("一次评估最长一年。", field="ends")


Team = list[tuple[Expert, str]]


def appointed_team(by: Appointed, pool: list[Candidate]) -> tuple[Team, dict]:
    if not by.reason.strip():
        raise BadInput("指定专家须写明理由；没有特别理由的请随机抽取。", field="reason")
    known = {one.expert.pk: one for one in pool}
    if len(set(by.experts)) < SMALLEST_TEAM:
        raise BadInput(f"评估组至少{SMALLEST_TEAM}人。", field="experts")
    if not set(by.experts) <= set(known):
        raise BadInput("所选专家不在库，请重新选择。", field="experts")
    chosen = [known[number] for number in dict.fromkeys(by.experts)]
    for one in chosen:
        if one.conflict:
            raise Refused(f"{one.expert.person.name}{one.conflict}", field="experts")
    return [(one.expert, one.expert.skills[0]) for one in chosen], {}


def drawn_team(by: Lot, pool: list[Candidate]) -> tuple[Team, dict]:
    """The team, and all that is needed to draw it again: pool, seed, how many, and who was left out why."""
    seed = by.seed.strip()
    wanted = {skill: n for skill, n in by.wanted.items() if n}
    if len(seed) < 6:
        raise BadInput("种子至少6个字，并且应当可以公开查证，如某日开奖的彩票号码。", field="seed")
    if not set(wanted) <= set(Speciality.values) or sum(wanted.values()) < SMALLEST_TEAM:
        raise BadInput(f"请填写各专业抽取的人数，合计至少{SMALLEST_TEAM}人。", field="wanted")
    eligible = {one.expert.pk: one.expert for one in pool if not one.conflict}
    pools = {skill: [pk for pk, expert in eligible.items() if skill in expert.skills] for skill in sorted(wanted)}
    try:
        chosen = team_by_lot(seed, pools, wanted)
    except ValueError as few:
        lacking = Speciality(str(few)).label
        raise BadInput(
            f"“{lacking}”专业没有足够的可抽专家（已扣除须回避的）。请减少人数或先充实专家库。", field="wanted"
        ) from few
    drawn = {
        "seed": seed,
        "wanted": wanted,
        "pool": pools,
        "digest": sm3(pool_text(pools).encode()),
        "drawn": list(chosen),
        "left_out": [[one.expert.pk, one.expert.person.name, one.conflict] for one in pool if one.conflict],
    }
    return [(eligible[number], skill) for number, skill in chosen.items()], drawn


def join(assessment: Assessment, expert: Expert, speciality: str, *, leads: bool = False) -> AssessmentMember:
    starts = max(assessment.starts, timezone.localdate())
    posting = assign_expert(expert.person, assessment.enterprise_id, starts=starts, ends=assessment.ends)
    member = AssessmentMember(
        enterprise=assessment.enterprise,
        assessment=assessment,
        person=expert.person,
        speciality=speciality,
        leads=leads,
        posting_id=posting.pk,
    )
    member.save()
    return member


def held(assessment_id: int, action: str = "assessments.open") -> Assessment:
    """The assessment under a row lock, where the acting person may and sees it. Raises Http404."""
    demand(action)
    found = Assessment.objects.seen().select_for_update(of=("self",)).select_related("enterprise", "organisation")
    assessment = found.filter(pk=assessment_id).first()
    if assessment is None:
        raise Http404(f"assessment {assessment_id}")
    return assessment


def under_way(assessment_id: int, action: str = "assessments.open") -> Assessment:
    assessment = held(assessment_id, action)
    if assessment.state != State.UNDER_WAY:
        raise IllegalMove(f"这次评估{assessment.get_state_display()}，只能查看。")
    return assessment


@in_one_piece
def add_member(assessment_id: int, expert_id: int) -> AssessmentMember:
    """增加成员. Everybody signs again, because the report is everybody's."""
    assessment = under_way(assessment_id)
    one = next(
        (c for c in candidates(assessment.enterprise, assessment.group, assessment.starts) if c.expert.pk == expert_id),
        None,
    )
    if one is None:
        raise BadInput("所选专家不在库，请重新选择。", field="expert")
    if one.conflict:
        raise Refused(f"{one.expert.person.name}{one.conflict}", field="expert")
    current = assessment.members.filter(removed_on=None)
    if current.filter(person=one.expert.person).exists():
        raise Refused(f"{one.expert.person.name}已经是成员。", field="expert")
    if assessment.ends < timezone.localdate():
        raise Refused("评估期限已过，请先延长期限。")
    take_signatures_back(assessment)
    member = join(assessment, one.expert, one.expert.skills[0], leads=not current.exists())
    audit("assessments.join", assessment, {"expert": expert_id})
    return member


@in_one_piece
def remove_member(assessment_id: int, member_id: int, reason: str) -> None:
    """退出评估组: access ends with the next request; where the leader leaves, the next member leads."""
    assessment = under_way(assessment_id)
    member = assessment.members.filter(pk=member_id, removed_on=None).select_related("person").first()
    if member is None:
        raise Http404(f"member {member_id}")
    if not reason.strip():
        raise BadInput("请写明退出理由。", field="reason")
    end_assignment(member.posting_id)
    member.removed_on, member.removed_because = timezone.localdate(), reason.strip()[:200]
    member.save(update_fields=["removed_on", "removed_because"])
    if member.leads and (following := assessment.members.filter(removed_on=None).order_by("id").first()):
        AssessmentMember.objects.filter(pk=member.pk).update(leads=False)
        AssessmentMember.objects.filter(pk=following.pk).update(leads=True)
    take_signatures_back(assessment)
    audit("assessments.leave", assessment, {"person": member.person_id, "reason": member.removed_because})


@in_one_piece
def change_term(assessment_id: int, ends: date, reason: str) -> Assessment:
    """调整期限: the members' access ends with the new day."""
    assessment = under_way(assessment_id)
    if not reason.strip():
        raise BadInput("请写明调整期限的理由。", field="reason")
    check_term(assessment.starts, ends)
    if ends < timezone.localdate():
        raise BadInput("新的截止日期不能早于今天；要停止评估请办理终止。", field="ends")
    before, assessment.ends = assessment.ends, ends
    assessment.revision += 1
    assessment.save(update_fields=["ends", "revision"])
    post_again(assessment)
    audit(
        "assessments.term", assessment, {"from": before.isoformat(), "to": ends.isoformat(), "reason": reason.strip()}
    )
    return assessment


def post_again(assessment: Assessment) -> None:
    """Each member's posting ends with the term as it is now."""
    for member in assessment.members.filter(removed_on=None).select_related("person"):
        end_assignment(member.posting_id)
        starts = max(assessment.starts, timezone.localdate())
        member.posting_id = assign_expert(
            member.person, assessment.enterprise_id, starts=starts, ends=assessment.ends
        ).pk
        member.save(update_fields=["posting_id"])


@in_one_piece
def abandon(assessment_id: int, reason: str) -> Assessment:
    """终止: it stays on the record with its draw and its reason, counts for nothing, and nobody of the team sees the plant any more."""
    assessment = under_way(assessment_id)
    if assessment.reports.exists():
        raise IllegalMove("已经出过报告的评估不能终止；请让评估组完成更正报告。")
    if not reason.strip():
        raise BadInput("终止须写明理由。", field="reason")
    assessment.state, assessment.ended_because = State.ABANDONED, reason.strip()[:300]
    assessment.revision += 1
    assessment.save(update_fields=["state", "ended_because", "revision"])
    for member in assessment.members.filter(removed_on=None):
        end_assignment(member.posting_id)
    audit("assessments.abandon", assessment, {"reason": assessment.ended_because})
    return assessment


def set_schedule(assessment_id: int, lines: Iterable[tuple[date, str]]) -> Assessment:
    """日程: what is looked at on which day, within the term."""
    assessment = under_way(assessment_id)
    made = sorted((day, words.strip()) for day, words in lines)
    for day, words in made:
        if not assessment.starts <= day <= assessment.ends:
            raise BadInput(f"{day:%Y-%m-%d}不在评估期限内。", field="schedule")
        if not words:
            raise BadInput(f"{day:%Y-%m-%d}要做什么，请写明。", field="schedule")
    assessment.schedule = [[day.isoformat(), words[:200]] for day, words in made]
    assessment.revision += 1
    assessment.save(update_fields=["schedule", "revision"])
    audit("assessments.schedule", assessment, {"days": len(made)})
    return assessment


# --- what the team does ---------------------------------------------------------------------------------------------


def own_work(assessment_id: int) -> tuple[Assessment, AssessmentMember]:
    """The assessment under way in whose team the acting expert is, within its term."""
    assessment = under_way(assessment_id, "assessments.fill")
    member = assessment.members.filter(person_id=who().person_id, removed_on=None).first()
    if member is None:
        raise NotAllowed("只有评估组成员可以填写。")
    return assessment, member


def take_signatures_back(assessment: Assessment) -> None:
    """What was signed is no longer what stands there."""
    signed = AssessmentMember.objects.filter(assessment=assessment, signed_at__isnull=False)
    signed.update(signed_at=None, signed_name="")


def item_of(assessment: Assessment, code: str) -> tuple[str, dict]:
    for sheet in assessment.sheets:
        for item in sheet["items"]:
            if item["code"] == code:
                return sheet["key"], item
    raise Http404(f"item {code}")


def answer(assessment_id: int, code: str, verdict: str, **told: str) -> AssessmentAnswer:
    """填写一项: ok, problem or na; `told` may give words, place, level, accident_type and basis of a problem.

    What is not given takes the sheet's suggestion. A problem already decided on by the authorities cannot be changed.
    """
    assessment, _ = own_work(assessment_id)
    before = assessment.answers.filter(code=code).first()
    if before is None or not code.startswith(EXTRA):
        sheet, item = item_of(assessment, code)
    else:
        sheet, item = before.sheet, {"basis": "", "level": "", "accident_type": AccidentType.OTHER, "covers": []}
    if verdict not in AssessmentAnswer.Verdict.values:
        raise BadInput("请选择符合、存在问题或不涉及。", field="verdict")
    if before and (before.hazard_id or before.declined):
        raise IllegalMove("这个问题已由监管部门处理，不能再改。")
    made = before or AssessmentAnswer(assessment=assessment, sheet=sheet, code=code, covers=item["covers"])
    made.enterprise = assessment.enterprise
    made.verdict, made.by_name = verdict, who().person_name
    write(made, told)
    if verdict == AssessmentAnswer.Verdict.PROBLEM:
        made.level = made.level or item["level"]
        made.basis = made.basis or item["basis"]
        if made.accident_type == AccidentType.OTHER:
            made.accident_type = item["accident_type"]
    take_signatures_back(assessment)
    made.save()
    audit("assessments.answer", assessment, {"code": code, "verdict": verdict})
    return made


def write(made: AssessmentAnswer, told: Mapping[str, str]) -> None:
    for name, value in told.items():
        setattr(made, name, value.strip())
    if made.level not in ("", *Level.values):
        raise BadInput("请选择级别。", field="level")
    if made.accident_type not in AccidentType.values:
        raise BadInput("请选择可能事故类型。", field="accident_type")
    if len(made.place) > 120:
        raise BadInput("部位最多120字。", field="place")


def add_finding(assessment_id: int, told: Mapping[str, str]) -> AssessmentAnswer:
    """表外问题: a problem that stands on no sheet."""
    assessment, _ = own_work(assessment_id)
    made = AssessmentAnswer(
        enterprise=assessment.enterprise,
        assessment=assessment,
        sheet=frozen_sheets.OTHER,
        code=f"{EXTRA}{uuid4()}",
        verdict=AssessmentAnswer.Verdict.PROBLEM,
        by_name=who().person_name,
    )
    write(made, told)
    if not made.words:
        raise BadInput("请写明问题。", field="words")
    if not made.level:
        raise BadInput("请选择级别。", field="level")
    take_signatures_back(assessment)
    made.save()
    audit("assessments.answer", assessment, {"code": made.code, "verdict": made.verdict})
    return made


def add_photo(assessment_id: int, code: str, upload) -> AssessmentPhoto:
    """拍照: a picture of one problem, as received; the same picture sent twice is one."""
    assessment, _ = own_work(assessment_id)
    if not assessment.answers.filter(code=code, verdict=AssessmentAnswer.Verdict.PROBLEM).exists():
        raise BadInput("请先把这一项标为“存在问题”，再上传照片。")
    content = images.read_upload(upload)
    picture = images.inspect(content)
    kept = quarantine.take_in(content)
    photo, made = AssessmentPhoto.objects.get_or_create(
        assessment=assessment,
        code=code,
        digest=kept.digest,
        defaults={
            "enterprise": assessment.enterprise,
            "filename": images.file_name(upload.name or "", picture.content_type),
            "content_type": picture.content_type,
            "taken_at": picture.taken_at,
            "by_name": who().person_name,
        },
    )
    if made:
        take_signatures_back(assessment)
        audit("assessments.photo", photo, {"digest": kept.digest, "code": code}, label=photo.filename)
    return photo


@in_one_piece
def link_diagnosis(assessment_id: int) -> int:
    """诊断分级表: the enterprise's one draft, begun where there is none; the assessment names it. Returns its number."""
    assessment, _ = own_work(assessment_id)
    if assessment.diagnosis_id is None:
        assessment.diagnosis = diagnosis.start_sheet(assessment.enterprise_id)
        Assessment.objects.filter(pk=assessment.pk).update(
            diagnosis_id=assessment.diagnosis.pk, revision=F("revision") + 1
        )
        take_signatures_back(assessment)
        audit("assessments.diagnosis", assessment, {"sheet": assessment.diagnosis.pk})
    return assessment.diagnosis_id


def moved_along(person_ids: Iterable[int], enterprise_id: int) -> dict[int, int]:
    """person → their newest expert posting at an enterprise: after a merger the postings are new ones."""
    rows = Posting.objects.filter(person_id__in=person_ids, enterprise_id=enterprise_id, role="expert").order_by("id")
    return dict(rows.values_list("person_id", "pk"))
