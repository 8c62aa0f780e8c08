"""Views of the tests' own, to try the door with: they stream, fail in every way, or forget to say what they need."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection, transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import include, path

from enterprises.models import Enterprise
from portal.permissions import needs
from portal.refusals import BadInput, NotAllowed, Refused


def names():
    for enterprise in Enterprise.objects.order_by("pk"):
        yield f"{enterprise.name}\n"


@needs("home")
def stream(request):
    return StreamingHttpResponse(names())


@needs("home")
def broken_stream(request):
    def chunks():
        yield from names()
        raise ValueError("halfway")

    return StreamingHttpResponse(chunks())


def forgotten(request):
    return HttpResponse(",".join(names()))


@needs("home")
def swallowed(request):
    """An error of the database caught by the view: the transaction is lost and nothing may pretend otherwise."""
    try:
        connection.cursor().execute("SELECT 1/0")
    except Exception:
        return HttpResponse("ok")


@needs("home")
def left_role(request):
    """A view that tries to leave another role behind."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_sysadmin")
    raise ValueError


@needs("home")
def rolled_back(request):
    transaction.set_rollback(True)
    return HttpResponse("ok")


FAULTS = {
    "value": ValueError("x"),
    "refused": Refused("不行"),
    "bad": BadInput("不行"),
    "not_allowed": NotAllowed("不行"),
    "missing": Http404("x"),
    "denied": PermissionDenied("x"),
    "suspicious": SuspiciousOperation("x"),
    "exit": SystemExit(),
    "interrupt": KeyboardInterrupt(),
}


def fault(kind):
    @needs("home")
    def view(request):
        Enterprise.objects.first()
        raise FAULTS[kind]

    return view


urlpatterns = [
    path("t/stream/", stream),
    path("t/broken_stream/", broken_stream),
    path("t/forgotten/", forgotten),
    path("t/swallowed/", swallowed),
    path("t/left_role/", left_role),
    path("t/rolled_back/", rolled_back),
    *(path(f"t/{kind}/", fault(kind)) for kind in FAULTS),
    path("", include("campaign.urls")),
]
