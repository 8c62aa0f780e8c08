"""Each request enters the scope of the person's posting before its view runs, and leaves it after rendering."""

import logging
import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from portal.refusals import Refused, is_api, said_by_database, shape, unusable
from portal.tenancy.login import who_is
from portal.tenancy.scope import enter

logger = logging.getLogger(__name__)

# Views that run as the login role: they may touch sessions and the gate functions, and no tenant table.
OUTSIDE = "outside_scope"


def outside_scope(view):
    """Mark a view that runs before or without a scope: login, static pages, health, verification by code."""
    setattr(view, OUTSIDE, True)
    return view


def declares_needs(view) -> bool:
    """Whether it says what it asks of the permission table: a function by @needs, a class by its attribute."""
    return any(
        getattr(part, "needs", None) for part in (view, getattr(view, "cls", None), getattr(view, "view_class", None))
    )


def too_idle(request) -> bool:
    """Idle time-out; noted once a minute so that reading does not write the session at every click."""
    now = timezone.now().timestamp()
    seen = request.session.get("seen", now)
    if now - seen > settings.SESSION_IDLE_SECONDS:
        return True
    if now - seen > 60 or "seen" not in request.session:
        request.session["seen"] = now
    return False


def page_seen(request) -> str:
    """The page to go on with after a login: the one asked for, or the one that what was sent stood on; "" where nothing tells."""
    if "HX-Request" in request.headers:
        seen = request.headers.get("HX-Current-URL", "")
    elif request.method == "GET":
        return request.get_full_path()
    else:
        seen = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(seen, {request.get_host()}, request.is_secure()):
        return ""
    parts = urlsplit(seen)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def record_above(request) -> str:
    """The page of the record that a refused address is about: /hazards/7/ of /hazards/7/submit/; "" where there is none."""
    match = request.resolver_match
    if match is None or "pk" not in match.kwargs:
        return ""
    above, found, below = request.path.partition(f"/{match.kwargs['pk']}/")
    if not below:
        return ""
    page = above + found
    try:
        resolve(page)
    except Resolver404:
        return ""
    return page


class ScopeMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.who = None
        request.id = uuid.uuid4().hex
        response = self.get_response(request)
        if request.who is not None and "Cache-Control" not in response:
            # A shared tablet's back button or proxy must not show one person's page to the next.
            response["Cache-Control"] = "no-store, private"
        return response

    def process_view(self, request, view, args, kwargs):
        if getattr(view, OUTSIDE, False) or getattr(getattr(view, "view_class", None), OUTSIDE, False):
            return None
        if not declares_needs(view):
            raise ImproperlyConfigured(
                f"{request.path}: the view says neither what it needs nor that it is outside any scope"
            )
        if not request.user.is_authenticated:
            return self.ask_to_log_in(request)
        if too_idle(request):
            logout(request)
            return self.ask_to_log_in(request, "idle")
        who = who_is(
            request.user,
            request.session.get("posting"),
            ip=request.META.get("REMOTE_ADDR", ""),
            request_id=request.id,
        )
        if who is None:
            return self.answer(request, 403, "您当前没有有效的任职，无法查看业务数据。请联系本市系统管理员。")
        if request.user.must_change_password:
            return self.first(request, "password")
        if needs_second_factor(request.user, who) and not request.user.is_verified():
            return self.first(request, "totp")
        request.who = who
        try:
            with enter(who):
                response = view(request, *args, **kwargs)
                if hasattr(response, "render") and callable(response.render):
                    response = response.render()
        except Refused as refusal:
            self.note_denial(who, request, refusal.status, str(refusal))
            with enter(who):
                return self.answer(request, refusal.status, refusal.sentence, refusal.code)
        except (DatabaseError, ValueError, OverflowError) as error:
            said = unusable(error) or said_by_database(error)
            if said is None:
                raise
            with enter(who):
                return self.answer(request, said.status, said.sentence, said.code)
        except PermissionDenied as denial:
            self.note_denial(who, request, 403, str(denial))
            with enter(who):
                return self.answer(request, 403, "您的角色没有办理这一事项的权限。", "not_allowed")
        except Http404 as missing:
            self.note_denial(who, request, 404, str(missing))
            with enter(who):
                return self.answer(request, 404, "没有找到这一页，或者它不在您的权限范围内。", "not_found")
        if response.status_code in (403, 404):
            # The API answers for itself, and what it took back has taken its notes along.
            self.note_denial(
                who, request, response.status_code, str((getattr(response, "data", None) or {}).get("message", ""))
            )
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = in_scope(who, response.streaming_content)
        return response

    def first(self, request, name):
        if is_api(request):
            return JsonResponse(shape(f"{name}_required", "请先在网页上完成登录步骤。"), status=403)
        seen = page_seen(request)
        query = {"next": seen} if seen not in ("", "/") else {}
        return redirect(reverse(name) + (f"?{urlencode(query)}" if query else ""))

    def ask_to_log_in(self, request, why: str = ""):
        if is_api(request):
            return JsonResponse(shape("not_authenticated", "请先登录。"), status=401)
        sent = request.method == "POST" or "HX-Request" in request.headers
        seen = page_seen(request)
        query = {"next": seen} if seen not in ("", "/") else {}
        if why or sent:
            query["why"] = why or "expired"
        target = settings.LOGIN_URL + (f"?{urlencode(query)}" if query else "")
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)

    def answer(self, request, status: int, sentence: str, code: str = "refused"):
        if is_api(request):
            return JsonResponse(shape(code, sentence), status=status)
        # What is not there, or not the reader's to see, is not pointed at.
        record = record_above(request) if status not in (403, 404) else ""
        context = {"sentence": sentence, "status": status, "record": record}
        return render(request, "refused.html", context, status=status)

    def note_denial(self, who, request, status, reason):
        if status in (403, 404) and who.tenant_id is None:
            logger.warning("%s %s refused to the operator: %s", request.method, request.path, reason)
        elif status in (403, 404):
            from portal.audit.record import denied

            with enter(who):
                denied(request.method, request.path, reason)


def needs_second_factor(account, who) -> bool:
    """TOTP is asked of the roles the tenant names in its settings (`totp_roles`); none until it is switched on."""
    return who.role in (account.tenant_settings or {}).get("totp_roles", [])


def in_scope(who, chunks):
    """A streamed answer is made after the view has returned, so it enters the scope again."""
    with enter(who):
        yield from chunks
