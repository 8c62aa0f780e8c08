"""What is typed about experts, checked for form; whether it may be done is the verbs' business."""

from django import forms

from inspections.models_assessments import ExpertTie, Speciality
from portal.ui.fields import day, lines


class ExpertForm(forms.Form):
    skills = forms.MultipleChoiceField(
        label="专业",
        choices=Speciality.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个专业。"},
    )
    employer = forms.CharField(label="工作单位", max_length=120, help_text="全称；现任单位及其企业须回避。")
    employer_code = forms.CharField(label="工作单位统一社会信用代码", max_length=18, required=False)
    title = forms.CharField(label="职称或资格", max_length=80, required=False)
    since = day("入库日期")
    note = forms.CharField(label="备注", max_length=300, required=False)
    active = forms.BooleanField(label="在库（可以参加抽取和指定）", required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def told(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


class TieForm(forms.Form):
    kind = forms.ChoiceField(label="关系", choices=[("", "请选择"), *ExpertTie.Kind.choices])
    name = forms.CharField(label="企业或单位名称", max_length=120, help_text="写全称，与营业执照一致。")
    code = forms.CharField(
        label="统一社会信用代码", max_length=18, required=False, help_text="知道的请填，回避时先看它。"
    )
    group = forms.CharField(label="所属集团", max_length=80, required=False)
    starts = day("开始日期", required=False)
    ends = day("结束日期", required=False, help_text="还没有结束的请留空。")
    source = forms.CharField(label="来源", max_length=120, help_text="本人申报、社保记录、合同、举报等。")


class EndTieForm(forms.Form):
    ends = day("结束日期")


class AsideForm(forms.Form):
    reason = forms.CharField(label="作废理由", max_length=200)


class CommentForm(forms.Form):
    comment = lines("您的说明")
