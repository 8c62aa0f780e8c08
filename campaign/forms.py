"""What the leadership's pages are narrowed by, and what a screen on the wall is made from."""

from django import forms

from campaign.panels_later import BY_GRADE, SHADES
from campaign.queries_panels import DOTS
from enterprises.models import Sector
from hazards.queries.figures import Within
from portal.tenancy.models import District, Organisation
from portal.tenancy.queries import department_sectors, departments
from portal.tenancy.scope import who
from portal.ui.fields import day


class WithinForm(forms.Form):
    district = forms.ModelChoiceField(District.objects.none(), label="区县", required=False, empty_label="全部区县")
    sector = forms.ChoiceField(label="行业", required=False, choices=[("", "全部行业"), *Sector.choices])

    department = forms.ModelChoiceField(
        Organisation.objects.none(), label="主管部门", required=False, empty_label="全部部门"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = District.objects.all()
        self.fields["department"].queryset = departments()
        # Who sees one district, or the sectors of one department, has nothing to choose.
        own = {"district": "district", "department": "department"}.get(who().scope)
        if own:
            self.fields[own].widget = forms.HiddenInput()

    def offer(self, districts: list[District]) -> None:
        """Districts that were read already are not asked for again."""
        self.fields["district"].choices = [("", "全部区县"), *((one.pk, one.name) for one in districts)]

    def within(self) -> Within:
        district, department = self.cleaned_data["district"], self.cleaned_data["department"]
        return Within(
            district.pk if district else None,
            self.cleaned_data["sector"],
            department.pk if department else None,
            department_sectors().get(department.pk, ()) if department else (),
        )


class GradesForm(WithinForm):
    """Hazards by grade: by which figure."""

    figure = forms.ChoiceField(
        label="比较", required=False, choices=[(key, one.label) for key, one in BY_GRADE.items()]
    )

    def clean_figure(self):
        return self.cleaned_data["figure"] or next(iter(BY_GRADE))


class MapForm(WithinForm):
    """The map: its colour and its dots."""

    figure = forms.ChoiceField(label="区县颜色", required=False, choices=list(SHADES.items()))
    dots = forms.ChoiceField(
        label="企业点", required=False, choices=[(key, words) for key, (words, _, _) in DOTS.items()]
    )

    def clean_figure(self):
        return self.cleaned_data["figure"] or next(iter(SHADES))

    def clean_dots(self):
        return self.cleaned_data["dots"] or next(iter(DOTS))


class ScreenForm(forms.Form):
    name = forms.CharField(label="摆放位置", max_length=40, help_text="如“市应急局一楼大厅”。")
    district = forms.ModelChoiceField(District.objects.none(), label="只看区县", required=False, empty_label="全市")
    until = day("有效期至", help_text="到期自动停止显示，最长两年。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = District.objects.all()
