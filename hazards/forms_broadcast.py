"""Broadcasts and their answers, as typed."""

import re
import uuid

from django import forms

from enterprises.forms.transformation import proof
from enterprises.ledger.catalog import key_processes
from enterprises.models import Sector
from hazards import rules_broadcast as rules
from hazards.models import BroadcastAddress, Level
from hazards.queries.broadcasts import Reach
from portal.ui.fields import UploadKeys, day, lines


class ReachForm(forms.Form):
    """Whom it is sent to: any one of the features, within the picked sectors."""

    processes = forms.TypedMultipleChoiceField(
        label="重点监管工艺（有任一即可）",
        choices=lambda: [(str(seq), name) for seq, name in key_processes()],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    chemicals = forms.CharField(
        label="化学品",
        max_length=300,
        required=False,
        help_text="名称、别名或CAS号，多种用顿号隔开；重点监管的按目录认别名，其他的按台账里的名称。",
    )
    equipment = forms.CharField(
        label="装置或设备",
        max_length=40,
        required=False,
        help_text="单元名称、边界说明或工艺名称里含有的字，如：储罐、气化。",
    )
    major = forms.BooleanField(label="有重大危险源（申报或辨识）", required=False)
    sectors = forms.MultipleChoiceField(
        label="只发这些行业",
        choices=Sector.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选就不限行业；上面都不选、只选行业，就发给这些行业的全部企业。",
    )
    # What was previewed: another list by the time of sending is not sent to unseen.
    expected = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def reach(self) -> Reach:
        told = self.cleaned_data
        chemicals = (name.strip() for name in re.split(r"[、，；;\n]", told["chemicals"]))
        return Reach(
            tuple(told["processes"]),
            tuple(dict.fromkeys(name for name in chemicals if name)),
            told["equipment"].strip(),
            told["major"],
            tuple(told["sectors"]),
        )

    def clean(self):
        data = super().clean()
        if not self.errors and self.reach() == Reach():
            self.add_error("processes", "请至少选一个范围：工艺、化学品、装置、重大危险源或行业。")
        return data


class BroadcastForm(ReachForm):
    title = forms.CharField(label="标题", max_length=120)
    what = lines("情况和要求", length=2000, rows=5, help_text="收到的企业看到的就是这些字，不要写出事企业的名称。")
    questions = lines(
        "核查问题", length=4000, rows=5, help_text=f"一行一个，最多{rules.MOST_QUESTIONS}个，如：联锁是否有被旁路的？"
    )
    basis = lines("依据", length=500, rows=2, required=False)
    answer_by = day("答复期限")
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    field_order = ("title", "what", "questions", "basis", "answer_by")

    def clean_questions(self) -> list[str]:
        return rules.questions_in(self.cleaned_data["questions"])


class QuestionForm(forms.Form):
    """One question's answer; what a self-check needs is asked where the answer is 有 and none stands yet."""

    verdict = forms.ChoiceField(
        label="核查结果", choices=rules.CHOICES, widget=forms.RadioSelect, error_messages={"required": "请选一项。"}
    )
    words = lines("说明", length=1000, rows=2, required=False, help_text="怎样核查的；答“有”的写明情况。")
    photo = proof(help_text="照片（JPEG、PNG、WebP、HEIC）或PDF，不超过15MB；没有可以不传。")
    upload = UploadKeys(most=1)
    place = forms.CharField(label="部位", max_length=120, required=False)
    measures = lines("整改措施", length=1000, rows=2, required=False)
    planned_on = day("计划完成日期", required=False)
    level = forms.ChoiceField(label="级别（企业自评）", choices=Level.choices, required=False)

    FOUND_FIELDS = ("place", "measures", "planned_on", "level")

    @property
    def more(self):
        return [self[name] for name in self.FOUND_FIELDS if name in self.fields]

    @property
    def more_is_open(self) -> bool:
        return self["verdict"].value() == rules.FOUND or any(bound.errors for bound in self.more)


def question_forms(address: BroadcastAddress, data=None, files=None) -> list[QuestionForm]:
    """A form a question, numbered from 1, beginning with what was answered before."""
    made = []
    for number, _ in enumerate(address.questions, 1):
        before = address.items[number - 1] if address.items else {}
        initial = {"verdict": before.get("verdict"), "words": before.get("words"), "level": Level.GENERAL}
        made.append(QuestionForm(data, files, prefix=f"q{number}", initial=initial))
        made[-1].before = before
        made[-1].heading = f"第{number}题 "
    return made
