"""What came of a lead, as typed."""

from django import forms

from portal.ui.fields import lines


class CheckForm(forms.Form):
    note = lines("核对情况", length=500, help_text="看了哪些记录、问了谁、情况是什么。")
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
