"""What is typed on the pages of 表彰问责."""

from django import forms

from accountability import rules_measure as rules
from accountability.models import Measure
from portal.ui.fields import lines

MOMENT = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class MeasureForm(forms.Form):
    """Left empty it is the verb that says what is missing, the same on every way in."""

    kind = forms.ChoiceField(label="种类", choices=[("", "请选择"), *Measure.Kind.choices], required=False)
    matter = forms.CharField(
        label="事由",
        max_length=120,
        required=False,
        help_text="印在文书标题下，如“关于重大隐患逾期未整改的通报”。",
    )
    facts = lines("事实和理由", length=4000, rows=6, required=False)
    grounds = lines(
        "依据的记录",
        length=4000,
        rows=4,
        required=False,
        help_text="每行一条：“隐患 123”“文书 （江南）应急责改〔2026〕12号”“检查 45”“考核得分 6”。按现在的情况写入文书；只有看得到该记录的人才能打开。",
    )
    basis = forms.CharField(
        label="依据的文件", max_length=300, required=False, help_text="法规、制度、会议纪要的名称和条款，没有的不填。"
    )
    decision = lines("决定", length=4000, rows=4, required=False, help_text="给予什么、要求什么、何时完成。")
    meets_at = forms.DateTimeField(label="约谈时间", required=False, widget=MOMENT, help_text="只有约谈填写。")
    meets_where = forms.CharField(label="约谈地点", max_length=120, required=False)
    reply_days = forms.IntegerField(
        label="回复期（日）",
        required=False,
        initial=rules.REPLY_DAYS,
        help_text="从印发次日起算的自然日；不要求回复的填0。",
    )
    for_unit = forms.BooleanField(
        label="计入所在单位的年度考核",
        required=False,
        help_text="对区县、市级部门和企业本身的总是计入；对个人或区县所属单位的，勾选后计入其所在区县、部门或企业。",
    )
    publish = forms.BooleanField(label="印发后向全市公开（只限表彰）", required=False)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)


class DecideForm(forms.Form):
    opinion = lines("意见", length=500, rows=2, required=False, help_text="批准的可以不填；退回须写明理由。")
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)


class NoteForm(forms.Form):
    """办结、撤销、作废: words and the state they were written for."""

    note = lines("说明", length=1000, rows=4, required=False)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, label: str, hint: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].label, self.fields["note"].help_text = label, hint


class ReplyForm(forms.Form):
    text = lines(
        "回复或申辩",
        length=4000,
        rows=6,
        required=False,
        help_text="写明整改措施和完成时间；有异议的，写明理由和依据。",
    )
