"""Self-checks, as typed."""

import uuid

from django import forms

from hazards.models import AccidentType, Level
from portal.ui.fields import UploadKeys, day, lines


class FactsForm(forms.Form):
    """What an enterprise says of its own finding; the same words for reporting and for changing."""

    description = lines("隐患情况", length=2000, help_text="在哪里、什么问题、可能造成什么后果。")
    place = forms.CharField(label="部位", max_length=120, help_text="装置、储罐、库房或岗位。")
    level = forms.ChoiceField(label="级别（企业自评）", choices=Level.choices, widget=forms.RadioSelect)
    accident_type = forms.ChoiceField(label="可能造成的事故", choices=AccidentType.choices)
    measures = lines("整改措施", length=2000, help_text="怎么改、谁负责；完成前怎样保证安全。")
    planned_on = day("计划完成日期")
    found_on = day("发现日期")
    found_by_name = forms.CharField(label="发现人", max_length=40)


class ReportForm(FactsForm):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    uploads = UploadKeys(most=30)


class VerbForm(forms.Form):
    """What every verb is told: the revision the person was looking at."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ChangeForm(FactsForm, VerbForm):
    note = lines("为什么修改", length=500)


class FinishForm(VerbForm):
    note = lines("整改说明", length=2000, help_text="做了什么、谁负责、何时完成、怎样防止再发生。")


class CancelForm(VerbForm):
    note = lines("撤销的理由", length=500)


class ReopenForm(VerbForm):
    note = lines("重新整改的理由", length=500)
    planned_on = day("新的计划完成日期")


class OfficialForm(VerbForm):
    """What the official finds of it; begins with the enterprise's own words."""

    description = lines("隐患描述", length=2000)
    place = forms.CharField(label="部位", max_length=120, required=False)
    level = forms.ChoiceField(label="级别", choices=Level.choices, widget=forms.RadioSelect)
    accident_type = forms.ChoiceField(label="可能事故类型", choices=AccidentType.choices)
    basis = lines("依据", length=1000, rows=2, required=False, help_text="违反的法律、标准条款；可在下达文书前补充。")
