"""What is typed about assessments, checked for form; whether it may be done is the verbs' business."""

import re
from datetime import date

from django import forms

from hazards.forms import DeadlineForm, NoticeForm
from hazards.models import AccidentType, Level
from inspections.models_assessments import Assessment, AssessmentAnswer, Speciality
from portal.ui.fields import day, lines

DRAWN, APPOINTED = Assessment.Chosen.DRAWN, Assessment.Chosen.APPOINTED
LEVELS = [("", "按评估表建议"), *Level.choices]


class OpenForm(forms.Form):
    purpose = lines("评估目的", length=300, rows=2)
    group = forms.CharField(
        label="企业所属集团",
        max_length=80,
        required=False,
        help_text="用于回避：与集团及其成员企业有关联的专家也须回避；多个用顿号隔开。",
    )
    starts = day("评估起")
    ends = day("评估止", help_text="成员只在起止日期之间能看到这家企业。")
    chosen = forms.ChoiceField(
        label="选派方式", choices=Assessment.Chosen.choices, widget=forms.RadioSelect, initial=DRAWN
    )
    seed = forms.CharField(
        label="种子（随机抽取）",
        max_length=60,
        required=False,
        help_text="可以公开查证的一串字，如某日开奖的彩票号码。",
    )
    experts = forms.TypedMultipleChoiceField(
        label="专家（指定）", coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="第一位为组长。须回避的不在其中。",
    )  # fmt: skip
    reason = forms.CharField(label="指定理由", max_length=300, required=False)

    def __init__(self, *args, experts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["experts"].choices = experts
        for skill, label in Speciality.choices:
            self.fields[f"n-{skill}"] = forms.IntegerField(label=label, min_value=0, max_value=9, required=False)

    @property
    def numbers(self):
        return [self[f"n-{skill}"] for skill in Speciality.values]

    @property
    def wanted(self) -> dict[str, int]:
        return {skill: self.cleaned_data.get(f"n-{skill}") or 0 for skill in Speciality.values}


class AnswerForm(forms.Form):
    verdict = forms.ChoiceField(label="结论", choices=AssessmentAnswer.Verdict.choices)
    words = lines("问题或情况", length=2000, rows=2, required=False)
    place = forms.CharField(label="部位", max_length=120, required=False)
    level = forms.ChoiceField(label="建议级别", choices=LEVELS, required=False)
    basis = forms.CharField(label="依据", max_length=1000, required=False)


class FindingForm(forms.Form):
    words = lines("问题", length=2000, rows=2)
    place = forms.CharField(label="部位", max_length=120, required=False)
    level = forms.ChoiceField(label="建议级别", choices=[("", "请选择"), *Level.choices])
    accident_type = forms.ChoiceField(label="可能事故类型", choices=AccidentType.choices, initial=AccidentType.OTHER)
    basis = forms.CharField(label="依据", max_length=1000, required=False)


class SignForm(forms.Form):
    name = forms.CharField(label="输入本人姓名作为签名", max_length=40)


class TermForm(forms.Form):
    ends = day("新的截止日期")
    reason = forms.CharField(label="理由", max_length=300)


class WhyForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=300)


class JoinForm(forms.Form):
    expert = forms.TypedChoiceField(label="专家", coerce=int)

    def __init__(self, *args, experts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["expert"].choices = [("", "请选择"), *experts]


class LeaveForm(forms.Form):
    member = forms.TypedChoiceField(label="成员", coerce=int)
    reason = forms.CharField(label="退出理由", max_length=200)

    def __init__(self, *args, members, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = [("", "请选择"), *members]


class ScheduleForm(forms.Form):
    schedule = forms.CharField(
        label="日程", required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="一行一项：日期在前，如“2026-12-01 查阅制度和操作规程”。",
    )  # fmt: skip

    def clean_schedule(self) -> list[tuple[date, str]]:
        made = []
        for line in filter(None, map(str.strip, self.cleaned_data["schedule"].splitlines())):
            found = re.match(r"(\d{4}-\d{2}-\d{2})\s*(.*)", line)
            try:
                made.append((date.fromisoformat(found[1]), found[2]))  # type: ignore[index]
            except (TypeError, ValueError) as fault:
                raise forms.ValidationError(f"“{line[:30]}”：请以日期开头，如 2026-12-01。") from fault
        return made


class TakeForm(DeadlineForm):
    """One problem: taken, with what is demanded, or declined with the reason."""

    take = forms.BooleanField(label="立案并列入整改文书", required=False)
    level = forms.ChoiceField(label="隐患级别", choices=Level.choices)
    reason = forms.CharField(label="不予立案的理由", max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["requirement"].required = self.fields["level"].required = False

    def clean(self):
        if not self.cleaned_data.get("take"):
            return self.cleaned_data
        data = super().clean()
        if not data.get("requirement"):
            self.add_error("requirement", "请写明整改要求。")
        return data


class SecondForm(NoticeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A report of which nothing is taken needs no second officer.
        self.fields["second"].required = False
