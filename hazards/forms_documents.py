"""Forms about documents already issued."""

from django import forms

from hazards.actions.service import MANNERS
from hazards.forms import certified, words

LONG = 60


class SignedForm(forms.Form):
    """Whoever fills it in signs, and a second person with them (安全生产法第67条)."""

    second = forms.TypedChoiceField(label="第二名执法人员", coerce=int, empty_value=None, required=False)

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["second"].choices = certified(colleagues)


class CorrectionForm(SignedForm):
    """One field for each text that may be worded anew, as it was printed."""

    reason = words("更正理由", 2, "原文书哪里写错、为什么；印在更正后的文书上。", 300)

    def __init__(self, *args, wording: dict[str, tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.wording = wording
        for name, (label, text) in wording.items():
            rows = 3 if len(text) > LONG else 1
            self.fields[name] = words(label, rows, most=4000)
            self.fields[name].initial = text
        self.order_fields([*wording, "reason", "second"])

    def texts(self) -> dict[str, str]:
        """A browser sends line ends of its own."""
        return {name: self.cleaned_data[name].replace("\r\n", "\n") for name in self.wording}


class ServiceForm(SignedForm):
    manner = forms.ChoiceField(label="送达方式", choices=list(MANNERS.items()))
    served_at = forms.DateTimeField(
        label="送达时间",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )
    place = forms.CharField(label="送达地点", max_length=200, required=False)
    signed_by = forms.CharField(
        label="收件人姓名", max_length=40, required=False, help_text="直接送达的，填在回执上签名的人。"
    )
    refusal = words("拒绝签收的情况", 2, "留置送达的填写：谁拒收、理由、文书留在哪里。", 200)
    witness = forms.CharField(
        label="见证人", max_length=100, required=False, help_text="留置送达的填写：姓名和单位，或拍照、录像的情况。"
    )
    note = words("备注", 2, "邮件单号、受委托机关、送达地址确认书等。", 300)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(["manner", "served_at", "place", "signed_by", "refusal", "witness", "note", "second"])
