"""Pictures on their way out: a clean copy to look at, the sealed original to take away."""

from django.shortcuts import get_object_or_404

from hazards.models import Evidence
from portal.files import answers, quarantine
from portal.permissions import needs


@needs("evidence.view")
def evidence(request, pk):
    record = get_object_or_404(Evidence.objects.only("digest", "scan"), pk=pk)
    return answers.shown(request, record.digest) if record.served else answers.held_back(record.get_scan_display())


@needs("evidence.view")
def evidence_original(request, pk):
    record = get_object_or_404(Evidence, pk=pk)
    quarantine.let_out(record.get_scan_display())
    return answers.original(record.digest, record.filename, record.content_type)
