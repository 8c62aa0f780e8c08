"""企业自查: the list, the counts by district, reporting, one self-check with its verbs and pictures, and the bridge."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hazards import forms_selfcheck as typed
from hazards import rules_selfcheck as rules
from hazards.actions import selfchecks as verbs
from hazards.filters import SelfCheckFilter
from hazards.forms import IMAGES
from hazards.models import SelfCheckPhoto
from hazards.queries.selfchecks import (
    SELFCHECK_SORTS,
    count_late,
    counts_by_district,
    done_photos,
    listed,
    photo_or_404,
    selfcheck_file,
    selfcheck_or_404,
)
from portal.exports.registry import export_of
from portal.files import answers
from portal.permissions import needs
from portal.tenancy.scope import who
from portal.ui.lists import ListPage
from portal.ui.posting import Sheet, files_kept, keep_up, saved, shown
from portal.uploads.actions import finished_for_form


@needs("selfchecks.view")
def selfcheck_list(request):
    if "situation" not in request.GET:
        request.GET = request.GET.copy()
        request.GET["situation"] = rules.FOUND
    page = ListPage(
        request,
        listed(),
        SelfCheckFilter,
        sorts=SELFCHECK_SORTS,
        shown=("q", "situation", "level", "district"),
        more=("sector", "accident_type", "found_from", "found_to"),
        export=export_of("selfcheck_list"),
    )
    return page.render("hazards/selfcheck_list.html", {"late": count_late()})


@needs("selfchecks.view")
def selfcheck_districts(request):
    return render(request, "hazards/selfcheck_districts.html", {"rows": counts_by_district()})


@needs("selfchecks.report")
def selfcheck_new(request):
    now = {"found_on": timezone.localdate(), "found_by_name": who().person_name, "accident_type": "other"}
    form = typed.ReportForm(request.POST or None, initial=now | {"level": "general"})
    made = []

    def act():
        told = form.cleaned_data
        made.append(verbs.report(told, key=told["key"], photos=finished_for_form(told["uploads"])))

    if request.method == "POST" and saved(request, form, act, "已上报，整改完成后请在本页登记。", "selfcheck", 0):
        take_photos(request, made[0].pk, SelfCheckPhoto.Phase.FOUND)
        return redirect("selfcheck", made[0].pk)
    # Refused, nothing of this person's stands under the key that was sent: the next try has its own.
    keep_up(form, key=uuid4())
    return shown(request, "hazards/selfcheck_new.html", form, accept=IMAGES)


def take_photos(request, pk: int, phase: str) -> int:
    return files_kept(request, "photos", "照片", lambda upload: verbs.add_photo(pk, phase, upload))


@needs("selfchecks.view")
def selfcheck(request, pk):
    file = selfcheck_file(pk)
    return render(request, "hazards/selfcheck.html", {"file": file, "check": file.record, "accept": IMAGES})


@require_POST
@needs("selfchecks.report")
def selfcheck_photo_new(request, pk):
    selfcheck_or_404(pk)
    phase = request.POST.get("phase")
    if phase not in SelfCheckPhoto.Phase.values:
        messages.error(request, "请在“发现时”或“整改后”下面上传照片。")
    elif take_photos(request, pk, phase):
        messages.success(request, "照片已保存。")
    return redirect("selfcheck", pk)


SHEETS = {
    "change": Sheet(
        typed.ChangeForm,
        "已修改，原来的内容留在办理记录里。",
        lambda pk, told: verbs.change(pk, told, told["note"], revision=told["revision"]),
    ),
    "finish": Sheet(
        typed.FinishForm,
        "已登记为自行整改。",
        lambda pk, told: verbs.finish(pk, told["note"], revision=told["revision"]),
    ),
    "cancel": Sheet(
        typed.CancelForm, "已撤销。", lambda pk, told: verbs.cancel(pk, told["note"], revision=told["revision"])
    ),
    "reopen": Sheet(
        typed.ReopenForm,
        "已重新列入整改。",
        lambda pk, told: verbs.reopen(pk, told["note"], told["planned_on"], revision=told["revision"]),
    ),
}


@needs("selfchecks.report")
def selfcheck_verb(request, pk, verb):
    """One form a verb; pictures sent with it are kept first, whatever becomes of the rest."""
    if verb not in SHEETS:
        raise Http404(f"verb {verb}")
    check, sheet = selfcheck_or_404(pk), SHEETS[verb]
    if request.method == "GET" and (check.state, verb) not in rules.TRANSITIONS:
        raise verbs.illegal(check, verb)
    now = {name: getattr(check, name) for name in verbs.FACTS} if verb == "change" else {}
    form = sheet.form(request.POST or None, initial=now | {"revision": check.revision})
    if request.method == "POST":
        if verb == "finish":
            take_photos(request, pk, SelfCheckPhoto.Phase.DONE)
        act = lambda: sheet.act(pk, form.cleaned_data)  # noqa: E731
        if answer := saved(request, form, act, sheet.done, "selfcheck", pk):
            return answer
        insist(form, check.revision)
    photos = done_photos(check) if verb == "finish" else None
    context = {"check": check, "verb": verb, "heading": rules.VERBS[verb], "photos": photos, "accept": IMAGES}
    return shown(request, "hazards/selfcheck_form.html", form, **context)


def insist(form, revision: int) -> None:
    """Told that somebody else was quicker, a person may send what was typed again."""
    form.data = form.data.copy()
    form.data["revision"] = revision


@needs("selfchecks.officialise")
def selfcheck_officialise(request, pk):
    """转为执法隐患: the official's own words, which begin with the enterprise's."""
    check = selfcheck_or_404(pk)
    if request.method == "GET" and (check.state, "officialise") not in rules.TRANSITIONS:
        raise verbs.illegal(check, "officialise")
    now = {name: getattr(check, name) for name in ("description", "place", "level", "accident_type", "revision")}
    form = typed.OfficialForm(request.POST or None, initial=now)
    if request.method == "POST":

        def act():
            told = {name: value for name, value in form.cleaned_data.items() if name != "revision"}
            verbs.officialise(pk, told, revision=form.cleaned_data["revision"])

        if answer := saved(request, form, act, "已转为执法隐患，请下达整改文书。", "selfcheck", pk):
            return answer
        insist(form, check.revision)
    context = {"check": check, "verb": "officialise", "heading": rules.VERBS["officialise"]}
    return shown(request, "hazards/selfcheck_form.html", form, **context)


@needs("selfchecks.view")
def selfcheck_photo(request, pk, photo):
    return answers.shown(request, photo_or_404(pk, photo).digest)


@needs("selfchecks.view")
def selfcheck_original(request, pk, photo):
    record = photo_or_404(pk, photo)
    return answers.original(record.digest, record.filename, record.content_type)
