"""Anybody's check of a document by its code; and the 字轨 that a city confirms."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from portal.documents.actions import confirm_code
from portal.documents.codes import standings
from portal.documents.contracts import TITLES
from portal.documents.forms import CodeForm, PrintForm
from portal.documents.verifying import on_its_way, verdict_on
from portal.files import store
from portal.permissions import needs
from portal.refusals import Refused
from portal.tenancy.middleware import outside_scope


def printed(record, name: str) -> HttpResponse:
    """The print that was made when the document was issued, byte for byte."""
    response = HttpResponse(store.open_kept(record.content["pdf"]), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}-{record.pk}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@outside_scope
def verify(request, code):
    """Whether the document of this code is genuine and unchanged; a file in hand may be held against it. Nothing is kept."""
    verdict = verdict_on(code)
    form, same = PrintForm(), None
    if verdict and request.method == "POST":
        form = PrintForm(request.POST, request.FILES)
        if form.is_valid():
            same = verdict.same_file(form.cleaned_data["print"].read())
    # Handed over where there was no signal, and not yet sent in; a number given back is on no paper.
    awaited = None if verdict else on_its_way(code)
    context = {"verdict": verdict, "awaited": awaited, "code": code, "form": form, "same": same}
    return render(request, "documents/verify.html", context, status=200 if verdict or awaited else 404)


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
