"""Kept files on their way out: a clean copy to look at, the sealed original to take away. Who may, the caller has asked."""

import re

from django.http import HttpResponse
from django.utils.html import escape
from django.utils.http import content_disposition_header

from portal.files import images, quarantine, store


def shown(request, digest: str) -> HttpResponse:
    """?w=320 or 1280 (default): the re-encoded copy, which carries nothing of the original but its look."""
    asked = request.GET.get("w", "")
    if why := quarantine.held([digest]).get(digest):
        return held_back(why)
    width = int(asked) if asked in map(str, images.WIDTHS) else images.WIDTHS[-1]
    response = HttpResponse(images.display_copy(digest, width), content_type="image/jpeg")
    # The picture never changes; another person's session is another cookie, so a shared tablet asks again.
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["Vary"] = "Cookie"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def held_back(words: str) -> HttpResponse:
    """Stands for a picture that nobody is shown, and says why: a drawing of our own."""
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240"><rect width="320" height="240" fill="#e9ecef"/>'
        f'<text x="160" y="126" font-size="22" text-anchor="middle" fill="#3d4855">{escape(words)}</text></svg>'
    )
    response = HttpResponse(drawing, content_type="image/svg+xml")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def original(digest: str, filename: str, content_type: str) -> HttpResponse:
    """Byte for byte as received, checked against its SM3, and never opened by the browser in our name.

    Raises Refused where it lies in quarantine, Damaged.
    """
    quarantine.let_out(quarantine.held([digest]).get(digest, ""))
    response = HttpResponse(store.open_kept(digest), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def played(request, digest: str, content_type: str, filename: str) -> HttpResponse:
    """A sealed sound, checked against its SM3, whole or the part a player asks for; opened as a page it is a download."""
    content = store.open_kept(digest)
    start, end = part_asked_for(request.headers.get("Range", ""), len(content))
    whole = (start, end) == (0, len(content))
    response = HttpResponse(content[start:end], content_type=content_type, status=200 if whole else 206)
    if not whole:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{len(content)}"
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = content_disposition_header(True, filename)
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["Vary"] = "Cookie"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def part_asked_for(asked: str, size: int) -> tuple[int, int]:
    """(first, one past the last) byte of a single range (RFC 9110, 14.1.2); all of it for anything else."""
    found = re.fullmatch(r"bytes=(\d{0,12})-(\d{0,12})", asked.strip())
    if not found or found[1] == found[2] == "":
        return 0, size
    first, last = found[1], found[2]
    if not first:
        return max(0, size - int(last)), size
    start, end = int(first), min(size, int(last) + 1 if last else size)
    return (start, end) if start < end else (0, size)
