"""Pictures on their way out: a clean copy to look at, the sealed original to take away."""

from django.shortcuts import get_object_or_404

from hazards.models import Evidence
from portal.files import answers
from portal.permissions import needs
from portal.refusals import Refused


@needs("evidence.view")
def evidence(request, pk):
    record = get_object_or_404(Evidence.objects.only("digest", "scan"), pk=pk)
    return answers.shown(request, record.digest) if record.served else answers.held_back(record.get_scan_display())


@needs("evidence.view")
def evidence_original(request, pk):
    record = get_object_or_404(Evidence, pk=pk)
    if record.scan == Evidence.Scan.INFECTED:
        raise Refused("这个文件查出病毒，已经隔离，不能下载。请让上传人重新拍照上传。")
    if not record.served:
        raise Refused("这个文件还没有通过病毒查杀，请稍后再下载。")
    return answers.original(record.digest, record.filename, record.content_type)
