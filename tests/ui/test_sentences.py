"""A form's errors tell what to do, in Chinese, whichever form it is."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django import forms

ROOT = Path(__file__).resolve().parents[2]
STOCK = re.compile(r"必填项|确保|有效的|输入|该字段|[A-Za-z]{4,}")


class Sheet(forms.Form):
    words = forms.CharField(max_length=3, min_length=2)
    null = forms.CharField()
    number = forms.IntegerField(min_value=2, max_value=5)
    exact = forms.DecimalField(max_digits=4, decimal_places=1)
    rough = forms.FloatField()
    day = forms.DateField()
    clock = forms.TimeField()
    moment = forms.DateTimeField()
    one = forms.ChoiceField(choices=[("a", "甲")])
    some = forms.MultipleChoiceField(choices=[("a", "甲")])
    typed = forms.TypedChoiceField(choices=[("1", "甲")], coerce=int)
    mail = forms.EmailField()
    like = forms.RegexField(r"^\d+$")
    yes = forms.BooleanField()
    file = forms.FileField()


WRONG = {
    "words": "abcde", "null": "a\x00b", "number": "9", "exact": "12345.67", "rough": "x", "day": "x", "clock": "x",
    "moment": "x", "one": "z", "some": ["z"], "typed": "z", "mail": "x", "like": "x",
}  # fmt: skip


def test_a_line_break_counts_as_the_one_character_that_it_is_on_the_page():
    class Note(forms.Form):
        note = forms.CharField(max_length=5, widget=forms.Textarea)

    form = Note({"note": "甲乙\r\n丙丁"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["note"] == "甲乙\n丙丁"


@pytest.mark.parametrize("data", [{}, WRONG, {"words": "a", "number": "1", "exact": "x"}, {"number": "x"}])
def test_every_kind_of_field_says_what_to_do(data):
    said = [sentence for errors in Sheet(data).errors.values() for sentence in errors]
    assert len(said) >= len(Sheet.base_fields) - 2
    for sentence in said:
        assert sentence.endswith("。"), sentence
        assert re.search(r"请|不能", sentence), sentence
        assert not STOCK.search(sentence.replace("https://example.gov.cn", "").replace("name@example.gov.cn", "")), (
            sentence
        )


def test_no_form_of_the_portal_falls_back_on_stock_sentences():
    """Every form class there is: what any of its fields may say by itself."""
    names = [
        str(path.relative_to(ROOT).with_suffix("")).replace("/", ".")
        for floor in ("portal", "enterprises", "hazards", "inspections", "accountability", "campaign")
        for path in (ROOT / floor).rglob("*.py")
        if "forms" in path.stem or path.parent.name == "forms"
    ]
    assert len(names) > 15
    classes = {
        kind
        for name in names
        for kind in vars(import_module(name)).values()
        if isinstance(kind, type) and issubclass(kind, forms.BaseForm) and kind.__module__ == name
    }
    assert len(classes) > 40
    for kind in classes:
        for field in kind.base_fields.values():  # type: ignore[attr-defined]
            for code in ("required", "invalid", "invalid_choice"):
                sentence = str(field.error_messages.get(code, ""))
                assert not re.search(r"必填项|有效的|^输入", sentence), (kind, field, sentence)
