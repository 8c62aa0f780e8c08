"""What is typed on the pages about outings, checked for form."""

from django import forms


class ImportForm(forms.Form):
    file = forms.FileField(
        label="外出检查文件",
        help_text="在设备的“外出检查”页面用“导出未发送的记录”得到的文件（.json）。",
        widget=forms.ClearableFileInput(attrs={"accept": "application/json,.json"}),
    )


class VoidForm(forms.Form):
    reason = forms.CharField(label="作废理由", max_length=200)
