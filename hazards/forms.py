"""What is typed on hazard and notice pages, checked for form; whether it may be done is the verbs' business."""

from collections.abc import Iterable
from fractions import Fraction

from django import forms

from hazards.actions.supervision import leaders
from hazards.models import Level, ReasonTemplate, SampleItem, Suspension
from portal.legaldays import UNITS
from portal.tenancy.models import Organisation, Person
from portal.ui.fields import day, lines

IMAGES = "image/jpeg,image/png,image/webp,image/heic,application/pdf"


def certified(people: Iterable[Person]) -> list[tuple[object, str]]:
    """Whom to choose the second signer from, each with the 执法证号 that is printed."""
    return [("", "请选择"), *((person.pk, f"{person.name}（{person.certificate_no}）") for person in people)]


class RevisionForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)


class SubmitForm(RevisionForm):
    note = forms.CharField(
        label="整改说明",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="做了什么、谁负责、何时完成、怎样防止再发生。",
    )


class RecheckForm(RevisionForm):
    second = forms.TypedChoiceField(label="第二名复查人员", coerce=int, empty_value=None, required=False)
    note = forms.CharField(
        label="复查意见或退回理由", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["second"].choices = certified(colleagues)


class ReasonForm(RevisionForm):
    note = forms.CharField(label="理由", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class ReopenForm(ReasonForm):
    deadline = day("新的整改期限")


class AcknowledgeForm(forms.Form):
    signed_by = forms.CharField(label="签收人姓名", max_length=40)


class RefusalForm(forms.Form):
    refusal = forms.CharField(label="拒签情况", max_length=200, help_text="写明时间、地点、见证人。")


class DeadlineForm(forms.Form):
    """One hazard's deadline on a notice: a length in 日 or 工作日, or the day itself."""

    requirement = forms.CharField(label="整改要求", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    length = forms.IntegerField(label="期限", min_value=1, max_value=730, required=False)
    unit = forms.ChoiceField(label="单位", choices=[(unit, unit) for unit in UNITS], required=False)
    due = day("或指定日期", required=False)

    def clean(self):
        data = super().clean()
        if not data.get("due") and not data.get("length"):
            self.add_error("length", "请填写整改期限的天数，或指定一个日期。")
        return data


class NoticeForm(forms.Form):
    second = forms.TypedChoiceField(label="第二名执法人员", coerce=int, empty_value=None)

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["second"].choices = certified(colleagues)


DEFAULT_DAYS = {Level.GENERAL: 15, Level.MAJOR: 30}


def words(label: str, rows: int = 3, help_text: str = "", most: int = 1000, required: bool = False) -> forms.CharField:
    """Left empty it is the verb that says what is missing, the same on every way in."""
    return lines(label, length=most, rows=rows, required=required, help_text=help_text)


class PlanForm(RevisionForm):
    """五落实 (安全生产法第41条、handbook §4)."""

    responsible = forms.CharField(label="责任落实：责任人", required=False, max_length=40)
    duty = forms.CharField(label="责任落实：责任部门和职责", required=False, max_length=200)
    measures = words("措施落实：整改措施", most=2000)
    funds = forms.CharField(
        label="资金落实：数额和来源", required=False, max_length=200, help_text="如：25万元，安全生产费用列支。"
    )
    ends_on = day("时限落实：计划完成日期")
    contingency = words("预案落实：整改期间的防范措施和应急预案", most=2000)


class AskForm(RevisionForm):
    wanted = day("申请延至")
    reason = words("延期理由", 4, "为什么不能按期完成；延期期间采取哪些防范措施。")


class AnswerForm(RevisionForm):
    until = day("同意延至", required=False, help_text="可以早于企业申请的日期。不同意的不用填。")
    reason = words("答复理由")


class CorrectExtensionForm(RevisionForm):
    until = day("更正后的整改期限")
    reason = words("更正理由")


class SuperviseForm(RevisionForm):
    leader = forms.TypedChoiceField(label="督办责任领导", coerce=int, empty_value=None, required=False)
    requirement = words("督办要求", 4)

    def __init__(self, *args, leaders, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["leader"].choices = [("", "请选择")] + [(person.pk, person.name) for person in leaders]


class TransferForm(RevisionForm):
    organisation = forms.TypedChoiceField(label="接收单位", coerce=int, empty_value=None, required=False)
    note = words("移交理由")

    def __init__(self, *args, receivers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [("", "请选择")] + [(unit.pk, unit.name) for unit in receivers]


class SuspendForm(forms.Form):
    """停产停业; `revision` is there where it comes from a hazard."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reach = forms.ChoiceField(label="范围", choices=Suspension.Reach.choices, widget=forms.RadioSelect)
    unit = forms.TypedChoiceField(label="单元", coerce=int, empty_value=None, required=False)
    part = forms.CharField(
        label="停产部位", required=False, max_length=120, help_text="局部停产时填写：哪个装置、设施或作业。"
    )
    reason = words("事由", 3, "发现了什么、为什么不能边生产边整改。", 2000)
    basis = forms.CharField(
        label="依据", required=False, max_length=300, initial="《中华人民共和国安全生产法》第六十五条第一款第三项"
    )
    measures = words("处理决定", 3, "如：立即停止该装置运行，撤出作业人员，采取安全措施。", 2000)
    until = day(
        "至",
        required=False,
        help_text="空着就是法定最长6个月（令15号第14条）；期满不自动恢复，须经审查同意。",
    )
    on_the_spot = forms.BooleanField(label="现场当场责令", required=False)
    second = forms.TypedChoiceField(label="第二名执法人员", coerce=int, empty_value=None, required=False)

    def __init__(self, *args, colleagues, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["second"].choices = certified(colleagues)
        self.fields["unit"].choices = [("", "不限于台账单元")] + [(unit.pk, unit.name) for unit in units]


class LiftForm(forms.Form):
    note = words("审查意见", 4, "查了什么、隐患是否排除、是否具备恢复条件。")


class BulkReasonForm(forms.Form):
    note = words("理由", required=True)


class BulkTransferForm(BulkReasonForm):
    organisation = forms.TypedChoiceField(label="接收单位", coerce=int, empty_value=None)

    field_order = ("organisation", "note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        units = Organisation.objects.filter(kind__in=["office", "department", "bureau"]).order_by("kind", "name")
        self.fields["organisation"].choices = [("", "请选择")] + [(unit.pk, unit.name) for unit in units]


class BulkSuperviseForm(forms.Form):
    leader = forms.TypedChoiceField(label="督办责任领导", coerce=int, empty_value=None)
    requirement = words("督办要求", 4, required=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["leader"].choices = [("", "请选择")] + [(person.pk, person.name) for person in leaders()]


BULK_FORMS: dict[str, type[forms.Form]] = {
    "return": BulkReasonForm,
    "void": BulkReasonForm,
    "transfer": BulkTransferForm,
    "supervise": BulkSuperviseForm,
    "unsupervise": BulkReasonForm,
}


class TemplatesForm(forms.Form):
    """Every template of a kind in one field, a line each."""

    before = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind, label in ReasonTemplate.Kind.choices:
            self.fields[kind] = forms.CharField(
                label=label,
                required=False,
                max_length=6000,
                widget=forms.Textarea(attrs={"rows": 8}),
                help_text="每行一条，按顺序对应快捷键；留空的行不算。",
            )


class DrawForm(forms.Form):
    starts = day("销号日期起")
    ends = day("销号日期止")
    number = forms.IntegerField(label="抽取条数", required=False, min_value=1)
    percent = forms.DecimalField(
        label="或抽取百分比", required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    by_district = forms.BooleanField(
        label="按区县分层", required=False, help_text="每个区县至少抽1条，其余按各区县销号的隐患数分配。"
    )
    seed = forms.CharField(
        label="种子",
        max_length=100,
        help_text="一段可公开查证、抽样前无人能预知的文字，如“2026-11-26 双色球 03 09 14 21 27 30+05”。任何人可用它重抽一遍。",
    )

    def clean_percent(self) -> Fraction | None:
        percent = self.cleaned_data["percent"]
        return None if percent is None else Fraction(percent)


class LookForm(forms.Form):
    result = forms.ChoiceField(
        label="复核结果", choices=SampleItem.Result.choices, widget=forms.RadioSelect, required=False
    )
    note = forms.CharField(
        label="复核情况",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="何时到现场、看了什么、看到什么。",
    )
