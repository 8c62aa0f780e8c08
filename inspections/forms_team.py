"""What is typed about the people of a district, and for a handover; whether it may be done is the verbs' business."""

from django import forms

from inspections.queries.handover import KINDS, PAIRED, Item
from portal.tenancy.models import Person
from portal.ui.fields import day, lines


class PeriodForm(forms.Form):
    since = day("从", required=False)
    until = day("到", required=False)


class TrainingForm(forms.Form):
    on = day("培训日期")
    subject = forms.CharField(label="培训内容", max_length=120)
    hours = forms.DecimalField(label="学时", max_digits=5, decimal_places=1)
    source = forms.CharField(label="主办单位或证明材料", max_length=120, required=False)


class AsideForm(forms.Form):
    reason = forms.CharField(label="作废理由", max_length=200)


class CommendForm(forms.Form):
    grounds = lines("事迹和理由", length=2000, rows=5)
    since = day("数字从")
    until = day("数字到")


class DecideForm(forms.Form):
    grants = forms.TypedChoiceField(
        label="决定",
        choices=[("yes", "同意表彰"), ("no", "不同意")],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    opinion = lines("决定意见")


class HandoverForm(forms.Form):
    """A receiver for each kind that there is; for what two people do together, another where the receiver is in it already."""

    reason = forms.CharField(label="交接原因", max_length=200, help_text="如调离、退休、岗位调整。")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, kinds: dict[str, list[Item]], people: dict[str, list[Person]], **kwargs):
        super().__init__(*args, **kwargs)
        for kind in kinds:
            names = [("", "请选择"), *((person.pk, person.name) for person in people[kind])]
            self.fields[f"to-{kind}"] = forms.TypedChoiceField(
                label=f"“{KINDS[kind]}”交给", coerce=int, choices=names, error_messages={"required": "请选择接收人。"}
            )
            if kind in PAIRED:
                self.fields[f"instead-{kind}"] = forms.TypedChoiceField(
                    label="其中已有接收人的，改交给", coerce=int, choices=names, required=False, empty_value=0
                )

    def chosen(self, word: str) -> dict[str, int]:
        """kind → person, of the fields that begin so."""
        start = f"{word}-"
        return {
            name.removeprefix(start): one for name, one in self.cleaned_data.items() if name.startswith(start) and one
        }

    def of(self, kind: str) -> list[forms.BoundField]:
        return [self[name] for name in (f"to-{kind}", f"instead-{kind}") if name in self.fields]
