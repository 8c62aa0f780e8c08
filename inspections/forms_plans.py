"""What is typed on the pages of the plan, checked for form."""

from django import forms

from hazards.models import AccidentType
from inspections import rules
from inspections.models import ChecklistItem, ChecklistTemplate, FrequencySetting
from inspections.queries.plans import Inspector
from portal.ui.fields import day, lines


def reason(label: str = "理由", **more) -> forms.CharField:
    return lines(label, length=300, rows=2, **more)


class FrequencyForm(forms.Form):
    grade = forms.ChoiceField(label="风险等级", choices=FrequencySetting.Of.choices)
    visits_a_year = forms.TypedChoiceField(
        label="检查频次",
        coerce=int,
        choices=[(times, f"{word}（每年{times}次）") for times, word in rules.TIMES.items()],
    )
    from_day = day("自何日起")
    reason = reason("理由或文件依据")


def month_field(label: str) -> forms.DateField:
    """A month, as its first day."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        input_formats=["%Y-%m", "%Y-%m-%d"],
        help_text="如 2026-11",
    )


class Revised(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AssignForm(Revised):
    first = forms.TypedChoiceField(label="主办人员", coerce=int)
    second = forms.TypedChoiceField(label="协办人员", coerce=int)
    day = day("计划日期", required=False, help_text="可以不填，以后再定")

    def __init__(self, *args, people: list[Inspector], **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "请选择"), *((one.person.pk, one.label) for one in people)]
        for name in ("first", "second"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class MoveForm(Revised):
    month = month_field("改到")
    reason = reason()


class CancelForm(Revised):
    reason = reason()


class OfferForm(Revised):
    other = forms.IntegerField(widget=forms.HiddenInput)


class AnswerForm(Revised):
    offer = forms.IntegerField(widget=forms.HiddenInput)
    accepts = forms.TypedChoiceField(
        label="答复", coerce=lambda word: word == "yes", choices=[("yes", "同意"), ("no", "不同意")]
    )
    reason = reason("不同意的理由", required=False)


class PlannedForm(forms.Form):
    month = month_field("计划月份")


class YearForm(forms.Form):
    year = forms.IntegerField(widget=forms.HiddenInput, min_value=2000, max_value=2999)


class PublishForm(forms.Form):
    title = forms.CharField(label="抽查名称", max_length=80)
    organisation = forms.TypedChoiceField(
        label="检查单位", coerce=int, help_text="检查人员名单是这个单位在任、有执法证号的全体人员"
    )
    month = month_field("检查月份")
    size = forms.IntegerField(label="抽取家数", min_value=1)
    avoid = lines(
        "回避",
        length=4000,
        rows=4,
        required=False,
        help_text="每行一条。全程回避：“姓名（或执法证号） 原因”；只回避一家：“姓名（或执法证号） 企业信用代码 原因”。",
    )

    def __init__(self, *args, bodies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [(one.pk, one.name) for one in bodies]  # type: ignore[attr-defined]


class SeedForm(forms.Form):
    seed = forms.CharField(
        label="种子", max_length=100, help_text="写明来源和内容，如“双色球第2026138期 03 07 11 19 22 30”"
    )


class ActionForm(forms.Form):
    title = forms.CharField(label="行动名称", max_length=80)
    themes = forms.MultipleChoiceField(label="主题", choices=AccidentType.choices, widget=forms.CheckboxSelectMultiple)
    starts = day("开始日期")
    ends = day("截止日期")
    template = forms.TypedChoiceField(
        label="检查表模板",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="选了模板，就用模板的全部检查项，不再按下面的主题、类别和逐项选择",
    )
    categories = forms.MultipleChoiceField(
        label="检查类别", required=False, widget=forms.CheckboxSelectMultiple, help_text="都不选就是全部类别"
    )
    codes = forms.MultipleChoiceField(
        label="检查项", required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, items: list[ChecklistItem], templates: list[ChecklistTemplate], **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "不用模板"), *((one.pk, str(one)) for one in templates)]
        self.fields["template"].choices = choices  # type: ignore[attr-defined]
        names = dict.fromkeys(item.category for item in items)
        self.fields["categories"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        self.fields["codes"].choices = [  # type: ignore[attr-defined]
            (item.code, f"{item.code} {item.text}（{item.get_accident_type_display()}）") for item in items
        ]

    def fitting(self, items: list[ChecklistItem]) -> list[str]:
        """The items of the chosen themes and categories."""
        themes, categories = (self.data.getlist(name) for name in ("themes", "categories"))
        return [
            item.code
            for item in items
            if item.accident_type in themes and (not categories or item.category in categories)
        ]
