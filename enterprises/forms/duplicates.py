"""What is typed where two entries are merged or told apart."""

from django import forms

from enterprises.actions.merging import OFFICERS


class ReasonForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class MergeForm(forms.Form):
    reason = forms.CharField(
        label="为什么认定是同一家企业",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如：企业更名后重复登记；经核对营业执照为同一家。",
    )
    officers = forms.ChoiceField(
        label="并入企业的安全员、专家今后", choices=list(OFFICERS.items()), widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args, posted: list[str], kept: str, **kwargs):
        super().__init__(*args, **kwargs)
        if posted:
            self.fields["officers"].help_text = f"现有：{'、'.join(posted)}。保留的企业为“{kept}”。"
        else:
            del self.fields["officers"]
