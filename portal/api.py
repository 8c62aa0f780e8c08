"""The API's manners: the permission table, one shape of error, capped pages."""

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import connection, transaction
from django.http import Http404, JsonResponse
from django.views.defaults import page_not_found, server_error
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.response import Response

from portal.numbers import number_in
from portal.permissions import may
from portal.refusals import NOT_FOUND, Refused, is_api, shape
from portal.tenancy.scope import in_scope


class NeedsAction(BasePermission):
    """Reads the action a view names for its method or verb: `needs = {"list": "hazards.view", …}` or a plain string."""

    message = "您的角色没有办理这一事项的权限。"

    def has_permission(self, request, view):
        if not in_scope():
            return False
        action = self.action_of(request, view)
        return action is not None and may(action)

    @staticmethod
    def action_of(request, view) -> str | None:
        needs = getattr(view, "needs", None)
        if needs is None or isinstance(needs, str):
            return needs
        return needs.get(getattr(view, "action", None) or request.method.lower(), needs["default"])


class Asks:
    """For a viewset with verbs: what was sent, checked for form."""

    def checked(self, kind, **more) -> dict:
        """As `kind`, a serializer, understands it. Raises ValidationError, shaped as everything that goes wrong."""
        serializer = kind(data=self.request.data, **more)  # type: ignore[attr-defined]
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def asked(self, kind, **more) -> dict:
        """The same of one record; that it is not there is said first."""
        self.get_object()  # type: ignore[attr-defined]
        return self.checked(kind, **more)


class KeysetPagination(CursorPagination):
    """Pages by key, never by counting: the thousandth page costs what the first does."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-id"
    invalid_cursor_message = "翻页的游标不是本系统给出的，请从第一页重新开始。"

    def decode_cursor(self, request):
        """A cursor stands at a record's number; whoever makes one of their own may write anything."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None and number_in(cursor.position) is None:
            raise exceptions.NotFound(self.invalid_cursor_message)
        return cursor


def one_shape_of_error(error, context):
    """{"code", "message", "errors": [{"field", "message"}]} for everything that goes wrong."""
    if in_scope() and connection.in_atomic_block:
        transaction.set_rollback(True)
    if isinstance(error, Refused):
        errors = [{"field": error.field, "message": error.sentence}] if error.field else []
        return shaped(error.status, error.code, error.sentence, errors)
    if isinstance(error, RecursionError):
        # The parser of JSON gives up on what is nested a thousand deep; nobody's form is.
        return shaped(400, "bad_input", "提交的内容嵌套太深，读不了。请检查格式。")
    if isinstance(error, Http404):
        return shaped(404, "not_found", NOT_FOUND)
    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(error.message_dict if hasattr(error, "error_dict") else error.messages)
    if isinstance(error, exceptions.ValidationError):
        return shaped(400, "bad_input", "提交的内容有误，请按提示修改。", list(flatten(error.detail)))
    if isinstance(error, exceptions.ParseError):
        return shaped(400, "bad_input", "提交的内容读不了，不是完整的JSON或表单。请检查格式。")
    if isinstance(error, exceptions.PermissionDenied) and str(error.detail).startswith("CSRF Failed"):
        return shaped(403, "csrf", "请求没有带上本次登录的校验令牌（X-CSRFToken）。请刷新页面后再试。")
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return shaped(401, "not_authenticated", "请先登录。")
    if isinstance(error, exceptions.APIException):
        return shaped(error.status_code, getattr(error.detail, "code", "error"), str(error.detail))
    return None


def flatten(detail, field: str = ""):
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from flatten(inner, f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            yield from flatten(inner, f"{field}[{position}]" if isinstance(inner, dict) else field)
    else:
        yield {"field": field, "message": str(detail)}


def shaped(status: int, code: str, message: str, errors: list | None = None) -> Response:
    return Response(shape(code, message, errors), status=status)


def not_found(request, exception):
    """Django's page for an address that leads nowhere; in the API's shape where a program asked."""
    if is_api(request):
        return JsonResponse(shape("not_found", NOT_FOUND), status=404)
    return page_not_found(request, exception)


def broken(request):
    if is_api(request):
        return JsonResponse(
            shape("broken", "系统出错，这次操作没有办成。请稍后再试；仍不行时请联系管理员。"), status=500
        )
    return server_error(request)
