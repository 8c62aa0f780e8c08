"""表彰问责: the list, one of them with its grounds, document, way and replies, the proposals, and the verbs."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accountability import rules_measure as rules
from accountability.actions import measures as verbs
from accountability.export_measures import SORTS
from accountability.filters_measures import MeasureFilter
from accountability.forms_measures import DecideForm, MeasureForm, NoteForm, ReplyForm
from accountability.models import Measure
from accountability.queries import measures as reads
from accountability.queries.measure_grounds import opened, typed
from accountability.queries.measure_subjects import candidates, concerned_or_bad
from accountability.queries.scores import for_nothing
from hazards.forms import IMAGES
from portal.documents.views import printed
from portal.exports.registry import export_of
from portal.files import answers
from portal.numbers import number_in
from portal.permissions import demand, may, needs
from portal.tenancy.scope import who
from portal.ui.lists import ListPage
from portal.ui.posting import files_kept, keep_up, pressed, saved, shown

FORM = "accountability/measure_form.html"
VERB = "accountability/measure_verb.html"
# Heading, label and hint of what is written with a verb, and what is said when it is done.
NOTES = {
    "close": ("办结", "办结意见", "写明回复是否采纳、要求是否落实。对方会收到。", "已办结，对方会收到消息。"),
    "revoke": (
        "撤销",
        "撤销理由",
        "会制发撤销决定书，送达对方；原文书仍可查阅，注明已撤销，不再计入截止日在此之后的年度考核。",
        "已撤销，撤销决定书已送达对方。",
    ),
    "withdraw": ("作废拟稿", "作废理由", "拟稿留存备查，不再办理。", "已作废。"),
}


@needs("measures.view")
def measure_list(request):
    page = ListPage(
        request,
        reads.measures(),
        MeasureFilter,
        sorts=SORTS,
        shown=("q", "kind", "state"),
        more=("subject_kind", "reply", "issued_from", "issued_to"),
        export=export_of("measure_list") if may("measures.export") else None,
    )
    return page.render("accountability/measure_list.html", {"today": timezone.localdate()})


@needs("measures.draft")
def measure_proposals(request):
    page = export_of("measure_proposals").listed(request)
    made = reads.resting_on(for_nothing(page.rows))
    rows = [(one, kind, reads.SUGGESTIONS[kind], reads.token_of(one), made.get(one.pk, []))
            for one in page.rows for kind in [reads.suggested(one)]]  # fmt: skip
    return page.render("accountability/measure_proposals.html", {"proposals": rows})


def asked_subject(request):
    """The subject an address names, as “district-3”; of a person the number of a posting."""
    kind, _, number = request.GET.get("subject", "").partition("-")
    asked = number_in(number)
    return None if asked is None else concerned_or_bad(kind, asked)


@needs("measures.draft")
def measure_new(request):
    """?subject= says of whom; without it, they are looked for. ?kind= and ?ground= fill the form in, for what proposals lead to."""
    subject = asked_subject(request)
    if subject is None:
        word = request.GET.get("q", "").strip()
        return render(request, "accountability/measure_whom.html", {"word": word, "found": candidates(word)})
    first = {"kind": request.GET.get("kind", ""), "grounds": request.GET.get("ground", "")}
    form = MeasureForm(request.POST or None, initial={name: value for name, value in first.items() if value})
    made: list[Measure] = []
    act = lambda: made.append(  # noqa: E731
        verbs.draft(subject.kind, subject.posting_id or subject.pk, form.cleaned_data)
    )
    if request.method == "POST" and saved(request, form, act, "已拟稿，核对后请报批。", "measure", 0):
        return redirect("measure", made[0].pk)
    return shown(request, FORM, form, subject=subject, heading=f"拟稿：{subject.name}")


@needs("measures.draft")
def measure_edit(request, pk):
    measure = reads.measure_or_404(pk)
    names = (
        "kind",
        "matter",
        "facts",
        "basis",
        "decision",
        "meets_where",
        "reply_days",
        "for_unit",
        "publish",
        "revision",
    )
    first = {name: getattr(measure, name) for name in names}
    first |= {"meets_at": measure.meets_at, "grounds": typed(measure.grounds)}
    form = MeasureForm(request.POST or None, initial=first)
    act = lambda: verbs.change(pk, form.cleaned_data, revision=form.cleaned_data["revision"])  # noqa: E731
    if request.method == "POST" and (done := saved(request, form, act, "已修改，请报批。", "measure", pk)):
        return done
    keep_up(form, revision=measure.revision)
    return shown(request, FORM, form, measure=measure, heading=f"修改：{measure}")


@needs("measures.view")
def measure(request, pk):
    record = reads.measure_or_404(pk)
    inside = may("measures.draft") or may("measures.export")
    own = may("measures.reply", record)
    context = {
        "measure": record,
        "grounds": opened(record.grounds),
        "documents": list(record.documents.order_by("pk").defer("content")),
        "steps": list(record.steps.all()) if inside else [],
        "replies": list(record.replies.prefetch_related("files")),
        "accept": IMAGES,
        "inside": inside,
        "own": own,
        # The district of an enterprise follows what became of it.
        "follows": inside or own or (record.district_id is not None and record.district_id == who().district_id),
        "today": timezone.localdate(),
        "can": can(record),
        "decide_form": DecideForm(initial={"revision": record.revision}),
    }
    return render(request, "accountability/measure.html", context)


def can(record: Measure) -> set[str]:
    """The buttons: what fits the state, the role and the person."""
    if record.subject_kind == Measure.Subject.PERSON and record.subject_id == who().person_id:
        return {"reply"} & set(rules.verbs_in(record.state))
    needed = dict.fromkeys(("change", "submit", "withdraw"), "measures.draft") | {
        "approve": "measures.approve",
        "return": "measures.approve",
        "issue": "measures.issue",
        "reply": "measures.reply",
        "close": "measures.close",
        "revoke": "measures.revoke",
    }
    return {verb for verb in rules.verbs_in(record.state) if may(needed[verb], record)}


@require_POST
@needs("measures.draft")
def measure_submit(request, pk):
    return act_and_return(request, pk, verbs.submit, "已报批，负责人会收到消息。")


@require_POST
@needs("measures.issue")
def measure_issue(request, pk):
    return act_and_return(request, pk, verbs.issue, "已编号印发，并已通知对方。")


def act_and_return(request, pk: int, act, done: str):
    reads.measure_or_404(pk)
    return pressed(request, lambda revision: act(pk, revision=revision), done, "measure", pk)


@needs("measures.approve")
def measure_decide(request, pk):
    record = reads.measure_or_404(pk)
    form = DecideForm(request.POST or None, initial={"revision": record.revision})
    agrees = request.POST.get("verdict") == "agree"

    def act():
        verb = verbs.approve if agrees else verbs.send_back
        verb(pk, form.cleaned_data["opinion"], revision=form.cleaned_data["revision"])

    if request.method == "POST" and (
        done := saved(request, form, act, "已批准。" if agrees else "已退回。", "measure", pk)
    ):
        return done
    keep_up(form, revision=record.revision)
    return shown(request, "accountability/measure_decide.html", form, measure=record, grounds=opened(record.grounds))


@needs("measures.close")
def measure_close(request, pk):
    return noted(request, pk, "close", verbs.close)


@needs("measures.revoke")
def measure_revoke(request, pk):
    return noted(request, pk, "revoke", verbs.revoke)


@needs("measures.draft")
def measure_withdraw(request, pk):
    return noted(request, pk, "withdraw", verbs.withdraw)


def noted(request, pk: int, verb: str, act):
    """One field and a button."""
    record = reads.measure_or_404(pk)
    heading, label, hint, done = NOTES[verb]
    form = NoteForm(request.POST or None, label=label, hint=hint, initial={"revision": record.revision})
    run = lambda: act(pk, form.cleaned_data["note"], revision=form.cleaned_data["revision"])  # noqa: E731
    if request.method == "POST" and (answer := saved(request, form, run, done, "measure", pk)):
        return answer
    keep_up(form, revision=record.revision)
    context = {"measure": record, "grounds": opened(record.grounds), "heading": heading, "danger": verb != "close"}
    return shown(request, VERB, form, **context)


@needs("measures.reply")
def measure_reply(request, pk):
    """The page of those concerned, for a phone: what is said of them, and what they say to it."""
    record = reads.measure_or_404(pk)
    demand("measures.reply", record)
    form = ReplyForm(request.POST or None)
    made = []
    act = lambda: made.append(verbs.reply(pk, form.cleaned_data["text"]))  # noqa: E731
    if request.method == "POST" and (
        done := saved(request, form, act, "已提交，领导小组办公室会收到。", "measure", pk)
    ):
        take_files(request, pk, made[0].pk)
        return done
    context = {"measure": record, "grounds": opened(record.grounds), "heading": "提交回复", "accept": IMAGES}
    return shown(request, VERB, form, **context)


def take_files(request, pk: int, reply: int) -> int:
    return files_kept(request, "files", "佐证", lambda upload: verbs.add_file(pk, reply, upload))


@require_POST
@needs("measures.reply")
def measure_file_new(request, pk, reply):
    demand("measures.reply", reads.measure_or_404(pk))
    if not request.FILES.getlist("files"):
        messages.error(request, "请先选择照片或PDF，再点“补传佐证”。")
    elif take_files(request, pk, reply):
        messages.success(request, "佐证已保存。")
    return redirect("measure", pk)


@needs("measures.view")
def measure_file(request, pk, file):
    return answers.shown(request, reads.file_or_404(pk, file).digest)


@needs("measures.view")
def measure_original(request, pk, file):
    record = reads.file_or_404(pk, file)
    return answers.original(record.digest, record.filename, record.content_type)


@needs("measures.view")
def measure_print(request, pk):
    document = reads.document_or_404(pk)
    verbs.note_file_taken(document)
    return printed(document, "measure")
