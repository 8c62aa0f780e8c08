"""Logging in: the backend over the gate functions, and who a logged-in account is today."""

import json
from collections.abc import Sequence

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils import timezone

from portal.tenancy import gate
from portal.tenancy.models import SCOPE_OF_ROLE, Account, fold_login
from portal.tenancy.scope import Who

FIELDS = [field.attname for field in Account._meta.concrete_fields]


class GateBackend(BaseBackend):
    def authenticate(self, request, username=None, password=None, **kwargs):
        row = gate.call("gate_account", fold_login(username))
        # The same work is done whether or not the account exists, so the answer's time tells nothing.
        known = row["password"] if row else UNKNOWN_PASSWORD
        if not check_password(password or "", known) or not row or not row["is_active"]:
            return None
        return Account.from_db("default", FIELDS, [row[name] for name in FIELDS])

    def get_user(self, user_id):
        row = gate.call("gate_enter", user_id, timezone.localdate())
        if row is None or not row["is_active"]:
            return None
        account = Account.from_db("default", FIELDS, [row[name] for name in FIELDS])
        account.person_name = row["person_name"] or account.username
        account.tenant_name = row["tenant_name"] or ""
        account.tenant_settings = as_json(row["tenant_settings"]) or {}
        account.postings = as_json(row["postings"]) or []
        return account


UNKNOWN_PASSWORD = make_password("nobody")


def as_json(value):
    return json.loads(value) if isinstance(value, str) else value


def who_is(account: Account, posting_id: int | None = None, **more) -> Who | None:
    """The scope of an account in one of its current postings; None where no posting is current (access has ended)."""
    if account.is_operator:
        return Who(scope="platform", role="operator", account_id=account.pk, person_name=account.person_name, **more)
    posting = next((p for p in account.postings if p["id"] == posting_id), None) or next(iter(account.postings), None)
    if posting is None:
        return None
    return who_in(posting, account.tenant_name, account.person_name, account.postings, account_id=account.pk, **more)


def who_in(posting: dict, tenant_name: str, person_name: str, postings: Sequence[dict] = (), **more) -> Who:
    role = posting["role"]
    assigned = tuple(p["enterprise_id"] for p in postings or [posting] if p["role"] == "expert")
    return Who(
        scope=SCOPE_OF_ROLE[role],
        role=role,
        tenant_id=posting["tenant_id"],
        tenant_name=tenant_name,
        person_id=posting["person_id"],
        person_name=person_name,
        posting_id=posting["id"],
        organisation_id=posting["organisation_id"],
        organisation_name=posting.get("organisation_name") or "",
        district_id=posting["district_id"],
        enterprise_id=posting["enterprise_id"] if role == "officer" else None,
        enterprise_ids=assigned if role == "expert" else (),
        sectors=tuple(posting["sectors"] or ()),
        leads=posting["leads"],
        **more,
    )


def remember_login(sender, user, **kwargs):
    gate.call("gate_logged_in", user.pk)


def wire_login_signal() -> None:
    """Stand in the place of Django's own receiver, which would UPDATE the table directly, as the login role may not.

    Under its name, because a name is connected once: so it does not matter whose `ready()` runs first.
    """
    user_logged_in.disconnect(dispatch_uid="update_last_login")
    user_logged_in.connect(remember_login, dispatch_uid="update_last_login")


class LongEnough(MinimumLengthValidator):
    """Django's own, which speaks English in its Chinese translation."""

    def get_error_message(self):
        return f"密码太短，至少要有 {self.min_length} 个字符。"

    def get_help_text(self):
        return f"至少 {self.min_length} 个字符。"


class ThreeKindsOfCharacters:
    """等保三级 L3-CES1-01: passwords of three of the four kinds of characters."""

    def validate(self, password, user=None):
        kinds = [
            any(c.islower() for c in password),
            any(c.isupper() for c in password),
            any(c.isdigit() for c in password),
            any(not c.isalnum() for c in password),
        ]
        if sum(kinds) < 3:
            raise ValidationError("密码至少要包含大写字母、小写字母、数字、符号中的三种。", code="too_plain")

    def get_help_text(self):
        return "至少包含大写字母、小写字母、数字、符号中的三种。"


def locked_out(request, *args, **kwargs):
    return render(request, "login/locked.html", status=429)
