"""What is typed on the pages of the plan, checked for form."""

from django import forms

from inspections import rules
from inspections.models import FrequencySetting
from portal.ui.filters import DAY

REASON = forms.Textarea(attrs={"rows": 2})


class FrequencyForm(forms.Form):
    grade = forms.ChoiceField(label="风险等级", choices=FrequencySetting.Of.choices)
    visits_a_year = forms.TypedChoiceField(
        label="检查频次",
        coerce=int,
        choices=[(times, f"{word}（每年{times}次）") for times, word in rules.TIMES.items()],
    )
    from_day = forms.DateField(label="自何日起", widget=DAY)
    reason = forms.CharField(label="理由或文件依据", max_length=300, widget=REASON)
