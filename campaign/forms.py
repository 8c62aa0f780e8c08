"""What the leadership's pages are narrowed by, and what a screen on the wall is made from."""

from django import forms

from enterprises.models import Sector
from hazards.queries.figures import Within
from portal.tenancy.models import District
from portal.tenancy.scope import who
from portal.ui.fields import day


class WithinForm(forms.Form):
    district = forms.ModelChoiceField(District.objects.none(), label="区县", required=False, empty_label="全部区县")
    sector = forms.ChoiceField(label="行业", required=False, choices=[("", "全部行业"), *Sector.choices])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = District.objects.all()
        if who().scope == "district":
            self.fields["district"].widget = forms.HiddenInput()

    def within(self) -> Within:
        chosen = self.cleaned_data["district"]
        return Within(chosen.pk if chosen else None, self.cleaned_data["sector"])


class ScreenForm(forms.Form):
    name = forms.CharField(label="摆放位置", max_length=40, help_text="如“市应急局一楼大厅”。")
    district = forms.ModelChoiceField(District.objects.none(), label="只看区县", required=False, empty_label="全市")
    until = day("有效期至", help_text="到期自动停止显示，最长两年。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = District.objects.all()
