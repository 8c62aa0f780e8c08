"""What is typed on hazard and notice pages, checked for form; whether it may be done is the verbs' business."""

from fractions import Fraction

from django import forms

from hazards.models import Level, ReasonTemplate, SampleItem
from portal.legaldays import UNITS

IMAGES = "image/jpeg,image/png,image/webp,image/heic,application/pdf"


class RevisionForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)


class SubmitForm(RevisionForm):
    note = forms.CharField(
        label="整改说明",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="做了什么、谁负责、何时完成、怎样防止再发生。",
    )


class RecheckForm(RevisionForm):
    second = forms.TypedChoiceField(label="第二名复查人员", coerce=int, empty_value=None, required=False)
    note = forms.CharField(
        label="复查意见或退回理由", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["second"].choices = [("", "请选择")] + [
            (person.pk, f"{person.name}（{person.certificate_no}）") for person in colleagues
        ]


class ReasonForm(RevisionForm):
    note = forms.CharField(label="理由", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class ReopenForm(ReasonForm):
    deadline = forms.DateField(label="新的整改期限", widget=forms.DateInput(attrs={"type": "date"}))


class AcknowledgeForm(forms.Form):
    signed_by = forms.CharField(label="签收人姓名", max_length=40)


class RefusalForm(forms.Form):
    refusal = forms.CharField(label="拒签情况", max_length=200, help_text="写明时间、地点、见证人。")


class DeadlineForm(forms.Form):
    """One hazard's deadline on a notice: a length in 日 or 工作日, or the day itself."""

    requirement = forms.CharField(label="整改要求", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    length = forms.IntegerField(label="期限", min_value=1, max_value=730, required=False)
    unit = forms.ChoiceField(label="单位", choices=[(unit, unit) for unit in UNITS], required=False)
    due = forms.DateField(label="或指定日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self):
        data = super().clean()
        if not data.get("due") and not data.get("length"):
            self.add_error("length", "请填写整改期限的天数，或指定一个日期。")
        return data


class NoticeForm(forms.Form):
    second = forms.TypedChoiceField(label="第二名执法人员", coerce=int, empty_value=None)

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["second"].choices = [("", "请选择")] + [
            (person.pk, f"{person.name}（{person.certificate_no}）") for person in colleagues
        ]


DEFAULT_DAYS = {Level.GENERAL: 15, Level.MAJOR: 30}


class TemplatesForm(forms.Form):
    """Every template of a kind in one field, a line each."""

    before = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind, label in ReasonTemplate.Kind.choices:
            self.fields[kind] = forms.CharField(
                label=label,
                required=False,
                max_length=6000,
                widget=forms.Textarea(attrs={"rows": 8}),
                help_text="每行一条，按顺序对应快捷键；留空的行不算。",
            )


DAY = forms.DateInput(attrs={"type": "date"})


class DrawForm(forms.Form):
    starts = forms.DateField(label="销号日期起", widget=DAY)
    ends = forms.DateField(label="销号日期止", widget=DAY)
    number = forms.IntegerField(label="抽取条数", required=False, min_value=1)
    percent = forms.DecimalField(
        label="或抽取百分比", required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    by_district = forms.BooleanField(
        label="按区县分层", required=False, help_text="每个区县至少抽1条，其余按各区县销号的隐患数分配。"
    )
    seed = forms.CharField(
        label="种子",
        max_length=100,
        help_text="一段可公开查证、抽样前无人能预知的文字，如“2026-11-26 双色球 03 09 14 21 27 30+05”。任何人可用它重抽一遍。",
    )

    def clean_percent(self) -> Fraction | None:
        percent = self.cleaned_data["percent"]
        return None if percent is None else Fraction(percent)


class LookForm(forms.Form):
    result = forms.ChoiceField(
        label="复核结果", choices=SampleItem.Result.choices, widget=forms.RadioSelect, required=False
    )
    note = forms.CharField(
        label="复核情况",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="何时到现场、看了什么、看到什么。",
    )
