"""导出: started, written by a worker as its owner sees the list, started again, and taken away when its time is over."""

import logging
import tempfile

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from kombu.exceptions import OperationalError

from portal.audit.record import note as audit
from portal.exports.models import KEPT_FOR, ExportJob
from portal.exports.registry import export_of
from portal.exports.workbook import in_chunks, read, said
from portal.files.store import Damaged
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.login import GateBackend, who_is
from portal.tenancy.scope import Who, enter, tenant_scope, who

State = ExportJob.State
AT_ONCE = 3
LONGEST_QUERY = 4000
logger = logging.getLogger(__name__)


class Overtaken(Exception):
    """Another start of the same job has taken over."""


def start(key: str, query: str = "", *, chosen: list[int] | None = None) -> ExportJob:
    """导出全部（或所选）: every row that matches, written in the background. Raises BadInput, Refused, NotAllowed."""
    export = export_of(key)
    demand(export.permission)
    if len(query) > LONGEST_QUERY:
        raise BadInput("筛选条件太长，请减少条件后再导出。", field="query")
    if "\0" in query:
        raise BadInput("筛选条件里有不能保存的字符，请重新筛选后再导出。", field="query")
    me = who()
    if (
        sum(not job.stuck for job in ExportJob.objects.mine().filter(state__in=(State.QUEUED, State.RUNNING)))
        >= AT_ONCE
    ):
        raise Refused(f"您已有{AT_ONCE}个导出正在进行，请等其中一个完成后再导出。")
    words = [f"所选 {len(chosen)} 条"] if chosen is not None else said(export.page(query))
    job = ExportJob.objects.create(
        person_id=me.person_id,
        account_id=me.account_id,
        posting_id=me.posting_id,
        list=key,
        title=export.title,
        query=query,
        chosen=chosen,
        words=words,
    )
    audit("exports.start", job, {"filter": words})
    transaction.on_commit(lambda: hand_over(me.tenant_id, job.pk, job.attempt))
    return job


def restart(job_id: int) -> ExportJob:
    """重新导出: after it failed, or when nobody has been at it for a minute. Raises Refused."""
    job = ExportJob.objects.mine().defer("content").select_for_update().filter(pk=job_id).first()
    if job is None:
        raise Http404(f"export {job_id}")
    demand(export_of(job.list).permission)
    if job.state != State.FAILED and not job.stuck:
        raise Refused("这个导出正在进行或已经完成，不用重新开始。")
    # What waited in vain for a worker is written by the page itself; where a worker died, another one takes over.
    never_taken = job.state == State.QUEUED
    job.state, job.attempt, job.done, job.fault = State.QUEUED, job.attempt + 1, 0, ""
    job.moved_at = timezone.now()
    job.save(update_fields=["state", "attempt", "done", "fault", "moved_at"])
    audit("exports.restart", job)
    tenant_id = who().tenant_id
    run_it = run_here if never_taken else hand_over
    transaction.on_commit(lambda: run_it(tenant_id, job.pk, job.attempt))
    return job


def hand_over(tenant_id: int | None, job_id: int, attempt: int) -> None:
    from portal.exports.tasks import run_export

    try:
        run_export.apply_async(kwargs={"tenant_id": tenant_id, "job_id": job_id, "attempt": attempt}, retry=False)
    except OperationalError:
        # The broker is away; the file is made all the same, only the page waits for it.
        run_here(tenant_id, job_id, attempt)


def run_here(tenant_id: int | None, job_id: int, attempt: int) -> None:
    try:
        run(tenant_id, job_id, attempt)
    except Exception:
        # The record says so, and the page the person comes back to shows it.
        logger.exception("export %s stopped", job_id)


def run(tenant_id: int | None, job_id: int, attempt: int) -> None:
    """Write the file as its owner sees the list at this moment, in steps that each commit, so that progress shows."""
    assert tenant_id is not None
    with tenant_scope(tenant_id):
        job = ExportJob.objects.defer("content").get(pk=job_id)
    owner = owner_of(job)
    if owner is None:
        with tenant_scope(tenant_id):
            give_up(job_id, attempt, "您发起导出时的任职已经结束，不能再导出。", "posting ended")
        return
    try:
        with enter(owner):
            export = export_of(job.list)
            demand(export.permission)
            if job.chosen is None:
                page = export.page(job.query)
                keys = list(page.found.values_list("pk", flat=True))
            else:
                keys = list(export.page("").found.filter(pk__in=job.chosen).values_list("pk", flat=True))
            if export.most and len(keys) > export.most:
                raise BadInput(f"符合条件的有{len(keys)}份，一次最多打包{export.most}份。请缩小筛选范围，分几次打包。")
            as_of = timezone.now()
            move(job_id, attempt, state=State.RUNNING, total=len(keys), done=0, as_of=as_of)

        def lines():
            done = 0
            for chunk in in_chunks(keys):
                with enter(owner):
                    batch = read(export.rows(), chunk, export.line)
                    done += len(chunk)
                    move(job_id, attempt, done=done)
                yield from batch

        with tempfile.TemporaryFile() as out:
            rows = export.write(out, lines(), job.words, owner, as_of)
            size = out.tell()
            out.seek(0)
            with enter(owner):
                finish(job_id, attempt, rows, size, out.read())
    except Overtaken:
        return
    except (BadInput, Damaged) as refusal:
        with tenant_scope(tenant_id):
            give_up(job_id, attempt, refusal.sentence, type(refusal).__name__)
    except Exception as fault:
        with tenant_scope(tenant_id):
            give_up(job_id, attempt, "导出中断，没有生成文件。请点“重新导出”。", type(fault).__name__)
        raise


def owner_of(job: ExportJob) -> Who | None:
    """The person in the posting they asked from, as of now; None where it has ended or the account is closed."""
    account = GateBackend().get_user(job.account_id)
    person = who_is(account, job.posting_id) if account else None
    return person if person and person.posting_id == job.posting_id else None


def move(job_id: int, attempt: int, **changes) -> None:
    """Raises Overtaken where this start is no longer the job's own."""
    mine = ExportJob.objects.filter(pk=job_id, attempt=attempt, state__in=(State.QUEUED, State.RUNNING))
    if not mine.update(moved_at=timezone.now(), **changes):
        raise Overtaken


def finish(job_id: int, attempt: int, rows: int, size: int, content: bytes) -> None:
    now = timezone.now()
    move(
        job_id, attempt, state=State.DONE, rows=rows, done=rows, size=size, content=content, finished_at=now,
        expires_at=now + KEPT_FOR,
    )  # fmt: skip
    job = ExportJob.objects.defer("content").get(pk=job_id)
    audit("exports.done", job, {"rows": rows, "filter": job.words})


def give_up(job_id: int, attempt: int, sentence: str, fault: str) -> None:
    try:
        move(job_id, attempt, state=State.FAILED, fault=sentence)
    except Overtaken:
        return
    audit("exports.failed", ExportJob.objects.defer("content").get(pk=job_id), {"fault": fault})


def drop_expired() -> int:
    """Take the files away whose time is over; the record of the export stays. City scope."""
    return (
        ExportJob.objects.filter(expires_at__lte=timezone.now()).exclude(content=None).order_by().update(content=None)
    )
