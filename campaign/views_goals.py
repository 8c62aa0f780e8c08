"""目标 and 领导小组."""

from django.shortcuts import render
from django.utils import timezone

from campaign import forms_tasks as typed
from campaign.actions import goals as verbs
from campaign.models import GoalValue, GroupMember
from campaign.queries_goals import Standing, goal_or_404, standings, whose
from campaign.queries_tasks import leading_group, member_or_404
from portal.exports.registry import whole_table
from portal.permissions import needs
from portal.ui.posting import keep_up, saved, shown
from portal.ui.spreadsheet import Cell

GOAL_COLUMNS = ("目标", "怎么算的", "要求", "目标值", "现值", "单位", "截至", "是否达到", "达到期限")
MEMBER_COLUMNS = ("任职情况", "组内职务", "姓名", "单位及职务", "分工", "任职起", "任职止", "依据")


@needs("goals.view")
def goal_list(request):
    found = standings()
    if request.GET.get("export") == "xlsx":
        return whole_table("goal_list", "行动目标", GOAL_COLUMNS, map(goal_line, found))
    return render(
        request, "campaign/goal_list.html", {"standings": found, "whose": whose(), "today": timezone.localdate()}
    )


def goal_line(one: Standing) -> list[Cell]:
    goal, met = one.goal, {None: "还没有数", True: "已达到", False: "未达到"}[one.met]
    return [
        *(goal.name, one.definition, goal.get_direction_display(), goal.target, one.value),
        *(goal.measured_in, one.on, met, goal.due),
    ]


@needs("goals.view")
def goal(request, pk):
    record = goal_or_404(pk)
    values = list(GoalValue.objects.filter(goal=record).order_by("-on", "-id"))
    context = {"goal": record, "standing": standings(goals=[record])[0], "values": values, "whose": whose()}
    return render(request, "campaign/goal.html", context)


@needs("goals.edit")
def goal_new(request):
    form = typed.GoalForm(request.POST or None, initial={"direction": "at_least", "measured_in": "%"})
    return set_goal(request, form, None)


@needs("goals.edit")
def goal_change(request, pk):
    record = goal_or_404(pk)
    now = {name: getattr(record, name) for name in verbs.GOAL} | {"revision": record.revision}
    return set_goal(request, typed.GoalForm(request.POST or None, initial=now), record)


def set_goal(request, form, record):
    def act():
        told = dict(form.cleaned_data)
        revision = told.pop("revision")
        verbs.set_goal(told, record.pk if record else None, revision=revision)

    if request.method == "POST":
        if answer := saved(request, form, act, "已保存。", *(("goal", record.pk) if record else ("goal_list",))):
            return answer
        if record:
            keep_up(form, revision=record.revision)
    heading = f"修改目标“{record.name}”" if record else "新目标"
    return shown(request, "campaign/goal_form.html", form, heading=heading, goal=record)


@needs("goals.edit")
def goal_value(request, pk):
    record = goal_or_404(pk)
    form = typed.ValueForm(request.POST or None, initial={"on": timezone.localdate()})
    act = lambda: verbs.enter_value(pk, **form.cleaned_data)  # noqa: E731
    if request.method == "POST" and (answer := saved(request, form, act, "已填报。", "goal", pk)):
        return answer
    return shown(request, "campaign/goal_form.html", form, heading=f"填报“{record.name}”的现值", goal=record)


@needs("goals.edit")
def goal_withdraw(request, pk):
    record = goal_or_404(pk)
    form = typed.WithdrawForm(request.POST or None)
    act = lambda: verbs.withdraw(pk, form.cleaned_data["note"])  # noqa: E731
    if request.method == "POST" and (answer := saved(request, form, act, "已撤销。", "goal", pk)):
        return answer
    return shown(request, "campaign/goal_form.html", form, heading=f"撤销目标“{record.name}”", goal=record)


@needs("group.view")
def leading_group_page(request):
    group = leading_group()
    if request.GET.get("export") == "xlsx":
        parts = (("现任", group.standing), ("待任", group.coming), ("离任", group.past))
        lines = [member_line(word, member) for word, members in parts for member in members]
        return whole_table("leading_group", "专项整治行动领导小组", MEMBER_COLUMNS, lines)
    return render(request, "campaign/leading_group.html", {"group": group})


def member_line(word: str, member: GroupMember) -> list[Cell]:
    return [
        *(word, member.get_post_display(), member.name, member.unit),
        *(member.duty, member.starts, member.ends, member.basis),
    ]


@needs("group.edit")
def member_new(request):
    return set_member(request, typed.MemberForm(request.POST or None, initial={"starts": timezone.localdate()}), None)


@needs("group.edit")
def member_change(request, pk):
    record = member_or_404(pk)
    now = {name: getattr(record, name) for name in verbs.MEMBER} | {"revision": record.revision}
    return set_member(request, typed.MemberForm(request.POST or None, initial=now), record)


def set_member(request, form, record):
    def act():
        told = dict(form.cleaned_data)
        revision = told.pop("revision")
        verbs.set_member(told, record.pk if record else None, revision=revision)

    if request.method == "POST":
        if answer := saved(request, form, act, "已保存。", "leading_group"):
            return answer
        if record:
            keep_up(form, revision=record.revision)
    heading = f"修改“{record}”" if record else "列入领导小组"
    return shown(request, "campaign/member_form.html", form, heading=heading, member=record)
