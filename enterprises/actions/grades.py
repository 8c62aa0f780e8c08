"""分级决定 by a person: with a ground and a reason, from today on."""

from django.http import Http404
from django.utils import timezone

from enterprises.actions.history import remember
from enterprises.actions.ledger import SETTLED, held, settle, used, with_lists
from enterprises.models import Enterprise, GradeDecision
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import who


def decide_grade(
    enterprise_id: int, grade: str, *, source: str, reason: str, revision: int | None = None
) -> Enterprise:
    """Set the grade; visit frequency and whether the enterprise is key follow at once. Raises BadInput, Refused."""
    enterprise = with_lists(Enterprise.objects.select_for_update(of=("self",)).filter(pk=enterprise_id)).first()
    if enterprise is None:
        raise Http404(f"enterprise {enterprise_id}")
    demand("enterprises.grade", enterprise)
    if revision is not None and revision != enterprise.revision:
        raise Refused("这家企业的资料刚刚被他人修改，请核对后再提交，您填写的内容仍在下面。")
    if not source.strip() or not reason.strip():
        raise BadInput("请写明分级的依据和理由。", field="source" if not source.strip() else "reason")
    if grade == enterprise.grade:
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
    ).save()
    remember([enterprise.pk], f"分级决定：{source.strip()}")
    audit("enterprises.grade", enterprise, {"from": previous, "to": grade, "source": source, "reason": reason})
    return enterprise
