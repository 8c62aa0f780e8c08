from django import forms

from portal.messages.models import Channel

HOURS = [("", "不设")] + [(str(hour), f"{hour}时") for hour in range(24)]
OUTWARD = [(value, label) for value, label in Channel.choices if value != Channel.IN_APP]


class PreferenceForm(forms.Form):
    channels = forms.MultipleChoiceField(
        label="除站内消息外，还用这些渠道告诉我",
        choices=OUTWARD,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="站内消息不能关闭。本市没有开通的渠道，选了也不会用到。",
    )
    quiet_from = forms.TypedChoiceField(label="免打扰，从", choices=HOURS, coerce=int, empty_value=None, required=False)
    quiet_until = forms.TypedChoiceField(
        label="到",
        choices=HOURS,
        coerce=int,
        empty_value=None,
        required=False,
        help_text="这段时间里的邮件和短信，到时再发；站内消息照常。",
    )

    @property
    def off(self) -> list[str]:
        return [value for value, _ in OUTWARD if value not in self.cleaned_data["channels"]]


class GiveUpForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200)
