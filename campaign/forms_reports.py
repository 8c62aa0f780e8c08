"""What is typed about a work report; whether it may be done is the verbs' business."""

from campaign import rules_reports as rules
from campaign.forms_tasks import VerbForm
from portal.ui.fields import lines


class TextForm(VerbForm):
    text = lines("内容", length=rules.LONGEST, rows=12)

    def __init__(self, *args, section: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = rules.HELP[section]


class WithdrawForm(VerbForm):
    note = lines("为什么撤回重做", help_text="写明原报告哪里不对；撤回的版本仍可查看，理由一并显示。")
