"""What is uploaded and answered where a 隐患台账 is imported."""

from django import forms

from portal.ui.fields import lines


class RegisterForm(forms.Form):
    workbook = forms.FileField(
        label="隐患台账",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.csv"}),
        help_text="原表即可（.xlsx），表头、标题行、合并单元格不用改；也可以下载门户生成的表格填写。",
        error_messages={"required": "请选择要导入的文件。", "empty": "文件是空的，请重新选择。"},
    )


class ConfirmForm(forms.Form):
    """Asks about the closed ones only where there are any."""

    def __init__(self, *args, closed: int, **kwargs):
        super().__init__(*args, **kwargs)
        if closed:
            self.fields["closed"] = forms.ChoiceField(
                label=f"表中写明已销号的 {closed} 条",
                choices=[("no", "不导入，原文留在这一批里备查"), ("yes", "也导入，作为“待下达”逐条核实")],
                widget=forms.RadioSelect,
                error_messages={"required": "请选择写明已销号的隐患是否也导入。"},
            )

    def closed(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data.get("closed", ""))


class TakeBackForm(forms.Form):
    reason = lines("撤回理由", length=280, rows=2)
