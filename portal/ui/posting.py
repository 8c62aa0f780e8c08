"""A form that runs one verb: done and on to the next page, or shown again with everything that was typed."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.shortcuts import redirect, render

from portal.numbers import number_in
from portal.refusals import Refused


@dataclass(frozen=True)
class Sheet:
    """A verb's form, what is said when it is done, and the verb itself."""

    form: Callable
    done: str
    act: Callable[[int, dict], object]


def saved(request, form, act: Callable[[], object], done: str, back: str, *at: int):
    """Run the verb; a redirect where it was done, None where the form must be shown again with what was typed."""
    if not form.is_valid():
        return None
    try:
        act()
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        form.status = refusal.status
        return None
    messages.success(request, done)
    return redirect(back, *at)


def pressed(request, act: Callable[[int | None], object], done: str, back: str, *at: int):
    """A verb with nothing to type: the button on a page, sent with the revision that was seen there."""
    try:
        act(number_in(request.POST.get("revision")))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, done)
    return redirect(back, *at)


def files_kept(request, field: str, called: str, keep: Callable[[UploadedFile], object]) -> int:
    """Keep each file that was sent; what cannot be kept is said, and takes nothing else along."""
    kept = 0
    for upload in request.FILES.getlist(field):
        try:
            keep(upload)
            kept += 1
        except Refused as refusal:
            messages.error(request, f"{called}“{upload.name}”没有保存：{refusal.sentence}")
    return kept


def keep_up(form, **seen) -> None:
    """After a refusal for what somebody else changed, the reader has seen how it stands now and may send the same again."""
    if getattr(form, "status", None) == Refused.status:
        form.data = form.data.copy()
        form.data.update({form.add_prefix(name): value for name, value in seen.items()})


def shown(request, template: str, form, **context):
    status = getattr(form, "status", 400) if form.is_bound else 200
    return render(request, template, {"form": form, **context}, status=status)
