"""Logging in and out, the password, the second factor, and changing posts. All of it outside any scope."""

from base64 import b32encode
from functools import wraps

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.audit.record import note
from portal.tenancy import gate
from portal.tenancy.demo_accounts import demo_accounts
from portal.tenancy.forms import CodeForm, EnrolAgainForm, LoginForm, PasswordForm
from portal.tenancy.login import GateBackend, who_is
from portal.tenancy.middleware import needs_second_factor, outside_scope, too_idle
from portal.tenancy.models import fold_login
from portal.tenancy.scope import enter


def noted(account, request, action: str, *, posting: int | None = None, result: str = "done") -> None:
    """Audit an act of an account in its own posting; an account without one, or the operator, has no city to note it in."""
    if account and not hasattr(account, "postings"):
        account = GateBackend().get_user(account.pk)
    who = account and who_is(account, posting, ip=request.META.get("REMOTE_ADDR", ""), request_id=request.id)
    if who and who.tenant_id:
        with enter(who):
            note(action, label=account.username, result=result)


def own_account(view):
    """A page of the logged-in account itself, which no scope is needed for; idle sessions end here as everywhere."""

    @outside_scope
    @never_cache
    @wraps(view)
    def guarded(request):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if too_idle(request):
            logout(request)
            return redirect(f"{settings.LOGIN_URL}?why=idle")
        return view(request)

    return guarded


def safe_next(request) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return target
    return settings.LOGIN_REDIRECT_URL


@outside_scope
@never_cache
@sensitive_post_parameters("password")
def log_in(request):
    if request.user.is_authenticated and request.method == "GET":
        return redirect(safe_next(request))
    form = LoginForm(request.POST or None)
    fault, status = "", 200
    if request.method == "POST" and form.is_valid():
        name = fold_login(form.cleaned_data["username"])
        account = authenticate(request, username=name, password=form.cleaned_data["password"])
        if account is not None:
            # Nothing of an earlier session survives: neither its id nor a second factor once given in it.
            request.session.flush()
            login(request, account)
            noted(account, request, "login")
            return redirect(safe_next(request))
        # One answer for an unknown name, a wrong password and a closed account; once locked, axes answers instead.
        fault, status = "登录名或密码不对。连续输错会暂时锁定。", 401
        if (row := gate.call("gate_account", name)) and row["tenant_id"]:
            action = "login.locked" if getattr(request, "axes_locked_out", False) else "login.failed"
            noted(GateBackend().get_user(row["id"]), request, action, result="denied")
    elif request.method == "POST":
        status = 400
    context = {
        "form": form,
        "fault": fault,
        "next": safe_next(request),
        "why": request.GET.get("why"),
        "demo_accounts": demo_accounts(),
    }
    return render(request, "login/login.html", context, status=status)


@outside_scope
@require_POST
def log_out(request):
    if request.user.is_authenticated:
        noted(request.user, request, "logout", posting=request.session.get("posting"))
    logout(request)
    response = redirect("login")
    # On a shared tablet the next person finds neither pages nor drafts nor filters of this one. What somebody has not sent yet,
    # this person or another whose login ran out, is not the browser's to clear: static/js/device/unsent.js says that it is there.
    unsent = any(name.startswith("unsent_") for name in request.COOKIES)
    response["Clear-Site-Data"] = '"cache"' if unsent else '"cache", "storage"'
    for name in request.COOKIES:
        if name.startswith("list_"):
            response.delete_cookie(name, samesite="Lax")
    return response


@own_account
@sensitive_post_parameters()
def password(request):
    account = request.user
    who = who_is(account, request.session.get("posting"))
    # A password alone is not enough to change it where two factors are asked; a first one has only itself yet.
    if not account.must_change_password and who and needs_second_factor(account, who) and not account.is_verified():
        return redirect(f"{reverse('totp')}?{urlencode({'next': request.get_full_path()})}")
    form = PasswordForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            gate.call("gate_set_password", account.pk, make_password(form.cleaned_data["new"]), False)
            noted(account, request, "password.change", posting=request.session.get("posting"))
        # Every other session of the account carries the old hash and ends with its next request.
        update_session_auth_hash(request, GateBackend().get_user(account.pk))
        messages.success(request, "密码已修改。您在其他设备上的登录已全部退出。")
        return redirect(safe_next(request))
    status = 400 if request.method == "POST" else 200
    return render(request, "login/password.html", {"form": form, "forced": account.must_change_password}, status=status)


@own_account
def totp(request):
    """The second factor: enrol once by scanning, then a code at each login."""
    account, posting = request.user, request.session.get("posting")
    who = who_is(account, posting)
    if who is None or not needs_second_factor(account, who) or account.is_verified():
        return redirect(safe_next(request))
    status = 200
    # The lock makes each code good for one request, however many carry it at once; a wrong one is counted and stays so.
    with transaction.atomic():
        state = gate.call("gate_factor", account.pk)
        account.factor_code = state["factor_code"]
        reset = account.factor_reset_at != state["factor_reset_at"]
        device = None if reset else device_of(request)
        enrols = device is not None and not device.confirmed
        form = (EnrolAgainForm if enrols and account.factor_code else CodeForm)(request.POST or None)
        late = enrols and account.factor_until is not None and account.factor_until < timezone.now()
        passed = device is not None and not late and form.is_valid() and proved(device, account, form.cleaned_data)
        if passed and enrols:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            gate.call("gate_enrolled", account.pk)
            noted(account, request, "totp.enrol", posting=posting)
        elif form.is_bound and not passed and not reset:
            noted(account, request, "totp.failed", posting=posting, result="denied")
    if reset:
        # While this request waited the administrator reset the factor, which has ended this session too.
        logout(request)
        return redirect("login")
    if passed:
        otp_login(request, device)
        # What was known of the session while it had one factor is worth nothing once it has two.
        request.session.cycle_key()
        return redirect(safe_next(request))
    if form.is_bound:
        status = 400
        if form.is_valid():
            form.add_error("code", WRONG_TWO if "handed" in form.fields else "验证码不对或已用过，请等下一个。")
    context = {"form": form, "late": late, "until": account.factor_until}
    if enrols and not late:
        device.user = account  # whose table the login role may not read
        context["code"] = segno.make(device.config_url).svg_data_uri(scale=5)
        context["key"] = b32encode(device.bin_key).decode()
    return render(request, "login/totp.html", context, status=status)


WRONG_TWO = "一次性验证码或六位数字不对。请核对管理员告诉您的16个字符（分大小写），六位数字请等下一个。"


def device_of(request) -> TOTPDevice:
    """The account's own, locked; else the one this session is enrolling: a key once shown in another session is dropped."""
    devices = TOTPDevice.objects.select_for_update().filter(user_id=request.user.pk)
    enrolling = Q(pk=request.session.get("enrolling"), confirmed=False)
    device = devices.filter(Q(confirmed=True) | enrolling).order_by("-confirmed").first()
    if device is None:
        TOTPDevice.objects.filter(user_id=request.user.pk).delete()
        device = TOTPDevice.objects.create(user_id=request.user.pk, name="验证器", confirmed=False)
        request.session["enrolling"] = device.pk
    return device


def proved(device: TOTPDevice, account, given: dict) -> bool:
    """The six digits, and beside them the code that was handed over where one is awaited; a wrong one slows the next try down."""
    if "handed" in given and device.verify_is_allowed()[0] and not check_password(given["handed"], account.factor_code):
        device.throttle_increment()
        return False
    return device.verify_token(given["code"])


@require_POST
@own_account
def switch_posting(request):
    """Act in another of one's own current postings; any other number is ignored."""
    asked = request.POST.get("posting", "")
    if asked in {str(posting["id"]) for posting in request.user.postings}:
        request.session["posting"] = int(asked)
        noted(request.user, request, "posting.switch", posting=int(asked))
    return redirect("home")


@outside_scope
def livez(request):
    return HttpResponse("ok", content_type="text/plain")
