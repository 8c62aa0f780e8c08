"""Form fields that many forms ask for."""

from django import forms

# A date field of the browser understands ISO alone: written as the language writes it, a known day is shown as none and sent back empty.
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def day(label: str, **more) -> forms.DateField:
    return forms.DateField(label=label, widget=DAY, **more)


def lines(label: str, *, length: int = 500, rows: int = 3, **more) -> forms.CharField:
    """Some lines of text; `length` in characters."""
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **more)
