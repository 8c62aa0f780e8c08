"""阶段, as typed."""

from django import forms

from campaign.forms_tasks import NoteForm, ReasonForm, VerbForm
from portal.ui.fields import day, lines

__all__ = ["NoteForm", "PhaseChangeForm", "PhaseForm", "ReasonForm"]


class PhaseForm(VerbForm):
    name = forms.CharField(label="阶段", max_length=40, help_text="如：动员部署、集中整治、巩固提升。")
    goal = lines("目标", length=300, required=False)
    starts = day("开始日期")
    ends = day("结束日期")


class PhaseChangeForm(PhaseForm):
    note = lines("为什么修改")
