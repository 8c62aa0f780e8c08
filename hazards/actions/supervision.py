"""五落实 and 挂牌督办 (handbook §4): what a major hazard asks of the enterprise, and of the leader who answers for it."""

from datetime import date

from django.utils import timezone

from hazards.actions import tidings
from hazards.actions.moves import allow, lock, move
from hazards.models import Hazard, RectificationPlan, Supervision
from portal.refusals import BadInput
from portal.tenancy.models import Person, Role
from portal.tenancy.queries import posted
from portal.tenancy.scope import in_one_piece, who

WORDS = {
    "responsible": "请填写责任人。",
    "duty": "请填写责任部门和职责。",
    "measures": "请填写整改措施。",
    "funds": "请填写资金数额和来源；不需要资金的，写明“不需要”及理由。",
    "contingency": "请填写整改期间的防范措施和应急预案。",
}


@in_one_piece
def file_plan(hazard_id: int, told: dict[str, str], ends_on: date, *, revision: int | None = None) -> RectificationPlan:
    """填报五落实方案: 责任、措施、资金、时限、预案, all five; filed again, the new one stands and the old one stays on record.

    `told`: the fields of WORDS. `ends_on` is no later than the deadline. Raises BadInput, IllegalMove.
    """
    hazard = lock(hazard_id, revision)
    allow(hazard, "plan")
    told = {name: told.get(name, "").strip() for name in WORDS}
    for name, sentence in WORDS.items():
        if not told[name]:
            raise BadInput(sentence, field=name)
    if ends_on > hazard.deadline:
        raise BadInput(f"计划完成日期不能晚于整改期限{hazard.deadline}；确有困难的，先申请延期。", field="ends_on")
    move(hazard, "plan", f"责任人{told['responsible']}，计划{ends_on}完成。")
    plan = RectificationPlan(
        enterprise=hazard.enterprise,
        hazard=hazard,
        ends_on=ends_on,
        by_id=who().person_id,
        by_name=who().person_name,
        **told,
    )
    plan.save()
    tidings.plan_filed(hazard, plan)
    return plan


def leaders(hazard: Hazard | None = None) -> list[Person]:
    """Who may answer for a supervised hazard: whoever leads the office now, a department of its sector, or its own district.

    Nobody else may see it. Without a hazard, whoever leads anywhere.
    """
    people = posted(role=Role.OFFICE, leads=True)
    department, district = {"role": Role.DEPARTMENT, "leads": True}, {"role": Role.INSPECTOR, "leads": True}
    if hazard:
        department["sectors__contains"], district["district_id"] = [hazard.sector], hazard.district_id
    people |= posted(**department) | posted(**district)
    return list(Person.objects.filter(pk__in=people).order_by("name", "pk"))


@in_one_piece
def supervise(hazard_id: int, leader_id: int | None, requirement: str, *, revision: int | None = None) -> Supervision:
    """挂牌督办 of a major hazard by the office, with a responsible leader. Raises BadInput, IllegalMove."""
    hazard = lock(hazard_id, revision)
    allow(hazard, "supervise")
    leader = next((one for one in leaders(hazard) if one.pk == leader_id), None)
    if leader is None:
        raise BadInput("请选择督办责任领导：须是领导小组办公室、行业主管部门或本区县现任的负责人。", field="leader")
    if not requirement.strip():
        raise BadInput("请写明督办要求。", field="requirement")
    today = timezone.localdate()
    move(hazard, "supervise", f"督办责任领导{leader.name}。{requirement.strip()}", supervised_since=today)
    supervision = Supervision(
        enterprise=hazard.enterprise,
        hazard=hazard,
        ordered_on=today,
        leader=leader,
        leader_name=leader.name,
        requirement=requirement.strip(),
        by_name=who().person_name,
    )
    supervision.save()
    tidings.supervised(hazard, supervision)
    return supervision


@in_one_piece
def unsupervise(hazard_id: int, reason: str, *, revision: int | None = None) -> Supervision:
    """解除督办: a recorded act of the office, with its reason."""
    hazard = lock(hazard_id, revision)
    allow(hazard, "unsupervise")
    if not reason.strip():
        raise BadInput("解除督办须写明理由。", field="note")
    move(hazard, "unsupervise", reason.strip(), supervised_since=None)
    supervision = hazard.supervisions.get(lifted_on=None)
    supervision.lifted_on, supervision.lifted_by_name = timezone.localdate(), who().person_name
    supervision.lifted_because = reason.strip()
    supervision.save(update_fields=["lifted_on", "lifted_by_name", "lifted_because"])
    tidings.unsupervised(hazard, supervision)
    return supervision
