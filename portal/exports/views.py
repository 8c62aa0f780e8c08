"""A person's own exports: started from a list, watched, downloaded, started again."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from portal.audit.record import note as audit
from portal.exports import actions
from portal.exports.filters import ExportFilter
from portal.exports.models import ExportJob
from portal.exports.registry import export_of
from portal.permissions import needs
from portal.refusals import Refused
from portal.ui.lists import ListPage


def found(pk: int, *, content: bool = False) -> ExportJob:
    jobs = ExportJob.objects.mine()
    job = (jobs if content else jobs.defer("content")).filter(pk=pk).first()
    if job is None:
        raise Http404(f"export {pk}")
    return job


@needs("views.save")
def export_list(request):
    page = ListPage(request, ExportJob.objects.mine().defer("content"), ExportFilter, sorts={"new": "-pk"})
    return page.render("exports/list.html")


@require_POST
@needs("views.save")
def export_start(request):
    return redirect("export", actions.start(request.POST.get("list", ""), request.POST.get("query", "")).pk)


@needs("views.save")
def export(request, pk):
    return render(request, "exports/export.html", {"job": found(pk)})


@needs("views.save")
def export_progress(request, pk):
    return render(request, "exports/_progress.html", {"job": found(pk)})


@require_POST
@needs("views.save")
def export_restart(request, pk):
    return redirect("export", actions.restart(pk).pk)


@needs("views.save")
def export_download(request, pk):
    return download(found(pk, content=True))


def download(job: ExportJob) -> HttpResponse:
    """Raises Refused where there is no file (yet, or any more)."""
    if job.expired or (job.state == ExportJob.State.DONE and job.content is None):
        raise Refused("导出文件只保留7天，已经删除。请从清单重新导出。")
    if job.content is None:
        raise Refused("导出还没有完成，请稍候。")
    audit("exports.download", job, {"rows": job.rows})
    response = HttpResponse(bytes(job.content), content_type=export_of(job.list).content_type)
    response["Content-Disposition"] = content_disposition_header(True, job.filename)
    response["X-Content-Type-Options"] = "nosniff"
    return response
