"""Entries of 提升一批、淘汰一批, as typed."""

from django import forms

from enterprises.models import Transformation
from portal.ui.fields import day, lines

FILES = "image/jpeg,image/png,image/webp,image/heic,application/pdf"


def proof(**more) -> forms.FileField:
    return forms.FileField(
        label="佐证材料",
        widget=forms.ClearableFileInput(attrs={"accept": FILES}),
        error_messages={"empty": "文件是空的，请重新选择。"},
        required=False,
        **more,
    )


class PlanForm(forms.Form):
    target = lines("目标", length=200, rows=2, help_text="要达到什么，如：完成全流程自动化改造；依法关闭退出。")
    measure = lines("措施", length=300, help_text="怎么做、谁负责。")
    due_on = day("完成期限")


class EntryForm(PlanForm):
    list = forms.ChoiceField(label="名单", choices=Transformation.List.choices, widget=forms.RadioSelect)

    field_order = ("list", "target", "measure", "due_on")


class VerbForm(forms.Form):
    """What every verb is told: the revision the person was looking at."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ChangeForm(PlanForm, VerbForm):
    note = lines("为什么调整")


class ProgressForm(VerbForm):
    note = lines("进展", help_text="做到了哪一步。")
    file = proof(help_text="照片（JPEG、PNG、WebP、HEIC）或PDF，不超过15MB；没有可以不传。")


class FinishForm(VerbForm):
    finished_on = day("完成日期")
    note = lines("完成情况")
    file = proof(
        help_text="验收、关停或拆除的照片（JPEG、PNG、WebP、HEIC）或PDF，不超过15MB；此前已上传过的可以不再上传。"
    )


class DropForm(VerbForm):
    note = lines("移出的理由")


class ReopenForm(VerbForm):
    note = lines("重新列入的理由")
    due_on = day("新的完成期限")
