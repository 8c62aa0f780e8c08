"""Login and account forms."""

from django import forms
from django.contrib.auth import authenticate, password_validation


class LoginForm(forms.Form):
    username = forms.CharField(
        label="登录名", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label="密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class PasswordForm(forms.Form):
    old = forms.CharField(
        label="现在的密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label="新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="至少12位，包含大写字母、小写字母、数字、符号中的三种。",
    )
    again = forms.CharField(
        label="再输一遍新密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request, self.account = request, request.user

    def clean_old(self):
        # As at login, so that whoever sits at somebody's open session has no more tries than there.
        if authenticate(self.request, username=self.account.username, password=self.cleaned_data["old"]) is None:
            raise forms.ValidationError("现在的密码不对。")
        return self.cleaned_data["old"]

    def clean_new(self):
        password_validation.validate_password(self.cleaned_data["new"], self.account)
        if self.cleaned_data["new"] == self.cleaned_data.get("old"):
            raise forms.ValidationError("新密码不能与现在的密码相同。")
        return self.cleaned_data["new"]

    def clean(self):
        data = super().clean()
        if data.get("new") and data.get("again") != data["new"]:
            self.add_error("again", "两次输入的新密码不一致。")
        return data


class CodeForm(forms.Form):
    code = forms.CharField(
        label="动态验证码",
        max_length=8,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )

    def clean_code(self):
        return "".join(self.cleaned_data["code"].split())


class EnrolAgainForm(CodeForm):
    """After a reset: the code the administrator handed over as well."""

    handed = forms.CharField(
        label="管理员告诉您的一次性验证码",
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
        help_text="16个字符，分大小写。",
    )
    field_order = ("handed", "code")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["code"].widget.attrs["autofocus"]
