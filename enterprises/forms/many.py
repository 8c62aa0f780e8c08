"""What each verb on many enterprises asks for."""

from django import forms

from enterprises.forms.grading import GradeForm
from enterprises.models import Kind, Sector
from portal.tenancy.models import District


def one_choice(name: str, label: str, choices) -> type[forms.Form]:
    field = forms.ChoiceField(label=label, choices=choices, error_messages={"required": f"请选择{label}。"})
    return type("OneChoice", (forms.Form,), {name: field})


def districts() -> list[tuple[str, str]]:
    return [("", "请选择"), *((name, name) for name in District.objects.values_list("name", flat=True))]


def labels(choices) -> list[tuple[str, str]]:
    return [("", "请选择"), *((label, label) for label in choices.labels)]


class DecideForm(GradeForm):
    """The grade of many by one document; what each one's page showed is its own affair."""

    revision = seen = None  # type: ignore[assignment]


FORMS: dict[str, type[forms.Form]] = {
    "grade": DecideForm,
    "sector": one_choice("sector", "行业类别", labels(Sector)),
    "kind": one_choice("kind", "企业类型", labels(Kind)),
    "district": one_choice("district", "区县", districts),
    "diagnosis": forms.Form,
}
