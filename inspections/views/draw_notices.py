"""双随机公示: the pools, the seed and the result for anybody, without login; and how to repeat the draw."""

from contextlib import suppress
from functools import cache

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from inspections.models_draws import DrawNotice
from inspections.queries.draws import export_of_draw, public_file
from inspections.rules_draw import pool_text
from portal import limits
from portal.documents.verifying import may_be_code
from portal.tenancy.middleware import outside_scope
from portal.tenancy.scope import public_scope

# How often one address may ask for a page or file of a draw, and in how many seconds.
MOST_READS, WITHIN = 120, 600


@require_safe
@outside_scope
def draw_notice(request, code):
    """What was published of a draw. ?q= looks for a plant in the pool by name or 信用代码."""
    return told(
        request,
        code,
        lambda notice: render(
            request, "inspections/draw_notice.html", {"file": public_file(notice, request.GET.get("q", "")[:60])}
        ),
    )


@require_safe
@outside_scope
def draw_notice_file(request, code, name):
    """pool.txt (the very text of the digest), draw.json once there is a result, and the program that repeats the draw from it."""
    return told(request, code, FILES[name])


def told(request, code, answer) -> HttpResponse:
    try:
        # What is published stays readable while nobody counts.
        with suppress(RedisError):
            limits.count("draw-notice", request.META.get("REMOTE_ADDR", ""), most=MOST_READS, seconds=WITHIN)
    except limits.TooMany as refusal:
        return render(request, "inspections/draw_notice_none.html", {"refusal": refusal}, status=refusal.status)
    notice = None
    if may_be_code(code):
        with public_scope(code):
            notice = DrawNotice.objects.filter(verify_code=code).first()
    response = answer(notice) if notice else None
    if response is None:
        response = render(request, "inspections/draw_notice_none.html", {"early": notice}, status=404)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def pool(notice: DrawNotice) -> HttpResponse:
    text = pool_text(notice.plants, notice.people, notice.avoided, notice.size)
    return attached(HttpResponse(text, content_type="text/plain; charset=utf-8"), f"draw-{notice.draw_id}-pool.txt")


def whole(notice: DrawNotice) -> HttpResponse | None:
    if not notice.announced_at:
        return None
    response = JsonResponse(export_of_draw(notice), json_dumps_params={"ensure_ascii": False, "indent": 1})
    return attached(response, f"draw-{notice.draw_id}.json")


def program(notice: DrawNotice) -> HttpResponse:
    return attached(HttpResponse(program_text(), content_type="text/plain; charset=utf-8"), "redraw.py")


@cache
def program_text() -> str:
    return (settings.BASE_DIR / "tools" / "redraw.py").read_text("utf-8")


def attached(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


FILES = {"pool.txt": pool, "draw.json": whole, "redraw.py": program}


class PublishedFile:
    """In an address: one of the files that are published of a draw."""

    regex = "|".join(name.replace(".", r"\.") for name in FILES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
