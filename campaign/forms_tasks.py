"""Tasks, goals and the leading group, as typed."""

import uuid

from django import forms

from campaign import goal_figures
from campaign import rules_tasks as rules
from campaign.models import Goal, GroupMember, Phase
from campaign.queries_tasks import units_to_choose
from portal.ui.fields import DAY, day, lines

ROADMAP = rules.MOST_MILESTONES


class VerbForm(forms.Form):
    """What every verb is told: the revision the person was looking at."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class TaskForm(VerbForm):
    """What a task is; the rows of its roadmap are asked beneath it."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)
    title = forms.CharField(label="任务", max_length=120)
    what = lines("内容和要求", length=4000, rows=4, help_text="做什么、做到什么程度、交什么成果。")
    phase = forms.TypedChoiceField(label="阶段", coerce=int)
    clause = forms.ChoiceField(label="方案条款", choices=[("", "请选择"), *rules.CLAUSES.items()])
    unit = forms.TypedChoiceField(label="责任单位", coerce=int)
    assisting = forms.TypedMultipleChoiceField(
        label="配合单位", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    responsible = forms.CharField(
        label="责任人", max_length=40, help_text="写姓名和职务；通知和提醒发给责任单位的全部人员。"
    )
    starts = day("开始日期")
    due = day("完成期限")

    def __init__(self, *args, handed: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        units = units_to_choose()
        self.fields["phase"].choices = [("", "请选择"), *Phase.objects.values_list("pk", "name")]
        self.fields["unit"].choices = [("", "请选择"), *units]
        self.fields["assisting"].choices = units
        if handed:
            # Handed over, its unit stays and its date is moved by a verb of its own.
            for name in ("unit", "due"):
                self.fields[name].disabled = True
            self.fields["note"] = lines("为什么修改")
        for number in range(1, ROADMAP + 1):
            self.fields[f"m{number}_due"] = forms.DateField(label=f"节点{number}时限", required=False, widget=DAY)
            self.fields[f"m{number}_title"] = forms.CharField(
                label=f"节点{number}做到什么", required=False, max_length=120
            )

    @property
    def facts(self):
        return [bound for bound in self if not bound.name.startswith("m") and bound.name != "note"]

    @property
    def roadmap(self):
        return [(self[f"m{n}_due"], self[f"m{n}_title"]) for n in range(1, ROADMAP + 1)]

    def clean(self):
        told = super().clean()
        for number in range(1, ROADMAP + 1):
            names = f"m{number}_due", f"m{number}_title"
            pair = [told.get(name) for name in names]
            if any(pair) and not all(pair) and not any(name in self.errors for name in names):
                empty = names[0] if not pair[0] else names[1]
                self.add_error(empty, f"节点{number}的时限和内容请一起填写，或都空着。")
        return told

    @property
    def milestones(self):
        pairs = [(self.cleaned_data[f"m{n}_due"], self.cleaned_data[f"m{n}_title"]) for n in range(1, ROADMAP + 1)]
        return [pair for pair in pairs if all(pair)]


def rows_of(milestones) -> dict:
    """The waiting milestones as the form's rows begin."""
    waiting = [one for one in milestones if not one.reached_on][:ROADMAP]
    rows = {}
    for number, one in enumerate(waiting, 1):
        rows |= {f"m{number}_due": one.due, f"m{number}_title": one.title}
    return rows


class NoteForm(VerbForm):
    note = lines("说明", required=False)


class ReasonForm(VerbForm):
    note = lines("理由")


class ReassignForm(VerbForm):
    unit = forms.TypedChoiceField(label="新的责任单位", coerce=int)
    responsible = forms.CharField(label="新的责任人", max_length=40, help_text="写姓名和职务。")
    note = lines("为什么改派")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", "请选择"), *units_to_choose()]


class PostponeForm(VerbForm):
    due = day("新的完成期限")
    note = lines("为什么延期")


class ReportForm(VerbForm):
    """进展, from a unit that assists: without the progress of the whole."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    on = day("截至日期")
    done = lines("做了什么", length=4000, rows=5)
    difficulty = lines("困难和建议", length=2000, required=False, help_text="没有可以不填。")


class ProgressForm(ReportForm):
    percent = forms.IntegerField(
        label="总体进度（%）",
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    field_order = ["key", "on", "percent", "done", "difficulty"]


class ReachForm(VerbForm):
    on = day("完成日期")


class GoalForm(VerbForm):
    name = forms.CharField(label="目标", max_length=80)
    direction = forms.ChoiceField(label="方向", choices=Goal.Direction.choices, widget=forms.RadioSelect)
    target = forms.DecimalField(label="目标值", max_digits=12, decimal_places=2)
    measured_in = forms.CharField(label="单位", max_length=10, help_text="如：%、条、家、起。")
    figure = forms.ChoiceField(
        label="现值取自", choices=goal_figures.CHOICES, required=False, help_text="能按记录计算的不用人工填报。"
    )
    due = day("达到期限")
    note = lines("说明", length=300, required=False)


class ValueForm(forms.Form):
    value = forms.DecimalField(label="现值", max_digits=12, decimal_places=2)
    on = day("截至日期")
    grounds = lines("依据", length=300, help_text="哪份文件、台账或通报。")


class WithdrawForm(forms.Form):
    note = lines("理由")


class MemberForm(VerbForm):
    post = forms.ChoiceField(label="组内职务", choices=GroupMember.Post.choices)
    name = forms.CharField(label="姓名", max_length=40)
    unit = forms.CharField(label="单位及职务", max_length=120, help_text="如：市人民政府副市长。")
    duty = lines("分工", length=300, required=False)
    starts = day("任职起")
    ends = day("任职止", required=False, help_text="仍在任的不填。")
    basis = forms.CharField(label="依据", max_length=120, required=False, help_text="成立或调整领导小组的文件。")
