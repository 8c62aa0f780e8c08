from django import forms

from portal.documents.codes import NUMBERED
from portal.documents.contracts import TITLES

MOST_BYTES = 20 * 2**20


class CodeForm(forms.Form):
    kind = forms.ChoiceField(label="文书种类", choices=[(kind, TITLES[kind]) for kind in NUMBERED])
    characters = forms.CharField(
        label="字轨", max_length=10, help_text="如“应急检记”，不含机关简称、年份和序号；从下一份文书起使用。"
    )
    source = forms.CharField(
        label="依据", max_length=300, help_text="文件名称和文号，或者省、市统一文书式样的名称和版本。"
    )


class PrintForm(forms.Form):
    print = forms.FileField(label="您收到的 PDF 文件")

    def clean_print(self):
        given = self.cleaned_data["print"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError("文件超过20MB，不是本系统制发的文书。")
        return given
