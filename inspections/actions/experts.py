"""专家库: who is in the pool, what ties an expert has, and what the expert says to a possible miss."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from inspections.models_assessments import Expert, ExpertTie, MissedLead, Speciality
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.tenancy.models import Person
from portal.tenancy.scope import who

FACTS = ("skills", "employer", "employer_code", "title", "since", "active", "note")
TIE_FACTS = ("kind", "name", "code", "group", "starts", "ends", "source")


def declare_expert(person_id: int, told: Mapping[str, Any]) -> Expert:
    """入库: a registered person becomes an expert. Raises BadInput, and Refused for somebody who is in the pool already."""
    demand("experts.edit")
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise Http404(f"person {person_id}")
    expert = Expert(person=person, **tidy(told))
    check_facts(expert)
    try:
        with transaction.atomic():
            expert.save()
    except IntegrityError as twice:
        raise Refused(f"{person.name}已经在专家库里，请直接修改其资料。") from twice
    audit("experts.declare", expert, {name: printable(getattr(expert, name)) for name in FACTS})
    return expert


def change_expert(expert_id: int, told: Mapping[str, Any], *, revision: int | None = None) -> Expert:
    """修改或出库. Past assessments keep what they were opened with."""
    demand("experts.edit")
    expert = Expert.objects.select_for_update(of=("self",)).select_related("person").filter(pk=expert_id).first()
    if expert is None:
        raise Http404(f"expert {expert_id}")
    if revision not in (None, expert.revision):
        raise Refused("这位专家的资料刚刚被他人修改，请核对后再保存，您填写的内容仍在下面。")
    before = {name: getattr(expert, name) for name in FACTS}
    for name, value in tidy(told).items():
        setattr(expert, name, value)
    check_facts(expert)
    left = before["employer"], before["employer_code"]
    if left != (expert.employer, expert.employer_code):
        keep_employer(expert, *left)
    expert.revision += 1
    expert.save(update_fields=[*FACTS, "revision"])
    changed = {
        name: [printable(before[name]), printable(getattr(expert, name))]
        for name in FACTS
        if before[name] != getattr(expert, name)
    }
    audit("experts.change", expert, changed)
    return expert


def keep_employer(expert: Expert, name: str, code: str) -> None:
    """The years of avoidance run from the day an employer is left; until another day is shown, that is today."""
    tie = ExpertTie(
        expert=expert,
        person_id=expert.person_id,
        kind=ExpertTie.Kind.EMPLOYED,
        name=name,
        code=code,
        ends=timezone.localdate(),
        source="变更工作单位时由系统记下",
        by_name=who().person_name,
    )
    tie.save()
    audit("experts.tie", tie, {"name": name, "code": code, "ends": tie.ends.isoformat()}, label=expert.person.name)


def check_facts(expert: Expert) -> None:
    if not expert.skills or not set(expert.skills) <= set(Speciality.values):
        raise BadInput("请至少选择一个专业。", field="skills")
    if not expert.employer:
        raise BadInput("请填写工作单位；没有单位的写“无（退休）”等情况。", field="employer")


def tidy(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in told.items()}


def printable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def declare_tie(expert_id: int, told: Mapping[str, Any]) -> ExpertTie:
    """申报从业经历与关联: by the office, or by the expert of themselves. It can only be added to."""
    demand("experts.declare")
    expert = Expert.objects.select_related("person").filter(pk=expert_id).first()
    if expert is None:
        raise Http404(f"expert {expert_id}")
    if who().role == "expert" and expert.person_id != who().person_id:
        raise NotAllowed("专家只能申报自己的经历。")
    tie = ExpertTie(expert=expert, person_id=expert.person_id, by_name=who().person_name, **tidy(told))
    if tie.kind not in ExpertTie.Kind.values:
        raise BadInput("请选择关系。", field="kind")
    if not tie.name:
        raise BadInput("请填写企业或单位的全称。", field="name")
    if not tie.source:
        raise BadInput("请填写来源：本人申报、社保记录、合同等。", field="source")
    dated(tie)
    tie.save()
    audit("experts.tie", tie, {name: printable(getattr(tie, name)) for name in TIE_FACTS}, label=expert.person.name)
    return tie


def dated(tie: ExpertTie) -> None:
    if tie.ends and tie.ends > timezone.localdate():
        raise BadInput("结束日期不能晚于今天；还没有结束的请留空。", field="ends")
    if tie.starts and tie.ends and tie.ends < tie.starts:
        raise BadInput("结束日期不能早于开始日期。", field="ends")


def tie_to_change(tie_id: int) -> ExpertTie:
    demand("experts.edit")
    tie = ExpertTie.objects.select_for_update(of=("self",)).filter(pk=tie_id).first()
    if tie is None:
        raise Http404(f"tie {tie_id}")
    if tie.set_aside:
        raise IllegalMove("这条记录已经作废。")
    return tie


def end_tie(tie_id: int, ends: date) -> ExpertTie:
    """登记结束日期, once: from this day on the years of avoidance run. The office's alone."""
    tie = tie_to_change(tie_id)
    if tie.ends:
        raise IllegalMove("这条记录已有结束日期；写错的请作废后重新申报。")
    tie.ends = ends
    dated(tie)
    tie.save(update_fields=["ends"])
    audit("experts.tie_end", tie, {"ends": ends.isoformat()})
    return tie


def set_tie_aside(tie_id: int, reason: str) -> ExpertTie:
    """作废: an entry made in error stands in nobody's way any more, and stays to be read with its reason."""
    tie = tie_to_change(tie_id)
    if not reason.strip():
        raise BadInput("作废须写明理由。", field="reason")
    tie.set_aside = reason.strip()[:200]
    tie.save(update_fields=["set_aside"])
    audit("experts.tie_aside", tie, {"reason": tie.set_aside})
    return tie


def comment_on_lead(lead_id: int, comment: str) -> MissedLead:
    """专家说明: the expert's own word on a possible miss."""
    demand("experts.comment")
    lead = MissedLead.objects.select_for_update(of=("self",)).filter(pk=lead_id).first()
    if lead is None:
        raise Http404(f"lead {lead_id}")
    if not comment.strip():
        raise BadInput("请写明您的说明。", field="comment")
    lead.comment, lead.commented_at = comment.strip()[:500], timezone.now()
    lead.save(update_fields=["comment", "commented_at"])
    audit("experts.comment", lead, {"comment": lead.comment})
    return lead
