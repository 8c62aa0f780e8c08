"""What is typed on the pages of a visit, checked for form; whether it may be done is the verbs' business."""

from django import forms

from hazards.models import AccidentType, Level
from inspections.models import ChecklistTemplate, Visit

LEVELS = [("", "请选择"), *Level.choices]


class StartForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    enterprise = forms.IntegerField(widget=forms.HiddenInput)
    planned = forms.IntegerField(required=False, widget=forms.HiddenInput)
    action = forms.IntegerField(required=False, widget=forms.HiddenInput)
    second = forms.IntegerField(required=False)
    subject = forms.ChoiceField(label="检查类别", choices=Visit.Subject.choices, initial=Visit.Subject.ROUTINE)
    template = forms.TypedChoiceField(label="检查表", required=False, coerce=int, empty_value=None)
    fits = forms.BooleanField(
        label="只列这家企业适用的检查项",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    categories = forms.MultipleChoiceField(
        label="检查内容",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": "请至少选择一类检查内容。"},
    )

    def __init__(
        self,
        *args,
        categories: list[tuple[str, int]],
        templates: list[ChecklistTemplate],
        themed: bool = False,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        # A themed action and a template bring their own.
        self.fields["subject"].required = not themed
        self.fields["categories"].required = not themed and not self.data.get("template")
        choices = [("", "按下面所选的类别"), *((one.pk, str(one)) for one in templates)]
        self.fields["template"].choices = choices  # type: ignore[attr-defined]
        self.fields["categories"].choices = [(name, f"{name}（{n}项）") for name, n in categories]


class FindingForm(forms.Form):
    """The details of one 不符合; everything may be left for later, until the visit is finished.

    The law is only typed for a finding on no list; a checklist's item brings its own.
    """

    description = forms.CharField(
        label="不符合情况", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    level = forms.ChoiceField(label="隐患级别", required=False, choices=LEVELS)
    accident_type = forms.ChoiceField(label="可能事故类型", required=False, choices=AccidentType.choices)
    place = forms.CharField(label="部位", required=False, max_length=120, help_text="哪个装置、罐区、仓库、设备位号")
    basis = forms.CharField(
        label="法律依据",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="违反的法律、规章或标准条款",
    )


class ExtraForm(FindingForm):
    """A finding on no list is typed at once as a whole."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["description"].label = "隐患情况"
        self.fields["description"].required = self.fields["level"].required = True


class FinishForm(forms.Form):
    second = forms.IntegerField(required=False)
    met_with = forms.CharField(label="企业陪同人员", required=False, max_length=60)
    summary = forms.CharField(
        label="检查情况", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AbandonForm(forms.Form):
    reason = forms.CharField(label="作废理由", max_length=200)
