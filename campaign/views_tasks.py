"""任务: the list, the chart, one task with its verbs, reports and evidence."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaign import forms_tasks as typed
from campaign import queries_tasks as read
from campaign import rules_tasks as rules
from campaign.actions import tasks as verbs
from campaign.filters_tasks import TaskFilter
from hazards.forms import IMAGES
from portal.exports.registry import export_of
from portal.files import answers
from portal.permissions import demand, may, needs
from portal.refusals import Refused
from portal.ui.lists import ListPage
from portal.ui.posting import Sheet, files_kept, keep_up, saved, shown


def page_of(request) -> ListPage:
    return ListPage(
        request,
        read.listed(),
        TaskFilter,
        sorts=read.TASK_SORTS,
        shown=("q", "unit", "phase", "state", "late"),
        more=("clause", "assisting", "due_from", "due_to"),
        export=export_of("task_list"),
    )


@needs("tasks.view")
def task_list(request):
    if "state" not in request.GET:
        request.GET = request.GET.copy()
        request.GET["state"] = "unfinished"
    page = page_of(request)
    read.with_late_milestones(page.rows)
    return page.render("campaign/task_list.html", {"late": read.late_tasks(), "late_means": read.LATE.definition})


@needs("tasks.view")
def task_gantt(request):
    """The list's filter over the chart; the rest of what a list needs is not asked for."""
    page = page_of(request)
    tasks = page.found.select_related("unit", "phase").prefetch_related("milestones").order_by("starts", "due", "pk")
    return render(
        request, "campaign/task_gantt.html", {"page": page, "chart": read.gantt(tasks), "today": timezone.localdate()}
    )


@needs("tasks.view")
def task(request, pk):
    page = read.task_page(pk)
    return render(
        request,
        "campaign/task.html",
        {"page": page, "task": page.record, "accept": IMAGES, "today": timezone.localdate()},
    )


def facts_of(form) -> dict:
    return {name: form.cleaned_data[name] for name in verbs.FACTS}


@needs("tasks.manage")
def task_new(request):
    form = typed.TaskForm(request.POST or None, initial={"starts": timezone.localdate()})
    made = []
    act = lambda: made.append(verbs.plan(facts_of(form), form.milestones, key=form.cleaned_data["key"]))  # noqa: E731
    if request.method == "POST" and saved(request, form, act, "已拟定，核对后请点“下达”。", "task_list"):
        return redirect("task", made[0].pk)
    # Refused, nothing of this person's stands under the key that was sent: the next try has its own.
    keep_up(form, key=uuid4())
    return shown(request, "campaign/task_form.html", form, heading="新任务")


SHEETS = {
    "acknowledge": Sheet(
        typed.NoteForm,
        "已签收。",
        lambda pk, told: verbs.acknowledge(pk, told["note"], revision=told["revision"]),
    ),
    "hand": Sheet(
        typed.NoteForm,
        "已下达，责任单位和配合单位已收到通知。",
        lambda pk, told: verbs.hand(pk, told["note"], revision=told["revision"]),
    ),
    "confirm": Sheet(
        typed.NoteForm, "已确认完成。", lambda pk, told: verbs.confirm(pk, told["note"], revision=told["revision"])
    ),
    "send_back": Sheet(
        typed.ReasonForm,
        "已退回责任单位。",
        lambda pk, told: verbs.send_back(pk, told["note"], revision=told["revision"]),
    ),
    "reassign": Sheet(
        typed.ReassignForm,
        "已改派，新的责任单位已收到通知。",
        lambda pk, told: verbs.reassign(
            pk, told["unit"], told["note"], responsible=told["responsible"], revision=told["revision"]
        ),
    ),
    "postpone": Sheet(
        typed.PostponeForm,
        "已延期，原来的期限留在办理记录里。",
        lambda pk, told: verbs.postpone(pk, told["due"], told["note"], revision=told["revision"]),
    ),
    "cancel": Sheet(
        typed.ReasonForm, "已取消。", lambda pk, told: verbs.cancel(pk, told["note"], revision=told["revision"])
    ),
}


@needs("tasks.manage")
def task_verb(request, pk, verb):
    """The office's verbs, one form each."""
    if verb not in rules.OFFICE_VERBS:
        raise Http404(f"verb {verb}")
    record = read.task_or_404(pk)
    possible(request, record, verb)
    return change(request, record) if verb == "change" else by_sheet(request, record, verb)


@needs("tasks.act")
def task_act(request, pk, verb):
    """What the unit that answers for it signs: that it has the task, and that it is done."""
    if verb not in ("acknowledge", "finish"):
        raise Http404(f"verb {verb}")
    record = read.task_or_404(pk)
    demand("tasks.act", record)
    possible(request, record, verb)
    return put_in(request, record, verb) if verb == "finish" else by_sheet(request, record, verb)


def possible(request, record, verb: str) -> None:
    """Where the state does not allow the verb its form is not shown; sent, the verb refuses itself and nothing typed is lost."""
    if request.method == "GET" and (record.state, verb) not in rules.TRANSITIONS:
        raise verbs.illegal(record, verb)


def by_sheet(request, record, verb: str):
    sheet = SHEETS[verb]
    form = sheet.form(request.POST or None, initial={"revision": record.revision, "due": record.due})
    if request.method == "POST":
        act = lambda: sheet.act(record.pk, form.cleaned_data)  # noqa: E731
        if answer := saved(request, form, act, sheet.done, "task", record.pk):
            return answer
        keep_up(form, revision=record.revision)
    return shown(request, "campaign/task_verb.html", form, task=record, heading=rules.VERBS[verb], verb=verb)


def change(request, record):
    now = {name: getattr(record, name) for name in verbs.FACTS} | {"revision": record.revision}
    now |= {"phase": record.phase_id, "unit": record.unit_id}
    reached = [one for one in record.milestones.order_by("due", "id") if one.reached_on]
    now |= typed.rows_of(record.milestones.order_by("due", "id"))
    form = typed.TaskForm(request.POST or None, initial=now, handed=bool(record.handed_on))
    if request.method == "POST":

        def act():
            told = form.cleaned_data
            verbs.change(record.pk, facts_of(form), told.get("note", ""), form.milestones, revision=told["revision"])

        if answer := saved(request, form, act, "已修改，原来的内容留在办理记录里。", "task", record.pk):
            return answer
        keep_up(form, revision=record.revision)
    return shown(
        request, "campaign/task_form.html", form, heading=f"修改任务 {record.pk}", task=record, reached=reached
    )


@needs("tasks.report")
def task_report(request, pk):
    record = read.task_or_404(pk)
    demand("tasks.report", record)
    possible(request, record, "report")
    return put_in(request, record, "report")


def put_in(request, record, verb: str):
    """报进展 and 报完成: the words first, then each file that was sent with them."""
    own = may("tasks.act", record)
    kind = typed.ProgressForm if own and verb == "report" else typed.ReportForm
    last = read.last_report(record)
    form = kind(
        request.POST or None,
        initial={"on": timezone.localdate(), "percent": record.percent, "revision": record.revision},
    )
    made = []

    def act():
        told = dict(form.cleaned_data)
        revision, done = told.pop("revision"), told.pop("done")
        run = verbs.finish if verb == "finish" else verbs.report
        made.append(run(record.pk, done, **told, revision=revision))

    if request.method == "POST":
        done = "已报完成，等领导小组办公室确认。" if verb == "finish" else "进展已保存。"
        if answer := saved(request, form, act, done, "task", record.pk):
            take_files(request, record.pk, made[0].pk)
            return answer
        keep_up(form, revision=record.revision, key=uuid4())
    return shown(
        request,
        "campaign/task_report.html",
        form,
        task=record,
        heading=rules.VERBS[verb],
        verb=verb,
        last=last,
        own=own,
        accept=IMAGES,
    )


def take_files(request, pk: int, report: int) -> int:
    return files_kept(request, "files", "佐证", lambda upload: verbs.add_file(pk, report, upload))


@require_POST
@needs("tasks.report")
def task_file_new(request, pk, report):
    read.task_or_404(pk)
    if not request.FILES.getlist("files"):
        messages.error(request, "请先选择照片或PDF，再点“补传佐证”。")
    elif take_files(request, pk, report):
        messages.success(request, "佐证已保存。")
    return redirect("task", pk)


@require_POST
@needs("tasks.act")
def task_reach(request, pk, milestone):
    """登记节点完成, from the task's page."""
    form = typed.ReachForm(request.POST)
    told = form.cleaned_data if form.is_valid() else {}
    if not told:
        messages.error(request, "请填写节点的完成日期，再点“登记完成”。")
        return redirect("task", read.task_or_404(pk).pk)
    try:
        verbs.reach(pk, milestone, told["on"], revision=told["revision"])
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "节点已登记完成。")
    return redirect("task", pk)


@needs("tasks.view")
def task_file(request, pk, file):
    return answers.shown(request, read.file_or_404(pk, file).digest)


@needs("tasks.view")
def task_original(request, pk, file):
    record = read.file_or_404(pk, file)
    return answers.original(record.digest, record.filename, record.content_type)
