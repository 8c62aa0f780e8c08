"""风险等级: proposed by a sheet or an event, decided by a named person with a ground and a reason, from today on."""

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from enterprises.actions.history import remember
from enterprises.actions.ledger import SETTLED, held, settle, used, with_lists
from enterprises.models import DiagnosisSheet, Enterprise, Grade, GradeDecision, GradeProposal
from enterprises.rules.grade_events import ACCIDENT, SUSPENSION, grade_for
from portal.audit.record import note as audit
from portal.messages.actions import tell
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.models import Role
from portal.tenancy.queries import posted
from portal.tenancy.scope import in_one_piece, who

Cause, State = GradeProposal.Cause, GradeProposal.State
FACTORS = 60


def propose_grade(
    enterprise: Enterprise,
    cause: str,
    key: str,
    grade: str,
    factors: Sequence[str],
    *,
    sheet: DiagnosisSheet | None = None,
) -> GradeProposal | None:
    """提出分级建议, once a `key`; None where it was proposed before or there is nothing to propose.

    `grade` blank means that the event speaks for no other grade than there is.
    """
    demand("grades.propose", enterprise)
    if not grade:
        return None
    made = GradeProposal(
        enterprise=enterprise,
        cause=cause,
        key=key,
        grade=grade,
        previous=enterprise.grade,
        factors=list(factors)[:FACTORS],
        sheet=sheet,
    )
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        return None
    audit("grades.propose", enterprise, {"cause": cause, "grade": grade, "factors": made.factors[:5]})
    tell(
        deciders(enterprise),
        f"grade:{enterprise.pk}:{key}",
        f"分级建议：{enterprise.name}建议为{Grade(grade).label}",
        f"{made.get_cause_display()}。{made.factors[0] if made.factors else ''}",
        reverse("enterprise_grading", args=[enterprise.pk]),
    )
    return made


def deciders(enterprise: Enterprise) -> set[int]:
    """Who may decide: the district's leadership, or the office where the district has none (portal/permissions.py)."""
    return posted(role=Role.INSPECTOR, district_id=enterprise.district_id, leads=True) or posted(role=Role.OFFICE)


def propose_by_event(enterprise: Enterprise, cause: str, key: str, factors: Sequence[str], *, grave: bool = False):
    return propose_grade(enterprise, cause, key, grade_for(cause, enterprise.grade, grave=grave), factors)


def report_event(enterprise_id: int, cause: str, *, on, grave: bool, text: str) -> GradeProposal:
    """由人提出: an accident or another event the portal has no record of, with its day and what happened."""
    enterprise = Enterprise.objects.filter(pk=enterprise_id).first()
    if enterprise is None:
        raise Http404(f"enterprise {enterprise_id}")
    if not text.strip():
        raise BadInput("请写明情况和依据。", field="text")
    if on > timezone.localdate():
        raise BadInput("发生日期不能晚于今天。", field="on")
    if not enterprise.grade and not (cause == SUSPENSION or (cause == ACCIDENT and grave)):
        raise BadInput("这家企业尚未评定风险等级，请先完成诊断分级。", field="cause")
    # Somebody may die days after an accident was reported: that it has become a grave one is another event.
    key = f"{cause}:{on}:grave" if cause == ACCIDENT and grave else f"{cause}:{on}"
    made = propose_by_event(
        enterprise, cause, key, [f"{on:%Y-%m-%d} {Cause(cause).label}：{text.strip()}"[:500]], grave=grave
    )
    if made is None:
        raise Refused("同一天的同一事由已经提出过，或者企业已是最高风险等级，不用再提。")
    return made


def propose_for_suspended() -> int:
    """停产停业整顿 speaks for red: once a suspension. Run by the clock; returns how many were proposed."""
    suspended = Enterprise.objects.filter(suspended_since__isnull=False).exclude(grade=Grade.D)
    return sum(
        propose_by_event(
            one, Cause.SUSPENSION, f"suspension:{one.suspended_since}", [f"自{one.suspended_since}起停产停业整顿。"]
        )
        is not None
        for one in suspended.order_by("pk")
    )


def open_proposals(enterprise: Enterprise) -> list[GradeProposal]:
    return list(GradeProposal.objects.filter(enterprise=enterprise, state=State.OPEN).order_by("-id"))


def locked(enterprise_id: int, revision: int | None) -> Enterprise:
    enterprise = with_lists(Enterprise.objects.select_for_update(of=("self",)).filter(pk=enterprise_id)).first()
    if enterprise is None:
        raise Http404(f"enterprise {enterprise_id}")
    demand("enterprises.grade", enterprise)
    if revision is not None and revision != enterprise.revision:
        raise Refused("这家企业的资料刚刚被他人修改，请核对后再提交，您填写的内容仍在下面。")
    return enterprise


def waiting_as_seen(enterprise: Enterprise, seen: int | None) -> list[GradeProposal]:
    """The open proposals. Raises Refused where one has come after the newest that was looked at (`seen`; 0: none was)."""
    waiting = open_proposals(enterprise)
    if seen is not None and waiting and waiting[0].pk > seen:
        raise Refused("刚刚又有新的分级建议，请先看过再决定，您填写的内容仍在下面。")
    return waiting


@in_one_piece
def decide_grade(
    enterprise_id: int, grade: str, *, source: str, reason: str, revision: int | None = None, seen: int | None = None
) -> Enterprise:
    """Set the grade; visit frequency and whether the enterprise is key follow at once, and every open proposal is answered.

    Confirming the grade there is needs a proposal that speaks for it (a new diagnosis). `seen`: see `waiting_as_seen`.
    Raises BadInput, Refused.
    """
    enterprise = locked(enterprise_id, revision)
    if not source.strip() or not reason.strip():
        raise BadInput("请写明分级的依据和理由。", field="source" if not source.strip() else "reason")
    waiting = waiting_as_seen(enterprise, seen)
    # A sheet says more than an event: where both speak for the grade, the decision names the sheet.
    speaking = next((one for one in sorted(waiting, key=lambda one: not one.sheet_id) if one.grade == grade), None)
    if grade == enterprise.grade and speaking is None:
        raise BadInput("新等级与现等级相同。", field="grade")
    previous, enterprise.grade = enterprise.grade, grade
    settle(enterprise, held(enterprise), used(enterprise))
    enterprise.revision += 1
    enterprise.save(update_fields=["grade", *SETTLED, "revision", "updated_at"])
    GradeDecision(
        enterprise=enterprise,
        grade=grade,
        previous=previous,
        decided_on=timezone.localdate(),
        source=source.strip(),
        reason=reason.strip(),
        by_name=who().person_name,
        proposal=speaking,
    ).save()
    answer(waiting, grade, reason)
    remember([enterprise.pk], f"分级决定：{source.strip()}")
    audit("enterprises.grade", enterprise, {"from": previous, "to": grade, "source": source, "reason": reason})
    return enterprise


@in_one_piece
def decline_proposals(
    enterprise_id: int, reason: str, *, revision: int | None = None, seen: int | None = None
) -> Enterprise:
    """不采纳: the grade stays as it is, with the reason on every open proposal."""
    enterprise = locked(enterprise_id, revision)
    if not reason.strip():
        raise BadInput("请写明不采纳的理由。", field="reason")
    waiting = waiting_as_seen(enterprise, seen)
    if not waiting:
        raise Refused("没有待决定的分级建议。")
    answer(waiting, "", reason)
    audit("grades.decline", enterprise, {"proposals": [one.pk for one in waiting], "reason": reason})
    return enterprise


def answer(proposals: Iterable[GradeProposal], grade: str, reason: str) -> None:
    """Every open proposal at once: those that spoke for the grade decided, those that did not, and older sheets."""
    newest_sheet = next((one.pk for one in proposals if one.sheet_id), None)
    for one in proposals:
        if one.sheet_id and one.pk != newest_sheet:
            one.state = State.OVERTAKEN
        else:
            one.state = State.CONFIRMED if one.grade == grade else State.DECLINED
        one.decided_by, one.decided_at, one.decision_reason = who().person_name, timezone.now(), reason.strip()[:300]
        one.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
