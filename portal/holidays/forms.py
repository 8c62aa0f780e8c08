from django import forms

from portal.holidays.models import CountingRule


class DaysForm(forms.Form):
    days = forms.CharField(
        label="日期",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="一行一段，如“2027-02-05至2027-02-11 放假 春节”“2027-02-20 上班 春节”。",
    )
    source = forms.CharField(label="依据", max_length=200, help_text="国务院办公厅通知或本地通知的名称和文号。")
    whole_year = forms.BooleanField(label="这是该年完整的放假安排（登记后该年不再提示“尚未公布”）", required=False)


class CountingForm(forms.Form):
    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    unit = forms.ChoiceField(label="按", choices=CountingRule.Unit.choices)
    source = forms.CharField(label="确认的依据", max_length=200)
