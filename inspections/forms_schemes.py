"""What is typed on the pages of a plan and of a visit's record."""

from django import forms

from portal.ui.fields import day, lines

MOMENT = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
ISO = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


def person(label: str, **more) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, required=False, **more)


class SchemeForm(forms.Form):
    """Left empty it is the verb that says what is missing, the same on every way in."""

    planned_from = day("检查时间起", required=False)
    planned_to = day("检查时间止", required=False, help_text="当天完成的可以不填。")
    place = forms.CharField(label="检查场所", max_length=200, required=False, help_text="哪些装置、罐区、仓库。")
    contents = lines("检查内容", length=2000, rows=4, required=False)
    manner = forms.CharField(
        label="检查方式", max_length=300, required=False, initial="查阅资料、现场检查、询问有关人员"
    )
    lead = person("主办人员")
    lead_task = forms.CharField(label="主办人员分工", max_length=200, required=False)
    second = person("协办人员")
    second_task = forms.CharField(label="协办人员分工", max_length=200, required=False)
    drafting = lines("拟制说明", length=300, rows=2, required=False, help_text="为什么检查这家企业，依据哪项计划。")
    reviewer = person("审核人（科室负责人）")
    approver = person("审批人（分管领导）")

    def __init__(self, *args, inspectors, reviewers, approvers, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("lead", "second"):
            self.fields[name].choices = [("", "请选择")] + [
                (one.person_id, f"{one.person.name}（{one.person.certificate_no}）") for one in inspectors
            ]
        for name, people in (("reviewer", reviewers), ("approver", approvers)):
            self.fields[name].choices = [("", "请选择")] + [(one.pk, one.name) for one in people]


class DecideForm(forms.Form):
    opinion = lines("意见", length=300, rows=2, required=False, help_text="同意的可以不填；退回须写明理由。")
    revision = forms.IntegerField(widget=forms.HiddenInput)


class RecordForm(forms.Form):
    started_at = forms.DateTimeField(label="检查开始", input_formats=ISO, widget=MOMENT)
    ended_at = forms.DateTimeField(label="检查结束", input_formats=ISO, widget=MOMENT)
    place = forms.CharField(label="检查场所", max_length=200, required=False, help_text="哪些装置、罐区、仓库。")
    representative = forms.CharField(label="法定代表人（负责人）", max_length=40, required=False)
    position = forms.CharField(label="职务", max_length=40, required=False)
    phone = forms.CharField(label="联系电话", max_length=20, required=False)
    met_with = forms.CharField(label="陪同人员", max_length=60, required=False)
    situation = lines(
        "检查情况",
        length=4000,
        rows=5,
        required=False,
        help_text="查了什么、怎么查的、情况怎样。发现的问题会逐条列在后面。",
    )
    refusal = lines(
        "被检查单位拒绝签字的",
        length=200,
        rows=2,
        required=False,
        help_text="拒签的写明情况（安全生产法第68条）；签字的不填。",
    )
