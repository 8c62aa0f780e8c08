"""目标 and 领导小组."""

from django.shortcuts import render
from django.utils import timezone

from campaign import forms_tasks as typed
from campaign.actions import goals as verbs
from campaign.models import GoalValue
from campaign.queries_goals import goal_or_404, standings, whose
from campaign.queries_tasks import leading_group, member_or_404
from portal.permissions import needs
from portal.ui.posting import keep_up, saved, shown


@needs("goals.view")
def goal_list(request):
    return render(
        request, "campaign/goal_list.html", {"standings": standings(), "whose": whose(), "today": timezone.localdate()}
    )


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
    return render(request, "campaign/leading_group.html", {"group": leading_group()})


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
