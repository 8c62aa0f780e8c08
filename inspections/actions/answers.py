"""What is written down while walking through the plant: answers, findings on no list, photos."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.http import Http404

from hazards.actions.evidence import add_evidence
from hazards.models import AccidentType, Evidence, Level
from inspections.models import Answer, Asked, ChecklistItem, OwnItem, Visit
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, NotAllowed
from portal.tenancy.scope import who

# A finding on no list has no item's code; its own begins so.
EXTRA = "X-"


def own_visit(visit_id: int) -> Visit:
    """The visit under a row lock, where the acting person is one of its two inspectors."""
    demand("visits.conduct")
    visit = Visit.objects.select_for_update(of=("self",)).select_related("enterprise").filter(pk=visit_id).first()
    if visit is None:
        raise Http404(f"visit {visit_id}")
    if who().person_id not in (visit.lead_id, visit.second_id):
        raise NotAllowed("只有本次检查的两名检查人员可以填写。")
    return visit


def under_way(visit_id: int) -> Visit:
    """One's own visit that is not yet finished. Raises NotAllowed, IllegalMove."""
    visit = own_visit(visit_id)
    if visit.state != Visit.State.UNDER_WAY:
        raise IllegalMove(f"这次检查{visit.get_state_display()}，只能查看。")
    return visit


def answer(
    visit_id: int,
    code: str,
    verdict: str,
    *,
    description: str | None = None,
    level: str | None = None,
    accident_type: str | None = None,
    place: str | None = None,
    basis: str | None = None,
) -> Answer | None:
    """记录一项: what is None stays as it was, or takes the checklist's suggestion; an empty verdict takes the answer back.

    Only what counts is noted for the audit: a finding that appears or is withdrawn.
    """
    visit = under_way(visit_id)
    before = Answer.objects.filter(visit=visit, code=code).first()
    item = None if code.startswith(EXTRA) else item_of(visit, code)
    if item is None and before is None:
        raise Http404(f"answer {code}")
    was_finding = before is not None and before.verdict == Answer.Verdict.NOT_OK
    if not verdict or (item is None and verdict != Answer.Verdict.NOT_OK):
        Answer.objects.filter(visit=visit, code=code).delete()
        if was_finding:
            audit("visits.finding_withdrawn", visit, {"code": code, "description": before.description})
        return None
    made = before or suggested(visit, code, item)
    made.verdict = chosen(verdict, Answer.Verdict.values, "结论")
    given = {"description": description, "level": level, "accident_type": accident_type, "place": place, "basis": basis}
    write(made, {name: value for name, value in given.items() if value is not None})
    if made.verdict == Answer.Verdict.NOT_OK and item is not None and not was_finding:
        fill_in(made, item)
    made.save()
    is_finding = made.verdict == Answer.Verdict.NOT_OK
    if is_finding != was_finding:
        verb = "visits.finding" if is_finding else "visits.finding_withdrawn"
        audit(verb, visit, {"code": code, "description": made.description})
    return made


def item_of(visit: Visit, code: str) -> Asked:
    item = visit.items().filter(code=code).first() or visit.own_items().filter(code=code).first()
    if item is None:
        raise Http404(f"item {code}")
    return item


def suggested(visit: Visit, code: str, item: Asked | None) -> Answer:
    return Answer(
        enterprise=visit.enterprise,
        visit=visit,
        code=code,
        item=item if isinstance(item, ChecklistItem) else None,
        own=item if isinstance(item, OwnItem) else None,
        verdict=Answer.Verdict.NOT_OK,
    )


def fill_in(made: Answer, item: Asked) -> None:
    """The checklist's words wherever the inspector has written none."""
    made.description = made.description or f"未落实“{item.text}”的要求。"
    made.level = made.level or item.suggested_level
    made.basis = made.basis or item.basis
    if made.accident_type == AccidentType.OTHER:
        made.accident_type = item.accident_type


def write(made: Answer, given: dict[str, str]) -> None:
    for name, value in given.items():
        setattr(made, name, value.strip())
    chosen(made.level, ("", *Level.values), "级别", field="level")
    chosen(made.accident_type, AccidentType.values, "可能事故类型", field="accident_type")
    if len(made.place) > 120:
        raise BadInput("部位最多120字。", field="place")


def chosen(value: str, allowed: Iterable[str], name: str, *, field: str = "verdict") -> str:
    if value not in allowed:
        raise BadInput(f"{name}不能是“{value}”。", field=field)
    return value


def add_extra(
    visit_id: int,
    *,
    description: str,
    level: str,
    accident_type: str = AccidentType.OTHER,
    place: str = "",
    basis: str = "",
    key: UUID | None = None,
) -> Answer:
    """清单外隐患: a finding that is on no list. The same key sent twice is one."""
    visit = under_way(visit_id)
    code = f"{EXTRA}{key or uuid4()}"
    if first := Answer.objects.filter(visit=visit, code=code).first():
        return first
    made = suggested(visit, code, None)
    write(
        made,
        {"description": description, "level": level, "accident_type": accident_type, "place": place, "basis": basis},
    )
    complete([made])
    made.save()
    audit("visits.finding", visit, {"code": code, "description": made.description})
    return made


def add_photo(visit_id: int, code: str, upload, key: UUID | None = None) -> Evidence:
    """拍照: a picture of one finding, kept at once; it joins the hazard when the visit is finished."""
    visit = under_way(visit_id)
    if not Answer.objects.filter(visit=visit, code=code, verdict=Answer.Verdict.NOT_OK).exists():
        raise BadInput("请先把这一项标为“不符合”，再拍照。")
    return add_evidence(
        upload, enterprise=visit.enterprise, phase=Evidence.Phase.FOUND, visit_id=visit.pk, item_code=code, key=key
    )


def set_photo_aside(visit_id: int, evidence_id: int) -> str:
    """移出: a picture taken by mistake stays with the visit and goes with no hazard, so no notice prints it.

    Returns the code of the item it was taken for.
    """
    visit = under_way(visit_id)
    photo = Evidence.objects.filter(pk=evidence_id, visit_id=visit.pk).exclude(item_code="").first()
    if photo is None:
        raise Http404(f"evidence {evidence_id}")
    Evidence.objects.filter(pk=photo.pk).update(item_code="")
    audit("visits.photo_aside", visit, {"evidence": photo.pk, "code": photo.item_code})
    return photo.item_code


def complete(findings: Iterable[Answer]) -> None:
    for finding in findings:
        if not finding.description:
            raise BadInput(
                "请写明隐患情况。" if finding.code.startswith(EXTRA) else f"{finding.code}：请写明不符合的情况。",
                field="description",
            )
        if finding.level not in Level.values:
            raise BadInput(f"“{finding.description[:20]}”：请选择隐患级别。", field="level")
