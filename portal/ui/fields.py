"""Form fields that many forms ask for."""

from uuid import UUID

from django import forms

# A date field of the browser understands ISO alone: written as the language writes it, a known day is shown as none and sent back empty.
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def day(label: str, **more) -> forms.DateField:
    return forms.DateField(label=label, widget=DAY, **more)


class UploadKeys(forms.CharField):
    """The uploads (断点续传) that go with a form, by their keys: put in by the page's script, empty without it."""

    widget = forms.HiddenInput

    def __init__(self, *, most: int):
        super().__init__(required=False)
        self.most = most

    def to_python(self, value) -> list[UUID]:  # type: ignore[override]
        named = [one for one in super().to_python(value).split(",") if one]
        try:
            keys = [UUID(one) for one in named]
        except ValueError as error:
            raise forms.ValidationError("照片的上传编号不对，请移除后重新选择照片。") from error
        if len(keys) > self.most:
            raise forms.ValidationError(f"最多{self.most}份照片，请移除多余的。")
        return list(dict.fromkeys(keys))


def lines(label: str, *, length: int = 500, rows: int = 3, **more) -> forms.CharField:
    """Some lines of text; `length` in characters."""
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **more)
