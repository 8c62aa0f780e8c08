"""Anybody's check of a document by its code; and the 字轨 that a city confirms."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from portal import limits
from portal.documents.actions import confirm_code
from portal.documents.codes import standings
from portal.documents.contracts import TITLES
from portal.documents.forms import MOST_BYTES, CodeForm, PrintForm
from portal.documents.verifying import on_its_way, verdict_on
from portal.files import store
from portal.permissions import needs
from portal.refusals import Refused, TooLarge
from portal.tenancy.middleware import outside_scope


def printed(record, name: str) -> HttpResponse:
    """The print that was made when the document was issued, byte for byte."""
    return sheet(store.open_kept(record.content["pdf"]), f"{name}-{record.pk}")


def sheet(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


# How many files one address may have compared, and in how many seconds.
MOST_PRINTS, WITHIN = 20, 600
# The file and what a form puts round it.
MOST_SENT = MOST_BYTES + 2**16


# A file of anybody is counted and weighed before a byte of it is read, which Django's own check of the form's token would do.
@csrf_exempt
@outside_scope
def verify(request, code):
    """Whether the document of this code is genuine and unchanged; a file in hand may be held against it. Nothing is kept."""
    if request.method == "POST":
        try:
            limits.count("verify", request.META.get("REMOTE_ADDR", ""), most=MOST_PRINTS, seconds=WITHIN)
            if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_SENT:
                raise TooLarge(f"文件超过{MOST_BYTES // 2**20}MB，不是本系统制发的文书。")
        except Refused as refusal:
            context = {"refusal": refusal, "code": code}
            return render(request, "documents/verify_refused.html", context, status=refusal.status)
    return compared(request, code)


@csrf_protect
def compared(request, code):
    verdict = verdict_on(code)
    form, same = PrintForm(), None
    if verdict and request.method == "POST":
        form = PrintForm(request.POST, request.FILES)
        if form.is_valid():
            same = verdict.same_file(form.cleaned_data["print"].read())
    # Handed over where there was no signal, and not yet sent in; a number given back is on no paper.
    awaited = None if verdict else on_its_way(code)
    context = {"verdict": verdict, "awaited": awaited, "code": code, "form": form, "same": same}
    response = render(request, "documents/verify.html", context, status=200 if verdict or awaited else 404)
    # What was genuine yesterday may have been superseded since.
    response["Cache-Control"] = "no-store"
    return response


@needs("documents.codes")
def document_codes(request):
    form, status = CodeForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                code = confirm_code(**form.cleaned_data)
                messages.success(request, f"已确认{TITLES[code.kind]}的字轨“{code.characters}”，从下一份文书起使用。")
                return redirect("document_codes")
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
                status = refusal.status
    return render(request, "documents/codes.html", {"form": form, "standings": standings()}, status=status)
