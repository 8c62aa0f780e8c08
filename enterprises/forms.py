"""What is typed and uploaded on enterprise pages."""

from django import forms

from enterprises.ledger import FIELDS, Mapping
from enterprises.models import Grade


class UploadForm(forms.Form):
    workbook = forms.FileField(
        label="台账工作簿",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.csv"}),
        help_text="区县报送的原表即可（.xlsx），不用改表头、不用拆合并单元格。",
        error_messages={"required": "请选择要导入的文件。", "empty": "文件是空的，请重新选择。"},
    )


class MappingForm(forms.Form):
    """One choice a field: which column of the sheet it is read from."""

    def __init__(self, *args, mapping: Mapping, **kwargs):
        super().__init__(*args, **kwargs)
        columns = [("", "（没有这一列）")] + [
            (str(number), f"{letter(number)}列 {header}") for number, header in enumerate(mapping.headers) if header
        ]
        names = list(FIELDS) + [name for name in mapping.columns if name not in FIELDS]
        for name in names:
            label = FIELDS[name].label if name in FIELDS else name
            self.fields[name] = forms.ChoiceField(
                label=label, choices=columns, required=False, initial=str(mapping.columns.get(name, ""))
            )

    def columns(self) -> dict[str, int | None]:
        return {name: int(value) if value else None for name, value in self.cleaned_data.items()}


def letter(number: int) -> str:
    """0 → A, 26 → AA: a column as Excel names it."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


class GradeForm(forms.Form):
    grade = forms.ChoiceField(label="风险等级", choices=Grade.choices)
    source = forms.CharField(label="依据", max_length=120, help_text="评估报告、诊断表或文件的名称和文号。")
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
