"""The diagnosis sheet, an event and the decision, as typed."""

from django import forms

from enterprises.actions.diagnosis import MOST, Answer
from enterprises.models import Grade, GradeProposal
from enterprises.queries.diagnosis import Question, SheetFile
from portal.ui.fields import day

Cause = GradeProposal.Cause


class Seen(forms.Form):
    """What the decision page showed: the enterprise as it was and the newest proposal."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class GradeForm(Seen):
    # Nothing is chosen for an enterprise without a grade: the first one would be the best.
    grade = forms.ChoiceField(
        label="风险等级",
        choices=[("", "请选择"), *Grade.choices],
        error_messages={"required": "请选择风险等级。"},
    )
    source = forms.CharField(label="依据", max_length=120, help_text="评估报告、诊断表或文件的名称和文号。")
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class DeclineForm(Seen):
    reason = forms.CharField(label="维持现等级的理由", max_length=300)


class EventForm(forms.Form):
    cause = forms.ChoiceField(
        label="事由", choices=[(cause.value, cause.label) for cause in (Cause.ACCIDENT, Cause.SUSPENSION, Cause.REPEAT)]
    )
    on = day("发生日期")
    grave = forms.BooleanField(label="较大及以上事故，或造成人员死亡", required=False)
    text = forms.CharField(
        label="情况和依据",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明经过、后果和文件依据。建议由有权决定的人员确认后才生效。",
    )


class SheetForm(forms.Form):
    """One number and one remark a row. Blank means that nobody has answered, which is not zero."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, file: SheetFile, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = file.questions
        self.initial["revision"] = file.record.revision
        for question in self.questions:
            code = question.row.code
            self.fields[f"n_{code}"] = number(question)
            self.fields[f"note_{code}"] = forms.CharField(
                label=f"{code} 备注",
                max_length=300,
                required=False,
                initial=question.note,
                widget=forms.TextInput(attrs={"placeholder": "备注"}),
            )

    def answers(self) -> dict[str, Answer]:
        told = {}
        for question in self.questions:
            code = question.row.code
            count = self.cleaned_data[f"n_{code}"]
            told[code] = Answer(None if count in (None, "") else int(count), self.cleaned_data[f"note_{code}"])
        return told

    def unanswered(self) -> int:
        return sum(answer.count is None for answer in self.answers().values())

    def going_on_from(self, revision: int) -> None:
        """After a refusal that says why, the next press is about the sheet as it is now."""
        self.data = self.data.copy()
        self.data["revision"] = revision

    def chapters(self, file: SheetFile) -> list[tuple[str, list[tuple[Question, forms.BoundField, forms.BoundField]]]]:
        """The rows with their boxes, by chapter of the sheet."""
        return [
            (
                chapter.name,
                [(one, self[f"n_{one.row.code}"], self[f"note_{one.row.code}"]) for one in chapter.questions],
            )
            for chapter in file.chapters
        ]


def number(question: Question) -> forms.Field:
    label = f"{question.row.code} {question.row.text}"
    if question.each:
        return forms.IntegerField(
            label=label, min_value=0, max_value=MOST, required=False, initial=question.count,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )  # fmt: skip
    return forms.ChoiceField(
        label=label,
        choices=[("", "未填"), ("0", "否"), ("1", "是")],
        required=False,
        initial="" if question.count is None else str(min(question.count, 1)),
    )
