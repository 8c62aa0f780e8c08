"""Pictures on their way out: a clean copy to look at, the sealed original to take away."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from hazards.models import Evidence
from portal.files import images, store
from portal.permissions import needs


@needs("evidence.view")
def evidence(request, pk):
    """?w=320 or 1280 (default): the re-encoded copy, which carries nothing of the original but its look."""
    record = get_object_or_404(Evidence.objects.only("digest"), pk=pk)
    asked = request.GET.get("w", "")
    width = int(asked) if asked in map(str, images.WIDTHS) else images.WIDTHS[-1]
    response = HttpResponse(images.display_copy(record.digest, width), content_type="image/jpeg")
    # The picture never changes; another person's session is another cookie, so a shared tablet asks again.
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["Vary"] = "Cookie"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@needs("evidence.view")
def evidence_original(request, pk):
    """Byte for byte as received, checked against its SM3, and never opened by the browser in our name."""
    record = get_object_or_404(Evidence, pk=pk)
    response = HttpResponse(store.open_kept(record.digest), content_type=record.content_type)
    response["Content-Disposition"] = content_disposition_header(True, record.filename)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
