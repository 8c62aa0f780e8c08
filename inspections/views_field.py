"""外出检查: the page that works without signal, its worker, and the pages at the desk about what came home."""

from functools import cache

from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_permissions_policy.decorators import permissions_policy_override

from inspections.forms_field import ImportForm, VoidForm
from inspections.outing import MOST_BYTES, bring_home
from inspections.queries_field import signature_digest, voice_notes
from portal.documents.reserve import declare_void
from portal.exports.registry import export_of
from portal.files import answers
from portal.files.names import file_name
from portal.permissions import needs
from portal.refusals import Refused
from portal.sm3 import sm3
from portal.tenancy.middleware import outside_scope

PARTS_OF_SHELL = (
    "vendor/tabler/css/tabler.min.css",
    "css/portal.css",
    "css/visits.css",
    "css/field.css",
    "img/icon.svg",
    "img/field.webmanifest",
    "vendor/tus/tus.min.js",
    "js/device/sm3.js",
    "js/device/pictures.js",
    "js/device/sending.js",
    "js/device/unsent.js",
    *(f"js/field/{name}.js" for name in ("app", "store", "queue", "record", "screens", "pad", "save", "voice")),
)


def page() -> str:
    return render_to_string("inspections/field.html", {"tus": staticfiles_storage.url("vendor/tus/tus.min.js")})


# The one page that asks for the microphone (录音).
LISTENING = settings.PERMISSIONS_POLICY | {"microphone": "self"}


@require_GET
@outside_scope
@permissions_policy_override(LISTENING)
def shell(request):
    """The page without anybody's data: what is on it comes from the device's own store."""
    response = HttpResponse(page())
    response["Cache-Control"] = "no-cache"
    return response


@cache
def worker_source(debug: bool) -> str:
    """The worker with the addresses of this very version: a new version is another text, so browsers notice it."""
    with staticfiles_storage.open("js/field/worker.js") as file:
        code = file.read().decode()
    assets = [staticfiles_storage.url(name) for name in PARTS_OF_SHELL]
    version = sm3("\n".join([page(), code, *assets]).encode())[:16]
    told = ", ".join(f'"{address}"' for address in [reverse("field"), *assets])
    return f'const VERSION = "{version}";\nconst ASSETS = [{told}];\n{code}'


@require_GET
@outside_scope
def service_worker(request):
    response = HttpResponse(worker_source(settings.DEBUG), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = reverse("field")
    return response


@needs("visits.view")
def visit_signature(request, pk, part):
    digest = signature_digest(pk, part)
    if digest is None:
        raise Http404(f"signature {pk} {part}")
    return answers.shown(request, digest)


@needs("visits.view")
def visit_voice(request, pk, voice):
    note = voice_notes(pk).filter(pk=voice).first()
    if note is None:
        raise Http404(f"voice {pk} {voice}")
    return answers.played(request, note.digest, note.content_type, file_name(f"现场录音-{note.pk}", note.content_type))


@needs("visits.import")
def field_import(request):
    """导入外出检查文件: each visit by the same verb as from the device itself."""
    form = ImportForm(request.POST or None, request.FILES or None)
    brought, fault, status = None, "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                brought, status = bring_home(form.cleaned_data["file"].read(MOST_BYTES + 1)), 200
            except Refused as refusal:
                fault, status = refusal.sentence, refusal.status
    context = {"form": form, "brought": brought, "fault": fault}
    return render(request, "inspections/field_import.html", context, status=status)


@needs("numbers.view")
def number_list(request):
    """预留文号登记: every number that left its series for a device, and what became of it."""
    rows = export_of("number_list").listed(request)
    return rows.render("inspections/numbers.html", {"void_form": VoidForm()})


@require_POST
@needs("numbers.void")
def number_void(request, pk):
    form = VoidForm(request.POST)
    row = declare_void(pk, form.data.get("reason", "") if form.is_valid() else "")
    messages.success(request, f"文号{row.text}已声明作废，登记在册，不再使用。")
    return redirect("number_list")
