"""目标 and 领导小组: what the plan wants to reach, its values entered by hand, and who leads."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404
from django.utils import timezone

from campaign.goal_figures import FIGURES
from campaign.models import Goal, GoalValue, GroupMember
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.scope import in_one_piece, who

GOAL = ("name", "direction", "target", "measured_in", "figure", "due", "note")
MEMBER = ("post", "name", "unit", "duty", "starts", "ends", "basis")


def plain(value) -> str:
    return value.isoformat() if isinstance(value, date) else str(value if value is not None else "")


def fill(record, names: tuple[str, ...], told: Mapping[str, Any]) -> dict[str, list[str]]:
    """Set what was told; what changed, old and new. Raises BadInput for a word that is missing."""
    changes = {}
    for name in names:
        if name not in told:
            continue
        field = record._meta.get_field(name)
        old, new = getattr(record, name), told[name]
        new = new.strip() if isinstance(new, str) else new
        if new in ("", None) and not field.blank:
            raise BadInput(f"请填写{field.verbose_name}。", field=name)
        if old != new:
            changes[str(field.verbose_name)] = [plain(old), plain(new)]
            setattr(record, name, new)
    return changes


@in_one_piece
def set_goal(told: Mapping[str, Any], goal_id: int | None = None, *, revision: int | None = None) -> Goal:
    """定目标, or change the one of this number. Raises BadInput, Refused."""
    demand("goals.edit")
    goal = held_goal(goal_id, revision) if goal_id else Goal()
    changes = fill(goal, GOAL, told)
    if goal.figure and goal.figure not in FIGURES:
        raise BadInput("请选择一个取数，或选“人工填报”。", field="figure")
    if Goal.objects.filter(name=goal.name, withdrawn_on=None).exclude(pk=goal.pk).exists():
        raise BadInput(f"已有名为“{goal.name}”的目标。", field="name")
    if goal.pk:
        if not changes:
            raise BadInput("内容没有改动。")
        goal.revision += 1
    goal.save()
    audit("goals.change" if goal_id else "goals.set", goal, {"fields": changes})
    return goal


def held_goal(goal_id: int, revision: int | None = None) -> Goal:
    goal = Goal.objects.select_for_update().filter(pk=goal_id).first()
    if goal is None:
        raise Http404(f"goal {goal_id}")
    if goal.withdrawn_on:
        raise IllegalMove(f"目标“{goal.name}”已于{goal.withdrawn_on}撤销。")
    if revision not in (None, goal.revision):
        raise Refused("这个目标刚刚被他人修改，请核对后再提交，您填写的内容仍在下面。")
    return goal


@in_one_piece
def enter_value(goal_id: int, value: Decimal, on: date, grounds: str) -> GoalValue:
    """填报现值 of a goal that is not counted from the records, with its day and grounds; earlier ones stay."""
    demand("goals.edit")
    goal = held_goal(goal_id)
    if goal.figure:
        raise IllegalMove("这个目标的现值由系统按记录计算，不能人工填报。")
    if on > timezone.localdate():
        raise BadInput("截至日期不能晚于今天。", field="on")
    if not grounds.strip():
        raise BadInput("请写明依据哪份文件或台账。", field="grounds")
    made = GoalValue.objects.create(goal=goal, value=value, on=on, grounds=grounds.strip(), by_name=who().person_name)
    audit("goals.value", goal, {"value": str(value), "on": on.isoformat(), "note": made.grounds})
    return made


@in_one_piece
def withdraw(goal_id: int, reason: str) -> Goal:
    """撤销: it is no longer a goal; it and its values stay on the record."""
    demand("goals.edit")
    goal = held_goal(goal_id)
    if not reason.strip():
        raise BadInput("撤销须写明理由。", field="note")
    goal.withdrawn_on = timezone.localdate()
    goal.revision += 1
    goal.save(update_fields=["withdrawn_on", "revision"])
    audit("goals.withdraw", goal, {"note": reason.strip()})
    return goal


@in_one_piece
def set_member(told: Mapping[str, Any], member_id: int | None = None, *, revision: int | None = None) -> GroupMember:
    """列入领导小组, or change the entry of this number, its last day included. Raises BadInput, Refused."""
    demand("group.edit")
    member = held_member(member_id, revision) if member_id else GroupMember()
    changes = fill(member, MEMBER, told)
    if member.post not in GroupMember.Post.values:
        raise BadInput("请选择组内职务。", field="post")
    if member.ends and member.ends < member.starts:
        raise BadInput("任职止不能早于任职起。", field="ends")
    if member.pk:
        if not changes:
            raise BadInput("内容没有改动。")
        member.revision += 1
    one_head(member)
    member.save()
    audit("group.change" if member_id else "group.appoint", member, {"fields": changes})
    return member


def held_member(member_id: int, revision: int | None) -> GroupMember:
    member = GroupMember.objects.select_for_update().filter(pk=member_id).first()
    if member is None:
        raise Http404(f"member {member_id}")
    if revision not in (None, member.revision):
        raise Refused("这一条刚刚被他人修改，请核对后再提交，您填写的内容仍在下面。")
    return member


def one_head(member: GroupMember) -> None:
    """At any day the group has one 组长 and its office one 主任."""
    if member.post not in (GroupMember.Post.HEAD, GroupMember.Post.OFFICE_HEAD):
        return
    others = GroupMember.objects.filter(post=member.post).exclude(pk=member.pk)
    for other in others:
        apart = (other.ends and other.ends < member.starts) or (member.ends and member.ends < other.starts)
        if not apart:
            raise BadInput(
                f"{other.name}自{other.starts}起任{other.get_post_display()}，请先填写其任职止。", field="starts"
            )
