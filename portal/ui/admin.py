"""The console at /console/: Django's admin behind the wall, asking the permission table and saving through actions.

System and security administrators keep districts, units, people, postings and accounts there. Nothing is deleted,
nobody chooses another's password, and Django's own log is off: the audit trail says who did what.
"""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from portal.permissions import may, needs
from portal.refusals import Refused
from portal.tenancy import actions
from portal.tenancy.models import Account, District, Organisation, Person, Posting, Role, Tenant

NOT_SERVED = {"login", "logout", "password_change", "password_change_done", "view_on_site"}


def guarded(patterns: list) -> list:
    """Every address of the console asks the permission table first; those the portal has its own page for are left out."""
    kept = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            guarded(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            if pattern.name in NOT_SERVED:
                continue
            if not hasattr(pattern.callback, "needs"):
                kind = getattr(pattern.callback, "model_admin", None)
                asks = "admin.console" if kind is None else kind.adds if pattern.name.endswith("_add") else kind.sees
                pattern.callback = needs(asks)(pattern.callback)
        kept.append(pattern)
    return kept


class Console(admin.AdminSite):
    site_title = site_header = "系统管理"
    index_title = "人员、任职与账号"
    index_template = "console/index.html"
    enable_nav_sidebar = False
    final_catch_all_view = False

    def has_permission(self, request):
        return may("admin.console")

    def get_urls(self):
        return guarded(super().get_urls())


console = Console(name="admin")


class Kept(admin.ModelAdmin):
    """One kind of record in the console, and the permissions asked for it."""

    sees = "admin.console"
    adds = changes = "people.manage"
    actions = None
    view_on_site = False
    list_per_page = 50
    change_form_template = "console/change_form.html"

    def has_module_permission(self, request):
        return may(self.sees)

    def has_view_permission(self, request, obj=None):
        return may(self.sees)

    def has_add_permission(self, request):
        return may(self.adds)

    def has_change_permission(self, request, obj=None):
        return may(self.changes)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        return [
            url for url in super().get_urls() if url.name and url.name.rpartition("_")[2] not in ("delete", "history")
        ]

    def lookup_allowed(self, lookup, value, request=None):
        """By the drawn filters alone: Django lets any column be asked, a hash letter by letter as well."""
        return lookup.removesuffix("__exact") in self.list_filter

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404(f"{opts.label} {object_id}")

    # What Django would write to its own log stands in the audit trail.
    def log_addition(self, request, obj, message):
        return None

    log_change = log_addition

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A refusal of the action comes back as the sentence it is, on the form with everything typed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refusal:
            if refusal.status == 403:
                raise
            request.refusal = refusal
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        if refusal is None:
            return form

        class Refusing(form):
            def clean(self):
                data = super().clean()
                self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)
                return data

        return Refusing

    def save_model(self, request, obj, form, change):
        actions.change_record(obj, form.changed_data)


@admin.register(District, site=console)
class DistrictAdmin(Kept):
    list_display = ("name", "short_name", "order")
    fields = ("name", "short_name", "order")


@admin.register(Organisation, site=console)
class OrganisationAdmin(Kept):
    list_display = ("name", "kind", "district", "short_name")
    list_filter = ("kind",)
    ordering = ("pk",)
    list_select_related = ("district",)
    search_fields = ("name",)
    fields = ("name", "short_name", "kind", "district")


@admin.register(Person, site=console)
class PersonAdmin(Kept):
    ordering = ("name", "pk")
    list_display = ("name", "phone", "email", "certificate_no", "certificate_until")
    search_fields = ("name", "phone", "certificate_no")
    fields = ("name", "phone", "email", "certificate_no", "certificate_until")

    def save_model(self, request, obj, form, change):
        if change:
            return super().save_model(request, obj, form, change)
        data = form.cleaned_data
        made = actions.add_person(**{name: data[name] for name in self.fields})
        obj.pk, obj._state.adding = made.pk, False
        return None


SECTORS = [("hazchem", "危险化学品"), ("chemical", "化工"), ("pharma", "医药")]


class PostingForm(forms.ModelForm):
    sectors = forms.MultipleChoiceField(
        label="主管行业",
        choices=SECTORS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="只用于市级部门",
    )

    class Meta:
        model = Posting
        fields = ("person", "role", "organisation", "district", "enterprise_id", "sectors", "leads", "starts", "ends")

    def _get_validation_exclusions(self):
        # Constraints are left to the action, which fills in the district first and says what is wrong in words.
        return super()._get_validation_exclusions() | {"role", "ends"}


@admin.register(Posting, site=console)
class PostingAdmin(Kept):
    """A posting is begun and ended; its other facts stay as they were, so that the past reads as it was."""

    adds = changes = "postings.manage"
    form = PostingForm
    list_display = ("person", "role", "organisation", "district", "enterprise_id", "leads", "starts", "ends")
    list_filter = ("role",)
    ordering = ("-starts", "-pk")
    list_select_related = ("person", "organisation", "district")
    search_fields = ("person__name", "organisation__name")
    autocomplete_fields = ("person", "organisation")
    fields = PostingForm.Meta.fields

    def get_readonly_fields(self, request, obj=None):
        return tuple(name for name in self.fields if name != "ends") if obj else ()

    def save_model(self, request, obj, form, change):
        data = form.cleaned_data
        if change:
            if data["ends"] is None:
                raise actions.BadInput("请填写任职止的日期。", field="ends")
            actions.end_posting(obj, data["ends"])
            return
        person, role = data.pop("person"), data.pop("role")
        made = actions.post(person, role, **data)
        obj.pk, obj._state.adding = made.pk, False


class AccountForm(forms.ModelForm):
    class Meta:
        model = Account
        fields = ("person", "username", "is_active")


@admin.register(Account, site=console)
class AccountAdmin(Kept):
    changes = "accounts.close"
    form = AccountForm
    list_display = ("username", "person", "is_active", "must_change_password", "last_login")
    list_filter = ("is_active",)
    ordering = ("username",)
    list_select_related = ("person",)
    search_fields = ("username", "person__name")
    autocomplete_fields = ("person",)
    change_form_template = "console/account.html"

    def get_fields(self, request, obj=None):
        return ("username", "person", "is_active", "last_login") if obj else ("person", "username")

    def get_readonly_fields(self, request, obj=None):
        return ("username", "person", "last_login") if obj else ()

    def save_model(self, request, obj, form, change):
        if change:
            if "is_active" in form.changed_data:
                actions.set_active(obj, obj.is_active)
            return
        request.one_time = actions.one_time_password()
        made = actions.open_account(obj.person, obj.username, password=request.one_time)
        obj.pk, obj._state.adding = made.pk, False

    def response_add(self, request, obj, post_url_continue=None):
        return self.show_once(request, obj, request.one_time)

    def get_urls(self):
        own = [
            path(f"<int:pk>/{word}/", needs(action)(self.admin_site.admin_view(view)), name=f"tenancy_account_{word}")
            for word, action, view in (
                ("reset", "people.manage", self.reset),
                ("factor", "accounts.factor", self.factor),
                ("consent", "accounts.consent", self.consent),
            )
        ]
        return [*own, *super().get_urls()]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        account = self.get_object(request, unquote(object_id)) if object_id else None
        more = {"administrator": account is not None and actions.is_administrator(account)}
        return super().changeform_view(request, object_id, form_url, (extra_context or {}) | more)

    def asked_of(self, request, pk) -> Account | None:
        """The account a button was pressed for; None where somebody only opened the button's address."""
        account = self.get_object(request, pk)
        if account is None:
            raise Http404(f"account {pk}")
        return account if request.method == "POST" else None

    def back(self, pk):
        return HttpResponseRedirect(reverse("admin:tenancy_account_change", args=[pk]))

    def reset(self, request, pk):
        """The administrator causes a new password and reads it out once; choosing one is not possible."""
        account = self.asked_of(request, pk)
        return self.show_once(request, account, actions.reset_password(account)) if account else self.back(pk)

    def factor(self, request, pk):
        """The same of the code a second factor is enrolled anew with."""
        account = self.asked_of(request, pk)
        if account is None:
            return self.back(pk)
        code = actions.reset_factor(account)
        context = {"account": account, "code": code, "title": "一次性验证码"}
        return TemplateResponse(request, "console/one_time_code.html", self.admin_site.each_context(request) | context)

    def consent(self, request, pk):
        account = self.asked_of(request, pk)
        if account:
            actions.consent_to_factor(account)
            self.message_user(request, "已同意。请告诉安全管理员，24小时内由他重置。")
        return self.back(pk)

    def show_once(self, request, account, password):
        context = self.admin_site.each_context(request) | {
            "account": account,
            "password": password,
            "title": "一次性密码",
        }
        return TemplateResponse(request, "console/one_time_password.html", context)


class SecondFactorForm(forms.ModelForm):
    totp_roles = forms.MultipleChoiceField(
        label="须用动态验证码登录的角色", choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Tenant
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["totp_roles"] = self.instance.settings.get("totp_roles", [])


@admin.register(Tenant, site=console)
class TenantAdmin(Kept):
    sees = changes = "security.manage"
    form = SecondFactorForm
    fields = ("name", "totp_roles")
    readonly_fields = ("name",)

    def get_urls(self):
        return [url for url in super().get_urls() if not url.name.endswith("_add")]

    def has_add_permission(self, request):
        return False

    def save_model(self, request, obj, form, change):
        actions.ask_second_factor(obj, form.cleaned_data["totp_roles"])
