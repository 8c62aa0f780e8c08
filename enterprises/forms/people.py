"""Responsible persons, licences and certificates, as typed."""

from django import forms
from django.utils.html import format_html, format_html_join

from enterprises.models import Credential
from enterprises.queries.credentials import known_titles
from portal.ui.fields import day

STALE = {"widget": forms.HiddenInput, "required": False}


class AppointForm(forms.Form):
    """任命或更换包保责任人."""

    name = forms.CharField(label="姓名", max_length=40)
    post = forms.CharField(label="职务", max_length=60, help_text="如：总经理、生产副总、罐区车间主任。")
    phone = forms.CharField(
        label="联系电话", max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"}), help_text="印在公示牌上。"
    )
    starts = day("任职起始日期", help_text="更换时，前任的任期到这一天的前一天为止。")
    registered_on = day(
        "登记系统更新日期",
        required=False,
        help_text="已在危险化学品登记系统里更新的填写；还没有更新的空着，5日内补填。",
    )
    replaces = forms.IntegerField(**STALE)


class CorrectForm(forms.Form):
    """更正: a typo, or the day the registration system was brought up to date."""

    name = forms.CharField(label="姓名", max_length=40)
    post = forms.CharField(label="职务", max_length=60)
    phone = forms.CharField(label="联系电话", max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    starts = day("任职起始日期")
    ends = day("离任日期", required=False)
    registered_on = day("登记系统更新日期", required=False, help_text="在危险化学品登记系统里更新的日期。")
    revision = forms.IntegerField(**STALE)

    def told(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


class EndForm(forms.Form):
    ends = day("在任的最后一天")
    revision = forms.IntegerField(**STALE)


class Suggested(forms.TextInput):
    """A text field with a list of (value, label) to choose from; anything else may be typed."""

    def __init__(self, choices, **attrs):
        self.choices = choices
        super().__init__(attrs={"autocomplete": "off", **attrs})

    def render(self, name, value, attrs=None, renderer=None):
        known = f"{name}-known"
        control = super().render(name, value, (attrs or {}) | {"list": known}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.choices)
        return format_html('{}<datalist id="{}">{}</datalist>', control, known, options)


class ValidityForm(forms.Form):
    """换证、延期或复审."""

    number = forms.CharField(label="证号", max_length=60)
    issuer = forms.CharField(label="发证机关", max_length=80, required=False)
    valid_from = day("有效期自", required=False)
    valid_until = day("有效期至", required=False, help_text="这一天仍有效。长期有效的空着。")
    review_due = day(
        "应复审日期", required=False, help_text="特种作业操作证每3年复审一次，到这一天没有复审的视同到期。"
    )
    note = forms.CharField(label="备注", max_length=200, required=False)
    revision = forms.IntegerField(**STALE)

    def told(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


class CredentialForm(ValidityForm):
    kind = forms.ChoiceField(label="种类", choices=Credential.Kind.choices)
    title = forms.CharField(label="名称或作业类别", max_length=80, help_text="可从列表里选，也可以直接填写。")
    holder = forms.CharField(
        label="持证人", max_length=40, required=False, help_text="人员证书必填，企业的许可证照不填。"
    )
    field_order = ("kind", "title", "holder", "number", "issuer", "valid_from", "valid_until", "review_due", "note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = self["kind"].value() if self.is_bound or self.initial.get("kind") else ""
        self.fields["title"].widget = Suggested(known_titles(chosen or ""), maxlength=80)


class EndCredentialForm(forms.Form):
    ended_on = day("注销或离岗日期")
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="如：证照注销、人员离岗、不再从事该作业。"
    )
    revision = forms.IntegerField(**STALE)
