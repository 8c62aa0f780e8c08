"""What is typed on the page of a checklist template, checked for form."""

from collections import Counter

from django import forms

from hazards.models import AccidentType, Level
from inspections.actions.checklists import OTHERS
from inspections.models import ChecklistItem
from portal.ui.fields import lines

SPARE = 3


class TemplateForm(forms.Form):
    subject = forms.CharField(label="主题", max_length=40, help_text="如：储罐区、动火作业、液氨制冷")
    reason = lines("制定或修改的理由", length=300, rows=2)
    after = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    codes = forms.MultipleChoiceField(
        label="检查项", required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
    )

    def __init__(self, *args, items: list[ChecklistItem], **kwargs):
        super().__init__(*args, **kwargs)
        self.items = items
        self.fields["codes"].choices = [(item.code, f"{item.code} {item.text}") for item in items]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, int]:
        """How many lines of each chapter are ticked."""
        ticked = set(self["codes"].value() or ())
        return Counter(item.category for item in self.items if item.code in ticked)

    def chapters(self) -> dict[str, list]:
        """The boxes by the catalog's chapters."""
        found: dict[str, list] = {}
        for item, box in zip(self.items, self["codes"], strict=True):
            found.setdefault(item.category, []).append((item, box))
        return found


class OwnForm(forms.Form):
    """One line of the city's own; left blank it is none, and a line of the version before that is emptied is dropped."""

    code = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    subcategory = forms.ChoiceField(label="小类", required=False)
    text = lines("检查内容", rows=2, required=False)
    basis = lines("依据条款", rows=2, required=False)
    suggested_level = forms.ChoiceField(label="建议级别", choices=Level.choices, required=False)
    accident_type = forms.ChoiceField(label="可能事故类型", choices=AccidentType.choices, required=False)
    criterion = forms.CharField(
        label="重大隐患判定", max_length=60, required=False, help_text="判定标准的条款，没有就不填"
    )

    def __init__(self, *args, parts: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["subcategory"].choices = [(name, name) for name in (OTHERS, *parts)]  # type: ignore[attr-defined]

    @property
    def is_typed(self) -> bool:
        return any(self.cleaned_data.get(name, "").strip() for name in ("text", "basis"))


OwnForms = forms.formset_factory(OwnForm, extra=SPARE, max_num=60, validate_max=True)
