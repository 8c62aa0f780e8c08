"""A browser sends each line break of a text box as two characters and counts it as one: so is it counted, and kept, here."""

from django import forms

as_sent = forms.Textarea.value_from_datadict


def as_typed(widget: forms.Textarea, data, files, name):
    value = as_sent(widget, data, files, name)
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def count_as_typed() -> None:
    """From now on every text box of this process: what the page let somebody type is not refused as too long."""
    forms.Textarea.value_from_datadict = as_typed  # type: ignore[method-assign]
