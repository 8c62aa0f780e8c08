"""Pictures on their way out: a clean copy to look at, the sealed original to take away."""

from django.shortcuts import get_object_or_404

from hazards.models import Evidence
from portal.files import answers
from portal.permissions import needs


@needs("evidence.view")
def evidence(request, pk):
    return answers.shown(request, get_object_or_404(Evidence.objects.only("digest"), pk=pk).digest)


@needs("evidence.view")
def evidence_original(request, pk):
    record = get_object_or_404(Evidence, pk=pk)
    return answers.original(record.digest, record.filename, record.content_type)
